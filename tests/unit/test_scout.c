/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Servers found on this machine, the offer that is made of them, the choice that is remembered; and how
 * the name of a model goes on.
 */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "chat/remembered.h"
#include "chat/scout.h"
#include "config/settings.h"
#include "program/stage.h"

#define NOWHERE "http://127.0.0.1:1"

/* Where each of the four is for this test; NULL: nowhere. */
struct places {
    const char *ollama, *llamacpp, *lmstudio, *vllm;
};

static void set_url(struct settings *settings, const char *provider, const char *url)
{
    struct error error;
    char *section = xasprintf("provider.%s", provider);
    assert_int_equal(settings_set(settings, SETTINGS_FILE, section, "url", url ? url : NOWHERE,
                                  "a test", &error),
                     0);
    free(section);
}

struct site {
    struct settings *settings;
    rn_io *io;
    struct scout *scout;
};

static struct site site_of(const struct places *places, bool is_free)
{
    struct site site = {.settings = settings_new(), .io = rn_io_new()};
    set_url(site.settings, "ollama", places->ollama);
    set_url(site.settings, "llamacpp", places->llamacpp);
    set_url(site.settings, "lmstudio", places->lmstudio);
    set_url(site.settings, "vllm", places->vllm);
    site.scout = scout_new(site.settings, site.io, is_free);
    return site;
}

static void leave(struct site *site)
{
    scout_free(site->scout);
    rn_io_free(site->io);
    settings_free(site->settings);
}

/* All that it has to tell until nothing is under way any more, a line each. */
static char *all_news(struct scout *scout)
{
    struct buf text = BUF_INIT;
    buf_adds(&text, "");
    for (;;) {
        char *news = scout_next(scout);
        struct pollfd wait = {.fd = scout_fd(scout), .events = POLLIN};
        if (news)
            buf_addf(&text, "%s\n", news);
        else if (wait.fd < 0)
            return buf_take(&text);
        else
            assert_int_equal(poll(&wait, 1, SERVER_PATIENCE_MS), 1);
        free(news);
    }
}

#define TAGS                                                                              \
    "{\"models\":[{\"name\":\"nomic-embed-text\",\"details\":{}},{\"name\":\"small:1b\"," \
    "\"details\":{}}]}"

/* ---- Finding ---- */

static void a_server_is_found_by_its_answer(void **state)
{
    static const struct {
        const char *about, *path, *answer;
        struct places at; /* "" stands for the server's own address */
        const char *says, *offer;
    } cases[] = {
        {"Ollama",
         "/api/tags",
         TAGS,
         {.ollama = ""},
         "Ollama runs on this machine. Alt-M",
         "ollama:small:1b"},
        {"llama-server",
         "/v1/models",
         "{\"data\":[{\"id\":\"x.gguf\"}]}",
         {.llamacpp = "/v1"},
         "llama-server runs on this machine.",
         "llamacpp:x.gguf"},
        {"LM Studio",
         "/v1/models",
         "{\"data\":[{\"id\":\"q\"}]}",
         {.lmstudio = "/v1"},
         "LM Studio runs on this machine.",
         "lmstudio:q"},
        {"vLLM",
         "/v1/models",
         "{\"data\":[{\"id\":\"q\"}]}",
         {.vllm = "/v1"},
         "vLLM runs on this machine.",
         "vllm:q"},
        {"none of its models can chat",
         "/api/tags",
         "{\"models\":[{\"name\":\"mxbai-embed-large\",\"details\":{}}]}",
         {.ollama = ""},
         NULL,
         NULL},
        {"it has no models", "/api/tags", "{\"models\":[]}", {.ollama = ""}, NULL, NULL},
        {"a web page", "/api/tags", "<html>Jenkins</html>", {.ollama = ""}, NULL, NULL},
        {"another JSON", "/v1/models", "{\"status\":\"ok\"}", {.llamacpp = "/v1"}, NULL, NULL},
        {"another server", "/v1/models", TAGS, {.llamacpp = "/v1"}, NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct server *server = server_new(NULL);
        struct places places = cases[i].at;
        const char **given[] = {&places.ollama, &places.llamacpp, &places.lmstudio, &places.vllm};
        for (size_t k = 0; k < 4; k++)
            if (*given[k])
                *given[k] = server_url(server, *given[k]);
        SERVER_SCRIPT_FOR(server, cases[i].path, SERVE_JSON(200, cases[i].answer));
        SERVER_SCRIPT(server, SERVE_JSON(404, "{}"));
        struct site site = site_of(&places, true);
        scout_look_around(site.scout);
        char *news = all_news(site.scout);
        if (cases[i].says ? !strstr(news, cases[i].says) : *news != '\0')
            fail_msg("%s: %s", cases[i].about, news);
        const char *offer = scout_offer(site.scout);
        assert_string_equal(offer ? offer : "none", cases[i].offer ? cases[i].offer : "none");
        free(news);
        leave(&site);
        server_free(server);
    }
}

/* The others are heard at once, and it is left without waiting. */
static void a_server_that_hangs_costs_nothing(void **state)
{
    struct stage *stage = *state;
    char *hangs = xasprintf("%s/hang", stage->url);
    SERVER_SCRIPT_FOR(stage->server, "/v1/hang", SERVE_STALL);
    SERVER_SCRIPT_FOR(stage->server, "/v1/models", SERVE_JSON(200, "{\"data\":[{\"id\":\"q\"}]}"));
    struct site site =
        site_of(&(struct places){.ollama = hangs, .lmstudio = hangs, .vllm = stage->url}, true);
    scout_look_around(site.scout);
    char *news;
    while (!(news = scout_next(site.scout))) {
        struct pollfd wait = {.fd = scout_fd(site.scout), .events = POLLIN};
        assert_int_equal(poll(&wait, 1, SERVER_PATIENCE_MS), 1);
    }
    assert_string_equal(scout_offer(site.scout), "vllm:q");
    assert_true(scout_fd(site.scout) >= 0);
    free(news);
    leave(&site);
    free(hangs);
}

static void nobody_is_looked_for_unasked(void **state)
{
    struct stage *stage = *state;
    struct error error;
    SERVER_SCRIPT(stage->server, SERVE_JSON(200, "{\"data\":[{\"id\":\"q\"}]}"));
    struct site site = site_of(&(struct places){.vllm = stage->url}, false);
    scout_look_around(site.scout); /* something else said which model answers */
    assert_int_equal(scout_fd(site.scout), -1);
    leave(&site);
    site = site_of(&(struct places){.vllm = stage->url}, true);
    settings_set(site.settings, SETTINGS_FILE, "chat", "detect", "no", "a test", &error);
    scout_look_around(site.scout);
    assert_int_equal(scout_fd(site.scout), -1);
    leave(&site);
    assert_int_equal(server_request_count(stage->server), 0);
}

/* Who has chosen already is offered nothing. */
static void an_offer_comes_too_late(void **state)
{
    struct stage *stage = *state;
    struct error error;
    SERVER_SCRIPT(stage->server, SERVE_WAIT, SERVE_JSON(200, "{\"data\":[{\"id\":\"q\"}]}"));
    struct site site = site_of(&(struct places){.vllm = stage->url}, true);
    scout_look_around(site.scout);
    assert_int_equal(scout_chosen(site.scout, "guide", true, &error), 0);
    server_go(stage->server);
    char *news = all_news(site.scout);
    assert_string_equal(news, "");
    assert_null(scout_offer(site.scout));
    free(news);
    leave(&site);
}

/* ---- What is remembered ---- */

static const char *remembered(void)
{
    static char model[256];
    struct settings *settings = settings_new();
    remembered_load(settings);
    const char *found = settings_get(settings, "chat", "model");
    snprintf(model, sizeof(model), "%s", found ? found : "none");
    settings_free(settings);
    return model;
}

static void a_choice_is_remembered_where_nothing_else_chose(void **state)
{
    static const struct {
        const char *about, *model;
        bool is_free, is_guide;
        const char *want;
    } cases[] = {
        {"something else said which", "ollama:a", false, false, "none"},
        {"the guide is no answer to a script", "guide", true, true, "none"},
        {"it is", "ollama:a", true, false, "ollama:a"},
        {"and replaced", "mine:b", true, false, "mine:b"},
    };
    struct error error;
    assert_string_equal(remembered(), "none");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct site site = site_of(&(struct places){0}, cases[i].is_free);
        assert_int_equal(scout_chosen(site.scout, cases[i].model, cases[i].is_guide, &error), 0);
        assert_string_equal(remembered(), cases[i].want);
        leave(&site);
    }
    struct stat info;
    char *path = remembered_path();
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    free(path);
    free(home_put(*state, "state/runnel/model", ""));
    assert_string_equal(remembered(), "none");
    free(home_put(*state, "state/runnel/model", "a\001b\n"));
    assert_string_equal(remembered(), "none");
}

static void a_choice_that_cannot_be_kept_is_told(void **state)
{
    struct error error;
    struct site site = site_of(&(struct places){0}, true);
    free(home_put(*state, "state", "this is no folder"));
    assert_int_equal(scout_chosen(site.scout, "ollama:a", false, &error), -1);
    assert_non_null(strstr(error.text, "state/runnel/model cannot be written"));
    leave(&site);
}

/* ---- /models ---- */

static void lists_that_were_asked_for_are_told(void **state)
{
    struct stage *stage = *state;
    struct error error;
    struct buf out = BUF_INIT;
    struct site site = site_of(&(struct places){.vllm = stage->url}, false);
    SERVER_SCRIPT(stage->server, SERVE_JSON(200, "{\"data\":[{\"id\":\"q\"}]}"));
    assert_int_equal(scout_ask(site.scout, "", &out, &error), 0);
    assert_string_equal(out.data, "asking ollama, llamacpp, lmstudio, vllm ...");
    char *news = all_news(site.scout);
    assert_has(news, "vllm:q\n");
    assert_has(news, "ollama: cannot connect");
    free(news);
    buf_reset(&out);
    assert_int_equal(scout_ask(site.scout, "vllm", &out, &error), 0);
    news = all_news(site.scout);
    assert_string_equal(news, "vllm:q\n");
    free(news);
    assert_int_equal(scout_ask(site.scout, "vlm", &out, &error), -1);
    assert_has(error.text, "did you mean vllm?");
    assert_int_equal(scout_ask(site.scout, "groq", &out, &error), -1);
    assert_has(error.text, "groq wants a key");
    buf_clear(&out);
    leave(&site);
}

/* ---- Completion ---- */

static char *completed(struct scout *scout, const char *begun)
{
    struct buf text = BUF_INIT;
    buf_adds(&text, "");
    for (size_t nth = 0;; nth++) {
        char *found = scout_complete(scout, begun, nth);
        if (!found)
            return buf_take(&text);
        buf_addf(&text, "%s ", found);
        free(found);
    }
}

static void check_completed(struct scout *scout, const char *begun, const char *want)
{
    char *got = completed(scout, begun);
    assert_string_equal(got, want);
    free(got);
}

static void names_go_on(void **state)
{
    struct stage *stage = *state;
    struct error error;
    char *list = xasprintf("runnel-models-1\t%lld\t%s\n"
                           "small\t\t-1\t-1\t-1\t-1\t-1\t-1\t-1\t-1\t-1\n"
                           "smaller\t\t-1\t-1\t-1\t-1\t-1\t-1\t-1\t-1\t-1\n"
                           "large:1b\t\t-1\t-1\t-1\t-1\t-1\t-1\t-1\t-1\t-1\n",
                           (long long)time(NULL), stage->url);
    free(home_put(stage->home, "cache/runnel/models/vllm.list", list));
    struct site site = site_of(&(struct places){.vllm = stage->url}, false);
    settings_set(site.settings, SETTINGS_FILE, "model.vast", "model", "vllm:q", "a test", &error);
    check_completed(site.scout, "v", "vllm: vast ");
    check_completed(site.scout, "g", "gemini: groq: guide ");
    check_completed(site.scout, "vllm:", "vllm:small vllm:smaller vllm:large:1b ");
    check_completed(site.scout, "vllm:sm", "vllm:small vllm:smaller ");
    check_completed(site.scout, "vllm:large:", "vllm:large:1b ");
    check_completed(site.scout, "vllm:x", "");
    check_completed(site.scout, "nobody:", "");
    assert_int_equal(scout_fd(site.scout), -1);
    assert_int_equal(server_request_count(stage->server), 0); /* the list is a new one */
    leave(&site);
    free(list);
}

/* What is not known yet is asked for behind it, and there the next time. */
static void a_list_is_renewed_behind_the_completion(void **state)
{
    struct stage *stage = *state;
    struct site site = site_of(&(struct places){.vllm = stage->url}, false);
    SERVER_SCRIPT(stage->server, SERVE_JSON(200, "{\"data\":[{\"id\":\"q\"}]}"));
    check_completed(site.scout, "vllm:", "");
    char *news = all_news(site.scout);
    assert_string_equal(news, "");
    check_completed(site.scout, "vllm:", "vllm:q ");
    free(news);
    leave(&site);
}

/* A command that gives the key might ask for a passphrase. */
static void no_key_is_fetched_behind_the_completion(void **state)
{
    struct stage *stage = *state;
    struct error error;
    struct site site = site_of(&(struct places){.vllm = stage->url}, false);
    settings_set(site.settings, SETTINGS_FILE, "provider.vllm", "key_command", "echo sesame",
                 "a test", &error);
    check_completed(site.scout, "vllm:", "");
    assert_int_equal(scout_fd(site.scout), -1);
    leave(&site);
}

/* ---- On the screen ---- */

static void configure(struct stage *stage, const char *more)
{
    char *config = xasprintf("[provider.ollama]\nurl = " NOWHERE "\n"
                             "[provider.llamacpp]\nurl = " NOWHERE "/v1\n"
                             "[provider.lmstudio]\nurl = " NOWHERE "/v1\n"
                             "[provider.vllm]\nurl = %s\n%s",
                             stage->url, more);
    home_configure(stage->home, config);
    free(config);
    SERVER_SCRIPT_FOR(stage->server, "/v1/models", SERVE_JSON(200, "{\"data\":[{\"id\":\"q\"}]}"));
    SERVER_SCRIPT_FOR(stage->server, "/v1/chat", SERVE_STREAM, SERVE(SAYS("Hello") STOPS));
}

/* One key takes it; from then on it is the model, here and for one answer. */
static void check_offer(struct stage *stage, bool plain)
{
    configure(stage, "");
    struct subject *program = START(.args = ARGS(plain ? "--plain" : "--stream"), .columns = 100,
                                    .rows = 30, .keeps_stdin_open = true);
    size_t at = subject_await(program, "vLLM runs on this machine", 0);
    assert_string_equal(remembered(), "none");
    subject_write(program, "\033m");
    at = subject_await(program, "vllm:q (from /model)", at);
    assert_string_equal(remembered(), "vllm:q");
    if (plain) /* until the line is read again, Ctrl-D is the terminal's own */
        subject_await(program, "> ", at);
    subject_write(program, "\004");
    subject_finish(program);
    subject_free(program);
    program = RUN(.args = ARGS("Hi"));
    assert_string_equal(subject_out(program), "Hello\n");
    subject_free(program);
    program = RUN(.args = ARGS("config"));
    assert_has(subject_out(program),
               "# the model that answers: vllm:q (your choice of an earlier time)");
    subject_free(program);
}

static void the_offer_on_the_screen(void **state)
{
    check_offer(*state, false);
}

static void the_offer_without_a_screen(void **state)
{
    check_offer(*state, true);
}

/* Nothing goes to a server that was not chosen but the question which models it has. */
static void what_is_offered_is_not_used(void **state)
{
    struct stage *stage = *state;
    configure(stage, "");
    struct subject *program =
        START(.args = ARGS("--plain"), .columns = 100, .rows = 30, .keeps_stdin_open = true);
    subject_await(program, "vLLM runs on this machine", 0);
    subject_write(program, "What is runnel?\r");
    size_t at = subject_await(program, "small stream", 0);
    subject_write(program, "\003");
    subject_await(program, "> ", subject_await(program, "[cancelled", at));
    subject_write(program, "\004");
    subject_finish(program);
    subject_free(program);
    for (unsigned i = 0; i < server_request_count(stage->server); i++)
        assert_string_equal(server_request(stage->server, i)->method, "GET");
    assert_string_equal(remembered(), "none");
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, stage_set_up, stage_tear_down)
#define HOME(function) cmocka_unit_test_setup_teardown(function, home_set_up, home_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOME(a_server_is_found_by_its_answer),
        CASE(a_server_that_hangs_costs_nothing),
        CASE(nobody_is_looked_for_unasked),
        CASE(an_offer_comes_too_late),
        HOME(a_choice_is_remembered_where_nothing_else_chose),
        HOME(a_choice_that_cannot_be_kept_is_told),
        CASE(lists_that_were_asked_for_are_told),
        CASE(names_go_on),
        CASE(a_list_is_renewed_behind_the_completion),
        CASE(no_key_is_fetched_behind_the_completion),
        CASE(the_offer_on_the_screen),
        CASE(the_offer_without_a_screen),
        CASE(what_is_offered_is_not_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
