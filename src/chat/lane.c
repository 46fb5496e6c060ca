/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/lane.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/mem.h"
#include "chat/open.h"

static int begin_conversation(struct lane *lane, const char *prompt, struct error *error)
{
    struct error why = ERROR_INIT;
    char *system = open_system(lane->answerer.settings, &lane->answerer.choice, &why);
    if (why.code) {
        *error = why;
        return -1;
    }
    lane->conversation = rn_conversation_new(system);
    rn_conversation_user(lane->conversation, prompt);
    free(system);
    return 0;
}

int lane_open(struct lane *lane, const rn_conversation *asked, const char *prompt,
              struct error *error)
{
    if (answerer_choose(&lane->answerer, true, error) < 0)
        return -1;
    if (!asked)
        return begin_conversation(lane, prompt, error);
    lane->conversation = rn_conversation_copy(asked);
    return 0;
}

void lane_clear(struct lane *lane)
{
    rn_close(lane->stream);
    for (size_t i = 0; i < lane->count; i++)
        rn_message_free(lane->answers[i]);
    free(lane->answers);
    rn_conversation_free(lane->conversation);
    answerer_clear(&lane->answerer);
}

const char *lane_model(const struct lane *lane)
{
    return lane->answerer.label;
}

const char *lane_mode_name(const struct lane *lane)
{
    return lane->mode == RN_INVOKE ? "invoke" : "stream";
}

int lane_wake(struct lane *lane, struct error *error)
{
    return answerer_wake(&lane->answerer, error);
}

void lane_start(struct lane *lane)
{
    lane->begun = clock_ms();
    lane->burst = (struct burst){0};
    lane->stream = rn_model_start(lane->answerer.model, lane->conversation, lane->mode);
}

static void end_run(struct lane *lane)
{
    lane->answers = xrealloc(lane->answers, (lane->count + 1) * sizeof(rn_message *));
    lane->answers[lane->count++] = rn_collect(lane->stream);
    rn_close(lane->stream);
    lane->stream = NULL;
}

int lane_step(struct lane *lane, const rn_event **event)
{
    if (!lane->stream)
        return RN_DONE;
    int result = rn_step(lane->stream, event, 0);
    if (result == RN_EVENT && (*event)->kind & (RN_AI | RN_REASONING))
        burst_add(&lane->burst, (*event)->t);
    else if (result != RN_EVENT && result != RN_AGAIN)
        end_run(lane);
    return result;
}

void lane_stop(struct lane *lane)
{
    if (lane->stream)
        rn_cancel(lane->stream);
}

const rn_message *lane_answer(const struct lane *lane)
{
    if (lane->stream)
        return rn_snapshot(lane->stream);
    return lane->count > 0 ? lane->answers[lane->count - 1] : NULL;
}

bool lane_has_answer(const struct lane *lane)
{
    return !lane->stream && lane->count > 0 && lane_answer(lane)->content_len > 0;
}

bool lane_is_held(const struct lane *lane)
{
    return lane->mode == RN_STREAM && burst_is_held(&lane->burst);
}

/* ---- Scores ---- */

bool score_can(const rn_message *answer)
{
    return answer->status == RN_OK || answer->content_len > 0;
}

struct score score_of(const rn_message *answer, enum rn_mode mode)
{
    struct score score = {.ttft_ms = (double)answer->ttft_ms,
                          .ms = (double)answer->ms,
                          .tokens = (double)answer->usage.output,
                          .rate = -1,
                          .cost = answer->usage.cost,
                          .estimated = answer->usage.estimated};
    double flow_ms = mode == RN_INVOKE ? score.ms : score.ms - score.ttft_ms;
    if (score.tokens > 0 && score.ttft_ms >= 0 && flow_ms > 0)
        score.rate = score.tokens * 1000 / flow_ms;
    return score;
}
