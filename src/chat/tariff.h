/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the config says of a model that no server tells: its prices, how much it can hold.  It stands in
 * the [model.NAME] that was chosen, or in any that means the same model.
 */
#ifndef CHAT_TARIFF_H
#define CHAT_TARIFF_H

#include <stdbool.h>
#include <stdint.h>

#include "runnel.h"

struct choice;
struct settings;

/* False when no price is set. */
bool tariff_prices(const struct settings *settings, const struct choice *choice, rn_prices *prices);
/* Tokens; 0 when it is not set. */
int64_t tariff_context(const struct settings *settings, const struct choice *choice);

#endif
