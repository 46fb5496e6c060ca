/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* ---- An answer ----------------------------------------------------------------------------- */

void answer_clear(struct answer *answer)
{
    buf_clear(&answer->head);
    buf_clear(&answer->body);
    buf_clear(&answer->why);
    *answer = (struct answer){0};
}

void answer_await(const struct mailbox *box)
{
    struct pollfd p = {.fd = mailbox_fd(box), .events = POLLIN};
    assert_int_equal(poll(&p, 1, SERVER_PATIENCE_MS), 1);
}

/* The order is: the head once, the body, the end, and nothing after it. */
static void read_mail(struct answer *answer, const struct mail *mail)
{
    assert_int_equal(answer->ends, 0);
    switch (mail->kind) {
    case MAIL_HEAD:
        assert_int_equal(answer->body.len, 0);
        answer->heads++;
        answer->status = mail->code;
        buf_adds(&answer->head, buf_str(&mail->data));
        break;
    case MAIL_BYTES:
        assert_int_equal(answer->heads, 1);
        buf_add(&answer->body, mail->data.data, mail->data.len);
        break;
    case MAIL_END:
        answer->ends++;
        answer->code = mail->code;
        buf_adds(&answer->why, buf_str(&mail->data));
        assert_non_null(mail->more);
        answer->timing = *(struct http_timing *)mail->more;
        break;
    default:
        answer->timers++;
        break;
    }
}

bool answer_take(struct answer *answer, struct mailbox *box, uint64_t number)
{
    bool was_full;
    size_t bytes = 0;
    struct mail *mail = mailbox_take(box, &was_full), *next;
    for (; mail; mail = next) {
        next = mail->next;
        if (mail->kind == MAIL_BYTES)
            bytes += mail->data.len;
        if (mail->from == number)
            read_mail(answer, mail);
        mail_free(mail);
    }
    if (bytes > answer->most)
        answer->most = bytes;
    answer->was_full |= was_full;
    return was_full;
}

void answer_read(struct answer *answer, struct worker *worker, struct mailbox *box, uint64_t number,
                 size_t len)
{
    while (!answer->ends && !answer->timers && answer->body.len < len) {
        answer_await(box);
        if (answer_take(answer, box, number))
            worker_resume(worker, number);
    }
}

void answer_assert_ended(const struct answer *answer, int code, const char *why)
{
    if (answer->code != code || !strstr(buf_str(&answer->why), why))
        fail_msg("ended with %d, \"%s\"; want %d, \"%s\"", answer->code, buf_str(&answer->why),
                 code, why);
}

/* ---- The fixture --------------------------------------------------------------------------- */

int client_set_up(void **state)
{
    struct client *client = xnew(struct client);
    client->worker = worker_new();
    client->box = mailbox_new(CLIENT_BOX);
    client->server = server_new(NULL);
    *state = client;
    return 0;
}

int client_tear_down(void **state)
{
    struct client *client = *state;
    worker_free(client->worker);
    mailbox_free(client->box);
    server_free(client->server);
    answer_clear(&client->answer);
    free(client);
    return 0;
}

void client_ask(struct client *client, struct http_request request)
{
    if (!request.url)
        request.url = server_url(client->server, "/v1");
    answer_clear(&client->answer);
    uint64_t number = worker_http(client->worker, &request, client->box);
    assert_int_not_equal(number, 0);
    answer_read(&client->answer, client->worker, client->box, number, SIZE_MAX);
    worker_drop(client->worker, number);
}

uint64_t client_begin(struct client *client)
{
    struct http_request request = {.url = server_url(client->server, "/v1")};
    return worker_http(client->worker, &request, client->box);
}

void client_pass_time(struct worker *worker, int64_t ms)
{
    struct mailbox *box = mailbox_new(CLIENT_BOX);
    struct answer answer = {0};
    uint64_t timer = worker_timer(worker, ms, box);
    answer_read(&answer, worker, box, timer, SIZE_MAX);
    assert_int_equal(answer.timers, 1);
    worker_drop(worker, timer);
    mailbox_free(box);
}
