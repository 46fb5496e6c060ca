/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The input without a screen, and keys typed at it as they come from a terminal.
 */
#ifndef TESTS_INPUT_FIXTURE_H
#define TESTS_INPUT_FIXTURE_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "chat/history.h"
#include "tui/input.h"
#include "tui/keys.h"

/* readline 8.2 loses a keymap when it is initialised, and what vi's redo has killed. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libreadline";
}

struct desk {
    struct history *history;
    struct input *input;
    struct keys *keys;
};

static int set_up(void **state)
{
    struct desk *desk = xnew(struct desk);
    struct error error;
    desk->history = history_open(NULL, 10, &error);
    history_add(desk->history, "first prompt", &error);
    history_add(desk->history, "second\nof two lines", &error);
    history_add(desk->history, "third prompt", &error);
    desk->input = input_new(NULL, desk->history);
    desk->keys = keys_new(50);
    *state = desk;
    return 0;
}

static int tear_down(void **state)
{
    struct desk *desk = *state;
    keys_free(desk->keys);
    input_free(desk->input);
    history_free(desk->history);
    free(desk);
    return 0;
}

/* readline reads its file once in a process: this is to be that. */
static int use_inputrc(const char *text)
{
    char path[] = "/tmp/runnel-inputrc-XXXXXX";
    int fd = mkstemp(path);
    ssize_t n = write(fd, text, strlen(text));
    close(fd);
    setenv("INPUTRC", path, 1);
    struct history *history = history_open(NULL, 10, &(struct error){0});
    input_free(input_new(NULL, history));
    history_free(history);
    unlink(path);
    return n == (ssize_t)strlen(text) ? 0 : -1;
}

static void give_key(struct desk *desk, const struct key *key)
{
    if (key->kind != KEY_ESCAPE || input_takes_escape(desk->input))
        input_key(desk->input, key);
    else if (!input_close_list(desk->input))
        input_cancel(desk->input);
}

/* Each group is typed with a pause after it, so that a lone Esc is one. */
static void type(struct desk *desk, const char *bytes)
{
    struct key key;
    keys_feed(desk->keys, bytes, strlen(bytes));
    for (;;) {
        if (keys_next(desk->keys, &key))
            give_key(desk, &key);
        else if (keys_wait(desk->keys) >= 0)
            keys_timeout(desk->keys);
        else
            return;
    }
}

#endif
