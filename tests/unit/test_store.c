/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/file.h>
#include <time.h>

#include <cmocka.h>

#include "session_fixture.h"

#define SESSION "{\"type\":\"session\",\"v\":1}\n"
#define START(model, prompt)                               \
    "{\"type\":\"start\",\"run\":\"r\",\"model\":\"" model \
    "\",\"input\":[{\"role\":\"user\",\"content\":\"" prompt "\"}]}\n"
#define MESSAGE(model) \
    "{\"type\":\"message\",\"run\":\"r\",\"role\":\"assistant\",\"model\":\"" model "\"}\n"
#define TITLE(title) "{\"type\":\"title\",\"title\":\"" title "\"}\n"

static void set_changed(const char *path, long seconds, long nanoseconds)
{
    const struct timespec times[2] = {{seconds, nanoseconds}, {seconds, nanoseconds}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void put(const char *folder, const char *name, const char *text, long changed)
{
    char *path = folder_put(folder, name, text);
    set_changed(path, changed, 0);
    free(path);
}

/* ---- Where ---- */

static void test_folder(void **state)
{
    (void)state;
    static const struct {
        const char *data, *home, *want;
    } cases[] = {
        {"/data", "/home/me", "/data/runnel/sessions"},
        {NULL, "/home/me", "/home/me/.local/share/runnel/sessions"},
        {"", "/home/me", "/home/me/.local/share/runnel/sessions"},
        {"data", "/home/me", "/home/me/.local/share/runnel/sessions"},
        {"/data", NULL, "/data/runnel/sessions"},
        {NULL, NULL, NULL},
        {"", "", NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct error error = ERROR_INIT;
        cases[i].data ? setenv("XDG_DATA_HOME", cases[i].data, 1) : unsetenv("XDG_DATA_HOME");
        cases[i].home ? setenv("HOME", cases[i].home, 1) : unsetenv("HOME");
        char *got = store_dir(&error);
        if (cases[i].want)
            assert_string_equal(got, cases[i].want);
        else
            assert_null(got);
        assert_int_equal(error.code, cases[i].want ? RN_OK : RN_ECONFIG);
        free(got);
    }
}

/* ---- The list ---- */

static void test_what_a_session_is_called(void **state)
{
    (void)state;
    static const struct {
        const char *about, *text, *name, *title, *model;
    } cases[] = {
        {"the first prompt", SESSION START("m", "one") START("n", "two"), "", "one", "n"},
        {"a title", SESSION START("m", "one") TITLE("t") START("m", "two"), "", "t", "m"},
        {"the last title", TITLE("t") START("m", "one") TITLE("u"), "", "u", "m"},
        {"the model that answered", START("m", "one") MESSAGE("m-2024"), "", "one", "m-2024"},
        {"a name", "{\"type\":\"session\",\"name\":\"n\"}\n" START("m", "one"), "n", "one", "m"},
        {"the first line with something on it", START("m", "\\n  \\n one\\r\\ntwo"), "", "one",
         "m"},
        {"no session line", START("m", "one"), "", "one", "m"},
        {"no prompt", SESSION, "", "", ""},
        {"no session", "text\n\n[1]\n{\"a\":\"start\"}\n", "", "", ""},
        {"torn lines are not taken", START("m", "one") "{\"type\":\"title\",\"title\":\"", "",
         "one", "m"},
        {"a last line without a newline", START("m", "one") "{\"type\":\"title\",\"title\":\"t\"}",
         "", "t", "m"},
        {"which tells the model", START("m", "one") "{\"type\":\"message\",\"model\":\"n\"}", "",
         "one", "n"},
        {"words in strings",
         START("m", "\\\"title\\\"") "{\"type\":\"ai\",\"content\":\"\\\"title\\\"\"}\n", "",
         "\"title\"", "m"},
        {"types that are not text",
         "{\"type\":\"start\",\"model\":7,\"input\":{\"role\":\"user\"}}\n"
         "{\"type\":\"title\",\"title\":[1]}\n{\"type\":{\"title\":1}}\n",
         "", "", ""},
        {"attachments", "{\"type\":\"start\",\"input\":[7,{\"role\":\"user\",\"content\":[]}]}\n",
         "", "", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *folder = folder_new();
        struct session_list list;
        struct error error;
        put(folder, "a.jsonl", cases[i].text, 1);
        assert_int_equal(store_list(folder, &list, &error), 0);
        assert_int_equal(list.count, 1);
        const struct session_info *info = list.items;
        if (strcmp(info->name, cases[i].name) != 0 || strcmp(info->title, cases[i].title) != 0 ||
            strcmp(info->model, cases[i].model) != 0)
            fail_msg("%s: name %s, title %s, model %s", cases[i].about, info->name, info->title,
                     info->model);
        assert_int_equal(info->size, strlen(cases[i].text));
        session_list_clear(&list);
        folder_free(folder);
    }
}

static void test_list_order(void **state)
{
    (void)state;
    static const char *const want[] = {"c", "b", "d", "a"};
    char *folder = folder_new();
    struct session_list list;
    struct error error;
    put(folder, "a.jsonl", SESSION, 10);
    put(folder, "b.jsonl", SESSION, 30);
    put(folder, "c.jsonl", SESSION, 30);
    put(folder, "d.jsonl", SESSION, 20);
    put(folder, "empty.jsonl", "", 40);
    put(folder, "other.json", SESSION, 40);
    put(folder, ".hidden.jsonl", SESSION, 40);
    put(folder, ".jsonl", SESSION, 40);
    char *path = xasprintf("%s/folder.jsonl", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    free(path);
    path = xasprintf("%s/c.jsonl", folder);
    set_changed(path, 30, 1);
    assert_int_equal(store_list(folder, &list, &error), 0);
    assert_int_equal(list.count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(list.items[i].id, want[i]);
    assert_string_equal(list.items[0].path, path);
    assert_int_equal(list.items[0].changed, 30);
    session_list_clear(&list);
    free(path);
    folder_free(folder);
}

/* A clock that was wrong once does not make a session the last one for years. */
static void test_times_to_come(void **state)
{
    (void)state;
    static const char *const want[] = {"now", "20000131-142530-k3f", "old", "29990101-000000-abc",
                                       "20261399-999999-x"};
    long now = (long)time(NULL), later = now + 1000000;
    char *folder = folder_new();
    struct session_list list;
    struct error error;
    put(folder, "20261399-999999-x.jsonl", SESSION, later + 2);
    put(folder, "29990101-000000-abc.jsonl", SESSION, later);
    put(folder, "20000131-142530-k3f.jsonl", SESSION, later + 1);
    put(folder, "old.jsonl", SESSION, 1000);
    put(folder, "now.jsonl", SESSION, now + 60);
    assert_int_equal(store_list(folder, &list, &error), 0);
    for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++)
        assert_string_equal(list.items[i].id, want[i]);
    assert_int_equal(list.items[0].changed, now + 60);
    assert_int_equal(list.items[1].changed, 949328730);
    assert_int_equal(list.items[3].changed, 0);
    session_list_clear(&list);
    folder_free(folder);
}

/* The two ends of a file are enough, whatever lies between them. */
static void test_list_long_file(void **state)
{
    (void)state;
    char *folder = folder_new();
    char *path = folder_put(folder, "a.jsonl", SESSION START("m", "one"));
    char *big = xcalloc(1, 300 * 1024);
    struct session_list list;
    struct error error;
    assert_int_equal(truncate(path, (off_t)1 << 32), 0);
    int fd = open(path, O_WRONLY | O_APPEND);
    assert_int_equal(fd_write_all(fd, "\n" MESSAGE("n"), strlen("\n" MESSAGE("n"))), 0);
    memset(big, 'x', 300 * 1024 - 1);
    dprintf(fd, "{\"type\":\"ai\",\"content\":\"%s\"}\n", big);
    close(fd);
    assert_int_equal(store_list(folder, &list, &error), 0);
    assert_string_equal(list.items[0].title, "one");
    assert_string_equal(list.items[0].model, "n");
    session_list_clear(&list);

    /* A prompt from a pipe makes a long first line; its own first line is cut to a title. */
    char *text = xasprintf(SESSION START("m", "%s"), big);
    file_put(path, text, strlen(text));
    assert_int_equal(store_list(folder, &list, &error), 0);
    assert_int_equal(strlen(list.items[0].title), 200);
    assert_string_equal(list.items[0].model, "m");
    session_list_clear(&list);
    free(text);
    free(big);
    free(path);
    folder_free(folder);
}

/* A first line that is longer than what is kept of a file: a log in the prompt, a film beside it. */
static void test_list_long_first_line(void **state)
{
    (void)state;
    enum { LONG = 5 * 1024 * 1024 };
    static const char *const lines[] = {
        SESSION START("m", "one\\n%s"),
        "{\"type\":\"start\",\"run\":\"r\",\"system\":\"%s\",\"model\":\"m\",\"input\":["
        "{\"role\":\"user\",\"content\":\"one\"}]}\n",
        SESSION
        "{\"type\":\"start\",\"model\":\"m\",\"input\":[{\"role\":\"user\",\"attachments\":[{"
        "\"data\":\"%s\"}],\"content\":\"one\"}]}\n",
    };
    char *folder = folder_new(), *big = xcalloc(1, LONG);
    memset(big, 'x', LONG - 1);
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct session_list list;
        struct error error;
        struct buf text = BUF_INIT;
        const char *hole = strstr(lines[i], "%s");
        buf_add(&text, lines[i], (size_t)(hole - lines[i]));
        buf_adds(&text, big);
        buf_adds(&text, hole + 2);
        char *path = folder_put(folder, "a.jsonl", text.data);
        assert_int_equal(store_look(path, &list, &error), 0);
        assert_string_equal(list.items[0].title, "one");
        assert_string_equal(list.items[0].prompt, "one");
        assert_string_equal(list.items[0].model, "m");
        session_list_clear(&list);
        buf_clear(&text);
        free(path);
    }
    free(big);
    folder_free(folder);
}

/* What a user calls it comes before its name, and that before its first prompt. */
static void test_called(void **state)
{
    (void)state;
    static const struct {
        const char *name, *title, *prompt, *want;
    } cases[] = {
        {"", "p", "p", "p"}, {"n", "p", "p", "n"}, {"n", "t", "p", "t"}, {"", "t", "p", "t"},
        {"", "", "", ""},    {"n", "", "", "n"},   {"", "t", "", "t"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct session_info info = {.name = (char *)cases[i].name,
                                    .title = (char *)cases[i].title,
                                    .prompt = (char *)cases[i].prompt};
        assert_string_equal(session_called(&info), cases[i].want);
    }
}

static void test_list_without_folder(void **state)
{
    (void)state;
    struct session_list list;
    struct error error = ERROR_INIT;
    assert_int_equal(store_list("/dev/null/x", &list, &error), -1);
    assert_non_null(strstr(error.text, "/dev/null/x"));
    assert_int_equal(store_list("/nowhere", &list, &error), 0);
    assert_int_equal(list.count, 0);
    session_list_clear(&list);
    assert_null(store_find("/nowhere", NULL, &error));
    assert_non_null(strstr(error.text, "/nowhere"));
}

/* ---- Finding ---- */

static void test_find(void **state)
{
    (void)state;
    static const struct {
        const char *which, *want; /* a file of the folder, or what the error says */
    } cases[] = {
        {NULL, "20260102-000000-bbb.jsonl"},
        {"", "20260102-000000-bbb.jsonl"},
        {"20260101-000000-aaa", "20260101-000000-aaa.jsonl"},
        {"20260101-000000-aaa.jsonl", "20260101-000000-aaa.jsonl"},
        {"20260101-000000-aaa.json", "no session"},
        {"20260101", "20260101-000000-aaa.jsonl"},
        {"2026", "3 sessions: 20260102-000000-bbb, 20260103-000000-ccc, 20260101-000000-aaa"},
        {"work", "20260103-000000-ccc.jsonl"},
        {"wor", "no session"},
        {"20260102", "20260101-000000-aaa.jsonl"}, /* a name before a beginning */
        {"twice", "2 sessions: twice-b, twice-a"},
        {"twice-a", "twice-a.jsonl"},
        {".", "no session"},
        {"..", "no session"},
        {"none", "no session"},
        {"20260101-000000-aaa\n\x1B[2J", "no session"},
    };
    char *folder = folder_new();
    put(folder, "20260101-000000-aaa.jsonl", "{\"type\":\"session\",\"name\":\"20260102\"}\n", 10);
    put(folder, "20260102-000000-bbb.jsonl", SESSION, 30);
    put(folder, "20260103-000000-ccc.jsonl", "{\"type\":\"session\",\"name\":\"work\"}\n", 20);
    put(folder, "twice-a.jsonl", "{\"type\":\"session\",\"name\":\"twice\"}\n", 1);
    put(folder, "twice-b.jsonl", "{\"type\":\"session\",\"name\":\"twice\"}\n", 2);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct error error = ERROR_INIT;
        char *got = store_find(folder, cases[i].which, &error);
        const char *say = got ? got + strlen(folder) + 1 : error.text;
        if (got ? strcmp(say, cases[i].want) != 0 : !strstr(say, cases[i].want))
            fail_msg("%s: %s", cases[i].which, say);
        free(got);
    }
    folder_free(folder);
}

static void test_find_lists_ten(void **state)
{
    (void)state;
    char *folder = folder_new();
    struct error error = ERROR_INIT;
    for (int i = 10; i < 22; i++) {
        char *name = xasprintf("20260101-000000-x%d.jsonl", i);
        put(folder, name, SESSION, i);
        free(name);
    }
    assert_null(store_find(folder, "2026", &error));
    assert_int_equal(error.code, RN_ECONFIG);
    assert_non_null(strstr(error.text, "12 sessions: 20260101-000000-x21, "));
    assert_non_null(strstr(error.text, "x12, ..."));
    assert_null(strstr(error.text, "x11"));
    folder_free(folder);
}

static void test_find_path(void **state)
{
    (void)state;
    char *folder = folder_new(), *here = get_current_dir_name();
    char *path = folder_put(folder, "talk.jsonl", SESSION);
    struct error error = ERROR_INIT;
    char *got = store_find("/nowhere", path, &error);
    assert_string_equal(got, path);
    free(got);
    assert_null(store_find(folder, "./none.jsonl", &error));
    assert_non_null(strstr(error.text, "./none.jsonl"));

    assert_int_equal(chdir(folder), 0);
    got = store_find("/nowhere", "talk.jsonl", &error);
    assert_string_equal(got, "talk.jsonl");
    assert_null(store_find("/nowhere", "talk", &error));
    assert_int_equal(chdir(here), 0);
    free(got);
    free(here);
    free(path);
    folder_free(folder);
}

/* ---- One session ---- */

static void test_look(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct session_list list;
    char *folder = folder_new();
    char *path = folder_put(folder, "a.jsonl", SESSION START("m", "one\\nmore") TITLE("t"));
    assert_int_equal(store_look(path, &list, &error), 0);
    assert_int_equal(list.count, 1);
    assert_string_equal(list.items[0].id, "a");
    assert_string_equal(list.items[0].title, "t");
    assert_string_equal(list.items[0].prompt, "one");
    session_list_clear(&list);
    assert_int_equal(store_look("/nowhere/a.jsonl", &list, &error), -1);
    assert_int_equal(store_look(folder, &list, &error), -1);
    assert_int_equal(list.count, 0);
    free(path);
    folder_free(folder);
}

/* What other programs write has blanks after the colons. */
static void test_look_at_anothers_file(void **state)
{
    (void)state;
    static const char text[] =
        "{ \"model\": \"m\", \"input\": [{\"role\": \"user\", \"content\": \"one\"}], \"type\": "
        "\"start\" }\n{\"type\": \"message\", \"model\": \"n\"}\n{\"type\": \"title\", "
        "\"title\": \"t\"}\n{\"type\":\"ai\",\"content\":\"\\\"start\\\"\"}\n";
    struct error error;
    struct session_list list;
    char *folder = folder_new();
    char *path = folder_put(folder, "a.jsonl", text);
    assert_int_equal(store_look(path, &list, &error), 0);
    assert_string_equal(list.items[0].title, "t");
    assert_string_equal(list.items[0].prompt, "one");
    assert_string_equal(list.items[0].model, "n");
    session_list_clear(&list);
    free(path);
    folder_free(folder);
}

static void test_remove(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    char *folder = folder_new();
    char *path = folder_put(folder, "a.jsonl", SESSION);
    char *other = folder_put(folder, "b.jsonl", "no session\n");
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
    assert_int_equal(store_remove(path, &error), -1);
    assert_non_null(strstr(error.text, "is open in another runnel"));
    assert_int_equal(access(path, F_OK), 0);
    close(fd);
    assert_int_equal(store_remove(path, &error), 0);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(store_remove(path, &error), -1);
    assert_int_equal(store_remove(other, &error), -1);
    assert_int_equal(access(other, F_OK), 0);
    free(other);
    free(path);
    folder_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_folder),
        cmocka_unit_test(test_what_a_session_is_called),
        cmocka_unit_test(test_list_order),
        cmocka_unit_test(test_times_to_come),
        cmocka_unit_test(test_list_long_file),
        cmocka_unit_test(test_list_long_first_line),
        cmocka_unit_test(test_called),
        cmocka_unit_test(test_list_without_folder),
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_find_lists_ten),
        cmocka_unit_test(test_find_path),
        cmocka_unit_test(test_look),
        cmocka_unit_test(test_look_at_anothers_file),
        cmocka_unit_test(test_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
