/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "io/trace.h"

/* What is written without the time at the beginning of each line. */
static void assert_log(int fd, const char *about, const char *want)
{
    char log[4096], got[4096] = "";
    ssize_t len = pread(fd, log, sizeof(log) - 1, 0);
    log[len > 0 ? len : 0] = '\0';
    for (const char *line = log; *line; line += strcspn(line, "\n") + 1) {
        const char *text = strchr(line, ' ') + 1;
        strncat(got, text, strcspn(text, "\n") + 1);
    }
    if (strcmp(got, want) != 0)
        fail_msg("%s: got \"%s\", want \"%s\"", about, got, want);
}

static void test_lines(void **state)
{
    (void)state;
    static const struct {
        const char *about;
        curl_infotype type;
        const char *input, *want;
    } cases[] = {
        {"text", CURLINFO_TEXT, "Connected\n", "#3 * Connected\n"},
        {"a head in one piece", CURLINFO_HEADER_OUT,
         "POST / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\nAccept: b\r\n\r\n",
         "#3 > POST / HTTP/1.1\n#3 > Host: a\n#3 > Authorization: ***\n#3 > Accept: b\n"},
        {"no newline", CURLINFO_HEADER_IN, "X: y", "#3 < X: y\n"},
        {"any case", CURLINFO_HEADER_OUT, "AUTHORIZATION: x\r\n", "#3 > AUTHORIZATION: ***\n"},
        {"x-api-key", CURLINFO_HEADER_OUT, "x-api-key:x\r\n", "#3 > x-api-key: ***\n"},
        {"api-key", CURLINFO_HEADER_OUT, "api-key: x\r\n", "#3 > api-key: ***\n"},
        {"x-goog-api-key", CURLINFO_HEADER_OUT, "X-Goog-Api-Key: x\r\n",
         "#3 > X-Goog-Api-Key: ***\n"},
        {"cookie", CURLINFO_HEADER_OUT, "Cookie: x\r\n", "#3 > Cookie: ***\n"},
        {"set-cookie", CURLINFO_HEADER_IN, "set-cookie: x\r\n", "#3 < set-cookie: ***\n"},
        {"proxy", CURLINFO_HEADER_OUT, "Proxy-Authorization: x\r\n",
         "#3 > Proxy-Authorization: ***\n"},
        {"a secret of someone else's", CURLINFO_HEADER_OUT, "CF-Access-Client-Secret: x\r\n",
         "#3 > CF-Access-Client-Secret: ***\n"},
        {"no secret", CURLINFO_HEADER_IN, "x-ratelimit-remaining-tokens: 7\r\n",
         "#3 < x-ratelimit-remaining-tokens: 7\n"},
        {"a header within HTTP/2's text", CURLINFO_TEXT, "h2h3 [x-api-key: x]\n",
         "#3 * h2h3 [x-api-key: ***\n"},
        {"a header within newer HTTP/2's text", CURLINFO_TEXT, "[HTTP/2] [1] [authorization: x]\n",
         "#3 * [HTTP/2] [1] [authorization: ***\n"},
        {"a proxy's password", CURLINFO_TEXT,
         "Uses proxy env variable http_proxy == 'http://user:x@proxy:3128'\n",
         "#3 * Uses proxy env variable http_proxy == ***\n"},
        {"what a terminal would obey", CURLINFO_HEADER_IN, "X: a\033[2Jb\001\177\302\233c\r\n",
         "#3 < X: a?[2Jb????c\n"},
        {"a body that goes", CURLINFO_DATA_OUT, "secret", "#3 = sent 6 bytes of the body\n"},
        {"a body that comes", CURLINFO_DATA_IN, "secret\n", "#3 = received 7 bytes of the body\n"},
        {"TLS", CURLINFO_SSL_DATA_OUT, "secret", ""},
        {"nothing", CURLINFO_TEXT, "", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct trace trace = {.fd = memfd_create("log", MFD_CLOEXEC), .number = 3};
        char input[256];
        memcpy(input, cases[i].input, strlen(cases[i].input) + 1);
        assert_int_equal(trace_curl(NULL, cases[i].type, input, strlen(input), &trace), 0);
        assert_log(trace.fd, cases[i].about, cases[i].want);
        close(trace.fd);
    }
}

static void test_no_log(void **state)
{
    (void)state;
    struct trace trace = {.fd = memfd_create("log", MFD_CLOEXEC), .number = 3};
    struct trace none = {.fd = -1};
    trace_line(&none, "unseen");
    trace_line(&trace, "%d things", 2);
    assert_log(trace.fd, "one line", "#3 = 2 things\n");
    close(trace.fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_no_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
