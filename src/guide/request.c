/* SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "guide/request.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"

/* ---- Messages ---- */

/* A content is a string, or parts of which the text ones count. */
static int read_content(const json_t *content, struct buf *text)
{
    if (json_is_string(content))
        buf_add(text, json_string_value(content), json_string_length(content));
    if (!json_is_array(content))
        return !content || json_is_null(content) || json_is_string(content) ? 0 : -1;
    size_t i;
    json_t *part;
    json_array_foreach (content, i, part)
        buf_adds(text, json_get_text(part, "text"));
    return 0;
}

/* What a tool gives may hold NULs, which are the end of a text here. */
static char *without_nuls(const struct buf *text)
{
    char *copy = xcalloc(text->len + 1, 1);
    for (size_t i = 0; i < text->len; i++)
        copy[i] = text->data[i] ? text->data[i] : ' ';
    return copy;
}

/* Which tool a result is from stands in the last message that called one by its id. */
static const char *tool_called(const json_t *list, size_t before, const char *id)
{
    size_t i;
    json_t *call;
    while (before-- > 0) {
        json_array_foreach (json_object_get(json_array_get(list, before), "tool_calls"), i, call) {
            if (!strcmp(json_get_text(call, "id"), id))
                return json_get_text(json_object_get(call, "function"), "name");
        }
    }
    return "";
}

static int read_message(struct request *request, const json_t *list, size_t index,
                        struct error *error)
{
    struct guide_message *message = &request->messages[index];
    const json_t *json = json_array_get(list, index);
    struct buf text = BUF_INIT;
    message->role = json_string_value(json_object_get(json, "role"));
    if (!message->role)
        return error_set(error, RN_EPROTOCOL, "a message without a role");
    if (read_content(json_object_get(json, "content"), &text) < 0)
        return error_set(error, RN_EPROTOCOL, "a message's content is neither text nor parts");
    message->content = request->contents[index] = without_nuls(&text);
    buf_clear(&text);
    if (!strcmp(message->role, "tool"))
        message->tool = tool_called(list, index, json_get_text(json, "tool_call_id"));
    return 0;
}

static int read_messages(struct request *request, const json_t *list, struct error *error)
{
    size_t count = json_array_size(list);
    if (!count)
        return error_set(error, RN_EPROTOCOL, "messages must be a list with at least one message");
    request->messages = xcalloc(count, sizeof(*request->messages));
    request->contents = xcalloc(count, sizeof(*request->contents));
    request->talk.messages = request->messages;
    request->talk.count = count;
    for (size_t i = 0; i < count; i++) {
        if (read_message(request, list, i, error) < 0)
            return -1;
    }
    return 0;
}

/* ---- Tools ---- */

static int read_tools(struct request *request, struct error *error)
{
    const json_t *list = json_object_get(request->root, "tools"), *tool;
    const char *choice = json_get_text(request->root, "tool_choice");
    if (list && !json_is_array(list) && !json_is_null(list))
        return error_set(error, RN_EPROTOCOL, "tools must be a list");
    size_t count = json_array_size(list), i;
    request->tools = xcalloc(count + 1, sizeof(*request->tools));
    request->talk.tools = request->tools;
    json_array_foreach (list, i, tool) {
        const char *name = json_get_text(json_object_get(tool, "function"), "name");
        if (!*name)
            return error_set(error, RN_EPROTOCOL, "a tool that is no function with a name");
        request->tools[i] = name;
    }
    if (!strcmp(choice, "none"))
        request->tools[0] = NULL;
    return 0;
}

/* ---- The rest ---- */

static int read_limit(struct request *request, const char *name, struct error *error)
{
    const json_t *value = json_object_get(request->root, name);
    if (!value || json_is_null(value))
        return 0;
    if (!json_is_integer(value) || json_integer_value(value) < 1)
        return error_set(error, RN_EPROTOCOL, "%s must be a number above 0", name);
    request->limit = (size_t)json_integer_value(value);
    return 0;
}

static int read_root(struct request *request, struct error *error)
{
    const json_t *stream = json_object_get(request->root, "stream");
    if (stream && !json_is_boolean(stream) && !json_is_null(stream))
        return error_set(error, RN_EPROTOCOL, "stream must be true or false");
    request->stream = json_is_true(stream);
    const json_t *options = json_object_get(request->root, "stream_options");
    request->usage = json_is_true(json_object_get(options, "include_usage"));
    if (read_limit(request, "max_tokens", error) < 0 ||
        read_limit(request, "max_completion_tokens", error) < 0 || read_tools(request, error) < 0)
        return -1;
    return read_messages(request, json_object_get(request->root, "messages"), error);
}

int request_read(struct request *request, const char *body, size_t len, struct error *error)
{
    json_error_t why;
    request->root = json_loadb(body, len, JSON_ALLOW_NUL, &why);
    if (!json_is_object(request->root))
        return error_set(error, RN_EPROTOCOL, "the body is no JSON object%s%s",
                         request->root ? "" : ": ", request->root ? "" : why.text);
    return read_root(request, error);
}

void request_clear(struct request *request)
{
    for (size_t i = 0; i < request->talk.count; i++)
        free(request->contents[i]);
    free(request->contents);
    free(request->messages);
    free(request->tools);
    json_decref(request->root);
    *request = (struct request)REQUEST_INIT;
}
