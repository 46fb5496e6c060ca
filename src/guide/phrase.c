/* SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "guide/phrase.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

/* ---- Words ---- */

static const char blanks[] = " \t\r\n", quotes[] = "\"'`";

/* A word of dots is a folder. */
static size_t without_end(const char *text, size_t len)
{
    size_t dots = 0;
    while (dots < len && text[dots] == '.')
        dots++;
    while (len > 0 && dots < len && strchr("\"'`.,;:!?=", text[len - 1]))
        len--;
    return len;
}

static void set_plain(struct phrase_word *word)
{
    size_t len = 0;
    for (size_t i = 0; i < word->len && len < WORD_SIZE - 1; i++) {
        if (word->text[i] != '\'')
            word->plain[len++] = (char)tolower((unsigned char)word->text[i]);
    }
    word->plain[len] = '\0';
}

bool phrase_read(struct phrase *phrase, const char *prompt)
{
    phrase->count = 0;
    for (const char *at = prompt + strspn(prompt, blanks); *at; at += strspn(at, blanks)) {
        const char *end = at + strcspn(at, blanks);
        size_t quoted = strspn(at, quotes);
        at += quoted;
        size_t len = at < end ? without_end(at, (size_t)(end - at)) : 0;
        if (len > 0) {
            if (phrase->count == PHRASE_WORDS_MAX)
                return false;
            struct phrase_word *word = &phrase->words[phrase->count++];
            word->text = at;
            word->len = len;
            word->is_quoted = quoted > 0;
            set_plain(word);
        }
        at = end;
    }
    return true;
}

/* ---- Patterns ---- */

struct matching {
    const struct phrase *phrase;
    size_t end;
    phrase_fits_fn *fits;
    struct phrase_catches *catches;
};

/* The words of an element have bars between them. */
static bool is_among(const char *element, size_t len, const char *word)
{
    size_t size = strlen(word);
    for (const char *at = element, *end = element + len; at < end;) {
        const char *bar = memchr(at, '|', (size_t)(end - at));
        size_t part = (size_t)((bar ? bar : end) - at);
        if (part == size && !memcmp(at, word, size))
            return true;
        at += part + 1;
    }
    return false;
}

static bool match_from(const struct matching *matching, const char *pattern, size_t at);

/* The longest run of words that suits both the element and the rest of the pattern. */
static bool match_catch(const struct matching *matching, const char *kind, const char *rest,
                        size_t at)
{
    struct phrase_catches *catches = matching->catches;
    const struct phrase_word *words = matching->phrase->words;
    assert(catches->count < PHRASE_CATCHES_MAX);
    struct phrase_catch *caught = &catches->items[catches->count++];
    for (size_t end = matching->end; end > at; end--) {
        const char *stop = words[end - 1].text + words[end - 1].len;
        *caught = (struct phrase_catch){.kind = kind,
                                        .text = words[at].text,
                                        .len = (size_t)(stop - words[at].text),
                                        .is_quoted = words[at].is_quoted};
        if (matching->fits(caught) && match_from(matching, rest, end))
            return true;
    }
    catches->count--;
    return false;
}

static bool match_words(const struct matching *matching, const char *element, size_t len,
                        const char *rest, size_t at)
{
    return at < matching->end && is_among(element, len, matching->phrase->words[at].plain) &&
           match_from(matching, rest, at + 1);
}

static bool match_from(const struct matching *matching, const char *pattern, size_t at)
{
    size_t len = strcspn(pattern, " ");
    if (len == 0)
        return at == matching->end;
    const char *rest = pattern + len + strspn(pattern + len, " ");
    char mark = pattern[len - 1];
    bool optional = mark == '?' || mark == '*';
    if (*pattern == '<' && match_catch(matching, pattern + 1, rest, at))
        return true;
    if (*pattern != '<' &&
        match_words(matching, pattern, len - optional, mark == '*' ? pattern : rest, at))
        return true;
    return optional && match_from(matching, rest, at);
}

bool phrase_match(const struct phrase *phrase, size_t first, size_t end, const char *pattern,
                  phrase_fits_fn *fits, struct phrase_catches *catches)
{
    struct matching matching = {phrase, end, fits, catches};
    catches->count = 0;
    return match_from(&matching, pattern, first);
}

bool phrase_catch_is(const struct phrase_catch *caught, const char *kind)
{
    size_t len = strlen(kind);
    return !strncmp(caught->kind, kind, len) && caught->kind[len] == '>';
}
