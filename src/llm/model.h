/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model, from the inside: where requests go and what they say.
 */
#ifndef LLM_MODEL_H
#define LLM_MODEL_H

#include <jansson.h>
#include <stdatomic.h>

#include "io/http.h"
#include "runnel.h"

struct buf;
struct codec;
struct script;
struct worker;

struct rn_model {
    atomic_uint holders;
    rn_model_options options; /* its strings are the model's own */
    const struct codec *codec;
    char *provider;
    char *base;     /* the API's URL */
    char *url[2];   /* of requests, by mode */
    char **headers; /* ended by NULL; the key is among them */
    struct script *script; /* instead of a server: the answers of a session; NULL: none */
    rn_io *io;
    bool owns_io;
    char *error;
};

/* One more holder; rn_model_free drops one. */
rn_model *model_hold(rn_model *model);
/* The body of a request that continues a conversation and offers tools (llm/codec.h); the caller frees
 * it. */
char *model_encode(const rn_model *model, const rn_conversation *conversation, const json_t *tools,
                   enum rn_mode mode);
/* A request with this body, all borrowed. */
struct http_request model_request(const rn_model *model, enum rn_mode mode, const char *body);
/* A request for the list of models, to `url`; all borrowed but the URL, which is the caller's. */
struct http_request model_list_request(const rn_model *model, char **url);

#endif
