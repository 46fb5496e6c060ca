/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * runnel decode: a body, or a wire record, once more through the decoder.
 */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "cli/options.h"
#include "llm/record.h"
#include "plain/sink.h"

enum { FILE_MAX = 1024 * 1024 * 1024 };

struct decoding {
    rn_decoder *decoder;
    struct sink sink;
};

static void drain(struct decoding *decoding)
{
    const rn_event *event;
    while ((event = rn_decoder_next(decoding->decoder)))
        sink_event(&decoding->sink, event);
    while (sink_waits(&decoding->sink))
        sink_write(&decoding->sink);
}

static void decode_body(struct decoding *decoding, const struct options *options,
                        const struct buf *body)
{
    rn_decoder_head(decoding->decoder, options->status, "");
    rn_decoder_feed(decoding->decoder, buf_str(body), body->len);
    rn_decoder_end(decoding->decoder);
    drain(decoding);
}

/* The last answer in the record: a request that was tried again begins a new one. */
static int decode_record(struct decoding *decoding, const char *wire, const struct buf *file,
                         struct error *error)
{
    struct record_line line = {0};
    int result = 0;
    for (const char *at = file->data; result == 0 && *at;) {
        size_t len = strcspn(at, "\n");
        result = record_read(&line, at, len, error);
        if (result == 0 && line.kind == RECORD_REQUEST) {
            rn_decoder_free(decoding->decoder);
            decoding->decoder = rn_decoder_new(wire);
        } else if (result == 0 && line.kind == RECORD_HEAD) {
            rn_decoder_head(decoding->decoder, line.status, line.content_type);
        } else if (result == 0 && line.kind == RECORD_BYTES) {
            rn_decoder_feed(decoding->decoder, buf_str(&line.bytes), line.bytes.len);
        } else if (result == 0) {
            rn_decoder_end(decoding->decoder);
        }
        drain(decoding);
        at += len + (at[len] == '\n');
    }
    record_line_clear(&line);
    return result;
}

static int decode(const struct options *options, struct error *error)
{
    struct decoding decoding = {0};
    struct buf file = BUF_INIT;
    const char *path = options->word_count > 0 ? options->words[0] : "-";
    int result = strcmp(path, "-") == 0 ? fd_read_all(STDIN_FILENO, &file, FILE_MAX, error)
                                        : file_read(path, &file, FILE_MAX, error);
    sink_open(&decoding.sink, STDOUT_FILENO);
    decoding.decoder = rn_decoder_new(options->wire);
    if (result == 0 && record_is(buf_str(&file)))
        result = decode_record(&decoding, options->wire, &file, error);
    else if (result == 0)
        decode_body(&decoding, options, &file);
    rn_decoder_free(decoding.decoder);
    sink_clear(&decoding.sink);
    buf_clear(&file);
    return result;
}

int cli_decode(const struct options *options)
{
    struct error error;
    int result = options->wire
                     ? decode(options, &error)
                     : error_set(&error, RN_ECONFIG,
                                 "runnel decode wants --wire NAME and a FILE (--wire openai body.sse)");
    return result < 0 ? cli_fail(&error) : CLI_OK;
}
