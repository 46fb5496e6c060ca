/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The doctor: what it takes from a terminal's answers and from the times of pieces, how it shows what it
 * found, and what it finds with servers that are well, slow, gone, or held back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"
#include "chat/burst.h"
#include "doctor/chart.h"
#include "doctor/interview.h"
#include "program/stage.h"
#include "screen/console.h"

/* ---- What a terminal answers ---- */

static void answers_are_found_in_what_is_typed(void **state)
{
    static const struct {
        const char *typed;
        char final;
        int want;
    } cases[] = {
        {"\033[12;3R", 'R', 3},
        {"ab\033[A\033[1;80Rc", 'R', 80},
        {"\033[?2026;2$y", 'y', 2},
        {"\033[?2026;0$y", 'y', 0},
        {"\033[?2026;2$y\033[1;9R", 'R', 9},
        {"", 'R', -1},
        {"\033[12;3", 'R', -1},
        {"\033[12R", 'R', -1},
        {"\033[;3R", 'R', -1},
        {"\033[12;R", 'R', -1},
        {"\033[1;99999999999R", 'R', -1},
        {"12;3R", 'R', -1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (interview_answer(cases[i].typed, cases[i].final) != cases[i].want)
            fail_msg("%s", cases[i].typed);
}

/* ---- The pace ---- */

static void a_burst_is_known_by_its_times(void **state)
{
    static const struct {
        const char *about;
        unsigned pieces, at_once; /* so many, so many of them in one ms */
        int64_t first, gap;
        enum burst_kind want;
    } cases[] = {
        {"nothing", 0, 1, 0, 0, BURST_UNKNOWN},
        {"a few at once", 11, 11, 900, 0, BURST_UNKNOWN},
        {"one by one", 40, 1, 500, 20, BURST_NONE},
        {"one by one, fast, after long thought", 100, 1, 9000, 1, BURST_NONE},
        {"a few in each packet", 60, 4, 500, 30, BURST_NONE},
        {"at once, but soon", 40, 40, 200, 0, BURST_UNKNOWN},
        {"at once, after a wait", 40, 40, 900, 0, BURST_WHOLE},
        {"nearly at once, after a wait", 40, 20, 900, 5, BURST_WHOLE},
        {"in lumps", 60, 20, 500, 700, BURST_LUMPS},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct burst burst = {0};
        for (unsigned piece = 0; piece < cases[i].pieces; piece++)
            burst_add(&burst, cases[i].first + piece / cases[i].at_once * cases[i].gap);
        if (burst_kind(&burst) != cases[i].want)
            fail_msg("%s: %d", cases[i].about, burst_kind(&burst));
    }
}

/* ---- How it is shown ---- */

/* What a chart of these columns writes; the caller's. */
static char *charted(bool is_json, int columns, bool *is_well)
{
    char text[4096];
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct chart *chart = chart_new(ends[1], is_json, false, columns);
    chart_group(chart, "first");
    chart_add(chart, VERDICT_OK, "name", "", "%s", "all \"good\"");
    chart_add(chart, VERDICT_WARNING, "other", "Turn it off.", "one two three four five six seven");
    chart_group(chart, "empty");
    chart_group(chart, "second");
    chart_add(chart, VERDICT_BROKEN, "bad", "", "red \033[31m");
    assert_int_equal(chart_end(chart), 0);
    *is_well = chart_is_well(chart);
    chart_free(chart);
    close(ends[1]);
    ssize_t len = read(ends[0], text, sizeof(text));
    assert_true(len > 0);
    close(ends[0]);
    return xstrndup(text, (size_t)len);
}

static void findings_stand_in_columns(void **state)
{
    bool is_well;
    (void)state;
    char *text = charted(false, 0, &is_well);
    assert_false(is_well);
    assert_string_equal(text, "First\n"
                              "  ok       name         all \"good\"\n"
                              "  warning  other        one two three four five six seven\n"
                              "                        Turn it off.\n"
                              "\n"
                              "Second\n"
                              "  broken   bad          red \u241b[31m\n"
                              "\n"
                              "1 broken, 1 warning, 1 ok.\n");
    free(text);
    text = charted(false, 46, &is_well);
    assert_has(text, "other        one two three four\n"
                     "                        five six seven\n");
    free(text);
}

static void findings_are_one_object(void **state)
{
    bool is_well, mended;
    struct error error;
    (void)state;
    char *text = charted(true, 0, &is_well);
    json_t *object = json_read(text, strlen(text), &mended, &error);
    assert_non_null(object);
    assert_false(mended);
    assert_true(json_is_false(json_object_get(object, "ok")));
    json_t *findings = json_object_get(object, "findings");
    assert_int_equal(json_array_size(findings), 3);
    json_t *finding = json_array_get(findings, 1);
    assert_string_equal(json_get_text(finding, "group"), "first");
    assert_string_equal(json_get_text(finding, "check"), "other");
    assert_string_equal(json_get_text(finding, "verdict"), "warning");
    assert_string_equal(json_get_text(finding, "advice"), "Turn it off.");
    json_decref(object);
    free(text);
}

/* ---- The program ---- */

#define MODELS \
    SERVE_JSON(200, "{\"object\":\"list\",\"data\":[{\"id\":\"test\"},{\"id\":\"best\"}]}")
#define TWENTY SERVE_REPEAT(SAYS("\\# "), 20)
/* Found, with its list, so that only the answer is left to say. */
#define SERVER_LISTS(server)                                               \
    do {                                                                   \
        SERVER_SCRIPT(server, SERVE_JSON(404, FAILS("none", "not here"))); \
        SERVER_SCRIPT_FOR(server, "/v1/models", MODELS);                   \
    } while (0)

static struct subject *examine(struct stage *stage)
{
    return RUN(.args = ASKS(stage, "doctor"));
}

static void all_is_well(void **state)
{
    struct stage *stage = *state;
    SERVER_LISTS(stage->server);
    SERVER_SCRIPT_FOR(stage->server, "/v1/chat", SERVE_STREAM, TWENTY, SERVE(STOPS));
    struct subject *program = examine(stage);
    const char *out = subject_out(program);
    assert_int_equal(program->status, 0);
    assert_string_equal(subject_err(program), "");
    assert_has(out, "ok       file         none is there");
    assert_has(out, "ok       model        url:test (from --url)");
    assert_has(out, "ok       tools        they start");
    assert_has(out, "ok       answer       HTTP/1.1, after ");
    assert_has(out, "ok       keep-alive   the connection is used again");
    assert_has(out, "ok       models       2 are listed, among them test");
    assert_has(out, "ok       answer       url:test begins after ");
    assert_has(out, "ok       pace         ");
    assert_has_not(out, "broken");
    subject_free(program);
}

static void it_can_be_read_by_programs(void **state)
{
    struct stage *stage = *state;
    struct error error;
    bool mended;
    SERVER_LISTS(stage->server);
    SERVER_SCRIPT_FOR(stage->server, "/v1/chat", SERVE_STREAM, TWENTY, SERVE(STOPS));
    struct subject *program = RUN(.args = ASKS(stage, "doctor", "--json"));
    json_t *object = json_read(program->out.data, program->out.len, &mended, &error);
    assert_int_equal(program->status, 0);
    assert_true(json_is_true(json_object_get(object, "ok")));
    assert_true(json_array_size(json_object_get(object, "findings")) > 10);
    json_decref(object);
    subject_free(program);
}

/* As a proxy does that gathers an answer before it passes it on. */
static void an_answer_that_is_held_back_is_told(void **state)
{
    struct stage *stage = *state;
    SERVER_LISTS(stage->server);
    SERVER_SCRIPT_FOR(stage->server, "/v1/chat", SERVE_STREAM, {.kind = SERVER_PAUSE, .ms = 400},
                      TWENTY, SERVE(STOPS));
    struct subject *program = examine(stage);
    assert_int_equal(program->status, 0);
    assert_has(subject_out(program), "warning  pace         something between here and the server "
                                     "holds the answer back: all 20 pieces came at once");
    assert_has(subject_out(program), "proxy_buffering off");
    subject_free(program);
}

/* What a server does wrong, and what is found. */
static void what_is_wrong_is_found(void **state)
{
    static const struct {
        const char *about;
        struct server_step probe[3], answer[4]; /* ended by a zero */
        int status;
        const char *says;
    } cases[] = {
        {"hangs", {SERVE_STALL}, {SERVE_STALL}, 1, "broken   answer       127.0.0.1"},
        {"hangs when asked",
         {SERVE_JSON(404, "{}")},
         {SERVE_STREAM, SERVE_STALL},
         1,
         "broken   answer       url:test: "},
        {"moved",
         {SERVE_REPLY(301, "text/html\r\nLocation: https://elsewhere.example/v1", "")},
         {SERVE_STREAM, TWENTY, SERVE(STOPS)},
         0,
         "warning  answer       HTTP status 301: it has moved to https://elsewhere.example/v1"},
        {"a proxy without login",
         {SERVE_REPLY(407, "text/html", "")},
         {SERVE_STALL},
         1,
         "broken   answer       the proxy wants a login"},
        {"refuses the key",
         {SERVE_JSON(401, "{}")},
         {SERVE_JSON(401, FAILS("invalid_api_key", "Incorrect API key"))},
         1,
         "broken   answer       url:test: Incorrect API key"},
        {"speaks TLS",
         {SERVE_BYTES("\x15\x03\x03\x00\x02\x02\x46", 7), SERVE_CLOSE},
         {SERVE_STALL},
         1,
         "should it begin with https:?"},
        {"ends answers early",
         {SERVE_JSON(404, "{}")},
         {SERVE_STREAM, TWENTY, SERVE_CLOSE},
         1,
         "ends answers early: is there a time limit in a proxy"},
        {"has trouble",
         {SERVE_JSON(404, "{}")},
         {SERVE_JSON(503, FAILS("down", "the belt is torn"))},
         1,
         "broken   answer       url:test: the belt is torn (HTTP 503)"},
        {"says nothing",
         {SERVE_JSON(404, "{}")},
         {SERVE_STREAM, SERVE(STOPS)},
         1,
         "broken   answer       url:test ended without a word"},
        {"closes each connection",
         {SERVE_HEAD(404, "text/plain"), SERVE_CLOSE},
         {SERVE_STREAM, TWENTY, SERVE(STOPS)},
         0,
         "warning  keep-alive   the connection is not used again"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        void *own;
        assert_int_equal(stage_set_up(&own), 0);
        struct stage *stage = own;
        home_configure(stage->home, "[provider.url]\nfirst_timeout = 0.3\nidle_timeout = 0.3\n"
                                    "retries = 0\n");
        server_script(stage->server, NULL, cases[i].probe);
        SERVER_SCRIPT_FOR(stage->server, "/v1/models", MODELS);
        server_script(stage->server, "/v1/chat", cases[i].answer);
        struct subject *program = examine(stage);
        if (program->status != cases[i].status || !strstr(subject_out(program), cases[i].says))
            fail_msg("%s: %d, %s%s", cases[i].about, program->status, subject_out(program),
                     subject_err(program));
        subject_free(program);
        stage_tear_down(&own);
    }
}

static void a_server_that_is_gone_is_told(void **state)
{
    struct stage *stage = *state;
    char *url = xstrdup(stage->url);
    server_free(stage->server);
    stage->server = server_new(NULL);
    struct subject *program = RUN(.args = ARGS("--url", url, "-m", "test", "doctor"));
    assert_int_equal(program->status, 1);
    assert_has(subject_out(program), "broken   connection   cannot connect to 127.0.0.1");
    assert_has(subject_out(program), "Is the server started");
    assert_has_not(subject_out(program), "Provider");
    subject_free(program);
    free(url);
}

/* Whatever fails before the proxy is passed is the proxy's. */
static void a_proxy_that_is_gone_is_told(void **state)
{
    static const char *const env[] = {"https_proxy=http://me:secret@127.0.0.1:1", NULL};
    (void)state;
    struct subject *program =
        RUN(.args = ARGS("--url", "https://model.example/v1", "-m", "test", "doctor"), .env = env);
    const char *out = subject_out(program);
    assert_int_equal(program->status, 1);
    assert_has(out, "ok       proxy        127.0.0.1:1 (https_proxy)");
    assert_has(out, "broken   connection   ");
    assert_has(out, "The way is through the proxy 127.0.0.1:1: is it the right one");
    assert_has_not(out, "secret");
    subject_free(program);
}

static void a_model_that_is_not_listed_is_told(void **state)
{
    struct stage *stage = *state;
    SERVER_LISTS(stage->server);
    SERVER_SCRIPT_FOR(stage->server, "/v1/chat",
                      SERVE_JSON(404, FAILS("model_not_found", "no such model")));
    struct subject *program = RUN(.args = ARGS("--url", stage->url, "-m", "tets", "doctor"));
    assert_int_equal(program->status, 1);
    assert_has(subject_out(program), "warning  models       2 are listed (test, best), and tets is "
                                     "none of them: did you mean test?");
    assert_has(subject_out(program), "broken   answer       url:tets: no such model (HTTP 404)");
    assert_has(subject_out(program), "Check the model's name");
    subject_free(program);
}

/* The key goes to nobody but the provider, and is not shown. */
static void the_key_is_not_shown(void **state)
{
    struct stage *stage = *state;
    static const char *const env[] = {"MINE=sk-secret-1", NULL};
    SERVER_LISTS(stage->server);
    SERVER_SCRIPT_FOR(stage->server, "/v1/chat", SERVE_STREAM, TWENTY, SERVE(STOPS));
    struct subject *program = RUN(.args = ASKS(stage, "doctor", "--key-env", "MINE"), .env = env);
    assert_has(subject_out(program), "key          there is one, from key_env of --key-env");
    assert_has_not(subject_out(program), "sk-secret");
    assert_null(strstr(server_request(stage->server, 0)->head, "sk-secret"));
    subject_free(program);

    program = RUN(.args = ASKS(stage, "doctor", "--key-env", "NONE"), .env = env);
    assert_int_equal(program->status, 1);
    assert_has(subject_out(program), "broken   key          ");
    assert_has_not(subject_out(program), "Provider");
    subject_free(program);
}

static void a_wrong_config_does_not_end_it(void **state)
{
    struct stage *stage = *state;
    home_configure(stage->home, "[chat]\nmodle = x\n");
    struct subject *program = RUN(.args = ARGS("doctor"));
    assert_int_equal(program->status, 1);
    assert_has(subject_out(program), "broken   file         ");
    assert_has(subject_out(program), "modle");
    assert_has(subject_out(program), "Machine\n");
    subject_free(program);
}

static void providers_are_known_by_name(void **state)
{
    (void)state;
    struct subject *program = RUN(.args = ARGS("doctor", "olama"));
    assert_failed(program, 2, "there is no provider \"olama\": did you mean ollama?");
    subject_free(program);
    program = RUN(.args = ARGS("doctor", "guide"));
    assert_int_equal(program->status, 0);
    assert_has(subject_out(program), "model        guide");
    assert_has_not(subject_out(program), "Network");
    subject_free(program);
}

static void a_folder_that_others_see_is_told(void **state)
{
    struct stage *stage = *state;
    char *folder = home_path(stage->home, "data/runnel/sessions");
    char *command = xasprintf("mkdir -p %s && chmod 755 %s", folder, folder);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): a test's own words */
    struct subject *program = RUN(.args = ARGS("doctor", "guide"));
    assert_has(subject_out(program), "warning  sessions     others may look into");
    subject_free(program);
    free(command);
    free(folder);
}

/* ---- On a terminal ---- */

static void a_terminal_is_asked(void **state)
{
    struct console *console = console_new(40, 100);
    const char *program = getenv("RUNNEL");
    char *home = xasprintf("%s", ((struct stage *)*state)->home);
    console_set(console, "HOME", home);
    console_set(console, "TERM", "xterm-256color");
    console_run(console,
                (const char *const[]){program ? program : "build/runnel", "doctor", "guide", NULL});
    console_wait(console, " ok.");
    assert_true(console_shows(console, "xterm-256color, 256 colours"));
    assert_true(console_shows(console, "100 columns, 40 rows"));
    assert_true(console_shows(console, "width "));
    assert_true(console_shows(console, "frames "));
    assert_false(console_shows(console, "does not say"));
    assert_int_equal(WEXITSTATUS(console_wait_exit(console)), 0);
    assert_true(console_modes(console).c_lflag & ICANON);
    assert_true(console_modes(console).c_lflag & ECHO);
    console_free(console);
    free(home);
}

/* What takes a while is told, and the finding takes its place. */
static void on_a_terminal_one_sees_what_is_waited_for(void **state)
{
    struct stage *stage = *state;
    struct console *console = console_new(40, 100);
    const char *program = getenv("RUNNEL");
    SERVER_LISTS(stage->server);
    SERVER_SCRIPT_FOR(stage->server, "/v1/chat", SERVE_WAIT, SERVE_STREAM, TWENTY, SERVE(STOPS));
    console_set(console, "HOME", stage->home);
    console_set(console, "TERM", "xterm-256color");
    console_run(console, (const char *const[]){program ? program : "build/runnel", "doctor",
                                               "--url", stage->url, "-m", "test", NULL});
    console_wait(console, "  ...      answer       one short answer is asked for");
    server_go(stage->server);
    console_wait(console, "ok       answer       url:test begins after");
    console_wait(console, " ok.");
    assert_false(console_shows(console, "..."));
    assert_int_equal(WEXITSTATUS(console_wait_exit(console)), 0);
    console_free(console);
}

/* A terminal with nobody behind it, as in a script(1). */
static void a_terminal_that_is_silent_is_not_asked_on(void **state)
{
    (void)state;
    struct subject *program = RUN(.args = ARGS("doctor", "guide"), .columns = 100, .rows = 30);
    assert_int_equal(program->status, 0);
    assert_has(subject_out(program), "the terminal does not say where its cursor is");
    assert_has_not(subject_out(program), "frames");
    subject_free(program);
}

#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, stage_set_up, stage_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_found_in_what_is_typed),
        cmocka_unit_test(a_burst_is_known_by_its_times),
        cmocka_unit_test(findings_stand_in_columns),
        cmocka_unit_test(findings_are_one_object),
        ON_STAGE(all_is_well),
        ON_STAGE(it_can_be_read_by_programs),
        ON_STAGE(an_answer_that_is_held_back_is_told),
        cmocka_unit_test(what_is_wrong_is_found),
        ON_STAGE(a_server_that_is_gone_is_told),
        ON_STAGE(a_proxy_that_is_gone_is_told),
        ON_STAGE(a_model_that_is_not_listed_is_told),
        ON_STAGE(the_key_is_not_shown),
        ON_STAGE(a_wrong_config_does_not_end_it),
        ON_STAGE(providers_are_known_by_name),
        ON_STAGE(a_folder_that_others_see_is_told),
        ON_STAGE(a_terminal_is_asked),
        ON_STAGE(on_a_terminal_one_sees_what_is_waited_for),
        ON_STAGE(a_terminal_that_is_silent_is_not_asked_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
