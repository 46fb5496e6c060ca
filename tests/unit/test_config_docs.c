/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * config.example.ini and docs/configuration.md hold every setting there is, as it is, and no other.
 */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "config/ini.h"
#include "config/schema.h"
#include "config/settings.h"

static char *read_text(const char *path)
{
    struct buf text = BUF_INIT;
    FILE *file = fopen(path, "re");
    if (!file)
        fail_msg("%s cannot be opened", path);
    for (int c; (c = getc(file)) != EOF;)
        buf_addc(&text, (char)c);
    fclose(file);
    return buf_take(&text);
}

static char *printed(const struct settings *settings)
{
    struct buf out = BUF_INIT;
    settings_print(settings, &out);
    return buf_take(&out);
}

/* ---- The example ---- */

/* In the example a "#" right before a letter, or before the blanks of a line that goes on with a value,
 * makes a comment of a setting; before one blank it begins a comment for people. */
static bool is_setting(const char *line)
{
    return line[0] == '#' && (islower((unsigned char)line[1]) || strncmp(line + 1, "    ", 4) == 0);
}

/* The example from its first section on, with every setting in force. */
static char *uncommented(void)
{
    struct buf out = BUF_INIT;
    char *text = read_text("config.example.ini"), *line = strstr(text, "\n[");
    assert_non_null(line);
    for (size_t len; *line; line += len) {
        len = strcspn(line, "\n") + 1;
        size_t skip = is_setting(line) ? 1 : 0;
        buf_add(&out, line + skip, len - skip);
    }
    free(text);
    return buf_take(&out);
}

static void test_example_changes_nothing(void **state)
{
    (void)state;
    struct settings *none = settings_new(), *example = settings_new();
    struct error error = ERROR_INIT;
    if (settings_load(example, "config.example.ini", true, &error) < 0)
        fail_msg("%s", error.text);
    char *a = printed(none), *b = printed(example);
    assert_string_equal(a, b);
    free(a);
    free(b);
    settings_free(none);
    settings_free(example);
}

/* Each setting that has a default is shown with it, where it is not in a profile. */
static int check_entry(const struct ini_entry *entry, void *user, struct error *error)
{
    const struct setting **seen = user;
    if (!entry->key)
        return 0;
    const struct setting *row = schema_find(entry->section, entry->key);
    if (!row)
        return schema_explain(entry->section, entry->key, error);
    if (strncmp(entry->section, "profile.", 8) == 0)
        return 0;
    while (*seen && *seen != row)
        seen++;
    *seen = row;
    if (row->fallback && strcmp(row->fallback, entry->value) != 0)
        return error_set(error, RN_ECONFIG, "%s = %s is not the default, %s", row->key,
                         entry->value, row->fallback);
    return 0;
}

static void test_example_holds_every_setting(void **state)
{
    (void)state;
    enum { ROWS_MAX = 200 };
    const struct setting *seen[ROWS_MAX] = {NULL};
    struct error error = ERROR_INIT;
    char *text = uncommented();
    if (ini_parse("config.example.ini", text, strlen(text), check_entry, seen, &error) < 0)
        fail_msg("%s", error.text);
    for (const struct setting *row = schema; row->section; row++) {
        const struct setting **at = seen;
        while (*at && *at != row)
            at++;
        if (!*at)
            fail_msg("the example lacks [%s] %s", row->section, row->key);
    }
    free(text);
}

static void test_example_loads_with_every_setting(void **state)
{
    (void)state;
    char path[] = "/tmp/test_config_docs.XXXXXX", *text = uncommented();
    int fd = mkstemp(path);
    struct settings *settings = settings_new();
    struct error error = ERROR_INIT;
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    int result = settings_load(settings, path, true, &error);
    unlink(path);
    if (result < 0)
        fail_msg("%s", error.text);
    assert_string_equal(settings_get(settings, "chat", "system"),
                        "You are a careful assistant.\n"
                        "Answer briefly, and say so when you do not know.");
    assert_int_equal(settings_profile(settings, "demo", &error), 0);
    assert_int_equal(settings_number(settings, "guide", "rate"), 15);
    free(text);
    settings_free(settings);
}

/* ---- The page ---- */

static void add_row(const struct setting *row, struct buf *out)
{
    buf_addf(out, "| `%s` | %s | ", row->key, row->help);
    kind_wants(row, out);
    if (row->fallback)
        buf_addf(out, " | `%s` |\n", row->fallback);
    else
        buf_adds(out, " | |\n");
}

/* What follows the introduction of "All settings", to the end of the page. */
static void test_page_holds_every_setting(void **state)
{
    (void)state;
    struct buf want = BUF_INIT;
    const char *last = "";
    for (const struct setting *row = schema; row->section; row++) {
        if (strcmp(last, row->section) != 0)
            buf_addf(&want,
                     "%s### [%s]\n\n"
                     "| setting | what it is | takes | default |\n|---|---|---|---|\n",
                     *last ? "\n" : "", row->section);
        last = row->section;
        add_row(row, &want);
    }
    char *page = read_text("docs/configuration.md"), *tables = strstr(page, "### [");
    if (!tables || strcmp(tables, want.data) != 0)
        fail_msg("docs/configuration.md is to end with:\n%s", want.data);
    free(page);
    buf_clear(&want);
}

static void add_provider(const rn_provider *provider, struct buf *out)
{
    buf_addf(out, "| `%s` | ", provider->name);
    buf_addf(out, *provider->url ? "`%s` |" : "none: set `url` |", provider->url);
    buf_addf(out, *provider->key_env ? " `%s` |\n" : " |\n", provider->key_env);
}

static void test_page_holds_every_provider(void **state)
{
    (void)state;
    struct buf want = BUF_INIT;
    buf_adds(&want, "\n| provider | address | key |\n|---|---|---|\n");
    for (const rn_provider *provider = rn_providers(); provider->name; provider++)
        add_provider(provider, &want);
    buf_addc(&want, '\n');
    char *page = read_text("docs/configuration.md");
    if (!strstr(page, want.data))
        fail_msg("docs/configuration.md is to hold:\n%s", want.data);
    free(page);
    buf_clear(&want);
}

/* Each example of the page, by the heading that it stands under, is a file that loads. */
static void check_block(const char *block)
{
    char path[] = "/tmp/test_config_docs.XXXXXX";
    int fd = mkstemp(path);
    struct settings *settings = settings_new();
    struct error error = ERROR_INIT;
    assert_int_equal(write(fd, block, strlen(block)), strlen(block));
    close(fd);
    int result = settings_load(settings, path, true, &error);
    unlink(path);
    settings_free(settings);
    if (result < 0)
        fail_msg("%s\n%s", error.text, block);
}

/* Blocks of lines that are indented by four blanks, and begin with a section or a comment. */
static void test_examples_of_page_load(void **state)
{
    (void)state;
    unsigned count = 0;
    struct buf block = BUF_INIT;
    char *page = read_text("docs/configuration.md");
    for (char *line = page; *line;) {
        size_t len = strcspn(line, "\n") + 1;
        bool is_code = strncmp(line, "    ", 4) == 0;
        if (is_code || (block.len > 0 && len == 1))
            buf_add(&block, line + (is_code ? 4 : 0), len - (is_code ? 4 : 0));
        line += len;
        if (block.len > 0 && ((!is_code && len > 1) || !*line)) {
            bool is_ini = block.data[0] == '[' || block.data[0] == '#';
            if (is_ini)
                check_block(block.data);
            count += is_ini;
            buf_reset(&block);
        }
    }
    assert_true(count >= 10);
    free(page);
    buf_clear(&block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_example_changes_nothing),
        cmocka_unit_test(test_example_holds_every_setting),
        cmocka_unit_test(test_example_loads_with_every_setting),
        cmocka_unit_test(test_page_holds_every_setting),
        cmocka_unit_test(test_page_holds_every_provider),
        cmocka_unit_test(test_examples_of_page_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
