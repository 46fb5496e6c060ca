/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a server says beside an answer, or instead of one: header lines, and the words of an error.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "chat/excess.h"
#include "llm/duration.h"
#include "llm/event.h"
#include "llm/failure.h"
#include "llm/limits.h"
#include "llm/reply.h"
#include "llm/retry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool is_right)
{
    if (!is_right)
        abort();
}

static void check_head(const char *text)
{
    rn_limits limits;
    struct retry retry;
    bool is_close = limits_read(&limits, text, INT64_C(1000000000000));
    check(is_close == (limits.requests >= 0 || limits.tokens >= 0));
    check(limits.reset_ms >= -1 && duration_read(text) >= -1);
    retry_init(&retry, 2);
    retry_attempt(&retry);
    retry_read(&retry, text);
    check(retry.after >= -1 && retry_delay(&retry) >= 0);
}

static void check_body(const char *text, size_t len)
{
    struct event_queue *queue = event_queue_new();
    struct reply *reply = reply_new(queue);
    struct excess excess;
    failure_from_body(reply, 400, text, len);
    check(reply_is_over(reply) && reply_wait_ms(reply) >= -1);
    excess_find(&excess, "", text);
    check(excess.sent == -1 || (excess.most >= 0 && excess.sent > excess.most));
    reply_free(reply);
    event_queue_free(queue);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = xstrndup((const char *)data, size);
    check_head(text);
    check_body(text, strlen(text));
    free(text);
    return 0;
}
