/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/ident.h"

#include <stdlib.h>
#include <sys/random.h>
#include <sys/types.h>

void ident_random(char *text, size_t len)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
    /* Up to 256 bytes come whole and at once, by getrandom's word. */
    if (len > 256 || getrandom(text, len, 0) != (ssize_t)len)
        abort();
    for (size_t i = 0; i < len; i++)
        text[i] = alphabet[(unsigned char)text[i] % (sizeof(alphabet) - 1)];
    text[len] = '\0';
}
