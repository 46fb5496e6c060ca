/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/usage.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/rough.h"
#include "chat/chat.h"
#include "chat/column.h"
#include "chat/harmless.h"
#include "chat/scout.h"
#include "chat/tally.h"
#include "text/figures.h"

enum { LABEL = -22, FIGURE = 14 }; /* columns */

/* ---- What the answers took ---- */

/* All answers, and those of this sitting where there are others. */
struct bill {
    struct spent all, sitting;
    const rn_usage *columns[3];
    size_t count;
};

static const struct {
    const char *label;
    size_t place; /* in rn_usage */
    bool is_part; /* told where there is some */
} counts[] = {
    {"tokens in", offsetof(rn_usage, input), false},
    {"  from the cache", offsetof(rn_usage, cached), true},
    {"  into the cache", offsetof(rn_usage, cache_write), true},
    {"tokens out", offsetof(rn_usage, output), false},
    {"  of them thinking", offsetof(rn_usage, reasoning), true},
};

static void make_bill(struct bill *bill, const struct tally *tally, struct buf *out)
{
    struct error error;
    *bill = (struct bill){.sitting = tally->sitting, .all = tally->sitting};
    bool is_known = tally_all(tally, &bill->all, &error) == 0;
    if (!is_known)
        buf_addf(out, "What was said before cannot be counted: %s.\n", error.text);
    bill->columns[bill->count++] = &bill->all.usage;
    if (tally->earlier && is_known)
        bill->columns[bill->count++] = &bill->sitting.usage;
    bill->columns[bill->count++] = &tally->last;
}

static int64_t count_at(const rn_usage *usage, size_t place)
{
    return *(const int64_t *)((const char *)usage + place);
}

static void tell_counts(const struct bill *bill, struct buf *out)
{
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        if (counts[i].is_part && count_at(&bill->all.usage, counts[i].place) <= 0)
            continue;
        buf_addf(out, "%*s", LABEL, counts[i].label);
        for (size_t k = 0; k < bill->count; k++)
            column_count(out, FIGURE, count_at(bill->columns[k], counts[i].place));
        buf_addc(out, '\n');
    }
    buf_addf(out, "%*s", LABEL, "cost");
    for (size_t k = 0; k < bill->count; k++)
        column_cost(out, FIGURE, bill->columns[k]->cost);
    buf_addc(out, '\n');
}

static void tell_answers(const struct bill *bill, struct buf *out)
{
    bool has_earlier = bill->count > 2;
    buf_addf(out, "%*s%*s", LABEL, "", FIGURE, has_earlier ? "whole session" : "this chat");
    if (has_earlier)
        buf_addf(out, "%*s", FIGURE, "since resumed");
    buf_addf(out, "%*s\n%*s", FIGURE, "last answer", LABEL, "answers");
    column_count(out, FIGURE, bill->all.answers);
    if (has_earlier)
        column_count(out, FIGURE, bill->sitting.answers);
    column_count(out, FIGURE, bill->sitting.answers > 0);
    buf_addc(out, '\n');
    tell_counts(bill, out);
    if (bill->all.uncounted > 0)
        buf_addf(out, "The tokens of %u answer%s were not told and are not in it.\n",
                 bill->all.uncounted, bill->all.uncounted == 1 ? "" : "s");
}

/* ---- What is sent ---- */

static void add_part(struct buf *out, const char *label, size_t count, size_t bytes,
                     uint64_t tokens)
{
    struct buf size = BUF_INIT;
    buf_addf(out, "%*s", LABEL, label);
    column_count(out, FIGURE, (int64_t)count);
    figures_bytes(&size, bytes);
    column_add(out, FIGURE, &size);
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
    struct bill bill;
    make_bill(&bill, chat_tally(chat), out);
    tell_answers(&bill, out);
    if (bill.all.unpriced > bill.all.uncounted && !chat_is_guide(chat))
        buf_adds(out, "For the cost, set price_input and price_output in a [model.NAME] of the "
                      "config.\n");
    uint64_t rough = tell_sent(chat, out);
    if (!chat_is_guide(chat))
        tell_context(chat, rough, out);
    harmless_tell(chat, out);
}
