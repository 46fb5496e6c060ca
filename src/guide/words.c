/* SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "guide/words.h"

#include <string.h>

#include "base/buf.h"

/* What questions are made of, whatever they are about. */
static const char stop_words[] =
    "a able about actually again all also am an and any anything are as at be been being best "
    "but by can contain contains could describe did do does done dont else exactly explain "
    "for from get give had happen happened happens has have how i id if im in include "
    "includes into is it its ive just know later let lets like make may me mean means might "
    "most much must my need now of off on one only or other our out over place please "
    "possible really see shall should so some someone something such tell than that thats the "
    "their them then there these they thing things this those to today tomorrow too turn "
    "understand up us use used uses using very want was way we were what whats when where "
    "which while who whom whose why will with work works would yesterday yesterdays you your";

/* Words that may stand for each other, each line a family, as they come out of stemming. */
static const char *const families[] = {
    "stop cancel abort interrupt halt",
    "quit exit leav",
    "replay playback rewatch",
    "session histori convers chat",
    "resum continu",
    "invok whol complet ful entir",
    "piec token chunk",
    "sped pac rat slow fast",
    "config set configur",
    "option flag switch",
    "instal setup build",
    "local offlin",
    "network internet onlin",
    "script shel pip",
    "differenc instead compar",
    "guid assistant bot",
    "system rol persona",
    "retri tri",
    "break brok cut",
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

struct words words_of(const char *text, size_t len)
{
    return (struct words){.begin = text, .at = text, .end = text + len};
}

/* The next run of letters, an apostrophe inside it left out; false at the end. */
static bool next_run(struct words *words, char word[WORD_SIZE])
{
    while (words->at < words->end && !is_letter(*words->at))
        words->at++;
    size_t len = 0;
    for (; words->at < words->end; words->at++) {
        bool quote = *words->at == '\'' && words->at + 1 < words->end && is_letter(words->at[1]);
        if (!quote && !is_letter(*words->at))
            break;
        if (!quote && len < WORD_SIZE - 1)
            word[len++] = lower(*words->at);
    }
    word[len] = '\0';
    return len > 0;
}

static bool is_vowel(char c)
{
    return strchr("aeiouy", c) && c;
}

static bool has_vowel(const char *word, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (is_vowel(word[i]))
            return true;
    }
    return false;
}

/* Cut an ending off, if what stays is still a word. */
static bool cut(char *word, const char *ending)
{
    size_t len = strlen(word), size = strlen(ending);
    if (len < size + 3 || strcmp(word + len - size, ending) != 0 || !has_vowel(word, len - size))
        return false;
    word[len - size] = '\0';
    return true;
}

/* stopp(ing) is stop; and then install(ing) and install are instal. */
static void undouble(char *word)
{
    size_t len = strlen(word);
    if (len > 3 && word[len - 1] == word[len - 2])
        word[len - 1] = '\0';
}

static void stem(char *word)
{
    size_t len = strlen(word);
    if (len > 4 && !strcmp(word + len - 3, "ies"))
        memcpy(word + len - 3, "y", 2);
    else if (len > 3 && word[len - 1] == 's' && !strchr("sui", word[len - 2]))
        word[len - 1] = '\0';
    if (!cut(word, "ing") && !cut(word, "ed") && !cut(word, "ation"))
        cut(word, "ly");
    cut(word, "er");
    cut(word, "e");
    undouble(word);
    len = strlen(word);
    if (len > 3 && word[len - 1] == 'y' && !is_vowel(word[len - 2]))
        word[len - 1] = 'i';
}

/* "-c" is an option; the c of "Ctrl-C" is none. */
static bool is_option(const struct words *words)
{
    const char *letter = words->at - 1;
    return letter > words->begin && letter[-1] == '-' &&
           (letter - 1 == words->begin || !is_letter(letter[-2]));
}

bool words_next(struct words *words, char word[WORD_SIZE])
{
    while (next_run(words, word)) {
        if (!word[1] && is_option(words)) {
            memcpy(word, (char[]){'-', word[0], '\0'}, 3);
            return true;
        }
        if (!word[1] || word_is_in(stop_words, word))
            continue;
        stem(word);
        return true;
    }
    return false;
}

bool word_is_in(const char *family, const char *word)
{
    size_t len = strlen(word);
    for (const char *at = family; (at = strstr(at, word)); at += len) {
        if ((at == family || at[-1] == ' ') && (at[len] == ' ' || !at[len]))
            return true;
    }
    return false;
}

const char *word_family(const char *word)
{
    for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
        if (word_is_in(families[i], word))
            return families[i];
    }
    return NULL;
}

void words_plain(struct buf *out, const char *text, size_t len)
{
    struct words words = words_of(text, len);
    char word[WORD_SIZE];
    buf_addc(out, ' ');
    while (next_run(&words, word)) {
        buf_adds(out, word);
        buf_addc(out, ' ');
    }
}
