/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

static void test_alignment(void **state)
{
    (void)state;
    struct arena arena = ARENA_INIT;
    for (size_t size = 1; size < 100; size++) {
        char *place = arena_add(&arena, size);
        assert_int_equal((uintptr_t)place % _Alignof(max_align_t), 0);
        memset(place, (int)size, size);
    }
    arena_clear(&arena);
}

/* More than a block holds, and things larger than a block, all side by side. */
static void test_nothing_overlaps(void **state)
{
    (void)state;
    enum { COUNT = 500 };
    struct arena arena = ARENA_INIT;
    char *texts[COUNT];
    char text[40000];
    for (size_t i = 0; i < COUNT; i++) {
        size_t len = i * 79;
        memset(text, 'a' + (int)i % 26, len);
        texts[i] = arena_text(&arena, text, len);
    }
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(strlen(texts[i]), i * 79);
        assert_int_equal(strspn(texts[i], (char[]){(char)('a' + i % 26), '\0'}), i * 79);
    }
    arena_clear(&arena);
}

static void test_text(void **state)
{
    (void)state;
    struct arena arena = ARENA_INIT;
    assert_string_equal(arena_text(&arena, NULL, 0), "");
    assert_memory_equal(arena_text(&arena, "a\0b", 3), "a\0b", 4);
    arena_clear(&arena);
}

/* Steady use must not ask for memory again and again: the place comes back. */
static void test_reset(void **state)
{
    (void)state;
    struct arena arena = ARENA_INIT;
    arena_reset(&arena);
    void *first = arena_add(&arena, 100);
    arena_reset(&arena);
    assert_ptr_equal(arena_add(&arena, 100), first);
    for (int i = 0; i < 1000; i++)
        arena_add(&arena, 100);
    arena_reset(&arena);
    first = arena_add(&arena, 100);
    arena_reset(&arena);
    assert_ptr_equal(arena_add(&arena, 100), first);
    arena_clear(&arena);
    arena_clear(&arena);
}

/* What was large is given back. */
static void test_reset_after_large(void **state)
{
    (void)state;
    struct arena arena = ARENA_INIT;
    memset(arena_add(&arena, 1000000), 1, 1000000);
    arena_reset(&arena);
    assert_null(arena.blocks);
    memset(arena_add(&arena, 100), 1, 100);
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alignment),
        cmocka_unit_test(test_nothing_overlaps),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_reset),
        cmocka_unit_test(test_reset_after_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
