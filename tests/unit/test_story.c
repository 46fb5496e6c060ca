/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a run with tools looks like in the transcript, from its events.
 */
#include "tui/story.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "text/line.h"
#include "tui/transcript.h"

enum { WIDTH = 60, HEIGHT = 60 };

static struct story story_on(int width, int height)
{
    struct story story = {.transcript = transcript_new()};
    transcript_resize(story.transcript, width, height);
    return story;
}

static void end(struct story *story)
{
    story_clear(story);
    transcript_free(story->transcript);
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static void send(struct story *story, rn_event event, int64_t now)
{
    event.id = or_empty(event.id);
    event.tool = or_empty(event.tool);
    event.args = or_empty(event.args);
    event.run = or_empty(event.run);
    event.new_args = or_empty(event.new_args);
    event.status = or_empty(event.status);
    event.by = or_empty(event.by);
    event.content = or_empty(event.content);
    event.content_len = strlen(event.content);
    event.text = or_empty(event.text);
    event.text_len = strlen(event.text);
    event.output = or_empty(event.output);
    event.output_len = strlen(event.output);
    story_event(story, &event, "model", now);
}

static const rn_start start = {.input = "[]"};

#define SEND(story, now, ...) send(story, (rn_event){__VA_ARGS__}, now)
#define CALL(story, now, call, name, json) \
    SEND(story, now, .kind = RN_TOOL, .id = (call), .tool = (name), .args = (json))
#define RESULT(story, now, call, how, what) \
    SEND(story, now, .kind = RN_RESULT, .id = (call), .status = (how), .output = (what), .ms = 250)

/* The window's rows down to the last that is not empty. */
static void show(struct story *story, int height, struct buf *out)
{
    struct row rows[HEIGHT];
    transcript_rows(story->transcript, rows);
    for (int i = 0; i < height; i++) {
        struct line line;
        transcript_line(story->transcript, &rows[i], &line);
        for (size_t n = 0; n < line.count; n++)
            buf_add(out, line.spans[n].text, line.spans[n].len);
        buf_addc(out, '\n');
    }
    while (out->len > 1 && out->data[out->len - 2] == '\n')
        buf_drop_end(out, 1);
}

static void assert_rows(struct story *story, int height, const char *want)
{
    struct buf out = BUF_INIT;
    show(story, height, &out);
    assert_string_equal(buf_str(&out), want);
    buf_clear(&out);
}

/* After what has come now, before the clock ticks. */
static void assert_shows(struct story *story, int64_t now, const char *want)
{
    story_show(story, false, now);
    assert_rows(story, HEIGHT, want);
}

static void assert_ticks(struct story *story, int64_t now, const char *want)
{
    story_show(story, true, now);
    assert_rows(story, HEIGHT, want);
}

static void test_call(void **state)
{
    (void)state;
    struct story story = story_on(WIDTH, HEIGHT);
    SEND(&story, 0, .kind = RN_TOOL_DELTA, .id = "a", .tool = "read_file");
    assert_shows(&story, 0, "→ read_file\n… writing\n");
    SEND(&story, 0, .kind = RN_TOOL_DELTA, .id = "a", .tool = "read_file", .args = "{\"path\":\"a");
    assert_shows(&story, 0, "→ read_file  path=a\n… writing\n");
    SEND(&story, 0, .kind = RN_TOOL_DELTA, .id = "a", .tool = "read_file", .args = ".c\"}");
    assert_shows(&story, 0, "→ read_file  path=a.c\n… writing\n");
    CALL(&story, 1000, "a", "read_file", "{\"path\":\"a.c\"}");
    assert_shows(&story, 1000, "→ read_file  path=a.c\n… waiting\n");
    assert_ticks(&story, 1250, "→ read_file  path=a.c\n… running · 0.2 s\n");
    assert_shows(&story, 9000, "→ read_file  path=a.c\n… running · 0.2 s\n");
    assert_ticks(&story, 13000, "→ read_file  path=a.c\n… running · 12 s\n");
    assert_false(story_show(&story, true, 13100));
    RESULT(&story, 13500, "a", "ok", "int x;\n");
    assert_shows(&story, 13500, "→ read_file  path=a.c\n✓ ok · 0.2 s · 7 bytes\n│ int x;\n");
    assert_false(story_show(&story, true, 20000));
    end(&story);
}

static void test_long_arguments(void **state)
{
    (void)state;
    struct story story = story_on(WIDTH, HEIGHT);
    SEND(&story, 0, .kind = RN_TOOL_DELTA, .id = "a", .tool = "write_file",
         .args = "{\"path\":\"a\",\"content\":\"1\\n2\\n3\\n4\\n  5");
    assert_shows(&story, 0,
                 "→ write_file  path=a content=\"1…\n"
                 "… writing · line 5, 11 bytes\n"
                 "│ 3\n"
                 "│ 4\n"
                 "│   5▌\n");
    SEND(&story, 0, .kind = RN_TOOL_DELTA, .id = "a", .args = "\\n");
    assert_shows(&story, 0,
                 "→ write_file  path=a content=\"1…\n"
                 "… writing · line 6, 12 bytes\n"
                 "│ 4\n"
                 "│   5\n"
                 "│ ▌\n");
    CALL(&story, 0, "a", "write_file", "{\"path\":\"a\",\"content\":\"1\\n2\\n3\\n4\\n  5\\n\"}");
    RESULT(&story, 0, "a", "ok", "Made a.");
    assert_shows(&story, 0,
                 "→ write_file  path=a content=\"1…\" (5 lines, 12 bytes)\n"
                 "✓ ok · 0.2 s · 7 bytes\n"
                 "│ Made a.\n");
    story_fold(&story, 0);
    assert_rows(&story, HEIGHT,
                "→ write_file\n"
                "  path: \"a\"\n"
                "  content:\n"
                "    1\n"
                "    2\n"
                "    3\n"
                "    4\n"
                "      5\n"
                "✓ ok · 0.2 s · 7 bytes\n"
                "│ Made a.\n");
    end(&story);
}

/* Each finds its own by its id, and stands where the call was made. */
static void test_parallel(void **state)
{
    (void)state;
    struct story story = story_on(WIDTH, HEIGHT);
    SEND(&story, 0, .kind = RN_AI, .content = "Both.\n");
    CALL(&story, 0, "a", "one", "{}");
    CALL(&story, 500, "b", "two", "{}");
    SEND(&story, 600, .kind = RN_PROGRESS, .id = "b", .text = "at work", .fraction = 0.5);
    assert_ticks(&story, 1000,
                 "  Both.\n\n→ one\n… running · 0.5 s\n\n"
                 "→ two\n… running · 0.5 s · 50 % · at work\n");
    RESULT(&story, 2000, "b", "ok", "");
    RESULT(&story, 2000, "a", "error", "It broke.\n");
    SEND(&story, 3000, .kind = RN_AI, .content = "Well.");
    assert_shows(&story, 3000,
                 "  Both.\n\n→ one\n✗ failed · 0.2 s · 10 bytes\n│ It broke.\n\n"
                 "→ two\n✓ ok · 0.2 s · no output\n\n  Well.\n");
    end(&story);
}

/* Progress that floods in is shown by the clock, its last line on one row. */
static void test_progress(void **state)
{
    (void)state;
    struct story story = story_on(30, HEIGHT);
    CALL(&story, 0, "a", "build", "{}");
    story_show(&story, true, 0);
    for (int i = 0; i < 1000; i++)
        SEND(&story, 1, .kind = RN_PROGRESS, .id = "a", .fraction = -1,
             .text = "a line that is far too long for it");
    assert_false(story_show(&story, false, 1));
    assert_ticks(&story, 250, "→ build\n… running · 0.2 s · a line tha\n");
    SEND(&story, 300, .kind = RN_PROGRESS, .id = "a", .fraction = -1, .text = "short\033[2J\n");
    assert_ticks(&story, 500, "→ build\n… running · 0.5 s · short␛[2J␊\n");
    end(&story);
}

static void test_approval(void **state)
{
    (void)state;
    static const struct {
        const char *about;
        rn_event verdict;
        const char *status, *want;
    } cases[] = {
        {"allowed",
         {.status = "allowed", .by = "user"},
         "ok",
         "→ shell  command=ls\n✓ ok · 0.2 s · 1 byte · allowed by you\n│ x\n"},
        {"allowed by a rule",
         {.status = "allowed", .by = "policy", .text = "/allow"},
         "ok",
         "→ shell  command=ls\n✓ ok · 0.2 s · 1 byte · allowed by the\n  rules: /allow\n│ x\n"},
        {"changed",
         {.status = "allowed", .by = "user", .new_args = "{\"command\":\"ls -l\"}"},
         "ok",
         "→ shell  command=ls\n  changed by you to command=\"ls -l\"\n"
         "✓ ok · 0.2 s · 1 byte · allowed by you\n│ x\n"},
        {"denied",
         {.status = "denied", .by = "user"},
         "denied",
         "→ shell  command=ls\n⊘ denied by you\n"},
        {"denied, and why",
         {.status = "denied", .by = "user", .text = "not\033 now"},
         "denied",
         "→ shell  command=ls\n⊘ denied by you: not␛ now\n"},
        {"denied by a rule",
         {.status = "denied", .by = "policy"},
         "denied",
         "→ shell  command=ls\n⊘ denied by the rules\n"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct story story = story_on(44, HEIGHT);
        rn_event verdict = cases[i].verdict;
        verdict.kind = RN_APPROVAL;
        verdict.id = "a";
        CALL(&story, 0, "a", "shell", "{\"command\":\"ls\"}");
        SEND(&story, 0, .kind = RN_APPROVAL, .id = "a", .status = "requested");
        assert_ticks(&story, 0, "→ shell  command=ls\n? waits for your answer\n");
        send(&story, verdict, 5000);
        RESULT(&story, 6000, "a", cases[i].status, "x");
        assert_shows(&story, 6000, cases[i].want);
        end(&story);
    }
}

static void test_ends(void **state)
{
    (void)state;
    struct story story = story_on(WIDTH, HEIGHT);
    SEND(&story, 0, .kind = RN_START, .start = &start, .text = "one", .text_len = 3);
    CALL(&story, 0, "a", "sleep", "{}");
    RESULT(&story, 0, "a", "cancelled", "[stopped]");
    SEND(&story, 0, .kind = RN_TOOL, .id = "b", .tool = "x", .args = "{\"a", .invalid = true);
    RESULT(&story, 0, "b", "error", "No JSON.");
    SEND(&story, 0, .kind = RN_TOOL_DELTA, .id = "c", .tool = "y", .args = "{\"a");
    CALL(&story, 0, "d", "z", "{\"b\":1}"); /* twice the same: the last one stands */
    CALL(&story, 0, "d", "z", "{\"b\":2}");
    story_end(&story);
    assert_shows(&story, 0,
                 "▌ one\n\n→ sleep\n■ stopped · 0.2 s · 9 bytes\n│ [stopped]\n\n"
                 "→ x  {\"a (not valid)\n✗ failed · 0.2 s · 8 bytes\n│ No JSON.\n\n"
                 "→ y  a\n■ broken off\n\n→ z  b=2\n■ broken off\n");
    end(&story);
}

/* Some servers give every call of every run the same id. */
static void test_same_ids(void **state)
{
    (void)state;
    struct story story = story_on(WIDTH, HEIGHT);
    for (int run = 0; run < 2; run++) {
        SEND(&story, 0, .kind = RN_START, .start = &start, .text = "go", .text_len = 2);
        CALL(&story, 0, "0", "one", "{}");
        RESULT(&story, 0, "0", "ok", run ? "second" : "first");
        CALL(&story, 0, "0", "two", "{}");
        story_end(&story);
        story_show(&story, false, 0);
    }
    assert_shows(&story, 0,
                 "▌ go\n\n→ one\n✓ ok · 0.2 s · 5 bytes\n│ first\n\n→ two\n■ broken off\n\n"
                 "▌ go\n\n→ one\n✓ ok · 0.2 s · 6 bytes\n│ second\n\n→ two\n■ broken off\n");
    end(&story);
}

/* A session that somebody else has written. */
static void test_result_alone(void **state)
{
    (void)state;
    struct story story = story_on(WIDTH, HEIGHT);
    SEND(&story, 0, .kind = RN_RESULT, .id = "a", .tool = "time", .status = "odd", .output = "now");
    assert_shows(&story, 0, "→ time\n✗ failed · 3 bytes\n│ now\n");
    end(&story);
}

static void test_hostile(void **state)
{
    (void)state;
    struct story story = story_on(WIDTH, HEIGHT);
    CALL(&story, 0, "a", "x\033[2J\n",
         "{\"a\\u001b\":\"\\u001b]0;\\u0007\\u202e\",\"b\":\"\033[2J\"}");
    RESULT(&story, 0, "a", "ok", "\033[2J\r\n\342\200\256end\n");
    assert_shows(&story, 0,
                 "→ x␛[2J␊  a␛=\"␛]0;␇<U+202E>\" b=\"␛[2J\"\n"
                 "✓ ok · 0.2 s · 2 lines, 13 bytes\n"
                 "│ ␛[2J\n"
                 "│ <U+202E>end\n");
    end(&story);
}

static void add_lines(struct buf *text, int count)
{
    for (int i = 1; i <= count; i++)
        buf_addf(text, "line %d\n", i);
}

static void test_fold(void **state)
{
    (void)state;
    struct story story = story_on(WIDTH, 10);
    struct buf lines = BUF_INIT;
    story_fold(&story, 0);
    add_lines(&lines, 1234);
    SEND(&story, 0, .kind = RN_START, .start = &start, .text = "go", .text_len = 2);
    CALL(&story, 0, "a", "one", "{}");
    RESULT(&story, 0, "a", "ok", lines.data);
    story_show(&story, false, 0);
    static const char folded[] = "▌ go\n\n→ one\n✓ ok · 0.2 s · 1,234 lines, 11 KB\n│ line 1\n"
                                 "│ line 2\n│ line 3\n│ line 4\n  … 1,230 more lines · Alt-O\n";
    assert_rows(&story, 10, folded);
    story_fold(&story, 0);
    assert_rows(&story, 10,
                "→ one\n✓ ok · 0.2 s · 1,234 lines, 11 KB\n│ line 1\n│ line 2\n│ line 3\n"
                "│ line 4\n│ line 5\n│ line 6\n│ line 7\n│ line 8\n");
    transcript_end(story.transcript);
    assert_rows(&story, 2, "│ line 1225\n│ line 1226\n");
    story_fold(&story, 0); /* from the middle of it */
    assert_rows(&story, 10, folded);
    assert_true(transcript_follows(story.transcript));
    buf_clear(&lines);
    end(&story);
}

/* A fold that would hide one line hides none. */
static void test_short_output(void **state)
{
    (void)state;
    struct story story = story_on(WIDTH, HEIGHT);
    CALL(&story, 0, "a", "one", "{}");
    RESULT(&story, 0, "a", "ok", "1\n2\n3\n4\n5\n");
    assert_shows(&story, 0, "→ one\n✓ ok · 0.2 s · 5 lines, 10 bytes\n│ 1\n│ 2\n│ 3\n│ 4\n│ 5\n");
    end(&story);
}

/* The one in view is folded, the last where there are several, and the last of all where none is. */
static void test_fold_in_view(void **state)
{
    (void)state;
    struct story story = story_on(WIDTH, 12);
    struct buf lines = BUF_INIT;
    add_lines(&lines, 20);
    static const char *const ids[] = {"a", "b", "c"};
    for (int i = 0; i < 3; i++) {
        CALL(&story, 0, ids[i], ids[i], "{}");
        RESULT(&story, 0, ids[i], "ok", lines.data);
    }
    for (int i = 0; i < 30; i++)
        SEND(&story, 0, .kind = RN_AI, .content = "words\n");
    story_show(&story, false, 0);
    transcript_home(story.transcript);
    transcript_scroll(story.transcript, 2); /* a and b are in view */
    story_fold(&story, 0);
    transcript_home(story.transcript);
    transcript_scroll(story.transcript, 12);
    assert_rows(&story, 5, "│ line 3\n│ line 4\n│ line 5\n│ line 6\n│ line 7\n");
    transcript_end(story.transcript);
    story_fold(&story, 0); /* only words are */
    assert_rows(&story, 3, "→ c\n✓ ok · 0.2 s · 20 lines, 151 bytes\n│ line 1\n");
    buf_clear(&lines);
    end(&story);
}

static void test_diff(void **state)
{
    (void)state;
    struct story story = story_on(WIDTH, HEIGHT);
    struct row rows[HEIGHT];
    static const enum style want[] = {STYLE_CHOSEN, STYLE_CHOSEN, STYLE_ACCENT, STYLE_BAD,
                                      STYLE_GOOD};
    CALL(&story, 0, "a", "shell", "{}");
    RESULT(&story, 0, "a", "ok", "--- a\n+++ b\n@@ -1 +1 @@\n-old\n+new\n");
    story_show(&story, false, 0);
    transcript_rows(story.transcript, rows);
    for (int i = 0; i < 5; i++) {
        struct line line;
        transcript_line(story.transcript, &rows[2 + i], &line);
        assert_int_equal(line.count, 2);
        assert_int_equal(line.spans[1].style, want[i]);
    }
    end(&story);
}

/* A window that has been scrolled back stays where it is, whatever happens below. */
static void test_place_is_kept(void **state)
{
    (void)state;
    struct story story = story_on(WIDTH, 4);
    for (int i = 0; i < 10; i++)
        SEND(&story, 0, .kind = RN_AI, .content = "words\n");
    CALL(&story, 0, "a", "one", "{}");
    story_show(&story, true, 0);
    transcript_home(story.transcript);
    transcript_scroll(story.transcript, 3);
    RESULT(&story, 0, "a", "ok", "1\n2\n3\n");
    story_show(&story, false, 0);
    assert_rows(&story, 4, "  words\n  words\n  words\n  words\n");
    assert_false(transcript_follows(story.transcript));
    assert_int_equal(transcript_unread(story.transcript), 3);
    end(&story);
}

/* ---- Thinking */

static void test_thought(void **state)
{
    (void)state;
    struct story story = story_on(WIDTH, HEIGHT);
    SEND(&story, 0, .kind = RN_REASONING, .text = "let **me", .t = 100);
    SEND(&story, 0, .kind = RN_REASONING, .text = "** see", .t = 200);
    assert_shows(&story, 0, "┊ let me see\n");
    SEND(&story, 0, .kind = RN_AI, .content = "yes", .t = 3300);
    assert_shows(&story, 0, "┊ thought for 3.2 s, 3 words · Alt-O\n\n  yes\n");
    story_fold(&story, 0);
    assert_shows(&story, 0, "┊ let me see\n\n  yes\n");
    story_fold(&story, 0);
    assert_shows(&story, 0, "┊ thought for 3.2 s, 3 words · Alt-O\n\n  yes\n");
    end(&story);
}

static void test_thought_that_came_at_once(void **state)
{
    (void)state;
    struct story story = story_on(WIDTH, HEIGHT);
    SEND(&story, 0, .kind = RN_REASONING, .text = "so");
    story_end(&story);
    assert_shows(&story, 0, "┊ thought, 1 word · Alt-O\n");
    end(&story);
}

static void test_thought_stays(void **state)
{
    (void)state;
    struct story story = story_on(WIDTH, HEIGHT);
    story.keeps_thoughts = true;
    SEND(&story, 0, .kind = RN_REASONING, .text = "so");
    SEND(&story, 0, .kind = RN_AI, .content = "yes");
    assert_shows(&story, 0, "┊ so\n\n  yes\n");
    end(&story);
}

/* Whoever has scrolled back may be reading it. */
static void test_thought_is_not_folded_behind_a_reader(void **state)
{
    (void)state;
    struct story story = story_on(WIDTH, 2);
    SEND(&story, 0, .kind = RN_REASONING, .text = "one\n\ntwo\n\nthree");
    transcript_home(story.transcript);
    SEND(&story, 0, .kind = RN_AI, .content = "yes");
    assert_rows(&story, 2, "┊ one\n┊ \n");
    end(&story);
}

static void test_fold_all(void **state)
{
    (void)state;
    static const char folded[] = "┊ thought, 1 word · Alt-O\n\n  a\n\n"
                                 "┊ thought, 2 words · Alt-O\n\n  b\n";
    struct story story = story_on(WIDTH, HEIGHT);
    SEND(&story, 0, .kind = RN_REASONING, .text = "one");
    SEND(&story, 0, .kind = RN_AI, .content = "a");
    SEND(&story, 0, .kind = RN_REASONING, .text = "two more");
    SEND(&story, 0, .kind = RN_AI, .content = "b");
    assert_shows(&story, 0, folded);
    story_fold_all(&story, 0);
    assert_shows(&story, 0, "┊ one\n\n  a\n\n┊ two more\n\n  b\n");
    story_fold_all(&story, 0);
    assert_shows(&story, 0, folded);
    end(&story);
}

/* An answer in the same minute as its prompt tells no time. */
static void test_times(void **state)
{
    (void)state;
    struct story story = story_on(WIDTH, HEIGHT);
    rn_start now = {.input = "[{\"role\":\"user\",\"content\":\"hi\"}]",
                    .time = "2026-01-31T12:59:30.000Z"};
    setenv("TZ", "UTC", 1);
    story.tells_times = true;
    transcript_add(story.transcript, ENTRY_NOTE, "note", 4);
    SEND(&story, 0, .kind = RN_START, .start = &now, .text = "hi");
    SEND(&story, 0, .kind = RN_AI, .content = "yes", .t = 45000);
    assert_shows(&story, 0,
                 "· note\n"
                 "                                                     12:59\n"
                 "▌ hi\n"
                 "                                                     13:00\n"
                 "  yes\n");
    SEND(&story, 0, .kind = RN_START, .start = &now, .text = "more");
    SEND(&story, 0, .kind = RN_AI, .content = "no", .t = 100);
    story_show(&story, false, 0);
    transcript_resize(story.transcript, WIDTH, 4);
    assert_rows(&story, 4,
                "                                                     12:59\n▌ more\n\n  no\n");
    end(&story);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_call),
        cmocka_unit_test(test_long_arguments),
        cmocka_unit_test(test_parallel),
        cmocka_unit_test(test_progress),
        cmocka_unit_test(test_approval),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_same_ids),
        cmocka_unit_test(test_result_alone),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_fold),
        cmocka_unit_test(test_short_output),
        cmocka_unit_test(test_fold_in_view),
        cmocka_unit_test(test_diff),
        cmocka_unit_test(test_place_is_kept),
        cmocka_unit_test(test_thought),
        cmocka_unit_test(test_thought_that_came_at_once),
        cmocka_unit_test(test_thought_stays),
        cmocka_unit_test(test_thought_is_not_folded_behind_a_reader),
        cmocka_unit_test(test_fold_all),
        cmocka_unit_test(test_times),
    };
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
