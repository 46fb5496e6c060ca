/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/record.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/mailbox.h"
#include "base/utf8.h"
#include "io/http.h"
#include "io/redact.h"
#include "io/worker.h"

enum { RECORD_VERSION = 1 };

/* A record that cannot be written must not stop a chat. */
static void end_line(const struct record *record, struct buf *line)
{
    redact_headers(line->data, line->len, record->headers);
    buf_adds(line, "}\n");
    fd_write_all(record->fd, line->data, line->len);
    buf_clear(line);
}

static void add_text(struct buf *line, const char *key, const char *text)
{
    json_add_key(line, key);
    json_add_string(line, text, strlen(text));
}

void record_request(const struct record *record, const char *wire, const char *url,
                    const char *body)
{
    struct buf line = BUF_INIT, address = BUF_INIT;
    char time[CLOCK_RFC3339_SIZE];
    clock_rfc3339(time);
    buf_addf(&line, "{\"type\":\"wire\",\"v\":%d", RECORD_VERSION);
    add_text(&line, "wire", wire);
    redact_url(&address, url);
    add_text(&line, "url", buf_str(&address));
    buf_clear(&address);
    add_text(&line, "time", time);
    json_add_key(&line, "request");
    buf_adds(&line, body);
    end_line(record, &line);
}

/* A server's cookies, and its tokens, are nobody else's business. */
static void add_headers(struct buf *line, const char *headers)
{
    struct buf kept = BUF_INIT;
    for (const char *at = headers; *at;) {
        size_t len = strcspn(at, "\n");
        len += at[len] == '\n';
        if (!redact_is_secret(at, strcspn(at, ":\n")))
            buf_add(&kept, at, len);
        at += len;
    }
    add_text(line, "headers", buf_str(&kept));
    buf_clear(&kept);
}

static void add_hex(struct buf *line, const struct buf *bytes)
{
    buf_addc(line, '"');
    for (size_t i = 0; i < bytes->len; i++)
        buf_addf(line, "%02x", (unsigned char)bytes->data[i]);
    buf_addc(line, '"');
}

/* Keys are struck out here already: later they would stand there in hex. */
static void add_bytes(const struct record *record, struct buf *line, const struct buf *bytes)
{
    struct buf kept = BUF_INIT;
    buf_add(&kept, buf_str(bytes), bytes->len);
    if (kept.len > 0)
        redact_headers(kept.data, kept.len, record->headers);
    bool is_text = utf8_valid(buf_str(&kept), kept.len);
    json_add_key(line, is_text ? "bytes" : "hex");
    if (is_text)
        json_add_string(line, buf_str(&kept), kept.len);
    else
        add_hex(line, &kept);
    buf_clear(&kept);
}

void record_mail(const struct record *record, const struct mail *mail, int64_t t)
{
    struct buf line = BUF_INIT;
    buf_addf(&line, "{\"t\":%lld", (long long)t);
    switch (mail->kind) {
    case MAIL_HEAD:
        buf_addf(&line, ",\"status\":%d", mail->code);
        add_headers(&line, buf_str(&mail->data));
        break;
    case MAIL_BYTES:
        add_bytes(record, &line, &mail->data);
        break;
    case MAIL_END:
        add_text(&line, "end", buf_str(&mail->data));
        break;
    default:
        buf_clear(&line);
        return;
    }
    end_line(record, &line);
}

/* ---- Reading ---- */

bool record_is(const char *file)
{
    static const char beginning[] = "{\"type\":\"wire\"";
    return strncmp(file, beginning, sizeof(beginning) - 1) == 0;
}

void record_line_clear(struct record_line *line)
{
    buf_clear(&line->bytes);
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

static int read_hex(struct buf *bytes, const char *hex, struct error *error)
{
    for (; *hex; hex += 2) {
        int high = hex_digit(hex[0]), low = hex[0] ? hex_digit(hex[1]) : -1;
        if (high < 0 || low < 0)
            return error_set(error, RN_EPROTOCOL, "a record's \"hex\" holds what is none");
        buf_addc(bytes, (char)(high << 4 | low));
    }
    return 0;
}

static int read_line(struct record_line *line, const json_t *tree, struct error *error)
{
    const json_t *bytes = json_object_get(tree, "bytes");
    const json_t *status = json_object_get(tree, "status");
    buf_reset(&line->bytes);
    if (json_object_get(tree, "request")) {
        line->kind = RECORD_REQUEST;
        snprintf(line->wire, sizeof(line->wire), "%s", json_get_text(tree, "wire"));
    } else if (json_is_integer(status)) {
        line->kind = RECORD_HEAD;
        line->status = (int)json_integer_value(status);
        line->content_type[0] = '\0';
        http_header(json_get_text(tree, "headers"), "content-type", line->content_type,
                    sizeof(line->content_type));
    } else if (json_is_string(bytes)) {
        line->kind = RECORD_BYTES;
        buf_add(&line->bytes, json_string_value(bytes), json_string_length(bytes));
    } else if (json_is_string(json_object_get(tree, "hex"))) {
        line->kind = RECORD_BYTES;
        return read_hex(&line->bytes, json_get_text(tree, "hex"), error);
    } else if (json_object_get(tree, "end")) {
        line->kind = RECORD_END;
    } else {
        return error_set(error, RN_EPROTOCOL, "a line that is none of a wire record's");
    }
    return 0;
}

int record_read(struct record_line *line, const char *text, size_t len, struct error *error)
{
    bool mended;
    json_t *tree = json_read(text, len, &mended, error);
    if (!tree)
        return error_prefix(error, "the wire record");
    int result = read_line(line, tree, error);
    json_decref(tree);
    return result;
}
