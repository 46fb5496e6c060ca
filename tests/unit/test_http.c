/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "io/http.h"

static void test_is_local(void **state)
{
    (void)state;
    static const struct {
        const char *url, *unix_socket;
        bool want;
    } cases[] = {
        {"http://localhost/v1", NULL, true},
        {"http://LocalHost:8080/v1", NULL, true},
        {"http://127.0.0.1:11434", NULL, true},
        {"https://127.9.8.7/v1", NULL, true},
        {"http://127.1/v1", NULL, true},
        {"http://[::1]:8080/v1", NULL, true},
        {"http://example.com/v1", "/run/model.sock", true},
        {"https://api.openai.com/v1", NULL, false},
        {"http://localhost.example.com/", NULL, false},
        {"http://127.0.0.1.example.com/", NULL, false},
        {"http://1270.0.0.1.example.com/", NULL, false},
        {"http://192.168.0.1/", NULL, false},
        {"http://[::2]/", NULL, false},
        {"http://[::127.0.0.1]/", NULL, false},
        {"http://example.com/?http://localhost/", NULL, false},
        {"localhost", NULL, false},
        {"", NULL, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (http_is_local(cases[i].url, cases[i].unix_socket) != cases[i].want)
            fail_msg("%s", cases[i].url);
}

static void test_url_ok(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        bool want;
    } cases[] = {
        {"http://localhost:11434/v1", true},
        {"https://api.openai.com/v1", true},
        {"HTTPS://api.openai.com", true},
        {"http://[::1]:1/v1", true},
        {"http://h\xC3\xA9llo.example/v1", true},
        {"", false},
        {"api.openai.com/v1", false},
        {"localhost:11434/v1", false},
        {"http://", false},
        {"http:///v1", false},
        {"http://host:0x50/", false},
        {"http://host:65536/", false},
        {"http://host:-1/", false},
        {"http://two words/", false},
        {"http://host/two words", false},
        {"http://host\n/", false},
        {"http://user@host/", false},
        {"http://user:password@host/", false},
        {"ftp://host/", false},
        {"file:///etc/passwd", false},
        {"javascript:alert(1)", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (http_url_ok(cases[i].url) != cases[i].want)
            fail_msg("%s", cases[i].url);
}

static void test_peer(void **state)
{
    (void)state;
    static const struct {
        const char *url, *unix_socket, *want;
    } cases[] = {
        {"https://api.openai.com/v1/models?x=1", NULL, "api.openai.com"},
        {"http://127.0.0.1:8080/v1", NULL, "127.0.0.1:8080"},
        {"http://[::1]:8080/v1", NULL, "[::1]:8080"},
        {"http://localhost/v1", "/run/model.sock", "/run/model.sock"},
        {"what is this", NULL, "what is this"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *peer = http_peer(cases[i].url, cases[i].unix_socket);
        assert_string_equal(peer, cases[i].want);
        free(peer);
    }
}

static void test_header(void **state)
{
    (void)state;
    static const char lines[] = "content-type: text/event-stream; charset=utf-8\n"
                                "retry-after: 20\n"
                                "retry-after-ms: 1500\n"
                                "empty: \n"
                                "x-id: 1\n"
                                "x-id: 2\n";
    static const struct {
        const char *name, *want; /* NULL: not there */
    } cases[] = {
        {"content-type", "text/event-stream; charset=utf-8"},
        {"Content-Type", "text/event-stream; charset=utf-8"},
        {"retry-after", "20"},
        {"retry-after-ms", "1500"},
        {"empty", ""},
        {"x-id", "1"},
        {"retry", NULL},
        {"20", NULL},
        {"", NULL},
    };
    char value[64];
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bool found = http_header(lines, cases[i].name, value, sizeof(value));
        assert_int_equal(found, cases[i].want != NULL);
        if (found)
            assert_string_equal(value, cases[i].want);
    }
    assert_true(http_header(lines, "content-type", value, 5));
    assert_string_equal(value, "text");
    assert_false(http_header("", "x", value, sizeof(value)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_is_local),
        cmocka_unit_test(test_url_ok),
        cmocka_unit_test(test_peer),
        cmocka_unit_test(test_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
