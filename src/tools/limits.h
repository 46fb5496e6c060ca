/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How much a tool may use: processor time, memory, size and number of files, processes.
 */
#ifndef TOOLS_LIMITS_H
#define TOOLS_LIMITS_H

#include "tools/tools.h"

/* For this process and all that it starts. */
void limits_set(enum tool_access access);

#endif
