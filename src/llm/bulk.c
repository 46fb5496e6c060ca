/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/rough.h"
#include "llm/conversation.h"

struct sum {
    rn_bulk bulk;
    uint64_t quarters;
};

static void add_text(struct sum *sum, size_t *bytes, const json_t *text)
{
    size_t len = json_string_length(text);
    *bytes += len;
    if (len > 0)
        sum->quarters += rough_quarters(json_string_value(text), len);
}

/* Calls of tools. */
static void add_value(struct sum *sum, const json_t *value)
{
    struct buf text = BUF_INIT;
    if (!value)
        return;
    json_add_value(&text, value);
    sum->bulk.bytes += text.len;
    sum->quarters += rough_quarters(buf_str(&text), text.len);
    buf_clear(&text);
}

static void add_attachment(struct sum *sum, const json_t *attachment)
{
    const size_t sextets = json_string_length(json_object_get(attachment, "data"));
    sum->bulk.attachments++;
    sum->bulk.attachment_bytes += sextets / 4 * 3; /* base64 */
    add_text(sum, &sum->bulk.attachment_bytes, json_object_get(attachment, "text"));
}

static void add_message(struct sum *sum, const json_t *message)
{
    size_t i;
    json_t *attachment;
    sum->bulk.messages++;
    add_text(sum, &sum->bulk.bytes, json_object_get(message, "content"));
    add_text(sum, &sum->bulk.bytes, json_object_get(message, "output"));
    add_value(sum, json_object_get(message, "calls"));
    json_array_foreach (json_object_get(message, "attachments"), i, attachment)
        add_attachment(sum, attachment);
}

rn_bulk rn_conversation_bulk(const rn_conversation *conversation)
{
    struct sum sum = {0};
    size_t i;
    json_t *message;
    json_array_foreach (conversation->messages, i, message)
        add_message(&sum, message);
    sum.bulk.tokens = (size_t)(sum.quarters / 4);
    return sum.bulk;
}
