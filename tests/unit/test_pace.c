/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { FRAME = 16 };

/* Lets pieces come every `gap` ms for a second; returns how often was painted, and the longest time
 * that a piece has waited. */
static int paints_in_a_second(int gap, int64_t *longest)
{
    struct pace pace = {.frame_ms = FRAME, .painted = -1000};
    int paints = 0;
    int64_t oldest = -1;
    *longest = 0;
    for (int64_t now = 0; now < 1000; now++) {
        if (now % gap == 0) {
            pace_want(&pace, now);
            oldest = oldest < 0 ? now : oldest;
        }
        if (!pace_is_due(&pace, now))
            continue;
        pace_painted(&pace, now);
        paints++;
        *longest = now - oldest > *longest ? now - oldest : *longest;
        oldest = -1;
    }
    return paints;
}

static void test_rates(void **state)
{
    (void)state;
    int64_t longest;
    assert_int_equal(paints_in_a_second(100, &longest), 10);
    assert_int_equal(longest, 0);
    assert_int_equal(paints_in_a_second(10, &longest), 100); /* 100 pieces a second: each at once */
    assert_int_equal(longest, 0);
    assert_in_range(paints_in_a_second(1, &longest), 1000 / FRAME, 1000 / FRAME + 1);
    assert_in_range(longest, 1, FRAME);
}

static void test_hurry(void **state)
{
    (void)state;
    struct pace pace = {.frame_ms = FRAME};
    pace_painted(&pace, 100);
    assert_false(pace_is_due(&pace, 200));
    pace_want(&pace, 101);
    assert_false(pace_is_due(&pace, 101));
    pace_hurry(&pace, 102);
    assert_true(pace_is_due(&pace, 102));
    pace_want(&pace, 102); /* does not take it back */
    assert_true(pace_is_due(&pace, 102));
    pace_painted(&pace, 102);
    assert_false(pace_is_due(&pace, 200));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_hurry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
