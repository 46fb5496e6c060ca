/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One model call's answer while it is being decoded: codecs tell it what they read, it makes the
 * events.  It keeps what all wires have in common: start comes once, text is whole code points, a
 * call's arguments are parsed once at its end, usage comes once before the finish, and after one
 * finish or error nothing more comes.
 */
#ifndef LLM_REPLY_H
#define LLM_REPLY_H

#include <jansson.h>

#include "runnel.h"

struct event_queue;
struct reply;

enum {
    REPLY_CALLS_MAX = 128,
    REPLY_ARGS_MAX = 16 * 1024 * 1024,
    REPLY_TEXT_MAX = 256 * 1024 * 1024, /* all that an answer says, in whatever form */
    REPLY_ID_MAX = 256,                 /* a message's; it is on each piece */
};

struct reply *reply_new(struct event_queue *events);
void reply_free(struct reply *reply);

/* Whether the next payload has halves of surrogate pairs in it (base/json.h, JSON_HALF). */
void reply_expect_halves(struct reply *reply, bool halves);
/* Split <think>...</think> at the very beginning of the text into reasoning. */
void reply_split_think_tags(struct reply *reply);

void reply_start(struct reply *reply, const char *id, const char *model);
void reply_text(struct reply *reply, const char *text, size_t len);
void reply_refusal(struct reply *reply, const char *text, size_t len);
void reply_reasoning(struct reply *reply, const char *text, size_t len);
/* The text of a JSON string, said by one of these three; false when it is none, or empty. */
typedef void reply_say_fn(struct reply *reply, const char *text, size_t len);
bool reply_string(struct reply *reply, const json_t *value, reply_say_fn *say);

/* One piece of text, and which of the three says it. */
struct said {
    reply_say_fn *say;
    const char *text; /* borrowed */
    size_t len;
};

/* What a reply was told from some moment on.  A start, a close and a usage do not count: told once more they
 * change nothing. */
struct heard {
    size_t count;     /* of pieces of text, of what goes back, and of what calls are made of */
    struct said said; /* the first of all, if it was a text, else say is NULL; as long as the events last */
};

/* Begin to listen.  What is heard is the reply's, and grows until the next call. */
const struct heard *reply_listen(struct reply *reply);

/* What goes back as it came.  `call`: the id of the call it belongs to, or "". */
void reply_opaque(struct reply *reply, const char *field, const json_t *data, const char *call);
void reply_opaque_block(struct reply *reply, const char *field, const json_t *data, int64_t index);
void reply_opaque_item(struct reply *reply, const char *field, const json_t *data,
                       const char *item);

/* Open a call and get its number.  An empty id, or one that another call has, gets one of ours: it is by
 * their ids that results find their calls.  While the tool is "" the call is held back.  -1 when there are
 * too many: the reply has failed. */
int reply_call_open(struct reply *reply, const char *id, const char *tool);
bool reply_call_has_tool(const struct reply *reply, int call);
/* What a call that is held back lacked; an id that is empty or another's leaves the one it has. */
void reply_call_name(struct reply *reply, int call, const char *id, const char *tool);
void reply_call_args(struct reply *reply, int call, const char *fragment, size_t len);
const char *reply_call_id(const struct reply *reply, int call);
/* There are arguments, and all that was opened in them is closed. */
bool reply_call_complete(const struct reply *reply, int call);
/* The arguments are complete: makes the tool event, once. */
void reply_call_close(struct reply *reply, int call);
int reply_call_count(const struct reply *reply);

/* What the provider counts, as it comes: known fields replace what was known. */
void reply_usage(struct reply *reply, const rn_usage *usage);

/* The end.  Closes the calls in order.  The reason may be NULL: then stop, or tool_calls. */
void reply_finish(struct reply *reply, const char *reason, const char *raw);
void reply_fail(struct reply *reply, enum rn_status code, const char *message,
                const char *provider_code, int http, bool retryable);
/* How long the provider asks to wait before the same is asked again, where its error says so: in ms; -1. */
void reply_wait(struct reply *reply, int64_t ms);
int64_t reply_wait_ms(const struct reply *reply);
bool reply_is_over(const struct reply *reply);

#endif
