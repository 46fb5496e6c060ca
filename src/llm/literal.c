/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/literal.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

enum { DIGITS_MAX = 15 }; /* so that a number is a whole one to every reader */

size_t literal_number(const char *bytes, size_t len)
{
    size_t n = 0;
    while (n < len && bytes[n] >= '0' && bytes[n] <= '9')
        n++;
    bool is_whole = n > 0 && n < len && !memchr(".eE", bytes[n], 3);
    return is_whole && n <= DIGITS_MAX && (n == 1 || *bytes != '0') ? n : LITERAL_NONE;
}

/* What stands for this letter behind a backslash; NUL: nothing that is one byte. */
static char escaped(char letter)
{
    static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    const char *found = memchr(letters, letter, sizeof(letters) - 1);
    return found ? meant[found - letters] : '\0';
}

/* The length of the character or escape sequence that begins here; 0 when the string ends here, or has
 * what needs a closer look. */
static size_t step(const char *bytes, size_t len)
{
    unsigned char c = (unsigned char)*bytes;
    uint32_t code;
    if (c == '\\')
        return len >= 2 && escaped(bytes[1]) ? 2 : 0;
    if (c < 0x80)
        return c >= 0x20 && c != '"';
    int used = utf8_decode(bytes, len, &code);
    return used > 0 ? (size_t)used : 0;
}

size_t literal_string(const char *bytes, size_t len)
{
    size_t n = 0;
    for (size_t used; n < len && (used = step(bytes + n, len - n)) > 0;)
        n += used;
    return n < len && bytes[n] == '"' ? n : LITERAL_NONE;
}

void literal_add_text(struct buf *out, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        buf_addc(out, bytes[i] == '\\' ? escaped(bytes[++i]) : bytes[i]);
}
