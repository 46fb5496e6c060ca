/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The input without a screen: keys in, line out; and keys at random, since readline's callback mode
 * has crashes of its own that the bindings are to keep out of reach.
 */
#include "tui/input.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "chat/history.h"
#include "text/line.h"
#include "tui/keys.h"
#include "tui/panel.h"

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

/* Each group is typed with a pause after it, so that a lone Esc is one. */
static void type(struct desk *desk, const char *bytes)
{
    struct key key;
    keys_feed(desk->keys, bytes, strlen(bytes));
    do {
        while (keys_next(desk->keys, &key))
            input_key(desk->input, &key);
        if (keys_wait(desk->keys) >= 0)
            keys_timeout(desk->keys);
    } while (keys_next(desk->keys, &key) ? (input_key(desk->input, &key), true)
                                         : keys_wait(desk->keys) >= 0);
}

static const struct {
    const char *about;
    const char *keys[4];
    const char *want; /* in the line */
} cases[] = {
    {"letters", {"abc ü漢"}, "abc ü漢"},
    {"erasing", {"ab漢\177c"}, "abc"},
    {"words", {"one two\033b\033d"}, "one "},
    {"the kill ring", {"one two\027\031\031"}, "one twotwo"},
    {"undo", {"one two\027\037"}, "one two"},
    {"an argument", {"\0333x"}, "xxx"},
    {"quoted insert", {"a\026\tb"}, "a\tb"},
    {"transposed", {"ab\024"}, "ba"},
    {"Home, End, Delete", {"abc\033[H\033[3~\033[Fd"}, "bcd"},
    {"keys that are on nothing", {"a\033[9;9~\033[24~\033Oz\033\002b"}, "ab"},
    {"Alt-Enter", {"a\033\rb"}, "a\nb"},
    {"Ctrl-J", {"a\nb"}, "a\nb"},
    {"a kitty's Shift-Enter", {"a\033[13;2ub"}, "a\nb"},
    {"a paste is text", {"a\033[200~b\rc\003\033[201~d"}, "ab\ncd"},
    {"a paste is undone as one", {"a\033[200~b\nc\033[201~\037"}, "a"},
    {"a paste into an argument", {"\0333", "\033[200~x\033[201~"}, "x"},

    {"older prompts", {"\033[A", "\033[A"}, "second\nof two lines"},
    {"and newer", {"draft", "\020\020\016"}, "third prompt"},
    {"back to the draft", {"draft", "\020\016"}, "draft"},
    {"the oldest", {"\033<"}, "first prompt"},
    {"beyond the oldest", {"\020\020\020\020\020"}, "first prompt"},
    {"a prompt that is edited stays what it was", {"\020x", "\016", "\020"}, "third prompt"},
    {"Up within the line first", {"a\033\rb", "\033[A", "x"}, "ax\nb"},
    {"Up on the first row", {"a\033\rb", "\033[A", "\033[A"}, "third prompt"},

    {"a search", {"\022sec", "\r"}, "second\nof two lines"},
    {"the one before", {"\022prompt", "\022", "\r"}, "first prompt"},
    {"and the one after", {"\022prompt", "\022\023", "\r"}, "third prompt"},
    {"a word less", {"\022xf\177\177first", "\r"}, "first prompt"},
    {"given up", {"draft", "\022sec", "\033"}, "draft"},
    {"nothing found", {"draft", "\022nowhere", "\r"}, "draft"},
    {"an arrow takes it", {"\022sec", "\033[C"}, "second\nof two lines"},
    {"a paste into it", {"\022", "\033[200~sec\nx\033[201~", "\r"}, "second\nof two lines"},

    {"what crashes readline: a search and half a key",
     {"some text", "\022", "\030z"},
     "third promptz"},
    {"the same with text", {"x", "\022\030", "\005"}, "third prompt"},
    {"an older prompt, edited and undone", {"\033<x", "\016\020", "\037"}, "first prompt"},
    {"macros", {"\030(ab\030)", "\030e"}, "ab"},
};

static void test_table(void **state)
{
    struct desk *desk = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        print_message("%s\n", cases[i].about);
        for (size_t n = 0; n < 4 && cases[i].keys[n]; n++)
            type(desk, cases[i].keys[n]);
        assert_string_equal(input_text(desk->input), cases[i].want);
        input_cancel(desk->input);
        input_set(desk->input, "");
    }
}

static void test_line(void **state)
{
    struct desk *desk = *state;
    assert_null(input_take(desk->input));
    type(desk, "one\033\rtwo\r");
    char *line = input_take(desk->input);
    assert_string_equal(line, "one\ntwo");
    free(line);
    assert_null(input_take(desk->input));
    assert_true(input_is_empty(desk->input));
    type(desk, "\r");
    line = input_take(desk->input);
    assert_string_equal(line, "");
    free(line);
}

/* readline 8.2 would put the NUL into the line, and then look for the end of a word for ever. */
static void test_nul(void **state)
{
    struct desk *desk = *state;
    const struct key nul = {.kind = KEY_CHAR, .bytes = "", .len = 1};
    type(desk, "\033\n"); /* vi-editing-mode */
    type(desk, "a");
    input_key(desk->input, &nul);
    type(desk, "b\026");
    input_key(desk->input, &nul);
    type(desk, "c");
    type(desk, "\033");
    type(desk, "0Efx9E");
    assert_string_equal(input_text(desk->input), "abc");
}

static void test_editor_wish(void **state)
{
    struct desk *desk = *state;
    type(desk, "\030\005");
    assert_true(input_wants_editor(desk->input));
    assert_false(input_wants_editor(desk->input));
}

static void test_cancel(void **state)
{
    static const char *const halves[] = {"\022", "\022abc", "\0333", "\030"};
    struct desk *desk = *state;
    for (size_t i = 0; i < sizeof(halves) / sizeof(*halves); i++) {
        type(desk, halves[i]);
        input_cancel(desk->input);
        assert_false(input_cancel(desk->input));
        type(desk, "q");
        assert_string_equal(input_text(desk->input), "q");
        input_set(desk->input, "");
    }
}

static void test_layout(void **state)
{
    struct desk *desk = *state;
    struct line line;
    int row, column;
    type(desk, "one\033\rtwo\033\rthree\033\rfour");
    assert_int_equal(input_lay_out(desk->input, 80, 8), 4);
    assert_int_equal(input_lay_out(desk->input, 80, 2), 2);
    input_line(desk->input, 0, &line);
    assert_memory_equal(line.spans[1].text, "three", line.spans[1].len);
    input_cursor(desk->input, &row, &column);
    assert_int_equal(row, 1);
    assert_int_equal(column, 6);
    type(desk, "\033[A\033[B\033[A");
    type(desk, "\033[A\033[B\033[A");
    type(desk, "\033[A\033[B\033[A");
    input_lay_out(desk->input, 80, 2);
    input_line(desk->input, 0, &line);
    assert_memory_equal(line.spans[0].text, "> ", 2);
    input_set(desk->input, "x");
    assert_int_equal(input_lay_out(desk->input, 1, 1), 1);
}

/* ---- Keys at random */

static const char *const tokens[] = {
    "a",         "b ",
    "word ",     "ü",
    "漢",        "/he",
    "\t",        "\t",
    "\n",        "\r",
    "\r",        "\177",
    "\177",      "\001",
    "\002",      "\005",
    "\006",      "\007",
    "\013",      "\014",
    "\016",      "\020",
    "\020",      "\021",
    "\022",      "\022",
    "\023",      "\024",
    "\025",      "\026",
    "\027",      "\030",
    "\030",      "\031",
    "\035",      "\037",
    "\037",      "(",
    ")",         "e",
    "z",         "\033",
    "\033",      "\033\033",
    "\033b",     "\033d",
    "\033f",     "\033p",
    "\033n",     "\033<",
    "\033>",     "\033t",
    "\033u",     "\033y",
    "\033.",     "\033\005",
    "\033-",     "\0333",
    "\03399",    "\033#",
    "\033*",     "\033?",
    "\033\r",    "\033[A",
    "\033[A",    "\033[B",
    "\033[C",    "\033[D",
    "\033[H",    "\033[F",
    "\033[3~",   "\033[1;5C",
    "\033[9;9~", "\033[200~pa\nste\033[201~",
    "\033OP",    "\033[Z",
    "0",         "$",
    "i",         "A",
    "cw",        "dd",
    "dw",        "f",
    "r",         "R",
    "k",         "j",
    "/",         "n",
    "N",         "v",
    "G",         "~",
    "u",         ".",
    "@",         "#",
    "%",         "y",
    "p",         "\003",
};

enum { TOKENS = sizeof(tokens) / sizeof(*tokens), TRIALS = 60, LENGTH = 200 };

/* A small generator of our own: the same keys on every machine. */
static size_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(*seed >> 33);
}

static void look_at(struct desk *desk, uint64_t *seed)
{
    struct panel panel = {0};
    struct line line;
    int row, column, width = (int)(next_random(seed) % 60) + 1;
    int rows = input_lay_out(desk->input, width, 5);
    for (int i = 0; i < rows; i++)
        input_line(desk->input, i, &line);
    input_cursor(desk->input, &row, &column);
    assert_in_range(row, 0, rows - 1);
    input_panel(desk->input, &panel, width);
    panel_clear(&panel);
}

static void check_random(struct desk *desk, uint64_t seed)
{
    struct error error;
    for (int i = 0; i < LENGTH; i++) {
        type(desk, tokens[next_random(&seed) % TOKENS]);
        look_at(desk, &seed);
        char *line = input_take(desk->input);
        if (line)
            history_add(desk->history, line, &error);
        free(line);
        input_wants_editor(desk->input);
    }
    input_cancel(desk->input);
    assert_false(input_cancel(desk->input));
    input_set(desk->input, "");
}

static void test_random_keys(void **state)
{
    for (uint64_t seed = 0; seed < TRIALS; seed++)
        check_random(*state, seed);
}

static void test_random_keys_vi(void **state)
{
    type(*state, "\033\n"); /* vi-editing-mode */
    for (uint64_t seed = 0; seed < TRIALS; seed++)
        check_random(*state, seed);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_table),          TEST(test_line),   TEST(test_editor_wish),
        TEST(test_cancel),         TEST(test_layout), TEST(test_random_keys),
        TEST(test_random_keys_vi), TEST(test_nul), /* in vi mode, which lasts */
    };
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 1;
    setenv("INPUTRC", "/dev/null", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
