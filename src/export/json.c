/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * As the `messages` of a request on OpenAI's chat completions wire, which most other programs read: the
 * encoder of that wire writes them.
 */
#include <jansson.h>
#include <stdlib.h>

#include "base/buf.h"
#include "export/format.h"
#include "export/talk.h"
#include "llm/codec.h"
#include "llm/conversation.h"
#include "llm/openai_request.h"

void export_json(const struct talk *talk, struct buf *out)
{
    const rn_model_options options = {.size = sizeof(options), .model = ""};
    const struct request request = {.options = &options,
                                    .provider = "openai",
                                    .system = talk->conversation->system,
                                    .messages = talk->conversation->messages,
                                    .mode = RN_INVOKE};
    json_t *body = openai_encode(&request);
    char *text = json_dumps(json_object_get(body, "messages"), JSON_INDENT(2));
    buf_adds(out, text ? text : "[]");
    buf_addc(out, '\n');
    free(text);
    json_decref(body);
}
