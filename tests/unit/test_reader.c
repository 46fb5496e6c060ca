/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/reader.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "session_fixture.h"

#define S(s) s, sizeof(s) - 1

/* What is wanted: the lines, one a line. */
static const struct reader_case {
    const char *about;
    const char *input;
    size_t input_len;
    const char *want;
    size_t skipped;
    bool torn;
} cases[] = {
    {"nothing", S(""), "", 0, false},
    {"two lines", S("{\"a\":1}\n{}\n"), "{\"a\":1}\n{}\n", 0, false},
    {"CR LF, blanks, empty lines", S("\r\n {\"a\":1} \r\n\n \t\n\t{}\r\n"), "{\"a\":1}\n{}\n", 0,
     false},
    {"a last line that is whole", S("{}\n{\"a\":[{}]}"), "{}\n{\"a\":[{}]}\n", 0, false},
    {"a last line and a CR", S("{}\r"), "{}\n", 0, false},
    {"a last line that is torn", S("{}\n{\"a\":[{}]"), "{}\n", 0, true},
    {"torn after a brace", S("{\"a\":{}"), "", 0, true},
    {"torn inside a string", S("{\"a\":\"}"), "", 0, true},
    {"torn after an escape", S("{\"a\":\"\\"), "", 0, true},
    {"torn to a word", S("{}\nxyz"), "{}\n", 0, true},
    {"blanks at the end", S("{}\n  \t "), "{}\n", 0, false},
    {"NULs at the end", S("{}\n\0\0\0\0"), "{}\n", 0, true},
    {"NULs after half a line", S("{}\n{\"a\0\0\0"), "{}\n", 0, true},
    {"NULs, then a newline and more", S("{}\n\0\0\0\n{}\n"), "{}\n{}\n", 1, false},
    {"a torn line, then more", S("{\"a\n{\"b\":1}\n"), "{\"b\":1}\n", 1, false},
    {"no object: a word, an array, a number, a string", S("x\n[{}]\n1\n\"{}\"\n{}\n"), "{}\n", 4,
     false},
    {"two objects on a line", S("{}{}\n{} {}\n"), "", 2, false},
    {"something after the object", S("{},\n{}\n"), "{}\n", 1, false},
    {"braces in strings", S("{\"}\":\"{[\"}\n"), "{\"}\":\"{[\"}\n", 0, false},
    {"escapes in strings", S("{\"\\\"\":\"\\\\\"}\n"), "{\"\\\"\":\"\\\\\"}\n", 0, false},
    {"a NUL inside", S("{\"a\":\"\0\"}\n{}\n"), "{}\n", 1, false},
    {"a NUL behind a backslash", S("{\"a\":\"\\\0\"}\n{}\n"), "{}\n", 1, false},
    {"an escape sequence inside", S("{\"a\":\"\x1B[2J\"}\n{}\n"), "{}\n", 1, false},
    {"more closed than opened", S("{}}\n}{\n"), "", 2, false},
    {"not UTF-8: that is for who parses it", S("{\"a\":\"\xFF\"}\n"), "{\"a\":\"\xFF\"}\n", 0,
     false},
};

enum { CASE_COUNT = sizeof(cases) / sizeof(cases[0]) };

static void check_end(const struct reader_case *c, const struct session_reader *reader,
                      const struct buf *got)
{
    if (strcmp(buf_str(got), c->want) != 0)
        fail_msg("%s: got %s", c->about, buf_str(got));
    if (session_reader_skipped(reader) != c->skipped)
        fail_msg("%s: skipped %zu", c->about, session_reader_skipped(reader));
    if (session_reader_torn(reader) != c->torn)
        fail_msg("%s: torn %d", c->about, session_reader_torn(reader));
}

static void add_line(struct buf *got, const struct session_line *line)
{
    assert_int_equal(line->data[line->len], '\0');
    buf_add(got, line->data, line->len);
    buf_addc(got, '\n');
}

static void test_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASE_COUNT; i++) {
        struct buf got = BUF_INIT;
        struct session_line line;
        struct session_reader *reader =
            session_reader_new(bytes_fd(cases[i].input, cases[i].input_len));
        while (session_reader_next(reader, &line))
            add_line(&got, &line);
        assert_false(session_reader_next(reader, &line));
        check_end(&cases[i], reader, &got);
        session_reader_free(reader);
        buf_clear(&got);
    }
}

static int take_all(struct session_reader *reader, struct buf *got)
{
    struct session_line line;
    int status;
    while ((status = session_reader_step(reader, &line)) == RN_EVENT)
        add_line(got, &line);
    return status;
}

/* Through a pipe in pieces of `size`, the first of `first` bytes: nothing waits, nothing is lost. */
static void check_pieces(const struct reader_case *c, size_t first, size_t size)
{
    int ends[2];
    struct buf got = BUF_INIT;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    struct session_reader *reader = session_reader_new(ends[0]);
    assert_int_equal(session_reader_fd(reader), ends[0]);
    for (size_t at = 0, n = first; at < c->input_len; at += n, n = size) {
        n = n < c->input_len - at ? n : c->input_len - at;
        assert_int_equal(fd_write_all(ends[1], c->input + at, n), 0);
        assert_int_equal(take_all(reader, &got), RN_AGAIN);
    }
    close(ends[1]);
    assert_int_equal(take_all(reader, &got), RN_DONE);
    check_end(c, reader, &got);
    session_reader_free(reader);
    buf_clear(&got);
}

static void test_pieces(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASE_COUNT; i++) {
        check_pieces(&cases[i], 1, 1);
        for (size_t cut = 1; cut < cases[i].input_len; cut++)
            check_pieces(&cases[i], cut, cases[i].input_len);
    }
}

/* The page's lines cut off at every byte: every line before the cut is there, and one that lacks only
 * its newline. */
static void test_torn_anywhere(void **state)
{
    (void)state;
    char *text = documented_lines();
    size_t lines = 0;
    for (size_t cut = 0; cut < 4000 && text[cut]; cut++) {
        bool at_line = cut == 0 || text[cut - 1] == '\n', whole = text[cut] == '\n';
        struct session_line line;
        struct session_reader *reader = session_reader_new(bytes_fd(text, cut));
        size_t got = 0;
        lines += cut > 0 && at_line;
        while (session_reader_next(reader, &line))
            got++;
        assert_int_equal(got, lines + whole);
        assert_int_equal(session_reader_torn(reader), !at_line && !whole);
        assert_int_equal(session_reader_skipped(reader), 0);
        session_reader_free(reader);
    }
    assert_true(lines > 8);
    free(text);
}

static void test_line_too_long(void **state)
{
    (void)state;
    struct session_line line;
    int fd = bytes_fd(S("{\"a\":1}\n{"));
    assert_int_equal(pwrite(fd, S("}\n{\"b\":2}\n{"), SESSION_LINE_MAX + 100), 11);
    assert_int_equal(ftruncate(fd, 2 * (off_t)SESSION_LINE_MAX + 1000), 0);
    struct session_reader *reader = session_reader_new(fd);
    assert_true(session_reader_next(reader, &line));
    assert_string_equal(line.data, "{\"a\":1}");
    assert_true(session_reader_next(reader, &line));
    assert_string_equal(line.data, "{\"b\":2}");
    assert_int_equal(session_reader_skipped(reader), 1);
    assert_false(session_reader_next(reader, &line));
    assert_true(session_reader_torn(reader));
    session_reader_free(reader);
}

static void test_no_file(void **state)
{
    (void)state;
    struct session_line line;
    const int fds[] = {-1, open("/", O_RDONLY | O_CLOEXEC),
                       open("/dev/null", O_RDONLY | O_CLOEXEC)};
    const int errors[] = {EBADF, EISDIR, 0};
    for (size_t i = 0; i < 3; i++) {
        struct session_reader *reader = session_reader_new(fds[i]);
        assert_int_equal(session_reader_step(reader, &line), RN_DONE);
        assert_false(session_reader_next(reader, &line));
        assert_false(session_reader_torn(reader));
        assert_int_equal(session_reader_error(reader), errors[i]);
        session_reader_free(reader);
    }
    session_reader_free(NULL);
}

/* What could be read counts, and that there is more is known. */
static void test_broken_file(void **state)
{
    (void)state;
    struct session_line line;
    struct session_reader *reader = session_reader_new(broken_fd(S("{\"a\":1}\n{\"b\"")));
    assert_true(session_reader_next(reader, &line));
    assert_string_equal(line.data, "{\"a\":1}");
    assert_int_equal(session_reader_error(reader), 0);
    assert_false(session_reader_next(reader, &line));
    assert_int_equal(session_reader_error(reader), EIO);
    session_reader_free(reader);
}

static void test_words(void **state)
{
    (void)state;
    struct session_line line = {S("{\"type\":\"ai\",\"content\":\"\\\"start\\\"\"}"), 0};
    assert_true(session_line_has(&line, "\"ai\""));
    assert_false(session_line_has(&line, "\"start\""));
    assert_true(session_is_record("session"));
    assert_true(session_is_record("title"));
    assert_false(session_is_record("ai"));
    assert_false(session_is_record(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),         cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_torn_anywhere), cmocka_unit_test(test_line_too_long),
        cmocka_unit_test(test_no_file),       cmocka_unit_test(test_words),
        cmocka_unit_test(test_broken_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
