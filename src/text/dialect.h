/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Markdown that models write, for md4c: the screen and an exported page read it alike.
 */
#ifndef TEXT_DIALECT_H
#define TEXT_DIALECT_H

#include <md4c.h>

enum {
    DIALECT = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS | MD_FLAG_NOHTML |
              MD_FLAG_PERMISSIVEURLAUTOLINKS,
};

#endif
