/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs that went on side by side: replayed one after the other, or as they stand.
 */
#include "session/replay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/fd.h"

#define START(run) "{\"type\":\"start\",\"t\":0,\"run\":\"" run "\"}\n"
#define AI(run, text) "{\"type\":\"ai\",\"t\":1,\"run\":\"" run "\",\"content\":\"" text "\"}\n"
#define FINISH(run) "{\"type\":\"finish\",\"t\":2,\"run\":\"" run "\"}\n"
#define PLAIN_AI(text) "{\"type\":\"ai\",\"t\":1,\"content\":\"" text "\"}\n"
#define PLAIN_FINISH "{\"type\":\"finish\",\"t\":2}\n"

static const struct {
    const char *about, *session, *want;
} cases[] = {
    {"alone", START("a") PLAIN_AI("1") PLAIN_FINISH START("b") PLAIN_AI("2") PLAIN_FINISH,
     "<a1><b2>"},
    {"two side by side",
     START("a") START("b") AI("b", "1") AI("a", "2") AI("b", "3") FINISH("b") AI("a", "4")
         FINISH("a"),
     "<a24><b13>"},
    {"the other goes on after the first has ended",
     START("a") START("b") AI("b", "1") AI("a", "2") FINISH("a") AI("b", "3") FINISH("b"),
     "<a2><b13>"},
    {"three, and two rounds",
     START("a") START("b") START("c") AI("c", "1") AI("b", "2") AI("a", "3") FINISH("c") FINISH("a")
         FINISH("b") START("d") START("e") AI("e", "4") AI("d", "5") FINISH("d") FINISH("e"),
     "<a3><b2><c1><d5><e4>"},
    {"broken off, all of them", START("a") START("b") AI("b", "1") AI("a", "2"), "<a2<b1"},
    {"one broken off alone, and a chat after it",
     START("a") PLAIN_AI("1") START("b") PLAIN_AI("2") PLAIN_FINISH START("c") PLAIN_AI("3"),
     "<a1<b2><c3"},
    {"broken off side by side, and a chat after it",
     START("a") START("b") AI("a", "1") AI("b", "2") START("c") PLAIN_AI("3")
         PLAIN_FINISH START("d") PLAIN_AI("4") PLAIN_FINISH,
     "<a1<b2<c3><d4>"},
    {"no beginning", AI("a", "1") AI("b", "2") FINISH("a"), "12>"},
};

static int pipe_with(const char *session)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fd_write_all(ends[1], session, strlen(session)), 0);
    close(ends[1]);
    return ends[0];
}

static void runs_are_told_one_after_the_other(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf told = BUF_INIT;
        const rn_event *event;
        struct replay *control;
        struct replay_options options = {.max_gap_ms = -1};
        rn_stream *stream = replay_open(NULL, pipe_with(cases[i].session), &options, &control);
        while (rn_step(stream, &event, -1) == RN_EVENT) {
            if (event->kind == RN_START)
                buf_addf(&told, "<%s", event->start->run);
            else
                buf_adds(&told, event->kind == RN_FINISH ? ">" : event->content);
        }
        if (strcmp(buf_str(&told), cases[i].want) != 0)
            fail_msg("%s: %s", cases[i].about, buf_str(&told));
        rn_close(stream);
        buf_clear(&told);
    }
}

/* Programs get them byte for byte. */
static void runs_stay_as_they_stand(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf told = BUF_INIT;
        rn_stream *stream = rn_replay(NULL, pipe_with(cases[i].session), 0, -1);
        for (const rn_event *event; (event = rn_next(stream));)
            buf_addf(&told, "%s\n", event->json);
        if (strcmp(buf_str(&told), cases[i].session) != 0)
            fail_msg("%s: %s", cases[i].about, buf_str(&told));
        rn_close(stream);
        buf_clear(&told);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_are_told_one_after_the_other),
        cmocka_unit_test(runs_stay_as_they_stand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
