/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each code point has a kind, and each kind one way out.  What is remembered of the text is only
 * what the next code point's way depends on; it follows what went out, not what came in, since the
 * terminal sees only that.
 */
#include "base/filter.h"

#include <wchar.h>

#include "base/buf.h"
#include "base/utf8.h"

enum {
    MARKS_MAX = 4,
    JOINERS_MAX = 2, /* a heart on fire has a variation selector and a joiner between its parts */
    CONTROL_PICTURES = 0x2400,
    DELETE = 0x7F,
    DELETE_SIGN = 0x2421,
    DOTTED_CIRCLE = 0x25CC,
    INDICATOR_A = 0x1F1E6,
};

enum kind {
    PRINTABLE,
    TAB,
    LINE_FEED,
    RETURN,
    SEPARATOR,
    CONTROL,
    NAMED,
    HIDDEN,
    JOINER,
    INDICATOR,
    TONE
};

/* In order.  What is not here is printable as far as wcwidth says so. */
static const struct range {
    uint32_t first, last;
    enum kind kind;
} ranges[] = {
    {0x00, 0x08, CONTROL},
    {0x09, 0x09, TAB},
    {0x0A, 0x0A, LINE_FEED},
    {0x0B, 0x0C, CONTROL},
    {0x0D, 0x0D, RETURN},
    {0x0E, 0x1F, CONTROL},
    {0x7F, 0x7F, CONTROL},
    {0x80, 0x84, NAMED},
    {0x85, 0x85, SEPARATOR}, /* NEL */
    {0x86, 0x9F, NAMED},
    {0xAD, 0xAD, HIDDEN},     /* soft hyphen */
    {0x34F, 0x34F, HIDDEN},   /* grapheme joiner */
    {0x61C, 0x61C, NAMED},    /* Arabic letter mark */
    {0x115F, 0x1160, HIDDEN}, /* Hangul fillers */
    {0x17B4, 0x17B5, HIDDEN}, /* Khmer inherent vowels */
    {0x180B, 0x180F, HIDDEN}, /* Mongolian selectors */
    {0x200B, 0x200B, HIDDEN},
    {0x200C, 0x200D, JOINER},
    {0x200E, 0x200F, NAMED},
    {0x2028, 0x2029, SEPARATOR},
    {0x202A, 0x202E, NAMED},
    {0x2060, 0x2065, HIDDEN},
    {0x2066, 0x2069, NAMED},
    {0x206A, 0x206F, HIDDEN},
    {0x3164, 0x3164, HIDDEN}, /* Hangul filler */
    {0xFE00, 0xFE0D, HIDDEN},
    {0xFE0E, 0xFE0F, JOINER}, /* text or emoji: terminals disagree on the width it gives */
    {0xFEFF, 0xFEFF, HIDDEN},
    {0xFFA0, 0xFFA0, HIDDEN}, /* Hangul filler, half as wide */
    {0xFFF0, 0xFFFB, HIDDEN},
    {0x13430, 0x1343F, HIDDEN}, /* Egyptian quadrat controls */
    {0x1BCA0, 0x1BCA3, HIDDEN}, /* shorthand controls */
    {0x1D173, 0x1D17A, HIDDEN}, /* musical beams and slurs */
    {0x1F1E6, 0x1F1FF, INDICATOR},
    {0x1F3FB, 0x1F3FF, TONE},
    {0xE0000, 0xE0FFF, HIDDEN}, /* tags and selectors, which can spell a secret message */
};

static enum kind kind_of(uint32_t code)
{
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]) && code >= ranges[i].first; i++) {
        if (code <= ranges[i].last)
            return ranges[i].kind;
    }
    return PRINTABLE;
}

static bool is_noncharacter(uint32_t code)
{
    return (code & 0xFFFE) == 0xFFFE || (code >= 0xFDD0 && code <= 0xFDEF);
}

/* Where nothing stands that a mark or a skin tone could go on. */
static void begin_afresh(struct filter *filter)
{
    filter->has_base = false;
    filter->takes_tone = false;
    filter->marks = 0;
    filter->joiners = 0;
}

static void add_base(struct filter *filter, struct buf *out, uint32_t code, bool takes_tone)
{
    begin_afresh(filter);
    filter->has_base = true;
    filter->takes_tone = takes_tone;
    utf8_add(out, code);
}

/* A sign of ours takes no marks: they could make it look like something else. */
static void add_sign(struct filter *filter, struct buf *out, uint32_t control)
{
    begin_afresh(filter);
    filter->escaped++;
    utf8_add(out, control == DELETE ? DELETE_SIGN : CONTROL_PICTURES + control);
}

static void add_name(struct filter *filter, struct buf *out, uint32_t code)
{
    begin_afresh(filter);
    filter->escaped++;
    buf_addf(out, "<U+%04X>", (unsigned)code);
}

static void add_layout(struct filter *filter, struct buf *out, char c)
{
    if (filter->one_line) {
        add_sign(filter, out, (uint32_t)c);
        return;
    }
    begin_afresh(filter);
    buf_addc(out, c);
}

static void add_mark(struct filter *filter, struct buf *out, uint32_t code)
{
    if (!filter->has_base)
        add_base(filter, out, DOTTED_CIRCLE, false);
    filter->joiners = 0;
    if (filter->marks == MARKS_MAX)
        return;
    filter->marks++;
    utf8_add(out, code);
}

/* A hand or a person.  Some of them are narrow by themselves, and kitty still joins the tone. */
static bool can_take_tone(uint32_t code, int width)
{
    return width > 1 || (code >= 0x261D && code <= 0x270D) || (code >= 0x1F3CB && code <= 0x1F590);
}

static void add_printable(struct filter *filter, struct buf *out, uint32_t code)
{
    int width = is_noncharacter(code) ? -1 : wcwidth((wchar_t)code);
    if (width == 0)
        add_mark(filter, out, code);
    else
        add_base(filter, out, width < 0 ? UTF8_REPLACEMENT : code, can_take_tone(code, width));
}

static void add_indicator(struct filter *filter, struct buf *out, uint32_t code)
{
    if (!filter->flag) {
        filter->flag = code;
        return;
    }
    add_base(filter, out, filter->flag, false);
    add_base(filter, out, code, true);
    filter->flag = 0;
}

/* A lone indicator is one or two columns wide, as the terminal likes: its letter stands for it. */
static void end_flag(struct filter *filter, struct buf *out)
{
    if (filter->flag)
        add_base(filter, out, 'A' + filter->flag - INDICATOR_A, false);
    filter->flag = 0;
}

/* The joiners that spell emoji, Persian or Indic words are no secret worth counting. */
static void leave_out_joiner(struct filter *filter)
{
    if (filter->has_base && filter->joiners < JOINERS_MAX)
        filter->joiners++;
    else
        filter->hidden++;
}

static void add_code(struct filter *filter, struct buf *out, uint32_t code)
{
    enum kind kind = kind_of(code);
    bool ends_crlf = filter->after_cr && kind == LINE_FEED;
    filter->after_cr = kind == RETURN;
    if (kind != INDICATOR)
        end_flag(filter, out);

    switch (kind) {
    case PRINTABLE:
        add_printable(filter, out, code);
        break;
    case TAB:
        add_layout(filter, out, '\t');
        break;
    case LINE_FEED:
        if (!ends_crlf)
            add_layout(filter, out, '\n');
        break;
    case RETURN:
    case SEPARATOR:
        add_layout(filter, out, '\n');
        break;
    case CONTROL:
        add_sign(filter, out, code);
        break;
    case NAMED:
        add_name(filter, out, code);
        break;
    case HIDDEN:
        filter->hidden++;
        break;
    case JOINER:
        leave_out_joiner(filter);
        break;
    case INDICATOR:
        add_indicator(filter, out, code);
        break;
    case TONE:
        if (!filter->takes_tone)
            add_base(filter, out, code, true);
        break;
    }
}

/* Nearly all text is runs of plain ASCII: they are copied as they are.  Returns how many bytes. */
static size_t add_ascii(struct filter *filter, struct buf *out, const char *text, size_t len)
{
    size_t n = 0;
    while (n < len && text[n] >= ' ' && text[n] <= '~')
        n++;
    if (n == 0)
        return 0;
    end_flag(filter, out);
    begin_afresh(filter);
    filter->has_base = true;
    filter->after_cr = false;
    buf_add(out, text, n);
    return n;
}

/* Add what `decoded`, utf8_decode's verdict, says of these bytes.  Returns how many it used. */
static size_t add_decoded(struct filter *filter, struct buf *out, int decoded, uint32_t code)
{
    add_code(filter, out, decoded > 0 ? code : UTF8_REPLACEMENT);
    return decoded > 0 ? (size_t)decoded : (size_t)-decoded;
}

/* Finish the code point that the last piece began.  Returns how many bytes of this piece it took. */
static size_t add_cut(struct filter *filter, struct buf *out, const char *text, size_t len)
{
    size_t taken = 0;
    while (filter->cut_len > 0 && taken < len) {
        uint32_t code = 0;
        filter->cut[filter->cut_len++] = text[taken++];
        int decoded = utf8_decode(filter->cut, filter->cut_len, &code);
        if (decoded == 0)
            continue;
        size_t used = add_decoded(filter, out, decoded, code);
        taken -= filter->cut_len - used;
        filter->cut_len = 0;
    }
    return taken;
}

void filter_add(struct filter *filter, struct buf *out, const char *text, size_t len)
{
    size_t at = add_cut(filter, out, text, len);
    while (at < len) {
        at += add_ascii(filter, out, text + at, len - at);
        if (at == len)
            break;
        uint32_t code = 0;
        int decoded = utf8_decode(text + at, len - at, &code);
        if (decoded == 0) {
            while (at < len)
                filter->cut[filter->cut_len++] = text[at++];
            break;
        }
        at += add_decoded(filter, out, decoded, code);
    }
}

void filter_end(struct filter *filter, struct buf *out)
{
    if (filter->cut_len > 0)
        add_code(filter, out, UTF8_REPLACEMENT);
    end_flag(filter, out);
    begin_afresh(filter);
    filter->cut_len = 0;
    filter->after_cr = false;
}

void filter_text(struct buf *out, const char *text, size_t len)
{
    struct filter filter = {0};
    filter_add(&filter, out, text, len);
    filter_end(&filter, out);
}

void filter_line(struct buf *out, const char *text, size_t len)
{
    struct filter filter = {.one_line = true};
    filter_add(&filter, out, text, len);
    filter_end(&filter, out);
}
