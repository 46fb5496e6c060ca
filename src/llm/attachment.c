/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/attachment.h"

#include <string.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/utf8.h"
#include "llm/conversation.h"

/* ---- What bytes are ---- */

static const struct {
    const char *type, *bytes;
    size_t len;
    const char *form; /* what stands after a RIFF's length; "" elsewhere */
} magic[] = {
    {"image/png", "\x89PNG\r\n\x1a\n", 8, ""},
    {"image/jpeg", "\xff\xd8\xff", 3, ""},
    {"image/gif", "GIF8", 4, ""},
    {"image/webp", "RIFF", 4, "WEBP"},
    {"application/pdf", "%PDF-", 5, ""},
};

enum { RIFF_FORM_AT = 8 };

static bool has(const char *bytes, size_t len, size_t at, const char *part, size_t part_len)
{
    return len >= at + part_len && memcmp(bytes + at, part, part_len) == 0;
}

static bool is_text(const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)bytes[i] < 0x20 && !strchr("\b\t\n\f\r\x1b", bytes[i]))
            return false;
    return utf8_valid(bytes, len) && !memchr(bytes, '\0', len);
}

const char *rn_media_type(const void *data, size_t len)
{
    const char *bytes = data;
    for (size_t i = 0; i < sizeof(magic) / sizeof(magic[0]); i++)
        if (has(bytes, len, 0, magic[i].bytes, magic[i].len) &&
            (!*magic[i].form ||
             has(bytes, len, RIFF_FORM_AT, magic[i].form, strlen(magic[i].form))))
            return magic[i].type;
    return is_text(bytes, len) ? "text/plain" : "application/octet-stream";
}

/* ---- Kept ---- */

static json_t *with_text(json_t *json, const rn_attachment *attachment)
{
    if (!utf8_valid(attachment->data, attachment->len)) {
        json_decref(json);
        return NULL;
    }
    json_object_set_new(json, "text", json_stringn_nocheck(attachment->data, attachment->len));
    return json;
}

static json_t *with_data(json_t *json, const rn_attachment *attachment)
{
    struct buf text = BUF_INIT;
    base64_add(&text, attachment->data, attachment->len);
    json_object_set_new(json, "data", json_stringn_nocheck(buf_str(&text), text.len));
    buf_clear(&text);
    return json;
}

json_t *attachment_json(const rn_attachment *attachment)
{
    const char *type = attachment->type;
    bool has_url = attachment->url && *attachment->url;
    if (!has_url && !attachment->data)
        return NULL;
    if (!type && has_url)
        return NULL;
    if (!type)
        type = rn_media_type(attachment->data, attachment->len);
    json_t *json = json_object();
    if (attachment->name && *attachment->name)
        json_object_set_new(json, "name", json_text(attachment->name));
    json_object_set_new(json, "type", json_text(type));
    if (has_url)
        json_object_set_new(json, "url", json_text(attachment->url));
    else if (strncmp(type, "text/", 5) == 0)
        json = with_text(json, attachment);
    else
        json = with_data(json, attachment);
    return json;
}

int rn_conversation_attach(rn_conversation *conversation, const rn_attachment *attachment)
{
    size_t count = json_array_size(conversation->messages);
    json_t *message = json_array_get(conversation->messages, count - 1);
    json_t *json = attachment_json(attachment);
    if (!json || count == 0 || strcmp(json_get_text(message, "role"), "user") != 0) {
        json_decref(json);
        return -1;
    }
    json_t *list = json_object_get(message, "attachments");
    if (!list)
        json_object_set_new(message, "attachments", list = json_array());
    json_array_append_new(list, json);
    return 0;
}

void attachment_read(const json_t *kept, rn_attachment *attachment)
{
    const json_t *text = json_object_get(kept, "text");
    const char *url = json_get_text(kept, "url");
    *attachment = (rn_attachment){.name = json_get_text(kept, "name"),
                                  .type = json_get_text(kept, "type"),
                                  .data = json_string_value(text),
                                  .len = json_string_length(text),
                                  .url = *url ? url : NULL};
    if (!text)
        attachment->len = base64_size(json_get_text(kept, "data"));
}

/* ---- Sent ---- */

bool attachment_is_text(const json_t *attachment)
{
    return json_is_string(json_object_get(attachment, "text"));
}

bool attachment_is_image(const json_t *attachment)
{
    return strncmp(json_get_text(attachment, "type"), "image/", 6) == 0;
}

char *attachment_url(const json_t *attachment)
{
    struct buf url = BUF_INIT;
    if (json_object_get(attachment, "url"))
        buf_adds(&url, json_get_text(attachment, "url"));
    else
        buf_addf(&url, "data:%s;base64,%s", json_get_text(attachment, "type"),
                 json_get_text(attachment, "data"));
    return buf_take(&url);
}

/* A name may hold anything but a slash: it may not look like the end of its quotes. */
static void add_name(struct buf *words, const char *name)
{
    for (; *name; name++)
        if (*name == '"')
            buf_adds(words, "&quot;");
        else
            buf_addc(words, (unsigned char)*name < 0x20 ? ' ' : *name);
}

static void add_text(struct buf *words, const json_t *attachment)
{
    const json_t *text = json_object_get(attachment, "text");
    const char *name = json_get_text(attachment, "name");
    size_t len = json_string_length(text);
    buf_adds(words, "<file name=\"");
    add_name(words, *name ? name : "input");
    buf_adds(words, "\">\n");
    buf_add(words, json_string_value(text), len);
    if (len > 0 && json_string_value(text)[len - 1] != '\n')
        buf_addc(words, '\n');
    buf_adds(words, "</file>\n\n");
}

json_t *attachment_words(const json_t *message)
{
    json_t *content = json_object_get(message, "content"), *attachment;
    struct buf words = BUF_INIT;
    size_t i;
    json_array_foreach (json_object_get(message, "attachments"), i, attachment)
        if (attachment_is_text(attachment))
            add_text(&words, attachment);
    buf_add(&words, json_string_value(content), json_string_length(content));
    json_t *all = json_stringn_nocheck(buf_str(&words), words.len);
    buf_clear(&words);
    return all;
}

json_t *attachment_things(const json_t *message)
{
    json_t *things = json_array(), *attachment;
    size_t i;
    json_array_foreach (json_object_get(message, "attachments"), i, attachment)
        if (!attachment_is_text(attachment))
            json_array_append(things, attachment);
    return things;
}
