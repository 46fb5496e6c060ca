/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A chat without a screen: the conversation, its model, its session, the run that goes on.  A front
 * end sends prompts and commands down, pulls events up, and waits on chat_fd.
 */
#ifndef CHAT_CHAT_H
#define CHAT_CHAT_H

#include <stdbool.h>

#include "runnel.h"

struct buf;
struct chat;
struct error;
struct settings;

/* The settings are the caller's and outlive the chat; changing the model changes them. */
struct chat *chat_new(struct settings *settings, rn_io *io, struct error *error);
void chat_free(struct chat *chat);

/* Start a run with a prompt.  -1 with an error when it cannot be started (one is going on; the model
 * is not well). */
int chat_send(struct chat *chat, const char *prompt, struct error *error);
/* Send the last prompt again; what came after it is taken back. */
int chat_retry(struct chat *chat, struct error *error);
/* Play a session's events as if they happened now; they are not journalled.  Takes the stream. */
void chat_play(struct chat *chat, rn_stream *stream);

/* The next event of the run: RN_EVENT, RN_AGAIN, or RN_DONE when there is no run or it has just ended.
 * Events are journalled before they are handed out; RN_AGAIN means the journal is flushed. */
int chat_step(struct chat *chat, const rn_event **event);
int chat_fd(const struct chat *chat);           /* -1 when no run goes on */
bool chat_busy(const struct chat *chat);
void chat_stop(struct chat *chat);              /* cancel the run; signal-safe */
/* What the run has said so far, or the last run's answer; NULL before the first. */
const rn_message *chat_answer(struct chat *chat);
/* How the last run ended (enum rn_status). */
int chat_status(const struct chat *chat);
/* A trouble that is no run's: the journal cannot be written.  NULL when there is nothing new. */
const char *chat_warning(struct chat *chat);

/* For the status line and /model. */
enum rn_mode chat_mode(const struct chat *chat);
void chat_set_mode(struct chat *chat, enum rn_mode mode);
const char *chat_model(const struct chat *chat);        /* "ollama:llama3.2" */
const char *chat_model_why(const struct chat *chat);    /* "from OPENAI_API_KEY" */
const char *chat_session(const struct chat *chat);      /* its id, "" when nothing is saved */
bool chat_is_guide(const struct chat *chat);
rn_conversation *chat_conversation(struct chat *chat);

#endif
