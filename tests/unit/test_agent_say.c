/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a user says while a run goes on, and the wish that it end after this step.
 */
#include "agent_fixture.h"

#define CALL CALLS(0, "c1", "weather", "{}") CALLED
#define SENT_CALLED SENT_CALLS("", SENT_CALL("c1", "weather", "{}")) "," SENT_RESULT("c1", "Sunny")

static rn_agent *weather_agent(struct place *place)
{
    rn_agent *agent = RN_AGENT(.model = place->model, .max_steps = 3);
    RN_TOOL(agent, .name = "weather", .run = say_sunny);
    return agent;
}

static void test_said_while_tools_run(void **state)
{
    struct place *place = *state;
    struct watch watch = {0};
    ANSWERS(place, CALL);
    ANSWERS(place, PIECE("ok") STOPPED);
    rn_agent *agent = weather_agent(place);
    rn_stream *stream = rn_agent_stream(agent, "hi");
    watch_until(&watch, stream, RN_TOOL);
    assert_int_equal(rn_say(stream, "in \xC2\xB0"
                                    "F"),
                     0);
    assert_int_equal(rn_say(stream, "and \xFF brief"), 0);
    const rn_event *event = watch_until(&watch, stream, RN_USER);
    assert_string_equal(event->text, "in \u00b0F");
    assert_int_equal(event->text_len, strlen(event->text));
    assert_int_equal(event->step, 0);
    watch_end(
        &watch, stream,
        "start tool(c1,weather,{}) result(c1,ok,Sunny) user(in \u00b0F) user(and \uFFFD brief) "
        "ai(ok) finish(stop,2)",
        RN_OK);
    assert_sent(place->server, 1,
                "[" SENT_USER("hi") "," SENT_CALLED "," SENT_USER("in \u00b0F") "," SENT_USER(
                    "and \uFFFD brief") "]");
    rn_agent_free(agent);
}

/* When the model has stopped there is one more step. */
static void test_said_while_it_answers(void **state)
{
    struct place *place = *state;
    struct watch watch = {0};
    ANSWERS(place, PIECE("yes") STOPPED);
    ANSWERS(place, PIECE("ok") STOPPED);
    rn_agent *agent = weather_agent(place);
    rn_stream *stream = rn_agent_stream(agent, "hi");
    watch_until(&watch, stream, RN_AI);
    assert_int_equal(rn_say(stream, "really?"), 0);
    watch_until(&watch, stream, RN_FINISH);
    assert_int_equal(rn_say(stream, "too late"), -1);
    rn_message *message = rn_collect(stream);
    rn_conversation *conversation = rn_conversation_new(NULL);
    rn_conversation_user(conversation, "hi");
    rn_conversation_add(conversation, message);
    static const char *const roles[] = {"user", "assistant", "user", "assistant", ""};
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(rn_conversation_role(conversation, i), roles[i]);
    assert_string_equal(rn_conversation_content(conversation, 2), "really?");
    /* It is part of the run: who takes back the run's prompt takes it back too. */
    assert_string_equal(rn_conversation_prompt(conversation), "hi");
    assert_true(rn_conversation_undo(conversation));
    assert_int_equal(rn_conversation_length(conversation), 0);
    rn_conversation_free(conversation);
    rn_message_free(message);
    watch_end(&watch, stream, "start ai(yes) user(really?) ai(ok) finish(stop,2)", RN_OK);
    assert_sent(place->server, 1,
                "[" SENT_USER("hi") "," SENT_TEXT("yes") "," SENT_USER("really?") "]");
    rn_agent_free(agent);
}

/* A step that said nothing leaves no message, and what is said after it stands where it was said. */
static void test_said_after_nothing(void **state)
{
    struct place *place = *state;
    struct watch watch = {0};
    ANSWERS(place, STOPPED);
    ANSWERS(place, CALL);
    ANSWERS(place, PIECE("ok") STOPPED);
    rn_agent *agent = weather_agent(place);
    rn_stream *stream = rn_agent_stream(agent, "hi");
    watch_until(&watch, stream, RN_START);
    assert_int_equal(rn_say(stream, "hello?"), 0);
    watch_end(&watch, stream,
              "start user(hello?) tool(c1,weather,{}) result(c1,ok,Sunny) ai(ok) finish(stop,3)",
              RN_OK);
    assert_sent(place->server, 1, "[" SENT_USER("hi") "," SENT_USER("hello?") "]");
    assert_sent(place->server, 2, "[" SENT_USER("hi") "," SENT_USER("hello?") "," SENT_CALLED "]");
    rn_agent_free(agent);
}

/* An answer that was cut in its calls goes on too, when the user has something to say. */
static void test_said_after_a_cut(void **state)
{
    struct place *place = *state;
    struct watch watch = {0};
    ANSWERS(place, CALLS(0, "c1", "weather", "{") ENDS("length"));
    ANSWERS(place, PIECE("ok") STOPPED);
    rn_agent *agent = weather_agent(place);
    rn_stream *stream = rn_agent_stream(agent, "hi");
    watch_until(&watch, stream, RN_START);
    assert_int_equal(rn_say(stream, "shorter"), 0);
    watch_end(
        &watch, stream,
        "start bad(c1,weather,{) result(c1,error,This was not run, because the answer was cut "
        "off. Make the call again.) user(shorter) ai(ok) finish(stop,2)",
        RN_OK);
    rn_agent_free(agent);
}

/* In the last step there that may be, nothing more can be said. */
static void test_said_in_the_last_step(void **state)
{
    struct place *place = *state;
    struct watch watch = {0};
    ANSWERS(place, CALL);
    rn_agent *agent = weather_agent(place);
    rn_stream *stream = rn_agent_stream(agent, "hi");
    for (int step = 1; step <= 3; step++) {
        watch_until(&watch, stream, RN_TOOL);
        assert_int_equal(rn_say(stream, "and"), step < 3 ? 0 : -1);
    }
#define ROUND " tool(c1,weather,{}) result(c1,ok,Sunny)"
    watch_end(&watch, stream,
              "start" ROUND " user(and)" ROUND " user(and)" ROUND " finish(max_steps,partial,3)",
              RN_OK);
    rn_agent_free(agent);
}

static void test_stopped_with_its_tools(void **state)
{
    struct place *place = *state;
    struct watch watch = {0};
    ANSWERS(place, PIECE("hm") CALL);
    rn_agent *agent = weather_agent(place);
    rn_stream *stream = rn_agent_stream(agent, "hi");
    watch_until(&watch, stream, RN_AI);
    rn_stop(stream);
    assert_int_equal(rn_say(stream, "too late"), -1);
    watch_end(&watch, stream,
              "start ai(hm) tool(c1,weather,{}) result(c1,ok,Sunny) finish(cancelled,partial,1)",
              RN_ECANCELLED);
    assert_int_equal(server_request_count(place->server), 1);
    rn_agent_free(agent);
}

/* A model that stops by itself has not been cancelled; what was said before the wish is dropped. */
static void test_stopped_by_itself(void **state)
{
    struct place *place = *state;
    struct watch watch = {0};
    ANSWERS(place, PIECE("yes") STOPPED);
    rn_agent *agent = weather_agent(place);
    rn_stream *stream = rn_agent_stream(agent, "hi");
    assert_int_equal(rn_say(stream, "and"), 0);
    rn_stop(stream);
    rn_stop(stream);
    watch_end(&watch, stream, "start ai(yes) finish(stop,1)", RN_OK);
    rn_agent_free(agent);
}

/* Nothing more can be said to a run that is cancelled, even before it knows. */
static void test_said_to_a_cancelled_run(void **state)
{
    struct place *place = *state;
    ANSWERS(place, PIECE("yes") STOPPED);
    rn_agent *agent = weather_agent(place);
    rn_stream *stream = rn_agent_stream(agent, "hi");
    rn_cancel(stream);
    assert_int_equal(rn_say(stream, "and"), -1);
    assert_run(stream, "start finish(cancelled,partial,1)", RN_ECANCELLED);
    rn_agent_free(agent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACE_TEST(test_said_while_tools_run),  PLACE_TEST(test_said_while_it_answers),
        PLACE_TEST(test_said_after_nothing),    PLACE_TEST(test_said_after_a_cut),
        PLACE_TEST(test_said_in_the_last_step), PLACE_TEST(test_stopped_with_its_tools),
        PLACE_TEST(test_stopped_by_itself),     PLACE_TEST(test_said_to_a_cancelled_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
