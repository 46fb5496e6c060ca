/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "session/reader.h"
#include "session/tail.h"
#include "session/store.h"
#include "runnel.h"
#include "session_fixture.h"

/* The lines from the last to the first, each with its place. */
static char *lines_backwards(int fd)
{
    struct buf got = BUF_INIT;
    struct session_line line;
    struct session_tail *tail = session_tail_new(fd);
    while (session_tail_next(tail, &line))
        buf_addf(&got, "%d[%.*s]", (int)line.start, (int)line.len, line.data);
    assert_false(session_tail_next(tail, &line));
    session_tail_free(tail);
    close(fd);
    return buf_take(&got);
}

static void test_lines(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"", ""},        {"\n", "0[]"},          {"a", "0[a]"},
        {"a\n", "0[a]"}, {"a\nbc", "2[bc]0[a]"}, {"a\n\nbc\n", "3[bc]2[]0[a]"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *got = lines_backwards(bytes_fd(cases[i].text, strlen(cases[i].text)));
        assert_string_equal(got, cases[i].want);
        free(got);
    }
}

/* Lines that are longer than what is read at once, and pieces that end anywhere in them. */
static void test_long_lines(void **state)
{
    (void)state;
    static const size_t lengths[] = {10, 262143, 262144, 262145, 1, 700000, 0, 3};
    enum { COUNT = sizeof(lengths) / sizeof(lengths[0]) };
    struct buf text = BUF_INIT;
    struct session_line line;
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t k = 0; k < lengths[i]; k++)
            buf_addc(&text, (char)('a' + i));
        buf_addc(&text, '\n');
    }
    int fd = bytes_fd(text.data, text.len);
    struct session_tail *tail = session_tail_new(fd);
    for (size_t i = COUNT; i-- > 0;) {
        assert_true(session_tail_next(tail, &line));
        assert_int_equal(line.len, lengths[i]);
        for (size_t k = 0; k < line.len; k++)
            assert_int_equal(line.data[k], 'a' + (int)i);
    }
    assert_false(session_tail_next(tail, &line));
    session_tail_free(tail);
    close(fd);
    buf_clear(&text);
}

/* A file that is cut down by another while it is read, and one that cannot be: it is told, and no line is made
 * up. */
static void test_what_cannot_be_read(void **state)
{
    (void)state;
    struct session_line line;
    struct buf text = BUF_INIT;
    for (int i = 0; i < 100000; i++)
        buf_adds(&text, "{\"a\":\"line\"}\n");
    int fd = bytes_fd(text.data, text.len);
    struct session_tail *tail = session_tail_new(fd);
    assert_true(session_tail_next(tail, &line));
    assert_int_equal(session_tail_error(tail), 0);
    assert_int_equal(ftruncate(fd, 1000), 0);
    while (session_tail_next(tail, &line))
        assert_memory_equal(line.data, text.data + line.start, line.len);
    assert_int_equal(session_tail_error(tail), ENODATA);
    session_tail_free(tail);
    close(fd);

    fd = open("/", O_RDONLY | O_CLOEXEC);
    tail = session_tail_new(fd);
    assert_false(session_tail_next(tail, &line));
    assert_int_equal(session_tail_error(tail), EISDIR);
    session_tail_free(tail);
    close(fd);
    buf_clear(&text);
}

/* A line that is too long is passed over and counted, wherever it stands: here it is a hole in the file.  The
 * last size is one at which a piece that is read begins where the line does. */
static void test_lines_too_long(void **state)
{
    (void)state;
    static const char *const frames[][2] = {{"a\n", ""}, {"a\n", "\nb\n"}};
    static const off_t sizes[] = {SESSION_LINE_MAX + 1, 2 * SESSION_LINE_MAX - 3,
                                  2 * SESSION_LINE_MAX};
    for (size_t i = 0; i < 6; i++) {
        const char *before = frames[i / 3][0], *after = frames[i / 3][1];
        struct buf got = BUF_INIT;
        struct session_line line;
        int fd = bytes_fd(before, strlen(before));
        off_t end = (off_t)strlen(before) + sizes[i % 3];
        assert_int_equal(ftruncate(fd, end), 0);
        assert_int_equal(pwrite(fd, after, strlen(after), end), strlen(after));
        struct session_tail *tail = session_tail_new(fd);
        while (session_tail_next(tail, &line))
            buf_add(&got, line.data, line.len);
        char *want = xasprintf("%s%s", *after ? "b" : "", *before ? "a" : "");
        assert_string_equal(buf_str(&got), want);
        assert_int_equal(session_tail_skipped(tail), 1);
        session_tail_free(tail);
        close(fd);
        free(want);
        buf_clear(&got);
    }
}

/* What this process has read so far; -1 where the kernel does not tell. */
static long long bytes_read(void)
{
    long long count = -1;
    FILE *file = fopen("/proc/self/io", "r");
    if (!file || fscanf(file, "rchar: %lld", &count) != 1)
        count = -1;
    if (file)
        fclose(file);
    return count;
}

static void add_runs(struct buf *text, const char *parent)
{
    buf_addf(text,
             "{\"type\":\"start\",\"run\":\"a\",\"parent\":\"%s\",\"input\":[{\"role\":\"user\","
             "\"content\":\"q\"}]}\n",
             parent);
    for (int i = 0; i < 100; i++)
        buf_adds(text, "{\"type\":\"ai\",\"content\":\"word \"}\n");
    buf_adds(text,
             "{\"type\":\"finish\",\"reason\":\"stop\"}\n"
             "{\"type\":\"message\",\"run\":\"a\",\"role\":\"assistant\",\"content\":\"x\"}\n");
}

/* A long session is opened at its end: no more is read than the last conversation. */
static void test_opens_at_its_end(void **state)
{
    (void)state;
    enum { RUNS = 4000, ENOUGH = 1024 * 1024 };
    struct buf text = BUF_INIT;
    struct error error;
    char *folder = folder_new();
    for (int i = 0; i < RUNS; i++)
        add_runs(&text, "");
    char *path = folder_put(folder, "long.jsonl", text.data);
    assert_true(text.len > 8 * ENOUGH);
    long long before = bytes_read();
    rn_conversation *conversation = session_conversation(path, &error);
    long long after = bytes_read();
    assert_int_equal(rn_conversation_length(conversation), 2);
    assert_true(after - before < ENOUGH);
    rn_conversation_free(conversation);
    buf_clear(&text);
    free(path);
    folder_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_what_cannot_be_read),
        cmocka_unit_test(test_lines_too_long),
        cmocka_unit_test(test_opens_at_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
