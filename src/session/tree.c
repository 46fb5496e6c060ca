/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"
#include "llm/conversation.h"
#include "session/reader.h"

static struct tree_run *find(const struct tree *tree, const char *id)
{
    for (size_t i = tree->count; *id && i-- > 0;)
        if (strcmp(tree->runs[i]->id, id) == 0)
            return tree->runs[i];
    return NULL;
}

static const char *prompt_of(const json_t *start)
{
    const json_t *input = json_object_get(start, "input");
    for (size_t i = json_array_size(input); i-- > 0;) {
        const json_t *message = json_array_get(input, i);
        if (strcmp(json_get_text(message, "role"), "user") == 0)
            return json_get_text(message, "content");
    }
    return "";
}

static void add_run(struct tree *tree, const json_t *start)
{
    if (tree->count == tree->cap) {
        tree->cap = tree->cap ? tree->cap * 2 : 16;
        tree->runs = xrealloc(tree->runs, tree->cap * sizeof(struct tree_run *));
    }
    struct tree_run *run = xnew(struct tree_run);
    run->id = xstrdup(json_get_text(start, "run"));
    run->parent = xstrdup(json_get_text(start, "parent"));
    run->prompt = xstrdup(prompt_of(start));
    struct tree_run *parent = find(tree, run->parent);
    run->depth = parent ? parent->depth + 1 : 1;
    if (parent)
        parent->has_child = true;
    tree->runs[tree->count++] = run;
}

int tree_read(struct tree *tree, const char *path, struct error *error)
{
    struct session_line line;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return error_errno(error, RN_EIO, "cannot read the session %s", path);
    struct session_reader *reader = session_reader_new(fd);
    while (session_reader_next(reader, &line)) {
        bool mended;
        struct error ignored;
        if (!session_line_has(&line, "\"start\""))
            continue;
        json_t *record = json_read(line.data, line.len, &mended, &ignored);
        if (strcmp(json_get_text(record, "type"), "start") == 0)
            add_run(tree, record);
        json_decref(record);
    }
    errno = session_reader_error(reader);
    int result = errno ? error_errno(error, RN_EIO, "cannot read the session %s", path) : 0;
    session_reader_free(reader);
    return result;
}

void tree_clear(struct tree *tree)
{
    for (size_t i = 0; i < tree->count; i++) {
        free(tree->runs[i]->id);
        free(tree->runs[i]->parent);
        free(tree->runs[i]->prompt);
        free(tree->runs[i]);
    }
    free(tree->runs);
    *tree = (struct tree){0};
}

const char *tree_here(const rn_conversation *conversation)
{
    return conversation_parent(conversation);
}
