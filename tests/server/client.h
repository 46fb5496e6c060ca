/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The other side of the fake server: an I/O thread that asks it, and what came of it.  For cmocka
 * tests: what must not happen fails the test.
 */
#ifndef TESTS_CLIENT_H
#define TESTS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/mailbox.h"
#include "io/http.h"
#include "io/worker.h"
#include "server/server.h"

enum { CLIENT_BOX = 256 * 1024 };

/* All that came for one number, taken apart. */
struct answer {
    int heads, ends, timers;
    int status, code;
    struct buf head, body, why;
    struct http_timing timing;
    size_t most;            /* bytes of bodies in one take */
    bool was_full;
};

void answer_clear(struct answer *answer);
/* Wait until there is mail. */
void answer_await(const struct mailbox *box);
/* Take what there is in the box, and keep what is for this number; true when the box was full. */
bool answer_take(struct answer *answer, struct mailbox *box, uint64_t number);
/* Read until this much of the body is there, or the end, or a timer has rung. */
void answer_read(struct answer *answer, struct worker *worker, struct mailbox *box, uint64_t number,
                 size_t len);
void answer_assert_ended(const struct answer *answer, int code, const char *why);

/* A cmocka fixture.  Its last answer is that of client_ask, or of whoever reads into it. */
struct client {
    struct worker *worker;
    struct mailbox *box;
    struct server *server;
    struct answer answer;
};

int client_set_up(void **state);
int client_tear_down(void **state);
/* Send a request, to the server's /v1 unless it has another URL, and read the whole answer. */
void client_ask(struct client *client, struct http_request request);
/* Ask for the server's /v1 and return at once. */
uint64_t client_begin(struct client *client);
/* Let time pass as the I/O thread sees it: what is due before is done before. */
void client_pass_time(struct worker *worker, int64_t ms);

#endif
