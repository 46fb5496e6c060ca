/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * HTML's names for characters, as Markdown allows them in text.
 */
#ifndef TEXT_ENTITY_H
#define TEXT_ENTITY_H

#include <stddef.h>

struct buf;

/* Add what &name; or &#38; stands for, filtered: it may be anything.  A name that is not known
 * stays as it is. */
void entity_add(struct buf *out, const char *entity, size_t len);

#endif
