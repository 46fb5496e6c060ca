/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a chat is made of: for chat.c, chat_tools.c, chat_request.c, branch.c, contest.c and encore.c
 * alone, which are one module.
 */
#ifndef CHAT_CHAT_PARTS_H
#define CHAT_CHAT_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "chat/answerer.h"
#include "chat/attach.h"
#include "chat/chat.h"
#include "chat/tally.h"
#include "runnel.h"

struct journal;
struct playback;
struct policy;
struct race;

struct chat {
    struct settings *settings;
    struct chat_options options;
    char *name;

    struct answerer answerer;
    char *run_label; /* "provider:model" */
    enum rn_mode mode;
    struct attachments attached; /* what goes with the next prompt */
    char **fields;               /* KEY=VALUE of the requests, set in the chat; */
    size_t field_count;
    char *extra;                 /* these over the options'; NULL: none */
    struct scout *scout;
    struct policy *policy; /* which tools are offered, and what may run */

    rn_conversation *conversation;
    char *system;
    bool has_own_system;     /* set in the chat: the settings have no say any more */
    struct journal *journal; /* NULL: nothing is saved */

    rn_stream *stream; /* the run that goes on */
    bool is_replay;
    struct playback *playback; /* what can be sent to and fro of a replay; NULL: nothing */
    char *encore;              /* the session that is played while the conversation waits */
    rn_message *answer; /* of the last run */
    struct race *race;  /* the comparison whose answers can be picked; NULL: none, */
    char *compared;     /* and what it asks */
    struct tally tally;
    struct error warning;
    bool has_warning;
};

/* Take the system prompt that the settings want, unless one was typed in the chat. */
int chat_load_system(struct chat *chat, struct error *error);
/* Open the model again, by the settings as they are now. */
int chat_reopen(struct chat *chat, struct error *error);
/* Free what was set of the requests. */
void chat_forget_requests(struct chat *chat);

#endif
