/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A wire codec translates: a conversation to one HTTP request, the payloads of its response to
 * events, a server's list of models to ours.  It does no I/O.  Adding one is one file and one row in
 * codec.c.
 */
#ifndef LLM_CODEC_H
#define LLM_CODEC_H

#include <jansson.h>

#include "runnel.h"

struct buf;
struct reply;

/* What a codec needs to know to write a request. */
struct request {
    const rn_model_options *options;
    const char *provider;
    const char *system;     /* NULL: none */
    const json_t *messages; /* llm/conversation.h */
    const json_t *tools;    /* array of {"name", "description", "schema"}; empty or NULL: none */
    enum rn_mode mode;
};

enum framing { FRAMING_SSE, FRAMING_NDJSON };

struct codec {
    const char *name;
    /* Appended to the API's base URL, where "{model}" stands for the model's name; what the base ends
     * with and the path begins with is not said twice. */
    const char *path, *stream_path; /* of a whole answer, of a stream; NULL: the same */
    const char *key_header;         /* what stands before the key: "x-api-key: " */
    const char *const *headers;     /* that each request has; ended by NULL.  NULL: none */
    enum framing framing;           /* of its streams */

    /* The request's body. */
    json_t *(*encode)(const struct request *request);
    /* Change a body that the server has refused, so that it says the same in another way; false when
     * there is none. */
    bool (*amend)(json_t *body, const rn_event *error);

    /* A decoder's own state for one answer.  These, `amend`, `word` and `end` may be NULL: there is
     * none. */
    void *(*state_new)(void);
    void (*state_free)(void *state);
    /* One payload of a stream that is JSON.  `name` is the SSE event's.  What it does must not hang on what
     * a text says, but for being empty; and where all it did was to say one text, the same payload once
     * more must do the same.  So others that are like it need not be parsed (llm/glance.h). */
    void (*payload)(void *state, struct reply *reply, const char *name, const json_t *payload);
    /* One that is not; false when it means nothing on this wire. */
    bool (*word)(void *state, struct reply *reply, const char *text, size_t len);
    /* A whole answer. */
    void (*whole)(void *state, struct reply *reply, const json_t *answer);
    /* The stream's bytes have ended: finish if they were complete. */
    void (*end)(void *state, struct reply *reply);

    /* What is sent besides text: a media type, inline or by its URL. */
    bool (*takes)(const char *type, bool is_url);

    /* The list of models: where it is, and an array for what it says (llm/listing.h). */
    const char *models_path;
    json_t *(*models)(const json_t *answer);
};

const struct codec *codec_find(const char *name); /* NULL: no such wire */
const char *codec_name(size_t nth);              /* NULL after the last */

extern const struct codec codec_openai, codec_responses, codec_anthropic, codec_ollama, codec_gemini;

#endif
