/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/usage.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/rough.h"
#include "chat/chat.h"
#include "chat/scout.h"
#include "chat/tally.h"
#include "text/figures.h"

enum { LABEL = -22, FIGURE = 14 }; /* columns */

/* ---- What the answers took ---- */

/* One figure in its column, "-" when it is not known. */
static void add_figure(struct buf *out, struct buf *figure)
{
    buf_addf(out, "%*s", FIGURE, figure->len > 0 ? figure->data : "-");
    buf_clear(figure);
}

static void add_count(struct buf *out, int64_t count)
{
    struct buf figure = BUF_INIT;
    if (count >= 0)
        figures_count(&figure, count);
    add_figure(out, &figure);
}

static void add_cost(struct buf *out, double cost)
{
    struct buf figure = BUF_INIT;
    if (cost >= 0)
        figures_cost(&figure, cost);
    add_figure(out, &figure);
}

static void add_counts(struct buf *out, const char *label, int64_t all, int64_t last)
{
    buf_addf(out, "%*s", LABEL, label);
    add_count(out, all);
    add_count(out, last);
    buf_addc(out, '\n');
}

static void add_some(struct buf *out, const char *label, int64_t all, int64_t last)
{
    if (all > 0)
        add_counts(out, label, all, last);
}

static void tell_answers(const struct tally *tally, struct buf *out)
{
    const rn_usage *all = &tally->all, *last = &tally->last;
    buf_addf(out, "%*s%*s%*s\n", LABEL, "", FIGURE, tally->is_part ? "since resumed" : "this chat",
             FIGURE, "last answer");
    add_counts(out, "answers", tally->answers, tally->answers > 0);
    add_counts(out, "tokens in", all->input, last->input);
    add_some(out, "  from the cache", all->cached, last->cached);
    add_some(out, "  into the cache", all->cache_write, last->cache_write);
    add_counts(out, "tokens out", all->output, last->output);
    add_some(out, "  of them thinking", all->reasoning, last->reasoning);
    buf_addf(out, "%*s", LABEL, "cost");
    add_cost(out, all->cost);
    add_cost(out, last->cost);
    buf_addc(out, '\n');
    if (tally->uncounted > 0)
        buf_addf(out, "The tokens of %u answer%s were not told and are not in it.\n",
                 tally->uncounted, tally->uncounted == 1 ? "" : "s");
}

/* ---- What is sent ---- */

static void add_part(struct buf *out, const char *label, size_t count, size_t bytes,
                     uint64_t tokens)
{
    struct buf size = BUF_INIT;
    buf_addf(out, "%*s", LABEL, label);
    add_count(out, (int64_t)count);
    figures_bytes(&size, bytes);
    add_figure(out, &size);
    if (tokens > 0) {
        buf_adds(out, "  ~");
        figures_count(out, (int64_t)tokens);
        buf_adds(out, " tokens");
    }
    buf_addc(out, '\n');
}

/* All that the next request carries, roughly in tokens. */
static uint64_t tell_sent(const struct chat *chat, struct buf *out)
{
    rn_bulk bulk = rn_conversation_bulk(chat_conversation(chat));
    const char *system = chat_system(chat);
    struct buf tools = BUF_INIT;
    size_t tool_count = chat_spell_tools(chat, &tools);
    uint64_t of_system = rough_quarters(system, strlen(system)) / 4;
    uint64_t of_tools = rough_quarters(buf_str(&tools), tools.len) / 4;
    buf_adds(out, "\nEach request sends\n");
    if (*system)
        add_part(out, "system prompt", 1, strlen(system), of_system);
    if (tool_count > 0)
        add_part(out, "tools", tool_count, tools.len, of_tools);
    add_part(out, "messages", bulk.messages, bulk.bytes, bulk.tokens);
    if (bulk.attachments > 0)
        add_part(out, "attachments", bulk.attachments, bulk.attachment_bytes, 0);
    buf_clear(&tools);
    return of_system + of_tools + bulk.tokens;
}

/* ---- How full the model is ---- */

/* The config knows better than the provider: a server may have been started with less. */
static int64_t context_of(const struct chat *chat)
{
    int64_t context = chat_context(chat);
    const rn_listed *listed = scout_listed(chat_scout(chat), chat_model(chat));
    return context == 0 && listed && listed->context > 0 ? listed->context : context;
}

static void tell_context(const struct chat *chat, uint64_t rough, struct buf *out)
{
    const rn_usage *step = &chat_tally(chat)->step;
    int64_t context = context_of(chat);
    bool is_told = step->input >= 0;
    int64_t now = is_told ? step->input + (step->output > 0 ? step->output : 0) : (int64_t)rough;
    buf_adds(out, is_told ? "\nThe last request and its answer are " : "\nThat is ~");
    figures_count(out, now);
    buf_adds(out, " tokens");
    if (context > 0) {
        buf_adds(out, " of the ");
        figures_count(out, context);
        buf_addf(out, " that %s holds (%lld %%).", chat_model(chat),
                 (long long)((double)now / (double)context * 100));
    } else {
        buf_addf(out, "; how many %s holds is not known (context in a [model.NAME] of the config).",
                 chat_model(chat));
    }
}

/* The guide is no model: it costs nothing and holds anything. */
void usage_tell(const struct chat *chat, struct buf *out)
{
    const struct tally *tally = chat_tally(chat);
    tell_answers(tally, out);
    if (tally->unpriced > tally->uncounted && !chat_is_guide(chat))
        buf_adds(out, "For the cost, set price_input and price_output in a [model.NAME] of the "
                      "config.\n");
    uint64_t rough = tell_sent(chat, out);
    if (!chat_is_guide(chat))
        tell_context(chat, rough, out);
}
