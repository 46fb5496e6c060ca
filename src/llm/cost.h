/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an answer costs, where the provider counts tokens but names no sum.
 */
#ifndef LLM_COST_H
#define LLM_COST_H

#include "runnel.h"

/* In US dollars; negative when a price or a count that it takes is not known. */
double cost_of(const rn_usage *usage, const rn_prices *prices);

#endif
