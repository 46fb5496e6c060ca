/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/model.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "llm/codec.h"
#include "llm/conversation.h"
#include "llm/provider.h"

/* ---- Options, copied ---- */

static void copy_options(rn_model *model, const rn_model_options *given)
{
    rn_model_options *own = &model->options;
    size_t known = given->size < sizeof(*own) ? given->size : sizeof(*own);
    memcpy(own, given, known);
    own->provider = own->wire = own->url = own->key = NULL; /* kept in another form */
    own->headers = NULL;
    own->model = xstrdup(own->model);
    own->unix_socket = xstrdup(own->unix_socket);
    own->system = xstrdup(own->system);
    own->ca_file = xstrdup(own->ca_file);
    own->extra = xstrdup(own->extra);
    own->reasoning = xstrdup(own->reasoning);
    if (own->temperature) {
        double *kept = xnew(double);
        *kept = *own->temperature;
        own->temperature = kept;
    }
}

static void free_options(rn_model_options *own)
{
    free((char *)own->model);
    free((char *)own->unix_socket);
    free((char *)own->system);
    free((char *)own->ca_file);
    free((char *)own->extra);
    free((char *)own->reasoning);
    free(own->temperature);
}

/* ---- Where requests go ---- */

/* The codec's path goes before a query: Azure's dated form has one. */
static char *join_url(const char *base, const char *path)
{
    size_t len = strcspn(base, "?");
    const char *query = base + len;
    while (len > 0 && base[len - 1] == '/')
        len--;
    return xasprintf("%.*s%s%s", (int)len, base, path, query);
}

static void add_header(rn_model *model, size_t *count, char *header)
{
    model->headers = xrealloc(model->headers, (*count + 2) * sizeof(*model->headers));
    model->headers[(*count)++] = header;
    model->headers[*count] = NULL;
}

static void make_headers(rn_model *model, const rn_model_options *given)
{
    size_t count = 0;
    add_header(model, &count, xstrdup("Content-Type: application/json"));
    add_header(model, &count, xstrdup("Accept: text/event-stream, application/json"));
    add_header(model, &count, xstrdup("User-Agent: runnel/" RN_VERSION));
    if (given->key && *given->key)
        add_header(model, &count,
                   xasprintf("%s%s", provider_key_header(model->provider), given->key));
    for (const char *const *header = given->headers; header && *header; header++)
        add_header(model, &count, xstrdup(*header));
}

/* ---- What cannot work ---- */

static char *check_header(const char *header)
{
    const char *colon = strchr(header, ':');
    if (!colon || colon == header)
        return xasprintf("a header must look like \"Name: value\", not \"%.40s\"", header);
    if (strpbrk(header, "\r\n"))
        return xasprintf("the header \"%.*s\" holds a line break", (int)(colon - header), header);
    return NULL;
}

static char *check_key(const rn_model *model, const rn_model_options *given)
{
    if (!given->key || !*given->key)
        return NULL;
    if (strpbrk(given->key, "\r\n"))
        return xstrdup("the key holds a line break");
    bool is_plain = strncmp(model->url, "http:", 5) == 0;
    if (is_plain && !given->plain_http_key && !http_is_local(model->url, given->unix_socket))
        return xasprintf("%s is not encrypted and on another machine: a key would be sent in the clear "
                         "(use https, or allow it with plain_http_key)",
                         model->url);
    return NULL;
}

static char *check_extra(const char *extra)
{
    if (!extra)
        return NULL;
    json_error_t why;
    json_t *tree = json_loads(extra, 0, &why);
    char *error = json_is_object(tree) ? NULL
                                       : xasprintf("extra must be a JSON object: %s",
                                                   tree ? "it is another value" : why.text);
    json_decref(tree);
    return error;
}

static char *check(const rn_model *model, const rn_model_options *given, const char *url)
{
    if (!*url && strcmp(model->provider, "azure") == 0)
        return xstrdup("azure needs the URL of your resource: "
                       "https://NAME.openai.azure.com/openai/v1");
    if (!*url)
        return xasprintf("no provider is called \"%s\": set its URL, or choose another",
                         model->provider);
    if (!model->codec)
        return xasprintf("no wire is called \"%s\"", given->wire);
    if (!http_url_ok(url))
        return xasprintf("\"%s\" is no URL that runnel can use: it must be http://HOST[:PORT]/PATH or "
                         "https://...",
                         url);
    if (!given->model || !*given->model)
        return xstrdup("no model is named");
    for (const char *const *header = given->headers; header && *header; header++) {
        char *error = check_header(*header);
        if (error)
            return error;
    }
    char *error = check_key(model, given);
    return error ? error : check_extra(given->extra);
}

rn_model *rn_model_new(const rn_model_options *options)
{
    rn_model *model = xnew(rn_model);
    rn_model_options given = {0};
    memcpy(&given, options, options->size < sizeof(given) ? options->size : sizeof(given));
    given.size = sizeof(given);
    atomic_init(&model->holders, 1);
    model->provider = xstrdup(given.provider && *given.provider ? given.provider : "openai");
    const rn_provider *preset = provider_find(model->provider);
    const char *url = given.url && *given.url ? given.url : preset ? preset->url : "";
    const char *wire = given.wire && *given.wire ? given.wire : preset ? preset->wire : "openai";
    provider_adapt(model->provider, &given);
    copy_options(model, &given);
    model->codec = codec_find(wire);
    model->url = join_url(url, model->codec ? model->codec->path : "");
    make_headers(model, &given);
    model->error = check(model, &given, url);
    model->owns_io = !given.io;
    model->io = given.io ? given.io : rn_io_new();
    return model;
}

rn_model *model_hold(rn_model *model)
{
    atomic_fetch_add(&model->holders, 1);
    return model;
}

void rn_model_free(rn_model *model)
{
    if (!model || atomic_fetch_sub(&model->holders, 1) > 1)
        return;
    if (model->owns_io)
        rn_io_free(model->io);
    for (char **header = model->headers; *header; header++) {
        wipe(*header, strlen(*header));
        free(*header);
    }
    free(model->headers);
    free_options(&model->options);
    free(model->provider);
    free(model->url);
    free(model->error);
    free(model);
}

const char *rn_model_error(const rn_model *model)
{
    return model->error ? model->error : "";
}

const char *rn_model_url(const rn_model *model)
{
    return model->url;
}

/* ---- Requests ---- */

char *model_encode(const rn_model *model, const rn_conversation *conversation, enum rn_mode mode)
{
    struct request request = {.options = &model->options,
                              .provider = model->provider,
                              .system = conversation->system ? conversation->system
                                                             : model->options.system,
                              .messages = conversation->messages,
                              .mode = mode};
    json_t *body = model->codec->encode(&request);
    struct buf text = BUF_INIT;
    if (model->options.extra) {
        json_t *extra = json_loads(model->options.extra, 0, NULL);
        json_object_update(body, extra);
        json_decref(extra);
    }
    json_add_value(&text, body);
    json_decref(body);
    return buf_take(&text);
}

/* Servers of this machine may have to load a model first; others answer or are not there. */
static int limit(int wanted, bool is_local, int local, int remote)
{
    return wanted > 0 ? wanted : is_local ? local : remote;
}

struct http_request model_request(const rn_model *model, const char *body)
{
    const rn_model_options *options = &model->options;
    bool is_local = http_is_local(model->url, options->unix_socket);
    return (struct http_request){
        .url = model->url,
        .unix_socket = options->unix_socket,
        .headers = (const char *const *)model->headers,
        .body = body,
        .body_len = strlen(body),
        .ca_file = options->ca_file,
        .insecure = options->insecure,
        .connect_ms = limit(options->connect_ms, is_local, 2000, 10000),
        .first_ms = limit(options->first_ms, is_local, 600000, 120000),
        .idle_ms = limit(options->idle_ms, is_local, 600000, 120000),
    };
}
