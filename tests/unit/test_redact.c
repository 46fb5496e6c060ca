/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "io/redact.h"

static void test_names(void **state)
{
    (void)state;
    static const char *const secret[] = {"Authorization", "proxy-authorization", "x-api-key",
                                         "key",           "X-Goog-Api-Key",      "Set-Cookie",
                                         "access_token",  "client-secret",       "sig"};
    static const char *const open[] = {"content-type", "x-ratelimit-remaining-tokens", "", "keys",
                                       "x-request-id"};
    for (size_t i = 0; i < sizeof(secret) / sizeof(secret[0]); i++)
        assert_true(redact_is_secret(secret[i], strlen(secret[i])));
    for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++)
        assert_false(redact_is_secret(open[i], strlen(open[i])));
}

static void test_url(void **state)
{
    (void)state;
    static const struct {
        const char *url, *want;
    } cases[] = {
        {"https://h/v1", "https://h/v1"},
        {"https://h/v1?alt=sse", "https://h/v1?alt=sse"},
        {"https://h/v1?key=abc", "https://h/v1?key=***"},
        {"https://h/v1?a=1&api-key=abc&b=2", "https://h/v1?a=1&api-key=***&b=2"},
        {"https://h/v1?key=a&token=b", "https://h/v1?key=***&token=***"},
        {"https://h/v1?key", "https://h/v1?key"},
        {"https://h/v1?key=", "https://h/v1?key=***"},
        {"https://h/v1?", "https://h/v1?"},
        {"https://h/v1?&&key=1", "https://h/v1?&&key=***"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf out = BUF_INIT;
        redact_url(&out, cases[i].url);
        assert_string_equal(out.data, cases[i].want);
        buf_clear(&out);
    }
}

static void test_headers(void **state)
{
    (void)state;
    static const char *const headers[] = {"x-api-key: 12345678",
                                          "Authorization:  Basic abcdefgh",
                                          "X-Title: my project",
                                          "x-token: 1234567",
                                          "Cookie:untrimmed",
                                          "key",
                                          NULL};
    char text[] = "12345678 123456781234 abcdefgh Basic my project 1234567 untrimmed";
    redact_headers(text, strlen(text), headers);
    assert_string_equal(text, "******** ********1234 ******** Basic my project 1234567 *********");
    redact_headers(text, strlen(text), NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_url),
        cmocka_unit_test(test_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
