/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The journal: a session as it is written.  JSON Lines, mode 0600, append-only: first a `session` line,
 * then the events of each run, after each finish a `message` record for each message that the run has
 * added to the conversation.  Nothing that was written is ever rewritten.  docs/sessions.md is the format.
 *
 * Events wait in memory until journal_flush, or for 50 ms at most while they keep coming; a finish is
 * written at once, and synced to the disk with the record or flush that follows it.  When writing
 * fails (a full disk) the journal says so once through its error, keeps what it could not write, and
 * tries again with the next flush; the chat goes on.  It says so again when it fails anew, and when so
 * much waits that the rest cannot be kept.
 */
#ifndef SESSION_JOURNAL_H
#define SESSION_JOURNAL_H

#include "runnel.h"

struct error;
struct journal;

enum {
    JOURNAL_WAIT_MS = 50,
    JOURNAL_WAITING_MAX = 64 * 1024 * 1024,
};

/* Begin a session: a new file under `dir` (made with mode 0700 if need be), created with its first
 * event, so that a chat in which nothing was said leaves no file.  The name may be NULL. */
struct journal *journal_new(const char *dir, const char *name);
/* Go on writing an existing one.  NULL with an error when it cannot be written or is no session; when
 * another process is writing it, a new session is begun in the same folder whose first line names it
 * as `parent`. */
struct journal *journal_open(const char *path, struct error *error);
/* Begin a session in the folder of this one, whose first line names it as `parent`. */
struct journal *journal_fork(const char *path);
void journal_free(struct journal *journal);     /* flushes */

/* "" until the file is there. */
const char *journal_path(const struct journal *journal);
const char *journal_id(const struct journal *journal);
/* What it was called last, by a title or else by its name; "" when it never was. */
const char *journal_called(const struct journal *journal);

/* Each returns -1 with an error when this call found that writing fails; what was to be written is
 * kept.  An event that is never journalled (tool_delta) is ignored. */
int journal_event(struct journal *journal, const rn_event *event, struct error *error);
int journal_message(struct journal *journal, const rn_message *answer, struct error *error);
/* What is said next goes on from what this conversation ends with, whichever run came last.  A session in
 * which nothing was said needs no such note. */
int journal_head(struct journal *journal, const rn_conversation *conversation, struct error *error);
/* It is written again from time to time, so that who looks at the end of a long file finds it. */
int journal_title(struct journal *journal, const char *title, struct error *error);
int journal_flush(struct journal *journal, struct error *error);

#endif
