/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The input in vi's mode, with an inputrc that does what some do: keys that are typed must end, and the
 * line must stay whole.  Where readline 8.2 would loop for ever, a test that fails does so too.
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
#include <readline/readline.h>

#include "base/error.h"
#include "base/utf8.h"
#include "chat/history.h"
#include "input_fixture.h"
#include "text/line.h"

#define LINE_SEPARATOR "\xe2\x80\xa8" /* pages have it; it has no width */
#define NOT_YET "\xcd\xb8"            /* a letter that Unicode has not */
#define NO_CHARACTER "\xef\xbf\xbf"

static const char inputrc[] = "\"\\C-t\": overwrite-mode\n"
                              "set editing-mode vi\n"
                              "set keymap vi-insert\n"
                              "set horizontal-scroll-mode on\n"
                              "set show-mode-in-prompt on\n"
                              "\"\\C-o\": \"two 漢字\"\n"
                              "\"\\C-a\": \"b\\C-a\"\n"
                              "\"\\C-b\": \"\\C-e\"\n"
                              "\"\\C-e\": \"\\C-b\"\n"
                              "\"\\C-g\": \"a\\303\"\n"
                              "\"\\C-x\\C-k\": \"pair\"\n"
                              "\"\\C-x漢\": \"mixed\"\n"
                              "\"é\": \"accent\"\n"
                              "\"jk\": vi-movement-mode\n"
                              "\"jj\": \"\\e\"\n"
                              "\"\\C-t\": overwrite-mode\n"
                              "$if Runnel\n"
                              "\"\\C-p\": runnel-newline\n"
                              "$else\n"
                              "\"\\C-p\": \"wrong\"\n"
                              "$endif\n";

static const struct {
    const char *about;
    const char *line;
    const char *keys[5]; /* after the line was set, with the cursor on its first character */
    const char *want;    /* in the line, an X where the cursor came to */
} cases[] = {
    {"the next word", "foo.bar baz", {"w"}, "fooX.bar baz"},
    {"and the next but one", "foo.bar baz", {"ww"}, "foo.Xbar baz"},
    {"what blanks divide", "foo.bar  baz", {"W"}, "foo.bar  Xbaz"},
    {"behind the last word", "foo bar", {"www"}, "foo baXr"},
    {"a word's end", "foo.bar baz", {"e"}, "foXo.bar baz"},
    {"what blanks divide has an end", "foo.bar baz", {"E"}, "foo.baXr baz"},
    {"three ends", "foo.bar baz", {"3e"}, "foo.baXr baz"},
    {"back", "foo.bar baz", {"$bb"}, "foo.Xbar baz"},
    {"back over blanks", "foo.bar baz", {"$B"}, "foo.bar Xbaz"},
    {"letters that are not ASCII", "größe naïve", {"w"}, "größe Xnaïve"},
    {"accents of their own", "e\xcc\x81te\xcc\x81 x", {"e"}, "e\xcc\x81tXe\xcc\x81 x"},
    {"a line's end is a word's", "one\ntwo", {"W"}, "oneX\ntwo"},
    {"more words than there are", "foo bar", {"99w"}, "foo baXr"},
    {"a bracket's other", "(a [b] {c}) d", {"%"}, "(a [b] {c}X) d"},
    {"the next bracket's", "a [b] c", {"%"}, "a [bX] c"},
    {"and back", "a [b] c", {"%%"}, "a X[b] c"},
    {"a bracket without another", "a (b", {"%"}, "Xa (b"},

    {"a word is deleted", "foo bar baz", {"dw"}, "Xbar baz"},
    {"again", "foo bar baz", {"dw."}, "Xbaz"},
    {"and undone", "foo bar baz", {"dwu"}, "foo Xbar baz"},
    {"to a word's end", "foo bar", {"dE"}, "X bar"},
    {"a word is changed", "foo bar", {"cwyes", "\033"}, "yeXs bar"},
    {"the last word of a row is", "foo\nbar", {"cwyes", "\033"}, "yeXs\nbar"},
    {"letters are replaced", "abc", {"r漢"}, "X漢bc"},
    {"and the next so", "abc", {"rxl."}, "xXxc"},
    {"a letter is looked for", "ab漢c漢d", {"f漢;"}, "ab漢cX漢d"},
    {"what is typed is typed again", "x", {"a漢", "\033", ".."}, "x漢漢X漢"},
    {"Esc gives up what waits for a letter", "abc", {"r", "\033", "lx"}, "aXc"},
    {"and a mark", "abc", {"m", "\033", "lx"}, "aXc"},
    {"Esc and a letter at once", "abc", {"\033x"}, "Xbc"},
    {"and where another was waited for", "abc", {"r\033x"}, "Xbc"},
    {"and while typing", "", {"iabc\033x"}, "aXb"},
    {"typing over ends with Esc", "abc", {"Rxü", "\033", "x"}, "xXc"},

    {"an operator given up is not done again", "abc", {"y", "\033", "..."}, "Xabc"},
    {"nor one of something looked for", "foo", {"yfz", "dd", "yXfz", "."}, "X"},

    {"readline loops: a line separator at the end", "a" LINE_SEPARATOR, {"E"}, "aX" LINE_SEPARATOR},
    {"a word's end", "a " LINE_SEPARATOR, {"e$eE"}, "a X" LINE_SEPARATOR},
    {"the next word", "a b" LINE_SEPARATOR, {"wWW"}, "a bX" LINE_SEPARATOR},
    {"a bracket", "a" LINE_SEPARATOR, {"%"}, "Xa" LINE_SEPARATOR},
    {"no letter yet", "a" NOT_YET, {"3E"}, "aX" NOT_YET},
    {"no character", "a" NO_CHARACTER, {"9e"}, "aX" NO_CHARACTER},
    {"joiners", "a\xe2\x80\x8d\xe2\x80\x8d", {"Ee"}, "Xa\xe2\x80\x8d\xe2\x80\x8d"},
    {"a control of C1", "a\xc2\x9b", {"E"}, "aX\xc2\x9b"},
    {"half a character from an editor", "foo\xe6\xbc", {"$E0%"}, "Xfoo\xef\xbf\xbd"},
    {"nothing at all", "", {"wWeEbB%."}, "X"},

    {"a macro", "", {"i\017"}, "two 漢字X"},
    {"a macro on a letter", "", {"iéö"}, "accentöX"},
    {"a macro on two keys", "", {"i\030\013"}, "pairX"},
    {"of which one is a letter", "", {"i\030漢ö"}, "mixedöX"},
    {"letters that leave the mode", "", {"ijab", "jk", "x"}, "jXa"},
    {"and as a macro", "", {"ijab", "jj", "x"}, "jXa"},
    {"or begin another word", "", {"ij漢j\033"}, "j漢Xj"},
    {"half a letter in a macro", "", {"i\007b"}, "abX"},
    {"two macros that call each other", "", {"i\002", "c"}, "cX"},
    {"commands of ours by name", "a", {"A\020b"}, "a\nbX"},
};

/* The line with the cursor in it: the caller's. */
static char *shown(struct desk *desk)
{
    const char *line = input_text(desk->input);
    return xasprintf("%.*sX%s", rl_point, line, line + rl_point);
}

static void begin(struct desk *desk, const char *line)
{
    input_cancel(desk->input);
    type(desk, "\033");
    input_set(desk->input, line);
    type(desk, "0");
}

static void test_table(void **state)
{
    struct desk *desk = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        print_message("%s\n", cases[i].about);
        begin(desk, cases[i].line);
        for (size_t n = 0; n < 5 && cases[i].keys[n]; n++)
            type(desk, cases[i].keys[n]);
        char *line = shown(desk);
        assert_string_equal(line, cases[i].want);
        free(line);
    }
}

static void test_nul(void **state)
{
    struct desk *desk = *state;
    const struct key nul = {.kind = KEY_CHAR, .bytes = "", .len = 1};
    begin(desk, "");
    type(desk, "ia");
    input_key(desk->input, &nul);
    type(desk, "b\026");
    input_key(desk->input, &nul);
    type(desk, "c");
    type(desk, "\033");
    type(desk, "0Efx9E");
    assert_string_equal(input_text(desk->input), "abc");
}

/* It would type b for ever; what it has typed until it was ended stays. */
static void test_endless_macro(void **state)
{
    struct desk *desk = *state;
    begin(desk, "");
    type(desk, "i\001");
    const char *line = input_text(desk->input);
    size_t len = strlen(line);
    assert_in_range(len, 1, 100000);
    assert_int_equal(strspn(line, "b"), len);
    type(desk, "c");
    assert_int_equal(strlen(input_text(desk->input)), len + 1);
}

static void test_prompt(void **state)
{
    struct desk *desk = *state;
    struct line line;
    begin(desk, "text");
    input_lay_out(desk->input, 80, 5);
    input_line(desk->input, 0, &line);
    assert_memory_equal(line.spans[0].text, "cmd> ", 5);
    for (const char *key = "iR"; *key; key++) {
        type(desk, (const char[]){*key, '\0'});
        input_lay_out(desk->input, 80, 5);
        input_line(desk->input, 0, &line);
        assert_memory_equal(line.spans[0].text, "ins> ", 5);
        type(desk, "\033");
    }
}

/* A word as long as a line of a megabyte: readline's own way through it takes minutes. */
static void test_long_word(void **state)
{
    enum { LONG = 1 << 20 };
    struct desk *desk = *state;
    char *word = xcalloc(LONG + 1, 1);
    memset(word, 'x', LONG);
    begin(desk, word);
    type(desk, "wbeBE%0");
    assert_int_equal(rl_point, 0);
    type(desk, "dw");
    assert_true(input_is_empty(desk->input));
    free(word);
}

/* ---- Keys at random */

static const char *const tokens[] = {
    "a",
    "b ",
    "word ",
    "foo.bar",
    "e\xcc\x81",
    "\xe2\x80\x8b",
    LINE_SEPARATOR,
    NOT_YET,
    "漢字 ",
    "👩‍👩‍👧",
    "(",
    "]",
    "İ",
    "ẞ",
    "Ⱥ",
    "\t",
    "\033[200~pa\nste" LINE_SEPARATOR "\033[201~",
    "\033",
    "\033",
    "\033",
    "e",
    "E",
    "w",
    "W",
    "b",
    "B",
    "0",
    "$",
    "^",
    "h",
    "l",
    "x",
    "X",
    "s",
    "S",
    "D",
    "C",
    "~",
    "r",
    "R",
    "fa",
    "t漢",
    "T ",
    ";",
    ",",
    "%",
    "|",
    "3",
    "9",
    "p",
    "P",
    "y",
    "Y",
    "yw",
    "d",
    "dd",
    "dE",
    "dW",
    "d$",
    "ce",
    "cW",
    "i",
    "a",
    "A",
    "I",
    "u",
    "U",
    ".",
    "*",
    "\\",
    "`a",
    "ma",
    "j",
    "k",
    "G",
    "/",
    "n",
    "#",
    "@",
    "v",
    "\r",
    "\n",
    "\177",
    "\027",
    "\025",
    "\013",
    "\004",
    "\024",
    "\026",
    "\022",
    "\017",
    "\007",
    "\002",
    "\033[A",
    "\033[B",
    "\033[C",
    "\033[3~",
};

enum { TOKENS = sizeof(tokens) / sizeof(*tokens), TRIALS = 200, LENGTH = 100 };

static size_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(*seed >> 33);
}

static void check_whole(struct desk *desk)
{
    const char *line = input_text(desk->input);
    assert_int_equal(strlen(line), rl_end);
    assert_true(utf8_valid(line, strlen(line)));
    assert_in_range(rl_point, 0, rl_end);
    assert_int_not_equal((unsigned char)line[rl_point] & 0xC0, 0x80);
}

static void test_random_keys(void **state)
{
    struct desk *desk = *state;
    struct error error;
    for (uint64_t trial = 0; trial < TRIALS; trial++) {
        uint64_t seed = trial;
        begin(desk, "");
        for (int i = 0; i < LENGTH; i++) {
            type(desk, tokens[next_random(&seed) % TOKENS]);
            check_whole(desk);
            input_lay_out(desk->input, (int)(next_random(&seed) % 60) + 1, 5);
            char *line = input_take(desk->input);
            if (line)
                history_add(desk->history, line, &error);
            free(line);
            input_wants_editor(desk->input);
        }
    }
}

/* ---- */

static int write_inputrc(void **state)
{
    (void)state;
    return use_inputrc(inputrc);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_table),  TEST(test_nul),       TEST(test_endless_macro),
        TEST(test_prompt), TEST(test_long_word), TEST(test_random_keys),
    };
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 1;
    return cmocka_run_group_tests(tests, write_inputrc, NULL);
}
