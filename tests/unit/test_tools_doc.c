/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * docs/tools.md and docs/examples/tools: what the page quotes is in the files, what it lists is all there
 * is, and each example does what the page says of a tool.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "config/schema.h"
#include "config/settings.h"
#include "tools/tools.h"

static char *text_of(const char *path)
{
    struct buf text = BUF_INIT;
    struct error error = ERROR_INIT;
    if (file_read(path, &text, 1 << 20, &error) < 0)
        fail_msg("%s", error.text);
    return buf_take(&text);
}

static void write_text(const char *path, const char *text, mode_t mode)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

/* ---- The page ---- */

/* The block of this language, without its fences; the only one there may be. */
static char *block_of(const char *page, const char *language)
{
    char *fence = xasprintf("\n```%s\n", language);
    const char *begin = strstr(page, fence);
    assert_non_null(begin);
    begin += strlen(fence);
    assert_null(strstr(begin, fence));
    char *block = xstrndup(begin, (size_t)(strstr(begin, "```") - begin));
    free(fence);
    return block;
}

static void the_page_quotes_the_examples(void **state)
{
    (void)state;
    static const char *const quotes[][2] = {
        {"sh", "docs/examples/tools/weather.sh"},
        {"python", "docs/examples/tools/words.py"},
        {"c", "docs/examples/tools/primes.c"},
    };
    char *page = text_of("docs/tools.md");
    for (size_t i = 0; i < sizeof(quotes) / sizeof(quotes[0]); i++) {
        char *block = block_of(page, quotes[i][0]), *file = text_of(quotes[i][1]);
        if (!strstr(file, block))
            fail_msg("%s does not hold:\n%s", quotes[i][1], block);
        free(block);
        free(file);
    }
    free(page);
}

static void assert_row(const char *page, const char *name, const char *word)
{
    char *begin = xasprintf("\n| `%s` |", name);
    const char *row = strstr(page, begin);
    if (!row)
        fail_msg("%s has no row", name);
    char *line = xstrndup(row + 1, strcspn(row + 1, "\n"));
    if (!strstr(line, word))
        fail_msg("\"%s\" is not in: %s", word, line);
    free(line);
    free(begin);
}

static void the_page_names_every_tool_and_setting(void **state)
{
    (void)state;
    char *page = text_of("docs/tools.md");
    for (const struct builtin *tool = builtins; tool->name; tool++) {
        bool is_free = tool->access == TOOL_PURE || tool->access == TOOL_READS;
        assert_row(page, tool->name, is_free ? "| yes" : "| asks");
    }
    size_t settings = 0;
    for (const struct setting *setting = schema; setting->section; setting++) {
        if (!strcmp(setting->section, "tool.NAME")) {
            assert_row(page, setting->key, setting->fallback ? setting->fallback : "|");
            settings++;
        }
    }
    assert_int_equal(settings, 6);
    free(page);
}

static void the_page_s_sections_can_be_used(void **state)
{
    (void)state;
    static const char *const names[] = {"weather", "words", "primes"};
    char *page = text_of("docs/tools.md"), *block = block_of(page, "ini");
    char path[] = "/tmp/runnel-tools-XXXXXX";
    struct error error = ERROR_INIT;
    struct settings *settings = settings_new();
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    write_text(path, block, 0600);
    if (settings_load(settings, path, true, &error) < 0)
        fail_msg("%s", error.text);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char *section = xasprintf("tool.%s", names[i]);
        assert_non_null(settings_get(settings, section, "description"));
        assert_non_null(settings_get(settings, section, "schema"));
        assert_non_null(strstr(settings_get(settings, section, "command"), names[i]));
        free(section);
    }
    assert_string_equal(settings_get(settings, "tool.primes", "policy"), "allow");
    settings_free(settings);
    unlink(path);
    free(block);
    free(page);
}

/* ---- The examples ---- */

struct ran {
    char *result, *progress; /* standard output, standard error */
    int status;
};

static char *all_of(FILE *file)
{
    struct buf text = BUF_INIT;
    rewind(file);
    for (int c; (c = getc(file)) != EOF;)
        buf_addc(&text, (char)c);
    fclose(file);
    buf_reserve(&text, 1);
    text.data[text.len] = '\0';
    return buf_take(&text);
}

static struct ran run(const char *program, const char *args)
{
    FILE *files[3];
    for (int i = 0; i < 3; i++)
        assert_non_null(files[i] = tmpfile());
    fputs(args, files[0]);
    rewind(files[0]);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        for (int i = 0; i < 3; i++)
            dup2(fileno(files[i]), i);
        execl(program, program, (char *)NULL);
        _exit(127);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    fclose(files[0]);
    return (struct ran){all_of(files[1]), all_of(files[2]), WEXITSTATUS(status)};
}

static void assert_runs(const char *program, const char *args, int status, const char *result,
                        const char *progress)
{
    struct ran ran = run(program, args);
    if (ran.status != status || !strstr(ran.result, result) || !strstr(ran.progress, progress) ||
        (!*result && *ran.result))
        fail_msg("%s %s: status %d, result \"%s\", progress \"%s\"", program, args, ran.status,
                 ran.result, ran.progress);
    free(ran.result);
    free(ran.progress);
}

/* Is there such a program? */
static bool can_run(const char *name)
{
    char *command = xasprintf("command -v %s >/dev/null 2>&1", name);
    bool can = system(command) == 0;
    free(command);
    return can;
}

/* A folder of our own for what a test makes. */
static int make_folder(void **state)
{
    char *folder = xstrdup("/tmp/runnel-tools-XXXXXX");
    assert_non_null(mkdtemp(folder));
    *state = folder;
    return 0;
}

static int remove_folder(void **state)
{
    char *command = xasprintf("rm -rf '%s'", (char *)*state);
    int result = system(command);
    free(command);
    free(*state);
    return result;
}

/* In place of curl stands a script that knows one city, so that no network is needed. */
static void weather_in_shell(void **state)
{
    static const char tool[] = "docs/examples/tools/weather.sh";
    const char *folder = *state;
    char *curl = xasprintf("%s/curl", folder), *before = xstrdup(getenv("PATH"));
    char *path = xasprintf("%s:%s", folder, before);
    write_text(curl,
               "#!/bin/sh\n"
               "for url; do :; done\n"
               "[ \"$url\" = 'https://wttr.in/New+York?format=3' ] && echo 'New York: +24 C'\n",
               0700);
    setenv("PATH", path, 1);
    assert_runs(tool, "{\"city\":\"New York\"}", 0, "New York: +24 C\n", "asking wttr.in\n");
    assert_runs(tool, "{\"days\": 1, \"city\" : \"New York\"}\n", 0, "+24 C", "asking wttr.in\n");
    assert_runs(tool, "{\"city\":\"Nowhere\"}", 1, "no answer for this city", "asking wttr.in\n");
    assert_runs(tool, "{\"city\":\"../etc?x\"}", 1, "Say which city", "");
    assert_runs(tool, "{}", 1, "Say which city: {\"city\": \"Paris\"}\n", "");
    setenv("PATH", before, 1);
    free(before);
    free(path);
    free(curl);
}

static void words_in_python(void **state)
{
    static const char tool[] = "docs/examples/tools/words.py";
    if (!can_run("python3")) {
        print_message("words.py needs python3\n");
        skip();
    }
    const char *folder = *state;
    char *text = xasprintf("%s/text", folder), *args = xasprintf("{\"path\":\"%s\"}", text);
    char *most = xasprintf("{\"path\":\"%s\",\"most\":1}", text);
    write_text(text, "To be, or not to be: to b.\n", 0600);
    assert_runs(tool, args, 0, "3 to\n2 be\n1 or\n1 not\n1 b\n", "counting in 27 characters\n");
    assert_runs(tool, most, 0, "3 to\n", "counting");
    assert_runs(tool, "{\"path\":\"/no/such/file\"}", 1, "", "this file cannot be read: ");
    assert_runs(tool, "{}", 1, "", "this file cannot be read: 'path'\n");
    free(most);
    free(args);
    free(text);
}

static void primes_in_c(void **state)
{
    const char *folder = *state, *compiler = getenv("CC") ? getenv("CC") : "cc";
    if (!can_run(compiler)) {
        print_message("primes.c needs a C compiler\n");
        skip();
    }
    char *tool = xasprintf("%s/primes", folder);
    char *build = xasprintf("%s -std=c11 -O2 -Wall -Wextra -Wpedantic -Werror -o %s "
                            "docs/examples/tools/primes.c",
                            compiler, tool);
    assert_int_equal(system(build), 0);
    assert_runs(tool, "{\"number\":91}", 0, "7\n13\n", "found 7\nfound 13\n");
    assert_runs(tool, "{ \"number\" : 600851475143 }", 0, "71\n839\n1471\n6857\n", "found 6857\n");
    assert_runs(tool, "{\"number\":2}", 0, "2\n", "found 2\n");
    assert_runs(tool, "{\"number\":1}", 1, "Say which number", "");
    assert_runs(tool, "{\"number\":-5}", 1, "Say which number", "");
    assert_runs(tool, "{\"number\":\"x\"}", 1, "Say which number", "");
    assert_runs(tool, "", 1, "Say which number", "");
    free(build);
    free(tool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_quotes_the_examples),
        cmocka_unit_test(the_page_names_every_tool_and_setting),
        cmocka_unit_test(the_page_s_sections_can_be_used),
        cmocka_unit_test_setup_teardown(weather_in_shell, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(words_in_python, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(primes_in_c, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
