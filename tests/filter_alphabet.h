/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the terminal filter may let through, written a second time and from the terminal's side, for
 * the unit test and the fuzz target to hold against it.
 */
#ifndef FILTER_ALPHABET_H
#define FILTER_ALPHABET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

#include "base/utf8.h"

static inline bool alphabet_forbids(uint32_t c)
{
    static const uint32_t bad[][2] = {
        {0x00, 0x08},       {0x0B, 0x1F},       {0x7F, 0x9F},       {0xAD, 0xAD},
        {0x34F, 0x34F},     {0x61C, 0x61C},     {0x115F, 0x1160},   {0x17B4, 0x17B5},
        {0x180B, 0x180F},   {0x200B, 0x200F},   {0x2028, 0x202E},   {0x2060, 0x206F},
        {0x3164, 0x3164},   {0xD800, 0xDFFF},   {0xFDD0, 0xFDEF},   {0xFE00, 0xFE0F},
        {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB},   {0x1BCA0, 0x1BCA3},
        {0x13430, 0x1343F}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (c >= bad[i][0] && c <= bad[i][1])
            return true;
    }
    return (c & 0xFFFE) == 0xFFFE;
}

/* NULL when the text holds only what every terminal draws alike, else what is wrong with it. */
static inline const char *alphabet_fault(const char *text, size_t len, bool one_line)
{
    unsigned marks = 0, indicators = 0;
    bool base = false, wide = false;
    while (len > 0) {
        uint32_t c = 0;
        int n = utf8_decode(text, len, &c);
        if (n <= 0)
            return "malformed UTF-8";
        text += n;
        len -= (size_t)n;

        bool layout = c == '\n' || c == '\t';
        bool indicator = c >= 0x1F1E6 && c <= 0x1F1FF;
        if (layout && one_line)
            return "more than one line";
        if (indicators % 2 == 1 && !indicator)
            return "half a flag";
        indicators = indicator ? indicators + 1 : 0;
        if (layout) {
            base = wide = false;
            marks = 0;
            continue;
        }
        if (alphabet_forbids(c))
            return "a forbidden character";
        int width = wcwidth((wchar_t)c);
        if (width < 0)
            return "a character without width";
        if (width == 0) {
            if (!base)
                return "a mark on nothing";
            if (++marks > 4)
                return "too many marks";
            continue;
        }
        if (c >= 0x1F3FB && c <= 0x1F3FF && wide)
            return "a skin tone that would be joined";
        base = true;
        wide = width > 1 || c == 0x261D || c == 0x26F9 || (c >= 0x270A && c <= 0x270D) ||
               c == 0x1F574 || c == 0x1F590;
        marks = 0;
    }
    return indicators % 2 == 1 ? "half a flag" : NULL;
}

#endif
