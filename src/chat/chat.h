/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A chat without a screen: the conversation, its model, its session, the run that goes on.  A front
 * end sends prompts and commands down, pulls events up, and waits on chat_fd.
 */
#ifndef CHAT_CHAT_H
#define CHAT_CHAT_H

#include <stdbool.h>
#include <stddef.h>

#include "runnel.h"

struct buf;
struct chat;
struct error;
struct playback;
struct scout;
struct settings;
struct tally;

struct chat_options {
    bool may_guide;     /* open on the guide when no model is chosen */
    int record_fd;      /* write the wire record here (borrowed); 0: none */
    const char *name;   /* of the session; NULL: none */
    const char *resume; /* path of a session to go on with; NULL: a new one */
    const char *until;  /* the run in it after which to go on; NULL: the last */
    bool is_fork;       /* go on in a session of its own */
    bool is_one_answer; /* no tools unless they are asked for */
    bool can_ask;       /* there is somebody who answers approvals */
    bool allow_all;     /* --yes */
    bool wants_deltas;  /* tool_delta events too: a call is shown as it is written */
    const char *extra;  /* JSON object merged into each request, over the config's; NULL: none */
    const char *schema; /* that answers must follow; NULL: none.  Both are borrowed */
};

/* The settings are the caller's and outlive the chat; /model changes them. */
struct chat *chat_new(struct settings *settings, rn_io *io, const struct chat_options *options,
                      struct error *error);
const struct settings *chat_settings(const struct chat *chat);
void chat_free(struct chat *chat);

/* Start a run with a prompt.  -1 with an error when it cannot be started. */
int chat_send(struct chat *chat, const char *prompt, struct error *error);
/* Send the last prompt again, with what it carries; what came after it is taken back first. */
int chat_retry(struct chat *chat, struct error *error);
/* Show a session's events as if they happened now; nothing is journalled.  Takes the stream. */
void chat_play(struct chat *chat, rn_stream *stream);
/* The same with a control, which is the chat's from now on and lasts as long as the stream. */
void chat_play_back(struct chat *chat, rn_stream *stream, struct playback *playback);
struct playback *chat_playback(const struct chat *chat); /* NULL when none goes on */

/* The next event of the run: RN_EVENT; RN_AGAIN when there is none yet; RN_DONE when there is no run
 * or it has just ended.  Events are journalled before they are handed out, and RN_AGAIN means that
 * the journal is on the disk. */
int chat_step(struct chat *chat, const rn_event **event);
int chat_fd(const struct chat *chat); /* -1 when no run goes on */
bool chat_busy(const struct chat *chat);
void chat_stop(struct chat *chat); /* cancel the run */
/* What the run has said so far, or the last run's answer; NULL before the first. */
const rn_message *chat_answer(struct chat *chat);
/* A trouble that is no run's (the journal cannot be written); NULL when there is nothing new. */
const char *chat_warning(struct chat *chat);

/* ---- Tools ---- */

/* The question behind an approval event whose status is requested. */
struct question {
    const char *why;     /* why it is asked: "the file is outside the working folder"; "" */
    char *preview;       /* what will happen, whole, not filtered: a diff, a command; "" */
    bool tells_all;      /* the arguments say no more than the preview does */
    char *pattern;       /* what "always like this" would allow, "git *"; NULL: nothing sensible */
};

void chat_question(const struct chat *chat, const rn_event *approval, struct question *question);
void question_clear(struct question *question);
/* Answer it: RN_ALLOW or RN_DENY; `args`, `why` as in rn_respond.  -1 when nothing waits for it, or the
 * arguments are no JSON object. */
int chat_respond(struct chat *chat, const char *id, enum rn_policy decision, const char *args,
                 const char *why);
/* From now on calls of this tool run unasked in this chat: all, or (pattern not NULL) those like it. */
void chat_allow(struct chat *chat, const char *tool, const char *pattern);
/* The same for a list as of --allow. */
int chat_allow_list(struct chat *chat, const char *list, struct error *error);
/* The tools of the chat, for /tools. */
void chat_list_tools(const struct chat *chat, struct buf *out);
/* Offer these from now on: a list as of --tools. */
int chat_set_tools(struct chat *chat, const char *list, struct error *error);
/* Add what the model is told of them; how many they are. */
size_t chat_spell_tools(const struct chat *chat, struct buf *text);
/* Add what the user says to the run that goes on, after its step; -1 when it takes nothing any more. */
int chat_say(struct chat *chat, const char *text);

/* ---- Attachments: they go with the next prompt that is sent ---- */

/* A file or a URL.  -1 with an error (chat/attach.h) when it cannot be sent to this model. */
int chat_attach(struct chat *chat, const char *what, struct error *error);
/* What came in another way; the name may be "". */
int chat_attach_bytes(struct chat *chat, const char *name, const char *bytes, size_t len,
                      struct error *error);
/* Take one away, from 1; 0: all. */
int chat_detach(struct chat *chat, size_t nth, struct error *error);
size_t chat_attached(const struct chat *chat); /* how many there are */
/* A line for each. */
void chat_list_attached(const struct chat *chat, struct buf *out);

/* ---- What it is like ---- */

enum rn_mode chat_mode(const struct chat *chat);
void chat_set_mode(struct chat *chat, enum rn_mode mode);
const char *chat_model(const struct chat *chat);     /* "ollama:llama3.2" */
const char *chat_model_why(const struct chat *chat); /* "from OPENAI_API_KEY" */
/* The model of the run that goes on, or was the last: in a replay the one that answered then. */
const char *chat_run_model(const struct chat *chat);
bool chat_is_guide(const struct chat *chat);
const char *chat_session(const struct chat *chat); /* its id, "" when nothing is saved */
/* What the session was called by the user, by a title or else by its name; "" when it never was. */
const char *chat_title(const struct chat *chat);
/* What the session is called in lists.  -1 with an error when nothing is saved. */
int chat_set_title(struct chat *chat, const char *title, struct error *error);
/* The folder of the sessions; the caller's.  NULL with an error when there is no home. */
char *chat_session_dir(const struct chat *chat, struct error *error);
struct scout *chat_scout(const struct chat *chat); /* who finds out which models can be had */
/* Answer with another model from now on. */
int chat_set_model(struct chat *chat, const char *name, struct error *error);
const char *chat_system(const struct chat *chat); /* "" without one */
void chat_set_system(struct chat *chat, const char *system);
/* The role in force, NULL without one.  Take another, with its system prompt, and its model where no model
 * was chosen; NULL is the one of the config again. */
const char *chat_role(const struct chat *chat);
int chat_set_role(struct chat *chat, const char *name, struct error *error);
/* The roles of the config, ended by NULL: free() the list and no more. */
const char **chat_roles(const struct chat *chat);
/* KEY=VALUE for each request from now on: temperature, max_tokens, reasoning, stop, or any field of the
 * body (as of --set).  Without a VALUE it is as before the chat again.  -1 with an error while an answer
 * comes, or when it cannot be. */
int chat_set(struct chat *chat, const char *assignment, struct error *error);
/* A line for each that is set, with where it comes from. */
void chat_list_set(const struct chat *chat, struct buf *out);
/* The nth key that begins so, with its "="; NULL after the last.  The caller's. */
char *chat_complete_set(const char *begun, size_t nth);
/* Forget what was said and begin a new session. */
void chat_begin(struct chat *chat);
const rn_conversation *chat_conversation(const struct chat *chat);
/* What the answers since it was opened have taken. */
const struct tally *chat_tally(const struct chat *chat);
/* How many tokens the model holds; 0: not known. */
int64_t chat_context(const struct chat *chat);

#endif
