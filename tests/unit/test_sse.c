/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "io/sse.h"

/* What the parser gives, as text: NAME=DATA for each event, #ID if there is one, ~ for a tail, then |.
 * So two ways of feeding are compared with one look. */
static void add_events(struct buf *got, struct sse *sse)
{
    struct sse_event event;
    while (sse_next(sse, &event)) {
        buf_addf(got, "%s=", event.name);
        buf_add(got, event.data, event.data_len);
        if (*event.id)
            buf_addf(got, "#%s", event.id);
        buf_adds(got, event.is_tail ? "~|" : "|");
    }
}

/* Feed a copy of the bytes that is exactly so long and goes away, so that a sanitizer sees what is
 * kept of them, and what is read beyond. */
static void feed(struct buf *got, struct sse *sse, const char *bytes, size_t len)
{
    char *copy = malloc(len ? len : 1);
    memcpy(copy, bytes, len);
    sse_feed(sse, copy, len);
    add_events(got, sse);
    free(copy);
}

static void end(struct buf *got, struct sse *sse)
{
    sse_end(sse);
    add_events(got, sse);
    if (sse_failed(sse))
        buf_adds(got, "failed");
    sse_free(sse);
}

/* Feed so many bytes at a time, after a first piece of another length; the caller frees it. */
static char *parse(const char *bytes, size_t len, size_t first, size_t piece)
{
    struct buf got = BUF_INIT;
    struct sse *sse = sse_new();
    feed(&got, sse, bytes, first);
    for (size_t at = first; at < len; at += piece)
        feed(&got, sse, bytes + at, len - at < piece ? len - at : piece);
    end(&got, sse);
    return buf_take(&got);
}

static void check_parse(const char *about, const char *bytes, size_t len, size_t first,
                        size_t piece, const char *want)
{
    char *got = parse(bytes, len, first, piece);
    if (strcmp(got, want) != 0)
        fail_msg("%s, cut at %zu, then each %zu: got \"%s\", want \"%s\"", about, first, piece, got,
                 want);
    free(got);
}

/* Whole, byte by byte, and cut in two at every position. */
static void check(const char *about, const char *bytes, size_t len, const char *want)
{
    check_parse(about, bytes, len, 0, 1, want);
    for (size_t cut = 0; cut <= len; cut++)
        check_parse(about, bytes, len, cut, len, want);
}

static void test_cases(void **state)
{
    (void)state;
    static const struct {
        const char *about, *input, *want;
    } cases[] = {
        {"nothing", "", ""},
        {"one event", "data: a\n\n", "message=a|"},
        {"CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", "message=a|message=b|"},
        {"CR", "data: a\r\rdata: b\r\r", "message=a|message=b|"},
        {"mixed line ends", "data: a\r\n\ndata: b\n\rdata: c\r\r\n",
         "message=a|message=b|message=c|"},
        {"no space, one space, two, a tab", "data:a\n\ndata: b\n\ndata:  c\n\ndata:\td\n\n",
         "message=a|message=b|message= c|message=\td|"},
        {"several data lines", "data: a\ndata: b\ndata:\ndata: d\n\n", "message=a\nb\n\nd|"},
        {"empty data counts", "data:\n\ndata\n\ndata: \n\n", "message=|message=|message=|"},
        {"two empty data lines", "data\ndata\n\n", "message=\n|"},
        {"a name", "event: ping\ndata: a\n\ndata: b\n\n", "ping=a|message=b|"},
        {"a name after the data", "data: a\nevent: late\n\n", "late=a|"},
        {"the last name counts", "event: x\nevent: y\ndata: a\n\n", "y=a|"},
        {"an empty name is none", "event: x\nevent:\ndata: a\n\n", "message=a|"},
        {"no data: nothing, and the name is forgotten", "event: x\n\ndata: a\n\n", "message=a|"},
        {"an id stays", "id: 1\ndata: a\n\ndata: b\n\n", "message=a#1|message=b#1|"},
        {"an id without data stays too", "id: 1\n\ndata: a\n\n", "message=a#1|"},
        {"an id is cleared", "id: 1\ndata: a\n\nid\ndata: b\n\n", "message=a#1|message=b|"},
        {"comments", ": hi\n:\n:data: no\ndata: a\n: in between\ndata: b\n\n", "message=a\nb|"},
        {"unknown fields", "retry: 10\ncolour: blue\nDATA: no\n data: no\ndatas: no\ndat: no\n\n",
         ""},
        {"only the first colon splits", "data: a: b:c\n\n", "message=a: b:c|"},
        {"JSON over two lines", "data: {\"a\":\ndata: 1}\n\n", "message={\"a\":\n1}|"},
        {"done", "data: [DONE]\n\n", "message=[DONE]|"},
        {"empty lines", "\n\n\r\n\rdata: a\n\n\n\n", "message=a|"},
        {"a BOM",
         "\xEF\xBB\xBF"
         "data: a\n\n",
         "message=a|"},
        {"two BOMs",
         "\xEF\xBB\xBF\xEF\xBB\xBF"
         "data: a\n\n",
         ""},
        {"half a BOM",
         "\xEF\xBB"
         "data: a\n\ndata: b\n\n",
         "message=b|"},
        {"a BOM alone", "\xEF\xBB\xBF", ""},
        {"half a BOM alone", "\xEF\xBB", ""},
        {"a BOM later",
         "data: a\n\n\xEF\xBB\xBF"
         "data: b\n\n",
         "message=a|"},
        {"no separator is one: U+2028, U+0085, VT, FF",
         "data: a\xE2\x80\xA8"
         "b\xC2\x85"
         "c\vd\fe\n\n",
         "message=a\xE2\x80\xA8"
         "b\xC2\x85"
         "c\vd\fe|"},
        {"malformed UTF-8 is not our trouble", "data: \xFF\xC3\n\n", "message=\xFF\xC3|"},
        {"UTF-8", "data: h\xC3\xA9 \xF0\x9F\xA6\x80\n\n", "message=h\xC3\xA9 \xF0\x9F\xA6\x80|"},
        {"no empty line at the end", "data: a\n\ndata: b\n", "message=a|message=b~|"},
        {"no newline at the end", "data: a\n\nevent: x\ndata: b", "message=a|x=b~|"},
        {"several data lines in a tail", "data: a\ndata: b", "message=a\nb~|"},
        {"a tail after CR", "data: a\r", "message=a~|"},
        {"a tail without data", "event: x\nid: 1\n: comment", ""},
        {"a tail that is cut in the field's name", "data: a\n\nda", "message=a|"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        check(cases[i].about, cases[i].input, strlen(cases[i].input), cases[i].want);
}

static void test_nul(void **state)
{
    (void)state;
    static const char id[] = "id: 1\nid: 2\0x\ndata: a\n\n";
    check("an id with a NUL is ignored", id, sizeof(id) - 1, "message=a#1|");
    static const char data[] = "data: a\0b\n\n";
    struct sse *sse = sse_new();
    struct sse_event event;
    sse_feed(sse, data, sizeof(data) - 1);
    assert_true(sse_next(sse, &event));
    assert_int_equal(event.data_len, 3);
    assert_memory_equal(event.data, "a\0b", 3);
    sse_free(sse);
}

/* One line that lies whole in the fed bytes is not copied. */
static void test_in_place(void **state)
{
    (void)state;
    static const char bytes[] = "event: x\ndata: hello\n\n";
    struct sse *sse = sse_new();
    struct sse_event event;
    sse_feed(sse, bytes, sizeof(bytes) - 1);
    assert_true(sse_next(sse, &event));
    assert_ptr_equal(event.data, strstr(bytes, "hello"));
    assert_int_equal(event.data_len, 5);
    sse_free(sse);
    sse_free(NULL);
}

/* ---- Limits -------------------------------------------------------------------------------- */

enum { PIECE = 1024 * 1024 };

/* A data line of so many bytes in all, its newline not counted, in pieces. */
static void feed_long_line(struct buf *got, struct sse *sse, const char *field, size_t len)
{
    static char x[PIECE];
    memset(x, 'x', sizeof(x));
    feed(got, sse, field, strlen(field));
    for (size_t at = strlen(field); at < len; at += PIECE)
        feed(got, sse, x, len - at < PIECE ? len - at : PIECE);
    feed(got, sse, "\n", 1);
}

static void test_line_limit(void **state)
{
    (void)state;
    struct sse_event event;
    for (int over = 0; over <= 1; over++) {
        struct buf got = BUF_INIT;
        struct sse *sse = sse_new();
        feed(&got, sse, "data: before\n\n", 14);
        assert_string_equal(buf_str(&got), "message=before|");
        feed_long_line(&got, sse, "data:", (size_t)SSE_EVENT_MAX + (size_t)over);
        sse_feed(sse, "\n", 1);
        assert_int_equal(sse_next(sse, &event), !over);
        if (!over)
            assert_int_equal(event.data_len, SSE_EVENT_MAX - 5);
        assert_int_equal(sse_failed(sse), over);
        sse_feed(sse, "data: after\n\n", 13);
        assert_int_equal(sse_next(sse, &event), !over);
        sse_free(sse);
        buf_clear(&got);
    }
}

static void test_line_limit_fed_whole(void **state)
{
    (void)state;
    struct sse_event event;
    for (int over = 0; over <= 1; over++) {
        size_t len = (size_t)SSE_EVENT_MAX + (size_t)over;
        char *bytes = malloc(len + 2);
        memset(bytes, 'x', len);
        memcpy(bytes, "data:", 5);
        memcpy(bytes + len, "\n\n", 2);
        struct sse *sse = sse_new();
        sse_feed(sse, bytes, len + 2);
        assert_int_equal(sse_next(sse, &event), !over);
        assert_int_equal(sse_failed(sse), over);
        sse_free(sse);
        free(bytes);
    }
}

static void test_event_limit(void **state)
{
    (void)state;
    struct buf got = BUF_INIT;
    struct sse *sse = sse_new();
    for (int i = 0; i < 2; i++)
        feed_long_line(&got, sse, "data:", SSE_EVENT_MAX / 2 + 1);
    assert_false(sse_failed(sse));
    feed_long_line(&got, sse, "data:", 5 + 16);
    assert_true(sse_failed(sse));
    feed(&got, sse, "\n\n", 2);
    assert_string_equal(buf_str(&got), "");
    sse_end(sse);
    add_events(&got, sse);
    assert_string_equal(buf_str(&got), "");
    sse_free(sse);
    buf_clear(&got);
}

/* ---- The recorded bodies ------------------------------------------------------------------- */

static char *want_of(const char *path)
{
    struct buf want = BUF_INIT;
    json_error_t error;
    json_t *root = json_load_file(path, 0, &error), *event;
    size_t i;
    if (!root)
        fail_msg("%s: %s", path, error.text);
    json_array_foreach (json_object_get(root, "events"), i, event) {
        const char *name = "", *data = "", *id = NULL;
        assert_int_equal(
            json_unpack(event, "{s:s, s:s, s?s}", "event", &name, "data", &data, "id", &id), 0);
        buf_addf(&want, "%s=%s", name, data);
        if (id)
            buf_addf(&want, "#%s", id);
        buf_adds(&want, "|");
    }
    json_decref(root);
    return buf_take(&want);
}

static char *read_file(const char *path, size_t *len)
{
    struct buf bytes = BUF_INIT;
    char piece[4096];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    for (size_t n; (n = fread(piece, 1, sizeof(piece), file)) > 0;)
        buf_add(&bytes, piece, n);
    fclose(file);
    *len = bytes.len;
    return buf_take(&bytes);
}

/* The vectors do not say what is a tail. */
static void drop_tail_marks(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++)
        if (from[0] != '~' || from[1] != '|')
            *to++ = *from;
    *to = '\0';
}

static void test_vectors(void **state)
{
    (void)state;
    glob_t found;
    assert_int_equal(glob("tests/wire/sse-*.http-body", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        size_t len;
        char *body = read_file(found.gl_pathv[i], &len);
        char *expect =
            xasprintf("%.*s.expect.json", (int)(strlen(found.gl_pathv[i]) - strlen(".http-body")),
                      found.gl_pathv[i]);
        char *want = want_of(expect);
        char *got = parse(body, len, 0, len);
        check(found.gl_pathv[i], body, len, got);
        drop_tail_marks(got);
        assert_string_equal(got, want);
        free(got);
        free(want);
        free(expect);
        free(body);
    }
    globfree(&found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_nul),
        cmocka_unit_test(test_in_place),
        cmocka_unit_test(test_line_limit),
        cmocka_unit_test(test_line_limit_fed_whole),
        cmocka_unit_test(test_event_limit),
        cmocka_unit_test(test_vectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
