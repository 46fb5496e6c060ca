/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/ask.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "chat/chat.h"
#include "text/cell.h"
#include "text/line.h"

static void add(struct ask *ask, const char *id, const char *args, const char *preview,
                const char *pattern)
{
    const rn_event event = {.kind = RN_APPROVAL, .id = id, .tool = "shell", .args = args};
    const struct question question = {.why = "it runs a command",
                                      .preview = (char *)preview,
                                      .tells_all = *preview && strncmp(preview, "It will", 7) != 0,
                                      .pattern = (char *)pattern};
    ask_add(ask, &event, &question, 1000);
}

static void add_command(struct ask *ask, const char *id)
{
    add(ask, id, "{\"command\":\"git push\"}", "git push\n", "git *");
}

static void add_row(const struct ask *ask, int row, struct buf *out)
{
    struct line line;
    ask_line(ask, row, &line);
    for (size_t i = 0; i < line.count; i++)
        buf_add(out, line.spans[i].text, line.spans[i].len);
    buf_addc(out, '\n');
}

static void assert_shows(struct ask *ask, int columns, int rows, const char *want)
{
    struct buf out = BUF_INIT;
    rows = ask_lay_out(ask, columns, rows);
    for (int i = 0; i < rows; i++)
        add_row(ask, i, &out);
    assert_string_equal(buf_str(&out), want);
    buf_clear(&out);
}

static void test_question(void **state)
{
    (void)state;
    struct ask ask = {0};
    assert_int_equal(ask_lay_out(&ask, 80, 20), 0);
    add_command(&ask, "a");
    ask_tick(&ask, 2000);
    assert_shows(&ask, 100, 20,
                 "┃ May shell run?\n"
                 "┃ Asked because it runs a command.\n"
                 "┃ \n"
                 "┃ git push\n"
                 "┃ \n"
                 "┃ \"Always like this\" (p) is git *\n"
                 "┃ \n"
                 "┃ y yes, once   a always this tool   p always like this   n no   "
                 "w no, and why   e edit   Esc stop\n");
    ask_clear(&ask);
}

static void test_arguments(void **state)
{
    (void)state;
    struct ask ask = {0};
    add(&ask, "a", "{\"path\":\"a b\",\"new\":\"x\\ny\"}", "--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n",
        NULL);
    ask_tick(&ask, 2000);
    assert_shows(&ask, 80, 30,
                 "┃ May shell run?\n"
                 "┃ Asked because it runs a command.\n"
                 "┃ \n"
                 "┃ --- a\n"
                 "┃ +++ b\n"
                 "┃ @@ -1 +1 @@\n"
                 "┃ -x\n"
                 "┃ +y\n"
                 "┃ \n"
                 "┃ y yes, once   a always this tool   n no   w no, and why   e edit   Esc stop\n");
    ask_clear(&ask);
    add(&ask, "a", "{\"path\":\"a b\",\"new\":\"x\\ny\"}", "It will fail: no such file\n", NULL);
    ask_tick(&ask, 2000);
    assert_shows(&ask, 80, 30,
                 "┃ May shell run?\n"
                 "┃ Asked because it runs a command.\n"
                 "┃ \n"
                 "┃ It will fail: no such file\n"
                 "┃ \n"
                 "┃ Its arguments:\n"
                 "┃ path: \"a b\"\n"
                 "┃ new:\n"
                 "┃   x\n"
                 "┃   y\n"
                 "┃ \n"
                 "┃ y yes, once   a always this tool   n no   w no, and why   e edit   Esc stop\n");
    ask_clear(&ask);
    add(&ask, "a", "{}", "", NULL);
    assert_shows(&ask, 80, 30,
                 "┃ May shell run?\n┃ Asked because it runs a command.\n┃ \n"
                 "┃ It has no arguments.\n┃ \n┃ …\n");
    ask_clear(&ask);
}

static void test_nothing_hides(void **state)
{
    (void)state;
    struct ask ask = {0};
    add(&ask, "a", "{\"command\":\"l\\u0455 \\u202e\\u001b[2J\\u200b\"}",
        "l\u0455 \u202e\033[2J\u200b\n", NULL);
    assert_shows(&ask, 80, 30,
                 "┃ May shell run?\n"
                 "┃ Asked because it runs a command.\n"
                 "┃ ! 4 characters are not plain ASCII: they are marked, as <U+0430>.\n"
                 "┃ \n"
                 "┃ l\u0455<U+0455> <U+202E>\u241b[2J<U+200B>\n"
                 "┃ \n"
                 "┃ …\n");
    ask_clear(&ask);
    add(&ask, "a", "{\"a\":\"\\u0455\"}", "", NULL);
    assert_shows(&ask, 80, 30,
                 "┃ May shell run?\n"
                 "┃ Asked because it runs a command.\n"
                 "┃ ! 1 character is not plain ASCII: it is marked, as <U+0430>.\n"
                 "┃ \n"
                 "┃ a: \"\u0455<U+0455>\"\n"
                 "┃ \n"
                 "┃ …\n");
    ask_clear(&ask);
}

/* It is ready when nothing has been typed for a while, and then at once for every later key. */
static void test_quiet(void **state)
{
    (void)state;
    struct ask ask = {0};
    assert_int_equal(ask_due(&ask), -1);
    add_command(&ask, "a");
    assert_int_equal(ask_due(&ask), 1000 + ASK_QUIET_MS);
    ask_tick(&ask, 1000 + ASK_QUIET_MS - 1);
    assert_false(ask.is_ready);
    ask_disturb(&ask, 1200);
    ask_tick(&ask, 1000 + ASK_QUIET_MS);
    assert_false(ask.is_ready);
    assert_int_equal(ask_due(&ask), 1200 + ASK_QUIET_MS);
    ask_tick(&ask, 1200 + ASK_QUIET_MS);
    assert_true(ask.is_ready);
    assert_int_equal(ask_due(&ask), -1);
    ask_guard(&ask, 5000);
    assert_false(ask.is_ready);
    assert_int_equal(ask_due(&ask), 5000 + ASK_QUIET_MS);
    ask_clear(&ask);
}

static void test_several(void **state)
{
    (void)state;
    struct ask ask = {0};
    add_command(&ask, "a");
    add_command(&ask, "b");
    add_command(&ask, "c");
    ask_tick(&ask, 2000);
    ask_lay_out(&ask, 60, 20);
    struct buf head = BUF_INIT;
    add_row(&ask, 0, &head);
    assert_string_equal(buf_str(&head),
                        "┃ May shell run?                             question 1 of 3\n");
    ask_drop(&ask, "b", 3000); /* one that waits: the first is as it was */
    assert_true(ask.is_ready);
    assert_string_equal(ask_first(&ask)->id, "a");
    ask_drop(&ask, "none", 3000);
    ask_drop(&ask, "a", 3000);
    assert_string_equal(ask_first(&ask)->id, "c");
    assert_false(ask.is_ready);
    assert_int_equal(ask_due(&ask), 3000 + ASK_QUIET_MS);
    ask_drop(&ask, "c", 4000);
    assert_false(ask_is_open(&ask));
    assert_int_equal(ask_due(&ask), -1);
    buf_clear(&head);
    ask_clear(&ask);
}

/* All rows of the body, gone through page by page. */
static void add_body(struct ask *ask, int rows, struct buf *out)
{
    int head = rows >= 3, body = rows - 1 - head;
    size_t seen = 0;
    while (ask_scroll(ask, -1) && ask->first > 0)
        ;
    for (;;) {
        for (int i = 0; i < body; i++)
            if (ask->first + (size_t)i >= seen && ask->first + (size_t)i < ask->wrap.solid)
                add_row(ask, head + i, out);
        seen = ask->first + (size_t)body;
        size_t before = ask->first;
        if (!ask_scroll(ask, 1) || ask->first == before)
            break;
    }
}

/* However small the window is, no row is left out, and none is too wide. */
static void test_whole(void **state)
{
    (void)state;
    struct ask ask = {0};
    struct buf args = BUF_INIT;
    buf_adds(&args, "{\"command\":\"");
    for (int i = 0; i < 40; i++)
        buf_addf(&args, "echo %d; \\u0430 some longer words than usual\\n", i);
    buf_adds(&args, "\"}");
    add(&ask, "a", args.data, "", NULL);
    for (int columns = 3; columns < 90; columns += 7) {
        struct buf whole = BUF_INIT, pages = BUF_INIT;
        int rows = ask_lay_out(&ask, columns, 100000);
        add_body(&ask, rows, &whole);
        for (int most = 2; most < 12; most++) {
            buf_reset(&pages);
            rows = ask_lay_out(&ask, columns, most);
            assert_int_equal(rows, most);
            add_body(&ask, rows, &pages);
            assert_string_equal(buf_str(&pages), buf_str(&whole));
        }
        buf_clear(&whole);
        buf_clear(&pages);
    }
    buf_clear(&args);
    ask_clear(&ask);
}

static void test_narrow(void **state)
{
    (void)state;
    struct ask ask = {0};
    add_command(&ask, "a");
    add_command(&ask, "b");
    ask_tick(&ask, 2000);
    assert_shows(&ask, 70, 4,
                 "┃ May shell run?                 question 1 of 2 · rows 1-2 of 5, PgDn\n"
                 "┃ Asked because it runs a command.\n"
                 "┃ \n"
                 "┃ y yes   a always   p like this   n no   w why   e edit   Esc stop\n");
    assert_shows(&ask, 20, 4,
                 "┃ shell?  1-2/7 PgDn\n"
                 "┃ Asked because it\n"
                 "┃ runs a command.\n"
                 "┃ y a p n w e Esc\n");
    assert_shows(&ask, 20, 2, "┃ Asked because it\n┃ y a p n w e Esc\n");
    assert_true(ask_is_legible(&ask));
    assert_shows(&ask, 20, 1, "┃ n no  Esc stop\n");
    assert_false(ask_is_legible(&ask));
    for (int columns = 1; columns < 20; columns++)
        for (int rows = 0; rows < 5; rows++)
            for (int i = 0, shown = ask_lay_out(&ask, columns, rows); i < shown; i++) {
                struct buf row = BUF_INIT;
                add_row(&ask, i, &row);
                buf_clear(&row);
            }
    ask_clear(&ask);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_question),      cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_nothing_hides), cmocka_unit_test(test_quiet),
        cmocka_unit_test(test_several),       cmocka_unit_test(test_whole),
        cmocka_unit_test(test_narrow),
    };
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
