/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What stands within a block of Markdown: text, emphasis, code, links, images.
 */
#ifndef TEXT_PHRASE_H
#define TEXT_PHRASE_H

#include <stddef.h>

#include <md4c.h>

struct prose;

void phrase_add(struct prose *prose, MD_TEXTTYPE type, const char *text, size_t len);
void phrase_enter(struct prose *prose, MD_SPANTYPE type, const void *detail);
void phrase_leave(struct prose *prose, MD_SPANTYPE type, const void *detail);

#endif
