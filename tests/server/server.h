/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A fake HTTP server for tests.  It records each request and answers it by a script: a list of steps
 * that says which bytes to send, how they are cut, where to wait for the test, and how to end.
 *
 *      struct server *server = server_new(NULL);
 *      SERVER_SCRIPT(server, SERVE_STREAM, SERVE("data: one\n\n"), SERVE_WAIT, SERVE("data: two\n\n"));
 *      ... talk to server_url(server, "/v1") ...
 *      const struct server_request *request = server_request(server, 0);   // waits for it
 *      assert_string_equal(request->path, "/v1/chat/completions");
 *      server_go(server);                                                  // past SERVE_WAIT
 *      server_free(server);
 *
 * Scripts are used in the order they were given; the last one answers all further requests too.
 * A script that ends without SERVE_CLOSE, SERVE_RESET or SERVE_STALL keeps the connection open for
 * the next request if the client can tell where the body ends (SERVE_REPLY, SERVE_CHUNKED and
 * SERVE_CHUNK_END), and closes it otherwise.
 *
 * All functions are for the test's thread; each connection has a thread of its own.  Nothing sleeps:
 * what waits for the other side gives up after SERVER_PATIENCE_MS, and the test then fails.
 */
#ifndef TESTS_SERVER_H
#define TESTS_SERVER_H

#include <stdbool.h>
#include <stddef.h>

enum { SERVER_PATIENCE_MS = 20000 };

enum server_step_kind {
    SERVER_END,         /* of the list */
    SERVER_SEND,        /* bytes, `size` at a time (0: at once), `ms` between two pieces */
    SERVER_CHUNK,       /* the same, each piece a chunk of a chunked body */
    SERVER_REPEAT,      /* text, `size` times over; \# in it is the number, from 0 */
    SERVER_FILE,        /* the file named by text, `size` bytes at a time */
    SERVER_REPLY,       /* head and body: `status`, `type`, bytes, with Content-Length */
    SERVER_HEAD,        /* head alone: `status`, `type`; the body ends when the connection does */
    SERVER_CHUNKED,     /* head alone: the body comes as SERVER_CHUNK, then SERVE_CHUNK_END */
    SERVER_WAIT,        /* until server_go */
    SERVER_PAUSE,       /* `ms`: for demonstrations, a test has no use for it */
    SERVER_TRICKLE,     /* text again and again, each `ms`, until the peer closes */
    SERVER_STALL,       /* send nothing more, wait until the peer closes */
    SERVER_CLOSE,
    SERVER_RESET,       /* close, so that the peer gets ECONNRESET */
};

struct server_step {
    enum server_step_kind kind;
    const char *bytes;
    size_t len;                 /* 0: bytes is a string */
    size_t size;
    int ms;
    int status;
    const char *type;           /* Content-Type, and further lines after a "\r\n" */
};

/* Steps for SERVER_SCRIPT.  Pieces are sent with TCP_NODELAY, one send(2) each. */
#define SERVE(text) {.kind = SERVER_SEND, .bytes = (text)}
#define SERVE_BYTES(data, n) {.kind = SERVER_SEND, .bytes = (data), .len = (n)}
#define SERVE_PIECES(text, n) {.kind = SERVER_SEND, .bytes = (text), .size = (n)}
#define SERVE_CHUNK(text) {.kind = SERVER_CHUNK, .bytes = (text)}
#define SERVE_CHUNK_END {.kind = SERVER_SEND, .bytes = "0\r\n\r\n"}
#define SERVE_REPEAT(text, n) {.kind = SERVER_REPEAT, .bytes = (text), .size = (n)}
#define SERVE_FILE(path) {.kind = SERVER_FILE, .bytes = (path)}
#define SERVE_FILE_PIECES(path, n) {.kind = SERVER_FILE, .bytes = (path), .size = (n)}
#define SERVE_REPLY(code, mime, text) \
    {.kind = SERVER_REPLY, .status = (code), .type = (mime), .bytes = (text)}
#define SERVE_JSON(code, text) SERVE_REPLY(code, "application/json", text)
#define SERVE_HEAD(code, mime) {.kind = SERVER_HEAD, .status = (code), .type = (mime)}
#define SERVE_CHUNKED(code, mime) {.kind = SERVER_CHUNKED, .status = (code), .type = (mime)}
#define SERVE_STREAM SERVE_HEAD(200, "text/event-stream")
#define SERVE_WAIT {.kind = SERVER_WAIT}
#define SERVE_TRICKLE(text, every_ms) {.kind = SERVER_TRICKLE, .bytes = (text), .ms = (every_ms)}
#define SERVE_STALL {.kind = SERVER_STALL}
#define SERVE_CLOSE {.kind = SERVER_CLOSE}
#define SERVE_RESET {.kind = SERVER_RESET}

struct server_request {
    char *method, *path;
    char *head;                 /* the lines after the first, each ended by CRLF */
    char *body;                 /* followed by a NUL */
    size_t body_len;
    unsigned connection;        /* 0, 1, 2 ...: the same number means the same connection */
};

struct server;

/* Listen on 127.0.0.1, a port that is free; or on a unix socket with this path (removed at the end).
 * A failure ends the program: there is no test without it. */
struct server *server_new(const char *unix_path);
/* Closes all connections and joins all threads. */
void server_free(struct server *server);

/* "http://127.0.0.1:PORT" and this path; for a unix socket "http://localhost" and this path.
 * Lasts until the next call. */
const char *server_url(struct server *server, const char *path);
int server_port(const struct server *server);

/* Add a script; all is copied.  With a path it answers requests for paths that begin with it; without
 * one, those for which there is no script with a path. */
void server_script(struct server *server, const char *path, const struct server_step *steps);
#define SERVER_SCRIPT(server, ...) SERVER_SCRIPT_FOR(server, NULL, __VA_ARGS__)
#define SERVER_SCRIPT_FOR(server, path, ...) \
    server_script(server, path, (const struct server_step[]){__VA_ARGS__, {.kind = SERVER_END}})

/* Let one SERVE_WAIT go on: one that waits now, or the next to come. */
void server_go(struct server *server);

/* The i-th request, from 0, once it is there whole; NULL when it does not come.  It lasts as long as
 * the server. */
const struct server_request *server_request(struct server *server, unsigned i);
/* How many have come so far. */
unsigned server_request_count(struct server *server);
/* The value of a header, NULL when it is not there.  The caller frees it. */
char *server_request_header(const struct server_request *request, const char *name);
/* Wait until the client has closed the connection of the i-th request, as seen by a step that waits
 * or sends; false when it does not. */
bool server_saw_close(struct server *server, unsigned i);

#endif
