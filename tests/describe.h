/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Events as short words, so that a test says what it wants on one line:
 *
 *      start(id,model) think(hm) ai(Hello) refusal(no) delta(id,tool,args) tool(id,tool,args)
 *      bad(id,tool,what the model wrote) opaque(field,data,call) usage(in/out/cached/reasoning)
 *      retry(2/3 http) error(code: message) finish(reason,raw)
 */
#ifndef TESTS_DESCRIBE_H
#define TESTS_DESCRIBE_H

#include "base/buf.h"
#include "runnel.h"

static inline void describe_usage(struct buf *out, const rn_usage *usage)
{
    const int64_t levels[] = {usage->input, usage->output, usage->cached, usage->reasoning};
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        buf_adds(out, i > 0 ? "/" : "");
        if (levels[i] >= 0)
            buf_addf(out, "%lld", (long long)levels[i]);
        else
            buf_adds(out, "?");
    }
}

static inline void describe_error(struct buf *out, const rn_event *event)
{
    const rn_failure *error = event->error;
    buf_addf(out, "error(%s: %s", rn_status_name((int)error->code), event->text);
    if (error->http)
        buf_addf(out, ", http %d", error->http);
    if (*error->provider_code)
        buf_addf(out, ", code %s", error->provider_code);
    buf_adds(out, error->retryable ? ", retryable)" : ")");
}

static inline void describe(struct buf *out, const rn_event *event)
{
    buf_adds(out, out->len > 0 ? " " : "");
    switch (event->kind) {
    case RN_START:
        buf_addf(out, "start(%s,%s)", event->id, event->start->model);
        break;
    case RN_AI:
        buf_adds(out, event->refusal ? "refusal(" : "ai(");
        buf_add(out, event->content, event->content_len);
        buf_adds(out, ")");
        break;
    case RN_REASONING:
        buf_adds(out, "think(");
        buf_add(out, event->text, event->text_len);
        buf_adds(out, ")");
        break;
    case RN_TOOL_DELTA:
        buf_addf(out, "delta(%s,%s,%s)", event->id, event->tool, event->args);
        break;
    case RN_TOOL:
        buf_addf(out, "%s(%s,%s,%s)", event->invalid ? "bad" : "tool", event->id, event->tool,
                 event->args);
        break;
    case RN_OPAQUE:
        buf_addf(out, "opaque(%s,%s,%s)", event->opaque->field, event->opaque->data,
                 event->opaque->call);
        break;
    case RN_USAGE:
        buf_adds(out, "usage(");
        describe_usage(out, event->usage);
        buf_adds(out, ")");
        break;
    case RN_RETRY:
        buf_addf(out, "retry(%u/%u %d)", event->retry->attempt, event->retry->max,
                 event->retry->http);
        break;
    case RN_ERROR:
        describe_error(out, event);
        break;
    case RN_FINISH:
        buf_addf(out, "finish(%s,%s)", event->finish->reason, event->finish->raw);
        break;
    default:
        buf_addf(out, "%s()", event->type);
        break;
    }
}

#endif
