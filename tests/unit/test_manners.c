/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the program says of the wire: --record, and the record decoded again, on every wire, after a retry,
 * without a key; a certificate that is not verified, limits that are close.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "program/stage.h"

#define KEY "sk-very-secret-0123456789"

static struct buf read_text(const char *path)
{
    struct buf text = BUF_INIT;
    struct error error;
    if (file_read(path, &text, 1 << 20, &error) < 0)
        fail_msg("%s", error.text);
    return text;
}

/* One answer with --record to a file in the home; its path is the caller's. */
static char *record(struct stage *stage, const char *wire)
{
    char *path = home_path(stage->home, "record");
    char *config =
        xasprintf("[provider.mine]\nurl = %s\nwire = %s\nkey_env = MINE\n", stage->url, wire);
    home_configure(stage->home, config);
    const char *env[] = {"MINE=" KEY, NULL};
    struct subject *program =
        RUN(.args = ARGS("-m", "mine:m", "--no-save", "--record", path, "Hi"), .env = env);
    subject_free(program);
    free(config);
    return path;
}

static const struct {
    const char *wire, *type, *body, *says;
} wires[] = {
    {"openai", "text/event-stream", "tests/wire/openai-chat-text.http-body", "\"finish\""},
    {"responses", "text/event-stream", "tests/wire/openai-responses-text.http-body", "\"finish\""},
    {"anthropic", "text/event-stream", "tests/wire/anthropic-text.http-body", "\"finish\""},
    {"ollama", "application/x-ndjson", "tests/wire/ollama-text.http-body", "\"finish\""},
    {"gemini", "text/event-stream", "tests/wire/gemini-text.http-body", "\"finish\""},
};

/* The record says what wire it is of, and gives the same events as the body does. */
static void a_record_of_every_wire(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(wires) / sizeof(wires[0]); i++) {
        void *scene;
        stage_set_up(&scene);
        struct stage *stage = scene;
        struct buf body = read_text(wires[i].body);
        SERVER_SCRIPT(stage->server, SERVE_REPLY(200, wires[i].type, body.data));
        char *path = record(stage, wires[i].wire);
        struct subject *of_record = RUN(.args = ARGS("decode", path));
        struct subject *of_body =
            RUN(.args = ARGS("decode", "--wire", wires[i].wire, wires[i].body));
        struct buf file = read_text(path);
        assert_null(strstr(file.data, KEY));
        assert_int_equal(of_record->status, 0);
        assert_has(subject_out(of_record), wires[i].says);
        assert_string_equal(subject_out(of_record), subject_out(of_body));
        subject_free(of_record);
        subject_free(of_body);
        buf_clear(&file);
        buf_clear(&body);
        free(path);
        stage_tear_down(&scene);
    }
}

/* A server that repeats the key, and is asked a second time. */
static void attempts_in_their_order(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server,
                  SERVE_REPLY(503, "application/json\r\nRetry-After-Ms: 1\r\nX-Token: " KEY,
                              FAILS("busy", "not for " KEY)));
    SERVER_SCRIPT(stage->server, SERVE_HEAD(200, "text/event-stream"), SERVE(SAYS("Hello") STOPS));
    char *path = record(stage, "openai");
    struct buf file = read_text(path);
    assert_int_equal(server_request_count(stage->server), 2);
    assert_null(strstr(file.data, KEY));
    struct subject *program = RUN(.args = ARGS("decode", path));
    const char *error = strstr(subject_out(program), "\"type\":\"error\"");
    const char *piece = strstr(subject_out(program), "\"content\":\"Hello\"");
    assert_true(error && piece && error < piece);
    assert_has(subject_out(program), "not for ****");
    subject_free(program);
    buf_clear(&file);
    free(path);
}

/* What was stopped, or lost its end on the way, says so. */
static void a_record_that_ends_early(void **state)
{
    struct stage *stage = *state;
    static const struct {
        const char *record, *says;
        int status;
    } cases[] = {
        {"{\"type\":\"wire\",\"v\":1,\"wire\":\"openai\",\"request\":{}}\n{\"t\":1,\"status\":200}"
         "\n"
         "{\"t\":1,\"bytes\":\"data: "
         "{\\\"choices\\\":[{\\\"delta\\\":{\\\"content\\\":\\\"Hel\\\"}}]}\\n\\n\"}\n",
         "\"code\":\"truncated\"", 0},
        {"{\"type\":\"wire\",\"v\":1,\"wire\":\"openai\",\"request\":{}}\n",
         "\"code\":\"truncated\"", 0},
        {"{\"type\":\"wire\",\"v\":1,\"wire\":\"morse\",\"request\":{}}\n",
         "line 1: there is no wire \"morse\"", 2},
        {"{\"type\":\"wire\",\"v\":1,\"wire\":\"openai\"}\n", "line 1: ", 1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *path = home_put(stage->home, "record", cases[i].record);
        struct subject *program = RUN(.args = ARGS("decode", path), .shares_err = true);
        assert_has(subject_out(program), cases[i].says);
        assert_int_equal(program->status, cases[i].status);
        subject_free(program);
        free(path);
    }
}

static void insecure_is_said(void **state)
{
    struct stage *stage = *state;
    char *config = xasprintf("[provider.mine]\nurl = %s\ninsecure = yes\n", stage->url);
    home_configure(stage->home, config);
    SERVER_SCRIPT(stage->server, SERVE_JSON(200, WHOLE("Hello")));
    struct subject *program = RUN(.args = ARGS("-m", "mine:m", "Hi"));
    assert_string_equal(subject_out(program), "Hello\n");
    assert_has(subject_err(program), "insecure is set: the certificate of mine is not verified");
    subject_free(program);
    program = ASK(stage, "Hi");
    assert_string_equal(subject_err(program), "");
    subject_free(program);
    free(config);
}

/* On stderr, beside the answer; a cost beside the tokens. */
static void close_limits_are_said(void **state)
{
    struct stage *stage = *state;
    char *config =
        xasprintf("[provider.mine]\nurl = %s\n[model.fast]\nmodel = mine:m\nprice_input = "
                  "100000\nprice_output = 100000\n",
                  stage->url);
    home_configure(stage->home, config);
    SERVER_SCRIPT(
        stage->server,
        SERVE_REPLY(200, "application/json\r\nx-ratelimit-remaining-requests: 1", WHOLE("Hello")));
    struct subject *program = RUN(.args = ARGS("-m", "fast", "Hi"));
    assert_string_equal(subject_out(program), "Hello\n");
    assert_string_equal(subject_err(program),
                        "runnel: the provider's rate limit is close: 1 request left\n");
    subject_free(program);
    program = RUN(.args = ARGS("-m", "fast", "--plain"), .input = "Hi\n", .shares_err = true);
    assert_has(subject_out(program), "the provider's rate limit is close: 1 request left");
    assert_has(subject_out(program), ", 2 tokens, $0.5000]");
    subject_free(program);
    free(config);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, stage_set_up, stage_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_of_every_wire),
        CASE(attempts_in_their_order),
        CASE(a_record_that_ends_early),
        CASE(insecure_is_said),
        CASE(close_limits_are_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
