/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

#define S(s) s, sizeof(s) - 1

/* What the keys are called below: c'x' a character, e the Esc key, s'..' a sequence without its Esc,
 * p'..' a paste, w-3 the wheel. */
static const struct {
    const char *about;
    const char *input;
    size_t len;
    const char *want;
} cases[] = {
    {"nothing", S(""), ""},
    {"letters", S("ab"), "c'a' c'b'"},
    {"a control byte", S("\x03\r\n\x7f"), "c'\x03' c'\r' c'\n' c'\x7f'"},
    {"NUL, which is Ctrl-Space", S("\0"), "c''"},
    {"characters of two, three, four bytes", S("ü漢😀"), "c'ü' c'漢' c'😀'"},
    {"bytes that are no character", S("a\x80\xFF\xC3(b"), "c'a' c'(' c'b'"},
    {"a character cut off", S("a\xE6\xBC"), "c'a'"},
    {"an overlong form", S("\xC0\x80z"), "c'z'"},

    {"Esc alone", S("\033"), "e"},
    {"Esc Esc", S("\033\033"), "e e"},
    {"Esc and a wide letter", S("\033ü"), "e c'ü'"},
    {"Alt and a letter", S("\033t\033\r"), "s't' s'\r'"},
    {"Alt and the beginnings of sequences", S("\033["), "s'['"},
    {"Alt-O", S("\033O"), "s'O'"},
    {"Alt-]", S("\033]"), "s']'"},

    {"arrows", S("\033[A\033[B\033OC"), "s'[A' s'[B' s'OC'"},
    {"keys with numbers", S("\033[3~\033[1;5H\033[13;2u"), "s'[3~' s'[1;5H' s'[13;2u'"},
    {"Shift-Tab", S("\033[Z"), "s'[Z'"},
    {"function keys", S("\033OP\033O5P\033[[A"), "s'OP' s'O5P' s'[[A'"},
    {"an unfinished sequence", S("\033[1;"), ""},
    {"one that another breaks off", S("\033[1;\033[A"), "s'[A'"},
    {"one that a control byte breaks off", S("\033[1;\rb"), "c'\r' c'b'"},
    {"one that is too long",
     S("\033[1111111111111111111111111111111111111111111111111111111111111111111111Ax"), "c'x'"},

    {"two arrows are keys", S("\033[A\033[A"), "s'[A' s'[A'"},
    {"three are the wheel", S("\033[A\033[A\033[A"), "w-3"},
    {"five down, then a letter", S("\033OB\033OB\033OB\033OB\033OBx"), "w5 c'x'"},
    {"up and down in turn", S("\033[A\033[B\033[A\033[B"), "s'[A' s'[B' s'[A' s'[B'"},

    {"answers: device, cursor, mode, status", S("\033[?62;4c\033[12;40R\033[?2026;2$y\033[0nx"),
     "c'x'"},
    {"a control character in UTF-8", S("a\xC2\x9B\xC2\x80z\xC2\xA0"), "c'a' c'z' c'\xC2\xA0'"},
    {"focus", S("\033[I\033[Ox"), "f1 f0 c'x'"},
    {"mouse", S("\033[<0;10;10M\033[<0;10;10m\033[M !!x"), "c'x'"},
    {"an answer in a string", S("\033]11;rgb:0000/0000/0000\033\\x"), "c'x'"},
    {"the same, ended by BEL", S("\033]11;rgb:0000/0000/0000\ax"), "c'x'"},
    {"a DCS answer", S("\033P>|XTerm(379)\033\\x"), "c'x'"},
    {"a string that a key breaks off", S("\033]11;rgb\033[Ax"), "s'[A' c'x'"},
    {"a string that Enter breaks off", S("\033_abc\rx"), "c'\r' c'x'"},
    {"a string without an end", S("\033]11;rgb"), ""},

    {"a paste", S("\033[200~two\nlines\033[201~x"), "p'two\nlines' c'x'"},
    {"its line ends", S("\033[200~a\r\nb\rc\n\033[201~"), "p'a\nb\nc\n'"},
    {"its control characters", S("\033[200~a\x01\x1B[2Jb\tc\x7f\xC2\x9B\033[201~"), "p'a[2Jb\tc'"},
    {"its invisible letters", S("\033[200~a\xF3\xA0\x81\x81z\033[201~"), "p'az'"},
    {"its malformed bytes", S("\033[200~a\xFFz\033[201~"), "p'a\uFFFDz'"},
    {"something like its end", S("\033[200~a\033[201\033[20\033[201~"), "p'a[201[20'"},
    {"nothing pasted", S("\033[200~\033[201~x"), "p'' c'x'"},
    {"a paste without an end", S("\033[200~abc"), "p'abc'"},
    {"an end without a paste", S("\033[201~x"), "s'[201~' c'x'"},
};

static void describe(const struct key *key, struct buf *out)
{
    buf_adds(out, out->len ? " " : "");
    switch (key->kind) {
    case KEY_CHAR:
        buf_addf(out, "c'%s'", key->bytes);
        break;
    case KEY_ESCAPE:
        buf_adds(out, "e");
        break;
    case KEY_SEQUENCE:
        buf_addf(out, "s'%s'", key->bytes + 1);
        break;
    case KEY_PASTE:
        buf_addf(out, "p'%s'", key->bytes);
        break;
    case KEY_WHEEL:
        buf_addf(out, "w%d", key->rows);
        break;
    case KEY_FOCUS:
        buf_addf(out, "f%d", key->rows);
        break;
    }
}

static void take(struct keys *keys, struct buf *out)
{
    struct key key;
    while (keys_next(keys, &key))
        describe(&key, out);
}

/* Feeds in two parts, of which the second goes byte by byte if `small`; then nothing more comes. */
static void check(const char *input, size_t len, size_t cut, bool small, const char *want)
{
    struct keys *keys = keys_new(50);
    struct buf out = BUF_INIT;
    keys_feed(keys, input, cut);
    take(keys, &out);
    for (size_t at = cut; at < len; at += small ? 1 : len - cut) {
        keys_feed(keys, input + at, small ? 1 : len - cut);
        take(keys, &out);
    }
    for (int turns = 0; keys_wait(keys) >= 0; turns++) {
        assert_true(turns < 10);
        keys_timeout(keys);
        take(keys, &out);
    }
    assert_string_equal(buf_str(&out), want);
    buf_clear(&out);
    keys_free(keys);
}

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        print_message("%s\n", cases[i].about);
        check(cases[i].input, cases[i].len, 0, true, cases[i].want);
        for (size_t cut = 0; cut <= cases[i].len; cut++)
            check(cases[i].input, cases[i].len, cut, false, cases[i].want);
    }
}

static int wait_after(const char *input)
{
    struct keys *keys = keys_new(50);
    struct key key;
    keys_feed(keys, input, strlen(input));
    while (keys_next(keys, &key))
        ;
    int wait = keys_wait(keys);
    keys_free(keys);
    return wait;
}

/* How long a beginning is waited for: not at all, as long as for Esc, or longer for what a terminal
 * sends in pieces. */
static void test_wait(void **state)
{
    (void)state;
    assert_int_equal(wait_after(""), -1);
    assert_int_equal(wait_after("abc\033[3~"), -1);
    assert_int_equal(wait_after("\033"), 50);
    assert_int_equal(wait_after("\033["), 50);
    assert_int_equal(wait_after("\033]"), 50);
    assert_int_equal(wait_after("\033]1"), 1000);
    assert_int_equal(wait_after("\033[1"), 1000);
    assert_int_equal(wait_after("\xE6\xBC"), 1000);
    assert_int_equal(wait_after("\033[200~"), 1000);
    assert_int_equal(wait_after("\033[A"), 4);
}

/* A key after a time-out is a key of its own, whatever came before it. */
static void test_after_timeout(void **state)
{
    static const char *const beginnings[] = {"\033",    "\033[", "\033[1;",
                                             "\033]0;", "\xE6",  "\033[M!"};
    (void)state;
    for (size_t i = 0; i < sizeof(beginnings) / sizeof(*beginnings); i++) {
        struct keys *keys = keys_new(50);
        struct buf before = BUF_INIT, after = BUF_INIT;
        keys_feed(keys, beginnings[i], strlen(beginnings[i]));
        keys_timeout(keys);
        take(keys, &before);
        assert_int_equal(keys_wait(keys), -1);
        keys_feed(keys, "q", 1);
        take(keys, &after);
        assert_string_equal(buf_str(&after), "c'q'");
        buf_clear(&before);
        buf_clear(&after);
        keys_free(keys);
    }
}

static void test_large_paste(void **state)
{
    (void)state;
    enum { SIZE = 3 << 20 };
    struct keys *keys = keys_new(50);
    struct buf text = BUF_INIT;
    buf_adds(&text, "\033[200~");
    for (int i = 0; i < SIZE; i++)
        buf_addc(&text, i % 60 ? 'x' : '\n');
    buf_adds(&text, "\033[201~");
    struct key key;
    for (size_t at = 0; at < text.len; at += 4096)
        keys_feed(keys, text.data + at, text.len - at < 4096 ? text.len - at : 4096);
    assert_true(keys_next(keys, &key));
    assert_int_equal(key.kind, KEY_PASTE);
    assert_int_equal(key.len, SIZE);
    assert_false(keys_next(keys, &key));
    buf_clear(&text);
    keys_free(keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_wait),
        cmocka_unit_test(test_after_timeout),
        cmocka_unit_test(test_large_paste),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
