/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/journal.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "base/json.h"
#include "llm/event.h"
#include "llm/message.h"
#include "session/reader.h"
#include "session/store.h"
#include "session_fixture.h"

#define LINES_A_B                                             \
    "{\"type\":\"ai\",\"seq\":1,\"t\":1,\"content\":\"a\"}\n" \
    "{\"type\":\"ai\",\"seq\":2,\"t\":2,\"content\":\"b\"}\n"
#define LINES_C_D                                             \
    "{\"type\":\"ai\",\"seq\":3,\"t\":3,\"content\":\"c\"}\n" \
    "{\"type\":\"ai\",\"seq\":4,\"t\":4,\"content\":\"d\"}\n"

static const rn_event *ai(struct event *event, uint64_t seq, const char *content)
{
    event_init(event, RN_AI);
    event->pub.seq = seq;
    event->pub.t = (int64_t)seq;
    event->pub.content = content;
    event->pub.content_len = strlen(content);
    return &event->pub;
}

static void say(struct journal *journal, uint64_t seq, const char *content)
{
    struct event event;
    struct error error;
    assert_int_equal(journal_event(journal, ai(&event, seq, content), &error), 0);
}

static void flush(struct journal *journal)
{
    struct error error = ERROR_INIT;
    if (journal_flush(journal, &error) < 0)
        fail_msg("%s", error.text);
}

/* The lines after the session line. */
static char *body_of(const char *path)
{
    char *text = file_get(path), *end = strchr(text, '\n');
    assert_int_equal(strncmp(text, "{\"type\":\"session\",", 18), 0);
    assert_non_null(end);
    char *body = xstrdup(end + 1);
    free(text);
    return body;
}

/* The path of the one session in a folder; NULL when there is none. */
static char *only_file(const char *folder)
{
    DIR *dir = opendir(folder);
    char *path = NULL;
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (entry->d_name[0] == '.')
            continue;
        assert_null(path);
        path = xasprintf("%s/%s", folder, entry->d_name);
    }
    closedir(dir);
    return path;
}

static json_t *first_line(const char *path)
{
    struct session_line line;
    struct session_reader *reader = session_reader_new(open(path, O_RDONLY | O_CLOEXEC));
    assert_true(session_reader_next(reader, &line));
    json_t *record = json_loadb(line.data, line.len, 0, NULL);
    assert_non_null(record);
    session_reader_free(reader);
    return record;
}

/* ---- What is written ---- */

/* The records of a run are written all at once, when the first of them comes. */
static void tell(struct journal *journal, const rn_event *event, const rn_message *message,
                 bool *has_records, struct error *error)
{
    bool is_record = strcmp(event->type, "message") == 0;
    if (is_record && !*has_records)
        journal_message(journal, message, error);
    else if (strcmp(event->type, "title") == 0)
        journal_title(journal, "The capital of France", error);
    else if (!is_record)
        journal_event(journal, event, error);
    *has_records |= is_record;
}

/* Every example of the page, told to a journal as the event or record that it is, makes the very
 * same line. */
static void test_every_line(void **state)
{
    (void)state;
    char *folder = folder_new(), *lines = documented_lines(), *line = lines;
    struct journal *journal = journal_new(folder, NULL);
    struct event_reader *reader = event_reader_new();
    struct message *message = message_new();
    struct buf want = BUF_INIT;
    unsigned kinds = 0;
    bool has_records = false; /* of this run */
    for (char *end; (end = strchr(line, '\n')); line = end + 1) {
        struct event event;
        struct error error = ERROR_INIT;
        if (event_read(reader, line, (size_t)(end - line), &event, &error) < 0)
            fail_msg("%s: %.*s", error.text, (int)(end - line), line);
        const char *type = event.pub.type;
        if (strcmp(type, "session") == 0)
            continue;
        event.pub.json = "";
        if (event.pub.kind == RN_START) {
            event.pub.run = "";
            message_free(message);
            message = message_new();
            has_records = false;
        }
        message_add(message, &event.pub);
        tell(journal, &event.pub, message_public(message), &has_records, &error);
        assert_string_equal(error.text, "");
        kinds |= event.pub.kind;
        if (event.pub.kind != RN_TOOL_DELTA)
            buf_add(&want, line, (size_t)(end + 1 - line));
    }
    flush(journal);
    char *got = body_of(journal_path(journal));
    assert_string_equal(got, want.data);
    assert_int_equal(kinds & ~(unsigned)RN_UNKNOWN, RN_UNKNOWN - 1);
    free(got);
    buf_clear(&want);
    message_free(message);
    event_reader_free(reader);
    journal_free(journal);
    free(lines);
    folder_free(folder);
}

static void check_session_line(mode_t wanted_mask)
{
    char *parent = folder_new(), *folder = xasprintf("%s/a/b", parent);
    struct stat info;
    mode_t mask = umask(wanted_mask);
    struct journal *journal = journal_new(folder, "my \"name\"\n");
    say(journal, 1, "x");
    flush(journal);
    umask(mask);

    assert_int_equal(stat(folder, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0700);
    assert_int_equal(stat(journal_path(journal), &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);
    char *path = xasprintf("%s/%s.jsonl", folder, journal_id(journal));
    assert_string_equal(journal_path(journal), path);
    int year, clock, end = 0;
    char letters[4];
    assert_int_equal(
        sscanf(journal_id(journal), "%8d-%6d-%3[a-z2-7]%n", &year, &clock, letters, &end), 3);
    assert_int_equal(end, strlen("20260131-142530-k3f"));

    json_t *record = first_line(path);
    assert_string_equal(json_get_text(record, "type"), "session");
    assert_int_equal(json_integer_value(json_object_get(record, "v")), 1);
    assert_string_equal(json_get_text(record, "id"), journal_id(journal));
    assert_string_equal(json_get_text(record, "name"), "my \"name\"\n");
    assert_string_equal(json_get_text(record, "runnel"), RN_VERSION);
    assert_int_equal(strlen(json_get_text(record, "time")), strlen("2026-01-31T14:25:30.104Z"));
    assert_null(json_object_get(record, "parent"));
    json_decref(record);
    free(path);
    journal_free(journal);
    folder_free(parent);
    free(folder);
}

/* Nobody else may look, and we may, whatever the umask. */
static void test_session_line(void **state)
{
    (void)state;
    check_session_line(0);
    check_session_line(0777);
}

static void test_nothing_said(void **state)
{
    (void)state;
    char *folder = folder_new();
    struct journal *journal = journal_new(folder, "name");
    struct event event;
    struct error error;
    event_init(&event, RN_TOOL_DELTA);
    assert_int_equal(journal_event(journal, &event.pub, &error), 0);
    flush(journal);
    assert_string_equal(journal_path(journal), "");
    assert_string_equal(journal_id(journal), "");
    journal_free(journal);
    journal_free(NULL);
    assert_null(only_file(folder));
    folder_free(folder);
}

/* Without a flush: a finish is there at once, other events as long as more of them come. */
static void test_written_unasked(void **state)
{
    (void)state;
    char *folder = folder_new();
    struct journal *journal = journal_new(folder, NULL);
    struct event event;
    struct error error;
    event_init(&event, RN_FINISH);
    event.pub.seq = 1;
    assert_int_equal(journal_event(journal, &event.pub, &error), 0);
    char *text = file_get(journal_path(journal));
    assert_non_null(strstr(text, "\n{\"type\":\"finish\""));
    free(text);

    struct stat before, now;
    uint64_t seq = 1;
    assert_int_equal(stat(journal_path(journal), &before), 0);
    do {
        say(journal, ++seq, "x");
        assert_int_equal(stat(journal_path(journal), &now), 0);
    } while (now.st_size == before.st_size && seq < 100000000);
    assert_true(now.st_size > before.st_size);
    journal_free(journal);
    folder_free(folder);
}

/* ---- Going on ---- */

static void test_going_on(void **state)
{
    (void)state;
    char *folder = folder_new(), *path, *body;
    struct error error;
    struct journal *journal = journal_new(folder, NULL);
    say(journal, 1, "a");
    flush(journal);
    path = xstrdup(journal_path(journal));
    journal_free(journal);

    journal = journal_open(path, &error);
    assert_string_equal(journal_path(journal), path);
    say(journal, 2, "b");
    journal_free(journal);
    body = body_of(path);
    assert_string_equal(body, LINES_A_B);
    free(body);
    free(path);
    folder_free(folder);
}

/* A run's, by this model. */
static struct message *answer_of(const char *model)
{
    struct event event, piece;
    struct message *message = message_new();
    event_init(&event, RN_START);
    event.start.run = "r";
    event.start.provider = "p";
    event.start.model = model;
    message_add(message, &event.pub);
    message_add(message, ai(&piece, 2, "short"));
    return message;
}

/* What it is called is known again, and stays near the end however long it gets. */
static void test_what_it_is_called(void **state)
{
    (void)state;
    enum { ANSWERS = 100 };
    char *folder = folder_new();
    struct error error;
    struct session_list list;
    struct journal *journal = journal_new(folder, "trip");
    assert_string_equal(journal_called(journal), "trip");
    say(journal, 1, "a");
    flush(journal);
    char *path = xstrdup(journal_path(journal));
    journal_free(journal);
    journal = journal_open(path, &error);
    assert_string_equal(journal_called(journal), "trip");
    assert_int_equal(journal_title(journal, "Rome in May", &error), 0);
    journal_free(journal);

    journal = journal_open(path, &error);
    assert_string_equal(journal_called(journal), "Rome in May");
    char *long_text = xcalloc(1, 2000);
    memset(long_text, 'x', 1999);
    struct message *answer = answer_of("m");
    for (int i = 0; i < ANSWERS; i++) {
        say(journal, 1, long_text);
        assert_int_equal(journal_message(journal, message_public(answer), &error), 0);
    }
    message_free(answer);
    journal_free(journal);
    assert_int_equal(store_look(path, &list, &error), 0);
    assert_true(list.items[0].size > 200000);
    assert_string_equal(list.items[0].model, "m");
    assert_string_equal(list.items[0].title, "Rome in May");
    assert_string_equal(list.items[0].name, "trip");
    session_list_clear(&list);
    free(long_text);
    free(path);
    folder_free(folder);
}

/* A writer died at any byte: who goes on loses no line that was whole, and none of its own. */
static void test_going_on_after_torn_tail(void **state)
{
    (void)state;
    static const char text[] =
        "{\"type\":\"session\",\"v\":1}\n{\"type\":\"ai\",\"content\":\"a\"}\n"
        "{\"type\":\"ai\",\"content\":\"b\"}\n\0\0\0";
    char *folder = folder_new(), *path = xasprintf("%s/s.jsonl", folder);
    for (size_t cut = strlen("{\"type\":\"session\",\"v\":1}"); cut < sizeof(text); cut++) {
        struct error error;
        struct session_line line;
        file_put(path, text, cut);
        struct journal *journal = journal_open(path, &error);
        assert_non_null(journal);
        say(journal, 3, "c");
        journal_free(journal);

        size_t whole = 0, got = 0;
        for (size_t i = 0; i < cut; i++)
            whole += text[i] == '\n' || (i + 1 == cut && text[i] == '}' && text[i - 1] == '"') ||
                     (i + 1 == cut && text[i] == '}' && text[i - 1] == '1');
        struct session_reader *reader = session_reader_new(open(path, O_RDONLY | O_CLOEXEC));
        while (session_reader_next(reader, &line))
            got++;
        assert_int_equal(got, whole + 1);
        assert_false(session_reader_torn(reader));
        session_reader_free(reader);
        char *now = file_get(path);
        assert_memory_equal(now, text, cut < strlen(text) ? cut : strlen(text));
        free(now);
    }
    free(path);
    folder_free(folder);
}

static void test_two_writers(void **state)
{
    (void)state;
    char *folder = folder_new();
    struct error error;
    struct journal *first = journal_new(folder, NULL);
    say(first, 1, "a");
    flush(first);

    struct journal *second = journal_open(journal_path(first), &error);
    assert_string_equal(journal_path(second), "");
    say(second, 2, "b");
    flush(second);
    assert_string_not_equal(journal_id(second), journal_id(first));
    char *same = xasprintf("%s/%s.jsonl", folder, journal_id(second));
    assert_string_equal(journal_path(second), same);
    json_t *record = first_line(same);
    assert_string_equal(json_get_text(record, "parent"), journal_id(first));
    json_decref(record);
    free(same);

    char *path = xstrdup(journal_path(first));
    journal_free(first);
    struct journal *third = journal_open(path, &error);
    assert_string_equal(journal_path(third), path);
    journal_free(third);
    journal_free(second);
    free(path);
    folder_free(folder);
}

/* Removed between the moment it was found and the moment it was locked. */
static void test_removed(void **state)
{
    (void)state;
    struct error error;
    char *folder = folder_new(), *path = folder_put(folder, "a.jsonl", "{\"type\":\"session\"}\n");
    int fd = open(path, O_RDWR | O_CLOEXEC);
    char *same = xasprintf("/proc/self/fd/%d", fd);
    assert_int_equal(unlink(path), 0);
    assert_null(journal_open(same, &error));
    assert_non_null(strstr(error.text, "has been removed"));
    close(fd);
    free(same);
    free(path);
    folder_free(folder);
}

static void test_what_is_no_session(void **state)
{
    (void)state;
    char *folder = folder_new(), *fifo = xasprintf("%s/fifo", folder);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    char *const paths[] = {
        folder_put(folder, "text.jsonl", "# A page\n\nof text.\n"),
        folder_put(folder, "empty.jsonl", ""),
        folder_put(folder, "json.jsonl", "{\"name\":\"x\"}\n{\"type\":1}\n{"),
        xstrdup(folder),
        fifo,
        xasprintf("%s/none.jsonl", folder),
    };
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        struct error error = ERROR_INIT;
        char *before = i < 3 ? file_get(paths[i]) : NULL;
        assert_null(journal_open(paths[i], &error));
        assert_non_null(strstr(error.text, paths[i]));
        if (before) {
            char *after = file_get(paths[i]);
            assert_string_equal(after, before);
            free(after);
        }
        free(before);
        free(paths[i]);
    }
    folder_free(folder);
}

/* ---- When writing fails ---- */

static void limit_files(rlim_t size)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = size;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Room for so many bytes until all is told; how often the journal said that it cannot write. */
static int fill_disk(const char *folder, rlim_t room, size_t *size_of_two)
{
    struct error error = ERROR_INIT;
    struct journal *journal = journal_new(folder, NULL);
    limit_files(room);
    say(journal, 1, "a");
    say(journal, 2, "b");
    int told = journal_flush(journal, &error) < 0;
    char *got = file_get(journal_path(journal));
    *size_of_two = strlen(got);
    free(got);
    say(journal, 3, "c");
    told += journal_flush(journal, &error) < 0;
    if (told > 0)
        assert_non_null(strstr(error.text, strerror(EFBIG)));
    limit_files(RLIM_INFINITY);
    flush(journal);
    say(journal, 4, "d");
    flush(journal);
    got = body_of(journal_path(journal));
    assert_string_equal(got, LINES_A_B LINES_C_D);
    free(got);
    journal_free(journal);
    return told;
}

/* The disk is full after any byte: said once, nothing lost, nothing torn once there is room. */
static void test_full_disk(void **state)
{
    (void)state;
    char *folder = folder_new();
    size_t two, unused, line = strlen(LINES_C_D) / 2;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(fill_disk(folder, RLIM_INFINITY, &two), 0);
    for (rlim_t room = 0; room < two + line; room++)
        assert_int_equal(fill_disk(folder, room, &unused), 1);
    assert_int_equal(fill_disk(folder, two + line, &unused), 0);
    folder_free(folder);
}

static void test_no_folder(void **state)
{
    (void)state;
    char *parent = folder_new(), *blocker = folder_put(parent, "x", "a file"), *body;
    char *folder = xasprintf("%s/sessions", blocker);
    struct error error = ERROR_INIT;
    struct journal *journal = journal_new(folder, NULL);
    say(journal, 1, "a");
    assert_int_equal(journal_flush(journal, &error), -1);
    assert_int_equal(error.code, RN_EIO);
    assert_non_null(strstr(error.text, folder));
    assert_non_null(strstr(error.text, strerror(ENOTDIR)));
    assert_int_equal(journal_flush(journal, &error), 0);
    say(journal, 2, "b");
    assert_int_equal(journal_flush(journal, &error), 0);
    assert_string_equal(journal_path(journal), "");

    assert_int_equal(remove(blocker), 0);
    flush(journal);
    body = body_of(journal_path(journal));
    assert_string_equal(body, LINES_A_B);
    free(body);
    journal_free(journal);
    free(folder);
    free(blocker);
    folder_free(parent);
}

/* What waits is bounded: beyond, events are refused and that is said once; what was taken is kept. */
static void test_too_much_waits(void **state)
{
    (void)state;
    enum { PIECE = 4 * 1024 * 1024 };
    char *parent = folder_new(), *blocker = folder_put(parent, "x", "");
    char *piece = xcalloc(1, PIECE + 1);
    struct journal *journal = journal_new(blocker, NULL);
    struct error error = ERROR_INIT;
    struct event event;
    uint64_t seq = 0;
    int told = 0;
    memset(piece, 'x', PIECE);
    assert_int_equal(journal_title(journal, "t", &error), 0);
    assert_int_equal(journal_flush(journal, &error), -1);
    for (int i = 0; i < JOURNAL_WAITING_MAX / PIECE + 4; i++)
        told += journal_event(journal, ai(&event, ++seq, piece), &error) < 0;
    assert_int_equal(told, 1);
    assert_non_null(strstr(error.text, "not saved"));

    assert_int_equal(remove(blocker), 0);
    flush(journal);
    say(journal, 99, "again");
    flush(journal);
    struct session_line line;
    size_t lines = 0;
    struct session_reader *reader =
        session_reader_new(open(journal_path(journal), O_RDONLY | O_CLOEXEC));
    while (session_reader_next(reader, &line))
        lines++;
    assert_int_equal(lines, 2 + JOURNAL_WAITING_MAX / PIECE + 1);
    session_reader_free(reader);
    journal_free(journal);
    free(piece);
    free(blocker);
    folder_free(parent);
}

/* ---- When the writer dies ---- */

/* Writes and flushes without end, telling through the pipe when a line is flushed. */
static void write_for_ever(const char *folder, int told)
{
    struct journal *journal = journal_new(folder, NULL);
    struct event event;
    struct error error;
    for (uint64_t seq = 1;; seq++) {
        journal_event(journal, ai(&event, seq, "piece"), &error);
        journal_flush(journal, &error);
        if (write(told, "x", 1) != 1)
            _exit(0);
    }
}

static void test_killed(void **state)
{
    (void)state;
    for (size_t wanted = 1; wanted < 2000; wanted = wanted * 3 + 1) {
        char *folder = folder_new(), byte[1];
        int ends[2];
        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        pid_t child = fork();
        if (child == 0)
            write_for_ever(folder, ends[1]);
        close(ends[1]);
        for (size_t i = 0; i < wanted; i++)
            assert_int_equal(read(ends[0], byte, 1), 1);
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, NULL, 0), child);
        close(ends[0]);

        char *path = only_file(folder);
        struct session_line line;
        struct session_reader *reader = session_reader_new(open(path, O_RDONLY | O_CLOEXEC));
        size_t lines = 0;
        assert_true(session_reader_next(reader, &line));
        while (session_reader_next(reader, &line)) {
            json_t *event = json_loadb(line.data, line.len, 0, NULL);
            assert_int_equal(json_integer_value(json_object_get(event, "seq")), ++lines);
            json_decref(event);
        }
        assert_true(lines >= wanted);
        session_reader_free(reader);
        free(path);
        folder_free(folder);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_line),
        cmocka_unit_test(test_session_line),
        cmocka_unit_test(test_nothing_said),
        cmocka_unit_test(test_written_unasked),
        cmocka_unit_test(test_going_on),
        cmocka_unit_test(test_what_it_is_called),
        cmocka_unit_test(test_going_on_after_torn_tail),
        cmocka_unit_test(test_two_writers),
        cmocka_unit_test(test_removed),
        cmocka_unit_test(test_what_is_no_session),
        cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_no_folder),
        cmocka_unit_test(test_too_much_waits),
        cmocka_unit_test(test_killed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
