/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/expression.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"

static const struct {
    const char *text, *want; /* "!..." is an error */
} cases[] = {
    {"1", "1"},
    {" 1 + 2 ", "3"},
    {"2 + 3 * 4", "14"},
    {"(2 + 3) * 4", "20"},
    {"10 - 4 - 3", "3"},
    {"7 / 2", "3.5"},
    {"6 / 2", "3"},
    {"1 / 3", "0.333333333333333"},
    {"0.1 + 0.2", "0.3"},
    {"7 % 3", "1"},
    {"-7 % 3", "-1"},
    {"7.5 % 2", "1.5"},
    {"2^10", "1024"},
    {"2**10", "1024"},
    {"2^3^2", "512"},
    {"-2^2", "-4"},
    {"(-2)^2", "4"},
    {"2^-1", "0.5"},
    {"2 * -3", "-6"},
    {"--3", "3"},
    {"- + - 3", "3"},
    {"1e3", "1000"},
    {"1.5e3", "1500"},
    {".5", "0.5"},
    {"5.", "5"},
    {"0x1F", "31"},
    {"4 * pi", "12.5663706143592"},
    {"e", "2.71828182845905"},
    {"sqrt(16)", "4"},
    {"sqrt(2)^2", "2"},
    {"cbrt(27)", "3"},
    {"abs(-5)", "5"},
    {"min(3, 1, 2)", "1"},
    {"max(3, 1, 2.5)", "3"},
    {"floor(-1.5)", "-2"},
    {"ceil(1.2)", "2"},
    {"round(2.5)", "3"},
    {"trunc(-2.5)", "-2"},
    {"ln(e)", "1"},
    {"log10(1000)", "3"},
    {"log2(8)", "3"},
    {"sin(0) + cos(0)", "1"},
    {"sin (pi / 2)", "1"},
    {"(17 + 4) * 2^10 / sqrt(2)", "15205.6242226355"},
    {"1 - 1.0", "0"},
    {"-0.0", "0"},

    /* exact as long as it fits */
    {"9223372036854775807", "9223372036854775807"},
    {"9223372036854775806 + 1", "9223372036854775807"},
    {"9223372036854775807 + 1", "9.22337203685478e+18"},
    {"-9223372036854775807 - 1", "-9223372036854775808"},
    {"(-9223372036854775807 - 1) / -1", "9.22337203685478e+18"},
    {"(-9223372036854775807 - 1) % -1", "0"},
    {"abs(-9223372036854775807 - 1)", "9.22337203685478e+18"},
    {"-(-9223372036854775807 - 1)", "9.22337203685478e+18"},
    {"3037000500 * 3037000500", "9.22337203700025e+18"},
    {"9007199254740993 * 3", "27021597764222979"},
    {"9223372036854775806 / 2", "4611686018427387903"},
    {"9223372036854775807 % 10", "7"},
    {"2^62", "4611686018427387904"},
    {"2^63", "9.22337203685478e+18"},
    {"(-2)^63", "-9223372036854775808"},
    {"3^39", "4052555153018976267"},
    {"1^9223372036854775807", "1"},
    {"(-1)^9223372036854775807", "-1"},
    {"0^0", "1"},
    {"floor(1e15 + 0.5)", "1000000000000000"},
    {"floor(1e300)", "1e+300"},
    {"max(9223372036854775806, 9223372036854775807)", "9223372036854775807"},

    /* no value */
    {"1 / 0", "!at character 3: this divides by zero"},
    {"1 % 0", "!at character 3: this divides by zero"},
    {"1 / (2 - 2.0)", "!at character 3: this divides by zero"},
    {"0^-1", "!at character 1: this divides by zero"},
    {"sqrt(-1)", "!at character 1: this has no real value"},
    {"(-8)^(1/3)", "!at character 1: this has no real value"},
    {"ln(-1)", "!at character 1: this has no real value"},
    {"ln(0)", "!at character 1: this is too large"},
    {"10^400", "!at character 1: this is too large"},
    {"1e400", "!at character 1: this is too large"},
    {"1e308 * 10", "!at character 7: this is too large"},

    /* no expression */
    {"", "!at character 1: it ends where a number is wanted"},
    {"2 +", "!at character 4: it ends where a number is wanted"},
    {"2 3", "!at character 3: this is not understood; + - * / % ^ or the end is wanted"},
    {"(2", "!at character 3: a ) is missing"},
    {"2)", "!at character 2: this is not understood; + - * / % ^ or the end is wanted"},
    {"()", "!at character 2: a number is wanted here"},
    {"*2", "!at character 1: a number is wanted here"},
    {"1,000", "!at character 2: this is not understood; + - * / % ^ or the end is wanted"},
    {"5!", "!at character 2: this is not understood; + - * / % ^ or the end is wanted"},
    {"2 \xc3\x97 3", "!at character 3: this is not understood; + - * / % ^ or the end is wanted"},
    {"\xe2\x88\x92"
     "2",
     "!at character 1: a number is wanted here"},
    {".", "!at character 1: this is no number"},
    {"min()", "!at character 5: a number is wanted here"},
    {"min(1", "!at character 6: a ) is missing"},
    {"sqrt(1, 2)", "!at character 1: this function takes one parameter"},
    {"min(1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1)", "!at character 37: there are too many parameters"},
    {"system(1)", "!at character 1: this function is not known; there are "},
    {"nan", "!at character 1: this name is not known; there are pi, e, "},
    {"inf", "!at character 1: this name is not known; there are pi, e, "},
    {"averyverylongnamethatisnone(1)", "!at character 1: this function is not known; there are "},
};

static void check(const char *text, const char *want)
{
    struct buf out = BUF_INIT;
    struct error error = ERROR_INIT;
    int result = expression_value(text, &out, &error);
    if (*want == '!' ? result == 0 || strncmp(error.text, want + 1, strlen(want + 1)) != 0
                     : result < 0 || strcmp(buf_str(&out), want) != 0)
        fail_msg("%s: got %s, want %s", text, result < 0 ? error.text : buf_str(&out), want);
    buf_clear(&out);
}

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        check(cases[i].text, cases[i].want);
}

/* So many of one, a 1, so many of the other. */
static char *nest(const char *open, const char *close, int depth)
{
    struct buf text = BUF_INIT;
    for (int i = 0; i < depth; i++)
        buf_adds(&text, open);
    buf_addc(&text, '1');
    for (int i = 0; i < depth; i++)
        buf_adds(&text, close);
    return buf_take(&text);
}

static void test_depth(void **state)
{
    (void)state;
    static const struct {
        const char *open, *close;
        int depth;
        const char *want;
    } deep[] = {
        {"(", ")", EXPRESSION_DEPTH_MAX - 1, "1"},
        {"(", ")", EXPRESSION_DEPTH_MAX, "!at character 201: this is nested too deep"},
        {"(", "", 9000, "!at character 201: this is nested too deep"},
        {"1^", "", 9000 / 2, "!at character 401: this is nested too deep"},
        {"abs(", ")", 1500, "!at character 801: this is nested too deep"},
        {"-", "", 9000, "1"}, /* signs do not nest */
        {"1+", "", 4500, "4501"},
        {"(", ")", 9000, "!it is longer than 10000 characters"},
    };
    for (size_t i = 0; i < sizeof(deep) / sizeof(deep[0]); i++) {
        char *text = nest(deep[i].open, deep[i].close, deep[i].depth);
        check(text, deep[i].want);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
