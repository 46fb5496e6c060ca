/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The arguments of a tool call as Vertex streams them: not as pieces of JSON text but as values, each
 * with the path of its place ("$.items[0].name"), a long string in several pieces.
 */
#ifndef LLM_GEMINI_ARGS_H
#define LLM_GEMINI_ARGS_H

#include <jansson.h>
#include <stdbool.h>

#include "base/buf.h"

struct gemini_args {
    json_t *tree;       /* an object; NULL before the first value */
    struct buf string;  /* that is not complete yet */
    struct buf path;    /* where it goes; empty: there is none */
    size_t size;        /* of all that was given */
};

#define GEMINI_ARGS_INIT {0}

void gemini_args_clear(struct gemini_args *args);
/* Take one entry of "partialArgs"; false when its path leads nowhere. */
bool gemini_args_add(struct gemini_args *args, const json_t *entry);
/* Add all of them to the text as JSON, and be empty again; false as above. */
bool gemini_args_take(struct gemini_args *args, struct buf *text);

#endif
