/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which addresses may be followed, on a terminal and in a page: the one rule for both.
 */
#ifndef TEXT_LINK_H
#define TEXT_LINK_H

#include <stdbool.h>
#include <stddef.h>

/* Of http, https and mailto, in any case, with something behind the scheme. */
bool link_may_be_followed(const char *address, size_t len);

#endif
