/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/proxy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static const char *const variables[] = {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY",
                                        "all_proxy",  "ALL_PROXY",  "no_proxy",    "NO_PROXY"};

static int clear(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++)
        unsetenv(variables[i]);
    return 0;
}

static const struct {
    const char *about, *name, *value, *except, *url, *want;
} cases[] = {
    {"none", "no_proxy", "", "", "https://a.example/", NULL},
    {"of http", "http_proxy", "http://p:3128", "", "http://a.example/", "p:3128 (http_proxy)"},
    {"not of https", "http_proxy", "http://p:3128", "", "https://a.example/", NULL},
    {"of https", "https_proxy", "p:1", "", "HTTPS://a.example/", "p:1 (https_proxy)"},
    {"in capitals", "HTTPS_PROXY", "p:1", "", "https://a.example/", "p:1 (HTTPS_PROXY)"},
    {"CGI's", "HTTP_PROXY", "p:1", "", "http://a.example/", NULL},
    {"of all", "ALL_PROXY", "socks5h://p:1", "", "http://a.example/", "p:1 (ALL_PROXY)"},
    {"empty", "https_proxy", "", "", "https://a.example/", NULL},
    {"a login", "https_proxy", "http://me:p@ss@p:1/", "", "https://a/", "p:1 (https_proxy)"},
    {"an IPv6 address", "https_proxy", "[::1]:8080", "", "https://a/", "[::1]:8080 (https_proxy)"},
    {"this machine", "http_proxy", "p:1", "", "http://localhost:11434/", NULL},
    {"no host", "http_proxy", "p:1", "", "nonsense://", NULL},
    {"all excepted", "https_proxy", "p:1", "*", "https://a.example/", NULL},
    {"excepted", "https_proxy", "p:1", "b, A.example", "https://a.example/", NULL},
    {"in a domain", "https_proxy", "p:1", ".example", "https://a.example/", NULL},
    {"in a domain without a dot", "https_proxy", "p:1", "example", "https://a.example/", NULL},
    {"not in it", "https_proxy", "p:1", "ample", "https://a.example/", "p:1 (https_proxy)"},
    {"longer than the host", "https_proxy", "p:1", "x.a", "https://a/", "p:1 (https_proxy)"},
    {"commas only", "https_proxy", "p:1", ", ,.,", "https://a/", "p:1 (https_proxy)"},
    {"a network", "https_proxy", "p:1", "10.0.0.0/8", "https://10.1.2.3/", NULL},
    {"a network and a name", "https_proxy", "p:1", "10.0.0.0/8", "https://a/", "p:1 (https_proxy)"},
};

static void test_cases(void **state)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        print_message("%s\n", cases[i].about);
        setenv(cases[i].name, cases[i].value, 1);
        setenv("NO_PROXY", cases[i].except, 1);
        char *named = proxy_named(cases[i].url, NULL);
        if (cases[i].want)
            assert_string_equal(named, cases[i].want);
        else
            assert_null(named);
        free(named);
        clear(state);
    }
}

static void test_a_socket_needs_none(void **state)
{
    (void)state;
    setenv("http_proxy", "p:1", 1);
    assert_null(proxy_named("http://a.example/", "/run/socket"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_cases, clear, clear),
        cmocka_unit_test_setup_teardown(test_a_socket_needs_none, clear, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
