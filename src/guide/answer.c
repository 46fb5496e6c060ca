/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the guide says.  A prompt is small talk, a wish for a tour, a follow-up, or a question, which
 * passages of the documentation answer.  What a follow-up follows is read from the conversation.
 */
#include "guide/guide.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "guide/lines.h"
#include "guide/passages.h"
#include "guide/tour.h"
#include "guide/words.h"

enum { HITS_MAX = 6 };

/* Measured on the questions of tests/unit/test_guide.c: below this share of what a question is about,
 * a passage is about something else; below the next one, it may be. */
static const double SHARE_NEEDED = 0.5, SHARE_SURE = 0.75;
/* A further passage is worth showing when its score is this part of the best one's. */
static const double SCORE_PART = 0.4;

enum intent {
    QUESTION,
    HELP,
    GREETING,
    THANKS,
    BYE,
    REFUSAL,
    WHO,
    EVERYTHING,
    NEXT,
    TOUR,
    TOURS,
};

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

/* The sentence by which the guide is known in a conversation. */
static const char introduction[] =
    "I am runnel's guide, not a language model: what I say comes from runnel's documentation.";

static const char who[] =
    "I am a part of runnel, so I need no network and no key. I look for your words in the "
    "documentation "
    "and show you the passages that fit best, with the file and section they stand in. I have them "
    "at "
    "once; the pace at which I talk is simulated, so that you can see streaming.\n\n"
    "To talk with a language model, take the tour **connect a model**. `help` says what to ask "
    "me.\n";

static const char help[] =
    "Ask me about runnel in your own words, for example:\n\n"
    "- How do I stop an answer?\n"
    "- When should I use stream instead of invoke?\n"
    "- How do I get the full response when streaming?\n"
    "- What events might an agent stream?\n"
    "- Is your pace real?\n\n"
    "`more` shows the next passage, and **tell me everything** is a long answer to try things on. "
    "Or take a tour, by its number or its name:\n\n";

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

static enum intent intent_of(const char *prompt, struct place *place)
{
    struct buf plain = BUF_INIT;
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

/* What has gone before, as far as the next answer depends on it. */
struct talk {
    bool introduced;
    const char *question; /* the last one, unless a tour has come since */
    size_t page;          /* how often more of it was asked for */
    bool touring;
    struct place place; /* where the tour is */
};

static void hear_guide(struct talk *talk, const char *said)
{
    if (strstr(said, introduction))
        talk->introduced = true;
    if (tour_seen(said, &talk->place)) {
        talk->touring = true;
        talk->question = NULL;
    }
}

static void hear_user(struct talk *talk, const char *said)
{
    struct place place;
    enum intent intent = intent_of(said, &place);
    if (intent == QUESTION) {
        *talk = (struct talk){.introduced = talk->introduced, .question = said};
    } else if (intent == TOUR) {
        *talk = (struct talk){.introduced = talk->introduced, .touring = true, .place = place};
    } else if (intent == NEXT && talk->question) {
        talk->page++;
    } else if (intent == GREETING || intent == REFUSAL) {
        *talk = (struct talk){.introduced = talk->introduced};
    }
}

static void say_source(const struct passage *passage, struct buf *out)
{
    buf_addf(out, "%s, *%s*", passage->file, passage->section);
}

static void say_unknown(struct buf *out)
{
    buf_adds(
        out,
        "I do not know that. I know runnel's documentation and nothing else, and I have "
        "found no passage in it that would answer you. `help` says what you can ask me; for all "
        "other questions connect a language model: the tour **connect a model** shows how.\n");
}

static size_t good_hits(const struct hit *hits, size_t count)
{
    size_t good = 0;
    while (good < count && hits[good].share >= SHARE_NEEDED &&
           hits[good].score >= SCORE_PART * hits[0].score)
        good++;
    return good;
}

static void say_page(const struct hit *hits, size_t count, size_t page, struct buf *out)
{
    const struct hit *hit = &hits[page];
    if (page == 0 && hit->share < SHARE_SURE)
        buf_adds(out, "The nearest that I have found:\n\n");
    buf_adds(out, "From ");
    say_source(hit->passage, out);
    buf_adds(out, ":\n\n");
    lines_unwrap(out, hit->passage->text, hit->passage->len);
    buf_adds(out, "\n\n");
    if (page + 1 == count)
        return;
    buf_adds(out, "Say **more** for ");
    say_source(hits[page + 1].passage, out);
    buf_adds(out, ".\n");
}

static void say_passage(const char *question, size_t page, struct buf *out)
{
    struct passages *passages = passages_new(guide_documents);
    struct hit hits[HITS_MAX];
    size_t found = passages_find(passages, question, hits, HITS_MAX);
    size_t count = good_hits(hits, found);
    if (page < count)
        say_page(hits, count, page, out);
    else if (count)
        buf_adds(out,
                 "That is all I have found about it. Ask me in other words, or something else.\n");
    else
        say_unknown(out);
    passages_free(passages);
}

static void say_everything(struct buf *out)
{
    const struct guide_document *document = guide_documents;
    while (document->name && strcmp(document->name, "docs/concept.md") != 0)
        document++;
    buf_adds(out, "Here is docs/concept.md, whole. Stop me when you have seen enough.\n\n");
    if (document->name)
        lines_unwrap(out, document->text, strlen(document->text));
}

static void say_next(struct talk *talk, struct buf *out)
{
    if (talk->question)
        say_passage(talk->question, talk->page + 1, out);
    else if (!talk->touring || tour_next(&talk->place))
        tour_say(talk->place, out);
    else
        buf_adds(out, "There are no more tours. Ask me anything about runnel.\n");
}

static void say_tours(struct buf *out)
{
    buf_adds(out, "These are the tours. Say the number or the name of one:\n\n");
    tour_list(out);
}

static void reply(struct talk *talk, const char *prompt, struct buf *out)
{
    struct place place;
    switch (intent_of(prompt, &place)) {
    case QUESTION:
        say_passage(prompt, 0, out);
        break;
    case HELP:
        buf_adds(out, help);
        tour_list(out);
        break;
    case GREETING:
        buf_adds(out,
                 "Hello! Ask me anything about runnel, or say **yes** and I show you around.\n");
        break;
    case THANKS:
        buf_adds(out, "You are welcome. What else would you like to know?\n");
        break;
    case BYE:
        buf_adds(out,
                 "Type `/quit`, or press Ctrl-D on an empty line, to leave. `runnel -c` takes up "
                 "this chat where we left it. Goodbye!\n");
        break;
    case REFUSAL:
        buf_adds(out, "Very well. I am here when you have a question.\n");
        break;
    case WHO:
        buf_adds(out, who);
        break;
    case EVERYTHING:
        say_everything(out);
        break;
    case NEXT:
        say_next(talk, out);
        break;
    case TOUR:
        tour_say(place, out);
        break;
    case TOURS:
        say_tours(out);
        break;
    }
}

void guide_answer(const struct guide_message *messages, size_t count, struct buf *answer)
{
    while (count > 0 && strcmp(messages[count - 1].role, "user") != 0)
        count--;
    struct talk talk = {0};
    for (size_t i = 0; i + 1 < count; i++) {
        if (!strcmp(messages[i].role, "assistant"))
            hear_guide(&talk, messages[i].content);
        else if (!strcmp(messages[i].role, "user"))
            hear_user(&talk, messages[i].content);
    }
    const char *prompt = count > 0 ? messages[count - 1].content : "";
    struct place place;
    if (!talk.introduced || intent_of(prompt, &place) == WHO)
        buf_addf(answer, "*%s*\n\n", introduction);
    reply(&talk, prompt, answer);
}
