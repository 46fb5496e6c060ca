/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/history.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"

static char folder[] = "/tmp/runnel-history-XXXXXX";
static char *path;

static int set_up(void **state)
{
    (void)state;
    path = xasprintf("%s/deep/down/history", folder);
    return 0;
}

static int tear_down(void **state)
{
    static const char *const parts[] = {"/deep/down/history", "/deep/down", "/deep"};
    (void)state;
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
        char *part = xasprintf("%s%s", folder, parts[i]);
        remove(part);
        free(part);
    }
    free(path);
    return 0;
}

static struct history *open_with(size_t max)
{
    struct error error = ERROR_INIT;
    struct history *history = history_open(path, max, &error);
    assert_string_equal(error.text, "");
    return history;
}

static void add(struct history *history, const char *prompt)
{
    struct error error;
    assert_int_equal(history_add(history, prompt, &error), 0);
}

static void assert_file(const char *want)
{
    struct buf text = BUF_INIT;
    struct error error;
    assert_int_equal(file_read(path, &text, 1 << 20, &error), 0);
    assert_string_equal(buf_str(&text), want);
    buf_clear(&text);
}

static void write_file(const char *text, size_t len)
{
    struct history *history = open_with(10); /* makes the folders */
    add(history, "x");
    history_free(history);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, len, file), len);
    fclose(file);
}

static void test_kept(void **state)
{
    static const char *const prompts[] = {"one", "two\nlines", "back\\slash \\n", "  spaces ",
                                          "ü漢😀"};
    enum { COUNT = sizeof(prompts) / sizeof(*prompts) };
    (void)state;
    struct history *history = open_with(10);
    for (size_t i = 0; i < COUNT; i++)
        add(history, prompts[i]);
    history_free(history);
    assert_file("one\ntwo\\nlines\nback\\\\slash \\\\n\n  spaces \nü漢😀\n");

    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);

    history = open_with(10);
    assert_int_equal(history_count(history), COUNT);
    for (size_t i = 0; i < COUNT; i++)
        assert_string_equal(history_prompt(history, i), prompts[i]);
    history_free(history);
}

static void test_not_twice(void **state)
{
    (void)state;
    struct history *history = open_with(10);
    add(history, "one");
    add(history, "one");
    add(history, "");
    add(history, "two");
    add(history, "one");
    assert_int_equal(history_count(history), 3);
    history_free(history);
    assert_file("one\ntwo\none\n");
}

static void test_bounded(void **state)
{
    (void)state;
    char prompt[32];
    struct history *history = open_with(3);
    for (int i = 0; i < 20; i++) {
        snprintf(prompt, sizeof(prompt), "prompt %d", i);
        add(history, prompt);
        assert_true(history_count(history) <= 6);
    }
    history_free(history);

    history = open_with(3); /* reads the newest, and shortens the file */
    assert_int_equal(history_count(history), 3);
    assert_string_equal(history_prompt(history, 0), "prompt 17");
    assert_string_equal(history_prompt(history, 2), "prompt 19");
    history_free(history);
    assert_file("prompt 17\nprompt 18\nprompt 19\n");
}

static void test_damaged_file(void **state)
{
    static const char text[] = "one\n\n\0\0\0\nba\0d\nstray \\x and \\\\\ntorn";
    (void)state;
    write_file(text, sizeof(text) - 1);
    struct history *history = open_with(10);
    assert_int_equal(history_count(history), 2);
    assert_string_equal(history_prompt(history, 0), "one");
    assert_string_equal(history_prompt(history, 1), "stray \\x and \\");
    history_free(history);
}

static void test_long_prompt(void **state)
{
    (void)state;
    struct buf prompt = BUF_INIT;
    for (int i = 0; i <= HISTORY_ENTRY_MAX; i++)
        buf_addc(&prompt, 'x');
    struct history *history = open_with(10);
    add(history, "short");
    add(history, prompt.data);
    assert_int_equal(history_count(history), 2); /* this run remembers it */
    history_free(history);
    assert_file("short\n");
    buf_clear(&prompt);
}

static void test_nothing_on_disk(void **state)
{
    (void)state;
    struct history *history = open_with(0);
    add(history, "secret");
    assert_int_equal(history_count(history), 1);
    history_free(history);
    assert_int_equal(access(path, F_OK), -1);
}

static void test_unwritable(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct history *history = history_open("/dev/null/history", 10, &error);
    assert_non_null(history);
    assert_true(error.code != 0);
    assert_int_equal(history_add(history, "one", &error), -1);
    assert_int_equal(history_count(history), 1);
    history_free(history);
}

static void test_find(void **state)
{
    (void)state;
    struct history *history = open_with(10);
    add(history, "Red apple");
    add(history, "green pear");
    add(history, "red pear");
    assert_int_equal(history_find_back(history, 3, "PEAR"), 2);
    assert_int_equal(history_find_back(history, 2, "pear"), 1);
    assert_int_equal(history_find_back(history, 1, "pear"), 1);
    assert_int_equal(history_find_back(history, 2, "red"), 0);
    assert_int_equal(history_find_back(history, 3, "plum"), 3);
    history_free(history);
}

static void test_path(void **state)
{
    (void)state;
    setenv("HOME", "/home/me", 1);
    setenv("XDG_STATE_HOME", "/state", 1);
    char *found = history_path(NULL);
    assert_string_equal(found, "/state/runnel/history");
    free(found);
    setenv("XDG_STATE_HOME", "relative", 1); /* the standard says: to be ignored */
    found = history_path(NULL);
    assert_string_equal(found, "/home/me/.local/state/runnel/history");
    free(found);
    found = history_path("/src/a");
    char *other = history_path("/src/b");
    assert_int_equal(strncmp(found, "/home/me/.local/state/runnel/history-", 37), 0);
    assert_string_not_equal(found, other);
    free(other);
    free(found);
    unsetenv("XDG_STATE_HOME");
    unsetenv("HOME");
    assert_null(history_path(NULL));
    assert_null(history_path("/src"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_kept),         TEST(test_not_twice),   TEST(test_bounded),
        TEST(test_damaged_file), TEST(test_long_prompt), TEST(test_nothing_on_disk),
        TEST(test_unwritable),   TEST(test_find),        TEST(test_path),
    };
    if (!mkdtemp(folder))
        return 1;
    int result = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(folder);
    return result;
}
