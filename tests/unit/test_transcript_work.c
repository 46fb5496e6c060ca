/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a piece, a page, a resize and a search cost, however long the transcript is: counted, and not timed.  What is
 * counted is the Markdown that is read, for which this program stands between the parser and who calls it.
 */
#include "tui/transcript.h"

#include <dlfcn.h>
#include <locale.h>
#include <malloc.h>
#include <md4c.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "tui/find.h"
#include "tui/keys.h"

enum { HEIGHT = 40, WIDTH = 80, LINES = 100 };

static size_t parsed; /* bytes */

static void *library;

static int open_library(void **state)
{
    (void)state;
    library = dlopen("libmd4c.so.0", RTLD_NOW);
    return library ? 0 : -1;
}

static int close_library(void **state)
{
    (void)state;
    return dlclose(library);
}

int md_parse(const MD_CHAR *text, MD_SIZE size, const MD_PARSER *parser, void *user)
{
    int (*parse)(const MD_CHAR *, MD_SIZE, const MD_PARSER *, void *);
    *(void **)&parse = dlsym(library, "md_parse");
    parsed += size;
    return parse(text, size, parser, user);
}

static void look(struct transcript *transcript)
{
    struct row rows[HEIGHT];
    transcript_rows(transcript, rows);
    transcript_unread(transcript);
}

static size_t work_of_pieces(struct transcript *transcript, int count)
{
    static const char piece[] = "Some **words** of a\nparagraph.\n\n";
    size_t before = parsed;
    for (int i = 0; i < count; i++) {
        for (size_t at = 0; at < strlen(piece); at += 4) {
            size_t left = strlen(piece) - at;
            transcript_append(transcript, ENTRY_ANSWER, piece + at, left < 4 ? left : 4);
            look(transcript);
        }
    }
    return parsed - before;
}

static void test_a_piece_costs_the_same_in_a_long_answer(void **state)
{
    (void)state;
    struct transcript *transcript = transcript_new();
    transcript_resize(transcript, WIDTH, HEIGHT);
    size_t first = work_of_pieces(transcript, 100);
    work_of_pieces(transcript, 3000);
    size_t last = work_of_pieces(transcript, 100);
    assert_true(first > 0);
    assert_true(last <= first + first / 10);
    transcript_free(transcript);
}

static void add_answer(struct transcript *transcript, int number, struct buf *text)
{
    buf_reset(text);
    for (int i = 0; i < LINES; i++)
        buf_addf(text, "- answer %d, **line** %d of it\n", number, i);
    transcript_add(transcript, ENTRY_ANSWER, text->data, text->len);
    transcript_close(transcript);
}

static struct transcript *with_answers(int count, size_t *bytes)
{
    struct buf text = BUF_INIT;
    struct transcript *transcript = transcript_new();
    transcript_resize(transcript, WIDTH, HEIGHT);
    *bytes = 0;
    for (int i = 0; i < count; i++) {
        add_answer(transcript, i, &text);
        *bytes += text.len;
    }
    buf_clear(&text);
    return transcript;
}

/* To see the end, to go back a page, to go home, and all that at another width. */
static size_t work_of_looking(struct transcript *transcript, int width)
{
    size_t before = parsed;
    transcript_resize(transcript, width, HEIGHT);
    transcript_end(transcript);
    look(transcript);
    for (int i = 0; i < 10; i++) {
        transcript_scroll(transcript, -HEIGHT);
        look(transcript);
    }
    transcript_home(transcript);
    look(transcript);
    return parsed - before;
}

static void test_looking_costs_the_same_in_a_long_transcript(void **state)
{
    (void)state;
    size_t bytes;
    struct transcript *few = with_answers(10, &bytes), *many = with_answers(10000, &bytes);
    size_t work = work_of_looking(few, WIDTH), more = work_of_looking(many, WIDTH);
    assert_true(work > 0);
    assert_true(more <= work + work / 10);
    work = work_of_looking(few, 2 * WIDTH);
    more = work_of_looking(many, 2 * WIDTH);
    assert_true(more <= work + work / 10);
    transcript_free(few);
    transcript_free(many);
}

/* A million lines, all of which have been looked at. */
static void test_far_entries_keep_their_text_alone(void **state)
{
    (void)state;
    size_t bytes, before = mallinfo2().uordblks;
    struct transcript *transcript = with_answers(10000, &bytes);
    for (transcript_home(transcript); !transcript_follows(transcript);) {
        look(transcript);
        transcript_scroll(transcript, LINES);
    }
    assert_true(mallinfo2().uordblks - before < 4 * bytes);
    transcript_free(transcript);
}

static size_t work_of_letter(struct find *find, const char *letter)
{
    struct key key = {.kind = KEY_CHAR, .bytes = letter, .len = 1};
    size_t before = parsed;
    find_key(find, &key);
    return parsed - before;
}

/* The first letter reads all there is, once; what it has read is given back when the search is closed. */
static void test_a_search_reads_each_answer_once(void **state)
{
    (void)state;
    size_t bytes;
    struct find find = {0};
    struct transcript *transcript = with_answers(1000, &bytes);
    find_open(&find, transcript);
    size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
    assert_in_range(work_of_letter(&find, "l"), bytes - bytes / 10, bytes + bytes / 10);
    assert_true(work_of_letter(&find, "i") < bytes / 100);
    assert_true(work_of_letter(&find, "n") < bytes / 100);
    find_close(&find);
    find_clear(&find);
    assert_true(mallinfo2().uordblks + mallinfo2().hblkhd < before + bytes / 10);
    transcript_free(transcript);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_piece_costs_the_same_in_a_long_answer),
        cmocka_unit_test(test_looking_costs_the_same_in_a_long_transcript),
        cmocka_unit_test(test_far_entries_keep_their_text_alone),
        cmocka_unit_test(test_a_search_reads_each_answer_once),
    };
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 1;
    return cmocka_run_group_tests(tests, open_library, close_library);
}
