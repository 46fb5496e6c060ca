/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/cost.h"

static int64_t known(int64_t count)
{
    return count > 0 ? count : 0;
}

/* Of a million tokens at a price; what costs nothing may have no price. */
static bool add(double *sum, int64_t tokens, double price)
{
    if (tokens > 0)
        *sum += (double)tokens * price;
    return tokens == 0 || price >= 0;
}

double cost_of(const rn_usage *usage, const rn_prices *prices)
{
    const double million = 1e6;
    int64_t cached = known(usage->cached), written = known(usage->cache_write);
    int64_t fresh = known(usage->input - cached - written); /* input includes both */
    double sum = 0;
    if (usage->input < 0 || usage->output < 0)
        return -1;
    bool is_known =
        add(&sum, fresh, prices->input) &&
        add(&sum, cached, prices->cached >= 0 ? prices->cached : prices->input) &&
        add(&sum, written, prices->cache_write >= 0 ? prices->cache_write : prices->input) &&
        add(&sum, usage->output, prices->output);
    return is_known ? sum / million : -1;
}
