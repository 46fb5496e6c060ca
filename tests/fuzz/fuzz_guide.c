/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A request's body to the guide: it is refused with an error, or its pieces joined are its answer.
 */
#include <assert.h>
#include <jansson.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "guide/completion.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void assert_is_json(const char *text)
{
    json_t *root = json_loads(text, 0, NULL);
    assert(json_is_object(root));
    json_decref(root);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct error error = ERROR_INIT;
    struct buf out = BUF_INIT;
    struct completion *completion = completion_new((const char *)bytes, len, 1, &error);
    if (completion) {
        size_t pieces = 0;
        for (; !completion_is_over(completion); pieces++)
            completion_next(completion, &out);
        assert(pieces > 0 && pieces == completion_pieces(completion));
        assert(strstr(buf_str(&out), "data: [DONE]\n\n"));
        buf_reset(&out);
        completion_whole(completion, &out);
    } else {
        assert(error.code == RN_EPROTOCOL);
        completion_error(&out, "invalid_request_error", error.text);
    }
    assert_is_json(buf_str(&out));
    completion_free(completion);
    buf_clear(&out);
    return 0;
}
