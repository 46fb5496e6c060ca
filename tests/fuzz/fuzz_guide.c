/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A request's body to the guide: it is refused with an error, or a decoder hears the same of its pieces
 * as of the whole: the text, the calls, why it ended.
 */
#include <assert.h>
#include <jansson.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "guide/completion.h"
#include "runnel.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void assert_is_json(const char *text)
{
    json_t *root = json_loads(text, 0, NULL);
    assert(json_is_object(root));
    json_decref(root);
}

/* What a client hears: the text, then each call, then the end. */
static void hear(struct buf *heard, const struct buf *body, const char *type)
{
    struct buf calls = BUF_INIT;
    rn_decoder *decoder = rn_decoder_new("openai");
    rn_decoder_head(decoder, 200, type);
    rn_decoder_feed(decoder, buf_str(body), body->len);
    rn_decoder_end(decoder);
    for (const rn_event *event; (event = rn_decoder_next(decoder));) {
        assert(event->kind != RN_ERROR);
        buf_add(heard, event->content, event->content_len);
        if (event->kind == RN_TOOL)
            buf_addf(&calls, "\n%s %s %s", event->id, event->tool, event->args);
        if (event->kind == RN_FINISH)
            buf_addf(&calls, "\n%s", event->finish->raw);
    }
    buf_adds(heard, buf_str(&calls));
    buf_clear(&calls);
    rn_decoder_free(decoder);
}

static void assert_pieces_are_whole(struct completion *completion)
{
    struct buf stream = BUF_INIT, whole = BUF_INIT, heard[2] = {BUF_INIT, BUF_INIT};
    size_t pieces = 0;
    for (; !completion_is_over(completion); pieces++)
        completion_next(completion, &stream);
    assert(pieces > 0 && pieces == completion_pieces(completion));
    assert(strstr(buf_str(&stream), "data: [DONE]\n\n"));
    completion_whole(completion, &whole);
    assert_is_json(buf_str(&whole));
    hear(&heard[0], &stream, "text/event-stream");
    hear(&heard[1], &whole, "application/json");
    assert(!strcmp(buf_str(&heard[0]), buf_str(&heard[1])));
    buf_clear(&stream);
    buf_clear(&whole);
    buf_clear(&heard[0]);
    buf_clear(&heard[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct error error = ERROR_INIT;
    struct completion *completion = completion_new((const char *)bytes, len, 1, &error);
    if (completion) {
        assert_pieces_are_whole(completion);
    } else {
        struct buf out = BUF_INIT;
        assert(error.code == RN_EPROTOCOL);
        completion_error(&out, "invalid_request_error", error.text);
        assert_is_json(buf_str(&out));
        buf_clear(&out);
    }
    completion_free(completion);
    return 0;
}
