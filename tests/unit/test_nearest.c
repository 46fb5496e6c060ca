/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "config/settings.h"

static const char *const words[] = {"model",
                                    "mode",
                                    "system",
                                    "save",
                                    "url",
                                    "key_env",
                                    "key_file",
                                    "max_tokens",
                                    "max_completion_tokens",
                                    "temperature",
                                    "connect_timeout",
                                    NULL};

static const struct {
    const char *about, *word, *want;
} cases[] = {
    {"the word itself", "model", "model"},
    {"the shorter of two", "mode", "mode"},
    {"a letter swapped with its neighbour", "modle", "model"},
    {"a letter missing", "sytem", "system"},
    {"a letter too many", "temmperature", "temperature"},
    {"another letter", "temperatura", "temperature"},
    {"two mistakes in a long word", "temprature_", "temperature"},
    {"the case does not count", "MODEL", "model"},
    {"nor the sign that joins words", "max-tokens", "max_tokens"},
    {"one mistake in a short word", "ur", "url"},
    {"two mistakes in a short word", "sa", NULL},
    {"a plural", "urls", "url"},
    {"a word broken off", "temp", "temperature"},
    {"a long word broken off", "max_comp", "max_completion_tokens"},
    {"a word broken off where two go on", "key_", NULL},
    {"two letters are no beginning", "te", NULL},
    {"the first of two that are as near", "key_e", "key_env"},
    {"another word", "colour", NULL},
    {"one letter", "x", NULL},
    {"nothing", "", NULL},
    {"a word that no one types",
     "modelmodelmodelmodelmodelmodelmodelmodelmodelmodelmodelmodelmodelmodelmodel", NULL},
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *got = nearest_word(cases[i].word, words);
        if (got != cases[i].want && (!got || !cases[i].want || strcmp(got, cases[i].want) != 0))
            fail_msg("%s: got %s, want %s", cases[i].about, got ? got : "none",
                     cases[i].want ? cases[i].want : "none");
    }
}

static void test_no_candidates(void **state)
{
    (void)state;
    static const char *const none[] = {NULL};
    assert_null(nearest_word("model", none));
}

static void test_long_candidates_are_left_out(void **state)
{
    (void)state;
    static const char *const some[] = {
        "modelmodelmodelmodelmodelmodelmodelmodelmodelmodelmodelmodelmodelmodelmodel", "model",
        NULL};
    assert_string_equal(nearest_word("modle", some), "model");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_no_candidates),
        cmocka_unit_test(test_long_candidates_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
