/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "export/talk.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "llm/attachment.h"
#include "llm/conversation.h"
#include "text/brief.h"
#include "text/styled.h"

enum { TITLE_MAX = 120 };

/* ---- Turns ---- */

static struct turn *add_turn(struct talk *talk, enum turn_kind kind, const char *text, size_t len)
{
    talk->turns = xrealloc(talk->turns, (talk->count + 1) * sizeof(*talk->turns));
    struct turn *turn = &talk->turns[talk->count++];
    *turn = (struct turn){.kind = kind,
                          .text = text ? text : "",
                          .len = text ? len : 0,
                          .model = "",
                          .tool = "",
                          .status = ""};
    return turn;
}

/* A field's text may hold NULs, so its length goes with it. */
static struct turn *add_field(struct talk *talk, enum turn_kind kind, const json_t *message,
                              const char *key)
{
    const json_t *text = json_object_get(message, key);
    return add_turn(talk, kind, json_string_value(text), json_string_length(text));
}

static char *in_brief(const char *args)
{
    struct brief brief = {0};
    struct styled shown = {0};
    brief_add(&brief, &shown, args, strlen(args));
    char *line = xstrdup(buf_str(&shown.text));
    brief_clear(&brief);
    styled_clear(&shown);
    return line;
}

static char *laid_out(const json_t *args)
{
    char *text = json_dumps(args, JSON_INDENT(2) | JSON_ENCODE_ANY);
    char *copy = xstrdup(text ? text : "");
    free(text);
    return copy;
}

static void set_args(struct turn *turn, const json_t *call)
{
    const json_t *args = json_object_get(call, "args");
    struct buf compact = BUF_INIT;
    if (json_object_size(args) > 0) {
        json_add_value(&compact, args);
        turn->args = laid_out(args);
        turn->brief = in_brief(buf_str(&compact));
    } else {
        turn->args = xstrdup(json_get_text(call, "args_raw"));
        turn->brief = xstrdup("");
    }
    buf_clear(&compact);
}

/* The results of a step stand right behind what the model said in it. */
static const json_t *find_result(const json_t *messages, size_t from, const char *id)
{
    for (size_t i = from; i < json_array_size(messages); i++) {
        const json_t *message = json_array_get(messages, i);
        if (strcmp(json_get_text(message, "role"), "assistant") == 0)
            return NULL;
        if (strcmp(json_get_text(message, "role"), "tool") == 0 &&
            strcmp(json_get_text(message, "id"), id) == 0)
            return message;
    }
    return NULL;
}

static void add_call(struct talk *talk, const json_t *messages, size_t after, const json_t *call)
{
    const json_t *result = find_result(messages, after, json_get_text(call, "id"));
    struct turn *turn = add_field(talk, TURN_CALL, result, "output");
    turn->tool = json_get_text(call, "tool");
    turn->status = json_get_text(result, "status");
    set_args(turn, call);
}

static void add_answer(struct talk *talk, const json_t *messages, size_t nth)
{
    const json_t *message = json_array_get(messages, nth), *call;
    const char *model = json_get_text(message, "model");
    bool is_partial = json_is_true(json_object_get(message, "partial"));
    size_t i;
    if (*json_get_text(message, "reasoning"))
        add_field(talk, TURN_THOUGHT, message, "reasoning")->model = model;
    if (*json_get_text(message, "content") || is_partial) {
        struct turn *turn = add_field(talk, TURN_ANSWER, message, "content");
        turn->model = model;
        turn->is_partial = is_partial;
        turn->is_refusal = json_is_true(json_object_get(message, "refusal"));
    }
    json_array_foreach (json_object_get(message, "calls"), i, call)
        add_call(talk, messages, nth + 1, call);
}

static void add_turns(struct talk *talk)
{
    const json_t *messages = talk->conversation->messages, *message;
    const char *system = talk->conversation->system;
    size_t i;
    if (system && *system)
        add_turn(talk, TURN_SYSTEM, system, strlen(system));
    json_array_foreach (messages, i, message) {
        if (strcmp(json_get_text(message, "role"), "user") == 0)
            add_field(talk, TURN_USER, message, "content")->message = i;
        else if (strcmp(json_get_text(message, "role"), "assistant") == 0)
            add_answer(talk, messages, i);
    }
}

/* ---- What it is about ---- */

static const char *first_prompt(const struct talk *talk)
{
    for (size_t i = 0; i < talk->count; i++)
        if (talk->turns[i].kind == TURN_USER)
            return talk->turns[i].text;
    return "";
}

static char *make_title(const struct talk *talk, const char *given)
{
    const char *text = given && *given ? given : first_prompt(talk);
    text += strspn(text, " \t\r\n");
    size_t len = strcspn(text, "\r\n");
    if (len > TITLE_MAX) {
        len = TITLE_MAX;
        len -= utf8_cut(text, len);
    }
    return len > 0 ? xstrndup(text, len) : xstrdup("A conversation");
}

struct talk *talk_new(const rn_conversation *conversation, const struct talk_about *about)
{
    struct talk *talk = xnew(struct talk);
    talk->conversation = conversation;
    add_turns(talk);
    talk->about = (struct talk_about){.title = make_title(talk, about->title),
                                      .id = xstrdup(about->id ? about->id : ""),
                                      .time = about->time};
    return talk;
}

void talk_free(struct talk *talk)
{
    if (!talk)
        return;
    for (size_t i = 0; i < talk->count; i++) {
        free(talk->turns[i].args);
        free(talk->turns[i].brief);
    }
    free(talk->turns);
    free((char *)talk->about.title);
    free((char *)talk->about.id);
    free(talk);
}

char *talk_models(const struct talk *talk)
{
    struct buf names = BUF_INIT;
    for (size_t i = 0; i < talk->count; i++) {
        const char *model = talk->turns[i].model;
        bool is_new = *model;
        for (size_t k = 0; is_new && k < i; k++)
            is_new = strcmp(talk->turns[k].model, model) != 0;
        if (is_new)
            buf_addf(&names, "%s%s", names.len > 0 ? ", " : "", model);
    }
    return names.data ? buf_take(&names) : xstrdup("");
}

const char *talk_time(const struct talk *talk, char text[TALK_TIME_SIZE])
{
    time_t when = (time_t)talk->about.time;
    struct tm local;
    text[0] = '\0';
    if (when != 0 && localtime_r(&when, &local))
        strftime(text, TALK_TIME_SIZE, "%Y-%m-%d %H:%M", &local);
    return text;
}

/* ---- Attachments ---- */

static const json_t *find_attachment(const struct talk *talk, const struct turn *turn, size_t kth)
{
    const json_t *message = json_array_get(talk->conversation->messages, turn->message);
    return turn->kind == TURN_USER ? json_array_get(json_object_get(message, "attachments"), kth)
                                   : NULL;
}

bool talk_attachment(const struct talk *talk, const struct turn *turn, size_t kth,
                     rn_attachment *attachment)
{
    const json_t *kept = find_attachment(talk, turn, kth);
    if (kept)
        attachment_read(kept, attachment);
    return kept;
}

char *talk_image(const struct talk *talk, const struct turn *turn, size_t kth)
{
    static const char *const types[] = {"image/png", "image/jpeg", "image/gif", "image/webp"};
    const json_t *kept = find_attachment(talk, turn, kth);
    const char *type = json_get_text(kept, "type");
    if (*json_get_text(kept, "url") || !*json_get_text(kept, "data"))
        return NULL;
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (strcmp(types[i], type) == 0)
            return attachment_url(kept);
    return NULL;
}
