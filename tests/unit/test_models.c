/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists of models: asked for side by side, kept in files, told in columns, by the program.
 */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "chat/model_list.h"
#include "chat/models.h"
#include "cli/cli.h"
#include "config/settings.h"
#include "program/stage.h"

/* ---- The file ---- */

#define URL "http://h/v1"
#define HEADING "runnel-models-1\t1700000000\t" URL "\n"
#define SMALL "small\tSmall one\t131072\t8192\t0\t1\t-1\t0.15\t0.6\t-1\t-1\n"
#define PLAIN_ROW "plain\t\t-1\t-1\t-1\t-1\t-1\t-1\t-1\t-1\t-1\n"

static void a_list_is_written_and_read(void **state)
{
    static const char text[] = HEADING SMALL PLAIN_ROW;
    struct model_list list;
    struct buf again = BUF_INIT;
    (void)state;
    model_list_init(&list, "mine", URL);
    assert_true(model_list_read(&list, text, strlen(text)));
    assert_int_equal(list.time, 1700000000);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.models[0].title, "Small one");
    assert_int_equal(list.models[0].context, 131072);
    assert_int_equal(list.models[0].tools, 1);
    assert_int_equal(list.models[0].reasoning, -1);
    assert_true(list.models[0].prices.output > 0.59 && list.models[0].prices.output < 0.61);
    model_list_write(&list, &again);
    assert_string_equal(again.data, text);
    buf_clear(&again);
    model_list_clear(&list);
}

static void what_is_no_list_is_none(void **state)
{
    static const char *const texts[] = {
        "",
        "\n",
        "runnel-models-2\t1700000000\t" URL "\n" SMALL,
        "runnel-models-1\t1700000000\thttp://other/v1\n" SMALL,
        "runnel-models-1\tnow\t" URL "\n" SMALL,
        "runnel-models-1\t1700000000\n" SMALL,
        HEADING "small\n",
        HEADING "small\tSmall one\t131072\t8192\t0\t1\t-1\t0.15\t0.6\t-1\n",
        HEADING "small\tSmall one\t131072\t8192\t0\t1\t-1\t0.15\t0.6\t-1\t-1\t7\n",
        HEADING "\tSmall one\t131072\t8192\t0\t1\t-1\t0.15\t0.6\t-1\t-1\n",
        HEADING "small\tSmall one\tbig\t8192\t0\t1\t-1\t0.15\t0.6\t-1\t-1\n",
        HEADING "small\tSmall one\t131072\t8192\t2\t1\t-1\t0.15\t0.6\t-1\t-1\n",
        HEADING "small\tSmall one\t131072\t8192\t0\t1\t-1\tcheap\t0.6\t-1\t-1\n",
        HEADING "\xFF" SMALL,
        HEADING SMALL "small",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct model_list list;
        model_list_init(&list, "mine", URL);
        if (model_list_read(&list, texts[i], strlen(texts[i])))
            fail_msg("%s", texts[i]);
        assert_int_equal(list.count, 0);
        assert_int_equal(list.time, 0);
        model_list_clear(&list);
    }
}

/* A name with a tab in it would be another name in the file. */
static void a_name_that_has_no_place_in_the_file_is_left_out(void **state)
{
    rn_listed models[] = {{.name = "a\tb", .title = ""},
                          {.name = "c\nd", .title = ""},
                          {.name = "good", .title = "t\tt", .context = -1, .output = -1}};
    struct model_list list = {
        .provider = (char *)"mine", .url = (char *)URL, .time = 7, .models = models, .count = 3};
    struct buf text = BUF_INIT;
    (void)state;
    model_list_write(&list, &text);
    assert_string_equal(text.data, "runnel-models-1\t7\t" URL "\n"
                                   "good\t\t-1\t-1\t0\t0\t0\t0\t0\t0\t0\n");
    buf_clear(&text);
}

static void the_file_is_the_users_alone(void **state)
{
    struct model_list list;
    struct error error;
    struct stat info;
    char *path = home_path(*state, "cache/runnel/models/mine.list");
    model_list_init(&list, "mine", URL);
    assert_false(model_list_load(&list));
    assert_true(model_list_read(&list, HEADING SMALL, strlen(HEADING SMALL)));
    assert_int_equal(model_list_save(&list, &error), 0);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_true(model_list_load(&list));
    assert_int_equal(list.count, 1);
    model_list_clear(&list);
    model_list_init(&list, "mine", "http://elsewhere/v1");
    assert_false(model_list_load(&list));
    model_list_clear(&list);
    free(path);
}

static void its_age_is_told(void **state)
{
    static const struct {
        int64_t age;
        const char *want;
    } cases[] = {{0, "0 seconds ago"},  {-9, "0 seconds ago"}, {60, "1 minute ago"},
                 {7200, "2 hours ago"}, {86400, "1 day ago"},  {3 * 86400 + 5, "3 days ago"}};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct model_list list = {.time = (int64_t)time(NULL) - cases[i].age};
        struct buf text = BUF_INIT;
        model_list_age(&list, &text);
        /* The clock may have gone on by a second in between, which no larger unit shows. */
        if (cases[i].age > 0)
            assert_string_equal(text.data, cases[i].want);
        else
            assert_non_null(strstr(text.data, "second"));
        buf_clear(&text);
    }
}

/* ---- In columns ---- */

static void columns_are_as_wide_as_they_must_be(void **state)
{
    static const char text[] = HEADING "zeta\t\t128000\t-1\t-1\t1\t-1\t-1\t-1\t-1\t-1\n"
                                       "alpha-long\tAlpha\t1048576\t-1\t1\t1\t1\t1.25\t10\t-1\t-1\n"
                                       "beta\tbeta\t200000\t-1\t0\t0\t0\t0\t0\t-1\t-1\n";
    struct model_list list;
    struct buf table = BUF_INIT;
    (void)state;
    model_list_init(&list, "p", URL);
    assert_true(model_list_read(&list, text, strlen(text)));
    model_list_table(&list, 0, &table);
    assert_string_equal(table.data, "p:alpha-long  1M    tools images reasoning  $1.25/$10  Alpha\n"
                                    "p:beta        200k                          free\n"
                                    "p:zeta        128k  tools\n");
    buf_reset(&table);
    model_list_table(&list, 1, &table);
    assert_non_null(strstr(table.data, "p:alpha-long"));
    assert_null(strstr(table.data, "p:beta"));
    assert_non_null(strstr(table.data, "... and 2 more\n"));
    buf_clear(&table);
    model_list_clear(&list);
}

static void a_name_is_no_way_to_the_terminal(void **state)
{
    rn_listed model = {.name = "evil\033[2Jname", .title = "ti\ntle", .context = -1};
    struct model_list list = {.provider = (char *)"p", .models = &model, .count = 1};
    struct buf table = BUF_INIT;
    (void)state;
    model_list_table(&list, 0, &table);
    assert_null(strchr(table.data, '\033'));
    assert_ptr_equal(strchr(table.data, '\n'), table.data + table.len - 1);
    buf_clear(&table);
}

/* ---- Who is asked ---- */

static struct settings *settings_of(const char *text)
{
    char path[] = "/tmp/test_models.XXXXXX";
    struct settings *settings = settings_new();
    struct error error;
    int fd = mkstemp(path);
    assert_int_equal(fd_write_all(fd, text, strlen(text)), 0);
    close(fd);
    assert_int_equal(settings_load(settings, path, true, &error), 0);
    unlink(path);
    return settings;
}

static char *joined(const char **names)
{
    struct buf text = BUF_INIT;
    for (const char **at = names; *at; at++)
        buf_addf(&text, "%s ", *at);
    buf_adds(&text, "");
    free(names);
    return buf_take(&text);
}

static void who_is_asked(void **state)
{
    static const struct {
        const char *about, *config, *key, *want;
    } cases[] = {
        {"nothing", "", NULL, "ollama llamacpp lmstudio vllm "},
        {"a key", "", "GROQ_API_KEY", "groq ollama llamacpp lmstudio vllm "},
        {"Google's other name", "", "GOOGLE_API_KEY", "gemini ollama llamacpp lmstudio vllm "},
        {"a key in a file", "[provider.xai]\nkey_file = /nowhere\n", NULL,
         "xai ollama llamacpp lmstudio vllm "},
        {"a server of one's own", "[provider.mine]\nurl = http://h/v1\n", NULL,
         "ollama llamacpp lmstudio vllm mine "},
        {"a section without an address", "[provider.mine]\nmodel = m\n", NULL,
         "ollama llamacpp lmstudio vllm "},
        {"a key that is for another address", "[provider.groq]\nurl = http://h/v1\n",
         "GROQ_API_KEY", "groq ollama llamacpp lmstudio vllm "},
        {"azure has no address by itself", "", "AZURE_OPENAI_API_KEY",
         "ollama llamacpp lmstudio vllm "},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct settings *settings = settings_of(cases[i].config);
        struct models *models = models_new(settings, NULL);
        struct error error;
        if (cases[i].key)
            setenv(cases[i].key, "sesame", 1);
        char *got = joined(models_meant(models, NULL, &error));
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("%s: %s", cases[i].about, got);
        free(got);
        if (cases[i].key)
            unsetenv(cases[i].key);
        models_free(models);
        settings_free(settings);
    }
}

static void an_unknown_provider_suggests_the_nearest(void **state)
{
    struct settings *settings = settings_of("[provider.office]\nurl = http://h/v1\n");
    struct models *models = models_new(settings, NULL);
    struct error error;
    (void)state;
    assert_null(models_meant(models, "olama", &error));
    assert_non_null(strstr(error.text, "did you mean ollama?"));
    assert_null(models_meant(models, "ofice", &error));
    assert_non_null(strstr(error.text, "did you mean office?"));
    assert_null(models_meant(models, "quux", &error));
    assert_non_null(strstr(error.text, "[provider.NAME]"));
    char *one = joined(models_meant(models, "office", &error));
    assert_string_equal(one, "office ");
    free(one);
    models_free(models);
    settings_free(settings);
}

/* ---- Side by side ---- */

static struct models_answer await_answer(struct models *models)
{
    struct models_answer answer;
    while (!models_next(models, &answer)) {
        struct pollfd wait = {.fd = models_fd(models), .events = POLLIN};
        assert_true(wait.fd >= 0);
        assert_int_equal(poll(&wait, 1, SERVER_PATIENCE_MS), 1);
    }
    return answer;
}

/* One that hangs keeps no other from being heard. */
static void answers_come_as_they_come(void **state)
{
    struct stage *stage = *state;
    struct error error;
    char *config = xasprintf("[provider.slow]\nurl = %s/slow\n[provider.quick]\nurl = %s\n"
                             "[provider.away]\nurl = http://127.0.0.1:1/v1\n",
                             stage->url, stage->url);
    struct settings *settings = settings_of(config);
    rn_io *io = rn_io_new();
    struct models *models = models_new(settings, io);
    SERVER_SCRIPT_FOR(stage->server, "/v1/slow", SERVE_STALL);
    SERVER_SCRIPT_FOR(stage->server, "/v1/models", SERVE_JSON(200, "{\"data\":[{\"id\":\"m\"}]}"));
    assert_int_equal(models_fd(models), -1);
    assert_int_equal(models_ask(models, "slow", &error), 0);
    assert_int_equal(models_ask(models, "slow", &error), 0); /* once is enough */
    assert_int_equal(models_ask(models, "quick", &error), 0);
    struct models_answer answer = await_answer(models);
    assert_string_equal(answer.provider, "quick");
    assert_string_equal(answer.error, "");
    assert_string_equal(answer.list->models[0].name, "m");
    assert_int_equal(models_ask(models, "away", &error), 0);
    answer = await_answer(models);
    assert_string_equal(answer.provider, "away");
    assert_non_null(strstr(answer.error, "cannot connect"));
    assert_int_equal(answer.list->count, 0);
    assert_true(models_busy(models)); /* with the slow one */
    assert_non_null(models_list(models, "quick"));
    assert_null(models_list(models, "slow"));
    models_free(models);
    rn_io_free(io);
    settings_free(settings);
    free(config);
}

/* Where the server cannot be reached, what it told an earlier run is there. */
static void an_earlier_list_is_better_than_none(void **state)
{
    struct stage *stage = *state;
    struct error error;
    struct settings *settings = settings_of("[provider.away]\nurl = http://127.0.0.1:1/v1\n");
    rn_io *io = rn_io_new();
    char *path = home_put(stage->home, "cache/runnel/models/away.list",
                          "runnel-models-1\t1700000000\thttp://127.0.0.1:1/v1\n" SMALL);
    struct models *models = models_new(settings, io);
    assert_int_equal(models_ask(models, "away", &error), 0);
    struct models_answer answer = await_answer(models);
    assert_non_null(strstr(answer.error, "cannot connect"));
    assert_string_equal(answer.list->models[0].name, "small");
    assert_int_equal(models_fd(models), -1);
    models_free(models);
    rn_io_free(io);
    settings_free(settings);
    free(path);
}

/* ---- The program ---- */

static void configure(struct stage *stage)
{
    char *config = xasprintf("[provider.one]\nurl = %s\n[provider.two]\nurl = %s/two\n"
                             "[provider.away]\nurl = http://127.0.0.1:1/v1\n"
                             "[provider.ollama]\nurl = http://127.0.0.1:1\n"
                             "[provider.llamacpp]\nurl = http://127.0.0.1:1/v1\n"
                             "[provider.lmstudio]\nurl = http://127.0.0.1:1/v1\n"
                             "[provider.vllm]\nurl = http://127.0.0.1:1/v1\n",
                             stage->url, stage->url);
    home_configure(stage->home, config);
    free(config);
    SERVER_SCRIPT_FOR(
        stage->server, "/v1/models",
        SERVE_JSON(200, "{\"data\":[{\"id\":\"b\"},{\"id\":\"a\",\"max_model_len\":4096}]}"));
    SERVER_SCRIPT_FOR(stage->server, "/v1/two",
                      SERVE_JSON(401, FAILS("invalid_api_key", "wrong key")));
}

static void the_program_lists_what_there_is(void **state)
{
    struct stage *stage = *state;
    configure(stage);
    struct subject *program = RUN(.args = ARGS("models"));
    assert_int_equal(program->status, 0);
    assert_string_equal(subject_out(program), "one:a  4k\none:b\n");
    assert_has(subject_err(program), "two: wrong key");
    assert_has(subject_err(program), "away: cannot connect to 127.0.0.1:1");
    subject_free(program);
}

static void one_is_listed_by_its_name(void **state)
{
    struct stage *stage = *state;
    configure(stage);
    struct subject *program = RUN(.args = ARGS("models", "one", "--json"));
    assert_int_equal(program->status, 0);
    assert_string_equal(subject_out(program),
                        "{\"provider\":\"one\",\"model\":\"b\"}\n"
                        "{\"provider\":\"one\",\"model\":\"a\",\"context\":4096}\n");
    assert_string_equal(subject_err(program), "");
    subject_free(program);
    program = RUN(.args = ARGS("models", "two"));
    assert_failed(program, 1, "two: wrong key");
    subject_free(program);
    program = RUN(.args = ARGS("models", "tow"));
    assert_failed(program, 2, "did you mean two?");
    subject_free(program);
    program = RUN(.args = ARGS("models", "groq"));
    assert_failed(program, 2, "groq wants a key: set GROQ_API_KEY");
    subject_free(program);
}

static void a_url_is_listed_by_itself(void **state)
{
    struct stage *stage = *state;
    configure(stage);
    struct subject *program = RUN(.args = ARGS("models", "--url", stage->url));
    assert_int_equal(program->status, 0);
    assert_string_equal(subject_out(program), "url:a  4k\nurl:b\n");
    assert_string_equal(subject_err(program), "");
    subject_free(program);
}

static void a_list_is_kept_for_when_the_server_is_away(void **state)
{
    struct stage *stage = *state;
    configure(stage);
    subject_free(RUN(.args = ARGS("models", "one")));
    struct buf kept = BUF_INIT;
    home_read(stage->home, &kept);
    assert_has(kept.data, "runnel-models-1\t");
    buf_clear(&kept);
    server_free(stage->server);
    stage->server = server_new(NULL);
    struct subject *program = RUN(.args = ARGS("models", "one"));
    assert_int_equal(program->status, 0);
    assert_string_equal(subject_out(program), "one:a  4k\none:b\n");
    assert_has(subject_err(program), "; this is its list of ");
    subject_free(program);
}

/* ---- OLLAMA_HOST ---- */

static void ollama_s_variable_is_read_as_ollama_reads_it(void **state)
{
    static const struct {
        const char *value, *want;
    } cases[] = {
        {"box", "http://box:11434"},
        {"box:80", "http://box:80"},
        {" \"box:80\" ", "http://box:80"},
        {":8080", "http://127.0.0.1:8080"},
        {"0.0.0.0", "http://127.0.0.1:11434"},
        {"0.0.0.0:9", "http://127.0.0.1:9"},
        {"http://box", "http://box"},
        {"http://box:80/", "http://box:80"},
        {"https://box.example/ollama", "https://box.example"},
        {"http://0.0.0.0:11434", "http://127.0.0.1:11434"},
        {"::1", "http://[::1]:11434"},
        {"[::1]:9", "http://[::1]:9"},
        {"[::]", "http://127.0.0.1:11434"},
        {"[::1", "http://[::1:11434"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *got = cli_ollama_url(cases[i].value);
        assert_string_equal(got, cases[i].want);
        free(got);
    }
}

/* An address of the environment, and the key beside it; the config's address counts more. */
static void addresses_of_the_environment(void **state)
{
    struct stage *stage = *state;
    char *base = xasprintf("OPENAI_BASE_URL=%s", stage->url);
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("Hello") STOPS));
    struct subject *program =
        RUN(.args = ARGS("-m", "openai:m", "Hi"), .env = ARGS(base, "OPENAI_API_KEY=sesame"));
    assert_string_equal(subject_out(program), "Hello\n");
    subject_free(program);
    char *key = server_request_header(server_request(stage->server, 0), "Authorization");
    assert_string_equal(key, "Bearer sesame");
    free(key);
    program = RUN(.args = ARGS("config"), .env = ARGS("OLLAMA_HOST=box"));
    assert_has(subject_out(program), "(OLLAMA_HOST)\nurl = http://box:11434\n");
    subject_free(program);
    home_configure(stage->home, "[provider.ollama]\nurl = http://mine:1\n");
    program = RUN(.args = ARGS("config"), .env = ARGS("OLLAMA_HOST=box"));
    assert_has(subject_out(program), "\nurl = http://mine:1\n");
    assert_has_not(subject_out(program), "box");
    subject_free(program);
    program = RUN(.args = ARGS("config"), .env = ARGS("OPENAI_BASE_URL=nonsense"));
    assert_failed(program, 2, "OPENAI_BASE_URL: ");
    subject_free(program);
    free(base);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, stage_set_up, stage_tear_down)
#define HOME(function) cmocka_unit_test_setup_teardown(function, home_set_up, home_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOME(a_list_is_written_and_read),
        HOME(what_is_no_list_is_none),
        HOME(a_name_that_has_no_place_in_the_file_is_left_out),
        HOME(the_file_is_the_users_alone),
        HOME(its_age_is_told),
        HOME(columns_are_as_wide_as_they_must_be),
        HOME(a_name_is_no_way_to_the_terminal),
        HOME(who_is_asked),
        HOME(an_unknown_provider_suggests_the_nearest),
        CASE(answers_come_as_they_come),
        CASE(an_earlier_list_is_better_than_none),
        CASE(the_program_lists_what_there_is),
        CASE(one_is_listed_by_its_name),
        CASE(a_url_is_listed_by_itself),
        CASE(a_list_is_kept_for_when_the_server_is_away),
        HOME(ollama_s_variable_is_read_as_ollama_reads_it),
        CASE(addresses_of_the_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
