/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a run adds to its conversation, as its start event holds it.
 */
#ifndef SESSION_INPUT_H
#define SESSION_INPUT_H

#include "runnel.h"

/* The messages of a start; the caller frees it.  What is no message is left out. */
rn_conversation *session_input(const rn_start *start);

#endif
