/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a conversation becomes a body.  Messages alternate strictly: what the user's side says between
 * two answers, results of tools first, is one message.  An answer of this provider is laid out again
 * block by block as it was, since the server checks that thoughts come back unchanged and in their
 * order.
 */
#include "llm/anthropic_request.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "llm/attachment.h"
#include "llm/codec.h"

/* The wire demands a limit.  Enough for a long answer, and no more than any current model can; with
 * thinking, which counts against it, the most that Claude 4's smallest takes. */
enum { MAX_TOKENS = 16384, MAX_TOKENS_THINKING = 32000 };

static bool is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* ---- Blocks ---- */

static const char *type_of(const json_t *block)
{
    return json_get_text(block, "type");
}

/* A text of nothing but blanks is refused. */
static void add_text(json_t *blocks, const char *text, size_t len)
{
    json_t *json = json_stringn(text, len); /* NULL where a session was edited inside a character */
    if (json && strspn(text, " \t\r\n\f\v") < len)
        json_array_append_new(blocks, json_pack("{s:s, s:O}", "type", "text", "text", json));
    json_decref(json);
}

static json_t *source_of(const json_t *attachment)
{
    const json_t *url = json_object_get(attachment, "url");
    if (url)
        return json_pack("{s:s, s:O}", "type", "url", "url", url);
    return json_pack("{s:s, s:O, s:O}", "type", "base64", "media_type",
                     json_object_get(attachment, "type"), "data",
                     json_object_get(attachment, "data"));
}

bool anthropic_takes_image(const char *type)
{
    return is(type, "image/jpeg") || is(type, "image/png") || is(type, "image/gif") ||
           is(type, "image/webp");
}

/* What was attached for another provider and has no form here is at least named. */
static void add_name(json_t *blocks, const json_t *attachment)
{
    struct buf text = BUF_INIT;
    buf_addf(&text, "[attached: %s %s%s]", type_of(attachment), json_get_text(attachment, "name"),
             json_get_text(attachment, "url"));
    add_text(blocks, text.data, text.len);
    buf_clear(&text);
}

static void add_thing(json_t *blocks, const json_t *attachment)
{
    const char *type = type_of(attachment);
    const char *block = anthropic_takes_image(type)   ? "image"
                        : is(type, "application/pdf") ? "document"
                                                      : NULL;
    json_t *source = block ? source_of(attachment) : NULL;
    if (source)
        json_array_append_new(blocks, json_pack("{s:s, s:o}", "type", block, "source", source));
    else
        add_name(blocks, attachment);
}

/* ---- Messages ---- */

/* The content of the last message, begun anew when another role is to speak. */
static json_t *content_for(json_t *messages, const char *role)
{
    json_t *last = json_array_get(messages, json_array_size(messages) - 1);
    if (!last || !is(json_get_text(last, "role"), role)) {
        last = json_pack("{s:s, s:[]}", "role", role, "content");
        json_array_append_new(messages, last);
    }
    return json_object_get(last, "content");
}

/* The blocks become the end of the conversation; where there are none, nothing is said. */
static void say(json_t *messages, const char *role, json_t *blocks)
{
    if (json_array_size(blocks) > 0)
        json_array_extend(content_for(messages, role), blocks);
    json_decref(blocks);
}

static void add_user(json_t *messages, const json_t *message)
{
    json_t *things = attachment_things(message), *words = attachment_words(message);
    json_t *blocks = json_array(), *thing;
    size_t i;
    json_array_foreach (things, i, thing)
        add_thing(blocks, thing);
    add_text(blocks, json_string_value(words), json_string_length(words));
    say(messages, "user", blocks);
    json_decref(things);
    json_decref(words);
}

/* Ids of calls that another provider's model made may hold more than this wire takes. */
static json_t *call_id(const json_t *object)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    struct buf id = BUF_INIT;
    for (const char *c = json_get_text(object, "id"); *c; c++)
        buf_addc(&id, strchr(plain, *c) ? *c : '_');
    json_t *json = json_string(buf_str(&id));
    buf_clear(&id);
    return json;
}

/* Results stand before everything else in their message. */
static void add_result(json_t *messages, const json_t *message)
{
    json_t *content = content_for(messages, "user");
    const json_t *output = json_object_get(message, "output");
    json_t *block = json_pack("{s:s, s:o}", "type", "tool_result", "tool_use_id", call_id(message));
    size_t at = 0;
    if (json_string_length(output) > 0)
        json_object_set_new(block, "content", json_copy((json_t *)output));
    if (!is(json_get_text(message, "status"), "ok"))
        json_object_set_new(block, "is_error", json_true());
    while (is(type_of(json_array_get(content, at)), "tool_result"))
        at++;
    json_array_insert_new(content, at, block);
}

/* ---- An answer's blocks ---- */

/* How much of an answer has been laid out. */
struct layout {
    const json_t *message;
    json_t *blocks;
    size_t reasoning, content, call;
};

static const char *text_of(const struct layout *layout, const char *key, size_t *len)
{
    const json_t *text = json_object_get(layout->message, key);
    *len = json_string_length(text);
    return *len > 0 ? json_string_value(text) : "";
}

static void lay_text(struct layout *layout, size_t to)
{
    size_t len;
    const char *text = text_of(layout, "content", &len);
    to = to < len ? to : len;
    if (to <= layout->content)
        return;
    add_text(layout->blocks, text + layout->content, to - layout->content);
    layout->content = to;
}

/* What a model wrote as arguments and was no JSON goes back as none: the result says what was wrong. */
static void lay_calls(struct layout *layout, size_t to)
{
    const json_t *calls = json_object_get(layout->message, "calls");
    for (; layout->call < to && layout->call < json_array_size(calls); layout->call++) {
        const json_t *call = json_array_get(calls, layout->call);
        json_t *args = json_object_get(call, "args");
        args = args ? json_incref(args) : json_object();
        json_array_append_new(layout->blocks,
                              json_pack("{s:s, s:o, s:o, s:o}", "type", "tool_use", "id",
                                        call_id(call), "name",
                                        json_text(json_get_text(call, "tool")), "input", args));
    }
}

/* The thought that a signature is for: all since the one before.  It may be empty, where the server keeps
 * its thoughts to itself. */
static void lay_thought(struct layout *layout, size_t to, json_t *signature)
{
    size_t len;
    const char *text = text_of(layout, "reasoning", &len);
    to = to < len ? to : len;
    size_t from = layout->reasoning < to ? layout->reasoning : to;
    json_t *thought = json_stringn(text + from, to - from);
    if (thought)
        json_array_append_new(layout->blocks,
                              json_pack("{s:s, s:O, s:O}", "type", "thinking", "thinking", thought,
                                        "signature", signature));
    json_decref(thought);
}

static void lay_opaque(struct layout *layout, const json_t *entry)
{
    const char *field = json_get_text(entry, "field");
    json_t *data = json_object_get(entry, "data");
    json_int_t reasoning, content, call;
    if (json_unpack(json_object_get(entry, "at"), "[I, I, I]", &reasoning, &content, &call) < 0 ||
        reasoning < 0 || content < 0 || call < 0)
        return;
    lay_text(layout, (size_t)content);
    lay_calls(layout, (size_t)call);
    if (is(field, "signature") && json_is_string(data))
        lay_thought(layout, (size_t)reasoning, data);
    else if (is(field, "redacted_thinking") && json_is_string(data))
        json_array_append_new(layout->blocks, json_pack("{s:s, s:O}", "type", field, "data", data));
    else if (is(field, "block") && json_is_object(data))
        json_array_append_new(layout->blocks, json_copy(data));
    layout->reasoning = (size_t)reasoning;
}

/* An answer that was broken off while it thought ends with a thought, which is refused. */
static void drop_last_thoughts(json_t *blocks)
{
    for (size_t count = json_array_size(blocks); count > 0; count--) {
        const char *type = type_of(json_array_get(blocks, count - 1));
        if (!is(type, "thinking") && !is(type, "redacted_thinking"))
            return;
        json_array_remove(blocks, count - 1);
    }
}

/* What is opaque means something only to the provider that made it. */
static void add_answer(json_t *messages, const json_t *message, const char *provider)
{
    struct layout layout = {.message = message, .blocks = json_array()};
    bool is_own = is(json_get_text(message, "provider"), provider);
    size_t i;
    json_t *entry;
    json_array_foreach (json_object_get(message, "opaque"), i, entry)
        if (is_own)
            lay_opaque(&layout, entry);
    lay_text(&layout, SIZE_MAX);
    lay_calls(&layout, SIZE_MAX);
    drop_last_thoughts(layout.blocks);
    say(messages, "assistant", layout.blocks);
}

/* ---- The conversation ---- */

/* An answer that is to be continued may not end in blanks. */
static void trim_end(json_t *messages)
{
    size_t count = json_array_size(messages);
    const json_t *last = json_array_get(messages, count - 1);
    json_t *content = json_object_get(last, "content");
    json_t *block = json_array_get(content, json_array_size(content) - 1);
    const json_t *text = json_object_get(block, "text");
    size_t len = json_string_length(text);
    if (!is(json_get_text(last, "role"), "assistant") || !is(type_of(block), "text"))
        return;
    while (len > 0 && strchr(" \t\r\n\f\v", json_string_value(text)[len - 1]))
        len--;
    json_object_set_new(block, "text", json_stringn(json_string_value(text), len));
}

/* A turn that the provider's own filter refused is taken out with its answer, as Anthropic asks: with it
 * in the conversation, all that follows would be refused too. */
static bool is_refused(const json_t *messages, size_t at, const char *provider)
{
    for (size_t i = at + 1; i < json_array_size(messages); i++) {
        const json_t *message = json_array_get(messages, i);
        if (is(json_get_text(message, "role"), "user"))
            return false;
        if (is(json_get_text(message, "reason"), "refusal") &&
            is(json_get_text(message, "provider"), provider))
            return true;
    }
    return false;
}

static json_t *messages_of(const struct request *request)
{
    json_t *list = json_array(), *message;
    bool is_left_out = false;
    size_t i;
    json_array_foreach (request->messages, i, message) {
        const char *role = json_get_text(message, "role");
        if (is(role, "user"))
            is_left_out = is_refused(request->messages, i, request->provider);
        if (is_left_out)
            continue;
        if (is(role, "user"))
            add_user(list, message);
        else if (is(role, "assistant"))
            add_answer(list, message, request->provider);
        else if (is(role, "tool"))
            add_result(list, message);
    }
    trim_end(list);
    return list;
}

static json_t *tools_of(const struct request *request)
{
    json_t *list = json_array(), *tool;
    size_t i;
    json_array_foreach (request->tools, i, tool)
        json_array_append_new(list,
                              json_pack("{s:O, s:O, s:O}", "name", json_object_get(tool, "name"),
                                        "description", json_object_get(tool, "description"),
                                        "input_schema", json_object_get(tool, "schema")));
    return list;
}

/* ---- The cache ---- */

static void mark(json_t *block)
{
    json_object_set_new(block, "cache_control", json_pack("{s:s}", "type", "ephemeral"));
}

static void mark_last(json_t *blocks)
{
    mark(json_array_get(blocks, json_array_size(blocks) - 1));
}

/* Three marks of the four that are allowed: behind the tools and the system prompt, which other
 * conversations share; where the request before this one ended, so that all it wrote to the cache is
 * found even when more blocks have come since than the server looks back (20); and at the end.  The
 * marks stand in the blocks, not at the top: servers that are not Anthropic's own know these longer. */
static void mark_cache(json_t *body)
{
    enum { ENDS = 2 };
    json_t *messages = json_object_get(body, "messages");
    json_t *system = json_object_get(body, "system");
    int marked = 0;
    mark_last(system ? system : json_object_get(body, "tools"));
    for (size_t i = json_array_size(messages); i-- > 0 && marked < ENDS;) {
        json_t *message = json_array_get(messages, i);
        if (!is(json_get_text(message, "role"), "user"))
            continue;
        mark_last(json_object_get(message, "content"));
        marked++;
    }
}

/* ---- The body ---- */

/* Newer models hold their thoughts back unless they are asked for a summary. */
static void set_thinking(json_t *body, json_t *config, const char *level)
{
    if (is(level, "none")) {
        json_object_set_new(body, "thinking", json_pack("{s:s}", "type", "disabled"));
        return;
    }
    json_object_set_new(body, "thinking",
                        json_pack("{s:s, s:s}", "type", "adaptive", "display", "summarized"));
    json_object_set_new(config, "effort", json_text(is(level, "minimal") ? "low" : level));
}

static void set_schema(json_t *config, const char *schema)
{
    json_t *tree = json_loads(schema, 0, NULL);
    if (tree)
        json_object_set_new(config, "format",
                            json_pack("{s:s, s:o}", "type", "json_schema", "schema", tree));
}

static void set_stop(json_t *body, const char *const *stop)
{
    json_t *list = json_array();
    for (; stop && *stop; stop++)
        json_array_append_new(list, json_text(*stop));
    if (json_array_size(list) > 0)
        json_object_set(body, "stop_sequences", list);
    json_decref(list);
}

static void set_options(json_t *body, const rn_model_options *options)
{
    json_t *config = json_object();
    bool thinks = options->reasoning && !is(options->reasoning, "none");
    int64_t limit = thinks ? MAX_TOKENS_THINKING : MAX_TOKENS;
    if (options->max_tokens > 0)
        limit = options->max_tokens;
    json_object_set_new(body, "max_tokens", json_integer(limit));
    if (options->reasoning)
        set_thinking(body, config, options->reasoning);
    if (options->temperature && !thinks) /* refused with thinking */
        json_object_set_new(body, "temperature", json_real(*options->temperature));
    if (options->schema)
        set_schema(config, options->schema);
    if (json_object_size(config) > 0)
        json_object_set(body, "output_config", config);
    json_decref(config);
    set_stop(body, options->stop);
}

json_t *anthropic_encode(const struct request *request)
{
    json_t *body = json_pack("{s:o, s:b}", "model", json_text(request->options->model), "stream",
                             request->mode == RN_STREAM);
    json_t *system = json_array();
    if (request->system)
        add_text(system, request->system, strlen(request->system));
    if (json_array_size(system) > 0)
        json_object_set(body, "system", system);
    json_decref(system);
    if (json_array_size(request->tools) > 0)
        json_object_set_new(body, "tools", tools_of(request));
    set_options(body, request->options);
    json_object_set_new(body, "messages", messages_of(request));
    mark_cache(body);
    return body;
}
