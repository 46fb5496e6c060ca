/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a run of an agent leaves behind: the conversation it adds up to is the same when it is folded
 * live, from the events' JSON, and from a session, wherever that was broken off.
 */
#include "agent_fixture.h"
#include "session_fixture.h"

#include "llm/conversation.h"
#include "llm/event.h"
#include "llm/message.h"
#include "session/journal.h"
#include "session/store.h"

/* ---- Runs of all sorts ---- */

static int tell_bytes(rn_task *task, const char *args, void *user)
{
    (void)args, (void)user;
    rn_task_progress(task, 0.5, "half");
    rn_task_output(task, "a\0\033[1m\xFF\n\"b\"\n", 12);
    return 0;
}

static enum rn_policy by_name(const char *tool, const char *args, void *user)
{
    (void)args, (void)user;
    return strcmp(tool, "ask") == 0 ? RN_ASK : strcmp(tool, "deny") == 0 ? RN_DENY : RN_ALLOW;
}

static rn_agent *agent_of(struct place *place)
{
    rn_agent *agent = AGENT(place, .policy = by_name, .max_steps = 4, .system = "Be brief.");
    RN_TOOL(agent, .name = "sunny", .run = say_sunny);
    RN_TOOL(agent, .name = "bytes", .run = tell_bytes);
    RN_TOOL(agent, .name = "ask", .run = say_sunny);
    RN_TOOL(agent, .name = "deny", .run = say_sunny);
    RN_TOOL(agent, .name = "quick", .command = SH("echo quick"));
    RN_TOOL(agent, .name = "slow", .command = SH("echo some; echo slow >&2; exec sleep 1000"));
    return agent;
}

#define THOUGHT CHUNK("\"reasoning\":\"h\\u00e9\"")
#define OPAQUE                                                                                     \
    CHUNK(                                                                                         \
        "\"tool_calls\":[{\"index\":0,\"id\":\"c1\",\"function\":{\"name\":\"sunny\","             \
        "\"arguments\":"                                                                           \
        "\"{\\\"n\\\":[1,0.1,-7,\\\"\\u00e9\\\\n\\\",null,{}]}\"},\"extra_content\":{\"google\":{" \
        "\"thought_signature\":\"sig\"}}}]")

static const struct sort {
    const char *about;
    const char *answers[4];
    enum rn_kind kind; /* when it comes, this is done: */
    enum { NOTHING, SAY, CHANGE, REFUSE, CANCEL } what;
} sorts[] = {
    {"text", {THOUGHT PIECE("yo") STOPPED}, 0, NOTHING},
    {"nothing", {STOPPED}, 0, NOTHING},
    {"a refusal", {CHUNK("\"refusal\":\"no\"") STOPPED}, 0, NOTHING},
    {"two steps", {THOUGHT PIECE("look") OPAQUE USAGE CALLED, PIECE("sunny") STOPPED}, 0, NOTHING},
    {"strange output", {CALLS(0, "c1", "bytes", "{}") CALLED, PIECE("ok") STOPPED}, 0, NOTHING},
    {"many calls",
     {CALLS(0, "c1", "quick", "{}") CALLS(1, "c2", "bytes", "{}") CALLS(2, "c3", "deny", "{}")
          CALLS(3, "c4", "nix", "{}") CALLS(4, "c5", "sunny", "{") CALLED,
      PIECE("ok") CALLS(0, "c1", "quick", "{}") CALLED, THOUGHT STOPPED},
     0,
     NOTHING},
    {"too many steps", {CALLS(0, "c1", "sunny", "{}") CALLED}, 0, NOTHING},
    {"said while tools run",
     {CALLS(0, "c1", "sunny", "{}") CALLED, PIECE("ok") STOPPED},
     RN_RESULT,
     SAY},
    {"said while it answers", {PIECE("one") STOPPED, PIECE("two") STOPPED}, RN_AI, SAY},
    {"said after nothing", {STOPPED, PIECE("two") STOPPED}, RN_START, SAY},
    {"changed", {CALLS(0, "c1", "ask", "{}") CALLED, PIECE("ok") STOPPED}, RN_APPROVAL, CHANGE},
    {"refused", {CALLS(0, "c1", "ask", "{}") CALLED, PIECE("ok") STOPPED}, RN_APPROVAL, REFUSE},
    {"cancelled in the text", {PIECE("one")}, RN_AI, CANCEL},
    {"cancelled while it asks",
     {PIECE("x") CALLS(0, "c1", "ask", "{}") CALLS(1, "c2", "sunny", "{}") CALLED},
     RN_APPROVAL,
     CANCEL},
    {"cancelled while it runs", {CALLS(0, "c1", "slow", "{}") CALLED}, RN_PROGRESS, CANCEL},
    {"cut off in a call", {CALLS(0, "c1", "sunny", "{\\\"") ENDS("length")}, 0, NOTHING},
    {"broken off", {CALLS(0, "c1", "sunny", "{}") CALLED, PIECE("o")}, 0, NOTHING},
};

/* ---- A run, as the program keeps it ---- */

struct kept {
    char *folder, *path; /* of the session */
    char *live, *words;
    struct buf lines; /* the events as JSON */
};

static void act(rn_stream *stream, const struct sort *sort, const rn_event *event)
{
    switch (sort->what) {
    case SAY:
        assert_int_equal(rn_say(stream, "and in \u00b0F?"), 0);
        break;
    case CHANGE:
        assert_int_equal(rn_respond(stream, event->id, RN_ALLOW, "{\"x\": 2}", "once"), 0);
        break;
    case REFUSE:
        assert_int_equal(rn_respond(stream, event->id, RN_DENY, NULL, "no"), 0);
        break;
    case CANCEL:
        rn_cancel(stream);
        break;
    default:
        break;
    }
}

static char *history_of(const rn_message *message)
{
    json_t *history = message_history(message);
    char *text = json_dumps(history, JSON_COMPACT);
    json_decref(history);
    return text;
}

/* The same, from the lines of events. */
static char *fold(const char *lines)
{
    struct message *message = message_new();
    struct event_reader *reader = event_reader_new();
    for (const char *end; (end = strchr(lines, '\n')); lines = end + 1) {
        struct event event;
        struct error error = ERROR_INIT;
        if (event_read(reader, lines, (size_t)(end - lines), &event, &error) < 0)
            fail_msg("%s", error.text);
        message_add(message, &event.pub);
    }
    char *text = history_of(message_public(message));
    event_reader_free(reader);
    message_free(message);
    return text;
}

static rn_conversation *converse(struct place *place, const struct sort *sort, struct kept *kept)
{
    struct watch watch = {0};
    struct error error;
    bool has_acted = false;
    for (size_t i = 0; i < 4 && sort->answers[i]; i++)
        ANSWERS(place, sort->answers[i]);
    rn_agent *agent = agent_of(place);
    rn_conversation *conversation = rn_conversation_new("Be brief.");
    rn_conversation_user(conversation, "hi");
    rn_stream *stream = rn_agent_start(agent, conversation, RN_STREAM);
    kept->folder = folder_new();
    struct journal *journal = journal_new(kept->folder, NULL);
    for (const rn_event *event; (event = watch_next(&watch, stream));) {
        assert_int_equal(journal_event(journal, event, &error), 0);
        event_json(event, &kept->lines);
        buf_addc(&kept->lines, '\n');
        if (event->kind == sort->kind && !has_acted) {
            has_acted = true;
            act(stream, sort, event);
        }
    }
    assert_int_equal(journal_message(journal, rn_snapshot(stream), &error), 0);
    kept->path = xstrdup(journal_path(journal));
    kept->live = history_of(rn_snapshot(stream));
    kept->words = xstrdup(buf_str(&watch.words));
    rn_conversation_add(conversation, rn_snapshot(stream));
    journal_free(journal);
    rn_close(stream);
    watch_clear(&watch);
    rn_agent_free(agent);
    return conversation;
}

static void kept_clear(struct kept *kept)
{
    folder_free(kept->folder);
    free(kept->path);
    free(kept->live);
    free(kept->words);
    buf_clear(&kept->lines);
}

/* ---- What is true of all of them ---- */

/* Whoever makes a call is answered right behind it, call by call, once. */
static void assert_answered(const char *about, const rn_conversation *conversation)
{
    size_t i, k;
    json_t *message, *call;
    json_array_foreach (conversation->messages, i, message) {
        const json_t *calls = json_object_get(message, "calls");
        size_t next = i;
        json_array_foreach (calls, k, call) {
            const json_t *result = json_array_get(conversation->messages, ++next);
            if (!result ||
                strcmp(json_string_value(json_object_get(result, "role")), "tool") != 0 ||
                !json_equal(json_object_get(result, "id"), json_object_get(call, "id")))
                fail_msg("%s: call %zu of message %zu is not answered", about, k, i);
        }
        const json_t *behind = json_array_get(conversation->messages, next + 1);
        if (json_array_size(calls) > 0 && behind)
            assert_string_not_equal(json_string_value(json_object_get(behind, "role")), "tool");
    }
}

static void check_resumed(const char *about, const rn_conversation *live, const struct kept *kept)
{
    struct error error = ERROR_INIT;
    rn_conversation *resumed = session_conversation(kept->path, &error);
    if (!resumed)
        fail_msg("%s: %s", about, error.text);
    char *got = json_dumps(resumed->messages, JSON_COMPACT);
    char *want = json_dumps(live->messages, JSON_COMPACT);
    if (!json_equal(resumed->messages, live->messages))
        fail_msg("%s:\n  got  %s\n  want %s", about, got, want);
    assert_string_equal(conversation_parent(resumed), conversation_parent(live));
    assert_string_equal(resumed->system, live->system);
    assert_string_equal(rn_conversation_prompt(resumed), "hi");
    free(got);
    free(want);
    rn_conversation_free(resumed);
}

/* Around the ends of lines, and here and there inside them. */
static bool is_place_to_cut(const char *text, size_t at)
{
    return text[at] == '\n' || text[at - 1] == '\n' || at % 17 == 0;
}

/* However much of the file is there, what it gives can be sent; and from the finish on it is all. */
static void check_cut(const char *about, const rn_conversation *live, const struct kept *kept)
{
    char *whole = file_get(kept->path);
    const char *finish = strstr(whole, "{\"type\":\"finish\"");
    size_t end = (size_t)(strchr(finish, '\n') - whole) + 1;
    for (size_t cut = (size_t)(strchr(whole, '\n') - whole) + 1; cut <= strlen(whole); cut++) {
        struct error error;
        if (!is_place_to_cut(whole, cut))
            continue;
        file_put(kept->path, whole, cut);
        rn_conversation *resumed = session_conversation(kept->path, &error);
        assert_non_null(resumed);
        assert_answered(about, resumed);
        if (cut >= end && !json_equal(resumed->messages, live->messages))
            fail_msg("%s: cut at %zu of %zu, it is another conversation", about, cut,
                     strlen(whole));
        rn_conversation_free(resumed);
    }
    file_put(kept->path, whole, strlen(whole));
    free(whole);
}

static void check_replayed(const char *about, const struct kept *kept)
{
    struct buf words = BUF_INIT;
    rn_stream *stream = rn_replay(NULL, open(kept->path, O_RDONLY | O_CLOEXEC), 0, -1);
    for (const rn_event *event; (event = rn_next(stream));)
        watch_describe(&words, event);
    if (strcmp(buf_str(&words), kept->words) != 0)
        fail_msg("%s: replayed as %s", about, buf_str(&words));
    char *history = history_of(rn_snapshot(stream));
    assert_string_equal(history, kept->live);
    free(history);
    rn_close(stream);
    buf_clear(&words);
}

static void test_sorts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(sorts) / sizeof(sorts[0]); i++) {
        void *own;
        struct kept kept = {0};
        place_set_up(&own);
        rn_conversation *live = converse(own, &sorts[i], &kept);
        char *folded = fold(buf_str(&kept.lines));
        if (strcmp(folded, kept.live) != 0)
            fail_msg("%s:\n  got  %s\n  want %s", sorts[i].about, folded, kept.live);
        assert_answered(sorts[i].about, live);
        check_resumed(sorts[i].about, live, &kept);
        check_replayed(sorts[i].about, &kept);
        check_cut(sorts[i].about, live, &kept);
        free(folded);
        rn_conversation_free(live);
        kept_clear(&kept);
        place_tear_down(&own);
    }
}

/* ---- What a server is sent when the session is resumed ---- */

static void test_sent_again(void **state)
{
    struct place *place = *state;
    struct kept kept = {0};
    struct error error;
    const struct sort *sort = &sorts[3];
    rn_conversation *live = converse(place, sort, &kept);
    ANSWERS(place, PIECE("ok") STOPPED);
    rn_conversation *resumed = session_conversation(kept.path, &error);
    rn_conversation *both[] = {live, resumed};
    for (size_t i = 0; i < 2; i++) {
        rn_conversation_user(both[i], "and?");
        assert_run(rn_model_start(place->model, both[i], RN_STREAM), "start ai(ok) finish(stop,1)",
                   RN_OK);
        assert_sent(
            place->server, 2 + (unsigned)i,
            "[{\"role\":\"system\",\"content\":\"Be brief.\"}," SENT_USER(
                "hi") ","
                      "{\"role\":\"assistant\",\"content\":\"look\",\"tool_calls\":[{\"id\":\"c1\","
                      "\"type\":\"function\",\"function\":{\"name\":\"sunny\",\"arguments\":"
                      "\"{\\\"n\\\":[1,0.1,-7,\\\"\u00e9\\\\n\\\",null,{}]}\"},\"extra_content\":{"
                      "\"google\":{\"thought_signature\":\"sig\"}}}]}," SENT_RESULT(
                          "c1", "Sunny") "," SENT_TEXT("sunny") "," SENT_USER("and?") "]");
        rn_conversation_free(both[i]);
    }
    kept_clear(&kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sorts),
        PLACE_TEST(test_sent_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
