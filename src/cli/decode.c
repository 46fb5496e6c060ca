/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * runnel decode: a body, or a wire record, once more through the decoder.
 */
#include "cli/cli.h"

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
    int status; /* of writing: once it is not 0, nothing more is written */
};

/* ---- Events out ---- */

static void flush(struct decoding *decoding)
{
    struct buf *waiting = &decoding->sink.waiting;
    if (decoding->status == CLI_OK)
        decoding->status = cli_print(buf_str(waiting), waiting->len);
    buf_reset(waiting);
}

static void drain(struct decoding *decoding)
{
    const rn_event *event;
    while ((event = rn_decoder_next(decoding->decoder))) {
        sink_event(&decoding->sink, event);
        if (decoding->sink.waiting.len > SINK_ENOUGH)
            flush(decoding);
    }
}

/* ---- Bytes in ---- */

static void decode_body(struct decoding *decoding, const struct options *options,
                        const struct buf *body)
{
    rn_decoder_head(decoding->decoder, (int)options->status, "");
    rn_decoder_feed(decoding->decoder, buf_str(body), body->len);
    rn_decoder_end(decoding->decoder);
    drain(decoding);
}

/* A request begins a new answer: the same one, when it was tried again. */
static void take_line(struct decoding *decoding, const char *wire, const struct record_line *line)
{
    switch (line->kind) {
    case RECORD_REQUEST:
        rn_decoder_free(decoding->decoder);
        decoding->decoder = rn_decoder_new(wire);
        break;
    case RECORD_HEAD:
        rn_decoder_head(decoding->decoder, line->status, line->content_type);
        break;
    case RECORD_BYTES:
        rn_decoder_feed(decoding->decoder, buf_str(&line->bytes), line->bytes.len);
        break;
    case RECORD_END:
        rn_decoder_end(decoding->decoder);
        break;
    }
    drain(decoding);
}

static int decode_record(struct decoding *decoding, const char *wire, const struct buf *file,
                         struct error *error)
{
    struct record_line line = {0};
    unsigned number = 0;
    int result = 0;
    for (const char *at = file->data; result == 0 && *at;) {
        size_t len = strcspn(at, "\n");
        number++;
        result = record_read(&line, at, len, error);
        if (result == 0)
            take_line(decoding, wire, &line);
        at += len + (at[len] == '\n');
    }
    record_line_clear(&line);
    return result < 0 ? error_prefix(error, "line %u", number) : 0;
}

/* ---- The command ---- */

static int decode(struct decoding *decoding, const struct options *options, struct error *error)
{
    struct buf file = BUF_INIT;
    const char *path = options->word_count > 0 ? options->words[0] : "-";
    int result = strcmp(path, "-") == 0 ? fd_read_all(STDIN_FILENO, &file, FILE_MAX, error)
                                        : file_read(path, &file, FILE_MAX, error);
    if (result == 0 && record_is(buf_str(&file)))
        result = decode_record(decoding, options->wire, &file, error);
    else if (result == 0)
        decode_body(decoding, options, &file);
    flush(decoding);
    buf_clear(&file);
    return result;
}

static int fail_at_wire(const char *wire, struct error *error)
{
    struct buf names = BUF_INIT;
    for (size_t i = 0; rn_wire(i); i++)
        buf_addf(&names, "%s%s", i > 0 ? ", " : "", rn_wire(i));
    if (wire)
        error_set(error, RN_ECONFIG, "there is no wire \"%.40s\": it can be %s", wire,
                  buf_str(&names));
    else
        error_set(error, RN_ECONFIG, "runnel decode wants --wire NAME (%s) and a FILE",
                  buf_str(&names));
    buf_clear(&names);
    return -1;
}

int cli_decode(const struct options *options)
{
    struct decoding decoding = {0};
    struct error error;
    int result = -1;
    decoding.decoder = options->wire ? rn_decoder_new(options->wire) : NULL;
    sink_open(&decoding.sink, STDOUT_FILENO);
    if (decoding.decoder)
        result = decode(&decoding, options, &error);
    else
        fail_at_wire(options->wire, &error);
    rn_decoder_free(decoding.decoder);
    sink_clear(&decoding.sink);
    return result < 0 ? cli_fail(&error) : decoding.status;
}
