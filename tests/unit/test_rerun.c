/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which events of a replay are a comparison's, and what they add up to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "chat/report.h"
#include "chat/rerun.h"

enum { LINE_SIZE = 32 };

/* An event in few words: "start RUN SECOND PROMPT", "ai RUN TEXT", "finish RUN"; a RUN of "-" is none. */
struct line {
    char kind[LINE_SIZE], run[LINE_SIZE], rest[2][LINE_SIZE];
};

static struct line read_line(const char *text)
{
    struct line line = {0};
    assert_true(sscanf(text, "%31s %31s %31s %31[^\n]", line.kind, line.run, line.rest[0],
                       line.rest[1]) >= 2);
    if (strcmp(line.run, "-") == 0)
        line.run[0] = '\0';
    return line;
}

static enum rerun_part give_start(struct rerun *rerun, const struct line *line, size_t *lane)
{
    char time[64] = "";
    if (strcmp(line->rest[0], "-") != 0)
        snprintf(time, sizeof(time), "2026-01-31T14:25:%s", line->rest[0]);
    rn_start start = {.run = line->run,
                      .parent = "",
                      .time = time,
                      .provider = "ollama",
                      .model = line->run,
                      .system = "",
                      .input = "[]",
                      .tools = "[]"};
    rn_event event = {.kind = RN_START,
                      .type = "start",
                      .run = "",
                      .id = "",
                      .text = line->rest[1],
                      .start = &start,
                      .json = ""};
    return rerun_event(rerun, &event, 0, lane);
}

static enum rerun_part give(struct rerun *rerun, const struct line *line, size_t *lane)
{
    rn_usage usage = {.input = -1, .output = 2, .cached = -1, .cache_write = -1, .cost = -1};
    rn_finish finish = {.reason = "stop", .raw = "", .ms = 1500, .ttft_ms = 500};
    rn_event event = {.run = line->run, .id = "", .json = ""};
    if (strcmp(line->kind, "start") == 0)
        return give_start(rerun, line, lane);
    if (strcmp(line->kind, "ai") == 0) {
        event.kind = RN_AI;
        event.type = "ai";
        event.content = line->rest[0];
        event.content_len = strlen(line->rest[0]);
    } else {
        event.kind = RN_FINISH;
        event.type = "finish";
        event.finish = &finish;
        event.usage = &usage;
    }
    return rerun_event(rerun, &event, 0, lane);
}

/* What has become of each: "." told as any other, "B" a comparison begins, "0" or "1" a lane's. */
static void check(const char *about, const char *const *lines, const char *want)
{
    struct rerun rerun = {0};
    struct buf got = BUF_INIT;
    for (; *lines; lines++) {
        size_t lane = 9;
        struct line line = read_line(*lines);
        enum rerun_part part = give(&rerun, &line, &lane);
        if (part == RERUN_PART)
            buf_addf(&got, "%zu", lane);
        else
            buf_adds(&got, part == RERUN_BEGINS ? "B" : ".");
        if (part == RERUN_NO_PART)
            rerun_end(&rerun);
    }
    if (strcmp(got.data, want) != 0)
        fail_msg("%s: \"%s\" instead of \"%s\"", about, got.data, want);
    buf_clear(&got);
    rerun_clear(&rerun);
}

static void test_which(void **state)
{
    (void)state;
    static const struct {
        const char *about, *lines[12], *want;
    } cases[] = {
        {"a chat",
         {"start a 01.000Z x", "ai - x", "finish -", "start b 09.000Z y", "ai - x"},
         "....."},
        {"two beside each other",
         {"start a 01.000Z x", "start b 01.009Z x", "ai b 1", "ai a 2", "finish a", "finish b"},
         ".B1001"},
        {"across a second", {"start a 01.999Z x", "start b 02.001Z x", "ai b 1", "ai a 2"}, ".B10"},
        {"three, the last of them late",
         {"start a 01.000Z x", "start b 01.001Z x", "ai a 1", "start c 01.002Z x", "ai c 1"},
         ".B022"},
        {"without times", {"start a - x", "start b - x", "ai b 1"}, ".B1"},
        {"killed before anything came, and tried again",
         {"start a 01.000Z x", "start b 07.000Z x", "ai - 1"},
         "..."},
        {"two chats in one moment", {"start a 01.000Z x", "start b 01.001Z y", "ai - 1"}, "..."},
        {"something has come of the first",
         {"start a - x", "ai - 1", "start b - x", "ai - 1"},
         "...."},
        {"a chat after it",
         {"start a 01.000Z x", "start b 01.001Z x", "finish b", "finish a", "start c 09.000Z y",
          "ai - 1"},
         ".B10.."},
        {"broken off, and a chat after it",
         {"start a 01.000Z x", "start b 01.001Z x", "ai a 1", "start c 09.000Z x", "ai - 1"},
         ".B0.."},
        {"another round",
         {"start a 01.000Z x", "start b 01.001Z x", "finish b", "finish a", "start c 02.000Z x",
          "start d 02.001Z x", "ai d 1"},
         ".B10.B1"},
        {"an event of nobody's", {"start a 01.000Z x", "start b 01.001Z x", "ai z 1"}, ".B."},
        {"more than there are lanes for",
         {"start a - x", "start b - x", "start c - x", "start d - x", "start e - x"},
         ".B23."},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        check(cases[i].about, cases[i].lines, cases[i].want);
}

static void test_race(void **state)
{
    (void)state;
    static const char *const lines[] = {"start a 01.000Z why?",
                                        "start b 01.001Z why?",
                                        "ai a one",
                                        "ai b two",
                                        "ai a more",
                                        "finish a"};
    struct rerun rerun = {0};
    size_t lane;
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        struct line line = read_line(lines[i]);
        give(&rerun, &line, &lane);
    }
    const struct race *race = rerun.race;
    assert_int_equal(race->count, 2);
    assert_string_equal(race->options.prompt, "why?");
    assert_string_equal(race_label(race, 1), "ollama:b");
    assert_true(race_is_busy(race));
    assert_string_equal(lane_answer(&race->lanes[0])->content, "onemore");
    assert_string_equal(lane_answer(&race->lanes[1])->content, "two");
    assert_true(lane_has_answer(&race->lanes[0]));
    race_halt(rerun.race);
    assert_false(race_is_busy(race));
    struct buf table = BUF_INIT;
    report_table(race, &table);
    assert_non_null(strstr(table.data, "ollama:a"));
    assert_non_null(strstr(table.data, "1.50 s"));
    assert_non_null(strstr(table.data, "The texts are not equal."));
    buf_clear(&table);
    rerun_clear(&rerun);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_which),
        cmocka_unit_test(test_race),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
