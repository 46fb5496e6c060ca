/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One answer of the real program: what it asks the server, what it writes, and how it ends.
 */
#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/buf.h"
#include "base/mem.h"
#include "program/stage.h"

/* ---- What was sent ---- */

static json_t *sent(struct stage *stage, unsigned i)
{
    const struct server_request *request = server_request(stage->server, i);
    assert_non_null(request);
    json_t *body = json_loads(request->body, 0, NULL);
    assert_non_null(body);
    return body;
}

/* The ith request's nth message is this one. */
static void assert_sent(struct stage *stage, unsigned i, size_t n, const char *role,
                        const char *content)
{
    json_t *body = sent(stage, i);
    json_t *message = json_array_get(json_object_get(body, "messages"), n);
    assert_non_null(message);
    assert_string_equal(json_string_value(json_object_get(message, "role")), role);
    assert_string_equal(json_string_value(json_object_get(message, "content")), content);
    json_decref(body);
}

static size_t count_sent(struct stage *stage, unsigned i)
{
    json_t *body = sent(stage, i);
    size_t count = json_array_size(json_object_get(body, "messages"));
    json_decref(body);
    return count;
}

static void assert_field(struct stage *stage, unsigned i, const char *key, const char *want)
{
    json_t *body = sent(stage, i);
    json_t *value = json_object_get(body, key);
    char *text =
        value ? json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(6)) : xstrdup("none");
    assert_string_equal(text, want);
    free(text);
    json_decref(body);
}

static void assert_header(struct stage *stage, unsigned i, const char *name, const char *want)
{
    char *value = server_request_header(server_request(stage->server, i), name);
    if (!want)
        assert_null(value);
    else
        assert_string_equal(value, want);
    free(value);
}

static void assert_ran(struct subject *program, const char *out)
{
    assert_string_equal(subject_err(program), "");
    assert_string_equal(subject_out(program), out);
    assert_int_equal(program->status, 0);
    subject_free(program);
}

/* ---- Text ---- */

static void each_piece_is_there_before_the_next_is_made(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("one ")), SERVE_WAIT, SERVE(SAYS("two ")),
                  SERVE_WAIT, SERVE(SAYS("three")), SERVE_WAIT, SERVE(STOPS));
    struct subject *program = START(.args = ASKS(stage, "count"));
    subject_await(program, "one ", 0);
    server_go(stage->server);
    subject_await(program, "one two ", 0);
    server_go(stage->server);
    subject_await(program, "one two three", 0);
    server_go(stage->server);
    subject_finish(program);
    assert_ran(program, "one two three\n");
    assert_field(stage, 0, "stream", "true");
}

static void invoke_shows_the_whole(void **state)
{
    struct stage *stage = *state;
    const char *whole = WHOLE("one two three");
    SERVER_SCRIPT(stage->server, SERVE_HEAD(200, "application/json"), SERVE_BYTES(whole, 60),
                  SERVE_WAIT, SERVE(whole + 60));
    struct subject *program = START(.args = ASKS(stage, "-I", "count"));
    assert_non_null(server_request(stage->server, 0));
    assert_string_equal(subject_out(program), "");
    server_go(stage->server);
    subject_finish(program);
    assert_ran(program, "one two three\n");
    assert_field(stage, 0, "stream", "false");
}

static void both_modes_give_the_same(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(
        stage->server, SERVE_STREAM,
        SERVE(SAYS("Gr\\u00fc") SAYS("\\u00dfe, ") SAYS("\\ud83c") SAYS("\\udf0a") STOPS));
    SERVER_SCRIPT(stage->server, SERVE_JSON(200, WHOLE("Gr\\u00fc\\u00dfe, \\ud83c\\udf0a")));
    struct subject *streamed = ASK(stage, "--stream", "hi");
    struct subject *invoked = ASK(stage, "--invoke", "hi");
    assert_has(subject_out(invoked), "Grüße, 🌊");
    assert_has(subject_out(streamed), "Grüße, ");
    subject_free(streamed);
    subject_free(invoked);
}

static void text_ends_in_one_newline_at_most(void **state)
{
    static const struct {
        const char *said, *want;
    } cases[] = {
        {"a", "a\n"}, {"a\\n", "a\n"}, {"a\\n\\n", "a\n\n"}, {"\\n", "\n"}, {"a\\r", "a\r\n"},
    };
    struct stage *stage = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *body = xasprintf(SAYS("%s") STOPS, cases[i].said);
        SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(body));
        assert_ran(ASK(stage, "--text", "hi"), cases[i].want);
        free(body);
    }
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(STOPS));
    assert_ran(ASK(stage, "hi"), "");
}

/* ---- The prompt ---- */

static void words_and_stdin_become_the_prompt(void **state)
{
    static const struct {
        const char *words[4], *input, *want;
    } cases[] = {
        {{"write", "a", "word"}, NULL, "write a word"},
        {{"explain"},
         "int x;\nint y;\n\n",
         "<file name=\"stdin\">\nint x;\nint y;\n\n</file>\n\nexplain"},
        {{NULL}, "only this\n", "only this"},
        {{"--", "-5", "degrees"}, NULL, "-5 degrees"},
        {{"--", "replay"}, NULL, "replay"},
        {{"say", "config"}, NULL, "say config"},
        {{"config file"}, NULL, "config file"},
        {{"caf\xc3\xa9"},
         "\xf0\x9f\x8c\x8a",
         "<file name=\"stdin\">\n\xf0\x9f\x8c\x8a\n</file>\n\ncaf\xc3\xa9"},
    };
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("ok") STOPS));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *const *words = cases[i].words;
        assert_ran(RUN(.args = ASKS(stage, words[0], words[1], words[2], words[3]),
                       .input = cases[i].input),
                   "ok\n");
        assert_sent(stage, (unsigned)i, 0, "user", cases[i].want);
    }
}

static void options_stand_anywhere(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("ok") STOPS));
    assert_ran(RUN(.args = ARGS("what", "--url", stage->url, "is", "-mtest", "this")), "ok\n");
    assert_sent(stage, 0, 0, "user", "what is this");
    assert_field(stage, 0, "model", "\"test\"");
}

/* ---- Events and JSON ---- */

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

/* start step* [error] finish; seq without gaps, t never going back.  The ai pieces are added to `text`. */
static void assert_grammar(const char *lines, struct buf *text)
{
    json_int_t seq = 0, t = 0;
    const char *last = "";
    char before[32] = "";
    for (const char *line = lines; *line; line = strchr(line, '\n') + 1) {
        json_t *event = json_loadb(line, strcspn(line, "\n"), 0, NULL);
        assert_non_null(event);
        const char *type = text_of(event, "type");
        json_int_t now = json_integer_value(json_object_get(event, "t"));
        assert_int_equal(json_integer_value(json_object_get(event, "seq")), ++seq);
        assert_true(now >= t);
        t = now;
        assert_string_not_equal(last, "finish");
        assert_int_equal(strcmp(type, "start") == 0, seq == 1);
        if (strcmp(last, "error") == 0)
            assert_string_equal(type, "finish");
        if (strcmp(type, "ai") == 0)
            buf_adds(text, text_of(event, "content"));
        snprintf(before, sizeof(before), "%s", type);
        last = before;
        json_decref(event);
    }
    assert_string_equal(last, "finish");
}

static void events_obey_their_grammar(void **state)
{
    struct stage *stage = *state;
    struct buf text = BUF_INIT;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("one ") SAYS("two") STOPS));
    struct subject *program = ASK(stage, "--events", "hi");
    assert_int_equal(program->status, 0);
    assert_grammar(subject_out(program), &text);
    assert_string_equal(text.data, "one two");
    subject_free(program);
    buf_reset(&text);
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("one ")), SERVE_CLOSE);
    program = ASK(stage, "--events", "hi");
    assert_int_equal(program->status, 3);
    assert_grammar(subject_out(program), &text);
    assert_string_equal(text.data, "one ");
    assert_has(subject_out(program), "\"code\":\"truncated\"");
    subject_free(program);
    buf_clear(&text);
}

static void an_event_is_there_when_it_happened(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_WAIT, SERVE_STREAM, SERVE(SAYS("one")), SERVE_WAIT,
                  SERVE(STOPS));
    struct subject *program = START(.args = ASKS(stage, "--events", "hi"));
    subject_await(program, "\"type\":\"start\"", 0);
    server_go(stage->server);
    subject_await(program, "\"content\":\"one\"}\n", 0);
    server_go(stage->server);
    subject_finish(program);
    assert_has(subject_out(program), "\"type\":\"finish\"");
    subject_free(program);
}

static void json_is_one_object_at_the_end(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_JSON(200, WHOLE("forty-two")));
    struct subject *program = ASK(stage, "-I", "--json", "hi");
    json_t *message = json_loads(subject_out(program), 0, NULL);
    assert_non_null(message);
    assert_string_equal(text_of(message, "content"), "forty-two");
    assert_string_equal(text_of(message, "reason"), "stop");
    assert_int_equal(
        json_integer_value(json_object_get(json_object_get(message, "usage"), "output")), 2);
    json_decref(message);
    subject_free(program);
}

static void json_is_ascii_on_a_terminal(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM,
                  SERVE(SAYS("\\u00fc\\u001b[31m\\u009b\\ud83c\\udf0a") STOPS));
    struct subject *program = RUN(.args = ASKS(stage, "--events", "hi"), .columns = 80, .rows = 24);
    const char *out = subject_out(program);
    assert_has(out, "\\u00fc\\u001b[31m\\u009b\\ud83c\\udf0a");
    for (const char *c = out; *c; c++)
        assert_true((*c >= ' ' && *c < 0x7F) || *c == '\n' || *c == '\r');
    subject_free(program);
}

/* ---- How it ended ---- */

static void the_exit_status_says_how_it_ended(void **state)
{
    static const struct {
        const char *about, *body, *out;
        int status;
        const char *says;
    } cases[] = {
        {"answered", SAYS("yes") STOPS, "yes\n", 0, ""},
        {"cut at its length", SAYS("yes") ENDS("length"), "yes\n", 3, "the limit of its length"},
        {"filtered", SAYS("ye") ENDS("content_filter"), "ye\n", 4, "filter withheld"},
        {"refused", DELTA("\"delta\":{\"refusal\":\"I will not.\"}") STOPS, "I will not.\n", 4,
         "declined"},
        {"truncated", SAYS("ye"), "ye\n", 3, "Whatever came is kept"},
        {"an error in the middle", SAYS("ye") "data: " FAILS("overloaded", "too busy") "\n\n",
         "ye\n", 1, "too busy"},
    };
    struct stage *stage = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(cases[i].body));
        struct subject *program = ASK(stage, "hi");
        assert_string_equal(subject_out(program), cases[i].out);
        assert_failed(program, cases[i].status, cases[i].says);
        subject_free(program);
    }
}

/* ---- Sessions ---- */

static void continued_with_all_that_was_said(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("first answer") STOPS));
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("second answer") STOPS));
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("third answer") STOPS));
    assert_ran(ASK(stage, "--name", "trip", "first"), "first answer\n");
    assert_ran(ASK(stage, "-c", "second"), "second answer\n");
    assert_ran(ASK(stage, "-r", "trip", "third"), "third answer\n");
    assert_int_equal(count_sent(stage, 2), 5);
    assert_sent(stage, 2, 0, "user", "first");
    assert_sent(stage, 2, 1, "assistant", "first answer");
    assert_sent(stage, 2, 2, "user", "second");
    assert_sent(stage, 2, 3, "assistant", "second answer");
    assert_sent(stage, 2, 4, "user", "third");
    struct subject *list = RUN(.args = ARGS("sessions"));
    assert_has(subject_out(list), "  trip: first\n");
    assert_has(subject_out(list), "  test  ");
    assert_null(strchr(strchr(subject_out(list), '\n') + 1, '\n'));
    subject_free(list);
}

static void an_unnamed_session_has_its_prompt_as_title(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("ok") STOPS));
    assert_ran(ASK(stage, "What is\na rivulet?"), "ok\n");
    struct subject *list = RUN(.args = ARGS("sessions", "list"));
    assert_has(subject_out(list), "  What is\n");
    subject_free(list);
}

static void nothing_is_saved_unasked(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("ok") STOPS));
    assert_ran(ASK(stage, "--no-save", "secret"), "ok\n");
    home_configure(stage->home, "[chat]\nsave = no\n");
    assert_ran(ASK(stage, "secret"), "ok\n");
    char *session = home_session(stage->home);
    assert_string_equal(session, "");
    free(session);
}

static void continuing_without_a_session_says_so(void **state)
{
    struct stage *stage = *state;
    struct subject *program = ASK(stage, "-c", "hi");
    assert_failed(program, 2, "session");
    assert_int_equal(server_request_count(stage->server), 0);
    subject_free(program);
}

/* ---- Keys ---- */

static void no_key_is_in_any_file(void **state)
{
    static const char *const env[] = {"MINE=sk-secret-4711", NULL};
    struct stage *stage = *state;
    struct buf all = BUF_INIT;
    char *record = home_path(stage->home, "record"), *log = home_path(stage->home, "log");
    home_configure(stage->home, "[provider.url]\nheaders = X-Token: hush-4712\n");
    SERVER_SCRIPT(stage->server, SERVE_JSON(401, FAILS("invalid_api_key", "no such key")));
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("ok") STOPS));
    for (int i = 0; i < 2; i++) {
        struct subject *program =
            RUN(.args = ASKS(stage, "--key-env", "MINE", "--record", record, "--log", log, "hi"),
                .env = env);
        assert_has_not(subject_out(program), "4711");
        assert_has_not(subject_err(program), "4711");
        assert_int_equal(program->status, i == 0 ? 1 : 0);
        subject_free(program);
    }
    assert_header(stage, 1, "Authorization", "Bearer sk-secret-4711");
    assert_header(stage, 1, "X-Token", "hush-4712");
    home_configure(stage->home, "");
    home_read(stage->home, &all);
    assert_has(all.data, "no such key");
    assert_null(memmem(all.data, all.len, "4711", 4));
    assert_null(memmem(all.data, all.len, "4712", 4));
    buf_clear(&all);
    free(record);
    free(log);
}

static void a_record_decodes_to_the_same_answer(void **state)
{
    struct stage *stage = *state;
    struct buf text = BUF_INIT;
    char *record = home_path(stage->home, "record");
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE_PIECES(SAYS("a \\u00fc") SAYS("b") STOPS, 7));
    struct subject *live = ASK(stage, "--record", record, "--events", "hi");
    assert_grammar(subject_out(live), &text);
    struct subject *again = RUN(.args = ARGS("decode", "--wire", "openai", record));
    assert_int_equal(again->status, 0);
    struct buf decoded = BUF_INIT;
    for (const char *line = subject_out(again); *line; line = strchr(line, '\n') + 1) {
        json_t *event = json_loadb(line, strcspn(line, "\n"), 0, NULL);
        if (strcmp(text_of(event, "type"), "ai") == 0)
            buf_adds(&decoded, text_of(event, "content"));
        json_decref(event);
    }
    assert_string_equal(decoded.data, text.data);
    assert_string_equal(decoded.data, "a üb");
    assert_has(subject_out(again), "\"reason\":\"stop\"");
    buf_clear(&decoded);
    buf_clear(&text);
    subject_free(again);
    subject_free(live);
    free(record);
}

static void a_key_of_the_environment_stays_with_its_provider(void **state)
{
    static const char *const env[] = {"OPENAI_API_KEY=sk-env-1", "MINE=sk-mine-2", NULL};
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("ok") STOPS));
    assert_ran(RUN(.args = ASKS(stage, "hi"), .env = env), "ok\n");
    assert_header(stage, 0, "Authorization", NULL);
    char *config = xasprintf("[provider.openai]\nurl = %s\n", stage->url);
    home_configure(stage->home, config);
    assert_ran(RUN(.args = ARGS("-m", "openai:test", "hi"), .env = env), "ok\n");
    assert_header(stage, 1, "Authorization", NULL);
    free(config);
    config = xasprintf("[provider.openai]\nurl = %s\nkey_env = MINE\n", stage->url);
    home_configure(stage->home, config);
    assert_ran(RUN(.args = ARGS("-m", "openai:test", "hi"), .env = env), "ok\n");
    assert_header(stage, 2, "Authorization", "Bearer sk-mine-2");
    free(config);
}

/* The server is the proxy here: it sees where the program wants to go, and no more. */
static void a_key_of_the_environment_chooses_its_provider(void **state)
{
    static const struct {
        const char *variable, *host;
    } cases[] = {
        {"OPENAI_API_KEY=sk-1", "api.openai.com:443"},
        {"MISTRAL_API_KEY=sk-1", "api.mistral.ai:443"},
        {"OPENROUTER_API_KEY=sk-1", "openrouter.ai:443"},
    };
    struct stage *stage = *state;
    char *proxy = xasprintf("https_proxy=%s", server_url(stage->server, ""));
    SERVER_SCRIPT(stage->server, SERVE_REPLY(403, "text/plain", "no"));
    home_configure(stage->home, "[provider.openai]\nretries = 0\n[provider.mistral]\nretries = 0\n"
                                "[provider.openrouter]\nretries = 0\n");
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct subject *program = RUN(.args = ARGS("hi"), .env = ARGS(cases[i].variable, proxy));
        assert_failed(program, 1, "(https_proxy) does not connect to");
        const struct server_request *request = server_request(stage->server, i);
        assert_string_equal(request->method, "CONNECT");
        assert_string_equal(request->path, cases[i].host);
        assert_has_not(request->head, "sk-1");
        subject_free(program);
    }
    free(proxy);
}

/* ---- Settings ---- */

static void options_count_more_than_aliases_and_these_more_than_providers(void **state)
{
    struct stage *stage = *state;
    char *config = xasprintf("[provider.mine]\nurl = %s\ntemperature = 0.1\nmax_tokens = 10\n"
                             "reasoning = low\nmodel = usual\n"
                             "[model.fast]\nprovider = mine\nmodel = quick\ntemperature = 0.2\n"
                             "system = Be quick.\n",
                             stage->url);
    home_configure(stage->home, config);
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("ok") STOPS));
    assert_ran(RUN(.args = ARGS("-m", "mine", "hi")), "ok\n");
    assert_field(stage, 0, "model", "\"usual\"");
    assert_field(stage, 0, "temperature", "0.1");
    assert_field(stage, 0, "max_tokens", "10");
    assert_field(stage, 0, "reasoning_effort", "\"low\"");
    assert_ran(RUN(.args = ARGS("-m", "fast", "hi")), "ok\n");
    assert_field(stage, 1, "model", "\"quick\"");
    assert_field(stage, 1, "temperature", "0.2");
    assert_sent(stage, 1, 0, "system", "Be quick.");
    assert_ran(RUN(.args = ARGS("-m", "fast", "--temperature", "0.3", "--max-tokens", "30",
                                "--reasoning", "high", "-s", "Be slow.", "hi")),
               "ok\n");
    assert_field(stage, 2, "temperature", "0.3");
    assert_field(stage, 2, "max_tokens", "30");
    assert_field(stage, 2, "reasoning_effort", "\"high\"");
    assert_sent(stage, 2, 0, "system", "Be slow.");
    free(config);
}

static void roles_and_profiles(void **state)
{
    struct stage *stage = *state;
    char *prompt = home_put(stage->home, "prompt.txt", "You review code.\n");
    char *config = xasprintf("[provider.mine]\nurl = %s\n[chat]\nmodel = mine:usual\n"
                             "[role.reviewer]\nsystem = @%s\nmodel = mine:careful\n"
                             "[profile.demo]\nchat.mode = invoke\nchat.model = mine:demo\n",
                             stage->url, prompt);
    home_configure(stage->home, config);
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("ok") STOPS));
    assert_ran(RUN(.args = ARGS("-R", "reviewer", "hi")), "ok\n");
    assert_field(stage, 0, "model", "\"careful\"");
    assert_sent(stage, 0, 0, "system", "You review code.\n");
    assert_ran(RUN(.args = ARGS("-R", "reviewer", "-m", "mine:other", "hi")), "ok\n");
    assert_field(stage, 1, "model", "\"other\"");
    assert_sent(stage, 1, 0, "system", "You review code.\n");
    assert_ran(RUN(.args = ARGS("--profile", "demo", "hi")), "ok\n");
    assert_field(stage, 2, "model", "\"demo\"");
    assert_field(stage, 2, "stream", "false");
    assert_ran(RUN(.args = ARGS("--profile", "demo", "-S", "hi")), "ok\n");
    assert_field(stage, 3, "stream", "true");
    free(config);
    free(prompt);
}

static void the_environment_counts_more_than_the_file(void **state)
{
    static const char *const env[] = {"RUNNEL_MODEL=mine:from-environment", NULL};
    struct stage *stage = *state;
    char *config =
        xasprintf("[provider.mine]\nurl = %s\n[chat]\nmodel = mine:from-file\n", stage->url);
    home_configure(stage->home, config);
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("ok") STOPS));
    assert_ran(RUN(.args = ARGS("hi")), "ok\n");
    assert_field(stage, 0, "model", "\"from-file\"");
    assert_ran(RUN(.args = ARGS("hi"), .env = env), "ok\n");
    assert_field(stage, 1, "model", "\"from-environment\"");
    assert_ran(RUN(.args = ARGS("-m", "mine:from-option", "hi"), .env = env), "ok\n");
    assert_field(stage, 2, "model", "\"from-option\"");
    free(config);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, stage_set_up, stage_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(each_piece_is_there_before_the_next_is_made),
        CASE(invoke_shows_the_whole),
        CASE(both_modes_give_the_same),
        CASE(text_ends_in_one_newline_at_most),
        CASE(words_and_stdin_become_the_prompt),
        CASE(options_stand_anywhere),
        CASE(events_obey_their_grammar),
        CASE(an_event_is_there_when_it_happened),
        CASE(json_is_one_object_at_the_end),
        CASE(json_is_ascii_on_a_terminal),
        CASE(the_exit_status_says_how_it_ended),
        CASE(continued_with_all_that_was_said),
        CASE(an_unnamed_session_has_its_prompt_as_title),
        CASE(nothing_is_saved_unasked),
        CASE(continuing_without_a_session_says_so),
        CASE(no_key_is_in_any_file),
        CASE(a_record_decodes_to_the_same_answer),
        CASE(a_key_of_the_environment_stays_with_its_provider),
        CASE(a_key_of_the_environment_chooses_its_provider),
        CASE(options_count_more_than_aliases_and_these_more_than_providers),
        CASE(roles_and_profiles),
        CASE(the_environment_counts_more_than_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
