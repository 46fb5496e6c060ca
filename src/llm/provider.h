/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The providers known by name.
 */
#ifndef LLM_PROVIDER_H
#define LLM_PROVIDER_H

#include "runnel.h"

struct codec;

const rn_provider *provider_find(const char *name); /* NULL: not known */
/* Put what this provider is known to need where the options say nothing.  A URL of one's own may lead to
 * somebody who only speaks as OpenAI does. */
void provider_adapt(const char *name, rn_model_options *options);
/* The wire that it speaks at this URL. */
const char *provider_wire(const char *name, const char *url);
/* What stands before the key in its header: the wire's, or the provider's own. */
const char *provider_key_header(const char *name, const struct codec *codec);

#endif
