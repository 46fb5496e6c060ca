/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which passages answer a question: Okapi BM25, where a word in a heading counts as several in the
 * text, and a word of the same family for most of the word itself.  The documentation is read once
 * per question; it is small.
 */
#include "guide/passages.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "guide/lines.h"
#include "guide/words.h"

enum { TERMS_MAX = 32 };

static const double SATURATION = 1.2, LENGTH_PART = 0.6;
static const double TEXT_WEIGHT = 1, SECTION_WEIGHT = 4, TITLE_WEIGHT = 1.5;
static const double ALIKE = 0.7;

struct term {
    char word[WORD_SIZE];
    const char *family;
    double idf;
};

struct query {
    struct term terms[TERMS_MAX];
    size_t count;
};

/* How often each term is in a passage, by weight, and how long the passage is. */
struct tally {
    double weight[TERMS_MAX];
    bool same[TERMS_MAX]; /* the word itself is there, not only its like */
    double length;
};

static bool has_term(const struct query *query, const char *word)
{
    for (size_t i = 0; i < query->count; i++) {
        if (!strcmp(query->terms[i].word, word))
            return true;
    }
    return false;
}

static void read_question(struct query *query, const char *question)
{
    struct words words = words_of(question, strlen(question));
    char word[WORD_SIZE] = "";
    while (query->count < TERMS_MAX && words_next(&words, word)) {
        if (has_term(query, word))
            continue;
        struct term *term = &query->terms[query->count++];
        memcpy(term->word, word, WORD_SIZE);
        term->family = word_family(word);
    }
}

static void tally_word(struct tally *tally, const struct query *query, const char *word,
                       double weight)
{
    tally->length += weight;
    for (size_t i = 0; i < query->count; i++) {
        const struct term *term = &query->terms[i];
        bool same = !strcmp(term->word, word);
        if (!same && !(term->family && word_is_in(term->family, word)))
            continue;
        tally->weight[i] += same ? weight : weight * ALIKE;
        tally->same[i] |= same;
    }
}

static void tally_words(struct tally *tally, const struct query *query, const char *text,
                        size_t len, double weight)
{
    struct words words = words_of(text, len);
    char word[WORD_SIZE];
    while (words_next(&words, word))
        tally_word(tally, query, word, weight);
}

/* What stands in quotes in code is an example's data: a prompt there is no sign that the passage is
 * about what the prompt asks. */
static void tally_code(struct tally *tally, const struct query *query, struct line line)
{
    const char *end = line.text + line.len;
    bool quoted = false;
    for (const char *at = line.text; at <= end;) {
        const char *quote = memchr(at, '"', (size_t)(end - at));
        const char *stop = quote ? quote : end;
        if (!quoted)
            tally_words(tally, query, at, (size_t)(stop - at), TEXT_WEIGHT);
        quoted = !quoted;
        at = stop + 1;
    }
}

static struct tally tally_passage(const struct passage *passage, const struct query *query)
{
    struct tally tally = {.length = 1};
    struct lines lines = lines_of(passage->text, passage->len);
    for (struct line line; lines_next(&lines, &line);) {
        if (line.kind == LINE_CODE)
            tally_code(&tally, query, line);
        else
            tally_words(&tally, query, line.text, line.len, TEXT_WEIGHT);
    }
    tally_words(&tally, query, passage->section, strlen(passage->section), SECTION_WEIGHT);
    tally_words(&tally, query, passage->title, strlen(passage->title), TITLE_WEIGHT);
    return tally;
}

/* The rarer a term, the more it tells passages apart. */
static void weigh_terms(struct query *query, const struct tally *tallies, size_t count)
{
    for (size_t i = 0; i < query->count; i++) {
        double with = 0;
        for (size_t p = 0; p < count; p++)
            with += tallies[p].weight[i] > 0;
        query->terms[i].idf = log(1 + ((double)count - with + 0.5) / (with + 0.5));
    }
}

static struct hit score_passage(const struct query *query, const struct tally *tally, double mean)
{
    struct hit hit = {0};
    double all = 0, found = 0;
    double norm = SATURATION * (1 - LENGTH_PART + LENGTH_PART * tally->length / mean);
    for (size_t i = 0; i < query->count; i++) {
        double weight = tally->weight[i], idf = query->terms[i].idf;
        hit.score += idf * weight * (SATURATION + 1) / (weight + norm);
        found += weight > 0 ? idf * (tally->same[i] ? 1 : ALIKE) : 0;
        all += idf;
    }
    hit.share = all > 0 ? found / all : 0;
    hit.score *= hit.share;
    return hit;
}

/* Equal scores stay in the order of the documents. */
static int by_score(const void *a, const void *b)
{
    const struct hit *x = a, *y = b;
    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    return x->passage < y->passage ? -1 : x->passage > y->passage;
}

size_t passages_find(const struct passages *passages, const char *question, struct hit *hits,
                     size_t max)
{
    struct query query = {.count = 0};
    read_question(&query, question);
    size_t count = passages_count(passages), found = 0;
    if (!count || !query.count)
        return 0;
    struct tally *tallies = xcalloc(count, sizeof(*tallies));
    double length = 0;
    for (size_t p = 0; p < count; p++) {
        tallies[p] = tally_passage(passages_at(passages, p), &query);
        length += tallies[p].length;
    }
    weigh_terms(&query, tallies, count);
    struct hit *all = xcalloc(count, sizeof(*all));
    for (size_t p = 0; p < count; p++) {
        struct hit hit = score_passage(&query, &tallies[p], length / (double)count);
        hit.passage = passages_at(passages, p);
        if (hit.score > 0)
            all[found++] = hit;
    }
    qsort(all, found, sizeof(*all), by_score);
    found = found < max ? found : max;
    memcpy(hits, all, found * sizeof(*hits));
    free(all);
    free(tallies);
    return found;
}
