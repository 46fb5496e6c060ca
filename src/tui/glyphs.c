/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/glyphs.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* By the environment's word: the program's own locale is UTF-8 in any case. */
static bool is_utf8(void)
{
    locale_t user = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    if (!user)
        return false;
    bool is = strcmp(nl_langinfo_l(CODESET, user), "UTF-8") == 0;
    freelocale(user);
    return is;
}

bool glyphs_are_plain(void)
{
    const char *term = getenv("TERM");
    return (term && strncmp(term, "linux", 5) == 0) || !is_utf8();
}

wchar_t glyph_plain(wchar_t sign)
{
    static const wchar_t signs[] = L"▌▸▾▹▿│┃─━┄·•◦…✓✗→←↑↓▏▕█░┌┐└┘├┤┬┴┼╭╮╰╯☐☑☒“”‘’–—";
    static const char plain[] = "|>v>v||-=.-*o.vx><^v||#.+++++++++++++-xx\"\"''--";
    _Static_assert(sizeof(signs) / sizeof(signs[0]) == sizeof(plain), "each has its own");
    const wchar_t *at = sign > 0x7F ? wcschr(signs, sign) : NULL;
    return at ? (wchar_t)plain[at - signs] : sign;
}
