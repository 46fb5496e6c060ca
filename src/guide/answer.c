/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the guide says.  A prompt is small talk, a wish for a tour, a follow-up, or a question, which
 * passages of the documentation answer, or a wish that tools fulfil.  What a follow-up follows is read
 * from the conversation.
 */
#include "guide/guide.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "guide/intent.h"
#include "guide/lines.h"
#include "guide/passages.h"
#include "guide/result.h"
#include "guide/tour.h"
#include "guide/wish.h"

enum { HITS_MAX = 6 };

/* Measured on the questions of tests/unit/test_guide.c: below this share of what a question is about,
 * a passage is about something else; below the next one, it may be. */
static const double SHARE_NEEDED = 0.5, SHARE_SURE = 0.75;
/* A further passage is worth showing when its score is this part of the best one's. */
static const double SCORE_PART = 0.4;

/* The sentence by which the guide is known in a conversation. */
static const char introduction[] =
    "I am runnel's guide, not a language model: what I say comes from runnel's documentation, or "
    "from a tool.";

static const char who[] =
    "I am a part of runnel, so I need no network and no key. I look for your words in the "
    "documentation and show you the passages that fit best, with the file and section they stand "
    "in. I have them at once; the pace at which I talk is simulated, so that you can see "
    "streaming. If you ask for the time, a "
    "calculation or a file, I call a tool and tell you what it says.\n\n"
    "To talk with a language model, take the tour **connect a model**. `help` says what to ask "
    "me.\n";

static const char help[] =
    "Ask me about runnel in your own words, for example:\n\n"
    "- How do I stop an answer?\n"
    "- When should I use stream instead of invoke?\n"
    "- How do I get the full response when streaming?\n"
    "- What events might an agent stream?\n"
    "- Is your pace real?\n\n"
    "With tools I can do a little more: **what time is it?**, **what is 12*7?**, **what files are "
    "here?**, **read README.md**.\n\n"
    "`more` shows the next passage, and **tell me everything** is a long answer to try things on. "
    "Or take a tour, by its number or its name:\n\n";

/* What has gone before, as far as the next answer depends on it. */
struct memory {
    bool introduced;
    const char *question; /* the last one, unless a tour has come since */
    size_t page;          /* how often more of it was asked for */
    bool touring;
    struct place place; /* where the tour is */
};

static void hear_guide(struct memory *memory, const char *said)
{
    if (strstr(said, introduction))
        memory->introduced = true;
    if (tour_seen(said, &memory->place)) {
        memory->touring = true;
        memory->question = NULL;
    }
}

static void hear_user(struct memory *memory, const char *said)
{
    struct place place;
    enum intent intent = intent_of(said, &place);
    if (intent == INTENT_QUESTION) {
        *memory = (struct memory){.introduced = memory->introduced, .question = said};
    } else if (intent == INTENT_TOUR) {
        *memory =
            (struct memory){.introduced = memory->introduced, .touring = true, .place = place};
    } else if (intent == INTENT_NEXT && memory->question) {
        memory->page++;
    } else if (intent == INTENT_GREETING || intent == INTENT_REFUSAL) {
        *memory = (struct memory){.introduced = memory->introduced};
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

static void say_next(struct memory *memory, struct buf *out)
{
    if (memory->question)
        say_passage(memory->question, memory->page + 1, out);
    else if (!memory->touring || tour_next(&memory->place))
        tour_say(memory->place, out);
    else
        buf_adds(out, "There are no more tours. Ask me anything about runnel.\n");
}

static void say_tours(struct buf *out)
{
    buf_adds(out, "These are the tours. Say the number or the name of one:\n\n");
    tour_list(out);
}

/* ---- Tools ---- */

static bool is_offered(const char *const *tools, const char *name)
{
    while (tools && *tools && strcmp(*tools, name) != 0)
        tools++;
    return tools && *tools;
}

/* Each of their tools once. */
static size_t tools_of(const struct wishes *wishes, const char *tools[WISHES_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < wishes->count; i++) {
        size_t k = 0;
        while (k < count && strcmp(tools[k], wishes->items[i].tool) != 0)
            k++;
        tools[k] = wishes->items[i].tool;
        count = k == count ? count + 1 : count;
    }
    return count;
}

static void say_tools(const struct wishes *wishes, struct buf *out)
{
    const char *tools[WISHES_MAX];
    size_t count = tools_of(wishes, tools);
    buf_adds(out, count > 1 ? "the tools " : "the tool ");
    for (size_t i = 0; i < count; i++)
        buf_addf(out, "%s`%s`", i == 0 ? "" : i + 1 < count ? ", " : " and ", tools[i]);
}

static void say_calls(const struct wishes *calls, struct buf *out)
{
    if (!calls->count)
        return;
    buf_adds(out, "I ask ");
    say_tools(calls, out);
    buf_adds(out, ".\n\n");
}

static void say_missing(const struct wishes *missing, struct buf *out)
{
    const char *tools[WISHES_MAX];
    size_t count = tools_of(missing, tools);
    if (!count)
        return;
    buf_adds(out, "I do not know that. It takes ");
    say_tools(missing, out);
    buf_adds(out, ", which I have not been given: in a chat `/tools read` switches on what I can "
                  "use, on the command line `-t ");
    for (size_t i = 0; i < count; i++)
        buf_addf(out, "%s%s", i ? "," : "", tools[i]);
    buf_adds(out, "`.\n\n");
}

static void call_tools(const char *prompt, const char *const *tools, struct buf *out,
                       struct wishes *calls)
{
    struct wishes wishes, missing = {.count = 0};
    wishes_read(&wishes, prompt);
    for (size_t i = 0; i < wishes.count; i++) {
        struct wishes *into = is_offered(tools, wishes.items[i].tool) ? calls : &missing;
        into->items[into->count++] = wishes.items[i];
    }
    say_missing(&missing, out);
    say_calls(calls, out);
    wishes_clear(&missing);
}

/* The conversation ends with what tools have given. */
static void say_results(const struct guide_talk *talk, struct buf *out)
{
    size_t first = talk->count;
    while (first > 0 && !strcmp(talk->messages[first - 1].role, "tool"))
        first--;
    for (; first < talk->count; first++) {
        const struct guide_message *message = &talk->messages[first];
        result_say(message->tool ? message->tool : "", message->content, out);
    }
    buf_drop_end(out, 1);
}

/* ---- The answer ---- */

static void reply(const struct guide_talk *talk, struct memory *memory, const char *prompt,
                  struct buf *out, struct wishes *calls)
{
    struct place place;
    switch (intent_of(prompt, &place)) {
    case INTENT_QUESTION:
        say_passage(prompt, 0, out);
        break;
    case INTENT_HELP:
        buf_adds(out, help);
        tour_list(out);
        break;
    case INTENT_GREETING:
        buf_adds(out,
                 "Hello! Ask me anything about runnel, or say **yes** and I show you around.\n");
        break;
    case INTENT_THANKS:
        buf_adds(out, "You are welcome. What else would you like to know?\n");
        break;
    case INTENT_BYE:
        buf_adds(out,
                 "Type `/quit`, or press Ctrl-D on an empty line, to leave. `runnel -c` takes up "
                 "this chat where we left it. Goodbye!\n");
        break;
    case INTENT_REFUSAL:
        buf_adds(out, "Very well. I am here when you have a question.\n");
        break;
    case INTENT_WHO:
        buf_adds(out, who);
        break;
    case INTENT_EVERYTHING:
        say_everything(out);
        break;
    case INTENT_NEXT:
        say_next(memory, out);
        break;
    case INTENT_TOUR:
        tour_say(place, out);
        break;
    case INTENT_TOURS:
        say_tours(out);
        break;
    case INTENT_WISH:
        call_tools(prompt, talk->tools, out, calls);
        break;
    }
}

static struct memory remember(const struct guide_talk *talk, size_t count)
{
    struct memory memory = {0};
    for (size_t i = 0; i < count; i++) {
        const struct guide_message *message = &talk->messages[i];
        if (!strcmp(message->role, "assistant"))
            hear_guide(&memory, message->content);
        else if (!strcmp(message->role, "user"))
            hear_user(&memory, message->content);
    }
    return memory;
}

static void answer_prompt(const struct guide_talk *talk, struct buf *answer, struct wishes *calls)
{
    size_t count = talk->count;
    while (count > 0 && strcmp(talk->messages[count - 1].role, "user") != 0)
        count--;
    const char *prompt = count > 0 ? talk->messages[count - 1].content : "";
    struct memory memory = remember(talk, count > 0 ? count - 1 : 0);
    struct place place;
    if (!memory.introduced || intent_of(prompt, &place) == INTENT_WHO)
        buf_addf(answer, "*%s*\n\n", introduction);
    reply(talk, &memory, prompt, answer, calls);
}

void guide_answer(const struct guide_talk *talk, struct buf *answer, struct wishes *calls)
{
    calls->count = 0;
    if (talk->count > 0 && !strcmp(talk->messages[talk->count - 1].role, "tool"))
        say_results(talk, answer);
    else
        answer_prompt(talk, answer, calls);
}
