/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "config/schema.h"
#include "config/settings.h"

static char folder[] = "/tmp/test_settings.XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    setenv("HOME", "/home/me", 1);
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

/* Load a text as the file c.ini; the error without the folder's name. */
static int load(struct settings *settings, const char *text, size_t len, struct error *error)
{
    char *path = xasprintf("%s/c.ini", folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_int_equal(write(fd, text, len), len);
    close(fd);
    int result = settings_load(settings, path, true, error);
    if (result < 0 && strncmp(error->text, folder, strlen(folder)) == 0)
        memmove(error->text, error->text + strlen(folder) + 1,
                strlen(error->text) - strlen(folder));
    unlink(path);
    free(path);
    return result;
}

static struct settings *loaded(const char *text)
{
    struct settings *settings = settings_new();
    struct error error = ERROR_INIT;
    if (load(settings, text, strlen(text), &error) < 0)
        fail_msg("%s: %s", text, error.text);
    return settings;
}

static void check_text(const char *about, const char *got, const char *want)
{
    if (strcmp(got ? got : "(none)", want ? want : "(none)") != 0)
        fail_msg("%s: got %s, want %s", about, got ? got : "(none)", want ? want : "(none)");
}

/* ---- Files that are wrong ---- */

static const struct {
    const char *about, *text, *want;
} mistakes[] = {
    {"a key", "[chat]\nmodle = x\n",
     "c.ini:2: [chat] has no setting \"modle\" (did you mean \"model\"?)"},
    {"a key that is near none", "[chat]\ncolour = x\n",
     "c.ini:2: [chat] has no setting \"colour\""},
    {"a key of another section", "[chat]\nrate = 1\n",
     "c.ini:2: [chat] has no setting \"rate\" (it belongs in [guide])"},
    {"a key of another section with names", "[chat]\nurl = 1\n",
     "c.ini:2: [chat] has no setting \"url\" (it belongs in [provider.NAME])"},
    {"a key of a provider", "[provider.x]\nkey_evn = X\n",
     "c.ini:2: [provider.x] has no setting \"key_evn\" (did you mean \"key_env\"?)"},
    {"a secret", "[provider.x]\napi_key = sk-1\n",
     "c.ini:2: [provider.x] has no setting \"api_key\": keys are not kept here, but in key_env, "
     "key_file or key_command of a [provider.NAME]"},
    {"a long key",
     "[chat]\nmodelmodelmodelmodelmodelmodelmodelmodelmodelmodelmodelmodelmodelmodel=1\n",
     "c.ini:2: [chat] has no setting "
     "\"modelmodelmodelmodelmodelmodelmodelmodelmodelmodelmodelmodelmode\""},

    {"a section", "[chta]\n", "c.ini:1: unknown section [chta] (did you mean [chat]?)"},
    {"a section that is near none", "[colours]\n", "c.ini:1: unknown section [colours]"},
    {"a section with a name", "[providers.x]\n",
     "c.ini:1: unknown section [providers.x] (did you mean [provider.x]?)"},
    {"a section with a wrong kind and name", "[providers.x y]\n",
     "c.ini:1: unknown section [providers.x y] (did you mean [provider.NAME]?)"},
    {"a section without its name", "[provider]\nurl = http://x\n",
     "c.ini:1: [provider] needs a name: [provider.NAME]"},
    {"a section with an empty name", "[provider.]\n",
     "c.ini:1: [provider] needs a name: [provider.NAME]"},
    {"a profile without its name", "[profile]\n",
     "c.ini:1: [profile] needs a name: [profile.NAME]"},
    {"a name with a blank", "[role.a b]\n",
     "c.ini:1: [role.a b]: a name has letters, digits, \".\", \"_\" and \"-\", at most 64"},
    {"a name too many", "[chat.x]\n", "c.ini:1: unknown section [chat.x] (did you mean [chat]?)"},
    {"another case", "[Chat]\n", "c.ini:1: unknown section [Chat] (did you mean [chat]?)"},

    {"a key of a profile", "[profile.x]\nchat.modle = x\n",
     "c.ini:2: [profile.x] has no setting \"chat.modle\" (did you mean \"chat.model\"?)"},
    {"a profile's key without its section", "[profile.x]\nrate = 1\n",
     "c.ini:2: [profile.x] has no setting \"rate\" (did you mean \"guide.rate\"?)"},
    {"what no profile holds", "[profile.x]\nprovider.y.url = http://x\n",
     "c.ini:2: [profile.x] has no setting \"provider.y.url\": it holds settings of [chat], "
     "[screen] "
     "and [guide], as chat.model"},

    {"a key twice", "[chat]\nmode = stream\n\nmode = invoke\n",
     "c.ini:4: [chat] has mode already, in line 2"},
    {"a key twice in two halves", "[chat]\nmode = stream\n[guide]\n[chat]\nmode = stream\n",
     "c.ini:5: [chat] has mode already, in line 2"},
    {"what is no INI", "[chat]\nmode\n", "c.ini:2: expected \"key = value\" or \"[section]\""},

    {"a choice", "[chat]\nmode = fast\n", "c.ini:2: mode = \"fast\": must be stream or invoke"},
    {"a choice of more", "[screen]\nleave = nothing\n",
     "c.ini:2: leave = \"nothing\": must be none, last or all"},
    {"another case of a choice", "[chat]\nmode = Stream\n",
     "c.ini:2: mode = \"Stream\": must be stream or invoke"},
    {"a flag", "[chat]\nsave = maybe\n", "c.ini:2: save = \"maybe\": must be yes or no"},
    {"no flag", "[chat]\nsave =\n", "c.ini:2: save = \"\": must be yes or no"},
    {"a number too high", "[screen]\nesc_delay = 1001\n",
     "c.ini:2: esc_delay = \"1001\": must be a whole number from 0 to 1000"},
    {"a number too low", "[screen]\nframe = 0\n",
     "c.ini:2: frame = \"0\": must be a whole number from 1 to 1000"},
    {"a negative number", "[screen]\nframe = -1\n",
     "c.ini:2: frame = \"-1\": must be a whole number from 1 to 1000"},
    {"a number with a fraction", "[screen]\nframe = 1.5\n",
     "c.ini:2: frame = \"1.5\": must be a whole number from 1 to 1000"},
    {"a number with a unit", "[screen]\nframe = 16ms\n",
     "c.ini:2: frame = \"16ms\": must be a whole number from 1 to 1000"},
    {"a number beyond all numbers", "[screen]\nframe = 99999999999999999999999999\n",
     "c.ini:2: frame = \"99999999999999999999999999\": must be a whole number from 1 to 1000"},
    {"a real number", "[model.x]\ntemperature = 2.01\n",
     "c.ini:2: temperature = \"2.01\": must be a number from 0 to 2"},
    {"a real number with a comma", "[model.x]\ntemperature = 0,7\n",
     "c.ini:2: temperature = \"0,7\": must be a number from 0 to 2"},
    {"no real number", "[model.x]\ntemperature = nan\n",
     "c.ini:2: temperature = \"nan\": must be a number from 0 to 2"},
    {"only a point", "[model.x]\ntemperature = .\n",
     "c.ini:2: temperature = \".\": must be a number from 0 to 2"},
    {"two points", "[model.x]\ntemperature = 0.1.1\n",
     "c.ini:2: temperature = \"0.1.1\": must be a number from 0 to 2"},
    {"seconds", "[provider.x]\nidle_timeout = 0\n",
     "c.ini:2: idle_timeout = \"0\": must be seconds, more than 0 and at most 86400"},
    {"no text", "[chat]\nmodel =\n", "c.ini:2: model = \"\": must be a line of text"},
    {"a text of two lines", "[chat]\nmodel = a\n  b\n",
     "c.ini:2: model = \"a...\": must be a line of text"},
    {"a path", "[chat]\nsessions = ~other/x\n", "c.ini:2: sessions = \"~other/x\": must be a path"},
    {"a long value",
     "[chat]\nmode = 0123456789012345678901234567890123456789012345678901234567890123456789\n",
     "c.ini:2: mode = \"0123456789012345678901234567890123456789012345678901234567890123...\": "
     "must "
     "be stream or invoke"},
    {"a long value, cut within a character",
     "[chat]\nmode = 012345678901234567890123456789012345678901234567890123456789012\xC3\xA4xx\n",
     "c.ini:2: mode = \"012345678901234567890123456789012345678901234567890123456789012...\": must "
     "be stream or invoke"},
    {"a URL without its scheme", "[provider.x]\nurl = localhost:8080/v1\n",
     "c.ini:2: url: must be http://HOST or https://HOST, without a password"},
    {"a URL of another scheme", "[provider.x]\nurl = file:///etc\n",
     "c.ini:2: url: must be http://HOST or https://HOST, without a password"},
    {"a URL without a host", "[provider.x]\nurl = http:///v1\n",
     "c.ini:2: url: must be http://HOST or https://HOST, without a password"},
    {"a URL with a blank", "[provider.x]\nurl = http://x/a b\n",
     "c.ini:2: url: must be http://HOST or https://HOST, without a password"},
    {"a URL with a password", "[provider.x]\nurl = http://me:sk-1@x/v1\n",
     "c.ini:2: url: must be http://HOST or https://HOST, without a password"},
    {"a key for the name of its variable", "[provider.x]\nkey_env = sk-1\n",
     "c.ini:2: key_env: must be the name of an environment variable"},
    {"a variable that begins with a digit", "[provider.x]\nkey_env = 1X\n",
     "c.ini:2: key_env: must be the name of an environment variable"},
    {"an object", "[provider.x]\nextra = [1]\n",
     "c.ini:2: extra = \"[1]\": must be a JSON object, {...}"},
    {"half an object", "[provider.x]\nextra = {\n",
     "c.ini:2: extra = \"{\": must be a JSON object, {...}"},
    {"no command", "[provider.x]\nkey_command =\n",
     "c.ini:2: key_command = \"\": must be a shell command"},
    {"no header", "[provider.x]\nheaders =\n",
     "c.ini:2: headers: must be \"Name: value\" on each line"},
    {"a header without a colon", "[provider.x]\nheaders = X-A: b\n  X-C\n",
     "c.ini:2: headers: must be \"Name: value\" on each line"},
    {"a header without a name", "[provider.x]\nheaders = : b\n",
     "c.ini:2: headers: must be \"Name: value\" on each line"},
    {"a header with a blank in its name", "[provider.x]\nheaders = X A: b\n",
     "c.ini:2: headers: must be \"Name: value\" on each line"},
    {"an empty line among headers", "[provider.x]\nheaders = X-A: b\n\n  X-C: d\n",
     "c.ini:2: headers: must be \"Name: value\" on each line"},
    {"a newline in a header, escaped", "[provider.x]\nheaders = \"X-A: b\\nc\"\n",
     "c.ini:2: headers: must be \"Name: value\" on each line"},
    {"a header beyond ASCII", "[provider.x]\nheaders = X-A: \xC3\xA4\n",
     "c.ini:2: headers: must be \"Name: value\" on each line"},
};

static void test_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        struct settings *settings = settings_new();
        struct error error = ERROR_INIT;
        load(settings, mistakes[i].text, strlen(mistakes[i].text), &error);
        check_text(mistakes[i].about, error.text, mistakes[i].want);
        assert_int_equal(error.code, RN_ECONFIG);
        settings_free(settings);
    }
}

/* ---- Values that are right ---- */

static const struct {
    const char *section, *key, *value, *want;
} values[] = {
    {"chat", "model", "ollama:llama3.2", "ollama:llama3.2"},
    {"chat", "system", "", ""},
    {"chat", "system", "a\nb", "a\nb"},
    {"chat", "system", "a\r\nb\r\n", "a\nb\n"},
    {"chat", "system", "b\r", "b"},
    {"chat", "system", "@~/prompt", "@/home/me/prompt"},
    {"chat", "system", "@~other/prompt", "@~other/prompt"},
    {"chat", "system", "~/prompt", "~/prompt"},
    {"chat", "sessions", "~", "/home/me"},
    {"chat", "sessions", "~/a", "/home/me/a"},
    {"chat", "sessions", "/a/~", "/a/~"},
    {"chat", "sessions", "a", "a"},
    {"screen", "leave", "all", "all"},
    {"provider.x", "url", "HTTPS://x/v1?a=me@b", "HTTPS://x/v1?a=me@b"},
    {"provider.x", "key_env", "_A1", "_A1"},
    {"provider.x", "headers", "X-A: b\nC:d", "X-A: b\nC:d"},
    {"provider.x", "extra", " {\"a\":\n1}\n", " {\"a\":\n1}\n"},
    {"provider.x", "temperature", "0", "0"},
    {"provider.x", "temperature", "2.000", "2.000"},
    {"provider.a-b_c.9", "wire", "openai", "openai"},
    {"provider.\xC3\xA4", "wire", "openai", "openai"},
    {"profile.x", "guide.rate", "0", "0"},
};

static void test_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        struct settings *settings = settings_new();
        struct error error = ERROR_INIT;
        settings_set(settings, SETTINGS_OPTION, values[i].section, values[i].key, values[i].value,
                     "--set", &error);
        check_text(values[i].value, error.text, "");
        check_text(values[i].value, settings_get(settings, values[i].section, values[i].key),
                   values[i].want);
        settings_free(settings);
    }
}

static void check_refusal(const char *value, const char *want)
{
    struct settings *settings = settings_new();
    struct error error = ERROR_INIT;
    assert_int_equal(
        settings_set(settings, SETTINGS_OPTION, "chat", "system", value, "--system", &error), -1);
    assert_string_equal(error.text, want);
    assert_false(settings_is_set(settings, "chat", "system"));
    settings_free(settings);
}

static char *repeated(char c, size_t count)
{
    char *text = xcalloc(count + 1, 1);
    memset(text, c, count);
    return text;
}

static void test_texts_that_no_setting_can_have(void **state)
{
    (void)state;
    check_refusal("\x1B[m", "--system: system holds a control character");
    check_refusal("a\rb", "--system: system holds a control character");
    check_refusal("\x7F", "--system: system holds a control character");
    check_refusal("\xFF", "--system: system is not UTF-8");
    char *line = repeated('a', 30 * 1024 + 1), *lines = repeated('\n', 1024 * 1024 + 1);
    check_refusal(line, "--system: system has a line longer than 30 KiB");
    check_refusal(lines, "--system: system is longer than a mebibyte");
    free(line);
    free(lines);
}

static void test_numbers_and_flags(void **state)
{
    (void)state;
    struct settings *settings = loaded("[provider.x]\n"
                                       "idle_timeout = 2.5\n"
                                       "first_timeout = 0.0001\n"
                                       "connect_timeout = 10\n"
                                       "temperature = 0.7\n"
                                       "max_tokens = 1000000000\n"
                                       "insecure = on\n"
                                       "[provider.y]\n"
                                       "insecure = off\n");
    assert_int_equal(settings_number(settings, "provider.x", "idle_timeout"), 2500);
    assert_int_equal(settings_number(settings, "provider.x", "first_timeout"), 1);
    assert_int_equal(settings_number(settings, "provider.x", "connect_timeout"), 10000);
    assert_int_equal(settings_number(settings, "provider.x", "max_tokens"), 1000000000);
    assert_int_equal(settings_number(settings, "provider.x", "retries"), 2);
    assert_int_equal(settings_number(settings, "provider.y", "max_tokens"), 0);
    assert_int_equal(settings_number(settings, "screen", "history_size"), 10000);
    assert_true(settings_real(settings, "provider.x", "temperature") == 0.7);
    assert_true(settings_real(settings, "provider.y", "temperature") == 0);
    assert_true(settings_flag(settings, "provider.x", "insecure"));
    assert_false(settings_flag(settings, "provider.y", "insecure"));
    assert_false(settings_flag(settings, "provider.z", "insecure"));
    assert_true(settings_flag(settings, "chat", "save"));
    settings_free(settings);
}

static void test_words_of_flags(void **state)
{
    (void)state;
    static const char *const words[] = {"no", "yes", "false", "true", "off", "on", "0", "1"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        char *text = xasprintf("[chat]\nsave = %s\n", words[i]);
        struct settings *settings = loaded(text);
        assert_int_equal(settings_flag(settings, "chat", "save"), i % 2);
        settings_free(settings);
        free(text);
    }
}

/* ---- Whose word counts ---- */

static void check_mode(const struct settings *settings, const char *value, enum settings_rank rank,
                       const char *origin)
{
    assert_string_equal(settings_get(settings, "chat", "mode"), value);
    assert_string_equal(settings_origin(settings, "chat", "mode"), origin);
    assert_int_equal(settings_rank(settings, "chat", "mode"), rank);
    assert_int_equal(settings_is_set(settings, "chat", "mode"), rank > SETTINGS_DEFAULT);
}

enum { STEPS = 5 };

/* One step up: a rank gets a word. */
static void give(struct settings *settings, enum settings_rank rank, struct error *error)
{
    static const char file[] = "[chat]\nmode = invoke\n";
    switch (rank) {
    case SETTINGS_REMEMBERED:
        assert_int_equal(settings_set(settings, rank, "chat", "mode", "stream", "last", error), 0);
        break;
    case SETTINGS_FILE:
        assert_int_equal(load(settings, file, strlen(file), error), 0);
        break;
    case SETTINGS_PROFILE:
        assert_int_equal(settings_profile(settings, "p", error), 0);
        break;
    case SETTINGS_ENVIRONMENT:
        assert_int_equal(
            settings_set(settings, rank, "chat", "mode", "invoke", "RUNNEL_MODE", error), 0);
        break;
    default:
        assert_int_equal(settings_set(settings, rank, "chat", "mode", "stream", "--stream", error),
                         0);
    }
}

/* The ranks come in every order; the highest that has come counts. */
static void test_precedence(void **state)
{
    (void)state;
    static const char *const want[][2] = {[SETTINGS_DEFAULT] = {"stream", "default"},
                                          [SETTINGS_REMEMBERED] = {"stream", "last"},
                                          [SETTINGS_FILE] = {"invoke", "c.ini:2"},
                                          [SETTINGS_PROFILE] = {"stream", "c.ini:2, profile p"},
                                          [SETTINGS_ENVIRONMENT] = {"invoke", "RUNNEL_MODE"},
                                          [SETTINGS_OPTION] = {"stream", "--stream"}};
    for (unsigned order = 0; order < STEPS * STEPS * STEPS * STEPS * STEPS; order++) {
        struct settings *settings = loaded("[profile.p]\nchat.mode = stream\n");
        struct error error = ERROR_INIT;
        enum settings_rank highest = SETTINGS_DEFAULT;
        check_mode(settings, want[highest][0], highest, want[highest][1]);
        bool done[STEPS + 1] = {false};
        for (unsigned left = order, i = 0; i < STEPS; i++, left /= STEPS) {
            enum settings_rank rank = left % STEPS + 1;
            if (done[rank])
                continue;
            done[rank] = true;
            give(settings, rank, &error);
            highest = rank > highest ? rank : highest;
            check_mode(settings, want[highest][0], highest, want[highest][1]);
        }
        settings_free(settings);
    }
}

static void test_profiles(void **state)
{
    (void)state;
    struct settings *settings = loaded("[profile.one]\nchat.mode = invoke\nguide.rate = 0\n"
                                       "[profile.two]\nscreen.frame = 20\n");
    struct error error = ERROR_INIT;
    assert_int_equal(settings_profile(settings, "one", &error), 0);
    assert_string_equal(settings_get(settings, "chat", "mode"), "invoke");
    assert_int_equal(settings_number(settings, "guide", "rate"), 0);
    assert_string_equal(settings_get(settings, "profile.one", "guide.rate"), "0");
    assert_int_equal(settings_profile(settings, "two", &error), 0);
    assert_string_equal(settings_get(settings, "chat", "mode"), "stream");
    assert_false(settings_is_set(settings, "guide", "rate"));
    assert_int_equal(settings_number(settings, "screen", "frame"), 20);

    assert_int_equal(settings_profile(settings, "tow", &error), -1);
    assert_string_equal(error.text, "there is no profile \"tow\"; did you mean \"two\"");
    assert_int_equal(settings_profile(settings, "work", &error), -1);
    assert_string_equal(error.text, "there is no profile \"work\"; there is \"one\"");
    settings_free(settings);

    settings = settings_new();
    assert_int_equal(settings_profile(settings, "work", &error), -1);
    assert_string_equal(error.text, "there is no profile \"work\", nor any other");
    settings_free(settings);
}

static void test_a_second_file_has_the_last_word(void **state)
{
    (void)state;
    struct settings *settings = loaded("[chat]\nmode = invoke\nmodel = a\n");
    struct error error = ERROR_INIT;
    static const char second[] = "\n[chat]\nmodel = b\n";
    assert_int_equal(load(settings, second, strlen(second), &error), 0);
    assert_string_equal(settings_get(settings, "chat", "model"), "b");
    assert_string_equal(settings_origin(settings, "chat", "model"), "c.ini:3");
    assert_string_equal(settings_get(settings, "chat", "mode"), "invoke");
    settings_free(settings);
}

static void test_setting_again(void **state)
{
    (void)state;
    struct settings *settings = loaded("[chat]\nmodel = a\n");
    struct error error = ERROR_INIT;
    const char *own = settings_get(settings, "chat", "model");
    const char *origin = settings_origin(settings, "chat", "model");
    assert_int_equal(settings_set(settings, SETTINGS_FILE, "chat", "model", own, origin, &error),
                     0);
    assert_string_equal(settings_get(settings, "chat", "model"), "a");
    assert_string_equal(settings_origin(settings, "chat", "model"), "c.ini:2");
    assert_int_equal(
        settings_set(settings, SETTINGS_FILE, "screen", "frame", "no", "--set", &error), -1);
    assert_string_equal(error.text, "--set: frame = \"no\": must be a whole number from 1 to 1000");
    assert_int_equal(settings_set(settings, SETTINGS_FILE, "chat", "modle", "b", "--set", &error),
                     -1);
    assert_string_equal(error.text,
                        "--set: [chat] has no setting \"modle\" (did you mean \"model\"?)");
    assert_string_equal(settings_get(settings, "chat", "model"), "a");
    settings_free(settings);
}

static void test_names(void **state)
{
    (void)state;
    struct settings *settings = loaded("[provider.b]\nwire = openai\nretries = 1\n"
                                       "[provider.empty]\n"
                                       "[model.m]\nmodel = x\n"
                                       "[provider.a.b]\nretries = 1\n");
    const char **names = settings_names(settings, "provider");
    assert_string_equal(names[0], "b");
    assert_string_equal(names[1], "a.b");
    assert_null(names[2]);
    free(names);
    names = settings_names(settings, "role");
    assert_null(names[0]);
    free(names);
    settings_free(settings);
}

static void test_too_many_settings(void **state)
{
    (void)state;
    struct settings *settings = settings_new();
    struct error error = ERROR_INIT;
    struct buf text = BUF_INIT;
    for (unsigned i = 1; i <= 4097; i++)
        buf_addf(&text, "[role.r%u]\nmodel = x\n", i);
    assert_int_equal(load(settings, text.data, text.len, &error), -1);
    assert_string_equal(error.text, "c.ini:8194: there are more than 4096 settings");
    buf_clear(&text);
    settings_free(settings);
}

/* ---- Files that cannot be read ---- */

static void check_load(const char *path, bool required, int want, const char *why)
{
    struct settings *settings = settings_new();
    struct error error = ERROR_INIT;
    assert_int_equal(settings_load(settings, path, required, &error), want);
    if (want < 0) {
        char *text = xasprintf(why, path);
        assert_string_equal(error.text, text);
        free(text);
    }
    settings_free(settings);
}

static void test_unreadable_files(void **state)
{
    (void)state;
    char *path = xasprintf("%s/none", folder);
    check_load(path, false, 0, NULL);
    check_load(path, true, -1, "cannot open %s: No such file or directory");
    check_load("/dev/null/runnel/config.ini", false, 0, NULL);
    check_load("/dev/null/runnel/config.ini", true, -1, "cannot open %s: Not a directory");
    check_load(folder, false, -1, "cannot read %s: Is a directory");
    assert_int_equal(symlink("none", path), 0);
    check_load(path, false, -1, "cannot open %s: Too many levels of symbolic links");
    unlink(path);
    check_load("/dev/null", true, 0, NULL);
    check_load("/dev/zero", true, -1, "%s is longer than 16 MiB");
    free(path);
}

/* Root may read everything, so there is nothing to be seen then. */
static void test_a_file_without_permission(void **state)
{
    (void)state;
    if (geteuid() == 0)
        skip();
    char *path = xasprintf("%s/none", folder);
    close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0));
    check_load(path, false, -1, "cannot open %s: Permission denied");
    unlink(path);
    free(path);
}

static void test_path(void **state)
{
    (void)state;
    static const struct {
        const char *xdg, *home, *want;
    } places[] = {
        {"/x", "/h", "/x/runnel/config.ini"},
        {"x", "/h", "/h/.config/runnel/config.ini"},
        {"", "/h", "/h/.config/runnel/config.ini"},
    };
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        setenv("XDG_CONFIG_HOME", places[i].xdg, 1);
        setenv("HOME", places[i].home, 1);
        char *path = settings_path();
        assert_string_equal(path, places[i].want);
        free(path);
    }
    setenv("HOME", "/home/me", 1);
}

/* ---- Printing ---- */

static char *printed(const struct settings *settings)
{
    struct buf out = BUF_INIT;
    settings_print(settings, &out);
    return buf_take(&out);
}

static void test_printed_form(void **state)
{
    (void)state;
    struct settings *settings = loaded("[guide]\nrate = 0\n"
                                       "[role.tester]\nsystem = You test.\n  You do.\n"
                                       "[profile.work]\nguide.rate = 9\n");
    struct error error = ERROR_INIT;
    settings_set(settings, SETTINGS_OPTION, "chat", "model", "m", "--model", &error);
    char *text = printed(settings);
    static const char *const parts[] = {
        "[chat]\n# the model that answers: [PROVIDER:]MODEL, or the NAME of a [model.NAME] "
        "(--model)\n"
        "model = m\n# ",
        "\n#mode = stream\n",
        " (default)\n#save = yes\n",
        "\n[role.tester]\n# the system prompt of the role; @FILE reads it from a file (c.ini:4)\n"
        "system = You test.\n    You do.\n",
        " (c.ini:2)\nrate = 0\n",
        "\n\n[profile.work]\n# the pace of the built-in guide, in pieces a second; 0: as fast as "
        "it "
        "goes (c.ini:7)\nguide.rate = 9\n",
    };
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (!strstr(text, parts[i]))
            fail_msg("%s\n--- is not in ---\n%s", parts[i], text);
    }
    free(text);
    settings_free(settings);
}

static void test_printed_headers_hold_no_secret(void **state)
{
    (void)state;
    struct settings *settings = loaded("[provider.a]\nheaders =\n  X-Title: shown\n"
                                       "  Authorization: Bearer sk-1\n  X-Api-Key: sk-2\n"
                                       "[provider.b]\nheaders = Cookie: sk-3\n");
    char *text = printed(settings);
    assert_null(strstr(text, "sk-"));
    assert_non_null(
        strstr(text, "# 2 left out, since they may be secret\nheaders = X-Title: shown\n"));
    assert_non_null(strstr(text, "# 1 left out, since it may be secret\n"));
    struct settings *again = loaded(text);
    assert_string_equal(settings_get(again, "provider.a", "headers"), "X-Title: shown");
    assert_false(settings_is_set(again, "provider.b", "headers"));
    settings_free(again);
    free(text);
    settings_free(settings);
}

/* A pseudorandom sequence that is the same every time. */
static unsigned draw(unsigned *seed, unsigned below)
{
    *seed = *seed * 1103515245u + 12345u;
    return (*seed >> 16) % below;
}

static char *random_text(unsigned *seed, const char *letters)
{
    struct buf text = BUF_INIT;
    for (unsigned left = draw(seed, 12); left > 0; left--)
        buf_addc(&text, letters[draw(seed, (unsigned)strlen(letters))]);
    return buf_take(&text);
}

static char *random_value(const struct setting *row, unsigned *seed)
{
    unsigned count = 0;
    switch (row->kind) {
    case KIND_PROSE:
        return random_text(seed, "a \t\n\"\\#;[=");
    case KIND_COMMAND:
    case KIND_TEXT:
    case KIND_PATH: {
        char *tail =
            random_text(seed, row->kind == KIND_COMMAND ? "a \t\n\"\\#;[=" : "a \t\"\\#;[=");
        char *text = xasprintf("%s%s", draw(seed, 2) ? "\"" : " /", tail);
        free(tail);
        return text;
    }
    case KIND_URL:
        return xasprintf("http://host/%u", draw(seed, 9));
    case KIND_VARIABLE:
        return xasprintf("VARIABLE_%u", draw(seed, 9));
    case KIND_CHOICE:
        while (row->choices[count])
            count++;
        return xstrdup(row->choices[draw(seed, count)]);
    case KIND_FLAG:
        return xstrdup(draw(seed, 2) ? "yes" : "off");
    case KIND_INTEGER:
        return xasprintf("%ld", row->min + draw(seed, (unsigned)(row->max - row->min)));
    case KIND_REAL:
    case KIND_SECONDS:
        return xasprintf("1.%u", draw(seed, 1000));
    case KIND_HEADERS:
        return xasprintf("X-A: %u\nX-B:\t\"%u \nX-C: d", draw(seed, 9), draw(seed, 9));
    case KIND_OBJECT:
        return xasprintf("{\n\"a\": %u\n  }", draw(seed, 9));
    }
    return NULL;
}

/* A row's setting at a random rank, in one of two sections if it has a NAME; or in a profile. */
static void set_random(struct settings *settings, const struct setting *row, unsigned *seed)
{
    struct error error = ERROR_INIT;
    char *section = schema_is_named(row) ? xasprintf("%.*s.n%u", (int)strcspn(row->section, "."),
                                                     row->section, draw(seed, 2))
                                         : xstrdup(row->section);
    char *value = random_value(row, seed), *dotted = xasprintf("%s.%s", row->section, row->key);
    bool in_profile = !schema_is_named(row) && draw(seed, 2);
    if (settings_set(settings, 1 + draw(seed, 4), in_profile ? "profile.p" : section,
                     in_profile ? dotted : row->key, value, "somewhere", &error) < 0)
        fail_msg("%s", error.text);
    free(dotted);
    free(value);
    free(section);
}

/* The lines that are no comments. */
static char *bare(const char *text)
{
    struct buf out = BUF_INIT;
    for (size_t len; *text; text += len) {
        len = strcspn(text, "\n") + 1;
        if (*text != '#')
            buf_add(&out, text, len);
    }
    return buf_take(&out);
}

static void check_same_settings(const struct settings *a, const struct settings *b)
{
    char *whole_a = printed(a), *whole_b = printed(b), *bare_a = bare(whole_a),
         *bare_b = bare(whole_b);
    assert_string_equal(bare_a, bare_b);
    free(whole_a);
    free(whole_b);
    free(bare_a);
    free(bare_b);
}

static void check_same_value(const struct settings *a, const struct settings *b,
                             const struct setting *row, const char *section)
{
    check_text(row->key, settings_get(a, section, row->key), settings_get(b, section, row->key));
    assert_int_equal(settings_is_set(a, section, row->key), settings_is_set(b, section, row->key));
}

static void check_same_values(const struct settings *a, const struct settings *b)
{
    for (const struct setting *row = schema; row->section; row++) {
        if (!schema_is_named(row)) {
            check_same_value(a, b, row, row->section);
            continue;
        }
        for (unsigned i = 0; i < 2; i++) {
            char *section = xasprintf("%.*s.n%u", (int)strcspn(row->section, "."), row->section, i);
            check_same_value(a, b, row, section);
            free(section);
        }
    }
}

/* What is printed loads, and gives the same settings. */
static void test_printed_settings_load(void **state)
{
    (void)state;
    for (unsigned round = 1; round <= 300; round++) {
        struct settings *settings = settings_new();
        unsigned seed = round;
        for (const struct setting *row = schema; row->section; row++) {
            if (draw(&seed, 3) == 0)
                set_random(settings, row, &seed);
        }
        char *text = printed(settings);
        struct settings *again = loaded(text);
        check_same_values(settings, again);
        check_same_settings(settings, again);
        settings_free(again);
        free(text);
        settings_free(settings);
    }
}

/* ---- The table ---- */

static void test_table(void **state)
{
    (void)state;
    for (const struct setting *row = schema; row->section; row++) {
        struct error error = ERROR_INIT;
        char *section = schema_is_named(row)
                            ? xasprintf("%.*s.x", (int)strcspn(row->section, "."), row->section)
                            : xstrdup(row->section);
        assert_ptr_equal(schema_find(section, row->key), row);
        assert_null(strchr(row->key, '.'));
        assert_int_not_equal(row->help[strlen(row->help) - 1], '.');
        char *kept = row->fallback ? kind_accept(row, row->fallback, &error) : NULL;
        check_text(row->key, kept, row->fallback);
        free(kept);

        /* A section that is mistyped is known by what it should be. */
        char *mistyped = xasprintf("x%s", section);
        char *want = xasprintf("unknown section [%s] (did you mean [%s]?)", mistyped, section);
        schema_explain(mistyped, row->key, &error);
        assert_string_equal(error.text, want);
        free(want);
        free(mistyped);
        free(section);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_texts_that_no_setting_can_have),
        cmocka_unit_test(test_numbers_and_flags),
        cmocka_unit_test(test_words_of_flags),
        cmocka_unit_test(test_precedence),
        cmocka_unit_test(test_profiles),
        cmocka_unit_test(test_a_second_file_has_the_last_word),
        cmocka_unit_test(test_setting_again),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_too_many_settings),
        cmocka_unit_test(test_unreadable_files),
        cmocka_unit_test(test_a_file_without_permission),
        cmocka_unit_test(test_path),
        cmocka_unit_test(test_printed_form),
        cmocka_unit_test(test_printed_headers_hold_no_secret),
        cmocka_unit_test(test_printed_settings_load),
        cmocka_unit_test(test_table),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
