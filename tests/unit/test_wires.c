/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * stream and invoke are one on every wire: for answers made up at random and written in the provider's two
 * forms, and for the bodies of tests/wire, whichever way they were asked for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glob.h>

#include "made_answer.h"
#include "wire_form.h"
#include "wire_vector.h"

enum { ROUNDS = 60 };

/* ---- Answers made up ---- */

/* What a wire has no form for: refusals are text there, and arguments that are no object empty. */
static void adapt(struct answer *answer, const struct form *form)
{
    for (int i = 0; i < answer->count; i++) {
        struct piece *piece = &answer->pieces[i];
        if (form->args_are_text)
            continue;
        if (piece->kind == REFUSAL)
            piece->kind = TEXT;
        if (piece->kind == CALL && piece->text.data[piece->text.len - 1] != '}') {
            buf_reset(&piece->text);
            buf_adds(&piece->text, "{}");
        }
    }
}

/* An answer that says nothing and calls nothing is none to some. */
static bool is_empty(const struct answer *answer)
{
    return !has(answer, TEXT) && !has(answer, REFUSAL) && !has(answer, CALL);
}

static void check_made(rn_io *io, const struct form *form, uint64_t seed)
{
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    struct dice dice = {.state = seed * 2654435761u};
    struct answer answer;
    struct buf whole = BUF_INIT, stream = BUF_INIT, about = BUF_INIT;
    struct hand hand = {.out = &whole, .dice = &dice, .line_end = "\n"};
    make_answer(&answer, &dice);
    while (is_empty(&answer)) {
        clear_answer(&answer);
        make_answer(&answer, &dice);
    }
    adapt(&answer, form);
    form->whole(&hand, &answer);
    hand = (struct hand){.out = &stream,
                         .dice = &dice,
                         .line_end = ends[roll(&dice, 3)],
                         .escapes = chance(&dice, 2)};
    form->stream(&hand, &answer);
    buf_addf(&about, "%s, seed %llu:\n%s\n%s", form->wire, (unsigned long long)seed, whole.data,
             stream.data);
    check_both(io, form->wire,
               (struct server_step[]){SERVE_JSON(200, whole.data), {.kind = SERVER_END}},
               (struct server_step[]){SERVE_HEAD(200, form->stream_type),
                                      SERVE_PIECES(stream.data, 1 + roll(&dice, 300)),
                                      {.kind = SERVER_END}},
               &answer, about.data);
    clear_answer(&answer);
    buf_clear(&whole);
    buf_clear(&stream);
    buf_clear(&about);
}

static void test_made_answers(void **state)
{
    rn_io *io = rn_io_new();
    for (uint64_t seed = 1; seed <= ROUNDS; seed++)
        check_made(io, *state, seed);
    rn_io_free(io);
}

/* ---- The bodies of tests/wire ---- */

/* Whichever way it was asked for, a body means what it means. */
static void test_bodies(void **state)
{
    static const struct {
        const char *wire, *pattern;
    } sets[] = {
        {"openai", "tests/wire/openai-chat-*.expect.json"},
        {"responses", "tests/wire/openai-responses-*.expect.json"},
        {"anthropic", "tests/wire/anthropic-*.expect.json"},
        {"ollama", "tests/wire/ollama-*.expect.json"},
        {"gemini", "tests/wire/gemini-*.expect.json"},
    };
    rn_io *io = rn_io_new();
    (void)state;
    for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
        glob_t files;
        assert_int_equal(glob(sets[i].pattern, 0, NULL, &files), 0);
        for (size_t k = 0; k < files.gl_pathc; k++) {
            struct vector vector;
            assert_true(vector_load(&vector, files.gl_pathv[k]));
            const struct server_step steps[] = {
                SERVE_HEAD(vector_status(&vector), vector_type(&vector)),
                SERVE_BYTES(vector.body.data, vector.body.len),
                {.kind = SERVER_END}};
            check_both(io, sets[i].wire, steps, steps, NULL, vector.name);
            vector_clear(&vector);
        }
        globfree(&files);
    }
    rn_io_free(io);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {"responses", test_made_answers, NULL, NULL, (void *)&form_responses},
        {"anthropic", test_made_answers, NULL, NULL, (void *)&form_anthropic},
        {"ollama", test_made_answers, NULL, NULL, (void *)&form_ollama},
        {"gemini", test_made_answers, NULL, NULL, (void *)&form_gemini},
        cmocka_unit_test(test_bodies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
