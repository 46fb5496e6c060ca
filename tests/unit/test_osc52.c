/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/osc52.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <vterm.h>

#include "base/buf.h"

static void what_is_written(void **state)
{
    static const struct {
        enum osc52_road road;
        const char *text, *want;
    } cases[] = {
        {OSC52_DIRECT, "", "\033]52;c;\a"},
        {OSC52_DIRECT, "hello\n", "\033]52;c;aGVsbG8K\a"},
        {OSC52_DIRECT, "\xe6\xb5\x81", "\033]52;c;5rWB\a"},
        {OSC52_TMUX, "hello\n", "\033Ptmux;\033\033]52;c;aGVsbG8K\a\033\\\033]52;c;aGVsbG8K\a"},
        {OSC52_SCREEN, "hello\n", "\033P\033]52;c;aGVsbG8K\a\033\\"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buf out = BUF_INIT;
        osc52_add(&out, cases[i].text, strlen(cases[i].text), cases[i].road);
        assert_string_equal(out.data, cases[i].want);
        buf_clear(&out);
    }
}

static void fill(struct buf *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        buf_addc(text, (char)('a' + i % 26));
}

/* Each string is short enough for screen, and what it hands on is the sequence. */
static void screen_gets_it_in_pieces(void **state)
{
    enum { SCREEN_MAX = 256 };
    struct buf text = BUF_INIT, wrapped = BUF_INIT, direct = BUF_INIT, through = BUF_INIT;
    (void)state;
    fill(&text, OSC52_MAX);
    osc52_add(&wrapped, text.data, text.len, OSC52_SCREEN);
    osc52_add(&direct, text.data, text.len, OSC52_DIRECT);
    for (const char *at = wrapped.data; *at;) {
        assert_memory_equal(at, "\033P", 2);
        const char *end = strstr(at, "\033\\");
        assert_non_null(end);
        assert_true(end - at - 2 < SCREEN_MAX);
        buf_add(&through, at + 2, (size_t)(end - at - 2));
        at = end + 2;
    }
    assert_string_equal(through.data, direct.data);
    buf_clear(&text);
    buf_clear(&wrapped);
    buf_clear(&direct);
    buf_clear(&through);
}

static void what_stands_between(void **state)
{
    static const struct {
        const char *term, *tmux, *sty;
        enum osc52_road want;
    } cases[] = {
        {"xterm-256color", NULL, NULL, OSC52_DIRECT},
        {NULL, NULL, NULL, OSC52_DIRECT},
        {"screen-256color", "/tmp/tmux-1/default,1,0", NULL, OSC52_TMUX},
        {"tmux-256color", NULL, NULL, OSC52_TMUX},
        {"screen", NULL, "1.pts-0", OSC52_SCREEN},
        {"screen", "", "", OSC52_DIRECT},
    };
    static const char *const names[] = {"TERM", "TMUX", "STY"};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const char *values[] = {cases[i].term, cases[i].tmux, cases[i].sty};
        for (size_t k = 0; k < 3; k++)
            values[k] ? setenv(names[k], values[k], 1) : unsetenv(names[k]);
        assert_int_equal(osc52_road(), cases[i].want);
    }
}

/* ---- As a terminal reads it */

static int on_osc(const char *command, size_t len, void *user)
{
    buf_add(user, command, len);
    return 1;
}

static int on_text(const char *bytes, size_t len, void *user)
{
    (void)bytes, (void)user;
    fail_msg("%zu bytes are shown as text", len);
    return (int)len;
}

static void a_terminal_takes_it_whole(void **state)
{
    static const VTermParserCallbacks callbacks = {.osc = on_osc, .text = on_text};
    static const size_t sizes[] = {0, 1, 2, 3, 100, 5000};
    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        struct buf text = BUF_INIT, out = BUF_INIT, heard = BUF_INIT;
        fill(&text, sizes[i]);
        osc52_add(&out, buf_str(&text), text.len, OSC52_DIRECT);
        VTerm *term = vterm_new(24, 80);
        vterm_parser_set_callbacks(term, &callbacks, &heard);
        vterm_input_write(term, out.data, out.len);
        vterm_free(term);
        assert_int_equal(heard.len, out.len - strlen("\033]") - strlen("\a"));
        assert_memory_equal(heard.data, out.data + 2, heard.len);
        buf_clear(&text);
        buf_clear(&out);
        buf_clear(&heard);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written),
        cmocka_unit_test(screen_gets_it_in_pieces),
        cmocka_unit_test(what_stands_between),
        cmocka_unit_test(a_terminal_takes_it_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
