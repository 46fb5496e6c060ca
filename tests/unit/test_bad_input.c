/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whatever a server, a terminal, a disk or a reader does to the program: it says what happened, keeps
 * the text that came, ends with the right status, and it does end.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "program/stage.h"

#define IMPATIENT "[provider.url]\nretries = 0\n"

static void assert_answered(struct subject *program, const char *out)
{
    assert_string_equal(subject_err(program), "");
    assert_string_equal(subject_out(program), out);
    assert_int_equal(program->status, 0);
    subject_free(program);
}

static void assert_partial(struct subject *program, const char *out, int status, const char *says)
{
    assert_string_equal(subject_out(program), out);
    assert_failed(program, status, says);
    subject_free(program);
}

/* The session written last has this in it. */
static void assert_saved(const struct stage *stage, const char *part)
{
    char *session = home_session(stage->home);
    assert_has(session, part);
    free(session);
}

/* ---- No connection ---- */

static int bound_socket(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

static void refused_connection(void **state)
{
    int port, fd = bound_socket(&port); /* bound, but it does not listen */
    char *url = xasprintf("http://127.0.0.1:%d/v1", port);
    (void)state;
    struct subject *program = RUN(.args = ARGS("--url", url, "-m", "x", "hi"));
    assert_has(subject_err(program), "Check the address");
    assert_partial(program, "", 1, "Connection refused");
    close(fd);
    free(url);
}

static void refused_by_a_local_server(void **state)
{
    struct stage *stage = *state;
    int port, fd = bound_socket(&port);
    char *config = xasprintf("[provider.ollama]\nurl = http://127.0.0.1:%d/v1\n", port);
    home_configure(stage->home, config);
    struct subject *program = RUN(.args = ARGS("-m", "ollama:x", "hi"));
    assert_partial(program, "", 1, "Is Ollama running? Start it with: ollama serve");
    close(fd);
    free(config);
}

static void unknown_host(void **state)
{
    struct stage *stage = *state;
    home_configure(stage->home, IMPATIENT "connect_timeout = 2\n");
    struct subject *program =
        RUN(.args = ARGS("--url", "http://nowhere.invalid/v1", "-m", "x", "hi"));
    assert_partial(program, "", 1, "nowhere.invalid");
}

/* Answers whatever comes first, be it HTTP or not. */
static pid_t start_rude_server(int *port)
{
    static const char reply[] = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    int fd = bound_socket(port);
    assert_int_equal(listen(fd, 4), 0);
    pid_t child = fork();
    if (child > 0) {
        close(fd);
        return child;
    }
    for (char bytes[512];;) {
        int peer = accept(fd, NULL, NULL);
        if (read(peer, bytes, sizeof(bytes)) < 0 || write(peer, reply, sizeof(reply) - 1) < 0)
            _exit(1);
        close(peer);
    }
}

static void stop_child(pid_t child)
{
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

static void plain_http_where_tls_is_wanted(void **state)
{
    struct stage *stage = *state;
    int port;
    pid_t server = start_rude_server(&port);
    char *url = xasprintf("https://127.0.0.1:%d/v1", port);
    home_configure(stage->home, IMPATIENT);
    struct subject *program = RUN(.args = ARGS("--url", url, "-m", "x", "hi"));
    stop_child(server);
    assert_partial(program, "", 1, "should its URL begin with http:?");
    free(url);
}

/* openssl's own server, and the port it says; 0 when there is no openssl. */
static pid_t start_tls_server(const char *home, int *port)
{
    static const char script[] =
        "cd \"$0\" && openssl req -x509 -newkey rsa:2048 -nodes -keyout k -out c -days 2 "
        "-subj /CN=localhost >/dev/null 2>&1 && "
        "exec openssl s_server -accept 127.0.0.1:0 -key k -cert c -www 2>/dev/null";
    int ends[2];
    char line[256];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        execl("/bin/sh", "sh", "-c", script, home, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    FILE *output = fdopen(ends[0], "r");
    *port = 0;
    while (*port == 0 && fgets(line, sizeof(line), output))
        sscanf(line, "ACCEPT 127.0.0.1:%d", port);
    fclose(output);
    return child;
}

static void a_certificate_that_nobody_vouches_for(void **state)
{
    static const char *const env[] = {"MINE=sk-secret-3", NULL};
    struct stage *stage = *state;
    int port;
    pid_t server = start_tls_server(stage->home, &port);
    if (port == 0) {
        stop_child(server);
        print_message("there is no openssl\n");
        skip();
    }
    char *url = xasprintf("https://127.0.0.1:%d/v1", port);
    home_configure(stage->home, IMPATIENT);
    struct subject *program =
        RUN(.args = ARGS("--url", url, "--key-env", "MINE", "hi"), .env = env);
    stop_child(server);
    assert_has(subject_err(program), "ca_file");
    assert_has_not(subject_err(program), "sk-secret");
    assert_partial(program, "", 1, "cannot be trusted");
    free(url);
}

/* ---- A server that says no ---- */

static void http_statuses(void **state)
{
    static const struct {
        int status;
        const char *body, *says, *advises;
    } cases[] = {
        {401, FAILS("invalid_api_key", "Incorrect API key"),
         "HTTP 401 from url:test: Incorrect API key", "The key was not accepted"},
        {403, FAILS("forbidden", "Not for you"), "HTTP 403 from url:test: Not for you",
         "The key was not accepted"},
        {404, FAILS("model_not_found", "no model \\\"test\\\""),
         "HTTP 404 from url:test: no model \"test\"", "Check the model's name"},
        {429, FAILS("rate_limit_exceeded", "Slow down"), "HTTP 429 from url:test: Slow down",
         "wait a little"},
        {429, FAILS("insufficient_quota", "No money"), "HTTP 429 from url:test: No money",
         "quota is used up"},
        {500, FAILS("server_error", "Oops"), "HTTP 500 from url:test: Oops", "ask again later"},
        {502, "<html><body><h1>Bad Gateway</h1></body></html>",
         "HTTP 502 from url:test: Bad Gateway", "ask again later"},
        {500, "", "HTTP 500 from url:test: the server answered HTTP 500 and gave no reason",
         "ask again later"},
        {301, "", "redirects (HTTP 301)", ""},
    };
    struct stage *stage = *state;
    home_configure(stage->home, IMPATIENT);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        SERVER_SCRIPT(stage->server, SERVE_JSON(cases[i].status, cases[i].body));
        struct subject *program = ASK(stage, "hi");
        assert_has(subject_err(program), cases[i].advises);
        assert_partial(program, "", 1, cases[i].says);
        assert_saved(stage, "\"type\":\"error\"");
    }
}

static void a_busy_server_is_asked_again(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_REPLY(429, "application/json\r\nRetry-After: 0",
                                             FAILS("rate_limit", "Slow down")));
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("ok") STOPS));
    struct subject *program = ASK(stage, "hi");
    assert_string_equal(subject_out(program), "ok\n");
    assert_string_equal(subject_err(program),
                        "runnel: trying again in 0.0 s (2 of 3): Slow down\n");
    assert_int_equal(program->status, 0);
    subject_free(program);
}

static void html_instead_of_json(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server,
                  SERVE_REPLY(200, "text/html", "<html><title>Welcome</title>It works!</html>"));
    struct subject *program = ASK(stage, "hi");
    assert_has(subject_err(program), "ends in /v1");
    assert_partial(program, "", 1, "url:test: ");
}

static void invalid_json_in_the_middle(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM,
                  SERVE(SAYS("the beginning") "data: {\"choices\":[{\n\n"));
    struct subject *program = ASK(stage, "hi");
    assert_has(subject_err(program), "--record FILE");
    assert_partial(program, "the beginning\n", 1, "url:test: ");
    assert_saved(stage, "the beginning");
}

/* ---- A server that goes away, or stays and says nothing ---- */

static void cut_at_any_byte(void **state)
{
    static const char answer[] = SAYS("one ") SAYS("two") STOPS;
    struct stage *stage = *state;
    size_t first = strlen(SAYS("one ")), second = first + strlen(SAYS("two"));
    size_t stop = sizeof(answer) - 1 - strlen("data: [DONE]\n\n");
    home_configure(stage->home, IMPATIENT);
    for (size_t cut = 0; cut < sizeof(answer) - 1; cut += cut % 40 == 7 ? 13 : 1) {
        SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE_BYTES(cut ? answer : "\n", cut ? cut : 1),
                      SERVE_CLOSE);
        struct subject *program = ASK(stage, "--no-save", "hi");
        /* An event without its empty line is one all the same, if all of it is there. */
        bool has_one = cut + 2 >= first, has_two = cut + 2 >= second, is_whole = cut + 2 >= stop;
        const char *want = has_two ? "one two\n" : has_one ? "one \n" : "";
        assert_string_equal(subject_out(program), want);
        assert_int_equal(program->status, is_whole ? 0 : has_one ? 3 : 1);
        assert_int_equal(*subject_err(program) != '\0', !is_whole);
        subject_free(program);
    }
}

static void reset_in_the_middle(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("half")), SERVE_WAIT, SERVE_RESET);
    struct subject *program = START(.args = ASKS(stage, "hi"));
    subject_await(program, "half", 0);
    server_go(stage->server);
    subject_finish(program);
    assert_partial(program, "half\n", 3, "Whatever came is kept");
    assert_saved(stage, "\"truncated\"");
}

static void closed_before_an_answer(void **state)
{
    struct stage *stage = *state;
    home_configure(stage->home, IMPATIENT);
    SERVER_SCRIPT(stage->server, SERVE_CLOSE);
    assert_partial(ASK(stage, "hi"), "", 1, "broke before an answer came");
}

static void never_answers(void **state)
{
    struct stage *stage = *state;
    home_configure(stage->home, IMPATIENT "first_timeout = 0.2\n");
    SERVER_SCRIPT(stage->server, SERVE_STALL);
    struct subject *program = ASK(stage, "hi");
    assert_has(subject_err(program), "first_timeout");
    assert_partial(program, "", 1, "url:test: ");
}

static void falls_silent(void **state)
{
    struct stage *stage = *state;
    home_configure(stage->home, IMPATIENT "idle_timeout = 0.3\n");
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("half")), SERVE_STALL);
    assert_partial(ASK(stage, "hi"), "half\n", 1, "idle_timeout");
    assert_saved(stage, "half");
}

static void trickles_comments_for_ever(void **state)
{
    struct stage *stage = *state;
    home_configure(stage->home, IMPATIENT "silence_timeout = 0.3\n");
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("half")),
                  SERVE_TRICKLE(": wait\n\n", 20));
    assert_partial(ASK(stage, "hi"), "half\n", 1, "sent nothing of an answer");
    assert_true(server_saw_close(stage->server, 0));
}

static void a_line_of_a_gigabyte(void **state)
{
    enum { PIECE = 64 * 1024, MOST_KB = 600 * 1024 };
    struct stage *stage = *state;
    char *piece = xcalloc(PIECE + 1, 1);
    memset(piece, 'x', PIECE);
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("half") "data: "),
                  SERVE_REPEAT(piece, 1024 * 1024 * 1024 / PIECE));
    struct subject *program = ASK(stage, "--no-save", "hi");
    assert_true(program->peak_kb < MOST_KB);
    assert_partial(program, "half\n", 1, "url:test: ");
    free(piece);
}

/* ---- Texts that no terminal should see ---- */

static const char evil[] =
    SAYS("a\\u0000b \\ud800c \\u001b]0;title\\u0007d \\u009b2J\\u202e") STOPS;

static void strange_text_goes_into_a_pipe_as_it_is(void **state)
{
    static const char want[] = "a\0b \xef\xbf\xbd"
                               "c \x1b]0;title\ad \xc2\x9b"
                               "2J\xe2\x80\xae\n";
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(evil));
    struct subject *program = ASK(stage, "hi");
    assert_int_equal(program->status, 0);
    assert_int_equal(program->out.len, sizeof(want) - 1);
    assert_memory_equal(program->out.data, want, sizeof(want) - 1);
    subject_free(program);
}

static void strange_text_is_made_visible_on_a_terminal(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(evil));
    struct subject *program = RUN(.args = ASKS(stage, "hi"), .columns = 80, .rows = 24);
    assert_int_equal(program->status, 0);
    assert_null(memchr(program->out.data, '\0', program->out.len));
    assert_has_not(subject_out(program), "\x1b");
    assert_has_not(subject_out(program), "\a");
    assert_has_not(subject_out(program), "\xc2\x9b");
    assert_has_not(subject_out(program), "\xe2\x80\xae");
    assert_has(subject_out(program), "title");
    subject_free(program);
}

static void strange_errors_are_made_visible(void **state)
{
    struct stage *stage = *state;
    home_configure(stage->home, IMPATIENT);
    SERVER_SCRIPT(stage->server, SERVE_JSON(400, FAILS("bad", "no\\u001b[2J\\nway\\u0007")));
    struct subject *program = ASK(stage, "hi");
    assert_has_not(subject_err(program), "\x1b");
    assert_has_not(subject_err(program), "\a");
    assert_partial(program, "", 1, "way");
}

static void a_prompt_that_is_no_utf8(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("ok") STOPS));
    assert_answered(RUN(.args = ASKS(stage, "caf\xe9"), .input = "\xff\xfe"), "ok\n");
    assert_non_null(strstr(server_request(stage->server, 0)->body, "caf"));
}

/* ---- The disk ---- */

static void a_full_disk_under_the_journal(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("the answer ") SAYS("is whole") STOPS));
    struct subject *program = RUN(.args = ASKS(stage, "hi"), .file_limit = 64);
    assert_string_equal(subject_out(program), "the answer is whole\n");
    assert_has(subject_err(program), "File too large");
    assert_int_equal(program->status, 0);
    subject_free(program);
}

static void a_folder_that_cannot_be_written(void **state)
{
    struct stage *stage = *state;
    home_configure(stage->home, "[chat]\nsessions = /proc/nowhere\n");
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("ok") STOPS));
    struct subject *program = ASK(stage, "hi");
    assert_string_equal(subject_out(program), "ok\n");
    assert_has(subject_err(program), "/proc/nowhere");
    assert_int_equal(program->status, 0);
    subject_free(program);
}

static void no_home_at_all(void **state)
{
    static const char *const env[] = {
        "HOME=", "XDG_DATA_HOME=", "XDG_CONFIG_HOME=", "XDG_STATE_HOME=", NULL};
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("ok") STOPS));
    struct subject *program = RUN(.args = ASKS(stage, "--no-save", "hi"), .env = env);
    assert_answered(program, "ok\n");
}

/* ---- The terminal ---- */

static void a_terminal_of_one_cell(void **state)
{
    (void)state;
    struct subject *program =
        START(.args = ARGS("-m", "guide", "--no-save"), .columns = 1, .rows = 1);
    subject_await(program, "\x1b[?1049h", 0);
    subject_await(program, "\x1b[?2004h", 0);
    subject_write(program, "/quit\r");
    subject_finish(program);
    assert_int_equal(program->status, 0);
    assert_has(subject_out(program), "\x1b[?1049l");
    subject_free(program);
}

static void an_answer_on_a_terminal_of_one_cell(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("wide \\ud83c\\udf0a text") STOPS));
    struct subject *program = RUN(.args = ASKS(stage, "hi"), .columns = 1, .rows = 1);
    assert_int_equal(program->status, 0);
    assert_has(subject_out(program), "text");
    subject_free(program);
}

static void no_term(void **state)
{
    static const char *const terms[] = {"TERM=", "TERM=dumb", "TERM=nonsense"};
    (void)state;
    for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
        struct subject *program = START(.args = ARGS("-m", "guide", "--no-save"),
                                        .env = ARGS(terms[i]), .columns = 80, .rows = 24);
        size_t at = subject_await(program, "the chat goes on without a screen", 0);
        at = subject_await(program, "> ", at);
        subject_write(program, "/quit\r");
        subject_finish(program);
        assert_int_equal(program->status, 0);
        assert_has_not(subject_out(program), "\x1b[?1049h");
        subject_free(program);
    }
}

/* ---- stdin and stdout ---- */

static void stdin_closed(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("ok") STOPS));
    assert_answered(RUN(.args = ASKS(stage, "hi"), .closed_stdin = true), "ok\n");
    struct subject *program = RUN(.args = ASKS(stage, "-S"), .closed_stdin = true);
    assert_partial(program, "", 2, "nothing was asked");
}

static void stdout_closed(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("ok") STOPS));
    struct subject *program = RUN(.args = ASKS(stage, "hi"), .closed_stdout = true);
    assert_partial(program, "", 1, "the answer cannot be written: Bad file descriptor");
}

static void stdout_on_a_full_disk(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("ok") STOPS));
    struct subject *program = RUN(.args = ASKS(stage, "hi"), .out_path = "/dev/full");
    assert_partial(program, "", 1, "the answer cannot be written: No space left on device");
}

static void the_reader_goes_away(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("one")), SERVE_WAIT,
                  SERVE_REPEAT(SAYS(" more"), 1000), SERVE_STALL);
    struct subject *program = START(.args = ASKS(stage, "hi"));
    subject_await(program, "one", 0);
    subject_close_stdout(program);
    server_go(stage->server);
    subject_finish(program);
    assert_string_equal(subject_err(program), "");
    assert_int_equal(program->status, 141);
    assert_true(server_saw_close(stage->server, 0));
    assert_saved(stage, "\"cancelled\"");
    subject_free(program);
}

static void the_reader_goes_away_while_the_model_is_silent(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STALL);
    struct subject *program = START(.args = ASKS(stage, "hi"));
    assert_non_null(server_request(stage->server, 0));
    subject_close_stdout(program);
    subject_finish(program);
    assert_int_equal(program->status, 141);
    assert_true(server_saw_close(stage->server, 0));
    subject_free(program);
}

static void signals_stop_the_answer_and_keep_it(void **state)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("one ")), SERVE_STALL);
    for (unsigned i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        struct subject *program = START(.args = ASKS(stage, "hi"));
        subject_await(program, "one ", 0);
        subject_signal(program, signals[i]);
        subject_finish(program);
        assert_string_equal(subject_out(program), "one \n");
        assert_string_equal(subject_err(program), "");
        assert_int_equal(program->status, 128 + signals[i]);
        assert_true(server_saw_close(stage->server, i));
        assert_saved(stage, "\"reason\":\"cancelled\"");
        assert_saved(stage, "\"content\":\"one \"");
        subject_free(program);
    }
}

/* Whoever does not read is waited for, but not against the user's will.  A pipe of one page is full as
 * soon as there is something in it. */
static void a_reader_who_does_not_read(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE_WAIT,
                  SERVE_REPEAT(SAYS("0123456789abcdef"), 1000 * 1000));
    struct subject *program = START(.args = ASKS(stage, "--no-save", "hi"));
    struct pollfd full = {.fd = program->out_fd, .events = POLLIN};
    assert_true(fcntl(program->out_fd, F_SETPIPE_SZ, 4096) > 0);
    server_go(stage->server);
    assert_int_equal(poll(&full, 1, SUBJECT_PATIENCE_MS), 1);
    subject_signal(program, SIGINT);
    assert_true(server_saw_close(stage->server, 0));
    subject_signal(program, SIGINT);
    subject_wait(program);
    assert_int_equal(program->status, 130);
    subject_free(program);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, stage_set_up, stage_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(refused_connection),
        CASE(refused_by_a_local_server),
        CASE(unknown_host),
        CASE(plain_http_where_tls_is_wanted),
        CASE(a_certificate_that_nobody_vouches_for),
        CASE(http_statuses),
        CASE(a_busy_server_is_asked_again),
        CASE(html_instead_of_json),
        CASE(invalid_json_in_the_middle),
        CASE(cut_at_any_byte),
        CASE(reset_in_the_middle),
        CASE(closed_before_an_answer),
        CASE(never_answers),
        CASE(falls_silent),
        CASE(trickles_comments_for_ever),
        CASE(a_line_of_a_gigabyte),
        CASE(strange_text_goes_into_a_pipe_as_it_is),
        CASE(strange_text_is_made_visible_on_a_terminal),
        CASE(strange_errors_are_made_visible),
        CASE(a_prompt_that_is_no_utf8),
        CASE(a_full_disk_under_the_journal),
        CASE(a_folder_that_cannot_be_written),
        CASE(no_home_at_all),
        CASE(a_terminal_of_one_cell),
        CASE(an_answer_on_a_terminal_of_one_cell),
        CASE(no_term),
        CASE(stdin_closed),
        CASE(stdout_closed),
        CASE(stdout_on_a_full_disk),
        CASE(the_reader_goes_away),
        CASE(the_reader_goes_away_while_the_model_is_silent),
        CASE(signals_stop_the_answer_and_keep_it),
        CASE(a_reader_who_does_not_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
