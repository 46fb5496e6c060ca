/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is wrong with a command line or a config is said before anything is sent, with exit status 2; and
 * the commands that ask no model.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "program/subject.h"

/* ---- What cannot be understood ---- */

static void wrong_options_are_named(void **state)
{
    static const struct {
        const char *args[6], *says;
    } cases[] = {
        {{"--modle", "x"}, "there is no option --modle: did you mean --model?"},
        {{"--evnets"}, "there is no option --evnets: did you mean --events?"},
        {{"--frobnicate"}, "there is no option --frobnicate: runnel --help lists them"},
        {{"--modle=x"}, "there is no option --modle: did you mean --model?"},
        {{"-x"}, "there is no option -x"},
        {{"--model=a", "-xS"}, "there is no option -x"},
        {{"-Sx", "hi"}, "there is no option -x"},
        {{"-5"}, "a PROMPT that begins with a dash stands after --"},
        {{"--model"}, "--model wants a value"},
        {{"-m"}, "--model wants a value"},
        {{"-Sm"}, "--model wants a value"},
        {{"--events=yes", "hi"}, "--events takes no value"},
        {{"--speed", "2", "hi"}, "--speed goes with: runnel replay"},
        {{"decode", "--port", "1"}, "--port goes with: runnel serve-guide"},
        {{"replay", "--speed", "fast"}, "--speed takes a number from 0.01 to 1000, not \"fast\""},
        {{"replay", "--speed", "0"}, "--speed takes a number from 0.01 to 1000, not \"0\""},
        {{"replay", "--speed", "nan"}, "--speed takes a number"},
        {{"serve-guide", "--port", "99999"}, "--port takes a whole number from 0 to 65535"},
        {{"serve-guide", "--port", "80.5"}, "--port takes a whole number from 0 to 65535"},
        {{"serve-guide"}, "wants --port N"},
        {{"decode", "--status", "20", "x"}, "--status takes a whole number from 100 to 599"},
        {{"decode", "README.md"}, "Say --wire NAME (openai, "},
        {{"decode", "--wire", "morse", "x"}, "there is no wire \"morse\": it can be openai"},
        {{"replay", "one", "two"}, "runnel replay takes one word, and \"two\" is another"},
        {{"sessions", "drop"},
         "runnel sessions knows list, search, show, export, remove and path, not \"drop\""},
        {{"config", "edit"}, "runnel config knows path, not \"edit\""},
        {{"-c", "--name", "x", "hi"}, "--name names a new session"},
        {{"--key-env", "MINE", "hi"}, "--key-env goes with --url"},
        {{"--temperature", "hot", "-m", "guide", "hi"}, "temperature = \"hot\": must be a number"},
        {{"--max-tokens", "0", "-m", "guide", "hi"}, "max_tokens = \"0\""},
        {{"--reasoning", "deep", "-m", "guide", "hi"},
         "reasoning = \"deep\": must be none, minimal"},
        {{"--profile", "work", "hi"}, "there is no profile \"work\""},
        {{"-R", "pirate", "-m", "guide", "hi"}, "there is no [role.pirate] in the config"},
        {{"-m", "guide", "-s", "@/nowhere", "hi"}, "the system prompt: /nowhere cannot be opened"},
        {{"-m", "guide", "-r", "nosuch", "hi"}, "no session \"nosuch\""},
        {{"-m", "guide", "--record", "/nowhere/x", "hi"}, "/nowhere/x cannot be written"},
        {{"-m", "guide", "--log", "/nowhere/x", "hi"}, "/nowhere/x cannot be written"},
        {{"--config", "/nowhere/x", "hi"}, "cannot open /nowhere/x"},
        {{"-m", "guide", ""}, "nothing was asked"},
        {{"-m", "guide", " \n\t"}, "nothing was asked"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct subject *program = RUN(.args = cases[i].args);
        assert_failed(program, 2, cases[i].says);
        assert_string_equal(subject_out(program), "");
        assert_int_equal(strncmp(subject_err(program), "runnel: ", 8), 0);
        subject_free(program);
    }
}

static void wrong_models_are_named(void **state)
{
    static const struct {
        const char *model, *env[2], *says;
    } cases[] = {
        {NULL, {NULL}, "no model is chosen: say -m PROVIDER:MODEL"},
        {"olama:llama3.2", {NULL}, "there is no provider \"olama\": did you mean ollama:llama3.2?"},
        {"olama:llama3.2", {"OPENAI_API_KEY=sk-x"}, "there is no provider \"olama\""},
        {"llama3.2:1b", {NULL}, "which provider has the model \"llama3.2:1b\"?"},
        {"gpt-5", {NULL}, "Say -m PROVIDER:MODEL, for instance -m ollama:gpt-5"},
        {"ollama", {NULL}, "which model of ollama? Say -m ollama:MODEL"},
        {"ollama:", {NULL}, "which model of ollama? Say -m ollama:MODEL"},
        {"openai:gpt-5",
         {NULL},
         "openai wants a key: set OPENAI_API_KEY, or key_env, key_file or "
         "key_command in [provider.openai]"},
        {"openai:gpt-5", {"OPENAI_API_KEY="}, "openai wants a key: set OPENAI_API_KEY"},
        {"azure:gpt-5", {"AZURE_OPENAI_API_KEY=x"}, "azure needs the URL of your resource"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct subject *program =
            RUN(.args = ARGS("hi", cases[i].model ? "-m" : NULL, cases[i].model),
                .env = cases[i].env);
        assert_failed(program, 2, cases[i].says);
        subject_free(program);
    }
}

static void wrong_urls_are_named(void **state)
{
    static const char *const urls[] = {"localhost:8080",
                                       "ftp://x/v1",
                                       "http://",
                                       "http://a b/v1",
                                       "http://user:secret@host/v1",
                                       "-",
                                       "http://host:99999/v1"};
    (void)state;
    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        struct subject *program = RUN(.args = ARGS("--url", urls[i], "-m", "x", "hi"));
        assert_failed(program, 2, "must be http://HOST");
        assert_has_not(subject_err(program), "secret");
        subject_free(program);
    }
}

static void a_key_that_is_not_there_is_named(void **state)
{
    (void)state;
    struct subject *program =
        RUN(.args = ARGS("--url", "http://127.0.0.1:9/v1", "--key-env", "MINE", "hi"));
    assert_failed(program, 2, "MINE");
    subject_free(program);
}

static void a_key_does_not_go_over_plain_http(void **state)
{
    static const char *const env[] = {"MINE=sk-secret-1", NULL};
    (void)state;
    struct subject *program =
        RUN(.args = ARGS("--url", "http://llm.invalid/v1", "--key-env", "MINE", "hi"), .env = env);
    assert_failed(program, 2, "is not encrypted and on another machine");
    assert_has_not(subject_err(program), "sk-secret");
    subject_free(program);
}

static void a_wrong_config_is_told_with_its_line(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"[chat]\n\nmode = fast\n", "config.ini:3: mode = \"fast\": must be stream or invoke"},
        {"[chat]\nmodle = x\n",
         "config.ini:2: [chat] has no setting \"modle\" (did you mean \"model\"?)"},
        {"[chta]\n", "config.ini:1: "},
        {"[provider.mine]\nurl = nowhere\n", "config.ini:2: url"},
        {"[chat\n", "config.ini:1: "},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        home_configure(*state, cases[i].text);
        struct subject *program = RUN(.args = ARGS("-m", "guide", "hi"));
        assert_failed(program, 2, cases[i].says);
        subject_free(program);
    }
}

/* ---- Input ---- */

static void stdin_must_be_text(void **state)
{
    char *file = home_path(*state, "zeros");
    FILE *zeros = fopen(file, "w");
    assert_non_null(zeros);
    fwrite("a\0b", 1, 3, zeros);
    fclose(zeros);
    char *command = xasprintf("%s -m guide hi <%s 2>&1",
                              getenv("RUNNEL") ? getenv("RUNNEL") : "build/runnel", file);
    FILE *output = popen(command, "r");
    char line[256] = "";
    assert_non_null(output);
    assert_non_null(fgets(line, sizeof(line), output));
    assert_int_equal(WEXITSTATUS(pclose(output)), 2);
    assert_has(line, "stdin is no text: it holds NUL bytes");
    free(command);
    free(file);
}

/* ---- Help ---- */

static void help_and_version(void **state)
{
    (void)state;
    struct subject *help = RUN(.args = ARGS("--help"));
    assert_int_equal(help->status, 0);
    assert_string_equal(subject_err(help), "");
    static const char *const said[] = {
        "--model",   "--url",      "--key-env", "--system",      "--role",       "--stream",
        "--invoke",  "--continue", "--resume",  "--name",        "--no-save",    "--text",
        "--events",  "--json",     "--plain",   "--record",      "--log",        "--speed",
        "--max-gap", "--instant",  "--config",  "--profile",     "--version",    "--help",
        "--attach",  "--schema",   "--set",     "--temperature", "--max-tokens", "--reasoning",
        "replay",    "sessions",   "config",    "decode",        "serve-guide",  "Exit status"};
    for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
        assert_has(subject_out(help), said[i]);
    subject_free(help);
    struct subject *version = RUN(.args = ARGS("-V"));
    assert_string_equal(subject_out(version), "runnel " RN_VERSION "\n");
    subject_free(version);
}

static void no_line_of_help_is_too_wide(void **state)
{
    (void)state;
    struct subject *help = RUN(.args = ARGS("-h"));
    for (const char *line = subject_out(help); *line;) {
        size_t len = strcspn(line, "\n");
        assert_true(len <= 80);
        line += len + (line[len] == '\n');
    }
    subject_free(help);
}

static void a_full_disk_is_noticed_by_every_command(void **state)
{
    static const char *const commands[][4] = {
        {"--help"}, {"--version"}, {"config"}, {"config", "path"}, {"sessions", "path"}};
    (void)state;
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        struct subject *program = RUN(.args = commands[i], .out_path = "/dev/full");
        assert_failed(program, 1, "stdout cannot be written: No space left on device");
        subject_free(program);
    }
}

/* ---- config ---- */

static void config_tells_where_each_value_is_from(void **state)
{
    static const char *const env[] = {"RUNNEL_MODEL=ollama:small", NULL};
    home_configure(*state, "[chat]\nmode = invoke\nsystem = Be brief.\n"
                           "[provider.ollama]\nidle_timeout = 5\n"
                           "[profile.loud]\nchat.system = SHOUT.\n");
    struct subject *program =
        RUN(.args = ARGS("config", "--profile", "loud", "--no-save", "--temperature", "0.5"),
            .env = env);
    const char *out = subject_out(program);
    assert_int_equal(program->status, 0);
    assert_string_equal(subject_err(program), "");
    assert_has(out, "# the model that answers: ollama:small (from RUNNEL_MODEL)\n");
    assert_has(out, "(RUNNEL_MODEL)\nmodel = ollama:small\n");
    assert_has(out, "(config.ini:2)\nmode = invoke\n");
    assert_has(out, "(config.ini:7, profile loud)\nsystem = SHOUT.\n");
    assert_has(out, "(--no-save)\nsave = no\n");
    assert_has(out, "(config.ini:5)\nidle_timeout = 5\n");
    assert_has(out, "(--temperature)\ntemperature = 0.5\n");
    assert_has(out, "(default)\n#rate = 40\n");
    home_configure(*state, out); /* what it prints is a config file */
    struct subject *again = RUN(.args = ARGS("config"));
    assert_int_equal(again->status, 0);
    assert_has(subject_out(again), "system = SHOUT.\n");
    subject_free(again);
    subject_free(program);
}

static void config_path_is_told(void **state)
{
    char *want = xasprintf("%s/config/runnel/config.ini\n", (char *)*state);
    struct subject *program = RUN(.args = ARGS("config", "path"));
    assert_string_equal(subject_out(program), want);
    subject_free(program);
    program = RUN(.args = ARGS("config", "path", "--config", "other.ini"));
    assert_string_equal(subject_out(program), "other.ini\n");
    subject_free(program);
    free(want);
}

/* ---- decode ---- */

static void decode_prints_a_body_s_events(void **state)
{
    (void)state;
    struct subject *program =
        RUN(.args = ARGS("decode", "--wire", "openai", "tests/wire/openai-chat-text.http-body"));
    const char *out = subject_out(program);
    assert_int_equal(program->status, 0);
    assert_has(out, "{\"type\":\"ai\"");
    assert_has(out, "{\"type\":\"finish\"");
    size_t lines = 0;
    for (const char *c = out; *c; c++)
        lines += *c == '\n';
    assert_true(lines > 2);
    subject_free(program);
}

static void decode_reads_stdin(void **state)
{
    struct buf body = BUF_INIT;
    struct error error;
    (void)state;
    assert_int_equal(file_read("tests/wire/openai-chat-text.http-body", &body, 1 << 20, &error), 0);
    struct subject *from_file =
        RUN(.args = ARGS("decode", "--wire", "openai", "tests/wire/openai-chat-text.http-body"));
    struct subject *piped = RUN(.args = ARGS("decode", "--wire", "openai"), .input = body.data);
    assert_int_equal(piped->status, 0);
    assert_string_equal(subject_out(piped), subject_out(from_file));
    subject_free(piped);
    subject_free(from_file);
    buf_clear(&body);
}

static void decode_takes_a_status(void **state)
{
    (void)state;
    struct subject *program =
        RUN(.args = ARGS("decode", "--wire", "openai", "--status", "429"),
            .input = "{\"error\":{\"message\":\"slow down\",\"code\":\"rate_limit_exceeded\"}}");
    assert_int_equal(program->status, 0);
    assert_has(subject_out(program), "\"code\":\"http\"");
    assert_has(subject_out(program), "\"http\":429");
    subject_free(program);
}

static void decode_needs_a_file_that_is_there(void **state)
{
    (void)state;
    struct subject *program = RUN(.args = ARGS("decode", "--wire", "openai", "/nowhere"));
    assert_failed(program, 1, "/nowhere cannot be opened: No such file or directory");
    subject_free(program);
}

/* ---- sessions ---- */

static void no_sessions_is_said(void **state)
{
    (void)state;
    struct subject *program = RUN(.args = ARGS("sessions"));
    assert_int_equal(program->status, 0);
    assert_string_equal(subject_out(program), "");
    assert_has(subject_err(program), "no sessions are in ");
    subject_free(program);
}

static void sessions_path_is_told(void **state)
{
    char *want = xasprintf("%s/data/runnel/sessions\n", (char *)*state);
    struct subject *program = RUN(.args = ARGS("sessions", "path"));
    assert_string_equal(subject_out(program), want);
    subject_free(program);
    home_configure(*state, "[chat]\nsessions = /some/where\n");
    program = RUN(.args = ARGS("sessions", "path"));
    assert_string_equal(subject_out(program), "/some/where\n");
    subject_free(program);
    free(want);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, home_set_up, home_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(wrong_options_are_named),
        CASE(wrong_models_are_named),
        CASE(wrong_urls_are_named),
        CASE(a_key_that_is_not_there_is_named),
        CASE(a_key_does_not_go_over_plain_http),
        CASE(a_wrong_config_is_told_with_its_line),
        CASE(stdin_must_be_text),
        CASE(help_and_version),
        CASE(no_line_of_help_is_too_wide),
        CASE(a_full_disk_is_noticed_by_every_command),
        CASE(config_tells_where_each_value_is_from),
        CASE(config_path_is_told),
        CASE(decode_prints_a_body_s_events),
        CASE(decode_reads_stdin),
        CASE(decode_takes_a_status),
        CASE(decode_needs_a_file_that_is_there),
        CASE(no_sessions_is_said),
        CASE(sessions_path_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
