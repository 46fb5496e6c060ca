/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "config/secret.h"
#include "config/settings.h"

static char folder[] = "/tmp/test_secret.XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static char *write_file(const char *bytes, size_t len, mode_t mode)
{
    char *path = xasprintf("%s/key", folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_int_equal(write(fd, bytes, len), len);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
    return path;
}

/* The key, or the error; without the folder's name. */
static char *outcome(char *key, const struct error *error)
{
    if (key)
        return key;
    struct buf text = BUF_INIT;
    for (const char *at = error->text, *hit; *at; at = hit) {
        hit = strstr(at, folder);
        size_t len = hit ? (size_t)(hit - at) : strlen(at);
        buf_add(&text, at, len);
        hit = hit ? hit + strlen(folder) + 1 : at + len;
    }
    return buf_take(&text);
}

static void check(const char *about, char *got, const char *want)
{
    if (strcmp(got, want) != 0)
        fail_msg("%s: got %s, want %s", about, got, want);
    free(got);
}

/* ---- The text of a key ---- */

#define S(s) s, sizeof(s) - 1

static const struct {
    const char *about, *bytes;
    size_t len;
    const char *want;
} texts[] = {
    {"a key", S("sk-1"), "sk-1"},
    {"a newline after it", S("sk-1\n"), "sk-1"},
    {"CR LF after it", S("sk-1\r\n"), "sk-1"},
    {"blanks around it", S(" \t\n sk-1 \n\n"), "sk-1"},
    {"all that is printable", S("!~\"\\:"), "!~\"\\:"},
    {"nothing", S(""), "there is no key in it"},
    {"only blanks", S(" \r\n\t"), "there is no key in it"},
    {"two lines", S("sk-1\nsk-2\n"), "more than one word is there, where only the key should be"},
    {"a header in it", S("a\r\nX: y"), "more than one word is there, where only the key should be"},
    {"two words", S("Bearer sk-1"), "more than one word is there, where only the key should be"},
    {"a NUL", S("sk\0-1"), "the key holds a character that no key can have"},
    {"a NUL at the end", S("sk-1\0"), "the key holds a character that no key can have"},
    {"an escape", S("sk\x1B[m"), "the key holds a character that no key can have"},
    {"DEL", S("sk\x7F"), "the key holds a character that no key can have"},
    {"beyond ASCII", S("sk\xC3\xA4"), "the key holds a character that no key can have"},
};

static void test_texts_of_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct error error = ERROR_INIT;
        char *path = write_file(texts[i].bytes, texts[i].len, 0600);
        char *key = secret_from_file(path, &error);
        char *want = key ? xstrdup(texts[i].want) : xasprintf("key: %s", texts[i].want);
        check(texts[i].about, outcome(key, &error), want);
        free(want);
        unlink(path);
        free(path);
    }
}

static void test_texts_of_commands(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct error error = ERROR_INIT;
        char *path = write_file(texts[i].bytes, texts[i].len, 0600);
        char *command = xasprintf("cat %s", path);
        check(texts[i].about, outcome(secret_from_command(command, 60000, &error), &error),
              texts[i].want);
        free(command);
        unlink(path);
        free(path);
    }
}

/* ---- Variables ---- */

static void check_variable(const char *value, const char *want)
{
    struct error error = ERROR_INIT;
    if (value)
        setenv("TEST_SECRET", value, 1);
    check(want, outcome(secret_from_variable("TEST_SECRET", &error), &error), want);
    unsetenv("TEST_SECRET");
}

static void test_variables(void **state)
{
    (void)state;
    check_variable("sk-1", "sk-1");
    check_variable("sk-1\n", "sk-1");
    check_variable(NULL, "the variable TEST_SECRET is not set");
    check_variable("", "the variable TEST_SECRET is empty");
    check_variable(" ", "the variable TEST_SECRET: there is no key in it");
    check_variable("a b",
                   "the variable TEST_SECRET: more than one word is there, where only the key "
                   "should be");
}

/* ---- Files ---- */

static void test_modes_of_files(void **state)
{
    (void)state;
    static const char *const refusal = "key is open to other users; run: chmod 600 key";
    static const struct {
        mode_t mode;
        bool is_right;
    } modes[] = {{0600, true},  {0400, true},  {0640, false}, {0604, false},
                 {0620, false}, {0601, false}, {0644, false}};
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        struct error error = ERROR_INIT;
        char *path = write_file("sk-1", 4, modes[i].mode);
        check("mode", outcome(secret_from_file(path, &error), &error),
              modes[i].is_right ? "sk-1" : refusal);
        unlink(path);
        free(path);
    }
}

static void check_path(const char *path, const char *want)
{
    struct error error = ERROR_INIT;
    check(path, outcome(secret_from_file(path, &error), &error), want);
}

static void test_what_is_no_file(void **state)
{
    (void)state;
    char *path = xasprintf("%s/key", folder);
    check_path(path, "cannot open key: No such file or directory");
    assert_int_equal(mkfifo(path, 0600), 0);
    check_path(path, "key is not a regular file");
    unlink(path);
    assert_int_equal(mkdir(path, 0700), 0);
    check_path(path, "key is not a regular file");
    rmdir(path);
    free(path);
    check_path("/dev/null", "/dev/null is not a regular file");
}

static void test_size_of_files(void **state)
{
    (void)state;
    char *bytes = xcalloc(SECRET_MAX + 1, 1);
    memset(bytes, 'k', SECRET_MAX + 1);
    char *path = write_file(bytes, SECRET_MAX, 0600);
    bytes[SECRET_MAX] = '\0';
    check_path(path, bytes);
    bytes[SECRET_MAX] = 'k';
    free(path);
    path = write_file(bytes, SECRET_MAX + 1, 0600);
    check_path(path, "key: it is too long for a key");
    unlink(path);
    free(path);
    free(bytes);
}

/* ---- Commands ---- */

static void test_commands(void **state)
{
    (void)state;
    static const struct {
        const char *command, *want;
    } commands[] = {
        {"echo sk-1", "sk-1"},
        {"printf sk; printf -- -1", "sk-1"},
        {"(exit 3)", "it ended with status 3"},
        {"echo sk-1; exit 1", "it ended with status 1"},
        {"kill -TERM $$", "it was ended by signal 15 (Terminated)"},
        {"read -r line && echo $line || echo empty", "empty"},
        {"head -c 70000 /dev/zero", "it printed too much for a key"},
        {"head -c 65537 /dev/zero", "it printed too much for a key"},
        {"head -c 65536 /dev/zero | tr '\\0' ' '; exit 0", "there is no key in it"},
        {"exec >&-; exit 0", "there is no key in it"},
    };
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        struct error error = ERROR_INIT;
        check(commands[i].command,
              outcome(secret_from_command(commands[i].command, 60000, &error), &error),
              commands[i].want);
    }
}

static void test_slow_commands_are_ended(void **state)
{
    (void)state;
    static const char *const commands[] = {"sleep 10", "exec sleep 10", "exec >&-; exec sleep 10",
                                           "trap '' TERM; exec sleep 10"};
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        struct error error = ERROR_INIT;
        check(commands[i], outcome(secret_from_command(commands[i], 20, &error), &error),
              "it took too long");
    }
}

/* The shell sees no descriptor but the usual three, not even one that is to be inherited. */
static void test_commands_inherit_no_descriptor(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    int high = fcntl(STDERR_FILENO, F_DUPFD, 7), low = dup(STDERR_FILENO);
    check("descriptors",
          outcome(secret_from_command("for fd in 3 4 5 6 7 8 9; do "
                                      "(: >&$fd) 2>/dev/null && printf $fd; done; echo none",
                                      60000, &error),
                  &error),
          "none");
    close(high);
    close(low);
}

/* With stdin closed, the pipe's ends get the numbers of the standard descriptors. */
static void test_commands_with_stdin_closed(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    int saved = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 10);
    close(STDIN_FILENO);
    char *key = secret_from_command("cat; echo sk-1", 60000, &error);
    if (saved >= 0) {
        dup2(saved, STDIN_FILENO);
        close(saved);
    }
    check("stdin closed", outcome(key, &error), "sk-1");
}

/* A program that ignores SIGPIPE, as ours may, does not make its commands do so. */
static void test_commands_have_usual_signals(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    sigset_t all, old;
    sigfillset(&all);
    signal(SIGPIPE, SIG_IGN);
    sigprocmask(SIG_BLOCK, &all, &old);
    char *key = secret_from_command("(kill -PIPE $$; echo ignored)", 60000, &error);
    sigprocmask(SIG_SETMASK, &old, NULL);
    signal(SIGPIPE, SIG_DFL);
    check("SIGPIPE", outcome(key, &error), "it was ended by signal 13 (Broken pipe)");
}

/* ---- The key of a provider ---- */

static void set(struct settings *settings, enum settings_rank rank, const char *key,
                const char *value, const char *origin)
{
    struct error error = ERROR_INIT;
    if (settings_set(settings, rank, "provider.p", key, value, origin, &error) < 0)
        fail_msg("%s", error.text);
}

static void check_key(const struct settings *settings, const char *want)
{
    struct error error = ERROR_INIT;
    check("provider.p", outcome(settings_key(settings, "provider.p", &error), &error), want);
}

static void test_no_key_is_no_error(void **state)
{
    (void)state;
    struct settings *settings = settings_new();
    struct error error = ERROR_INIT;
    assert_null(settings_key(settings, "provider.p", &error));
    assert_int_equal(error.code, RN_OK);
    settings_free(settings);
}

static void test_each_way_to_a_key(void **state)
{
    (void)state;
    struct settings *settings = settings_new();
    set(settings, SETTINGS_FILE, "key_command", "echo sk-command", "c.ini:1");
    check_key(settings, "sk-command");
    set(settings, SETTINGS_FILE, "key_command", "exit 2", "c.ini:1");
    check_key(settings, "c.ini:1: [provider.p] key_command: it ended with status 2");
    settings_free(settings);

    settings = settings_new();
    char *path = write_file("sk-file\n", 8, 0600);
    set(settings, SETTINGS_FILE, "key_file", path, "c.ini:2");
    check_key(settings, "sk-file");
    unlink(path);
    check_key(settings,
              "c.ini:2: [provider.p] key_file: cannot open key: No such file or directory");
    free(path);
    settings_free(settings);

    settings = settings_new();
    setenv("TEST_SECRET", "sk-env", 1);
    set(settings, SETTINGS_FILE, "key_env", "TEST_SECRET", "c.ini:3");
    check_key(settings, "sk-env");
    unsetenv("TEST_SECRET");
    check_key(settings, "c.ini:3: [provider.p] key_env: the variable TEST_SECRET is not set");
    settings_free(settings);
}

static void test_one_way_of_a_rank(void **state)
{
    (void)state;
    struct settings *settings = settings_new();
    set(settings, SETTINGS_FILE, "key_env", "TEST_SECRET", "c.ini:3");
    set(settings, SETTINGS_FILE, "key_command", "echo sk-command", "c.ini:4");
    check_key(settings, "c.ini:4: [provider.p] has key_env already (c.ini:3): keep one of them");
    set(settings, SETTINGS_OPTION, "key_command", "echo sk-option", "--set");
    check_key(settings, "sk-option");
    settings_free(settings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts_of_files),
        cmocka_unit_test(test_texts_of_commands),
        cmocka_unit_test(test_variables),
        cmocka_unit_test(test_modes_of_files),
        cmocka_unit_test(test_what_is_no_file),
        cmocka_unit_test(test_size_of_files),
        cmocka_unit_test(test_commands),
        cmocka_unit_test(test_slow_commands_are_ended),
        cmocka_unit_test(test_commands_inherit_no_descriptor),
        cmocka_unit_test(test_commands_with_stdin_closed),
        cmocka_unit_test(test_commands_have_usual_signals),
        cmocka_unit_test(test_no_key_is_no_error),
        cmocka_unit_test(test_each_way_to_a_key),
        cmocka_unit_test(test_one_way_of_a_rank),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
