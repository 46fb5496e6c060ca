/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An answer goes back as the items it came as: what is opaque marks where one ended.  Items go without
 * their ids but for thoughts, which must have theirs: what is not stored cannot be looked up by one.
 */
#include "llm/responses_input.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "llm/attachment.h"

/* ---- What the user says ---- */

bool responses_takes(const char *type, bool is_url)
{
    static const char *const types[] = {"image/png", "image/jpeg", "image/gif", "image/webp",
                                        "application/pdf"};
    (void)is_url; /* it fetches what it takes */
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (strcmp(types[i], type) == 0)
            return true;
    return false;
}

static json_t *image_part(const char *url)
{
    return json_pack("{s:s, s:o, s:s}", "type", "input_image", "image_url", json_text(url),
                     "detail", "auto");
}

/* The name's ending tells the server what it is; one that is fetched has its own. */
static json_t *file_part(const json_t *thing, const char *url)
{
    const char *name = json_get_text(thing, "name");
    if (json_object_get(thing, "url"))
        return json_pack("{s:s, s:o}", "type", "input_file", "file_url", json_text(url));
    return json_pack("{s:s, s:o, s:o}", "type", "input_file", "filename",
                     json_text(*name ? name : "document.pdf"), "file_data", json_text(url));
}

static json_t *user_content(const json_t *message)
{
    json_t *words = attachment_words(message), *things = attachment_things(message), *thing;
    json_t *parts = json_array();
    size_t i;
    json_array_foreach (things, i, thing) {
        char *url = attachment_url(thing);
        json_array_append_new(parts,
                              attachment_is_image(thing) ? image_part(url) : file_part(thing, url));
        free(url);
    }
    json_decref(things);
    if (json_array_size(parts) == 0) {
        json_decref(parts);
        return words;
    }
    if (json_string_length(words) > 0)
        json_array_append_new(parts, json_pack("{s:s, s:O}", "type", "input_text", "text", words));
    json_decref(words);
    return parts;
}

static json_t *message_item(const char *role, json_t *content)
{
    return json_pack("{s:s, s:s, s:o}", "type", "message", "role", role, "content", content);
}

/* ---- What the model said ---- */

/* How far an answer has been laid out; the lengths are in bytes. */
struct place {
    size_t reasoning, content, calls;
};

struct layout {
    const json_t *message;
    json_t *items;
    struct place done;
};

static json_t *slice(const json_t *text, size_t from, size_t to)
{
    return from < to ? json_stringn_nocheck(json_string_value(text) + from, to - from)
                     : json_string("");
}

/* Where a part begins behind another, a blank line was put between them. */
static size_t skip_blank_line(const json_t *text, size_t from, size_t to)
{
    bool is_blank =
        from > 0 && to - from >= 2 && memcmp(json_string_value(text) + from, "\n\n", 2) == 0;
    return is_blank ? from + 2 : from;
}

static void add_words(struct layout *layout, size_t to, const json_t *phase)
{
    const json_t *content = json_object_get(layout->message, "content");
    json_t *words = slice(content, skip_blank_line(content, layout->done.content, to), to);
    layout->done.content = to;
    if (json_string_length(words) == 0) {
        json_decref(words);
        return;
    }
    json_t *item = message_item("assistant", words);
    if (phase)
        json_object_set(item, "phase", (json_t *)phase);
    json_array_append_new(layout->items, item);
}

/* What the model wrote as arguments may be no JSON; an empty text is refused. */
static json_t *call_item(const json_t *call)
{
    const json_t *args = json_object_get(call, "args");
    struct buf text = BUF_INIT;
    if (args)
        json_add_value(&text, args);
    else
        buf_adds(&text, "{}");
    json_t *item =
        json_pack("{s:s, s:o, s:o, s:o}", "type", "function_call", "call_id",
                  json_text(json_get_text(call, "id")), "name",
                  json_text(json_get_text(call, "tool")), "arguments", json_text(text.data));
    buf_clear(&text);
    return item;
}

static void add_calls(struct layout *layout, size_t to)
{
    const json_t *calls = json_object_get(layout->message, "calls");
    for (; layout->done.calls < to; layout->done.calls++)
        json_array_append_new(layout->items, call_item(json_array_get(calls, layout->done.calls)));
}

/* A summary's parts each begin with a heading in bold, and have blank lines of their own. */
static json_t *summary(const json_t *reasoning, size_t from, size_t to)
{
    json_t *parts = json_array();
    const char *text = json_string_value(reasoning);
    while (from < to) {
        const char *next = memmem(text + from, to - from, "\n\n**", 4);
        size_t end = next ? (size_t)(next - text) : to;
        if (end > from)
            json_array_append_new(parts, json_pack("{s:s, s:o}", "type", "summary_text", "text",
                                                   slice(reasoning, from, end)));
        from = next ? end + 2 : to;
    }
    return parts;
}

static void add_thought(struct layout *layout, size_t to, const json_t *entry)
{
    const json_t *reasoning = json_object_get(layout->message, "reasoning");
    size_t from = skip_blank_line(reasoning, layout->done.reasoning, to);
    json_t *item =
        json_pack("{s:s, s:o, s:o, s:O}", "type", "reasoning", "id",
                  json_text(json_get_text(entry, "item")), "summary", summary(reasoning, from, to),
                  "encrypted_content", json_object_get(entry, "data"));
    layout->done.reasoning = to;
    json_array_append_new(layout->items, item);
}

static size_t between(size_t least, json_int_t place, size_t most)
{
    size_t at = place < 0 ? 0 : (size_t)place;
    return at < least ? least : at > most ? most : at;
}

/* Not before this byte, nor inside a code point. */
static size_t cut(const json_t *text, size_t least, json_int_t place)
{
    const char *bytes = json_string_value(text);
    size_t len = json_string_length(text), at = between(least, place, len);
    while (at < len && ((unsigned char)bytes[at] & 0xC0) == 0x80)
        at++;
    return at;
}

/* False for what stands nowhere.  A session file may have been edited: places only go on. */
static bool place_of(const struct layout *layout, const json_t *entry, struct place *place)
{
    const json_t *message = layout->message;
    const struct place *done = &layout->done;
    json_int_t reasoning, content, calls;
    if (json_unpack(json_object_get(entry, "at"), "[I, I, I]", &reasoning, &content, &calls) != 0)
        return false;
    place->reasoning = cut(json_object_get(message, "reasoning"), done->reasoning, reasoning);
    place->content = cut(json_object_get(message, "content"), done->content, content);
    place->calls = between(done->calls, calls, json_array_size(json_object_get(message, "calls")));
    return true;
}

static void add_marked(struct layout *layout, const json_t *entry)
{
    const char *field = json_get_text(entry, "field");
    const json_t *data = json_object_get(entry, "data");
    struct place place;
    if (!json_is_string(data) || !place_of(layout, entry, &place))
        return;
    if (strcmp(field, "phase") == 0) {
        add_calls(layout, place.calls);
        add_words(layout, place.content, data);
    } else if (strcmp(field, "encrypted_content") == 0) {
        add_words(layout, place.content, NULL);
        add_calls(layout, place.calls);
        add_thought(layout, place.reasoning, entry);
    }
}

static bool is_thought(const json_t *item)
{
    return strcmp(json_get_text(item, "type"), "reasoning") == 0;
}

/* A thought that nothing follows (the answer was cut) is refused. */
static void drop_last_thoughts(json_t *items)
{
    for (size_t i = json_array_size(items); i-- > 0 && is_thought(json_array_get(items, i));)
        json_array_remove(items, i);
}

/* What is opaque means something only to the provider that made it. */
static void add_answer(json_t *input, const json_t *message, const char *provider)
{
    struct layout layout = {.message = message, .items = json_array()};
    bool is_own = strcmp(json_get_text(message, "provider"), provider) == 0;
    size_t i;
    json_t *entry;
    json_array_foreach (json_object_get(message, "opaque"), i, entry)
        if (is_own)
            add_marked(&layout, entry);
    add_words(&layout, json_string_length(json_object_get(message, "content")), NULL);
    add_calls(&layout, json_array_size(json_object_get(message, "calls")));
    drop_last_thoughts(layout.items);
    json_array_extend(input, layout.items);
    json_decref(layout.items);
}

static json_t *result_item(const json_t *message)
{
    return json_pack("{s:s, s:o, s:O}", "type", "function_call_output", "call_id",
                     json_text(json_get_text(message, "id")), "output",
                     json_object_get(message, "output"));
}

json_t *responses_input(const json_t *messages, const char *provider)
{
    json_t *list = json_array(), *message;
    size_t i;
    json_array_foreach (messages, i, message) {
        const char *role = json_get_text(message, "role");
        if (strcmp(role, "user") == 0)
            json_array_append_new(list, message_item("user", user_content(message)));
        else if (strcmp(role, "assistant") == 0)
            add_answer(list, message, provider);
        else if (strcmp(role, "tool") == 0)
            json_array_append_new(list, result_item(message));
    }
    return list;
}
