/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config/settings.h"

#include <ctype.h>
#include <string.h>

enum { WORD_MAX = 48 }; /* longer words are not looked at: nobody mistypes them into one of ours */

static char folded(char c)
{
    return c == '-' ? '_' : (char)tolower((unsigned char)c);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* How many letters to insert, remove, replace or swap with their neighbour to make one word of the
 * other.  The case does not count, nor whether words are joined by - or by _. */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t cost[WORD_MAX + 1][WORD_MAX + 1];
    for (size_t i = 0; i <= a_len; i++)
        cost[i][0] = i;
    for (size_t j = 0; j <= b_len; j++)
        cost[0][j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        for (size_t j = 1; j <= b_len; j++) {
            char x = folded(a[i - 1]), y = folded(b[j - 1]);
            size_t best = least(cost[i - 1][j], cost[i][j - 1]) + 1;
            best = least(best, cost[i - 1][j - 1] + (x != y));
            if (i > 1 && j > 1 && x == folded(b[j - 2]) && folded(a[i - 2]) == y)
                best = least(best, cost[i - 2][j - 2] + 1);
            cost[i][j] = best;
        }
    }
    return cost[a_len][b_len];
}

/* The one candidate that goes on where the word breaks off, as "temp" does. */
static const char *completion(const char *word, size_t len, const char *const *candidates)
{
    const char *found = NULL;
    for (; *candidates; candidates++) {
        if (strncasecmp(word, *candidates, len) != 0)
            continue;
        if (found)
            return NULL;
        found = *candidates;
    }
    return found;
}

const char *nearest_word(const char *word, const char *const *candidates)
{
    const char *found = NULL;
    size_t len = strlen(word);
    if (len > WORD_MAX)
        return NULL;
    size_t best = len < 3 ? 1 : (len + 1) / 3;
    for (const char *const *at = candidates; *at; at++) {
        size_t candidate_len = strlen(*at);
        if (candidate_len > WORD_MAX)
            continue;
        size_t far = distance(word, len, *at, candidate_len);
        /* A word with every letter changed is another word. */
        if (far >= candidate_len || far >= len || far > best || (found && far == best))
            continue;
        found = *at;
        best = far;
    }
    return found || len < 3 ? found : completion(word, len, candidates);
}
