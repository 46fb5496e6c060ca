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

static bool is_wire(const char *name)
{
    for (size_t i = 0; rn_wire(i); i++)
        if (strcmp(rn_wire(i), name) == 0)
            return true;
    return false;
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
        error_set(error, RN_ECONFIG,
                  "which wire is this a body of?  Say --wire NAME (%s); a record says it itself",
                  buf_str(&names));
    buf_clear(&names);
    return -1;
}

static int decode_body(struct decoding *decoding, const struct options *options,
                       const struct buf *body, struct error *error)
{
    decoding->decoder = options->wire ? rn_decoder_new(options->wire) : NULL;
    if (!decoding->decoder)
        return fail_at_wire(options->wire, error);
    rn_decoder_head(decoding->decoder, (int)options->status, "");
    rn_decoder_feed(decoding->decoder, buf_str(body), body->len);
    rn_decoder_end(decoding->decoder);
    drain(decoding);
    return 0;
}

/* What was broken off has no end of its own. */
static void end_answer(struct decoding *decoding)
{
    if (!decoding->decoder)
        return;
    rn_decoder_end(decoding->decoder);
    drain(decoding);
    rn_decoder_free(decoding->decoder);
    decoding->decoder = NULL;
}

static int begin_answer(struct decoding *decoding, const char *wire, struct error *error)
{
    end_answer(decoding);
    decoding->decoder = rn_decoder_new(wire);
    return decoding->decoder ? 0 : fail_at_wire(wire, error);
}

/* A request begins a new answer: the same one, when it was tried again. */
static int take_line(struct decoding *decoding, const char *wire, const struct record_line *line,
                     struct error *error)
{
    if (line->kind == RECORD_REQUEST)
        return begin_answer(decoding, wire ? wire : line->wire, error);
    if (!decoding->decoder)
        return error_set(error, RN_EPROTOCOL, "no request stands before it");
    if (line->kind == RECORD_HEAD)
        rn_decoder_head(decoding->decoder, line->status, line->content_type);
    else if (line->kind == RECORD_BYTES)
        rn_decoder_feed(decoding->decoder, buf_str(&line->bytes), line->bytes.len);
    else
        rn_decoder_end(decoding->decoder);
    drain(decoding);
    return 0;
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
            result = take_line(decoding, wire, &line, error);
        at += len + (at[len] == '\n');
    }
    record_line_clear(&line);
    end_answer(decoding);
    return result < 0 ? error_prefix(error, "line %u", number) : 0;
}

/* ---- The command ---- */

static int decode(struct decoding *decoding, const struct options *options, struct error *error)
{
    struct buf file = BUF_INIT;
    if (options->wire && !is_wire(options->wire))
        return fail_at_wire(options->wire, error);
    const char *path = options->word_count > 0 ? options->words[0] : "-";
    int result = strcmp(path, "-") == 0 ? fd_read_all(STDIN_FILENO, &file, FILE_MAX, error)
                                        : file_read(path, &file, FILE_MAX, error);
    if (result == 0 && record_is(buf_str(&file)))
        result = decode_record(decoding, options->wire, &file, error);
    else if (result == 0)
        result = decode_body(decoding, options, &file, error);
    flush(decoding);
    buf_clear(&file);
    return result;
}

int cli_decode(const struct options *options)
{
    struct decoding decoding = {0};
    struct error error;
    sink_open(&decoding.sink, STDOUT_FILENO);
    int result = decode(&decoding, options, &error);
    rn_decoder_free(decoding.decoder);
    sink_clear(&decoding.sink);
    return result < 0 ? cli_fail(&error) : decoding.status;
}
