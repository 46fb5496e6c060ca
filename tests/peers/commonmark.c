/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The examples of the CommonMark specification through the Markdown engine: however a text is cut,
 * and however often it is looked at while it comes, its rows are those of the whole.
 * usage: commonmark EXAMPLES.json     ([{"markdown": TEXT, ...}, ...])
 */
#include <jansson.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "markdown_fixture.h"

static const int widths[] = {80, 20};

/* A piece is looked at as soon as it is there, as the screen does. */
static void feed(struct markdown *markdown, const char *text, size_t len, int width)
{
    markdown_add(markdown, text, len);
    markdown_update(markdown, width);
}

static bool is_same(struct markdown *markdown, int width, const struct buf *want)
{
    struct buf rows = BUF_INIT;
    markdown_end(markdown);
    markdown_update(markdown, width);
    add_rows(&rows, markdown, true);
    bool same = rows.len == want->len && memcmp(buf_str(&rows), want->data, rows.len) == 0;
    if (!same)
        printf("---- got\n%s\n---- want\n%s\n", buf_str(&rows), want->data);
    buf_clear(&rows);
    markdown_free(markdown);
    return same;
}

static bool is_same_by_bytes(const char *text, size_t len, int width, const struct buf *want)
{
    struct markdown *markdown = markdown_new();
    for (size_t i = 0; i < len; i++)
        feed(markdown, text + i, 1, width);
    return is_same(markdown, width, want);
}

static bool is_same_cut(const char *text, size_t len, size_t cut, int width, const struct buf *want)
{
    struct markdown *markdown = markdown_new();
    feed(markdown, text, cut, width);
    feed(markdown, text + cut, len - cut, width);
    return is_same(markdown, width, want);
}

static bool is_same_resized(const char *text, size_t len, int width, const struct buf *want)
{
    struct markdown *markdown = markdown_new();
    for (size_t i = 0; i < len; i++)
        feed(markdown, text + i, 1, 5 + (int)(i % 90));
    return is_same(markdown, width, want);
}

static bool try_example(const char *text, size_t len, int width)
{
    struct markdown *whole = markdown_of(text, len, width);
    struct buf want = BUF_INIT;
    add_rows(&want, whole, true);
    buf_str(&want);
    markdown_free(whole);
    bool passed = is_same_by_bytes(text, len, width, &want);
    passed = passed && is_same_resized(text, len, width, &want);
    for (size_t cut = 0; passed && cut <= len; cut++)
        passed = is_same_cut(text, len, cut, width, &want);
    buf_clear(&want);
    return passed;
}

int main(int argc, char **argv)
{
    json_error_t error;
    json_t *examples = json_load_file(argc > 1 ? argv[1] : "", JSON_ALLOW_NUL, &error);
    size_t at, passed = 0, failed = 0;
    json_t *example;
    setlocale(LC_ALL, "C.UTF-8");
    if (!examples) {
        fprintf(stderr, "commonmark: %s\n", error.text);
        return 2;
    }
    json_array_foreach (examples, at, example) {
        const json_t *text = json_object_get(example, "markdown");
        bool ok = true;
        for (size_t i = 0; ok && i < sizeof(widths) / sizeof(*widths); i++)
            ok = try_example(json_string_value(text), json_string_length(text), widths[i]);
        passed += ok;
        failed += !ok;
        if (!ok)
            printf("FAILED example %zu:\n%s\n", at + 1, json_string_value(text));
    }
    printf("commonmark: %zu passed, %zu failed\n", passed, failed);
    json_decref(examples);
    return failed > 0 || passed == 0;
}
