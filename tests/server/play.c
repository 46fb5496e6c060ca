/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/play.h"

#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"

bool play_send(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);
        if (n < 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

/* Send what was gathered, and empty it. */
static bool send_buf(int fd, struct buf *bytes)
{
    bool sent = play_send(fd, buf_str(bytes), bytes->len);
    buf_clear(bytes);
    return sent;
}

/* Wait so long (-1: without limit) for the peer to close; true if it has. */
static bool peer_closes(int fd, int ms)
{
    struct pollfd p = {.fd = fd, .events = POLLRDHUP};
    return poll(&p, 1, ms) > 0;
}

static bool send_chunk(int fd, const char *bytes, size_t len)
{
    struct buf chunk = BUF_INIT;
    buf_addf(&chunk, "%zx\r\n", len);
    buf_add(&chunk, bytes, len);
    buf_adds(&chunk, "\r\n");
    return send_buf(fd, &chunk);
}

/* Send the bytes as the step wants them cut, by `send_piece`. */
static bool send_pieces(int fd, const struct server_step *step, const char *bytes, size_t len,
                        bool (*send_piece)(int, const char *, size_t))
{
    size_t size = step->size ? step->size : len;
    for (size_t at = 0; at < len; at += size) {
        if (at > 0 && step->ms > 0 && peer_closes(fd, step->ms))
            return false;
        if (!send_piece(fd, bytes + at, len - at < size ? len - at : size))
            return false;
    }
    return true;
}

static bool send_file(int fd, const struct server_step *step)
{
    struct buf bytes = BUF_INIT;
    char piece[16 * 1024];
    FILE *file = fopen(step->bytes, "rb");
    if (!file) {
        perror(step->bytes);
        abort();
    }
    for (size_t n; (n = fread(piece, 1, sizeof(piece), file)) > 0;)
        buf_add(&bytes, piece, n);
    fclose(file);
    bool sent = send_pieces(fd, step, buf_str(&bytes), bytes.len, play_send);
    buf_clear(&bytes);
    return sent;
}

static void add_head(struct buf *out, const struct server_step *step)
{
    buf_addf(out, "HTTP/1.1 %d Scripted\r\nContent-Type: %s\r\n", step->status, step->type);
}

static bool send_head(int fd, const struct server_step *step, const char *framing)
{
    struct buf head = BUF_INIT;
    add_head(&head, step);
    buf_addf(&head, "%s\r\n\r\n", framing);
    return send_buf(fd, &head);
}

static bool send_reply(int fd, const struct server_step *step)
{
    struct buf reply = BUF_INIT;
    add_head(&reply, step);
    buf_addf(&reply, "Content-Length: %zu\r\n\r\n", step->len);
    buf_add(&reply, step->bytes, step->len);
    return send_buf(fd, &reply);
}

/* The text with each \# replaced by the number. */
static void add_numbered(struct buf *out, const char *text, size_t number)
{
    for (const char *mark; (mark = strstr(text, "\\#")); text = mark + 2) {
        buf_add(out, text, (size_t)(mark - text));
        buf_addf(out, "%zu", number);
    }
    buf_adds(out, text);
}

static bool send_repeated(int fd, const struct server_step *step)
{
    enum { BATCH = 64 * 1024 };
    struct buf batch = BUF_INIT;
    for (size_t i = 0; i < step->size; i++) {
        add_numbered(&batch, step->bytes, i);
        if (batch.len >= BATCH && !send_buf(fd, &batch))
            return false;
    }
    return send_buf(fd, &batch);
}

/* Until server_go; false when the peer closes first. */
static bool wait_for_go(int fd, int go)
{
    struct pollfd p[] = {{.fd = go, .events = POLLIN}, {.fd = fd, .events = POLLRDHUP}};
    uint64_t one;
    for (;;) {
        poll(p, 2, -1);
        if (read(go, &one, sizeof(one)) == sizeof(one))
            return true;
        if (p[1].revents)
            return false;
    }
}

static bool trickle(int fd, const struct server_step *step)
{
    do {
        if (!play_send(fd, step->bytes, step->len))
            return false;
    } while (!peer_closes(fd, step->ms));
    return false;
}

/* Closing will send a RST. */
static void set_reset(int fd)
{
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

/* Do one step; false when the peer is gone. */
static bool do_step(int fd, int go, const struct server_step *step)
{
    switch (step->kind) {
    case SERVER_SEND:
        return send_pieces(fd, step, step->bytes, step->len, play_send);
    case SERVER_CHUNK:
        return send_pieces(fd, step, step->bytes, step->len, send_chunk);
    case SERVER_REPEAT:
        return send_repeated(fd, step);
    case SERVER_FILE:
        return send_file(fd, step);
    case SERVER_REPLY:
        return send_reply(fd, step);
    case SERVER_HEAD:
        return send_head(fd, step, "Connection: close");
    case SERVER_CHUNKED:
        return send_head(fd, step, "Transfer-Encoding: chunked");
    case SERVER_WAIT:
        return wait_for_go(fd, go);
    case SERVER_PAUSE:
        return !peer_closes(fd, step->ms);
    case SERVER_TRICKLE:
        return trickle(fd, step);
    case SERVER_STALL:
        return !peer_closes(fd, -1);
    default:
        return true;
    }
}

enum play_end play_script(int fd, int go, const struct server_step *steps)
{
    bool is_delimited = false;
    for (const struct server_step *step = steps; step->kind != SERVER_END; step++) {
        if (step->kind == SERVER_RESET)
            set_reset(fd);
        if (step->kind == SERVER_RESET || step->kind == SERVER_CLOSE)
            return PLAY_CLOSE;
        if (!do_step(fd, go, step))
            return PLAY_GONE;
        is_delimited |= step->kind == SERVER_REPLY || step->kind == SERVER_CHUNKED;
    }
    return is_delimited ? PLAY_KEEP : PLAY_CLOSE;
}
