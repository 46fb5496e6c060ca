/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command line as it is read.  What is wrong with one is in test_commandline.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "cli/options.h"

enum { ARGUMENTS_MAX = 12 };

/* getopt(3) wants an argv of its own; it must last as long as the options. */
struct line {
    char *argv[ARGUMENTS_MAX];
    struct options options;
    struct error error;
};

static int parse(struct line *line, const char *const *words)
{
    int argc = 1;
    line->argv[0] = (char *)"runnel";
    for (; words[argc - 1]; argc++)
        line->argv[argc] = (char *)words[argc - 1];
    line->argv[argc] = NULL;
    return options_parse(argc, line->argv, &line->options, &line->error);
}

#define PARSE(line, ...) parse(line, (const char *const[]){__VA_ARGS__, NULL})

static void assert_words(const struct options *options, const char *want)
{
    struct buf words = BUF_INIT;
    for (int i = 0; i < options->word_count; i++)
        buf_addf(&words, "%s%s", i > 0 ? "|" : "", options->words[i]);
    assert_string_equal(buf_str(&words), want);
    buf_clear(&words);
}

static void nothing_said(void **state)
{
    struct line line;
    (void)state;
    assert_int_equal(PARSE(&line, NULL), 0);
    assert_null(line.options.command);
    assert_words(&line.options, "");
    assert_null(line.options.mode);
    assert_null(line.options.model);
    assert_int_equal(options_format(&line.options), PLAIN_TEXT);
    assert_int_equal(line.options.port, -1);
    assert_int_equal(line.options.status, 200);
    assert_true(line.options.max_gap < 0);
}

static void words_and_commands(void **state)
{
    static const struct {
        const char *words[ARGUMENTS_MAX], *command, *left;
    } cases[] = {
        {{"hello", "world"}, NULL, "hello|world"},
        {{"replay"}, "replay", ""},
        {{"replay", "x"}, "replay", "x"},
        {{"--log", "f", "replay", "x"}, "replay", "x"},
        {{"replay", "--instant", "x"}, "replay", "x"},
        {{"replay", "--", "-x"}, "replay", "-x"},
        {{"--", "replay"}, NULL, "replay"},
        {{"replay it"}, NULL, "replay it"},
        {{"Replay"}, NULL, "Replay"},
        {{"hello", "replay"}, NULL, "hello|replay"},
        {{"hello", "--", "-S", "--"}, NULL, "hello|-S|--"},
        {{"one", "-S", "two", "-m", "x", "three"}, NULL, "one|two|three"},
        {{"-"}, NULL, "-"},
        {{"replay", "-"}, "replay", "-"},
        {{"config", "path"}, "config", "path"},
        {{"serve-guide", "--port", "0"}, "serve-guide", ""},
        {{""}, NULL, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct line line;
        assert_int_equal(parse(&line, cases[i].words), 0);
        assert_words(&line.options, cases[i].left);
        if (cases[i].command)
            assert_string_equal(line.options.command, cases[i].command);
        else
            assert_null(line.options.command);
    }
}

static void each_kind_of_value(void **state)
{
    struct line line;
    (void)state;
    assert_int_equal(PARSE(&line, "-m", "a", "--model=b", "-mc", "-SI", "--events"), 0);
    assert_string_equal(line.options.model, "c");
    assert_string_equal(line.options.models[0], "a");
    assert_string_equal(line.options.models[2], "c");
    assert_null(line.options.models[3]);
    assert_string_equal(line.options.mode, "invoke");
    assert_int_equal(options_format(&line.options), PLAIN_EVENTS);
    assert_int_equal(PARSE(&line, "--json", "--no-save", "-c", "--plain"), 0);
    assert_int_equal(options_format(&line.options), PLAIN_JSON);
    assert_true(line.options.no_save && line.options.wants_last && line.options.plain);
    assert_int_equal(PARSE(&line, "replay", "--speed", "2.5", "--max-gap=0.5", "--instant"), 0);
    assert_true(line.options.speed == 2.5 && line.options.max_gap == 0.5);
    assert_true(line.options.is_instant);
    assert_int_equal(PARSE(&line, "decode", "--wire", "openai", "--status", "404", "f"), 0);
    assert_int_equal(line.options.status, 404);
    assert_int_equal(
        PARSE(&line, "serve-guide", "--listen-fd", "3", "--alive-fd", "4", "--rate", "0"), 0);
    assert_int_equal(line.options.listen_fd, 3);
    assert_int_equal(line.options.alive_fd, 4);
    assert_int_equal(line.options.rate, 0);
}

/* GNU's abbreviations are understood, and what they could all mean is not guessed. */
static void abbreviations(void **state)
{
    struct line line;
    (void)state;
    assert_int_equal(PARSE(&line, "--invo", "--temp", "1"), 0);
    assert_string_equal(line.options.mode, "invoke");
    assert_string_equal(line.options.temperature, "1");
    assert_int_equal(PARSE(&line, "--re", "x"), -1);
}

static void what_is_private_is_not_suggested(void **state)
{
    struct line line;
    (void)state;
    assert_int_equal(PARSE(&line, "--lisen-fd", "3"), -1);
    assert_null(strstr(line.error.text, "--listen-fd"));
    assert_int_equal(line.error.code, RN_ECONFIG);
}

static void a_long_word_is_cut_in_the_message(void **state)
{
    struct line line;
    char word[2048] = "--";
    (void)state;
    memset(word + 2, 'x', sizeof(word) - 3);
    word[sizeof(word) - 1] = '\0';
    assert_int_equal(PARSE(&line, word), -1);
    assert_true(strlen(line.error.text) < 256);
    assert_int_equal(PARSE(&line, "replay", "--speed", word), -1);
    assert_true(strlen(line.error.text) < 256);
}

/* Its value may be left out: at the end of the line, and before another option. */
static void a_session_or_a_choice(void **state)
{
    static const struct {
        const char *words[ARGUMENTS_MAX];
        const char *resume; /* NULL: not asked for; "": one is to be chosen */
        const char *left;
        bool is_plain;
    } cases[] = {
        {{"hello"}, NULL, "hello", false},
        {{"-r"}, "", "", false},
        {{"--resume"}, "", "", false},
        {{"--resume="}, "", "", false},
        {{"-r", ""}, "", "", false},
        {{"-r", "--plain"}, "", "", true},
        {{"--resume", "--plain"}, "", "", true},
        {{"--plain", "-r"}, "", "", true},
        {{"-r", "-S", "hello"}, "", "hello", false},
        {{"-Sr"}, "", "", false},
        {{"-r", "--", "hello"}, "", "hello", false},
        {{"-r", "x"}, "x", "", false},
        {{"-rx"}, "x", "", false},
        {{"-r-x"}, "-x", "", false},
        {{"--resume", "x"}, "x", "", false},
        {{"--resume=x"}, "x", "", false},
        {{"--resume=-x"}, "-x", "", false},
        {{"--resu", "x", "--plain"}, "x", "", true},
        {{"-r", "x", "hello", "--plain"}, "x", "hello", true},
        {{"hello", "-r"}, "", "hello", false},
        {{"-r", "x", "-r"}, "", "", false},
        {{"-r", "-"}, "-", "", false},
        {{"--resume", "-", "hello"}, "-", "hello", false},
        {{"--", "-r"}, NULL, "-r", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct line line;
        assert_int_equal(parse(&line, cases[i].words), 0);
        assert_words(&line.options, cases[i].left);
        assert_int_equal(line.options.plain, cases[i].is_plain);
        if (cases[i].resume)
            assert_string_equal(line.options.resume, cases[i].resume);
        else
            assert_null(line.options.resume);
    }
}

static void what_may_be_said_again(void **state)
{
    struct line line;
    (void)state;
    assert_int_equal(PARSE(&line, "-a", "one", "hi", "--attach=two", "--set", "a=b", "-athree"), 0);
    assert_string_equal(line.options.attach[0], "one");
    assert_string_equal(line.options.attach[1], "two");
    assert_string_equal(line.options.attach[2], "three");
    assert_null(line.options.attach[3]);
    assert_string_equal(line.options.set[0], "a=b");
    assert_null(line.options.set[1]);
    assert_words(&line.options, "hi");
}

static void but_not_without_end(void **state)
{
    char *argv[OPTION_REPEATS_MAX + 3] = {(char *)"runnel"};
    struct options options;
    struct error error;
    (void)state;
    for (size_t i = 1; i <= OPTION_REPEATS_MAX; i++)
        argv[i] = (char *)"-ax";
    assert_int_equal(options_parse(OPTION_REPEATS_MAX + 1, argv, &options, &error), 0);
    assert_string_equal(options.attach[OPTION_REPEATS_MAX - 1], "x");
    assert_null(options.attach[OPTION_REPEATS_MAX]);
    argv[OPTION_REPEATS_MAX + 1] = (char *)"-ax";
    assert_int_equal(options_parse(OPTION_REPEATS_MAX + 2, argv, &options, &error), -1);
    assert_string_equal(error.text, "--attach may be given 100 times");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_said),
        cmocka_unit_test(words_and_commands),
        cmocka_unit_test(each_kind_of_value),
        cmocka_unit_test(abbreviations),
        cmocka_unit_test(a_session_or_a_choice),
        cmocka_unit_test(what_may_be_said_again),
        cmocka_unit_test(but_not_without_end),
        cmocka_unit_test(what_is_private_is_not_suggested),
        cmocka_unit_test(a_long_word_is_cut_in_the_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
