/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The decoder, from the inside: framing, then the wire's codec, then events.  The framing is chosen by
 * what the response looks like, not by what was asked for: servers answer with a whole body where a
 * stream was wanted, with a page of HTML, with an error inside a 200.
 */
#ifndef LLM_DECODER_H
#define LLM_DECODER_H

#include "runnel.h"

struct codec;

rn_decoder *decoder_new(const struct codec *codec);
void decoder_split_think_tags(rn_decoder *decoder);

/* The bytes ended for a reason of the transport's.  An answer that was complete all the same (its end
 * mark is optional on this wire) is finished, else it fails with this. */
void decoder_break(rn_decoder *decoder, enum rn_status code, const char *message, bool retryable);
/* How long the error asks to wait, in ms; -1 when there is none, or it does not say. */
int64_t decoder_wait_ms(const rn_decoder *decoder);

#endif
