/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/find.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "text/line.h"
#include "tui/keys.h"
#include "tui/transcript.h"

void find_clear(struct find *find)
{
    buf_clear(&find->words);
    buf_clear(&find->told);
    free(find->found);
    free(find->versions);
    *find = (struct find){0};
}

/* ---- One text */

static bool has_capital(const struct buf *words)
{
    for (size_t at = 0; at < words->len;) {
        uint32_t code;
        int n = utf8_decode(words->data + at, words->len - at, &code);
        if (n > 0 && iswupper((wint_t)code))
            return true;
        at += n > 0 ? (size_t)n : 1;
    }
    return false;
}

/* A row ends in a line break or in a soft one, and nobody can see which: both are blanks. */
static bool is_same(uint32_t code, uint32_t word, bool is_exact)
{
    return code == word || (word == ' ' && code == '\n') ||
           (!is_exact && towlower((wint_t)code) == towlower((wint_t)word));
}

/* How much of the text these words are; 0: it does not begin with them.  The two may differ in length: some
 * letters need more bytes as capitals. */
static size_t matches(const char *text, size_t len, const struct buf *words, bool is_exact)
{
    size_t at = 0, word = 0;
    while (word < words->len) {
        uint32_t a, b;
        int n = utf8_decode(text + at, len - at, &a);
        int m = utf8_decode(words->data + word, words->len - word, &b);
        if (n <= 0 || m <= 0 || !is_same(a, b, is_exact))
            return 0;
        at += (size_t)n;
        word += (size_t)m;
    }
    return at;
}

/* The next byte that the words may begin with: most of a text can be passed over without a closer look. */
static size_t next_chance(const struct buf *text, size_t at, unsigned char word)
{
    const unsigned char *bytes = (const unsigned char *)text->data;
    unsigned char small = (unsigned char)tolower(word), capital = (unsigned char)toupper(word);
    unsigned char blank = word == ' ' ? '\n' : word;
    if (word >= 0x80)
        while (at < text->len && bytes[at] < 0x80)
            at++;
    else
        while (at < text->len && bytes[at] != small && bytes[at] != capital && bytes[at] != blank)
            at++;
    return at;
}

/* The next place from `at` on: true, with where it begins and ends. */
static bool next_place(const struct buf *text, const struct buf *words, bool is_exact, size_t at,
                       size_t *start, size_t *end)
{
    unsigned char word = (unsigned char)words->data[0];
    while ((at = next_chance(text, at, word)) < text->len) {
        size_t len = matches(text->data + at, text->len - at, words, is_exact);
        *start = at;
        *end = at + len;
        if (len > 0)
            return true;
        at++;
    }
    return false;
}

/* Of too many, those of long ago are forgotten. */
static void add_place(struct find *find, size_t entry, size_t start, size_t end)
{
    if (find->count == FIND_MAX) {
        find->count -= FIND_MAX / 2;
        memmove(find->found, find->found + FIND_MAX / 2, find->count * sizeof(*find->found));
        find->has_more = true;
    }
    if (find->count == find->cap) {
        find->cap = find->cap ? find->cap * 2 : 64;
        find->found = xrealloc(find->found, find->cap * sizeof(*find->found));
    }
    find->found[find->count++] = (struct mark){entry, start, end, ATTRIBUTE_FOUND};
}

static void look_through(struct find *find, size_t entry)
{
    const struct buf *text = transcript_wording(find->transcript, entry);
    bool is_exact = has_capital(&find->words);
    size_t at = 0, start, end;
    while (text->len > 0 && next_place(text, &find->words, is_exact, at, &start, &end)) {
        add_place(find, entry, start, end);
        at = end;
    }
    find->versions[entry] = transcript_version(find->transcript, entry);
}

/* ---- All of them */

static void show_marks(struct find *find)
{
    size_t current = find->current < find->count ? find->current : find->count;
    if (current < find->count)
        find->found[current].attributes = ATTRIBUTE_CURRENT;
    transcript_mark(find->transcript, find->found, find->count);
    if (current < find->count)
        find->found[current].attributes = ATTRIBUTE_FOUND;
}

static size_t first_changed(const struct find *find, size_t count)
{
    size_t entry = 0;
    while (entry < find->entries && entry < count &&
           transcript_version(find->transcript, entry) == find->versions[entry])
        entry++;
    return entry;
}

static void look(struct find *find, size_t from)
{
    size_t count = transcript_count(find->transcript);
    if (count > find->versions_cap) {
        find->versions_cap = count * 2;
        find->versions = xrealloc(find->versions, find->versions_cap * sizeof(*find->versions));
    }
    find->has_more &= from > 0;
    while (find->count > 0 && find->found[find->count - 1].entry >= from)
        find->count--;
    for (size_t entry = from; entry < count && find->words.len > 0; entry++)
        look_through(find, entry);
    find->entries = find->words.len > 0 ? count : 0;
}

/* Where a place is now: it may have moved, others may have come or gone, and those of long ago have been
 * forgotten. */
static size_t place_again(const struct find *find, const struct mark *was)
{
    size_t low = 0, high = find->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct mark *place = &find->found[middle];
        if (place->entry < was->entry || (place->entry == was->entry && place->end <= was->start))
            low = middle + 1;
        else
            high = middle;
    }
    return low < find->count || low == 0 ? low : low - 1;
}

void find_refresh(struct find *find)
{
    if (find->stage == FIND_CLOSED)
        return;
    size_t from = first_changed(find, transcript_count(find->transcript));
    if (from == find->entries && from == transcript_count(find->transcript))
        return;
    struct mark was = {0};
    if (find->current < find->count)
        was = find->found[find->current];
    look(find, from);
    find->current = place_again(find, &was);
    show_marks(find);
}

static bool is_before(const struct mark *mark, size_t entry, size_t offset)
{
    return mark->entry != entry ? mark->entry < entry : mark->start < offset;
}

/* The first place in the window or after it, as it was at the beginning; the last one where the window
 * was at the end, and where there is none. */
static size_t nearest(const struct find *find)
{
    size_t i = find->from_end ? find->count : 0;
    while (i < find->count && is_before(&find->found[i], find->entry, find->offset))
        i++;
    return i < find->count || i == 0 ? i : i - 1;
}

static void go_to(struct find *find, size_t current)
{
    find->current = current;
    if (current < find->count)
        transcript_show(find->transcript, find->found[current].entry, find->found[current].start);
    show_marks(find);
}

static void look_again(struct find *find)
{
    find->count = 0;
    look(find, 0);
    go_to(find, nearest(find));
}

static void go_earlier(struct find *find)
{
    find_refresh(find);
    if (find->count > 0)
        go_to(find, find->current > 0 && find->current <= find->count ? find->current - 1
                                                                      : find->count - 1);
}

static void go_later(struct find *find)
{
    find_refresh(find);
    if (find->count > 0)
        go_to(find, find->current + 1 < find->count ? find->current + 1 : 0);
}

/* ---- Open and closed */

static void begin(struct find *find, struct transcript *transcript, enum find_stage stage)
{
    find->transcript = transcript;
    find->stage = stage;
    find->from_end = transcript_follows(transcript);
    find->entry = transcript_top(transcript, &find->offset);
    find->count = find->entries = 0;
}

void find_open(struct find *find, struct transcript *transcript)
{
    begin(find, transcript, FIND_TYPING);
    buf_reset(&find->words);
    look_again(find);
}

void find_words(struct find *find, struct transcript *transcript, const char *words)
{
    begin(find, transcript, FIND_WALKING);
    buf_reset(&find->words);
    buf_adds(&find->words, words);
    look_again(find);
}

void find_close(struct find *find)
{
    if (find->stage == FIND_CLOSED)
        return;
    find->stage = FIND_CLOSED;
    transcript_mark(find->transcript, NULL, 0);
    transcript_forget_wordings(find->transcript);
}

/* ---- Keys */

enum {
    CTRL_C = 3,
    CTRL_G = 7,
    BACKSPACE = 8,
    ENTER = 13,
    CTRL_R = 18,
    CTRL_S = 19,
    CTRL_U = 21,
    DELETE = 127,
};

static void remove_last(struct find *find)
{
    struct buf *words = &find->words;
    size_t len = words->len;
    while (len > 0 && ((unsigned char)words->data[len - 1] & 0xC0) == 0x80)
        len--;
    buf_drop_end(words, words->len - (len > 0 ? len - 1 : 0));
    look_again(find);
}

/* Words that are pasted are those of its first line. */
static void add_words(struct find *find, const char *words, size_t len)
{
    const char *newline = memchr(words, '\n', len);
    buf_add(&find->words, words, newline ? (size_t)(newline - words) : len);
    look_again(find);
}

static bool on_typed(struct find *find, const struct key *key)
{
    unsigned char c = (unsigned char)key->bytes[0];
    if (key->kind == KEY_PASTE || c >= ' ')
        c = key->kind == KEY_CHAR && c == DELETE ? DELETE : ' ';
    switch (c) {
    case BACKSPACE:
    case DELETE:
        remove_last(find);
        return true;
    case CTRL_U:
        buf_reset(&find->words);
        look_again(find);
        return true;
    case ENTER:
        find->stage = FIND_WALKING;
        if (find->count == 0)
            find_close(find);
        return true;
    case ' ':
        add_words(find, key->bytes, key->len);
        return true;
    default:
        return false;
    }
}

static bool on_walked(struct find *find, const struct key *key)
{
    switch (key->bytes[0]) {
    case 'n':
        go_earlier(find);
        return true;
    case 'N':
        go_later(find);
        return true;
    case '/':
        find_open(find, find->transcript);
        return true;
    case ENTER:
        find_close(find);
        return true;
    default:
        return false;
    }
}

static bool is_arrow(const struct key *key, char which)
{
    return key->kind == KEY_SEQUENCE && key->len == 3 &&
           (key->bytes[1] == '[' || key->bytes[1] == 'O') && key->bytes[2] == which;
}

static bool is_control(const struct key *key, char which)
{
    return key->kind == KEY_CHAR && key->bytes[0] == which;
}

bool find_key(struct find *find, const struct key *key)
{
    if (find->stage == FIND_CLOSED)
        return false;
    bool ends = key->kind == KEY_ESCAPE || is_control(key, CTRL_C) || is_control(key, CTRL_G);
    if (ends)
        find_close(find);
    else if (is_arrow(key, 'A') || is_control(key, CTRL_R))
        go_earlier(find);
    else if (is_arrow(key, 'B') || is_control(key, CTRL_S))
        go_later(find);
    else if (key->kind != KEY_CHAR && key->kind != KEY_PASTE)
        return false;
    else
        return find->stage == FIND_TYPING ? on_typed(find, key)
                                          : key->kind == KEY_CHAR && on_walked(find, key);
    return true;
}

/* ---- What is said of it */

const char *find_hint(struct find *find)
{
    struct buf *told = &find->told;
    bool is_typing = find->stage == FIND_TYPING;
    if (find->stage == FIND_CLOSED)
        return NULL;
    buf_reset(told);
    buf_addf(told, "find: %s%s  ", buf_str(&find->words), is_typing ? "_" : "");
    if (find->count > 0)
        buf_addf(told, "%zu of %zu%s", find->current + 1, find->count, find->has_more ? "+" : "");
    else if (find->words.len > 0)
        buf_adds(told, "not found");
    if (is_typing)
        buf_adds(told, "  Enter: go on with n and N, Esc ends");
    else
        buf_adds(told, "  n earlier, N later, / others, Enter ends");
    return told->data;
}
