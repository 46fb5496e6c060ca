/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/note.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "text/cell.h"
#include "text/line.h"
#include "tui/entry.h"

/* The rows as they are shown, what stands out in brackets. */
static void add_rows(struct entry *entry, int width, struct buf *out)
{
    size_t count = entry_rows(entry, width);
    entry_lay_out(entry, width);
    for (size_t row = 0; row < count; row++) {
        struct line line;
        entry_line(entry, row, true, &line);
        for (size_t i = 0; i < line.count; i++) {
            bool stands_out = line.spans[i].style == STYLE_TEXT;
            buf_adds(out, stands_out ? "[" : "");
            buf_add(out, line.spans[i].text, line.spans[i].len);
            buf_adds(out, stands_out ? "]" : "");
        }
        buf_addc(out, '\n');
    }
}

static void open_note(struct entry *entry, const char *text)
{
    entry_init(entry, 1, ENTRY_NOTE, "");
    entry_add(entry, text, strlen(text));
    entry_close(entry);
}

static const struct {
    const char *about, *text;
    int width;
    const char *want;
} cases[] = {
    {"nothing", "", 20, ""},
    {"one column is faint", "so it is", 20, "· so it is\n"},
    {"it goes on below its beginning", "  so it is now", 10, "·   so it is\n    now\n"},
    {"the first of two stands out", "/new  begin", 20, "· [/new  ]begin\n"},
    {"one blank parts no columns", "/new begin", 20, "· /new begin\n"},
    {"blanks at the end are none", "so  ", 20, "· so\n"},
    {"the second goes on below itself", "/new  begin anew", 12, "· [/new  ]begin\n        anew\n"},
    {"each line has its own", "/a   one three\n/bcd  three four", 12,
     "· [/a   ]one\n       three\n  [/bcd  ]three\n        four\n"},
    {"one far to the right has a row of its own", "  /compare  one two three", 16,
     "· [  /compare]\n      one two\n      three\n"},
    {"but not where it fits", "  /compare  it", 16, "· [  /compare  ]it\n"},
    {"it is the last that goes on", "/a  on  one two three", 16,
     "· [/a  ]on  one two\n          three\n"},
    {"columns are cells", "日本  one two", 12, "· [日本  ]one\n        two\n"},
    {"a word without end", "/n  abcdefgh", 8, "· [/n]\n      abcd\n      efgh\n"},
    {"what is no text is shown", "/n  \033[31m", 20, "· [/n  ]␛[31m\n"},
    {"a window of one column", "/n  ab", 1, "· [/]\n  [n]\n  a\n  b\n"},
};

static void test_note(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct entry entry;
        struct buf out = BUF_INIT;
        open_note(&entry, cases[i].text);
        add_rows(&entry, cases[i].width, &out);
        if (strcmp(buf_str(&out), cases[i].want) != 0)
            fail_msg("%s:\n%snot\n%s", cases[i].about, buf_str(&out), cases[i].want);
        buf_clear(&out);
        entry_clear(&entry);
    }
}

/* No row is wider than the window, and none loses a letter, whatever the width. */
static void test_every_width(void **state)
{
    static const char text[] = "  /attach FILE  show it; take it away\n"
                               "                and more of 日本語\n\nthe end  of it";
    (void)state;
    for (int width = 1; width < 60; width++) {
        struct entry entry;
        struct buf out = BUF_INIT;
        size_t letters = 0, want = 0;
        open_note(&entry, text);
        add_rows(&entry, width, &out);
        for (size_t start = 0; start < out.len; start += strcspn(out.data + start, "\n") + 1) {
            size_t len = strcspn(out.data + start, "\n"), brackets = 0;
            for (size_t i = start; i < start + len; i++)
                brackets += strchr("[]", out.data[i]) != NULL;
            int columns = cell_columns(out.data + start, len) - (int)brackets;
            assert_true(columns <= (width < 2 ? 2 : width) + 2);
        }
        for (size_t i = 0; i < out.len; i++)
            letters += out.data[i] >= 'a' && out.data[i] <= 'z';
        for (size_t i = 0; text[i]; i++)
            want += text[i] >= 'a' && text[i] <= 'z';
        assert_int_equal(letters, want);
        buf_clear(&out);
        entry_clear(&entry);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_note),
        cmocka_unit_test(test_every_width),
    };
    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
