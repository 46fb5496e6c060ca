/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * fetch_url against a server of this test's own, on loopback: which it fetches only when it is allowed.
 */
#include "tools/tools.h"

#include "tool_fixture.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* ---- The server: an answer for each path, one request for each connection ---- */

#define HEAD(type) "HTTP/1.1 200 OK\r\nContent-Type: " type "\r\nConnection: close\r\n\r\n"
#define TO(where) \
    "HTTP/1.1 302 Found\r\nLocation: " where "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

static const struct {
    const char *path, *answer;
} answers[] = {
    {"/text", HEAD("text/plain; charset=utf-8") "a <b>\n"},
    {"/html", HEAD("text/html") "<title>T</title><p>a &lt; b<script>x</script>"},
    {"/untyped", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n <!DOCTYPE html><p>a"},
    {"/json", HEAD("application/vnd.x+json") "{\"a\":1}"},
    {"/latin", HEAD("text/plain") "caf\xe9\n"},
    {"/image", HEAD("image/png") "x"},
    {"/empty", HEAD("text/plain")},
    {"/404", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
    {"/500", "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
    {"/moved", TO("/html")},
    {"/loop", TO("/loop")},
    {"/to-file", TO("file:///etc/passwd")},
    {"/to-ftp", TO("ftp://127.0.0.1/")},
    {"/cut", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 9\r\nConnection: "
             "close\r\n\r\nabc"},
    {"/nothing", ""},
};

static void send_much(int fd)
{
    static const char line[] =
        "0123456789012345678901234567890123456789012345678901234567890123456789\n";
    fd_write_all(fd, HEAD("text/plain"), strlen(HEAD("text/plain")));
    for (size_t sent = 0; sent < (size_t)8 * 1024 * 1024; sent += sizeof(line) - 1)
        if (fd_write_all(fd, line, sizeof(line) - 1) < 0)
            return;
}

static void answer(int fd)
{
    char request[4096] = "";
    size_t len = 0;
    while (!strstr(request, "\r\n\r\n") && len < sizeof(request) - 1) {
        ssize_t n = read(fd, request + len, sizeof(request) - 1 - len);
        if (n <= 0)
            return;
        len += (size_t)n;
    }
    if (strncmp(request, "GET /big ", 9) == 0)
        send_much(fd);
    if (strncmp(request, "GET /nul ", 9) == 0)
        fd_write_all(fd, HEAD("text/plain") "a\0b", strlen(HEAD("text/plain")) + 3);
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        size_t path = strlen(answers[i].path);
        if (strncmp(request + 4, answers[i].path, path) == 0 && request[4 + path] == ' ')
            fd_write_all(fd, answers[i].answer, strlen(answers[i].answer));
    }
}

struct server {
    pid_t pid;
    int port;
};

static struct server serve(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(fd, 16), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    struct server server = {.pid = fork(), .port = ntohs(address.sin_port)};
    if (server.pid != 0) {
        close(fd);
        return server;
    }
    signal(SIGPIPE, SIG_IGN);
    for (;;) {
        int client = accept(fd, NULL, NULL);
        answer(client);
        shutdown(client, SHUT_WR);
        close(client);
    }
}

static void stop(const struct server *server)
{
    kill(server->pid, SIGKILL);
    waitpid(server->pid, NULL, 0);
}

/* ---- Fetching ---- */

/* % stands for the server's address.  What failed begins with "!". */
static const struct {
    const char *path, *want;
} cases[] = {
    {"/text", "a <b>\n"},
    {"/html", "T\n\na < b\n"},
    {"/untyped", "a\n"},
    {"/json", "{\"a\":1}"},
    {"/latin", "caf\xef\xbf\xbd\n"},
    {"/empty", ""},
    {"/moved", "T\n\na < b\n"},
    {"/image", "!%/image is no text, but image/png"},
    {"/nul", "!%/nul is no text, but binary"},
    {"/404", "!%/404: the server answered with HTTP status 404: there is no such page"},
    {"/500", "!%/500: the server answered with HTTP status 500"},
    {"/loop", "!%/loop was redirected more than 5 times"},
    {"/to-file", "!%/to-file cannot be fetched: Protocol "},
    {"/to-ftp", "!%/to-ftp cannot be fetched: Protocol "},
    {"/cut", "!%/cut cannot be fetched: "},
    {"/nothing", "!%/nothing cannot be fetched: "},
};

static char *fetch(const char *host, int port, const char *path, int *status)
{
    struct buf out = BUF_INIT;
    char *args = xasprintf("{\"url\":\"http://%s:%d%s\"}", host, port, path);
    *status = tool_call("fetch_url", args, &out);
    free(args);
    return buf_take(&out);
}

static char *with_address(const char *text, int port)
{
    const char *mark = strchr(text, '%');
    return mark ? xasprintf("%.*shttp://127.0.0.1:%d%s", (int)(mark - text), text, port, mark + 1)
                : xstrdup(text);
}

static void test_cases(void **state)
{
    (void)state;
    struct server server = serve();
    setenv("RUNNEL_FETCH_PRIVATE", "1", 1);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int status;
        char *want = with_address(cases[i].want + (*cases[i].want == '!'), server.port);
        char *got = fetch("127.0.0.1", server.port, cases[i].path, &status);
        if (status != (*cases[i].want == '!') || strncmp(got, want, strlen(want)) != 0)
            fail_msg("%s: %d, %s", cases[i].path, status, got);
        free(want);
        free(got);
    }
    unsetenv("RUNNEL_FETCH_PRIVATE");
    stop(&server);
}

static void test_much(void **state)
{
    (void)state;
    static const char end[] = "\n[cut here: it is longer than is fetched]\n";
    struct server server = serve();
    int status;
    setenv("RUNNEL_FETCH_PRIVATE", "1", 1);
    char *got = fetch("127.0.0.1", server.port, "/big", &status);
    assert_int_equal(status, 0);
    assert_int_equal(strlen(got), 60 * 1000 + strlen(end));
    assert_string_equal(got + 60 * 1000, end);
    free(got);
    unsetenv("RUNNEL_FETCH_PRIVATE");
    stop(&server);
}

/* However this machine is named, nothing is sent to it. */
static void test_private(void **state)
{
    (void)state;
    static const char *const hosts[] = {"127.0.0.1",  "localhost", "0.0.0.0",
                                        "2130706433", "0x7f.1",    "[::ffff:127.0.0.1]"};
    struct server server = serve();
    setenv("RUNNEL_FETCH_PRIVATE", "yes", 1); /* only 1 allows it */
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        int status;
        char *got = fetch(hosts[i], server.port, "/text", &status);
        if (status != 1 || !strstr(got, "only public ones are fetched"))
            fail_msg("%s: %d, %s", hosts[i], status, got);
        free(got);
    }
    unsetenv("RUNNEL_FETCH_PRIVATE");
    stop(&server);
}

/* A proxy would connect where nobody looks. */
static void test_no_proxy(void **state)
{
    (void)state;
    struct server server = serve();
    int status;
    char *proxy = xasprintf("http://127.0.0.1:%d", server.port);
    setenv("http_proxy", proxy, 1);
    setenv("ALL_PROXY", proxy, 1);
    char *got = fetch("127.0.0.1", server.port, "/text", &status);
    assert_int_equal(status, 1);
    assert_non_null(strstr(got, "only public ones are fetched"));
    free(got);
    free(proxy);
    unsetenv("http_proxy");
    unsetenv("ALL_PROXY");
    stop(&server);
}

int main(int argc, char **argv)
{
    tool_main(argc, argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_cases, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_much, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_private, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_no_proxy, world_open, world_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
