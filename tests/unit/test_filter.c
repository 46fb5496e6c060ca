/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/filter.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "filter_alphabet.h"

/* A string and its length, which may hold NULs. */
#define S(s) s, sizeof(s) - 1

#define ACUTE "\u0301"
#define CIRCLE "\u25CC"
#define ZWJ "\u200D"
#define ZWNJ "\u200C"
#define VS15 "\uFE0E"
#define VS16 "\uFE0F"
#define WOMAN "\U0001F469"
#define ROCKET "\U0001F680"
#define FIRE "\U0001F525"
#define THUMB "\U0001F44D"
#define INDEX "\u261D"
#define HEART "\u2764"
#define TONE "\U0001F3FD"
#define RI_A "\U0001F1E6"
#define RI_D "\U0001F1E9"
#define RI_E "\U0001F1EA"
#define RI_Z "\U0001F1FF"
#define TAG_A "\U000E0061"

static const struct filter_case {
    const char *about;
    const char *input;
    size_t input_len;
    const char *want;
    unsigned long hidden, escaped;
} cases[] = {
    {"nothing", S(""), "", 0, 0},
    {"plain words", S("plain words ~!"), "plain words ~!", 0, 0},
    {"layout", S("a\tb\nc"), "a\tb\nc", 0, 0},

    {"CR LF is one newline", S("a\r\nb"), "a\nb", 0, 0},
    {"CR alone", S("a\rb"), "a\nb", 0, 0},
    {"CR CR LF", S("a\r\r\nb"), "a\n\nb", 0, 0},
    {"LF CR", S("a\n\rb"), "a\n\nb", 0, 0},
    {"CR, a letter, LF", S("\rx\n"), "\nx\n", 0, 0},
    {"CR, bad byte, LF", S("\r\xFF\n"), "\n\uFFFD\n", 0, 0},
    {"CR, something invisible, LF", S("\r\u00AD\n"), "\n\n", 1, 0},
    {"CR at the end", S("a\r"), "a\n", 0, 0},
    {"NEL, LS, PS", S("x\xC2\x85y\u2028z\u2029"), "x\ny\nz\n", 0, 0},

    {"NUL", S("a\0b"), "a\u2400b", 0, 1},
    {"escape sequence", S("\x1B[2J"), "\u241B[2J", 0, 1},
    {"window title", S("\x1B]0;x\x07"), "\u241B]0;x\u2407", 0, 2},
    {"VT, FF, BS", S("\v\f\b"), "\u240B\u240C\u2408", 0, 3},
    {"DEL", S("\x7F"), "\u2421", 0, 1},
    {"C1 CSI", S("\xC2\x9BJ"), "<U+009B>J", 0, 1},
    {"C1 CSI, not as UTF-8", S("\x9BJ"), "\uFFFDJ", 0, 0},
    {"C1 ends", S("\xC2\x80\xC2\x9F"), "<U+0080><U+009F>", 0, 2},
    {"bidi override", S("a\u202Eb"), "a<U+202E>b", 0, 1},
    {"bidi marks", S("\u061C\u200E\u200F"), "<U+061C><U+200E><U+200F>", 0, 3},
    {"bidi isolates", S("\u2066\u2069"), "<U+2066><U+2069>", 0, 2},

    {"soft hyphen", S("a\u00ADb"), "ab", 1, 0},
    {"zero width space", S("a\u200Bb"), "ab", 1, 0},
    {"byte order mark", S("\uFEFFa"), "a", 1, 0},
    {"word joiner", S("a\u2060b"), "ab", 1, 0},
    {"Hangul fillers", S("\u115F\u1160\u3164\uFFA0"), "", 4, 0},
    {"tags spell a message", S("a" TAG_A TAG_A TAG_A "b"), "ab", 3, 0},
    {"supplementary selectors", S("a\U000E0100"), "a", 1, 0},
    {"musical controls", S("\U0001D173"), "", 1, 0},
    {"a joiner on nothing is hidden", S(ZWJ "a"), "a", 1, 0},
    {"Persian non-joiner", S("\u0645\u06CC" ZWNJ "\u062E"), "\u0645\u06CC\u062E", 0, 0},
    {"a row of selectors is a message", S("a" VS15 VS16 VS15 VS16), "a", 2, 0},

    {"stray continuation", S("x\x80y"), "x\uFFFDy", 0, 0},
    {"overlong", S("\xC0\xAF"), "\uFFFD\uFFFD", 0, 0},
    {"surrogate", S("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD", 0, 0},
    {"above U+10FFFF", S("\xF4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD", 0, 0},
    {"cut in the middle of the text", S("\xE2\x82x"), "\uFFFDx", 0, 0},
    {"cut before another", S("\xF0\x9F\x91\xE2\x82\xAC"), "\uFFFD\u20AC", 0, 0},
    {"cut at the end", S("a\xF0\x9F\x91"), "a\uFFFD", 0, 0},
    {"noncharacters", S("\uFDD0\uFFFE\U0010FFFF"), "\uFFFD\uFFFD\uFFFD", 0, 0},
    {"unassigned", S("\u0378"), "\uFFFD", 0, 0},
    {"private use", S("\uE000"), "\uE000", 0, 0},

    {"accent", S("e" ACUTE), "e" ACUTE, 0, 0},
    {"accent first", S(ACUTE "e"), CIRCLE ACUTE "e", 0, 0},
    {"accent after newline", S("e\n" ACUTE), "e\n" CIRCLE ACUTE, 0, 0},
    {"accent after tab", S("e\t" ACUTE), "e\t" CIRCLE ACUTE, 0, 0},
    {"accent after a sign", S("\x1B" ACUTE), "\u241B" CIRCLE ACUTE, 0, 1},
    {"accent after a name", S("\u202E" ACUTE), "<U+202E>" CIRCLE ACUTE, 0, 1},
    {"accent after a joiner", S("e" ZWJ ACUTE), "e" ACUTE, 0, 0},
    {"four accents", S("e" ACUTE ACUTE ACUTE ACUTE), "e" ACUTE ACUTE ACUTE ACUTE, 0, 0},
    {"six accents", S("e" ACUTE ACUTE ACUTE ACUTE ACUTE ACUTE "f"), "e" ACUTE ACUTE ACUTE ACUTE "f",
     0, 0},
    {"five accents on nothing", S(ACUTE ACUTE ACUTE ACUTE ACUTE), CIRCLE ACUTE ACUTE ACUTE ACUTE, 0,
     0},
    {"wide characters", S("\u6F22\u5B57"), "\u6F22\u5B57", 0, 0},
    {"Devanagari", S("\u0915\u094D\u0937\u093F"), "\u0915\u094D\u0937\u093F", 0, 0},

    {"emoji selector", S(HEART VS16 "!"), HEART "!", 0, 0},
    {"keycap", S("1" VS16 "\u20E3"), "1\u20E3", 0, 0},
    {"astronaut", S(WOMAN ZWJ ROCKET), WOMAN ROCKET, 0, 0},
    {"heart on fire", S(HEART VS16 ZWJ FIRE), HEART FIRE, 0, 0},
    {"skin tone", S(THUMB TONE "!"), THUMB "!", 0, 0},
    {"skin tone on a narrow emoji", S(INDEX TONE), INDEX, 0, 0},
    {"two skin tones", S(THUMB TONE TONE), THUMB, 0, 0},
    {"skin tone after a joiner", S(THUMB ZWJ TONE), THUMB, 0, 0},
    {"skin tone after a mark", S(THUMB ACUTE TONE), THUMB ACUTE, 0, 0},
    {"skin tone by itself", S(TONE " " TONE), TONE " " TONE, 0, 0},
    {"skin tone after a newline", S(THUMB "\n" TONE), THUMB "\n" TONE, 0, 0},
    {"skin tone after a sign", S(THUMB "\x1B" TONE), THUMB "\u241B" TONE, 0, 1},

    {"flag", S(RI_D RI_E), RI_D RI_E, 0, 0},
    {"two flags", S(RI_D RI_E RI_A RI_Z), RI_D RI_E RI_A RI_Z, 0, 0},
    {"half a flag", S(RI_D), "D", 0, 0},
    {"first and last letter", S(RI_A " " RI_Z), "A Z", 0, 0},
    {"a flag and a half", S(RI_D RI_E RI_A "!"), RI_D RI_E "A!", 0, 0},
    {"half a flag before a newline", S(RI_D "\n" RI_E), "D\nE", 0, 0},
    {"half a flag before a bad byte", S(RI_D "\xFF"), "D\uFFFD", 0, 0},
    {"half a flag before a mark", S(RI_D ACUTE), "D" ACUTE, 0, 0},
    {"halves kept apart", S(RI_D "\u200B" RI_E), "DE", 1, 0},
    {"skin tone after a flag", S(RI_D RI_E TONE), RI_D RI_E, 0, 0},
    {"flag spelled with tags", S("\U0001F3F4" TAG_A TAG_A), "\U0001F3F4", 2, 0},
};

static const struct filter_case lines[] = {
    {"layout becomes signs", S("a\tb\nc"), "a\u2409b\u240Ac", 0, 2},
    {"CR LF is one sign", S("a\r\nb"), "a\u240Ab", 0, 1},
    {"separators", S("\r\xC2\x85\u2028"), "\u240A\u240A\u240A", 0, 3},
    {"accent after a newline's sign", S("\n" ACUTE), "\u240A" CIRCLE ACUTE, 0, 1},
    {"the rest as ever", S("\x1B" RI_D ZWJ "\0"), "\u241BD\u2400", 0, 2},
};

enum { CASES = sizeof(cases) / sizeof(cases[0]), LINES = sizeof(lines) / sizeof(lines[0]) };

static void check_output(const struct filter_case *c, const struct buf *out, bool one_line,
                         const char *how, size_t where)
{
    const char *fault = alphabet_fault(buf_str(out), out->len, one_line);
    if (out->len == strlen(c->want) && strcmp(buf_str(out), c->want) == 0 && !fault)
        return;
    fail_msg("%s, %s %zu: \"%s\", not \"%s\" (%s)", c->about, how, where, buf_str(out), c->want,
             fault ? fault : "differs");
}

static void check_counts(const struct filter_case *c, const struct filter *filter)
{
    if (filter->hidden != c->hidden || filter->escaped != c->escaped)
        fail_msg("%s: %lu hidden and %lu escaped, not %lu and %lu", c->about, filter->hidden,
                 filter->escaped, c->hidden, c->escaped);
}

static void check_cut(const struct filter_case *c, size_t cut, bool one_line)
{
    struct filter filter = {.one_line = one_line};
    struct buf out = BUF_INIT;
    filter_add(&filter, &out, c->input, cut);
    filter_add(&filter, &out, c->input + cut, c->input_len - cut);
    filter_end(&filter, &out);
    check_output(c, &out, one_line, "cut at", cut);
    check_counts(c, &filter);
    buf_clear(&out);
}

static void check_bytes(const struct filter_case *c, bool one_line)
{
    struct filter filter = {.one_line = one_line};
    struct buf out = BUF_INIT;
    for (size_t i = 0; i < c->input_len; i++)
        filter_add(&filter, &out, c->input + i, 1);
    filter_end(&filter, &out);
    check_output(c, &out, one_line, "in pieces of", 1);
    check_counts(c, &filter);
    buf_clear(&out);
}

static void test_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        struct buf out = BUF_INIT;
        filter_text(&out, cases[i].input, cases[i].input_len);
        check_output(&cases[i], &out, false, "whole", 0);
        buf_clear(&out);
    }
}

static void test_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < LINES; i++) {
        struct buf out = BUF_INIT;
        filter_line(&out, lines[i].input, lines[i].input_len);
        check_output(&lines[i], &out, true, "whole", 0);
        buf_clear(&out);
    }
}

static void test_every_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        check_bytes(&cases[i], false);
        for (size_t cut = 0; cut <= cases[i].input_len; cut++)
            check_cut(&cases[i], cut, false);
    }
    for (size_t i = 0; i < LINES; i++) {
        check_bytes(&lines[i], true);
        for (size_t cut = 0; cut <= lines[i].input_len; cut++)
            check_cut(&lines[i], cut, true);
    }
}

/* Each case before and after each other: nothing of what one leaves behind lets the other out. */
static void test_every_pair(void **state)
{
    (void)state;
    struct buf in = BUF_INIT, out = BUF_INIT, again = BUF_INIT;
    for (size_t i = 0; i < CASES * CASES; i++) {
        const struct filter_case *first = &cases[i / CASES], *second = &cases[i % CASES];
        buf_reset(&in);
        buf_reset(&out);
        buf_reset(&again);
        buf_add(&in, first->input, first->input_len);
        buf_add(&in, second->input, second->input_len);
        filter_text(&out, buf_str(&in), in.len);
        const char *fault = alphabet_fault(buf_str(&out), out.len, false);
        if (fault)
            fail_msg("%s, then %s: %s", first->about, second->about, fault);
        filter_text(&again, buf_str(&out), out.len);
        if (strcmp(buf_str(&again), buf_str(&out)) != 0)
            fail_msg("%s, then %s: changes when filtered again", first->about, second->about);
    }
    buf_clear(&in);
    buf_clear(&out);
    buf_clear(&again);
}

static void check_alone(uint32_t code, struct buf *in, struct buf *out, bool one_line)
{
    buf_reset(in);
    buf_reset(out);
    utf8_add(in, code);
    (one_line ? filter_line : filter_text)(out, buf_str(in), in->len);
    const char *fault = alphabet_fault(buf_str(out), out->len, one_line);
    if (fault)
        fail_msg("U+%04X: %s", (unsigned)code, fault);
}

static void test_every_code_point(void **state)
{
    (void)state;
    struct buf in = BUF_INIT, out = BUF_INIT;
    for (uint32_t code = 0; code <= 0x10FFFF; code++) {
        check_alone(code, &in, &out, false);
        check_alone(code, &in, &out, true);
    }
    buf_clear(&in);
    buf_clear(&out);
}

static void test_end_begins_afresh(void **state)
{
    (void)state;
    struct filter filter = {0};
    struct buf out = BUF_INIT;
    filter_add(&filter, &out, S("\x1B" RI_D));
    filter_end(&filter, &out);
    filter_add(&filter, &out, S(RI_E "\r"));
    filter_end(&filter, &out);
    filter_add(&filter, &out, S("\n" THUMB));
    filter_end(&filter, &out);
    filter_add(&filter, &out, S(TONE "\xE2\x82"));
    filter_end(&filter, &out);
    filter_add(&filter, &out, S("\xAC" ACUTE));
    filter_end(&filter, &out);
    assert_string_equal(buf_str(&out), "\u241BDE\n\n" THUMB TONE "\uFFFD\uFFFD" ACUTE);
    assert_int_equal(filter.escaped, 1);
    buf_clear(&out);
}

int main(void)
{
    if (!setlocale(LC_ALL, "C.UTF-8")) {
        fputs("no C.UTF-8 locale\n", stderr);
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_every_cut),
        cmocka_unit_test(test_every_pair),
        cmocka_unit_test(test_every_code_point),
        cmocka_unit_test(test_end_begins_afresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
