/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What providers say when they say no: found in any of the shapes they use, judged whether the same
 * request may work later.
 */
#ifndef LLM_FAILURE_H
#define LLM_FAILURE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct reply;

/* The body of a response whose status is 400 or more (or a redirect: 3xx). */
void failure_from_body(struct reply *reply, int status, const char *body, size_t len);
/* The body of a response that is no model's answer at all: a web page, a proxy's words. */
void failure_from_page(struct reply *reply, const char *body, size_t len);
/* An error object inside an answer: {"error":{...}}, {"error":"..."}, {"object":"error",...}. */
void failure_from_payload(struct reply *reply, const json_t *payload);
/* True when a payload is one of these. */
bool failure_is(const json_t *payload);

#endif
