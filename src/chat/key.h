/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The key of a provider: what its section of the config says, else the variable that by custom holds it.
 * A key that was found in the environment goes to the provider's own address, or to one that the same
 * environment gives; never to a URL that somebody typed.
 */
#ifndef CHAT_KEY_H
#define CHAT_KEY_H

#include <stdbool.h>

struct error;
struct settings;

/* The variable with this provider's key that is set in the environment; NULL: none is. */
const char *key_variable(const char *provider);
/* Whether a key is said to be somewhere, without looking there: a command may ask for a passphrase. */
bool key_is_set(const struct settings *settings, const char *provider);
/* *key: the caller's to wipe and free; NULL when none is wanted.  -1 with an error when one is wanted and
 * cannot be had. */
int key_find(const struct settings *settings, const char *provider, char **key,
             struct error *error);

#endif
