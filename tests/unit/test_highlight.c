/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Code line by line, and under each byte the first letter of its style: keyword, type, string, number,
 * comment, attribute; a blank where it is plain.
 */
#include "text/highlight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "text/language.h"

static const struct {
    const char *language, *code, *want;
} cases[] = {
    {"c", "static int x = 0x1F; // y", "kkkkkk ttt     nnnn  cccc"},
    {"C", "#include <a.h>", "aaaaaaaa      "},
    {"c", "a /* b\nint */ int", "  cccc\ncccccc ttt"},
    {"c", "\"a\\\"b\" 'c' NULL", "ssssss sss nnnn"},
    {"c", "\"open\nint", "sssss\nttt"},
    {"c", "interior int8_t 1e-5f 1.5", "         tttttt nnnnn nnn"},
    {"c++", "R\"(a\n\" int)\" int", "ssss\nsssssss ttt"},
    {"rust", "/* a /* b */ c */ fn f<'a>(x: &'a str) -> '\\n'",
     "ccccccccccccccccc kk              ttt     ssss"},
    {"rs", "#[derive(Debug)]", "aaaaaaaaaaaaaaaa"},
    {"go", "x := `a\nfunc` + nil", "     ss\nsssss   nnn"},
    {"python", "@wraps\ndef f(): \"\"\"doc\nif\"\"\" # c\nreturn None",
     "aaaaaa\nkkk      ssssss\nsssss ccc\nkkkkkk nnnn"},
    {"js", "const s = `a ${b}\nc`; /* x */ null", "kkkkk     sssssss\nss  ccccccc nnnn"},
    {"typescript", "let a: string = 'b'", "kkk    tttttt   sss"},
    {"java", "@Override public int f() { return 1; }", "aaaaaaaaa kkkkkk ttt       kkkkkk n   "},
    {"c#", "var s = @\"a\\\" + x;", "kkk     sssss     "},
    {"kotlin", "fun f(): Int = 1", "kkk      ttt   n"},
    {"swift", "let s = \"\"\"\na\n\"\"\"", "kkk     sss\ns\nsss"},
    {"bash", "if [ $x ]; then echo ${HOME} 'a b' # c", "kk   aa    kkkk tttt aaaaaaa sssss ccc"},
    {"sh", "a#b c\\#d", "        "},
    {"json", "{\"a\": \"b\", \"c\": [1, true]}", " aaa  sss  aaa   n  nnnn  "},
    {"yaml", "a-key: \"v\" # c\n- b: true", "aaaaa  sss ccc\n  a  nnnn"},
    {"toml", "[section]\nname = 'x'", "aaaaaaaaa\naaaa   sss"},
    {"ini", "[s]\nk = 1 ; c", "aaa\na   n ccc"},
    {"html", "<a href=\"x\">if 1</a><!-- b\nc -->", "kk aaaa sssk    kkkkcccccc\nccccc"},
    {"xml", "don't <br/> \"q\"", "      kkk k    "},
    {"css", "a { color: red; } /* x */", "    aaaaa         ccccccc"},
    {"sql", "SELECT a FROM t -- x\nWHERE b = 'it''s' AND c IS NULL",
     "kkkkkk   kkkk   cccc\nkkkkk     sssssss kkk   kk nnnn"},
    {"lua", "local s = [[a\nb]] --[[ c\nd]] nil", "kkkkk     sss\nsss cccccc\nccc nnn"},
    {"ruby", "def f; @x = \"a\" # c", "kkk    aa   sss ccc"},
    {"php", "echo $x . 'a';", "kkkk aa   sss "},
    {"make", "all: $(OBJ)\n\techo", "aaa  aaaaaa\n     "},
    {"dockerfile", "FROM alpine # no", "kkkk        cccc"},
    {"haskell", "x' = f 'c' {- a {- b -} -} where", "       sss ccccccccccccccc kkkkk"},
    {"zig", "const a = @import(\"std\");", "kkkkk     aaaaaaa sssss  "},
    {"nothing", "int \"x\" // y", "            "},
};

static void add_style(struct buf *out, enum style style, size_t len)
{
    static const char letters[STYLE_COUNT] = {
        [STYLE_TEXT] = ' ',   [STYLE_KEYWORD] = 'k', [STYLE_TYPE] = 't',     [STYLE_STRING] = 's',
        [STYLE_NUMBER] = 'n', [STYLE_COMMENT] = 'c', [STYLE_ATTRIBUTE] = 'a'};
    assert_int_not_equal(letters[style], 0);
    while (len-- > 0)
        buf_addc(out, letters[style]);
}

static void add_line(struct buf *out, struct highlight *highlight, const char *line, size_t len)
{
    struct highlight skipped = *highlight;
    highlight_skip(&skipped, line, len);
    for (size_t at = 0; at < len;) {
        enum style style;
        size_t n = highlight_next(highlight, line, len, at, &style);
        assert_in_range(n, 1, len - at);
        add_style(out, style, n);
        at += n;
    }
    assert_memory_equal(&skipped, highlight, sizeof(skipped));
}

static void test_each_byte_has_its_style(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct highlight highlight = highlight_begin(cases[i].language, strlen(cases[i].language));
        struct buf out = BUF_INIT;
        for (const char *line = cases[i].code;;) {
            size_t len = strcspn(line, "\n");
            add_line(&out, &highlight, line, len);
            if (!line[len])
                break;
            buf_addc(&out, '\n');
            line += len + 1;
        }
        if (strcmp(buf_str(&out), cases[i].want) != 0)
            fail_msg("%s:\n%s\n%s\nwanted:\n%s", cases[i].language, cases[i].code, buf_str(&out),
                     cases[i].want);
        buf_clear(&out);
    }
}

/* A difference is told by the beginnings of its lines. */
static void test_patches(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum style want;
    } lines[] = {
        {"@@ -1 +1 @@", STYLE_ACCENT}, {"+a", STYLE_GOOD}, {"-a", STYLE_BAD}, {" a", STYLE_TEXT}};
    struct highlight highlight = highlight_begin("diff", 4);
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        enum style style;
        size_t len = strlen(lines[i].line);
        assert_int_equal(highlight_next(&highlight, lines[i].line, len, 0, &style), len);
        assert_int_equal(style, lines[i].want);
    }
}

static void check_order(const struct words *words)
{
    for (size_t i = 0; i < words->count; i++) {
        if (i > 0 && strcmp(words->list[i - 1], words->list[i]) >= 0)
            fail_msg("%s is out of order", words->list[i]);
        assert_true(words_have(words, words->list[i], strlen(words->list[i])));
    }
}

static void test_words_are_in_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct language *language =
            language_find(cases[i].language, strlen(cases[i].language));
        if (!language)
            continue;
        check_order(&language->keywords);
        check_order(&language->types);
        check_order(&language->constants);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_byte_has_its_style),
        cmocka_unit_test(test_patches),
        cmocka_unit_test(test_words_are_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
