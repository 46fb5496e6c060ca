/* SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "guide/intent.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "guide/tour.h"
#include "guide/wish.h"
#include "guide/words.h"

/* A prompt means `intent` when it holds the phrase; or, with `only`, when all its words are in `only`
 * or `also`, and one at least in `only`. */
struct rule {
    enum intent intent;
    const char *phrase, *only, *also;
};

static const struct rule rules[] = {
    {REFUSAL, NULL, "no nope nah", "thanks thank you not now"},
    {GREETING, NULL, "hi hello hey hallo howdy greetings morning afternoon evening",
     "good there guide runnel world dear you all again"},
    {THANKS, NULL, "thanks thank thx cheers great nice cool perfect awesome wonderful lovely good",
     "you very much a lot that is was helps helped so many it works well done ok okay for the"},
    {BYE, NULL, "bye goodbye quit exit", "good now please"},
    {BYE, .phrase = " i quit "},
    {BYE, .phrase = " i exit "},
    {BYE, .phrase = " i leave "},
    {BYE, .phrase = " to quit "},
    {NEXT, NULL, "more next yes y yeah yep sure ok okay continue go further",
     "please on me tell show a bit one then and step about that it"},
    {HELP, NULL, "help menu topics", "me please i the show need with can you"},
    {HELP, .phrase = " what can you do "},
    {HELP, .phrase = " what do you do "},
    {HELP, .phrase = " what do you know "},
    {HELP, .phrase = " what can i ask "},
    {HELP, .phrase = " what should i ask "},
    {HELP, .phrase = " what can i do here "},
    {HELP, .phrase = " how can you help "},
    {WHO, NULL, "this here", "what is whats where am i"},
    {WHO, .phrase = " who are you "},
    {WHO, .phrase = " what are you "},
    {WHO, .phrase = " are you a "},
    {WHO, .phrase = " are you an "},
    {WHO, .phrase = " an ai "},
    {WHO, .phrase = " are you ai "},
    {WHO, .phrase = " are you real "},
    {WHO, .phrase = " are you human "},
    {WHO, .phrase = " are you chatgpt "},
    {WHO, .phrase = " your name "},
    {WHO, .phrase = " about yourself "},
    {WHO, .phrase = " introduce yourself "},
    {WHO, .phrase = " who made you "},
    {WHO, .phrase = " model are you "},
    {WHO, .phrase = " model is this "},
    {EVERYTHING, .phrase = " tell me everything "},
    {EVERYTHING, .phrase = " long answer "},
    {EVERYTHING, .phrase = " something long "},
    {EVERYTHING, NULL, "everything", "please tell me"},
    {TOURS, .phrase = " tour "},
    {TOURS, .phrase = " tours "},
};

static bool consists_of(const char *plain, const struct rule *rule)
{
    bool found = false;
    for (const char *at = plain + 1; *at;) {
        char word[WORD_SIZE] = "";
        size_t len = strcspn(at, " ");
        memcpy(word, at, len);
        if (word_is_in(rule->only, word))
            found = true;
        else if (!word_is_in(rule->also, word))
            return false;
        at += len + 1;
    }
    return found;
}

static bool is_wish(const char *prompt)
{
    struct wishes wishes;
    wishes_read(&wishes, prompt);
    bool is = wishes.count > 0;
    wishes_clear(&wishes);
    return is;
}

enum intent intent_of(const char *prompt, struct place *place)
{
    struct buf plain = BUF_INIT;
    if (is_wish(prompt))
        return WISH;
    words_plain(&plain, prompt, strlen(prompt));
    enum intent intent = strcmp(buf_str(&plain), " ") ? QUESTION : HELP;
    if (tour_find(buf_str(&plain), place))
        intent = TOUR;
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]) && intent == QUESTION; i++) {
        const struct rule *rule = &rules[i];
        if (rule->phrase ? strstr(buf_str(&plain), rule->phrase) != NULL
                         : consists_of(buf_str(&plain), rule))
            intent = rule->intent;
    }
    buf_clear(&plain);
    return intent;
}
