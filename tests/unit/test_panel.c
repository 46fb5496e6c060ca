/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The panel: it takes what has room in it, and is never more than full.
 */
#include "tui/panel.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tui/queue.h"

enum { NAMES = 100, WIDTH = 40 };

/* However many rows are taken before, the names come after them, and what has no room is counted. */
static void it_is_never_more_than_full(void **state)
{
    char texts[NAMES][8], *names[NAMES];
    (void)state;
    for (size_t i = 0; i < NAMES; i++) {
        snprintf(texts[i], sizeof(texts[i]), "name%zu", i);
        names[i] = texts[i];
    }
    for (size_t before = 0; before <= PANEL_MAX; before++) {
        struct panel panel = {0};
        for (size_t i = 0; i < before; i++)
            panel_add(&panel, "", "taken", false, WIDTH);
        panel_add_columns(&panel, names, NAMES, WIDTH);
        assert_int_equal(panel.count, PANEL_MAX);
        panel_clear(&panel);
    }
}

static void a_long_queue_leaves_room(void **state)
{
    struct queue queue = {0};
    struct panel panel = {0};
    (void)state;
    for (int i = 0; i < NAMES; i++)
        queue_add(&queue, "a prompt");
    queue_add(&queue, "the last");
    queue_panel(&queue, &panel, WIDTH);
    assert_in_range(panel.count, 2, PANEL_MAX / 2);
    assert_string_equal(buf_str(&panel.rows[0].text), "next: 98 prompts, and then");
    assert_string_equal(buf_str(&panel.rows[panel.count - 1].text),
                        "next (Up takes it back): the last");
    panel_clear(&panel);
    queue_clear(&queue);
}

static void what_is_kept_has_the_chosen_row(void **state)
{
    static const struct {
        int chosen; /* -1: none */
        size_t rows, count;
        const char *first; /* of those that are kept */
    } cases[] = {
        {-1, 9, 4, "0"}, {-1, 2, 2, "0"}, {0, 1, 1, "0"}, {3, 1, 1, "3"},
        {3, 2, 2, "2"},  {2, 3, 3, "0"},  {1, 9, 4, "0"}, {3, 0, 0, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct panel panel = {0};
        for (int row = 0; row < 4; row++) {
            char name[] = {(char)('0' + row), '\0'};
            panel_add(&panel, "", name, row == cases[i].chosen, WIDTH);
        }
        panel_fit(&panel, cases[i].rows);
        assert_int_equal(panel.count, cases[i].count);
        if (cases[i].first)
            assert_string_equal(buf_str(&panel.rows[0].text), cases[i].first);
        panel_clear(&panel);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_never_more_than_full),
        cmocka_unit_test(a_long_queue_leaves_room),
        cmocka_unit_test(what_is_kept_has_the_chosen_row),
    };
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
