/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The real program with attachments, a schema and --set: what the server gets, what the user is shown,
 * and what is refused before anything is sent.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "program/stage.h"

#define PNG "\x89PNG\r\n\x1a\n"

static char *put_bytes(const struct stage *stage, const char *name, const void *bytes, size_t len)
{
    char *path = home_path(stage->home, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    fclose(file);
    return path;
}

static void assert_sent(const struct stage *stage, unsigned i, const char *part)
{
    assert_has(server_request(stage->server, i)->body, part);
}

static void says(const struct stage *stage, const char *text)
{
    char *body = xasprintf(SAYS("%s") STOPS, text);
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(body));
    free(body);
}

/* ---- What is sent ---- */

static void files_go_with_the_prompt(void **state)
{
    struct stage *stage = *state;
    char *text = put_bytes(stage, "a b.c", "int x;\n", 7);
    char *image = put_bytes(stage, "\xe7\x8c\xab.png", PNG "x", 9);
    says(stage, "ok");
    struct subject *program = ASK(stage, "-a", text, "what", "is", "it", "--attach", image);
    assert_int_equal(program->status, 0);
    assert_string_equal(subject_out(program), "ok\n");
    assert_sent(stage, 0, "<file name=\\\"a b.c\\\">\\nint x;\\n</file>\\n\\nwhat is it");
    assert_sent(stage, 0, "data:image/png;base64,iVBORw0KGgp4");
    subject_free(program);
    free(text);
    free(image);
}

static void a_url_goes_as_it_is(void **state)
{
    struct stage *stage = *state;
    says(stage, "ok");
    struct subject *program = ASK(stage, "-a", "https://x.org/A.PNG?size=1", "what");
    assert_int_equal(program->status, 0);
    assert_sent(stage, 0, "\"https://x.org/A.PNG?size=1\"");
    subject_free(program);
}

static void an_image_in_stdin(void **state)
{
    struct stage *stage = *state;
    says(stage, "ok");
    struct subject *program = RUN(.args = ASKS(stage, "what"), .input = PNG);
    assert_int_equal(program->status, 0);
    assert_sent(stage, 0, "data:image/png;base64,iVBORw0KGgo=");
    subject_free(program);
}

static void stdin_need_not_be_utf8(void **state)
{
    struct stage *stage = *state;
    says(stage, "ok");
    struct subject *program = RUN(.args = ASKS(stage, "what"), .input = "caf\xe9 \x01");
    assert_int_equal(program->status, 0);
    assert_sent(stage, 0, "<file name=\\\"stdin\\\">\\ncaf\xef\xbf\xbd \\u0001\\n</file>");
    subject_free(program);
}

/* It is asked again with it, and a resumed session still has it. */
static void it_stays_in_the_conversation(void **state)
{
    struct stage *stage = *state;
    char *path = put_bytes(stage, "cat.png", PNG, 8);
    says(stage, "a cat");
    struct subject *first =
        RUN(.args = ASKS(stage, "--plain", "-a", path), .input = "what\n/retry\n");
    assert_int_equal(first->status, 0);
    assert_has(subject_out(first), "[cat.png, 8 bytes]");
    struct subject *next = ASK(stage, "-c", "and now?");
    assert_int_equal(next->status, 0);
    for (unsigned i = 0; i < 3; i++)
        assert_sent(stage, i, "data:image/png;base64,iVBORw0KGgo=");
    assert_sent(stage, 2, "and now?");
    struct subject *resumed = RUN(.args = ASKS(stage, "--plain", "-c"), .input = "");
    assert_has(subject_out(resumed), "> what\n[cat.png, 8 bytes]\n");
    struct subject *played = RUN(.args = ARGS("replay", "--text", "--instant"), .input = "");
    assert_has(subject_out(played), "> what\n> [cat.png, 8 bytes]\n");
    subject_free(first);
    subject_free(next);
    subject_free(resumed);
    subject_free(played);
    free(path);
}

static void typed_in_a_chat(void **state)
{
    struct stage *stage = *state;
    char *text = put_bytes(stage, "a b.txt", "hello", 5);
    char *saved = home_path(stage->home, "saved.md");
    char *input = xasprintf("/attach\n/attach '%s'\n/attach %s\n/attach -1\n/attach -2\n"
                            "/attach none\n/attach nowhere\n/attach %s\nread\n/attach\n/save %s\n",
                            text, text, text, saved);
    says(stage, "ok");
    struct subject *program = RUN(.args = ASKS(stage, "--plain"), .input = input);
    assert_int_equal(program->status, 0);
    assert_has(subject_out(program), "1. [a b.txt, 5 bytes]\n2. [a b.txt, 5 bytes]\n");
    assert_has(subject_out(program), "nothing is attached to the next prompt");
    assert_has(subject_err(program), "there is no number 2");
    assert_has(subject_err(program), "nowhere: cannot be opened: No such file");
    assert_sent(stage, 0, "<file name=\\\"a b.txt\\\">\\nhello\\n</file>\\n\\nread");
    assert_int_equal(server_request_count(stage->server), 1);
    struct subject *shown = RUN(.program = "/bin/cat", .args = ARGS(saved));
    assert_has(subject_out(shown),
               "## You\n\nread\n\n<details>\n<summary>a b.txt</summary>\n\n```\nhello\n```\n\n"
               "</details>\n\n## Answer\n\nok\n");
    subject_free(shown);
    subject_free(program);
    free(input);
    free(saved);
    free(text);
}

/* ---- What is refused ---- */

static void refused_before_anything_is_sent(void **state)
{
    static const struct {
        const char *name; /* in the home; or what is attached, as it stands */
        const char *bytes;
        size_t len;
        const char *says;
    } cases[] = {
        {"nowhere", NULL, 0, "nowhere: cannot be opened: No such file or directory"},
        {"folder", NULL, 0, "folder: is a folder: attach the files in it"},
        {"fifo", NULL, 0, "fifo: is a pipe or a device"},
        {"/dev/zero", NULL, 0, "zero: is a pipe or a device"},
        {"secret", "x", 1, "secret: cannot be opened: Permission denied"},
        {"empty", "", 0, "empty: it is empty"},
        {"zeros", "a\0b", 3, "zeros: it is neither text in UTF-8 nor an image"},
        {"latin", "caf\xe9", 4, "latin: it is neither text in UTF-8 nor an image"},
        {"liar.png",
         "\x7f"
         "ELF\2\1\1\0",
         8, "liar.png: it is neither text in UTF-8 nor an image"},
        {"ftp://x.org/a.png", NULL, 0, "only http and https ones can be attached"},
        {"file:///etc/passwd", NULL, 0, "only http and https ones can be attached"},
        {"https://x.org/a", NULL, 0, "its end does not say what it is"},
        {"https://x.org/a b.png", NULL, 0, "a URL holds no blank"},
        {"", NULL, 0, "cannot be opened"},
    };
    struct stage *stage = *state;
    char *folder = home_path(stage->home, "folder"), *fifo = home_path(stage->home, "fifo");
    assert_int_equal(mkdir(folder, 0700), 0);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *name = cases[i].name;
        bool is_secret = strcmp(name, "secret") == 0, as_it_stands = !*name || strchr(name, '/');
        char *path = cases[i].bytes ? put_bytes(stage, name, cases[i].bytes, cases[i].len)
                     : as_it_stands ? xstrdup(name)
                                    : home_path(stage->home, name);
        chmod(path, is_secret ? 0 : 0600);
        if (!is_secret || access(path, R_OK) < 0) { /* root may read all */
            struct subject *program = ASK(stage, "-a", path, "hi");
            assert_failed(program, 2, cases[i].says);
            subject_free(program);
        }
        free(path);
    }
    assert_int_equal(server_request_count(stage->server), 0);
    free(folder);
    free(fifo);
}

static void sizes_have_bounds(void **state)
{
    enum { MIB = 1024 * 1024 };
    struct stage *stage = *state;
    char *bytes = xcalloc(1, 20 * MIB + 1);
    memset(bytes, 'a', 20 * MIB + 1);
    char *text = put_bytes(stage, "long.txt", bytes, MIB + 1);
    memcpy(bytes, PNG, 8);
    char *large = put_bytes(stage, "large.png", bytes, 20 * MIB + 1);
    char *image = put_bytes(stage, "image.png", bytes, 17 * MIB);
    struct subject *program = ASK(stage, "-a", text, "hi");
    assert_failed(program, 2, "long.txt: a text of more than 1 MiB cannot be attached");
    subject_free(program);
    program = ASK(stage, "-a", large, "hi");
    assert_failed(program, 2, "large.png: a file of more than 20 MiB cannot be attached");
    subject_free(program);
    program = ASK(stage, "-a", image, "-a", image, "hi");
    assert_failed(program, 2, "more than 32 MiB would go with one prompt");
    subject_free(program);
    free(bytes);
    free(text);
    free(large);
    free(image);
}

/* Which providers can is said, by the codecs' own word. */
static void not_every_wire_takes_everything(void **state)
{
    struct stage *stage = *state;
    char *pdf = put_bytes(stage, "d.pdf", "%PDF-1.7\n", 9);
    home_configure(stage->home, "[provider.mine]\nwire = ollama\nurl = http://127.0.0.1:9\n");
    struct subject *program = RUN(.args = ARGS("-m", "mine:m", "-a", pdf, "hi"));
    assert_failed(program, 2, "d.pdf: this model's API has no form for a PDF");
    assert_has(subject_err(program), "anthropic");
    subject_free(program);
    program = RUN(.args = ARGS("-m", "mine:m", "-a", "https://x.org/a.png", "hi"));
    assert_failed(program, 2, "download it first");
    subject_free(program);
    free(pdf);
}

/* ---- A schema ---- */

#define SCHEMA                                                                              \
    "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{"        \
    "\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"}}}}},\"required\":[" \
    "\"items\"]}"

static void an_answer_is_held_against_the_schema(void **state)
{
    static const struct {
        const char *answer, *out;
        int status;
        const char *says; /* NULL: nothing */
    } cases[] = {
        {"{\\\"items\\\":[]}", "{\"items\":[]}\n", 0, NULL},
        {"{\\\"items\\\":[{\\\"name\\\":1}]}", "{\"items\":[{\"name\":1}]}\n", 3,
         "$.items[0].name: a string was expected, a number was given"},
        {"{}", "{}\n", 3, "$: \"items\" is missing"},
        {"Sorry", "Sorry\n", 3, "it is no JSON"},
        {"```json\\n{}\\n```", "```json\n{}\n```\n", 3, "the model wrapped it in ```"},
        {"{\\\"items\\\":", "{\"items\":\n", 3, "it ends too early"},
        {"", "", 3, "it is empty"},
    };
    struct stage *stage = *state;
    char *schema = home_put(stage->home, "schema.json", SCHEMA);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        says(stage, cases[i].answer);
        struct subject *program = ASK(stage, "--schema", schema, "hi");
        assert_int_equal(program->status, cases[i].status);
        assert_string_equal(subject_out(program), cases[i].out);
        if (cases[i].says)
            assert_has(subject_err(program), cases[i].says);
        else
            assert_string_equal(subject_err(program), "");
        assert_sent(stage, (unsigned)i, "\"required\":[\"items\"]");
        subject_free(program);
    }
    free(schema);
}

/* How it ended comes first: an answer that failed is not looked at. */
static void other_failures_keep_their_status(void **state)
{
    struct stage *stage = *state;
    char *schema = home_put(stage->home, "schema.json", SCHEMA);
    SERVER_SCRIPT(stage->server, SERVE_JSON(401, FAILS("invalid_api_key", "no")));
    struct subject *program = ASK(stage, "--schema", schema, "hi");
    assert_int_equal(program->status, 1);
    assert_has_not(subject_err(program), "schema");
    subject_free(program);
    free(schema);
}

static void a_schema_is_read_before_it_is_sent(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"{\n \"type\": \"object\",,\n}", "schema.json: line 2: "},
        {"[]", "schema.json: line 1: a schema is a JSON object, not an array"},
        {"{\"type\":\"text\"}", "schema.json: #/type: there is no such type"},
        {"", "schema.json: line 1: "},
    };
    struct stage *stage = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *schema = home_put(stage->home, "schema.json", cases[i].text);
        struct subject *program = ASK(stage, "--schema", schema, "hi");
        assert_failed(program, 2, cases[i].says);
        subject_free(program);
        free(schema);
    }
    struct subject *program = ASK(stage, "--schema", "/nowhere", "hi");
    assert_failed(program, 2, "--schema: /nowhere cannot be opened");
    subject_free(program);
    program = RUN(.args = ASKS(stage, "--plain", "--schema", "/dev/null"), .input = "");
    assert_failed(program, 2, "--schema is for one answer");
    subject_free(program);
    assert_int_equal(server_request_count(stage->server), 0);
}

/* ---- --set ---- */

static void values_of_the_request(void **state)
{
    struct stage *stage = *state;
    char *config = xasprintf("[provider.mine]\nurl = %s\n"
                             "extra = {\"options\":{\"a\":1,\"b\":2},\"c\":3}\n",
                             stage->url);
    home_configure(stage->home, config);
    says(stage, "ok");
    struct subject *program = RUN(.args = ARGS("-m", "mine:m", "--set", "options.b=9", "--set",
                                               "user=me", "--set", "stop=[\"\\n\"]", "hi"));
    assert_int_equal(program->status, 0);
    assert_sent(stage, 0, "\"options\":{\"a\":1,\"b\":9}");
    assert_sent(stage, 0, "\"c\":3");
    assert_sent(stage, 0, "\"user\":\"me\"");
    assert_sent(stage, 0, "\"stop\":[\"\\n\"]");
    subject_free(program);
    free(config);
}

static void texts_that_end_the_answer(void **state)
{
    struct stage *stage = *state;
    char *config = xasprintf("[provider.mine]\nurl = %s\nstop = END\n    the end\n"
                             "[model.own]\nprovider = mine\nmodel = m\nstop = halt\n",
                             stage->url);
    home_configure(stage->home, config);
    says(stage, "ok");
    struct subject *program = RUN(.args = ARGS("-m", "mine:m", "hi"));
    assert_sent(stage, 0, "\"stop\":[\"END\",\"the end\"]");
    subject_free(program);
    program = RUN(.args = ARGS("-m", "own", "hi"));
    assert_sent(stage, 1, "\"stop\":[\"halt\"]");
    subject_free(program);
    free(config);
}

static void wrong_values_of_the_request(void **state)
{
    static const char *const cases[] = {"a", "=1", "a..b=1", "\xff=1"};
    struct stage *stage = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct subject *program = ASK(stage, "--set", cases[i], "hi");
        assert_failed(program, 2, "--set: \"");
        subject_free(program);
    }
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, stage_set_up, stage_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(files_go_with_the_prompt),
        CASE(a_url_goes_as_it_is),
        CASE(an_image_in_stdin),
        CASE(stdin_need_not_be_utf8),
        CASE(it_stays_in_the_conversation),
        CASE(typed_in_a_chat),
        CASE(refused_before_anything_is_sent),
        CASE(sizes_have_bounds),
        CASE(not_every_wire_takes_everything),
        CASE(an_answer_is_held_against_the_schema),
        CASE(other_failures_keep_their_status),
        CASE(a_schema_is_read_before_it_is_sent),
        CASE(values_of_the_request),
        CASE(texts_that_end_the_answer),
        CASE(wrong_values_of_the_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
