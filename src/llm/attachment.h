/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a user's message carries besides its words, in the form that conversations and sessions keep:
 *
 *      {"name":"a.c","type":"text/plain","text":"..."}
 *      {"name":"cat.png","type":"image/png","data":"..."}      base64
 *      {"type":"image/png","url":"https://..."}
 *
 * Text becomes part of what the user says, on every wire; the rest is each wire's own to lay out.
 */
#ifndef LLM_ATTACHMENT_H
#define LLM_ATTACHMENT_H

#include <jansson.h>
#include <stdbool.h>

#include "runnel.h"

/* NULL when it can be none: no bytes and no URL, text that is not UTF-8. */
json_t *attachment_json(const rn_attachment *attachment);

/* As it was given, as far as it is told again: runnel.h, rn_conversation_attachment.  Borrowed. */
void attachment_read(const json_t *kept, rn_attachment *attachment);

bool attachment_is_text(const json_t *attachment);
bool attachment_is_image(const json_t *attachment);
/* Where it is: its URL, or one that holds it ("data:image/png;base64,..."); the caller's. */
char *attachment_url(const json_t *attachment);

/* All that a user's message says in words: the texts attached, each under its name, then the content.  A
 * new reference. */
json_t *attachment_words(const json_t *message);
/* What else it carries: a new array of the attachments that are no text. */
json_t *attachment_things(const json_t *message);

#endif
