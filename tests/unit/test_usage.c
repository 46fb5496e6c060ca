/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * /usage, and what it draws on: prices and context of the config, the tally of a chat's answers.
 */
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
#include "chat/choose.h"
#include "chat/tally.h"
#include "chat/tariff.h"
#include "chat/usage.h"
#include "program/sitting.h"

static int set_up(void **state)
{
    if (sitting_set_up(state) < 0)
        return -1;
    sitting_set(*state, "chat", "tools", "none");
    return 0;
}

static void assert_usage(const struct sitting *sitting, const char *want)
{
    struct buf out = BUF_INIT;
    usage_tell(sitting->chat, &out);
    assert_string_equal(buf_str(&out), want);
    buf_clear(&out);
}

static void assert_told(const struct sitting *sitting, const char *part)
{
    struct buf out = BUF_INIT;
    usage_tell(sitting->chat, &out);
    if (!strstr(buf_str(&out), part))
        fail_msg("%s is not in\n%s", part, out.data);
    buf_clear(&out);
}

/* ---- The config ---- */

static void prices_stand_with_the_model(void **state)
{
    struct sitting *sitting = *state;
    struct choice named = {.provider = (char *)"mine", .model = (char *)"small"};
    struct choice alias = {
        .provider = (char *)"mine", .model = (char *)"large", .alias = (char *)"model.big"};
    struct choice other = {.provider = (char *)"min", .model = (char *)"e:small"};
    rn_prices prices;
    sitting_set(sitting, "model.fast", "model", "mine:small");
    sitting_set(sitting, "model.fast", "price_input", "0.25");
    sitting_set(sitting, "model.big", "provider", "mine");
    sitting_set(sitting, "model.big", "model", "large");
    sitting_set(sitting, "model.big", "price_output", "8");
    sitting_set(sitting, "model.big", "price_cached", "0.1");
    sitting_set(sitting, "model.big", "context", "128000");
    assert_true(tariff_prices(sitting->settings, &named, &prices));
    assert_true(prices.input == 0.25 && prices.output == -1 && prices.cached == -1);
    assert_int_equal(tariff_context(sitting->settings, &named), 0);
    assert_true(tariff_prices(sitting->settings, &alias, &prices));
    assert_true(prices.input == -1 && prices.output == 8 && prices.cached == 0.1);
    assert_int_equal(tariff_context(sitting->settings, &alias), 128000);
    assert_false(tariff_prices(sitting->settings, &other, &prices));
}

/* ---- The tally ---- */

static void tally_adds_up(void **state)
{
    (void)state;
    struct tally tally = {0};
    rn_finish finish = {.reason = "stop"};
    rn_usage step = {
        .input = 20, .output = 3, .cached = -1, .cache_write = -1, .reasoning = -1, .cost = 0.5};
    rn_usage run = {
        .input = 30, .output = 5, .cached = 8, .cache_write = -1, .reasoning = -1, .cost = 0.75};
    rn_usage none = {
        .input = -1, .output = -1, .cached = -1, .cache_write = -1, .reasoning = -1, .cost = -1};
    tally_begin(&tally, NULL);
    assert_int_equal(tally.sitting.usage.input, -1);
    tally_event(&tally, &(rn_event){.kind = RN_USAGE, .usage = &step});
    tally_event(&tally, &(rn_event){.kind = RN_FINISH, .usage = &run, .finish = &finish});
    tally_event(&tally, &(rn_event){.kind = RN_FINISH, .usage = &run, .finish = &finish});
    tally_event(&tally, &(rn_event){.kind = RN_FINISH, .usage = &none, .finish = &finish});
    assert_int_equal(tally.sitting.answers, 3);
    assert_int_equal(tally.sitting.uncounted, 1);
    assert_int_equal(tally.sitting.unpriced, 1);
    assert_int_equal(tally.sitting.usage.input, 60);
    assert_int_equal(tally.sitting.usage.cached, 16);
    assert_int_equal(tally.sitting.usage.reasoning, -1);
    assert_true(tally.sitting.usage.cost == 1.5);
    assert_int_equal(tally.last.input, -1);
    assert_int_equal(tally.step.input, 20);
    tally_leave(&tally);
    assert_int_equal(tally.step.input, -1);
    tally_clear(&tally);
}

/* ---- The page ---- */

static void nothing_said_yet(void **state)
{
    struct sitting *sitting = *state;
    sitting_open(sitting, &(struct chat_options){0});
    assert_usage(sitting,
                 "                           this chat   last answer\n"
                 "answers                            0             0\n"
                 "tokens in                          -             -\n"
                 "tokens out                         -             -\n"
                 "cost                               -             -\n"
                 "\nEach request sends\n"
                 "messages                           0       0 bytes\n"
                 "\nThat is ~0 tokens; how many mine:small holds is not known (context in a "
                 "[model.NAME] of the config).");
}

static void a_chat_with_prices(void **state)
{
    struct sitting *sitting = *state;
    SERVER_SCRIPT(
        sitting->stage->server,
        SERVE_JSON(200, "{\"choices\":[{\"message\":{\"content\":\"Good.\"},\"finish_reason\":"
                        "\"stop\"}],\"usage\":{\"prompt_tokens\":12340,\"completion_tokens\":660,"
                        "\"prompt_tokens_details\":{\"cached_tokens\":2340},"
                        "\"completion_tokens_details\":{\"reasoning_tokens\":600}}}"));
    sitting_set(sitting, "model.fast", "model", "mine:small");
    sitting_set(sitting, "model.fast", "price_input", "1");
    sitting_set(sitting, "model.fast", "price_output", "10");
    sitting_set(sitting, "model.fast", "price_cached", "0");
    sitting_set(sitting, "model.fast", "context", "26000");
    sitting_set(sitting, "chat", "model", "fast");
    sitting_set(sitting, "chat", "system", "Be brief, be good, be so kind.");
    sitting_set(sitting, "chat", "tools", "calculate");
    sitting_open(sitting, &(struct chat_options){0});
    sitting_ask(sitting, "How are you?");
    sitting_ask(sitting, "And now?");
    struct buf out = BUF_INIT;
    usage_tell(sitting->chat, &out);
    static const char *const parts[] = {
        "answers                            2             1\n",
        "tokens in                     24,680        12,340\n",
        "  from the cache               4,680         2,340\n",
        "tokens out                     1,320           660\n",
        "  of them thinking             1,200           600\n",
        "cost                         $0.0332       $0.0166\n",
        "system prompt                      1      30 bytes  ~7 tokens\n",
        "tools                              1",
        "messages                           4      30 bytes  ~7 tokens\n",
        "The last request and its answer are 13,000 tokens of the 26,000 that mine:small holds",
    };
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (!strstr(out.data, parts[i]))
            fail_msg("%s is not in\n%s", parts[i], out.data);
    assert_null(strstr(out.data, "price_input"));
    buf_clear(&out);
    chat_begin(sitting->chat);
    assert_int_equal(chat_tally(sitting->chat)->sitting.answers, 0);
}

/* What was said before it was resumed counts too, and is read of the file when somebody asks. */
static void a_chat_that_was_resumed(void **state)
{
    struct sitting *sitting = *state;
    SERVER_SCRIPT(sitting->stage->server, SERVE_JSON(200, WHOLE("Good.")));
    sitting_open(sitting, &(struct chat_options){0});
    sitting_ask(sitting, "How are you?");
    sitting_ask(sitting, "And now?");
    char *name = xasprintf("data/runnel/sessions/%s.jsonl", chat_session(sitting->chat));
    char *path = home_path(sitting->stage->home, name);
    sitting_open(sitting, &(struct chat_options){.resume = path});
    sitting_ask(sitting, "And then?");
    assert_told(sitting, "                      whole session since resumed   last answer\n"
                         "answers                            3             1             1\n"
                         "tokens in                          9             3             3\n"
                         "tokens out                         6             2             2\n"
                         "cost                               -             -             -\n");
    assert_int_equal(unlink(path), 0);
    assert_told(sitting, "What was said before cannot be counted: cannot read the session ");
    assert_told(sitting, "\n                           this chat   last answer\n"
                         "answers                            1             1\n");
    free(path);
    free(name);
}

static void a_chat_without_prices(void **state)
{
    struct sitting *sitting = *state;
    SERVER_SCRIPT(sitting->stage->server, SERVE_JSON(200, WHOLE("Good.")));
    sitting_open(sitting, &(struct chat_options){0});
    sitting_ask(sitting, "How are you?");
    struct buf out = BUF_INIT;
    usage_tell(sitting->chat, &out);
    assert_non_null(strstr(out.data, "set price_input and price_output in a [model.NAME]"));
    buf_clear(&out);
}

/* What is typed is the user's own, and what is plain is not told of. */
static void what_was_made_harmless(void **state)
{
    struct sitting *sitting = *state;
    SERVER_SCRIPT(sitting->stage->server, SERVE_JSON(200, WHOLE("Good.")));
    sitting_open(sitting, &(struct chat_options){0});
    sitting_ask(sitting, "\033[2J");
    struct buf out = BUF_INIT;
    usage_tell(sitting->chat, &out);
    assert_null(strstr(out.data, "harmless"));
    buf_clear(&out);
    SERVER_SCRIPT(sitting->stage->server,
                  SERVE_JSON(200, WHOLE("\\u001b[2J\\u0000\\u202e\\u200b")));
    sitting_ask(sitting, "And now?");
    assert_told(sitting, "\nMade harmless on the screen: 3 control characters shown as signs, "
                         "1 invisible character left out.");
    SERVER_SCRIPT(sitting->stage->server, SERVE_JSON(200, WHOLE("\\u200b\\u200b")));
    sitting_ask(sitting, "And now?");
    assert_told(sitting, "shown as signs, 3 invisible characters left out.");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, sitting_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(prices_stand_with_the_model),
        cmocka_unit_test(tally_adds_up),
        CASE(nothing_said_yet),
        CASE(a_chat_with_prices),
        CASE(a_chat_that_was_resumed),
        CASE(a_chat_without_prices),
        CASE(what_was_made_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
