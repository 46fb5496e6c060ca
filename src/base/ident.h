/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names that nobody else has: random letters and digits that are easy to read aloud and to type.
 */
#ifndef BASE_IDENT_H
#define BASE_IDENT_H

#include <stddef.h>

/* Fill with `len` characters of a-z2-7 (5 bits each) and a NUL: text[len + 1]. */
void ident_random(char *text, size_t len);

#endif
