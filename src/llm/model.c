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
#include "llm/script.h"

/* ---- Options, copied ---- */

static const char *const *copy_list(const char *const *list)
{
    size_t count = 0;
    while (list && list[count])
        count++;
    if (count == 0)
        return NULL;
    const char **copy = xcalloc(count + 1, sizeof(*copy));
    for (size_t i = 0; i < count; i++)
        copy[i] = xstrdup(list[i]);
    return copy;
}

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
    own->schema = xstrdup(own->schema);
    own->stop = copy_list(own->stop);
    if (own->temperature) {
        double *kept = xnew(double);
        *kept = *own->temperature;
        own->temperature = kept;
    }
    if (own->prices) {
        rn_prices *kept = xnew(rn_prices);
        *kept = *own->prices;
        own->prices = kept;
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
    free((char *)own->schema);
    for (const char *const *stop = own->stop; stop && *stop; stop++)
        free((char *)*stop);
    free((char **)own->stop);
    free((rn_prices *)own->prices);
    free(own->temperature);
}

/* ---- Where requests go ---- */

/* How much of the path's beginning the base ends with already: "/v1" of ".../v1" and "/v1/messages",
 * all of it when somebody pasted the whole address. */
static size_t said_twice(const char *base, size_t len, const char *path)
{
    for (size_t part = strlen(path); part > 0; part--)
        if ((path[part] == '/' || !path[part]) && part <= len &&
            memcmp(base + len - part, path, part) == 0)
            return part;
    return 0;
}

/* The model's name in a path: its slashes stay, and a folder that it begins with ("models/NAME", as
 * Gemini's list has it) is not said twice. */
static void add_path(struct buf *url, const char *path, const char *name)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/:@";
    const char *hole = strstr(path, "{model}");
    if (!hole) {
        buf_adds(url, path);
        return;
    }
    size_t folder = (size_t)(hole - path) - 1;
    buf_add(url, path, folder + 1);
    if (strncmp(name, path + 1, folder) == 0)
        name += folder;
    for (; *name; name++)
        buf_addf(url, strchr(plain, *name) ? "%c" : "%%%02X", (unsigned char)*name);
    buf_adds(url, hole + strlen("{model}"));
}

/* The codec's path goes before a query: Azure's dated form has one. */
static char *join_url(const char *base, const char *path, const char *model)
{
    struct buf url = BUF_INIT;
    size_t len = strcspn(base, "?");
    const char *query = base + len;
    while (len > 0 && base[len - 1] == '/')
        len--;
    buf_add(&url, base, len - said_twice(base, len, path));
    add_path(&url, path, model ? model : "");
    if (*query && strchr(buf_str(&url), '?'))
        buf_addf(&url, "&%s", query + 1);
    else
        buf_adds(&url, query);
    return buf_take(&url);
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
    const struct codec *codec = model->codec ? model->codec : &codec_openai;
    const char *key_header = provider_key_header(model->provider, codec);
    size_t count = 0;
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        if (!is_given(given->headers, own[i]))
            add_header(model, &count, xstrdup(own[i]));
    for (const char *const *header = codec->headers; header && *header; header++)
        if (!is_given(given->headers, *header))
            add_header(model, &count, xstrdup(*header));
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
    static const char *const names[] = {
        "authorization:", "api-key:", "x-api-key:", "x-goog-api-key:", "cookie:"};
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
    bool is_plain = strncasecmp(model->url[RN_STREAM], "https:", 6) != 0;
    if (is_plain && !given->plain_http_key &&
        !http_is_local(model->url[RN_STREAM], given->unix_socket))
        return xasprintf(
            "%s is not encrypted and on another machine: a key would be sent in the clear "
            "(use https, or allow it with plain_http_key)",
            model->url[RN_STREAM]);
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
    if (model->script)
        return *script_error(model->script) ? xstrdup(script_error(model->script))
                                            : check_extra(given->extra);
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

static void make_urls(rn_model *model, const char *base)
{
    const struct codec *codec = model->codec ? model->codec : &codec_openai;
    const char *stream = codec->stream_path ? codec->stream_path : codec->path;
    model->base = xstrdup(base);
    model->url[RN_STREAM] = join_url(base, stream, model->options.model);
    model->url[RN_INVOKE] = join_url(base, codec->path, model->options.model);
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
    const char *wire = given.wire && *given.wire ? given.wire : provider_wire(model->provider, url);
    provider_adapt(model->provider, &given);
    copy_options(model, &given);
    model->codec = codec_find(wire);
    if (!*url && strcmp(model->provider, "replay") == 0)
        model->script = script_new(given.model, given.extra);
    make_urls(model, url);
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
    script_free(model->script);
    free(model->provider);
    free(model->base);
    free(model->url[RN_STREAM]);
    free(model->url[RN_INVOKE]);
    free(model->error);
    free(model);
}

const char *rn_model_error(const rn_model *model)
{
    return model->error ? model->error : "";
}

const char *rn_model_url(const rn_model *model)
{
    return model->url[RN_STREAM];
}

/* ---- Requests ---- */

char *model_encode(const rn_model *model, const rn_conversation *conversation, const json_t *tools,
                   enum rn_mode mode)
{
    if (model->script)
        return script_question(conversation);
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
        json_object_update_recursive(body, extra);
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

static struct http_request request_to(const rn_model *model, const char *url)
{
    const rn_model_options *options = &model->options;
    bool is_local = http_is_local(url, options->unix_socket);
    return (struct http_request){
        .url = url,
        .unix_socket = options->unix_socket,
        .headers = (const char *const *)model->headers,
        .ca_file = options->ca_file,
        .insecure = options->insecure,
        .connect_ms = limit(options->connect_ms, is_local, 2000, 10000),
        .first_ms = limit(options->first_ms, is_local, 600000, 120000),
        .idle_ms = limit(options->idle_ms, is_local, 600000, 120000),
    };
}

struct http_request model_request(const rn_model *model, enum rn_mode mode, const char *body)
{
    struct http_request request = request_to(model, model->url[mode]);
    request.body = body;
    request.body_len = strlen(body);
    return request;
}

struct http_request model_list_request(const rn_model *model, char **url)
{
    *url = join_url(model->base, model->codec->models_path, NULL);
    struct http_request request = request_to(model, *url);
    request.decompress = true;
    return request;
}

bool rn_model_takes(const rn_model *model, const char *type, bool is_url)
{
    return strncmp(type, "text/", 5) == 0 ||
           (model->codec && model->codec->takes && model->codec->takes(type, is_url));
}
