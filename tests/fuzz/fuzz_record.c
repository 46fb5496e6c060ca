/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A wire record, which may be anybody's file, decoded as runnel decode does.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "llm/record.h"
#include "runnel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take(rn_decoder **decoder, const struct record_line *line)
{
    if (line->kind == RECORD_REQUEST) {
        rn_decoder_free(*decoder);
        *decoder = rn_decoder_new(line->wire);
    } else if (*decoder && line->kind == RECORD_HEAD) {
        rn_decoder_head(*decoder, line->status, line->content_type);
    } else if (*decoder && line->kind == RECORD_BYTES) {
        rn_decoder_feed(*decoder, buf_str(&line->bytes), line->bytes.len);
    } else if (*decoder) {
        rn_decoder_end(*decoder);
    }
    while (*decoder && rn_decoder_next(*decoder))
        ;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *at = (const char *)data, *end = at + size;
    struct record_line line = {0};
    struct error error;
    rn_decoder *decoder = NULL;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((newline ? newline : end) - at);
        if (record_read(&line, at, len, &error) == 0)
            take(&decoder, &line);
        at += len + 1;
    }
    rn_decoder_free(decoder);
    record_line_clear(&line);
    return 0;
}
