/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A script: the answers of a session, for the model "replay" to give again.  Nothing is sent.  An answer
 * is found by what it answered, which is the last thing that the user had said and how many answers had
 * been given to it: so an agent that is asked the same does the same, whatever its tools give now.  Where
 * several were asked the same side by side, the answers of the one that began first are given first.
 *
 * Constant once made, but for what has been given: any number of calls and threads.
 */
#ifndef LLM_SCRIPT_H
#define LLM_SCRIPT_H

#include <stdint.h>

#include "runnel.h"

struct script;
struct script_call;

enum { SCRIPT_MAX = 256 * 1024 * 1024 };

/* `path` is a session's file.  `extra`, a JSON object or NULL, may have "match": "prompt", the default, or
 * "order", which gives one answer after another to whatever is asked; and "speed", as of rn_replay: 0,
 * the default, is at once.  It is made in any case. */
struct script *script_new(const char *path, const char *extra);
void script_free(struct script *script);
const char *script_error(const struct script *script); /* "" when it is well */

/* What is asked, as script_call_new takes it: the caller's. */
char *script_question(const rn_conversation *conversation);

/* One model call.  The script must outlive it. */
struct script_call *script_call_new(struct script *script, const char *question);
void script_call_free(struct script_call *call);
/* The next event, ending in finish or error; NULL when it is to come in *wait_ms, or after the last (-1).
 * It lasts until the next call, its reason as long as the script. */
const rn_event *script_call_next(struct script_call *call, int64_t *wait_ms);

#endif
