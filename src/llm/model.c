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

/* The codec's path goes before a query: Azure's dated form has one.  Who pasted the whole address need
 * not take the path off it. */
static char *join_url(const char *base, const char *path)
{
    size_t len = strcspn(base, "?"), path_len = strlen(path);
    const char *query = base + len;
    while (len > 0 && base[len - 1] == '/')
        len--;
    if (len > path_len && memcmp(base + len - path_len, path, path_len) == 0)
        len -= path_len;
    return xasprintf("%.*s%s%s", (int)len, base, path, query);
}

static void add_header(rn_model *model, size_t *count, char *header)
{
    model->headers = xrealloc(model->headers, (*count + 2) * sizeof(*model->headers));
    model->headers[(*count)++] = header;
    model->headers[*count] = NULL;
}

/* Whether the user gives a header of this name, which then stands instead of ours. */
static bool is_given(const char *const *headers, const char *own)
{
    size_t name = strcspn(own, ":") + 1;
    for (; headers && *headers; headers++)
        if (strncasecmp(*headers, own, name) == 0)
            return true;
    return false;
}

static void make_headers(rn_model *model, const rn_model_options *given)
{
    static const char *const own[] = {
        "Content-Type: application/json",
        "Accept: text/event-stream, application/json",
        ("User-Agent: runnel/" RN_VERSION),
    };
    const char *key_header = provider_key_header(model->provider);
    size_t count = 0;
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        if (!is_given(given->headers, own[i]))
            add_header(model, &count, xstrdup(own[i]));
    if (given->key && *given->key && !is_given(given->headers, key_header))
        add_header(model, &count, xasprintf("%s%s", key_header, given->key));
    for (const char *const *header = given->headers; header && *header; header++)
        add_header(model, &count, xstrdup(*header));
}

/* ---- What cannot work ---- */

/* The text of a malformed header is not told: it may be a key that its name got lost of. */
static char *check_headers(const char *const *headers)
{
    for (size_t i = 0; headers && headers[i]; i++) {
        const char *colon = strchr(headers[i], ':');
        if (!colon || colon == headers[i])
            return xasprintf("header %zu of the list does not look like \"Name: value\"", i + 1);
        if (strpbrk(headers[i], "\r\n"))
            return xasprintf("header %zu of the list holds a line break", i + 1);
    }
    return NULL;
}

static bool has_secret_header(const char *const *headers)
{
    static const char *const names[] = {"authorization:", "api-key:", "x-api-key:", "cookie:"};
    for (; headers && *headers; headers++)
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
            if (strncasecmp(*headers, names[i], strlen(names[i])) == 0)
                return true;
    return false;
}

static char *check_key(const rn_model *model, const rn_model_options *given)
{
    bool has_key = given->key && *given->key;
    if (has_key && strpbrk(given->key, "\r\n"))
        return xstrdup("the key holds a line break");
    if (!has_key && !has_secret_header(given->headers))
        return NULL;
    bool is_plain = strncasecmp(model->url, "https:", 6) != 0;
    if (is_plain && !given->plain_http_key && !http_is_local(model->url, given->unix_socket))
        return xasprintf(
            "%s is not encrypted and on another machine: a key would be sent in the clear "
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
    if (strchr(url, '@'))
        return xstrdup(
            "a URL with a name or a password in it is not used: a key has its own setting");
    if (!http_url_ok(url))
        return xasprintf(
            "\"%s\" is no URL that runnel can use: it must be http://HOST[:PORT]/PATH or "
            "https://...",
            url);
    if (!given->model || !*given->model)
        return xstrdup("no model is named");
    char *error = check_headers(given->headers);
    if (!error)
        error = check_key(model, given);
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
    for (char **header = model->headers; header && *header; header++) {
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

char *model_encode(const rn_model *model, const rn_conversation *conversation, const json_t *tools,
                   enum rn_mode mode)
{
    struct request request = {.options = &model->options,
                              .provider = model->provider,
                              .system = conversation->system ? conversation->system
                                                             : model->options.system,
                              .messages = conversation->messages,
                              .tools = tools,
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
