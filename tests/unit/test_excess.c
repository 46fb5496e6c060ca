/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chat/excess.h"

static const struct {
    const char *code, *message;
    bool is_excess;
    int64_t sent, most;
} cases[] = {
    {"context_length_exceeded",
     "This model's maximum context length is 8192 tokens. However, you requested 9426 tokens (9000 "
     "in the messages, 426 in the completion). Please reduce the length of the messages.",
     true, 9426, 8192},
    {"context_length_exceeded",
     "This model's maximum context length is 128000 tokens. However, your messages resulted in "
     "130005 tokens. Please reduce the length of the messages.",
     true, 130005, 128000},
    {"context_length_exceeded",
     "Your input exceeds the context window of this model. Please adjust your input and try again.",
     true, -1, -1},
    {"400",
     "This endpoint's maximum context length is 65536 tokens. However, you requested about 70000 "
     "tokens (69000 of text input, 1000 in the output).",
     true, 70000, 65536},
    {"invalid_request_error", "prompt is too long: 213 tokens > 200 maximum", true, 213, 200},
    {"invalid_request_error",
     "input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000, decrease input "
     "length or `max_tokens` and try again",
     true, 209573, 200000},
    {"INVALID_ARGUMENT",
     "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
     true, 1200000, 1048576},
    {"INVALID_ARGUMENT",
     "The input token count exceeds the maximum number of tokens allowed 1048576.", true, -1,
     1048576},
    {"exceed_context_size_error",
     "request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it",
     true, 5000, 4096},
    {"400", "the request exceeds the available context size. try increasing the context size", true,
     -1, -1},
    {"BadRequestError",
     "This model's maximum context length is 2048 tokens. However, your request has 3000 input "
     "tokens. Please reduce the length of the input messages.",
     true, 3000, 2048},
    {"BadRequestError",
     "The decoder prompt (length 9000) is longer than the maximum model length of 8192. Make sure",
     true, 9000, 8192},
    {"3051",
     "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32,768 maximum "
     "context length",
     true, 40000, 32768},
    {"Client specified an invalid argument",
     "This model's maximum prompt length is 131072 but the request contains 140000 tokens.", true,
     140000, 131072},
    {"context_length_exceeded", "Please reduce the length of the messages or completion.", true, -1,
     -1},
    {"", "the input length exceeds the context length", true, -1, -1},
    {"rate_limit_exceeded",
     "Request too large for gpt-x on tokens per min (TPM): Limit 30000, Requested 45000.", false,
     -1, -1},
    {"invalid_api_key", "Incorrect API key provided", false, -1, -1},
    {"", "", false, -1, -1},
};

static void test_find(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct excess excess;
        bool is_excess = excess_find(&excess, cases[i].code, cases[i].message);
        if (is_excess != cases[i].is_excess || excess.sent != cases[i].sent ||
            excess.most != cases[i].most)
            fail_msg("%s: %d %lld > %lld", cases[i].message, is_excess, (long long)excess.sent,
                     (long long)excess.most);
    }
}

/* A message is a stranger's: numbers beyond all measure, and phrases cut off anywhere. */
static void test_strange(void **state)
{
    (void)state;
    struct excess excess;
    char text[256];
    assert_true(excess_find(&excess, "",
                            "prompt is too long: 99999999999999999999999999 tokens > 200 maximum"));
    assert_true(excess.sent > 200 && excess.most == 200);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        for (size_t len = 0; len < strlen(cases[i].message) && len < sizeof(text); len++) {
            memcpy(text, cases[i].message, len);
            text[len] = '\0';
            excess_find(&excess, "", text);
            assert_true(excess.sent == -1 || excess.sent > excess.most);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_strange),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
