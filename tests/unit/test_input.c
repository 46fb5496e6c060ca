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

#include "base/error.h"
#include "chat/history.h"
#include "input_fixture.h"
#include "text/line.h"
#include "tui/panel.h"

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
    {"an argument for a letter of several bytes", {"\0333漢"}, "漢漢漢"},
    {"an argument beyond reason is bounded", {"\03333333333x", "\001\0339999\004"}, ""},
    {"half a sequence, and such a letter", {"a\030漢ü"}, "aü"},
    {"a sequence, quoted", {"a\026\033[Ab"}, "a\033[Ab"},
    {"a letter, quoted thrice", {"\0333\026漢"}, "漢漢漢"},
    {"Esc, quoted", {"\026", "\033", "a"}, "\033a"},
    {"a quote given up by a paste", {"\026", "\033[200~x\033[201~", "y"}, "xy"},
    {"words of all letters", {"größe, naïve\033b\033b", "x"}, "xgröße, naïve"},
    {"words backwards by an argument", {"one two three\033-2\033f", "x"}, "one xtwo three"},
    {"an argument of two digits", {"\0331\0332x\001", "\0335\033[C", "\033-3\004"}, "xxxxxxxxx"},
    {"an argument for an arrow", {"abcdef\001", "\0333\033[C", "x"}, "abcxdef"},
    {"and for one that is on nothing", {"a", "\0333\033[9;9~", "x"}, "ax"},
    {"words killed one after the other",
     {"one two three\001\033d\033d\005!\031"},
     " three!one two"},
    {"before and behind", {"one two\033b\033\177\033d\031"}, "one two"},
    {"and a kill apart", {"one two\033b\033d\002\027\031"}, "one "},
    {"case", {"one größe\033b\033u\033b\033b\033c"}, "One GRÖßE"},

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
    {"readline crashes: a macro with sequences that are on nothing", {"\030m"}, "abcd"},
    {"a macro within a word", {"one two\033b\0332\030m"}, "one abcdtwo"},
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

static int write_inputrc(void **state)
{
    (void)state;
    return use_inputrc("\"\\C-xm\": \"a\\C-x\\C-zb\\e\\C-zc\\e[99~d\\C-x\\C-g\"\n");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_table),  TEST(test_line),   TEST(test_editor_wish),
        TEST(test_cancel), TEST(test_layout), TEST(test_random_keys),
    };
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 1;
    return cmocka_run_group_tests(tests, write_inputrc, NULL);
}
