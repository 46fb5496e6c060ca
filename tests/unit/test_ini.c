/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "config/ini.h"

/* Each entry as "LINE section.key=value|", each section as "LINE [section]|", a newline as "/". */
static int note(const struct ini_entry *entry, void *user, struct error *error)
{
    struct buf *out = user;
    (void)error;
    buf_addf(out, "%u ", entry->line);
    if (!entry->key) {
        buf_addf(out, "[%s]|", entry->section);
        return 0;
    }
    buf_addf(out, "%s.%s=", entry->section, entry->key);
    for (const char *c = entry->value; *c; c++)
        buf_addc(out, *c == '\n' ? '/' : *c);
    buf_addc(out, '|');
    return 0;
}

/* The whole text of `input`, or its error, in a block of its exact size. */
static char *outcome(const char *input, size_t len)
{
    struct buf out = BUF_INIT;
    struct error error = ERROR_INIT;
    char *exact = malloc(len + !len);
    memcpy(exact, input, len);
    if (ini_parse("f.ini", exact, len, note, &out, &error) < 0)
        buf_adds(&out, error.text);
    free(exact);
    return buf_take(&out);
}

static const struct {
    const char *about, *input, *want;
} cases[] = {
    {"nothing", "", ""},
    {"only blank lines", "\n \n\t\n", ""},
    {"a section", "[a]", "1 [a]|"},
    {"a name is trimmed", "[ a b ]\n", "1 [a b]|"},
    {"an entry", "[a]\nk = v\n", "1 [a]|2 a.k=v|"},
    {"no newline at the end", "[a]\nk = v", "1 [a]|2 a.k=v|"},
    {"no blanks", "[a]\nk=v", "1 [a]|2 a.k=v|"},
    {"many blanks", "[a]\nk\t =  v w\t \n", "1 [a]|2 a.k=v w|"},
    {"a dotted key", "[a]\nb.c = v\n", "1 [a]|2 a.b.c=v|"},
    {"a second equals sign", "[a]\nk = v = w\n", "1 [a]|2 a.k=v = w|"},
    {"an empty value", "[a]\nk =\nl = \n", "1 [a]|2 a.k=|3 a.l=|"},
    {"CR LF", "[a]\r\nk = v\r\n  w\r\n", "1 [a]|2 a.k=v/w|"},
    {"a CR before the end", "[a]\r\nk = v\r", "1 [a]|2 a.k=v|"},
    {"a BOM", "\xEF\xBB\xBF[a]\nk = v\n", "1 [a]|2 a.k=v|"},
    {"UTF-8", "[\xC3\xA4]\nk = \xE2\x82\xAC\n", "1 [\xC3\xA4]|2 \xC3\xA4.k=\xE2\x82\xAC|"},
    {"a section twice", "[a]\nk = v\n[a]\nl = w\n", "1 [a]|2 a.k=v|3 [a]|4 a.l=w|"},

    {"comments", "# c\n; c\n[a]\n  # c\nk = v\n# c\n", "3 [a]|5 a.k=v|"},
    {"no comment after a value", "[a]\nk = v # w ; x\n", "1 [a]|2 a.k=v # w ; x|"},
    {"a comment sign begins a value", "[a]\nk = # v\n", "1 [a]|2 a.k=# v|"},

    {"a value goes on", "[a]\nk = v\n  w\n\tx\nl = y\n", "1 [a]|2 a.k=v/w/x|5 a.l=y|"},
    {"it begins below", "[a]\nk =\n  v\n  w\n", "1 [a]|2 a.k=v/w|"},
    {"an empty line below the key is nothing", "[a]\nk =\n\n  v\n", "1 [a]|2 a.k=v|"},
    {"empty lines within", "[a]\nk = v\n\n \n  w\n\nl = x\n", "1 [a]|2 a.k=v///w|7 a.l=x|"},
    {"a heading within", "[a]\nk = v\n  # w\n  ; x\n", "1 [a]|2 a.k=v/# w/; x|"},
    {"what looks like a section within", "[a]\nk = v\n  [b]\n  l = w\n",
     "1 [a]|2 a.k=v/[b]/l = w|"},
    {"a comment does not end it", "[a]\nk = v\n# c\n  w\n", "1 [a]|2 a.k=v/w|"},
    {"an indented file", "[a]\n  k = v\n  # c\n  l = w\n   x\n m = y\n",
     "1 [a]|2 a.k=v|4 a.l=w/x|6 a.m=y|"},
    {"an indented section", "  [a]\n  k = v\n [b]\n", "1 [a]|2 a.k=v|3 [b]|"},

    {"quotes keep blanks", "[a]\nk = \"  v\t \"  \n", "1 [a]|2 a.k=  v\t |"},
    {"escapes", "[a]\nk = \"\\\\ \\\" \\n \\t\"\n", "1 [a]|2 a.k=\\ \" / \t|"},
    {"nothing in quotes", "[a]\nk = \"\"\n", "1 [a]|2 a.k=|"},
    {"an escaped quote at the end", "[a]\nk = \"v\\\"\"\n", "1 [a]|2 a.k=v\"|"},
    {"a backslash without quotes", "[a]\nk = \\n\\\n", "1 [a]|2 a.k=\\n\\|"},
    {"a quote within", "[a]\nk = v \"w\"\n  \"x\"\n", "1 [a]|2 a.k=v \"w\"/\"x\"|"},
    {"quotes on each line", "[a]\nk = \" v\"\n  \"w \"\n\n  \"\"\n", "1 [a]|2 a.k= v/w //|"},
    {"quotes begin below", "[a]\nk =\n  \" v\"\n", "1 [a]|2 a.k= v|"},

    {"a key before any section", "k = v\n", "f.ini:1: a setting must stand below a [section]"},
    {"no equals sign", "[a]\nk v\n", "1 [a]|f.ini:2: expected \"key = value\" or \"[section]\""},
    {"no key", "[a]\n = v\n", "1 [a]|f.ini:2: there is no key before the \"=\""},
    {"no bracket", "\n[a\n", "f.ini:2: the \"]\" is missing"},
    {"text after the bracket", "[a] # c\n", "f.ini:1: nothing may follow the \"]\""},
    {"two brackets", "[a]]\n", "f.ini:1: nothing may follow the \"]\""},
    {"no name", "[ ]\n", "f.ini:1: the section has no name"},
    {"a name of nothing", "[]\n", "f.ini:1: the section has no name"},
    {"no closing quote", "[a]\nk = \"v\n", "1 [a]|f.ini:2: the closing quote is missing"},
    {"only a quote", "[a]\nk = \"\n", "1 [a]|f.ini:2: the closing quote is missing"},
    {"an escaped closing quote", "[a]\nk = \"v\\\"\n",
     "1 [a]|f.ini:2: the closing quote is missing"},
    {"a backslash at the end", "[a]\nk = \"v\\\n", "1 [a]|f.ini:2: the closing quote is missing"},
    {"text after the quote", "[a]\nk = \"v\" w\n",
     "1 [a]|f.ini:2: text after the closing quote (a quote inside is \\\")"},
    {"an unknown escape", "[a]\nk = \"\\r\"\n",
     "1 [a]|f.ini:2: unknown escape: there are \\\\ \\\" \\n and \\t"},
    {"quotes left off", "[a]\nk = \"v\"\n  w\n",
     "1 [a]|f.ini:3: the value began with a quote, so this line must be quoted too"},
    {"a CR within", "[a]\nk = v\rw\n", "1 [a]|f.ini:2: the line holds a control character (0x0D)"},
    {"an escape character", "# \x1B[31m\n", "f.ini:1: the line holds a control character (0x1B)"},
    {"DEL", "[\x7F]\n", "f.ini:1: the line holds a control character (0x7F)"},
    {"not UTF-8", "[a]\nk = \xFF\n", "1 [a]|f.ini:2: the line is not UTF-8"},
    {"cut UTF-8", "[a]\nk = \xE2\x82", "1 [a]|f.ini:2: the line is not UTF-8"},
    {"an overlong form", "# \xC0\x80\n", "f.ini:1: the line is not UTF-8"},
    {"a BOM only at the start", "[a]\n\xEF\xBB\xBFk = v\n", "1 [a]|2 a.\xEF\xBB\xBFk=v|"},
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *got = outcome(cases[i].input, strlen(cases[i].input));
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("%s: got %s, want %s", cases[i].about, got, cases[i].want);
        free(got);
    }
}

/* With CR LF for LF, every case comes out the same. */
static void test_cases_with_crlf(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf text = BUF_INIT;
        for (const char *c = cases[i].input; *c; c++) {
            if (*c == '\n' && (c == cases[i].input || c[-1] != '\r'))
                buf_addc(&text, '\r');
            buf_addc(&text, *c);
        }
        char *got = outcome(buf_str(&text), text.len);
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("%s: got %s, want %s", cases[i].about, got, cases[i].want);
        free(got);
        buf_clear(&text);
    }
}

static void test_nul_is_refused(void **state)
{
    (void)state;
    char *got = outcome("[a]\nk = v\0w\n", 12);
    assert_string_equal(got, "1 [a]|f.ini:2: the line holds a control character (0x00)");
    free(got);
}

/* What a line of `len` bytes in all comes to. */
static char *outcome_of_line(size_t len)
{
    struct buf text = BUF_INIT;
    buf_adds(&text, "[a]\nk=");
    while (text.len < len + 4)
        buf_addc(&text, 'v');
    buf_addc(&text, '\n');
    char *got = outcome(text.data, text.len);
    buf_clear(&text);
    return got;
}

static void test_line_limit(void **state)
{
    (void)state;
    char *fits = outcome_of_line(INI_LINE_MAX), *too_long = outcome_of_line(INI_LINE_MAX + 1);
    assert_null(strstr(fits, "f.ini"));
    assert_string_equal(too_long, "1 [a]|f.ini:2: the line is longer than 65536 bytes");
    free(fits);
    free(too_long);
}

/* What a value of so many lines of 1023 bytes comes to. */
static char *outcome_of_lines(unsigned count)
{
    struct buf text = BUF_INIT;
    buf_adds(&text, "[a]\nk =\n");
    while (count-- > 0)
        buf_addf(&text, " %01023d\n", 0);
    char *got = outcome(text.data, text.len);
    buf_clear(&text);
    return got;
}

static void test_value_limit(void **state)
{
    (void)state;
    char *fits = outcome_of_lines(INI_VALUE_MAX / 1024);
    char *too_long = outcome_of_lines(INI_VALUE_MAX / 1024 + 1);
    assert_null(strstr(fits, "f.ini"));
    assert_string_equal(too_long, "1 [a]|f.ini:2: the value is longer than 1048576 bytes");
    free(fits);
    free(too_long);
}

static int stop_at_l(const struct ini_entry *entry, void *user, struct error *error)
{
    unsigned *count = user;
    ++*count;
    return entry->key && strcmp(entry->key, "l") == 0
               ? error_set(error, RN_ECONFIG, "stopped at %u", entry->line)
               : 0;
}

static void test_callback_stops(void **state)
{
    (void)state;
    static const char text[] = "[a]\nk = v\nl = w\nm = x\n";
    struct error error = ERROR_INIT;
    unsigned count = 0;
    assert_int_equal(ini_parse("f", text, strlen(text), stop_at_l, &count, &error), -1);
    assert_string_equal(error.text, "stopped at 3");
    assert_int_equal(count, 3);
}

/* ---- Writing ---- */

static int keep(const struct ini_entry *entry, void *user, struct error *error)
{
    (void)error;
    if (entry->key)
        buf_adds(user, entry->value);
    return 0;
}

static void check_round_trip(const char *value)
{
    struct buf text = BUF_INIT, got = BUF_INIT;
    struct error error = ERROR_INIT;
    buf_adds(&text, "[a]\n");
    ini_add(&text, "k", value);
    ini_add(&text, "after", "");
    if (ini_parse("f", text.data, text.len, keep, &got, &error) < 0)
        fail_msg("%s: %s", error.text, text.data);
    if (strcmp(buf_str(&got), value) != 0)
        fail_msg("wrote %s, read \"%s\"", text.data, buf_str(&got));
    buf_clear(&text);
    buf_clear(&got);
}

enum { LETTERS_MAX = 5 };

/* The value, and every longer one that begins with it, of characters that mean something. */
static void check_round_trips(char value[LETTERS_MAX + 1], size_t len)
{
    check_round_trip(value);
    for (const char *letter = "a \t\n\"\\#[=n"; len < LETTERS_MAX && *letter; letter++) {
        value[len] = *letter;
        check_round_trips(value, len + 1);
        value[len] = '\0';
    }
}

static void test_written_values_are_read(void **state)
{
    (void)state;
    char value[LETTERS_MAX + 1] = "";
    check_round_trips(value, 0);
}

static void test_written_form(void **state)
{
    (void)state;
    static const struct {
        const char *value, *want;
    } forms[] = {
        {"v", "k = v\n"},
        {"", "k =\n"},
        {" v", "k = \" v\"\n"},
        {"v\nw", "k = v\n    w\n"},
        {"v\n\n# w", "k = v\n\n    # w\n"},
        {"v\n", "k = \"v\"\n    \"\"\n"},
        {"\nv", "k = \"\"\n    \"v\"\n"},
        {"\"v\"", "k = \"\\\"v\\\"\"\n"},
        {"{\n\"v\": 1\n}", "k = {\n    \"v\": 1\n    }\n"},
    };
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        struct buf out = BUF_INIT;
        ini_add(&out, "k", forms[i].value);
        assert_string_equal(out.data, forms[i].want);
        buf_clear(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_cases_with_crlf),
        cmocka_unit_test(test_nul_is_refused),
        cmocka_unit_test(test_line_limit),
        cmocka_unit_test(test_value_limit),
        cmocka_unit_test(test_callback_stops),
        cmocka_unit_test(test_written_values_are_read),
        cmocka_unit_test(test_written_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
