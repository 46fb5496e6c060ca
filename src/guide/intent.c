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
    {INTENT_REFUSAL, NULL, "no nope nah", "thanks thank you not now"},
    {INTENT_GREETING, NULL, "hi hello hey hallo howdy greetings morning afternoon evening",
     "good there guide runnel world dear you all again"},
    {INTENT_THANKS, NULL,
     "thanks thank thx cheers great nice cool perfect awesome wonderful lovely good",
     "you very much a lot that is was helps helped so many it works well done ok okay for the"},
    {INTENT_BYE, NULL, "bye goodbye quit exit", "good now please"},
    {INTENT_BYE, .phrase = " i quit "},
    {INTENT_BYE, .phrase = " i exit "},
    {INTENT_BYE, .phrase = " i leave "},
    {INTENT_BYE, .phrase = " to quit "},
    {INTENT_NEXT, NULL, "more next yes y yeah yep sure ok okay continue go further",
     "please on me tell show a bit one then and step about that it"},
    {INTENT_HELP, NULL, "help menu topics", "me please i the show need with can you"},
    {INTENT_HELP, .phrase = " what can you do "},
    {INTENT_HELP, .phrase = " what do you do "},
    {INTENT_HELP, .phrase = " what do you know "},
    {INTENT_HELP, .phrase = " what can i ask "},
    {INTENT_HELP, .phrase = " what should i ask "},
    {INTENT_HELP, .phrase = " what can i do here "},
    {INTENT_HELP, .phrase = " how can you help "},
    {INTENT_WHO, NULL, "this here", "what is whats where am i"},
    {INTENT_WHO, .phrase = " who are you "},
    {INTENT_WHO, .phrase = " what are you "},
    {INTENT_WHO, .phrase = " are you a "},
    {INTENT_WHO, .phrase = " are you an "},
    {INTENT_WHO, .phrase = " an ai "},
    {INTENT_WHO, .phrase = " are you ai "},
    {INTENT_WHO, .phrase = " are you real "},
    {INTENT_WHO, .phrase = " are you human "},
    {INTENT_WHO, .phrase = " are you chatgpt "},
    {INTENT_WHO, .phrase = " your name "},
    {INTENT_WHO, .phrase = " about yourself "},
    {INTENT_WHO, .phrase = " introduce yourself "},
    {INTENT_WHO, .phrase = " who made you "},
    {INTENT_WHO, .phrase = " model are you "},
    {INTENT_WHO, .phrase = " model is this "},
    {INTENT_EVERYTHING, .phrase = " tell me everything "},
    {INTENT_EVERYTHING, .phrase = " long answer "},
    {INTENT_EVERYTHING, .phrase = " something long "},
    {INTENT_EVERYTHING, NULL, "everything", "please tell me"},
    {INTENT_TOURS, .phrase = " tour "},
    {INTENT_TOURS, .phrase = " tours "},
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
        return INTENT_WISH;
    words_plain(&plain, prompt, strlen(prompt));
    enum intent intent = strcmp(buf_str(&plain), " ") ? INTENT_QUESTION : INTENT_HELP;
    if (tour_find(buf_str(&plain), place))
        intent = INTENT_TOUR;
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]) && intent == INTENT_QUESTION; i++) {
        const struct rule *rule = &rules[i];
        if (rule->phrase ? strstr(buf_str(&plain), rule->phrase) != NULL
                         : consists_of(buf_str(&plain), rule))
            intent = rule->intent;
    }
    buf_clear(&plain);
    return intent;
}
