/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the guide takes for a wish that a tool fulfils, and what it does not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "guide/formula.h"
#include "guide/phrase.h"
#include "guide/wish.h"
#include "guide/zone.h"
#include "tools/arguments.h"
#include "tools/expression.h"
#include "tools/tools.h"

/* "" wants nothing. */
static const struct {
    const char *prompt, *want;
} cases[] = {
    {"what time is it?", "time{}"},
    {"What's the time", "time{}"},
    {"Hi, can you tell me the time please?", "time{}"},
    {"what day is it today?", "time{}"},
    {"which day of the week is it", "time{}"},
    {"what's today's date", "time{}"},
    {"What time is it in Tokyo right now?", "time{\"zone\":\"Asia/Tokyo\"}"},
    {"do you know what time it is in new york", "time{\"zone\":\"America/New_York\"}"},
    {"what is the date in Europe/Paris?", "time{\"zone\":\"Europe/Paris\"}"},

    {"what is 12*7", "calculate{\"expression\":\"12*7\"}"},
    {"2^10 + 5", "calculate{\"expression\":\"2^10+5\"}"},
    {"how much is 12 x 7?", "calculate{\"expression\":\"12*7\"}"},
    {"Please calculate (3 + 4) * 2.", "calculate{\"expression\":\"(3+4)*2\"}"},
    {"tell me what 15% of 200 is", "calculate{\"expression\":\"15/100*200\"}"},
    {"what is the square root of 2", "calculate{\"expression\":\"sqrt(2)\"}"},

    {"what files are here", "list_files{}"},
    {"ls", "list_files{}"},
    {"list the files in src", "list_files{\"path\":\"src\"}"},
    {"show me the files in the docs folder, please", "list_files{\"path\":\"docs\"}"},
    {"what is in src/guide?", "list_files{\"path\":\"src/guide\"}"},
    {"what files are in ..", "list_files{\"path\":\"..\"}"},

    {"read README.md", "read_file{\"path\":\"README.md\"}"},
    {"show me Makefile", "read_file{\"path\":\"Makefile\"}"},
    {"show me the contents of \"notes\"", "read_file{\"path\":\"notes\"}"},
    {"read the file notes", "read_file{\"path\":\"notes\"}"},
    {"What is in config.example.ini?", "read_file{\"path\":\"config.example.ini\"}"},
    {"read /etc/passwd", "read_file{\"path\":\"/etc/passwd\"}"},
    {"first 10 lines of LICENSE", "read_file{\"last_line\":10,\"path\":\"LICENSE\"}"},
    {"show me lines 10-20 of src/main.c",
     "read_file{\"first_line\":10,\"last_line\":20,\"path\":\"src/main.c\"}"},
    {"line 7 of src/main.c", "read_file{\"first_line\":7,\"last_line\":7,\"path\":\"src/main.c\"}"},
    {"lines 3 to 9 of notes", "read_file{\"first_line\":3,\"last_line\":9,\"path\":\"notes\"}"},

    {"find TODO in the files", "search_files{\"pattern\":\"TODO\"}"},
    {"find foo and bar in the files", "search_files{\"pattern\":\"foo and bar\"}"},
    {"find \"hello world\" in the files in src",
     "search_files{\"pattern\":\"hello world\",\"path\":\"src\"}"},
    {"search the files for main(", "search_files{\"pattern\":\"main\\\\(\"}"},
    {"grep rn_next in src/runnel.h",
     "search_files{\"pattern\":\"rn_next\",\"path\":\"src/runnel.h\"}"},
    {"which files contain rn_next?", "search_files{\"pattern\":\"rn_next\"}"},

    {"what time is it and what is 6*7?", "time{} calculate{\"expression\":\"6*7\"}"},
    {"what is 6*7, and what time is it?", "calculate{\"expression\":\"6*7\"} time{}"},
    {"List the files, then read README.md. What is 1+1?",
     "list_files{} read_file{\"path\":\"README.md\"} calculate{\"expression\":\"1+1\"}"},

    /* Questions about runnel, and what has only the look of a wish. */
    {"", ""},
    {"hello", ""},
    {"and", ""},
    {"3", ""},
    {"tour 3", ""},
    {"what is streaming?", ""},
    {"what is the time to first token?", ""},
    {"what time limits are there", ""},
    {"what is the date of a session", ""},
    {"how long does an answer take", ""},
    {"what time is it in Springfield", ""},
    {"what time is it and what is streaming?", ""},
    {"What events might an agent stream?", ""},
    {"how do I calculate tokens per second", ""},
    {"what is 130", ""},
    {"what is exit status 130", ""},
    {"what is -I", ""},
    {"what is 2024-01-31", ""},
    {"what is version 0.1.0", ""},
    {"what is 127.0.0.1:8080", ""},
    {"what files does runnel write?", ""},
    {"where are the session files", ""},
    {"list the sessions", ""},
    {"list the files in the session", ""},
    {"how do I list the files in src", ""},
    {"list tools", ""},
    {"what tools are there?", ""},
    {"read me a story", ""},
    {"show me an example", ""},
    {"show me the config", ""},
    {"show me the library", ""},
    {"show me /quit", ""},
    {"how do I read a file", ""},
    {"what is runnel.h?", ""},
    {"read https://example.org/a.txt", ""},
    {"find a passage in the documentation", ""},
    {"find happiness in life", ""},
    {"how do I search a session", ""},
    {"which files contain sessions?", ""},
    {"find x in the files\xff", ""},
    {"1+1 and 1+2 and 1+3 and 1+4 and 1+5", ""},
};

static char *wishes_text(const char *prompt)
{
    struct buf text = BUF_INIT;
    struct wishes wishes;
    wishes_read(&wishes, prompt);
    for (size_t i = 0; i < wishes.count; i++)
        buf_addf(&text, "%s%s%s", i ? " " : "", wishes.items[i].tool, wishes.items[i].args);
    wishes_clear(&wishes);
    buf_adds(&text, "");
    return buf_take(&text);
}

static void prompts_are_wishes_or_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *got = wishes_text(cases[i].prompt);
        if (strcmp(got ? got : "", cases[i].want) != 0)
            fail_msg("%s: %s", cases[i].prompt, got ? got : "");
        free(got);
    }
}

/* What is called is there, and takes what it is given. */
static void every_wish_fits_its_tool(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct wishes wishes;
        wishes_read(&wishes, cases[i].prompt);
        for (size_t k = 0; k < wishes.count; k++) {
            struct error error = ERROR_INIT;
            const char *args = wishes.items[k].args;
            const struct builtin *tool = builtin_find(wishes.items[k].tool);
            assert_non_null(tool);
            json_t *read = arguments_read(args, strlen(args), tool->schema, &error);
            if (!read)
                fail_msg("%s%s: %s", tool->name, args, error.text);
            json_decref(read);
        }
        wishes_clear(&wishes);
    }
}

static void long_prompts_are_no_wishes(void **state)
{
    (void)state;
    char prompt[2000];
    memset(prompt, 'a', sizeof(prompt));
    memcpy(prompt, "find ", 5);
    memcpy(prompt + sizeof(prompt) - 14, " in the files", 14);
    char *got = wishes_text(prompt);
    assert_true(!got || !*got);
    free(got);

    /* Words that suit many patterns for a while, in as many ways as can be. */
    static const char *const floods[] = {
        "me",
        "ls",
        "the",
        "for",
        "tell me",
        "show me",
        "what is",
        "find me for in",
        "1+1 and",
        "what is the in the",
        "a.b in lines 1",
        "search files for the",
        "find x in the files in",
    };
    for (size_t i = 0; i < sizeof(floods) / sizeof(floods[0]); i++) {
        struct buf flood = BUF_INIT;
        for (int words = 0; words < PHRASE_WORDS_MAX; words++) {
            const char *word = floods[i];
            for (int skip = words; skip > 0; skip--)
                word = strchr(word, ' ') ? strchr(word, ' ') + 1 : floods[i];
            buf_addf(&flood, "%.*s ", (int)strcspn(word, " "), word);
        }
        free(wishes_text(buf_str(&flood)));
        buf_clear(&flood);
    }
}

static const struct {
    const char *text, *want, *value;
} formulas[] = {
    {"1+1", "1+1", "2"},
    {" (1 + 2)*3 ", "(1+2)*3", "9"},
    {"`2**3`", "2^3", "8"},
    {"2x3X4", "2*3*4", "24"},
    {"2 plus 3 minus 1 times 4", "2+3-1*4", "1"},
    {"10 divided by 4", "10/4", "2.5"},
    {"7 mod 4", "7%4", "3"},
    {"2 to the power of 10 =", "2^10", "1024"},
    {"3 squared", "3^2", "9"},
    {"-3 + 5", "-3+5", "2"},
    {".5 + .5", ".5+.5", "1"},
    {"1,000,000 / 1,000", "1000000/1000", "1000"},
    {"max(1, 20, 3)", "max(1,20,3)", "20"},
    {"the cube root of 27", NULL, NULL},
    {"cube root of 27", "cbrt(27)", "3"},
    {"square root of square root of 16", "sqrt(sqrt(16))", "2"},
    {"square root of (9 + 7) * 2", "sqrt(9+7)*2", "8"},
    {"10% of 50", "10/100*50", "5"},
    {"ten percent of 50", NULL, NULL},
    {"2\xc3\x97"
     "3 \xe2\x88\x92 1",
     "2*3-1", "5"},
    {"log2(8)", "log2(8)", "3"},
    {"max(exp(0), 0)", "max(exp(0),0)", "1"},
    {"5", NULL, NULL},
    {"-5", NULL, NULL},
    {"(5)", NULL, NULL},
    {"pi", NULL, NULL},
    {"", NULL, NULL},
    {"+", NULL, NULL},
    {"1+", NULL, NULL},
    {"1 2", NULL, NULL},
    {"(1+2", NULL, NULL},
    {"1+2)", NULL, NULL},
    {"()", NULL, NULL},
    {"1,2", NULL, NULL},
    {"1.2.3+4", NULL, NULL},
    {"2024-01-31", NULL, NULL},
    {"sqrt", NULL, NULL},
    {"2(3)", NULL, NULL},
    {"0x10 + a", NULL, NULL},
    {"system(1)+1", NULL, NULL},
};

static void formulas_are_read_as_people_write_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(formulas) / sizeof(formulas[0]); i++) {
        struct buf got = BUF_INIT, value = BUF_INIT;
        struct error error = ERROR_INIT;
        const char *text = formulas[i].text, *want = formulas[i].want;
        bool is = formula_read(text, strlen(text), &got);
        if (is != (want != NULL) || (is && strcmp(buf_str(&got), want) != 0))
            fail_msg("%s: %s", text, is ? buf_str(&got) : "none");
        if (is && expression_value(buf_str(&got), &value, &error) < 0)
            fail_msg("%s: %s", text, error.text);
        assert_string_equal(buf_str(&value), is ? formulas[i].value : "");
        buf_clear(&got);
        buf_clear(&value);
    }
}

static void deep_formulas_are_none(void **state)
{
    (void)state;
    struct buf text = BUF_INIT, got = BUF_INIT;
    for (int i = 0; i < 200; i++)
        buf_adds(&text, "(");
    buf_adds(&text, "1+1");
    for (int i = 0; i < 200; i++)
        buf_adds(&text, ")");
    assert_false(formula_read(text.data, text.len, &got));
    buf_reset(&text);
    for (int i = 0; i < 200; i++)
        buf_adds(&text, "root of ");
    buf_adds(&text, "2");
    assert_false(formula_read(text.data, text.len, &got));
    assert_int_equal(got.len, 0);
    buf_clear(&text);
    buf_clear(&got);
}

static void zones_are_cities_or_names_of_the_list(void **state)
{
    (void)state;
    static const char *const zones[][2] = {
        {"UTC", "UTC"},
        {"gmt", "UTC"},
        {"Los Angeles", "America/Los_Angeles"},
        {"Asia/Ho_Chi_Minh", "Asia/Ho_Chi_Minh"},
        {"Etc/GMT+3", "Etc/GMT+3"},
        {"Springfield", ""},
        {"europe/paris", ""},
        {"../etc/passwd", ""},
        {"Europe/", ""},
        {"", ""},
        {"tokyo drift", ""},
    };
    for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
        struct buf zone = BUF_INIT;
        bool known = zone_read(zones[i][0], strlen(zones[i][0]), &zone);
        assert_string_equal(buf_str(&zone), zones[i][1]);
        assert_true(known == (*zones[i][1] != '\0'));
        buf_clear(&zone);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prompts_are_wishes_or_not),
        cmocka_unit_test(every_wish_fits_its_tool),
        cmocka_unit_test(long_prompts_are_no_wishes),
        cmocka_unit_test(formulas_are_read_as_people_write_them),
        cmocka_unit_test(deep_formulas_are_none),
        cmocka_unit_test(zones_are_cities_or_names_of_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
