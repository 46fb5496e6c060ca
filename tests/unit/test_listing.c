/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A server's list of models, asked for through the library.
 */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "llm/listing.h"
#include "runnel.h"
#include "server/server.h"

static int set_up(void **state)
{
    *state = server_new(NULL);
    return 0;
}

static int tear_down(void **state)
{
    server_free(*state);
    return 0;
}

static rn_listing *ask(struct server *server, const char *provider, const char *path)
{
    rn_model_options options = {
        .size = sizeof(options), .provider = provider, .url = server_url(server, path)};
    return rn_list_models(&options);
}

/* "name(title) context/output images tools reasoning input/output/cached/cache_write|" */
static char *described(const rn_listing *listing)
{
    struct buf text = BUF_INIT;
    const rn_listed *model;
    for (size_t i = 0; (model = rn_listing_model(listing, i)); i++)
        buf_addf(&text, "%s(%s) %lld/%lld %d%d%d %g/%g/%g/%g|", model->name, model->title,
                 (long long)model->context, (long long)model->output, model->images, model->tools,
                 model->reasoning, model->prices.input, model->prices.output, model->prices.cached,
                 model->prices.cache_write);
    buf_adds(&text, "");
    return buf_take(&text);
}

/* ---- What comes ---- */

static void every_wire_has_its_list(void **state)
{
    static const struct {
        const char *provider, *base, *path, *answer, *want;
    } cases[] = {
        {"mine", "/v1", "/v1/models", "{\"object\":\"list\",\"data\":[{\"id\":\"small\"}]}",
         "small() -1/-1 -1-1-1 -1/-1/-1/-1|"},
        {"mine", "/api/v1", "/api/v1/models",
         "{\"data\":[{\"id\":\"a/b\",\"name\":\"B\",\"context_length\":8192,\"architecture\":"
         "{\"input_modalities\":[\"text\",\"image\"]},\"pricing\":{\"prompt\":\"0.000001\","
         "\"completion\":\"0.00001\"},\"supported_parameters\":[\"tools\"],"
         "\"top_provider\":{\"max_completion_tokens\":1024}}]}",
         "a/b(B) 8192/1024 110 1/10/-1/-1|"},
        {"anthropic", "", "/v1/models?limit=1000",
         "{\"data\":[{\"type\":\"model\",\"id\":\"claude-x\",\"display_name\":\"Claude X\","
         "\"max_input_tokens\":200000,\"max_tokens\":64000}],\"has_more\":false}",
         "claude-x(Claude X) 200000/64000 "},
        {"gemini", "/v1beta", "/v1beta/models?pageSize=1000",
         "{\"models\":[{\"name\":\"models/gemini-x\",\"displayName\":\"Gemini X\","
         "\"inputTokenLimit\":1048576,\"outputTokenLimit\":65536,"
         "\"supportedGenerationMethods\":[\"generateContent\"]}]}",
         "gemini-x(Gemini X) 1048576/65536 "},
        {"ollama", "", "/api/tags",
         "{\"models\":[{\"name\":\"llama3.2:1b\",\"model\":\"llama3.2:1b\",\"details\":{}}]}",
         "llama3.2:1b() -1/-1 "},
        {"mine", "/v1", "/v1/models", "{\"data\":[]}", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct server *server = server_new(NULL);
        SERVER_SCRIPT(server, SERVE_JSON(200, cases[i].answer));
        rn_listing *listing = ask(server, cases[i].provider, cases[i].base);
        assert_int_equal(rn_listing_step(listing, -1), RN_DONE);
        assert_string_equal(rn_listing_error(listing), "");
        const struct server_request *request = server_request(server, 0);
        assert_string_equal(request->method, "GET");
        assert_string_equal(request->path, cases[i].path);
        assert_int_equal(request->body_len, 0);
        char *got = described(listing);
        if (strncmp(got, cases[i].want, strlen(cases[i].want)) != 0)
            assert_string_equal(got, cases[i].want);
        free(got);
        rn_listing_free(listing);
        server_free(server);
    }
}

static void a_name_that_cannot_be_one_is_left_out(void **state)
{
    struct buf answer = BUF_INIT;
    buf_adds(&answer, "{\"data\":[{\"id\":\"\"},{\"id\":7},{},null,{\"id\":\"");
    for (int i = 0; i <= LISTING_NAME_MAX; i++)
        buf_addc(&answer, 'x');
    buf_adds(&answer, "\"},{\"id\":\"good\"}]}");
    SERVER_SCRIPT(*state, SERVE_JSON(200, answer.data));
    rn_listing *listing = ask(*state, "mine", "/v1");
    assert_int_equal(rn_listing_step(listing, -1), RN_DONE);
    assert_string_equal(rn_listing_model(listing, 0)->name, "good");
    assert_null(rn_listing_model(listing, 1));
    rn_listing_free(listing);
    buf_clear(&answer);
}

/* ---- What goes wrong ---- */

static void the_key_is_not_repeated(void **state)
{
    SERVER_SCRIPT(*state, SERVE_JSON(401, "{\"error\":{\"message\":\"Bad key sk-0123456789\"}}"));
    rn_listing *listing = rn_list_models(&(rn_model_options){.size = sizeof(rn_model_options),
                                                             .url = server_url(*state, "/v1"),
                                                             .key = "sk-0123456789"});
    assert_int_equal(rn_listing_step(listing, -1), RN_EHTTP);
    assert_string_equal(rn_listing_error(listing), "Bad key *************");
    rn_listing_free(listing);
}

static void what_goes_wrong_is_told_in_words(void **state)
{
    static const struct {
        const char *about;
        struct server_step step;
        int want;
        const char *says;
    } cases[] = {
        {"a wrong key", SERVE_JSON(401, "{\"error\":{\"message\":\"Incorrect API key\"}}"),
         RN_EHTTP, "Incorrect API key"},
        {"no such place", SERVE_REPLY(404, "text/html", "<h1>Not here</h1>"), RN_EHTTP, "Not here"},
        {"a redirect", SERVE_REPLY(302, "text/plain", ""), RN_EHTTP, "redirects"},
        {"an error inside", SERVE_JSON(200, "{\"error\":{\"message\":\"no more\"}}"), RN_EPROVIDER,
         "no more"},
        {"a page", SERVE_REPLY(200, "text/html", "<html>Log in</html>"), RN_EPROTOCOL,
         "something else than a list of models"},
        {"nothing", SERVE_JSON(200, ""), RN_EPROTOCOL, "something else than a list of models"},
        {"another object", SERVE_JSON(200, "{\"id\":1}"), RN_EPROTOCOL,
         "something else than a list of models"},
        {"another list", SERVE_JSON(200, "{\"data\":{\"id\":1}}"), RN_EPROTOCOL,
         "something else than a list of models"},
        {"half of it", SERVE_JSON(200, "{\"data\":[{\"id\":"), RN_EPROTOCOL,
         "something else than a list of models"},
        {"a server that goes away", SERVE_CLOSE, RN_ECONNECT, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct server *server = server_new(NULL);
        server_script(server, NULL,
                      (const struct server_step[]){cases[i].step, {.kind = SERVER_END}});
        rn_listing *listing = ask(server, "mine", "/v1");
        int status = rn_listing_step(listing, -1);
        if (status != cases[i].want || !strstr(rn_listing_error(listing), cases[i].says) ||
            !*rn_listing_error(listing))
            fail_msg("%s: %d %s", cases[i].about, status, rn_listing_error(listing));
        assert_null(rn_listing_model(listing, 0));
        assert_int_equal(rn_listing_step(listing, 0), cases[i].want);
        rn_listing_free(listing);
        server_free(server);
    }
}

static void too_much_is_too_much(void **state)
{
    SERVER_SCRIPT(*state, SERVE_HEAD(200, "application/json"),
                  SERVE_REPEAT("                                                                ",
                               LISTING_BODY_MAX / 64 + 2));
    rn_listing *listing = ask(*state, "mine", "/v1");
    assert_int_equal(rn_listing_step(listing, -1), RN_ELIMIT);
    rn_listing_free(listing);
}

static void a_server_that_only_trickles_is_left(void **state)
{
    rn_model_options options = {
        .size = sizeof(options), .url = server_url(*state, "/v1"), .first_ms = 50};
    SERVER_SCRIPT(*state, SERVE_HEAD(200, "application/json"), SERVE_TRICKLE(" ", 5));
    rn_listing *listing = rn_list_models(&options);
    assert_int_equal(rn_listing_step(listing, -1), RN_ETIMEOUT);
    assert_non_null(strstr(rn_listing_error(listing), "took too long"));
    assert_true(server_saw_close(*state, 0));
    rn_listing_free(listing);
}

static void settings_that_cannot_work(void **state)
{
    static const struct {
        rn_model_options options;
        const char *says;
    } cases[] = {
        {{.provider = "nobody"}, "no provider is called \"nobody\""},
        {{.url = "localhost"}, "is no URL"},
        {{.wire = "morse"}, "no wire is called \"morse\""},
        {{.url = "http://far.example/v1", .key = "sesame"}, "is not encrypted"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        rn_model_options options = cases[i].options;
        options.size = sizeof(options);
        rn_listing *listing = rn_list_models(&options);
        struct pollfd wait = {.fd = rn_listing_fd(listing), .events = POLLIN};
        assert_int_equal(poll(&wait, 1, 0), 1); /* whoever waits is told */
        assert_int_equal(rn_listing_step(listing, 0), RN_ECONFIG);
        assert_non_null(strstr(rn_listing_error(listing), cases[i].says));
        assert_null(strstr(rn_listing_error(listing), "sesame"));
        rn_listing_free(listing);
    }
    rn_listing_free(NULL);
}

/* ---- How it is waited for ---- */

static void it_is_waited_for(void **state)
{
    SERVER_SCRIPT(*state, SERVE_HEAD(200, "application/json"), SERVE("{\"data\":[{\"id\":\"a\"}"),
                  SERVE_WAIT, SERVE(",{\"id\":\"b\"}]}"));
    rn_listing *listing = ask(*state, "mine", "/v1");
    assert_non_null(server_request(*state, 0));
    assert_int_equal(rn_listing_step(listing, 0), RN_AGAIN);
    assert_int_equal(rn_listing_step(listing, 1), RN_AGAIN);
    assert_null(rn_listing_model(listing, 0));
    server_go(*state);
    struct pollfd wait = {.fd = rn_listing_fd(listing), .events = POLLIN};
    int status;
    while ((status = rn_listing_step(listing, 0)) == RN_AGAIN)
        assert_int_equal(poll(&wait, 1, SERVER_PATIENCE_MS), 1);
    assert_int_equal(status, RN_DONE);
    assert_string_equal(rn_listing_model(listing, 1)->name, "b");
    assert_int_equal(poll(&wait, 1, 0), 1); /* and stays so */
    rn_listing_free(listing);
}

static void it_can_be_left(void **state)
{
    SERVER_SCRIPT(*state, SERVE_STALL);
    rn_io *io = rn_io_new();
    rn_model_options options = {
        .size = sizeof(options), .url = server_url(*state, "/v1"), .io = io};
    rn_listing *listing = rn_list_models(&options);
    assert_non_null(server_request(*state, 0));
    rn_listing_free(listing);
    assert_true(server_saw_close(*state, 0));
    rn_io_free(io);
}

static void a_key_goes_as_the_wire_wants_it(void **state)
{
    SERVER_SCRIPT(*state, SERVE_JSON(200, "{\"data\":[]}"));
    rn_model_options options = {.size = sizeof(options),
                                .provider = "anthropic",
                                .url = server_url(*state, ""),
                                .key = "sesame"};
    rn_listing *listing = rn_list_models(&options);
    assert_int_equal(rn_listing_step(listing, -1), RN_DONE);
    char *key = server_request_header(server_request(*state, 0), "x-api-key");
    char *version = server_request_header(server_request(*state, 0), "anthropic-version");
    assert_string_equal(key, "sesame");
    assert_non_null(version);
    free(key);
    free(version);
    rn_listing_free(listing);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(every_wire_has_its_list),
        CASE(a_name_that_cannot_be_one_is_left_out),
        CASE(the_key_is_not_repeated),
        CASE(what_goes_wrong_is_told_in_words),
        CASE(too_much_is_too_much),
        CASE(a_server_that_only_trickles_is_left),
        CASE(settings_that_cannot_work),
        CASE(it_is_waited_for),
        CASE(it_can_be_left),
        CASE(a_key_goes_as_the_wire_wants_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
