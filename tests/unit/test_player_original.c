/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A chat with tools, and its replay, side by side: at each mark the transcript of the one looks like that of
 * the other, cell by cell.  A mark is an event and what it shows: the chat is looked at when that is to be
 * seen, the replay after as many events as the session had then.
 *
 * How long a call has been running is the one thing on these rows that the clock moves.
 */
#include <ctype.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "call_fixture.h"
#include "screen/scene.h"

#define THINKS(text) DELTA("\"delta\":{\"reasoning_content\":\"" text "\"}")
#define CALLS_END ENDS("tool_calls")

#define LEFT "\033[D"
#define CTRL_C "\003"

enum { ROWS = 70, COLUMNS = 80, MARKS_MAX = 24 };

static const char config[] = "[screen]\n"
                             "timestamps = yes\n" TOOL_STEPS TOOL_LINES TOOL_CAREFUL;

struct mark {
    const char *when;  /* this is to be seen */
    const char *keys;  /* these are typed, */
    bool goes;         /* or the server is let go on; */
    const char *file;  /* or this file is made; */
    const char *shows; /* until this is to be seen, */
    const char *event; /* which the first line with this brings; NULL: nothing new does */
};

static int set_up(void **state)
{
    if (scene_set_up(state) < 0)
        return -1;
    struct scene *scene = *state;
    home_configure(scene->stage->home, config);
    scene_open(scene, ROWS, COLUMNS);
    return 0;
}

/* ---- What is looked at ---- */

/* Figures of a call that is running are all alike. */
static void mask(char *row)
{
    char *at = strstr(row, "running") ? row : row + strlen(row);
    for (char *to = at;; at++) {
        bool is_digit = isdigit((unsigned char)*at);
        if (is_digit && to > row && to[-1] == '#')
            continue;
        *to++ = is_digit ? '#' : *at;
        if (!*at)
            return;
    }
}

/* The row of the status line, -1 while there is none. */
static int status_row(const struct console *console)
{
    int row = ROWS - 1;
    while (row >= 0 && strncmp(console_row(console, row), "─ ", strlen("─ ")) != 0)
        row--;
    return row;
}

/* A frame is painted from the top down, and the cursor stands below the status line when it is done. */
static bool is_painted(struct console *console, const void *shows)
{
    int row, column, status = status_row(console);
    console_cursor(console, &row, &column);
    return console_shows(console, shows) && status >= 0 && row > status;
}

/* The rows from the first prompt to the status line, without the empty ones at their end; the caller's. */
static char *look(const struct console *console)
{
    struct buf all = BUF_INIT;
    size_t end = 0;
    int status = status_row(console), row = console_find(console, "▌");
    for (; row >= 0 && row < status; row++) {
        char *looks = console_looks(console, row);
        mask(looks);
        buf_addf(&all, "%s\n", looks);
        if (*console_row(console, row))
            end = all.len;
        free(looks);
    }
    buf_drop_end(&all, all.len - end);
    return buf_take(&all);
}

static bool looks_so(struct console *console, const void *arg)
{
    char *got = look(console);
    bool is_same = strcmp(got, arg) == 0;
    free(got);
    return is_same;
}

/* ---- The chat ---- */

struct original {
    char *looks[MARKS_MAX];
    unsigned events[MARKS_MAX];
};

static void take_mark(struct scene *scene, const struct mark *mark, struct original *original,
                      size_t nth)
{
    if (mark->when)
        console_wait(scene->console, mark->when);
    if (mark->keys)
        console_type(scene->console, mark->keys);
    if (mark->goes)
        server_go(scene->stage->server);
    if (mark->file)
        free(home_put(scene->stage->home, mark->file, ""));
    console_wait_for(scene->console, is_painted, mark->shows, mark->shows);
    original->looks[nth] = look(scene->console);
}

/* How many events there are up to the one of each mark, which come one after another. */
static void count_events(const struct mark *marks, const char *session, struct original *original)
{
    unsigned events = 0;
    const char *line = session;
    for (size_t i = 0; marks[i].shows; i++) {
        const char *event = marks[i].event ? strstr(line, marks[i].event) : line;
        if (!event)
            fail_msg("no event %s", marks[i].event);
        for (bool is_it = !marks[i].event; !is_it; line += strcspn(line, "\n") + 1) {
            bool is_record = strncmp(line, "{\"type\":\"session\"", 17) == 0 ||
                             strncmp(line, "{\"type\":\"message\"", 17) == 0 ||
                             strncmp(line, "{\"type\":\"title\"", 15) == 0;
            events += !is_record;
            is_it = event < line + strcspn(line, "\n");
        }
        original->events[i] = events;
    }
}

static void chat(struct scene *scene, const struct mark *marks, struct original *original)
{
    SCENE_RUN(scene, "--tools", "all");
    console_wait(scene->console, ">");
    for (size_t i = 0; marks[i].shows; i++)
        take_mark(scene, &marks[i], original, i);
    char *session = home_session(scene->stage->home);
    count_events(marks, session, original);
    free(session);
}

/* ---- Its replay ---- */

static void compare(struct scene *scene, const struct mark *marks, const struct original *original,
                    unsigned shown)
{
    for (size_t i = 0; marks[i].shows; i++) {
        for (; shown < original->events[i]; shown++)
            console_type(scene->console, ".");
        char *what = xasprintf("look as at the mark \"%s\", which is\n%s", marks[i].shows,
                               original->looks[i]);
        console_wait_for(scene->console, looks_so, original->looks[i], what);
        free(what);
    }
}

/* Onward, and once more from where the beginning was gone back to. */
static void replay(struct scene *scene, const struct mark *marks, const struct original *original)
{
    scene_open(scene, ROWS, COLUMNS);
    console_run(scene->console, (const char *[]){subject_path(), "replay", "--step", NULL});
    console_wait(scene->console, "paused 0:00");
    compare(scene, marks, original, 0);
    for (int i = 0; i < 2 * MARKS_MAX; i++)
        console_type(scene->console, LEFT);
    compare(scene, marks, original, 1);
}

/* All at once, it comes to the same. */
static void replay_at_once(struct scene *scene, const char *last)
{
    scene_open(scene, ROWS, COLUMNS);
    console_run(scene->console, (const char *[]){subject_path(), "replay", "--instant", NULL});
    console_wait(scene->console, "The end.");
    console_wait_for(scene->console, looks_so, last, last);
}

static void check(struct scene *scene, const struct mark *marks)
{
    struct original original = {0};
    size_t count = 0;
    while (marks[count].shows)
        count++;
    chat(scene, marks, &original);
    replay(scene, marks, &original);
    replay_at_once(scene, original.looks[count - 1]);
    for (size_t i = 0; i < MARKS_MAX; i++)
        free(original.looks[i]);
}

/* ---- Chats ---- */

static void thinking_and_tools(void **state)
{
    static const struct mark marks[] = {
        {.keys = "Look at it.\r", .shows = "I must look at it.", .event = "\"text\":\"at it.\""},
        {.goes = true, .shows = "Let me see", .event = "Let me see"},
        {.goes = true, .shows = "· step 1", .event = "\"text\":\"step 1\""},
        {.when = "y yes, once",
         .keys = "y",
         .shows = "{\"word\":\"two\"}",
         .event = "\"type\":\"result\""},
        {.file = "go", .shows = "116 more lines", .event = "row 120"},
        {.goes = true, .shows = "fn main", .event = "fn main"},
        {.goes = true, .shows = "ready ·", .event = "\"type\":\"finish\""},
        {0},
    };
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM,
                  SERVE(THINKS("I must look ") THINKS("at it.")), SERVE_WAIT,
                  SERVE(SAYS("Let me see.")), SERVE_WAIT,
                  SERVE(CALL("0", "a", "careful", "{\\\"word\\\":\\\"two\\\"}")
                            CALL("1", "b", "steps", "{}") CALLS_END));
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM,
                  SERVE(CALL("0", "c", "lines", "{}") CALLS_END));
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE_WAIT,
                  SERVE(SAYS("# Done\\n\\n| a | b |\\n|---|---|\\n| 1 | **2** |\\n\\n")),
                  SERVE(SAYS("```rust\\nfn main() {\\n")), SERVE_WAIT,
                  SERVE(SAYS("}\\n```\\n\\n- and *that* is [all](https://example.org)\\n")),
                  SERVE(STOPS));
    check(scene, marks);
}

static void answers_to_questions(void **state)
{
    static const struct mark marks[] = {
        {.keys = "Do it.\r",
         .when = ">",
         .shows = "waits for your answer",
         .event = "\"state\":\"requested\""},
        {.when = "y yes, once", .keys = "w", .shows = "Why not?"},
        {.keys = "Not today.\r",
         .shows = "denied by you: Not today.",
         .event = "\"status\":\"denied\""},
        {.goes = true, .shows = "waits for your answer", .event = "\"state\":\"requested\""},
        {.when = "y yes, once",
         .keys = "e\177\177ful\"}\r",
         .shows = "│ [the user has changed",
         .event = "result"},
        {.goes = true, .shows = "waits for your answer", .event = "\"state\":\"requested\""},
        {.when = "y yes, once", .keys = "\033", .shows = "ready ·", .event = "\"finish\""},
        {0},
    };
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM,
                  SERVE(CALL("0", "a", "careful", "{\\\"word\\\":\\\"one\\\"}") CALLS_END));
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE_WAIT,
                  SERVE(CALL("0", "b", "careful", "{\\\"word\\\":\\\"care\\\"}") CALLS_END));
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE_WAIT, SERVE(SAYS("One more.")),
                  SERVE(CALL("0", "c", "careful", "{\\\"word\\\":\\\"two\\\"}") CALLS_END));
    check(scene, marks);
}

static void prompts_that_wait(void **state)
{
    static const struct mark marks[] = {
        {.keys = "Begin.\r", .shows = "· step 1", .event = "\"text\":\"step 1\""},
        {.keys = "and this\r", .shows = "next (Up takes it back)"},
        {.file = "go", .shows = "  First. More.", .event = " More."},
        {.keys = "then that\r", .shows = "next (Up takes it back)"},
        {.goes = true, .shows = "  Second", .event = "Second"},
        {.keys = CTRL_C, .shows = "  [stopped]", .event = "cancelled"},
        {0},
    };
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM,
                  SERVE(CALL("0", "a", "steps", "{}") CALLS_END));
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("First.")), SERVE(SAYS(" More.")),
                  SERVE_WAIT, SERVE(STOPS));
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("Second")), SERVE_STALL);
    check(scene, marks);
}

static void troubles(void **state)
{
    static const struct mark marks[] = {
        {.keys = "One\r", .shows = "  Late.", .event = "Late."},
        {.goes = true, .shows = "ready ·", .event = "\"finish\""},
        {.keys = "Two\r", .shows = "  the config).", .event = "\"finish\""},
        {.keys = "Three\r", .shows = "  /retry asks again.", .event = "\"finish\""},
        {.keys = "Four\r", .shows = "  [cut off: the limit", .event = "\"finish\""},
        {.keys = "Five\r", .shows = "  [the answer is empty]", .event = "\"finish\""},
        {0},
    };
    struct scene *scene = *state;
    struct server *server = scene->stage->server;
    SERVER_SCRIPT(server, SERVE_REPLY(429, "application/json\r\nRetry-After: 0",
                                      FAILS("rate_limit", "slow down")));
    SERVER_SCRIPT(server, SERVE_STREAM, SERVE(SAYS("Late.")), SERVE_WAIT, SERVE(STOPS));
    SERVER_SCRIPT(server, SERVE_JSON(401, FAILS("invalid_api_key", "no such key")));
    SERVER_SCRIPT(server, SERVE_STREAM, SERVE(SAYS("Half an")), SERVE_CLOSE);
    SERVER_SCRIPT(server, SERVE_STREAM, SERVE(SAYS("Half a")), SERVE(ENDS("length")));
    SERVER_SCRIPT(server, SERVE_STREAM, SERVE(STOPS));
    check(scene, marks);
}

/* As far as it had come, and so it is said. */
static void killed(void **state)
{
    static const struct mark marks[] = {
        {.keys = "Begin.\r", .shows = "  First.", .event = "First."},
        {0},
    };
    struct scene *scene = *state;
    struct original original = {0};
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("First.")), SERVE_WAIT,
                  SERVE(CALL("0", "a", "steps", "{}") CALLS_END));
    chat(scene, marks, &original);
    server_go(scene->stage->server);
    console_wait(scene->console, "· step 1");
    kill(console_pid(scene->console), SIGKILL);
    console_wait_exit(scene->console);
    replay(scene, marks, &original);
    console_type(scene->console, "....");
    console_wait(scene->console, "■ broken off");
    console_wait(scene->console, "  [interrupted]");
    console_wait(scene->console, "ready · ");
    console_wait(scene->console, "The end.");
    free(home_put(scene->stage->home, "go", ""));
    free(original.looks[0]);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, scene_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(thinking_and_tools),
        CASE(answers_to_questions),
        CASE(prompts_that_wait),
        CASE(troubles),
        CASE(killed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
