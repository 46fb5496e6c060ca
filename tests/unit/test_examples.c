/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The programs of docs/examples against the fake server; docs/library.md, which quotes them; and what
 * the libraries show to whoever links them.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "program/stage.h"

static const char *built(const char *name)
{
    static char path[4096];
    const char *folder = getenv("B");
    snprintf(path, sizeof(path), "%s/%s", folder ? folder : "build", name);
    return path;
}

#define EXAMPLE(name, ...) .program = built("examples/" name), .args = ARGS(__VA_ARGS__)

static void assert_went(struct subject *program, const char *out)
{
    assert_string_equal(subject_out(program), out);
    assert_string_equal(subject_err(program), "");
    assert_int_equal(program->status, 0);
    subject_free(program);
}

/* ---- The programs ---- */

static void stream(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("one ")), SERVE_WAIT,
                  SERVE(SAYS("two") STOPS));
    struct subject *program = START(EXAMPLE("stream", stage->url, "test", "Hello world"));
    subject_await(program, "one ", 0);
    server_go(stage->server);
    subject_finish(program);
    assert_went(program, "one two\n");
    assert_has(server_request(stage->server, 0)->body, "\"Hello world\"");
}

static void stream_fails(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("half")), SERVE_CLOSE);
    struct subject *program = RUN(EXAMPLE("stream", stage->url, "test", "Hello world"));
    assert_string_equal(subject_out(program), "half\n");
    assert_int_equal(program->status, 1);
    subject_free(program);
}

static void collect(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("one ") SAYS("two") STOPS));
    SERVER_SCRIPT(stage->server, SERVE_JSON(200, WHOLE("one two")));
    assert_went(RUN(EXAMPLE("collect", stage->url, "test", "Hello world")),
                "streamed: one two (ok)\ninvoked: one two (ok)\n2 tokens\n");
    assert_has(server_request(stage->server, 1)->body, "\"stream\":false");
}

static void poll_stops_at_a_line(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("one ")), SERVE_STALL);
    struct subject *program =
        START(EXAMPLE("poll", stage->url, "test", "Hello"), .keeps_stdin_open = true);
    subject_await(program, "one ", 0);
    subject_write(program, "stop\n");
    subject_finish(program);
    assert_string_equal(subject_out(program), "one \n[cancelled]\n");
    assert_int_equal(program->status, 0);
    assert_true(server_saw_close(stage->server, 0));
    subject_free(program);
}

static void poll_without_input(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("one ") SAYS("two") STOPS));
    assert_went(RUN(EXAMPLE("poll", stage->url, "test", "Hello")), "one two\n[stop]\n");
}

static void conversation(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("Tea.") STOPS));
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("Green.") STOPS));
    assert_went(
        RUN(EXAMPLE("conversation", stage->url, "test"), .input = "Tea or coffee?\nWhich?\n"),
        "Tea.\nGreen.\n");
    const char *body = server_request(stage->server, 1)->body;
    assert_has(body, "Answer in one sentence.");
    assert_has(body, "Tea or coffee?");
    assert_has(body, "\"Tea.\"");
    assert_has(body, "Which?");
}

static void attach(void **state)
{
    struct stage *stage = *state;
    char *cat = home_put(stage->home, "cat.gif", "GIF89a..."), *none = home_path(stage->home, "no");
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("a cat") STOPS));
    assert_went(RUN(EXAMPLE("attach", stage->url, "test", cat, "What is it?")), "a cat\n");
    assert_has(server_request(stage->server, 0)->body, "data:image/gif;base64,R0lGODlhLi4u");
    struct subject *program = RUN(EXAMPLE("attach", stage->url, "test", none, "What is it?"));
    assert_int_equal(program->status, 1);
    assert_has(subject_err(program), "cannot be sent: nothing was read");
    subject_free(program);
    free(cat);
    free(none);
}

static void events(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(
        stage->server, SERVE_STREAM,
        SERVE(DELTA("\"delta\":{\"reasoning_content\":\"Hm.\"}") SAYS("one") ENDS("length")));
    assert_went(RUN(EXAMPLE("events", stage->url, "test", "Hello")),
                "start: test\nthinking: Hm.\npiece 1: one\nfinish: length, partial\n");
}

static void record(void **state)
{
    struct stage *stage = *state;
    char *path = home_path(stage->home, "run.jsonl");
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("one ") SAYS("two") STOPS));
    assert_went(RUN(EXAMPLE("record", stage->url, "test", "Hello", path)),
                "live:  one two\nagain: one two\n");
    assert_int_equal(server_request_count(stage->server), 1);
    struct subject *program = RUN(.args = ARGS("replay", path, "--instant"));
    assert_went(program, "> Hello\n\none two\n\n");
    free(path);
}

static void decode(void **state)
{
    (void)state;
    struct subject *program =
        RUN(EXAMPLE("decode", "openai"), .input = SAYS("one ") SAYS("two") STOPS);
    assert_has(subject_out(program), "\"content\":\"one \"");
    assert_has(subject_out(program), "\"reason\":\"stop\"");
    assert_int_equal(program->status, 0);
    subject_free(program);
}

static void models(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT_FOR(
        stage->server, "/v1/models",
        SERVE_JSON(200, "{\"data\":[{\"id\":\"small\"},{\"id\":\"large\",\"context_length\":8192,"
                        "\"supported_parameters\":[\"tools\"],"
                        "\"pricing\":{\"prompt\":\"0.0000015\",\"completion\":\"0.000002\"}}]}"));
    assert_went(RUN(EXAMPLE("models", stage->url)),
                "small\n"
                "large, 8192 tokens, calls tools, $1.5 a million tokens in, $2 out\n");
}

static void models_that_are_denied(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_JSON(401, FAILS("invalid_api_key", "wrong key")));
    struct subject *program = RUN(EXAMPLE("models", stage->url));
    assert_string_equal(subject_out(program), "");
    assert_string_equal(subject_err(program), "http: wrong key\n");
    assert_int_equal(program->status, 1);
    subject_free(program);
}

/* ---- The page that quotes them ---- */

/* Without blank lines, and without the blanks at a line's ends. */
static char *squeezed(const char *text, size_t len)
{
    struct buf out = BUF_INIT;
    for (const char *end = text + len, *line = text; line < end;) {
        const char *next = memchr(line, '\n', (size_t)(end - line));
        size_t length = (size_t)((next ? next : end) - line);
        const char *first = line;
        for (; length > 0 && *first == ' '; first++)
            length--;
        if (length > 0) {
            buf_add(&out, first, length);
            buf_addc(&out, '\n');
        }
        line = next ? next + 1 : end;
    }
    return buf_take(&out);
}

static void add_file(struct buf *all, const char *path)
{
    struct buf text = BUF_INIT;
    struct error error;
    assert_int_equal(file_read(path, &text, 1 << 20, &error), 0);
    char *lines = squeezed(text.data, text.len);
    buf_adds(all, lines);
    free(lines);
    buf_clear(&text);
}

static void add_examples(struct buf *all)
{
    DIR *dir = opendir("docs/examples");
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        size_t len = strlen(entry->d_name);
        char *path = xasprintf("docs/examples/%s", entry->d_name);
        if (len > 2 && strcmp(entry->d_name + len - 2, ".c") == 0)
            add_file(all, path);
        free(path);
    }
    closedir(dir);
}

static void the_page_quotes_programs_that_exist(void **state)
{
    static const char fence[] = "```c\n";
    struct buf page = BUF_INIT, examples = BUF_INIT;
    struct error error;
    unsigned count = 0;
    (void)state;
    assert_int_equal(file_read("docs/library.md", &page, 1 << 20, &error), 0);
    add_examples(&examples);
    for (const char *block = page.data; (block = strstr(block, fence)); count++) {
        block += strlen(fence);
        char *quote = squeezed(block, (size_t)(strstr(block, "```") - block));
        assert_has(examples.data, quote);
        free(quote);
    }
    assert_true(count >= 10);
    buf_clear(&examples);
    buf_clear(&page);
}

/* ---- What the libraries show ---- */

static void assert_shows_rn_only(const char *options, const char *library)
{
    char *command = xasprintf("nm %s --defined-only --extern-only %s", options, built(library)),
         line[512];
    FILE *names = popen(command, "r");
    unsigned count = 0;
    assert_non_null(names);
    while (fgets(line, sizeof(line), names)) {
        const char *name = strrchr(line, ' ');
        if (!name)
            continue; /* a blank line, or the member's name */
        if (strncmp(name, " rn_", 4) != 0) {
            print_error("%s shows%s", library, name);
            fail();
        }
        count++;
    }
    assert_int_equal(pclose(names), 0);
    assert_true(count > 40);
    free(command);
}

static void the_libraries_show_rn_names_only(void **state)
{
    (void)state;
    assert_shows_rn_only("-D", "librunnel.so");
    assert_shows_rn_only("", "librunnel.a");
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, stage_set_up, stage_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(stream),
        CASE(stream_fails),
        CASE(collect),
        CASE(poll_stops_at_a_line),
        CASE(poll_without_input),
        CASE(conversation),
        CASE(attach),
        CASE(events),
        CASE(record),
        CASE(decode),
        CASE(models),
        CASE(models_that_are_denied),
        CASE(the_page_quotes_programs_that_exist),
        CASE(the_libraries_show_rn_names_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
