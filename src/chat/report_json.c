/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/report.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "chat/race.h"

static void add_text(struct buf *out, const char *key, const char *text, size_t len)
{
    json_add_key(out, key);
    json_add_string(out, text, len);
}

static void add_flag(struct buf *out, const char *key, bool flag)
{
    json_add_key(out, key);
    buf_adds(out, flag ? "true" : "false");
}

static void add_known(struct buf *out, const char *key, double number)
{
    if (number < 0)
        return;
    json_add_key(out, key);
    json_add_real(out, number);
}

/* What is not known is left out. */
static void add_score(struct buf *out, const struct score *score)
{
    add_known(out, "ttft_ms", score->ttft_ms);
    add_known(out, "ms", score->ms);
    add_known(out, "tokens", score->tokens);
    add_known(out, "tokens_per_second", score->rate);
    add_known(out, "cost", score->cost);
    if (score->estimated)
        add_flag(out, "estimated", true);
}

static void add_scores(struct buf *out, const char *key, const struct score *score)
{
    json_add_key(out, key);
    buf_addc(out, '{');
    add_score(out, score);
    buf_addc(out, '}');
}

static void add_run(struct buf *out, const struct lane *lane, const rn_message *answer)
{
    struct score score = score_of(answer, lane->mode);
    buf_addc(out, '{');
    add_text(out, "run", answer->run, strlen(answer->run));
    add_text(out, "reason", answer->reason, strlen(answer->reason));
    if (answer->status != RN_OK) {
        const char *code = rn_status_name(answer->status);
        add_text(out, "code", code, strlen(code));
        add_text(out, "error", answer->error, strlen(answer->error));
    }
    add_score(out, &score);
    add_text(out, "content", answer->content, answer->content_len);
    buf_addc(out, '}');
}

static void add_lane(struct buf *out, const struct lane *lane)
{
    struct spread spread = report_spread(lane);
    const char *model = lane_model(lane), *mode = lane_mode_name(lane);
    buf_addc(out, '{');
    add_text(out, "model", model, strlen(model));
    add_text(out, "mode", mode, strlen(mode));
    if (spread.measured > 0)
        add_scores(out, "median", &spread.median);
    if (spread.measured > 1) {
        add_scores(out, "least", &spread.least);
        add_scores(out, "most", &spread.most);
    }
    if (lane_is_held(lane))
        add_flag(out, "held_back", true);
    json_add_key(out, "runs");
    for (size_t i = 0; i < lane->count; i++) {
        buf_addc(out, i == 0 ? '[' : ',');
        add_run(out, lane, lane->answers[i]);
    }
    buf_adds(out, lane->count > 0 ? "]}" : "[]}");
}

void report_json(const struct race *race, struct buf *out)
{
    const char *prompt = race->options.prompt;
    buf_addc(out, '{');
    add_text(out, "prompt", prompt, strlen(prompt));
    add_flag(out, "equal", report_is_equal(race));
    add_flag(out, "simulated", race_has_guide(race));
    json_add_key(out, "lanes");
    for (size_t i = 0; i < race->count; i++) {
        buf_addc(out, i == 0 ? '[' : ',');
        add_lane(out, &race->lanes[i]);
    }
    buf_adds(out, "]}\n");
}
