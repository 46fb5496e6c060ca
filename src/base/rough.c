/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/rough.h"

/* A rule of thumb: four letters of the Latin alphabet make a token, four other signs make three. */
uint64_t rough_quarters(const char *text, size_t len)
{
    uint64_t quarters = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text[i];
        quarters += byte < 0x80 ? 1 : byte >= 0xC0 ? 3 : 0;
    }
    return quarters;
}
