/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which addresses are the public internet's.  Pure.
 */
#ifndef TOOLS_ADDRESS_H
#define TOOLS_ADDRESS_H

#include <stdbool.h>

struct sockaddr;

/* Not this machine, not its networks, not reserved for anything (IANA's registries of special-purpose
 * addresses); an IPv4 address inside an IPv6 one is judged as itself. */
bool address_is_public(const struct sockaddr *address);

#endif
