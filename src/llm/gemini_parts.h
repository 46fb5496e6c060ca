/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of Gemini's answers: text, thoughts, calls, code that Google has run, any of them signed.
 *
 * A signature goes back on exactly the part that it came with, so the opaque entries tell where the parts
 * were cut (llm/gemini_request.c lays them out again).  Their field is "thoughtSignature"; beside those of
 * calls there are, by their item:
 *
 *      "text"      of the text since the entry before
 *      "thought"   of the reasoning since the entry before
 *      ""          of an empty part of its own; where the data is null: a cut, and no signature
 */
#ifndef LLM_GEMINI_PARTS_H
#define LLM_GEMINI_PARTS_H

#include <jansson.h>
#include <stdbool.h>

#include "llm/gemini_args.h"

struct reply;

/* What has come of them. */
struct gemini_parts {
    bool has_answer;  /* text or calls */
    bool has_unknown; /* something else, which is not shown */
    unsigned said;    /* since the last opaque entry that is no call's */
    int call;         /* whose arguments come value by value; -1: none */
    struct gemini_args args;
};

#define GEMINI_PARTS_INIT {.call = -1}

void gemini_parts_clear(struct gemini_parts *parts);
void gemini_parts_add(struct gemini_parts *parts, struct reply *reply, const json_t *part);
/* There are no more: a call that waits for values is complete. */
void gemini_parts_end(struct gemini_parts *parts, struct reply *reply);

#endif
