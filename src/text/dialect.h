/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Markdown that models write, for md4c: the screen and an exported page read it alike.
 */
#ifndef TEXT_DIALECT_H
#define TEXT_DIALECT_H

#include <stddef.h>

#include <md4c.h>

enum {
    DIALECT = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS | MD_FLAG_NOHTML |
              MD_FLAG_PERMISSIVEURLAUTOLINKS,
};

/* How often md4c may call for a text of so many bytes.  Some inputs make it call without end (a table of
 * thousands of columns and one cell a row); only a negative number from a callback stops it. */
static inline size_t dialect_calls(size_t len)
{
    return len * 20 + 10000;
}

#endif
