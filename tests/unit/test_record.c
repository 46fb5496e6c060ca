/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/mailbox.h"
#include "io/worker.h"
#include "llm/record.h"

/* ---- Reading ---- */

static const struct {
    const char *about, *line;
    int kind; /* -1: it is none of a record's */
    const char *bytes;
    size_t len;
} lines[] = {
    {"the request", "{\"type\":\"wire\",\"v\":1,\"wire\":\"openai\",\"request\":{}}",
     RECORD_REQUEST, "", 0},
    {"the head", "{\"t\":1,\"status\":200,\"headers\":\"content-type: text/x\\n\"}", RECORD_HEAD,
     "", 0},
    {"the head without headers", "{\"t\":1,\"status\":200}", RECORD_HEAD, "", 0},
    {"bytes", "{\"t\":1,\"bytes\":\"a\\u0000\\u20ac\"}", RECORD_BYTES, "a\0\u20AC", 5},
    {"no bytes", "{\"t\":1,\"bytes\":\"\"}", RECORD_BYTES, "", 0},
    {"bytes that are no text", "{\"t\":1,\"hex\":\"00ff1b\"}", RECORD_BYTES, "\0\xFF\x1B", 3},
    {"no such bytes", "{\"t\":1,\"hex\":\"\"}", RECORD_BYTES, "", 0},
    {"half a byte", "{\"t\":1,\"hex\":\"00f\"}", -1, "", 0},
    {"no digit", "{\"t\":1,\"hex\":\"0g\"}", -1, "", 0},
    {"the end", "{\"t\":1,\"end\":\"\"}", RECORD_END, "", 0},
    {"the end, and why", "{\"t\":1,\"end\":\"it broke\"}", RECORD_END, "", 0},
    {"something else", "{\"t\":1}", -1, "", 0},
    {"an event", "{\"type\":\"ai\",\"content\":\"x\"}", -1, "", 0},
    {"no object", "[]", -1, "", 0},
    {"no JSON", "data: x", -1, "", 0},
    {"nothing", "", -1, "", 0},
};

static void test_lines(void **state)
{
    (void)state;
    struct record_line line = {0};
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct error error = ERROR_INIT;
        int result = record_read(&line, lines[i].line, strlen(lines[i].line), &error);
        if (result != (lines[i].kind < 0 ? -1 : 0))
            fail_msg("%s: %s", lines[i].about, error.text);
        if (result < 0)
            continue;
        assert_int_equal(line.kind, lines[i].kind);
        assert_int_equal(line.bytes.len, lines[i].len);
        assert_memory_equal(buf_str(&line.bytes), lines[i].bytes, lines[i].len);
    }
    record_line_clear(&line);
}

static void test_is(void **state)
{
    (void)state;
    assert_true(record_is("{\"type\":\"wire\",\"v\":1}\n"));
    assert_false(record_is("data: {}\n"));
    assert_false(record_is("{\"id\":\"x\"}"));
    assert_false(record_is(""));
}

/* ---- Written and read again ---- */

static struct mail *mail(int kind, int code, const char *bytes, size_t len)
{
    struct mail *mail = mail_new(1, kind);
    mail->code = code;
    buf_add(&mail->data, bytes, len);
    return mail;
}

static void test_round_trip(void **state)
{
    (void)state;
    int fd = memfd_create("record", MFD_CLOEXEC);
    struct record record = {.fd = fd};
    struct mail *mails[] = {
        mail(MAIL_HEAD, 429, "content-type: a/b\nset-cookie: sesame\nx: y\n", 42),
        mail(MAIL_BYTES, 0, "data: \u20AC\r\n\r\n\0", 14),
        mail(MAIL_BYTES, 0, "\x80half", 5),
        mail(MAIL_END, RN_ETRUNCATED, "it broke", 8),
    };
    struct buf file = BUF_INIT;
    struct error error;
    record_request(&record, "openai", "http://h/v1", "{\"a\":1}");
    for (size_t i = 0; i < 4; i++)
        record_mail(&record, mails[i], (int64_t)i);
    lseek(fd, 0, SEEK_SET);
    assert_int_equal(fd_read_all(fd, &file, 100000, &error), 0);
    assert_true(record_is(file.data));
    assert_non_null(strstr(file.data,
                           "\"request\":{\"a\":1}}\n{\"t\":0,\"status\":429,"
                           "\"headers\":\"content-type: a/b\\nx: y\\n\"}\n{\"t\":1,\"bytes\":"));
    assert_non_null(
        strstr(file.data, "{\"t\":2,\"hex\":\"8068616c66\"}\n{\"t\":3,\"end\":\"it broke\"}\n"));
    struct record_line line = {0};
    char *rest = file.data;
    for (size_t i = 0; i < 5; i++) { /* the request, then the mails */
        const struct mail *mail = i > 0 ? mails[i - 1] : NULL;
        char *at = strsep(&rest, "\n");
        assert_int_equal(record_read(&line, at, strlen(at), &error), 0);
        if (line.kind != RECORD_BYTES)
            continue;
        assert_non_null(mail);
        assert_int_equal(line.bytes.len, mail->data.len);
        assert_memory_equal(line.bytes.data, mail->data.data, line.bytes.len);
    }
    assert_string_equal(line.content_type, "a/b");
    record_line_clear(&line);
    buf_clear(&file);
    for (size_t i = 0; i < 4; i++)
        mail_free(mails[i]);
    close(fd);
}

/* Wherever a key could stand, it does not. */
static void test_no_key(void **state)
{
    (void)state;
    static const char key[] = "sk-0123456789abcdef";
    static const char *const headers[] = {"Authorization: Bearer sk-0123456789abcdef",
                                          "X-Title: runnel", "x-token: short", NULL};
    int fd = memfd_create("record", MFD_CLOEXEC);
    struct record record = {.fd = fd, .headers = headers};
    struct mail *head =
        mail(MAIL_HEAD, 401, "set-cookie: sesame\nx-auth-token: sesame\nx: y\n", 46);
    struct mail *bytes = mail(MAIL_BYTES, 0, "Bad key sk-0123456789abcdef, short of runnel", 44);
    struct mail *hex = mail(MAIL_BYTES, 0, "\xFF sk-0123456789abcdef", 21);
    struct buf file = BUF_INIT;
    struct error error;
    record_request(&record, "gemini", "http://h/v1?alt=sse&key=sesame&x=1",
                   "{\"headers\":\"sk-0123456789abcdef\"}");
    record_mail(&record, head, 1);
    record_mail(&record, bytes, 2);
    record_mail(&record, hex, 3);
    lseek(fd, 0, SEEK_SET);
    assert_int_equal(fd_read_all(fd, &file, 100000, &error), 0);
    assert_null(strstr(file.data, key));
    assert_non_null(strstr(file.data, "\"hex\":\"ff202a2a2a"));
    assert_null(strstr(file.data, "sesame"));
    assert_non_null(strstr(file.data, "http://h/v1?alt=sse&key=***&x=1"));
    assert_non_null(strstr(file.data, "Bad key *******************, short of runnel"));
    assert_non_null(strstr(file.data, "\"headers\":\"x: y\\n\""));
    struct record_line line = {0};
    assert_int_equal(record_read(&line, file.data, strcspn(file.data, "\n"), &error), 0);
    assert_string_equal(line.wire, "gemini");
    record_line_clear(&line);
    buf_clear(&file);
    mail_free(head);
    mail_free(bytes);
    mail_free(hex);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_is),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_no_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
