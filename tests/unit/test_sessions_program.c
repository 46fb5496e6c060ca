/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * runnel sessions and runnel completion, as a user has them.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/mem.h"
#include "html_form.h"
#include "program/subject.h"

#define ONE "20260131-142530-one"
#define TWO "20260131-142530-two"

static const char first[] =
    "{\"type\":\"session\",\"v\":1,\"id\":\"" ONE "\",\"name\":\"geography\"}\n"
    "{\"type\":\"start\",\"run\":\"r\",\"model\":\"small\",\"input\":[{\"role\":\"user\","
    "\"content\":\"The capital of France?\"}]}\n"
    "{\"type\":\"message\",\"run\":\"r\",\"role\":\"assistant\",\"content\":\"It is **Paris**.\","
    "\"model\":\"small\"}\n";
static const char second[] =
    "{\"type\":\"start\",\"run\":\"r\",\"model\":\"large\",\"input\":[{\"role\":\"user\","
    "\"content\":\"Red\\u001b[31m?\"}]}\n"
    "{\"type\":\"message\",\"run\":\"r\",\"role\":\"assistant\",\"content\":\"No \\u001b[0m.\"}\n";

static char *put(const char *home, const char *id, const char *text)
{
    char *name = xasprintf("data/runnel/sessions/%s.jsonl", id);
    char *path = home_put(home, name, text);
    free(name);
    return path;
}

static int set_up(void **state)
{
    if (home_set_up(state) < 0)
        return -1;
    free(put(*state, ONE, first));
    free(put(*state, TWO, second));
    return 0;
}

static bool is_there(const char *home, const char *id)
{
    char *name = xasprintf("data/runnel/sessions/%s.jsonl", id);
    char *path = home_path(home, name);
    bool there = access(path, F_OK) == 0;
    free(path);
    free(name);
    return there;
}

/* ---- The list ---- */

static void the_list_is_a_table(void **state)
{
    (void)state;
    struct subject *program = RUN(.args = ARGS("sessions", "list"));
    assert_int_equal(program->status, 0);
    assert_has(subject_out(program), ONE "  ");
    assert_has(subject_out(program), "  small  geography: The capital of France?\n");
    assert_has(subject_out(program), "  large  Red");
    assert_null(strchr(subject_out(program), '\033'));
    subject_free(program);
}

/* The title matters most; the id can be typed. */
static void the_list_fits_a_terminal(void **state)
{
    (void)state;
    static const struct {
        int columns;
        const char *has, *lacks;
    } cases[] = {
        {100, " bytes  small  geography: The capital of France?", "~"},
        {72, ONE "  now  small  geography: The capital of France?", "bytes"},
        {60, ONE "  now  geography: The capital of Fran", "small"},
        {40, ONE "  geography: The", "now"},
        {20, "20260131-142530-one", "small"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct subject *program =
            RUN(.args = ARGS("sessions"), .columns = cases[i].columns, .rows = 10);
        assert_has(subject_out(program), cases[i].has);
        assert_has_not(subject_out(program), cases[i].lacks);
        subject_free(program);
    }
}

static void the_list_as_json(void **state)
{
    (void)state;
    struct subject *program = RUN(.args = ARGS("sessions", "list", "--json"));
    json_t *list = json_loads(subject_out(program), 0, NULL);
    assert_int_equal(json_array_size(list), 2);
    bool has_name = false;
    for (size_t i = 0; i < 2; i++) {
        const json_t *name = json_object_get(json_array_get(list, i), "name");
        has_name |= json_is_string(name) && strcmp(json_string_value(name), "geography") == 0;
    }
    assert_true(has_name);
    json_decref(list);
    subject_free(program);
}

/* ---- Searching ---- */

static void a_search_finds_lines(void **state)
{
    (void)state;
    struct subject *program = RUN(.args = ARGS("sessions", "search", "is", "**paris"));
    assert_int_equal(program->status, 0);
    assert_string_equal(subject_out(program), ONE "  assistant  It is **Paris**.\n");
    subject_free(program);
}

static void a_search_marks_what_it_finds(void **state)
{
    (void)state;
    struct subject *program =
        RUN(.args = ARGS("sessions", "search", "paris"), .columns = 80, .rows = 10);
    assert_has(subject_out(program), "It is **\033[1;4mParis\033[m**.");
    subject_free(program);
    program = RUN(.args = ARGS("sessions", "search", "[31m"), .columns = 80, .rows = 10);
    assert_has(subject_out(program), "Red␛\033[1;4m[31m\033[m?");
    subject_free(program);
}

static void a_search_as_json(void **state)
{
    (void)state;
    struct subject *program = RUN(.args = ARGS("sessions", "search", "Paris", "--json"));
    assert_has(subject_out(program), "{\"id\":\"" ONE "\",\"role\":\"assistant\",\"line\":"
                                     "\"It is **Paris**.\",\"start\":8,\"end\":13,");
    subject_free(program);
}

static void a_search_that_finds_nothing_fails(void **state)
{
    (void)state;
    struct subject *program = RUN(.args = ARGS("sessions", "search", "London"));
    assert_string_equal(subject_out(program), "");
    assert_failed(program, 1, "no session has \"London\" in it");
    subject_free(program);
    program = RUN(.args = ARGS("sessions", "search"));
    assert_failed(program, 2, "it is: runnel sessions search TEXT");
    subject_free(program);
}

/* ---- Showing, exporting ---- */

static void a_session_is_shown(void **state)
{
    (void)state;
    struct subject *program = RUN(.args = ARGS("sessions", "show", "geography"));
    assert_int_equal(program->status, 0);
    assert_has(subject_out(program), "geography\n");
    assert_has(subject_out(program), "> The capital of France?\n\nIt is **Paris**.\n");
    subject_free(program);
}

/* From a pipe and from a file: it is read from its end all the same. */
static void a_session_from_stdin(void **state)
{
    char *path = put(*state, ONE, first);
    char *redirected = xasprintf("exec \"$RUNNEL\" sessions show - <'%s'", path);
    char *substituted = xasprintf("exec \"$RUNNEL\" sessions show <(cat '%s')", path);
    struct subject *programs[] = {
        RUN(.args = ARGS("sessions", "show", "-"), .input = first),
        RUN(.program = "/bin/bash", .args = ARGS("-c", redirected)),
        RUN(.program = "/bin/bash", .args = ARGS("-c", substituted)),
        RUN(.args = ARGS("sessions", "export", "-", "--format", "text"), .input = first),
    };
    for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
        assert_int_equal(programs[i]->status, 0);
        assert_string_equal(subject_out(programs[i]),
                            "geography\n\n> The capital of France?\n\nIt is **Paris**.\n");
        subject_free(programs[i]);
    }
    free(substituted);
    free(redirected);
    free(path);
}

static void stdin_that_holds_no_session(void **state)
{
    (void)state;
    static const char *const inputs[] = {"", "\n", "hello\n", "{\"a\":1}\n", "{\"type\":"};
    for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
        struct subject *program = RUN(.args = ARGS("sessions", "export", "-"), .input = inputs[i]);
        assert_failed(program, 1, "stdin holds no session");
        assert_string_equal(subject_out(program), "");
        subject_free(program);
    }
}

/* The file's bytes are for files and pipes. */
static void a_terminal_gets_no_escape(void **state)
{
    (void)state;
    struct subject *piped = RUN(.args = ARGS("sessions", "show", TWO));
    assert_has(subject_out(piped), "No \033[0m.");
    struct subject *shown = RUN(.args = ARGS("sessions", "show", TWO), .columns = 80, .rows = 20);
    assert_has(subject_out(shown), "No ␛[0m.");
    assert_null(strchr(subject_out(shown), '\033'));
    subject_free(shown);
    subject_free(piped);
}

static void the_format_is_said_or_seen(void **state)
{
    char *html = home_path(*state, "a.html"), *json = home_path(*state, "a.json");
    struct subject *program = RUN(.args = ARGS("sessions", "export", ONE, "-o", html));
    assert_int_equal(program->status, 0);
    subject_free(program);
    program = RUN(.args = ARGS("sessions", "export", ONE, "--format", "md", "-o", json));
    assert_int_equal(program->status, 0);
    subject_free(program);
    struct subject *page = RUN(.program = "/bin/cat", .args = ARGS(html));
    assert_has(subject_out(page), "<strong>Paris</strong>");
    assert_null(html_trouble(subject_out(page)));
    struct subject *text = RUN(.program = "/bin/cat", .args = ARGS(json));
    assert_has(subject_out(text), "# geography\n\nsmall · ");
    subject_free(text);
    subject_free(page);
    free(json);
    free(html);
}

static void no_file_is_written_over(void **state)
{
    char *path = home_put(*state, "there.md", "mine");
    struct subject *program = RUN(.args = ARGS("sessions", "export", ONE, "-o", path));
    assert_failed(program, 1, "is there already, and is not written over");
    subject_free(program);
    program = RUN(.program = "/bin/cat", .args = ARGS(path));
    assert_string_equal(subject_out(program), "mine");
    subject_free(program);
    free(path);
}

static void what_cannot_be(void **state)
{
    (void)state;
    static const struct {
        const char *args[6], *says;
    } cases[] = {
        {{"sessions", "export", ONE, "--format", "doc"}, "a format is md, html, json or text"},
        {{"sessions", "export", ONE, TWO}, "it is: runnel sessions export [SESSION]"},
        {{"sessions", "show", "nothing"}, "no session \"nothing\""},
        {{"sessions", "remove"}, "it is: runnel sessions remove SESSION..."},
        {{"sessions", "remove", ONE}, "nobody can be asked here: --yes removes without"},
        {{"sessions", "remove", "-", "--yes"}, "\"-\" is stdin, and here it has to be a file"},
        {{"-m", "guide", "-r", "-", "hello"}, "\"-\" is stdin, and here it has to be a file"},
        {{"-m", "replay:-", "hello"}, "\"-\" is stdin, and here it has to be a file"},
        {{"sessions", "path", "x"}, "it is: runnel sessions path"},
        {{"-o", "x", "hello"}, "--output goes with: runnel sessions"},
        {{"completion"}, "it is: runnel completion bash, zsh or fish"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct subject *program = RUN(.args = cases[i].args);
        assert_failed(program, 2, cases[i].says);
        subject_free(program);
    }
}

static void a_chat_is_written_down_and_called(void **state)
{
    char *path = home_path(*state, "talk.html");
    char *input = xasprintf("/title x\nhello\n/title\n/title A title\n/export %s\n", path);
    struct subject *program = RUN(.args = ARGS("--plain", "-m", "guide"), .input = input);
    assert_int_equal(program->status, 0);
    assert_has(subject_err(program), "nothing has been said yet");
    assert_has(subject_err(program), "what is it to be called? /title NAME");
    assert_has(subject_out(program), "the session is called \"A title\" in lists");
    assert_has(subject_out(program), "the conversation is in ");
    struct subject *page = RUN(.program = "/bin/cat", .args = ARGS(path));
    assert_has(subject_out(page), "<title>A title</title>");
    struct subject *list = RUN(.args = ARGS("sessions"));
    assert_has(subject_out(list), "  guide  A title: hello\n");
    subject_free(list);
    subject_free(page);
    subject_free(program);
    free(input);
    free(path);
}

/* ---- Removing ---- */

static void what_is_removed_is_gone(void **state)
{
    struct subject *program = RUN(.args = ARGS("sessions", "remove", "geography", TWO, "--yes"));
    assert_int_equal(program->status, 0);
    assert_false(is_there(*state, ONE));
    assert_false(is_there(*state, TWO));
    struct buf all = BUF_INIT;
    home_read(*state, &all);
    assert_has_not(buf_str(&all), "capital");
    buf_clear(&all);
    subject_free(program);
}

static void all_are_known_before_one_is_removed(void **state)
{
    struct subject *program = RUN(.args = ARGS("sessions", "remove", ONE, "nothing", "--yes"));
    assert_failed(program, 2, "no session \"nothing\"");
    assert_true(is_there(*state, ONE));
    subject_free(program);
}

static void a_session_that_is_written_is_kept(void **state)
{
    char *path = put(*state, ONE, first);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
    struct subject *program = RUN(.args = ARGS("sessions", "remove", ONE, "--yes"));
    assert_failed(program, 1, "is open in another runnel, and is kept");
    assert_true(is_there(*state, ONE));
    close(fd);
    subject_free(program);
    free(path);
}

static void removing_is_asked_about(void **state)
{
    static const struct {
        const char *answer;
        bool is_kept;
    } cases[] = {{"\r", true}, {"n\r", true}, {"\004", true}, {"y\r", false}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct subject *program =
            START(.args = ARGS("sessions", "remove", ONE), .columns = 80, .rows = 10);
        size_t at = subject_await(program, "geography", 0);
        subject_await(program, "Remove it for good? [y/N] ", at);
        subject_write(program, cases[i].answer);
        subject_finish(program);
        assert_int_equal(program->status, cases[i].is_kept ? 1 : 0);
        assert_int_equal(is_there(*state, ONE), cases[i].is_kept);
        subject_free(program);
    }
}

/* ---- Completion ---- */

static void shells_are_told_of_options_and_sessions(void **state)
{
    (void)state;
    static const char *const shells[] = {"bash", "zsh", "fish"};
    for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
        struct subject *program = RUN(.args = ARGS("completion", shells[i]));
        assert_int_equal(program->status, 0);
        assert_has(subject_out(program), "reasoning");
        assert_has(subject_out(program), "list search show export remove path");
        assert_has(subject_out(program), "md html json text");
        assert_has_not(subject_out(program), "listen-fd");
        subject_free(program);
    }
    struct subject *sessions = RUN(.args = ARGS("completion", "sessions"));
    assert_has(subject_out(sessions), ONE "\tgeography\n");
    struct subject *models = RUN(.args = ARGS("completion", "models"));
    assert_has(subject_out(models), "guide\n");
    assert_has(subject_out(models), "ollama:");
    subject_free(models);
    subject_free(sessions);
}

/* What bash would offer. */
static char *offered(const char *script, const char *line)
{
    char *input = xasprintf("%s\ncompopt() { :; }\nCOMP_LINE='%s'\nCOMP_POINT=%zu\n_runnel\n"
                            "echo \"${COMPREPLY[*]}\"\n",
                            script, line, strlen(line));
    struct subject *bash = RUN(.program = "/bin/bash", .args = ARGS("--norc"), .input = input);
    char *words = xstrdup(subject_out(bash));
    assert_string_equal(subject_err(bash), "");
    subject_free(bash);
    free(input);
    return words;
}

static void bash_completes(void **state)
{
    (void)state;
    static const struct {
        const char *line, *want;
    } cases[] = {
        {"runnel sess", "sessions\n"},
        {"runnel sessions ex", "export\n"},
        {"runnel sessions export --form", "--format\n"},
        {"runnel sessions export --format h", "html\n"},
        {"runnel --reasoning x", "xhigh\n"},
        {"runnel replay --inst", "--instant\n"},
        {"runnel tools --inst", "\n"},
        {"runnel --attach ", "\n"},
        {"runnel a prompt ", "\n"},
    };
    struct subject *program = RUN(.args = ARGS("completion", "bash"));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *words = offered(subject_out(program), cases[i].line);
        assert_string_equal(words, cases[i].want);
        free(words);
    }
    subject_free(program);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, home_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_list_is_a_table),
        CASE(the_list_fits_a_terminal),
        CASE(the_list_as_json),
        CASE(a_search_finds_lines),
        CASE(a_search_marks_what_it_finds),
        CASE(a_search_as_json),
        CASE(a_search_that_finds_nothing_fails),
        CASE(a_session_is_shown),
        CASE(a_session_from_stdin),
        CASE(stdin_that_holds_no_session),
        CASE(a_terminal_gets_no_escape),
        CASE(the_format_is_said_or_seen),
        CASE(no_file_is_written_over),
        CASE(what_cannot_be),
        CASE(a_chat_is_written_down_and_called),
        CASE(what_is_removed_is_gone),
        CASE(all_are_known_before_one_is_removed),
        CASE(a_session_that_is_written_is_kept),
        CASE(removing_is_asked_about),
        CASE(shells_are_told_of_options_and_sessions),
        CASE(bash_completes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
