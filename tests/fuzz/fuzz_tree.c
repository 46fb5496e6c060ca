/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a session with branches: its runs make a tree; each of them can be gone back to, and what is
 * told again of that, and what is looked up of the file, is sound.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "session/glimpse.h"
#include "session/recall.h"
#include "session/store.h"
#include "session/tree.h"

enum { RUNS_TRIED = 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_kind(enum rn_kind kind)
{
    return kind & (RN_USER | RN_AI | RN_REASONING | RN_TOOL | RN_RESULT | RN_FINISH);
}

static void check_recall(const rn_conversation *conversation)
{
    rn_stream *stream = session_recall(conversation);
    for (const rn_event *event; (event = rn_next(stream));) {
        assert(is_kind(event->kind));
        assert(strlen(event->content) <= event->content_len);
        assert(strlen(event->text) <= event->text_len);
    }
    rn_close(stream);
}

static void check_run(const struct tree *tree, size_t i)
{
    const struct tree_run *run = tree->runs[i];
    bool has_child = false, has_parent = false;
    for (size_t k = 0; k < tree->count && *run->id; k++)
        has_child |= k > i && strcmp(tree->runs[k]->parent, run->id) == 0;
    for (size_t k = 0; k < i && *run->parent; k++)
        has_parent |= strcmp(tree->runs[k]->id, run->parent) == 0;
    assert(run->depth >= 1 && run->depth <= i + 1);
    assert((run->depth > 1) == has_parent);
    assert(has_child || !run->has_child);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error error;
    struct tree tree = {0};
    struct glimpse glimpse = {0};
    struct session_list list;
    int fd = memfd_create("session", MFD_CLOEXEC);
    assert(fd >= 0 && fd_write_all(fd, (const char *)data, size) == 0);
    char *path = xasprintf("/proc/self/fd/%d", fd);
    assert(tree_read(&tree, path, &error) == 0);
    for (size_t i = 0; i < tree.count; i++)
        check_run(&tree, i);
    for (size_t i = 0; i < tree.count && i < RUNS_TRIED; i++) {
        rn_conversation *conversation = session_conversation_until(path, tree.runs[i]->id, &error);
        assert(conversation);
        check_recall(conversation);
        rn_conversation_free(conversation);
    }
    glimpse_read(&glimpse, path);
    glimpse_clear(&glimpse);
    if (store_look(path, &list, &error) == 0)
        session_list_clear(&list);
    tree_clear(&tree);
    free(path);
    close(fd);
    return 0;
}
