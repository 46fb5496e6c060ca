/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the guide says, without a server: pure functions of a conversation and the documentation.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "guide/guide.h"
#include "guide/lines.h"
#include "guide/passages.h"
#include "guide/tour.h"
#include "guide/wish.h"
#include "guide/words.h"

/* ---- A conversation ---- */

enum { SAID_MAX = 64 };

struct talk {
    struct guide_message said[SAID_MAX];
    char *answers[SAID_MAX];
    size_t count;
};

static void add_calls(const struct wishes *calls, struct buf *answer)
{
    for (size_t i = 0; i < calls->count; i++)
        buf_addf(answer, "[%s %s]", calls->items[i].tool, calls->items[i].args);
}

/* The answer, and behind it its calls in brackets. */
static char *answer_to(const struct guide_message *said, size_t count, const char *const *tools)
{
    struct buf answer = BUF_INIT;
    struct wishes calls;
    guide_answer(&(struct guide_talk){.messages = said, .count = count, .tools = tools}, &answer,
                 &calls);
    add_calls(&calls, &answer);
    wishes_clear(&calls);
    assert_true(answer.len > 0);
    return buf_take(&answer);
}

/* Say something; the answer lasts as long as the talk. */
static const char *say(struct talk *talk, const char *prompt)
{
    assert_true(talk->count + 2 <= SAID_MAX);
    talk->said[talk->count++] = (struct guide_message){.role = "user", .content = prompt};
    char *text = answer_to(talk->said, talk->count, NULL);
    assert_true(utf8_valid(text, strlen(text)));
    talk->answers[talk->count] = text;
    talk->said[talk->count++] = (struct guide_message){.role = "assistant", .content = text};
    return text;
}

static void talk_end(struct talk *talk)
{
    for (size_t i = 0; i < talk->count; i++)
        free(talk->answers[i]);
    *talk = (struct talk){.count = 0};
}

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in:\n%s", part, text);
}

static void assert_answer(const struct guide_message *said, size_t count, const char *part)
{
    char *answer = answer_to(said, count, NULL);
    assert_has(answer, part);
    free(answer);
}

static const char introduction[] = "not a language model";
static const char unknown[] = "I do not know that.";

/* ---- The documentation ---- */

static char *read_file(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s cannot be read", path);
    struct buf bytes = BUF_INIT;
    char block[4096];
    for (size_t got; (got = fread(block, 1, sizeof(block), file)) > 0;)
        buf_add(&bytes, block, got);
    fclose(file);
    *len = bytes.len;
    return buf_take(&bytes);
}

static void every_byte_is_embedded(void **state)
{
    (void)state;
    assert_non_null(guide_documents[0].name);
    for (const struct guide_document *d = guide_documents; d->name; d++) {
        size_t len;
        char *bytes = read_file(d->name, &len);
        assert_int_equal(strlen(d->text), len);
        assert_memory_equal(d->text, bytes, len);
        free(bytes);
    }
}

static bool is_embedded(const char *name)
{
    const struct guide_document *d = guide_documents;
    while (d->name && strcmp(d->name, name))
        d++;
    return d->name != NULL;
}

static void every_document_is_embedded(void **state)
{
    (void)state;
    assert_true(is_embedded("README.md"));
    DIR *dir = opendir("docs");
    assert_non_null(dir);
    for (const struct dirent *entry; (entry = readdir(dir));) {
        size_t len = strlen(entry->d_name);
        char *path = xasprintf("docs/%s", entry->d_name);
        if (len > 3 && !strcmp(entry->d_name + len - 3, ".md") && !is_embedded(path))
            fail_msg("%s is not embedded", path);
        free(path);
    }
    closedir(dir);
}

/* ---- Words ---- */

static void words_are_what_they_are_about(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"", ""},
        {"How do I?", ""},
        {"streaming streams streamed STREAM stream's", "stream stream stream stream stream"},
        {"stopping stopped stops", "stop stop stop"},
        {"invoke invoking invokes", "invok invok invok"},
        {"installing installation install", "instal instal instal"},
        {"replay replays replaying", "replay replay replay"},
        {"history histories", "histori histori"},
        {"answer answering answers", "answ answ answ"},
        {"press this status gas", "pres status gas"},
        {"runnel -c, (-I) and Ctrl-C", "runnel -c -i ctrl"},
        {"--no-save rn_next", "no sav rn_next"},
        {"caf\xc3\xa9 \xe6\xb0\xb4", "caf\xc3\xa9 \xe6\xb0\xb4"},
        {"-", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct words words = words_of(cases[i].text, strlen(cases[i].text));
        struct buf got = BUF_INIT;
        char word[WORD_SIZE];
        while (words_next(&words, word))
            buf_addf(&got, "%s%s", got.len ? " " : "", word);
        assert_string_equal(buf_str(&got), cases[i].want);
        buf_clear(&got);
    }
}

static void a_long_word_is_cut(void **state)
{
    (void)state;
    char text[100], word[WORD_SIZE];
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = "ab"[i % 2];
    struct words words = words_of(text, sizeof(text));
    assert_true(words_next(&words, word));
    assert_int_equal(strlen(word), WORD_SIZE - 1);
    assert_false(words_next(&words, word));
}

static void some_words_are_alike(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"cancel", "stopping"},  {"quitting", "exit"},   {"conversation", "sessions"},
        {"faster", "rate"},      {"settings", "config"}, {"pipes", "scripts"},
        {"internet", "network"}, {"chunks", "piece"},    {"difference", "instead"},
        {"retries", "tried"},    {"breaks", "broke"},    {"complete", "whole"},
    };
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        char words[2][WORD_SIZE];
        for (int k = 0; k < 2; k++) {
            struct words text = words_of(pairs[i][k], strlen(pairs[i][k]));
            assert_true(words_next(&text, words[k]));
        }
        const char *family = word_family(words[0]);
        if (!family || !word_is_in(family, words[1]))
            fail_msg("%s and %s are no family", pairs[i][0], pairs[i][1]);
    }
    assert_null(word_family("runnel"));
    assert_null(word_family("top"));
}

/* ---- Markdown ---- */

static void paragraphs_are_unwrapped(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"", ""},
        {"one\ntwo\n", "one two\n"},
        {"one\n\ntwo", "one\n\ntwo"},
        {"# h\ntext\nmore", "# h\ntext more"},
        {"- one\n  two\n- three", "- one two\n- three"},
        {"1. one\n   two\n2. three", "1. one two\n2. three"},
        {"| a |\n|---|\n| b |", "| a |\n|---|\n| b |"},
        {"text\n```\na\nb\n```\nend", "text\n```\na\nb\n```\nend"},
        {"text:\n\n    a\n    b\n\nend", "text:\n\n    a\n    b\n\nend"},
        {"text\n    goes on", "text goes on"},
        {"> a\n> b", "> a\n> b"},
        {"~~~\n\n# no heading\n~~~\n", "~~~\n\n# no heading\n~~~\n"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf got = BUF_INIT;
        lines_unwrap(&got, cases[i].text, strlen(cases[i].text));
        assert_string_equal(buf_str(&got), cases[i].want);
        buf_clear(&got);
    }
}

static void documents_are_cut_into_passages(void **state)
{
    (void)state;
    struct buf text = BUF_INIT;
    buf_adds(&text,
             "lost\n\n# The *title*\n\nintro\n\n## `One`\n\n```\n# no heading\n\nx\n```\n\n");
    buf_adds(&text, "<img src=\"x\">\n![picture](x.png)\n\n## Two\n\n");
    for (int i = 0; i < 300; i++)
        buf_adds(&text, "word\n");
    buf_adds(&text, "this:\n\n- an item\n\n    code\n\nlast\n\n## Empty\n");
    const struct guide_document documents[] = {
        {"a.md", buf_str(&text)}, {"b.md", ""}, {NULL, NULL}};
    struct passages *passages = passages_new(documents);
    static const struct {
        const char *title, *section, *begin, *end;
    } want[] = {
        {"a.md", "a.md", "lost", "lost"},         {"The title", "The title", "intro", "intro"},
        {"The title", "One", "```\n#", "x\n```"}, {"The title", "Two", "word\nword", "    code"},
        {"The title", "Two", "last", "last"},
    };
    assert_int_equal(passages_count(passages), sizeof(want) / sizeof(want[0]));
    for (size_t i = 0; i < passages_count(passages); i++) {
        const struct passage *passage = passages_at(passages, i);
        size_t end = strlen(want[i].end);
        assert_string_equal(passage->file, "a.md");
        assert_string_equal(passage->title, want[i].title);
        assert_string_equal(passage->section, want[i].section);
        assert_memory_equal(passage->text, want[i].begin, strlen(want[i].begin));
        assert_memory_equal(passage->text + passage->len - end, want[i].end, end);
    }
    passages_free(passages);
    buf_clear(&text);
}

static void an_example_s_prompt_is_not_what_a_passage_is_about(void **state)
{
    (void)state;
    static const struct guide_document documents[] = {
        {"a.md", "# Pipes\n\n    runnel --json \"What is the capital of France?\"\n"},
        {"b.md", "# Other\n\nSomething \"quoted\" here.\n"},
        {NULL, NULL},
    };
    struct passages *passages = passages_new(documents);
    struct hit hit;
    assert_int_equal(passages_find(passages, "the capital of France", &hit, 1), 0);
    assert_int_equal(passages_find(passages, "json", &hit, 1), 1);
    assert_string_equal(hit.passage->section, "Pipes");
    assert_int_equal(passages_find(passages, "quoted", &hit, 1), 1);
    assert_string_equal(hit.passage->section, "Other");
    assert_int_equal(passages_find(passages, "", &hit, 1), 0);
    passages_free(passages);
}

static void no_documents_no_passages(void **state)
{
    (void)state;
    static const struct guide_document none[] = {{NULL, NULL}};
    struct passages *passages = passages_new(none);
    struct hit hit;
    assert_int_equal(passages_find(passages, "stream", &hit, 1), 0);
    passages_free(passages);
    passages_free(NULL);
}

/* ---- Questions ---- */

/* What a newcomer may type, and the section that must be cited first. */
static const struct {
    const char *question, *source;
} questions[] = {
    {"When should I use stream() instead of invoke()?",
     "docs/concept.md, *When to use stream() instead of invoke()*"},
    {"when do i stream instead of invoking?",
     "docs/concept.md, *When to use stream() instead of invoke()*"},
    {"when is invoke better?", "docs/concept.md, *When invoke() is the better choice*"},
    {"should I use invoke for a batch job",
     "docs/concept.md, *When invoke() is the better choice*"},
    {"What events might an agent stream?", "docs/concept.md, *What events an agent might stream*"},
    {"which events does an agent stream", "docs/concept.md, *What events an agent might stream*"},
    {"How do I get the full response when streaming?",
     "docs/concept.md, *How to get the full response when streaming*"},
    {"how can I collect a stream",
     "docs/concept.md, *How to get the full response when streaming*"},
    {"how to get the complete response", "docs/concept.md, *How to get the full response when"},
    {"how do I stop an answer?", "docs/concept.md, *How to stop an answer, and what stays of it*"},
    {"how can I cancel the answer that is streaming", "docs/concept.md, *How to stop an answer"},
    {"is the text lost when I stop the answer?", "docs/concept.md, *How to stop an answer"},
    {"what happens when the connection breaks?", "docs/concept.md, *When the connection breaks*"},
    {"what stays of an answer when the connection broke?",
     "docs/concept.md, *When the connection breaks*"},
    {"does the guide need a key?", "docs/guide.md, *The guide*"},
    {"does the guide need the internet", "docs/guide.md, *The guide*"},
    {"is your pace real?", "docs/guide.md, *Its pace is simulated*"},
    {"how fast do you talk?", "docs/guide.md, *Its pace is simulated*"},
    {"how do I make the guide faster", "docs/guide.md, *Its pace is simulated*"},
    {"are the token counts of the guide real?", "docs/guide.md, *Its pace is simulated*"},
    {"how does the guide find an answer", "docs/guide.md, *How it finds an answer*"},
    {"how do you find passages?", "docs/guide.md, *How it finds an answer*"},
    {"how can other programs talk to the guide", "docs/guide.md, *How to serve the guide to other"},
    {"serve-guide port", "docs/guide.md, *How to serve the guide to other programs*"},
    {"what is the base URL of the guide server", "docs/guide.md, *How to serve the guide to other"},
    {"does the guide open a port?", "docs/guide.md, *Where it runs*"},
    {"can the guide write poems or code", "docs/guide.md, *What it is and what it is not*"},
    {"through which wire does the guide go", "docs/guide.md, *Where it runs*"},
    {"which tools does the guide use", "docs/guide.md, *How it uses tools*"},
    {"how do I write a tool?", "docs/tools.md, *How to write a tool*"},
    {"can I write my own tool", "docs/tools.md, *How to write a tool*"},
    {"how do I write a tool in shell", "docs/tools.md, *How to write one in shell*"},
    {"a tool in python", "docs/tools.md, *How to write one in Python*"},
    {"What tools are there?", "docs/tools.md, *Tools*"},
    {"which built-in tools are there", "docs/tools.md, *The built-in tools*"},
    {"how do I switch tools off?", "docs/tools.md, *How to switch tools on and off*"},
    {"which tools ask first", "docs/tools.md, *Which tools ask before they run*"},
    {"how do I allow a tool to run unasked", "docs/tools.md, *Which tools ask before they run*"},
    {"does a tool see my environment",
     "docs/tools.md, *The environment of a tool, and how to stop it*"},
    {"how do I stop a tool", "docs/tools.md, *The environment of a tool, and how to stop it*"},
    {"what happens when a tool fails?",
     "docs/tools.md, *What the model is told when a tool fails*"},
};

static bool is_from(const struct passage *passage, const char *source)
{
    char *name = xasprintf("%s, *%s*", passage->file, passage->section);
    bool same = !strncmp(name, source, strlen(source));
    free(name);
    return same;
}

/* Among the guide's own pages it is the first; among all there are now and will be, one of three. */
static void questions_find_their_section(void **state)
{
    (void)state;
    struct guide_document own[4] = {{NULL, NULL}};
    size_t count = 0;
    for (const struct guide_document *d = guide_documents; d->name; d++) {
        if (!strcmp(d->name, "docs/concept.md") || !strcmp(d->name, "docs/guide.md") ||
            !strcmp(d->name, "docs/tools.md"))
            own[count++] = *d;
    }
    struct passages *few = passages_new(own), *all = passages_new(guide_documents);
    for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
        struct hit hits[3];
        size_t found = passages_find(few, questions[i].question, hits, 3);
        if (!found || !is_from(hits[0].passage, questions[i].source))
            fail_msg("%s: %s", questions[i].question, found ? hits[0].passage->section : "nothing");
        found = passages_find(all, questions[i].question, hits, 3);
        bool among = false;
        for (size_t k = 0; k < found; k++)
            among |= is_from(hits[k].passage, questions[i].source);
        if (!among)
            fail_msg("%s: not among the first three of all", questions[i].question);
    }
    passages_free(few);
    passages_free(all);
}

/* The questions that streaming is about are answered by the page about it, first of all. */
static void the_concept_is_answered(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"When should I use stream() instead of invoke()?", "It moves the first useful moment"},
        {"What events might an agent stream?", "| `result` | the tool gave something back"},
        {"How do I get the full response when streaming?", "Append the `content` of every `ai`"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct talk talk = {.count = 0};
        const char *answer = say(&talk, cases[i][0]);
        assert_has(answer, "From docs/concept.md, *");
        assert_has(answer, cases[i][1]);
        talk_end(&talk);
    }
}

/* These are answered by documents that are not the guide's own: any of them, with this word. */
static void other_questions_find_something(void **state)
{
    (void)state;
    static const struct {
        const char *question, *word;
    } cases[] = {
        {"what is streaming?", "stream"},         {"What is runnel?", "runnel"},
        {"how do I use ollama", "ollama"},        {"how do I replay a session?", "replay"},
        {"where are sessions saved", "session"},  {"how do I connect to OpenAI?", "key"},
        {"how do I see events as JSON", "event"}, {"how do I collect in C", "rn_"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct talk talk = {.count = 0};
        const char *answer = say(&talk, cases[i].question);
        assert_has(answer, "From ");
        assert_has(answer, cases[i].word);
        talk_end(&talk);
    }
}

static void it_says_when_it_does_not_know(void **state)
{
    (void)state;
    static const char *const prompts[] = {
        "What is the capital of France?",
        "who won the world cup in 1998",
        "translate hello to german",
        "how do I bake sourdough bread",
        "tell me a joke about elephants",
        "what is 2+2?",
        "\xe4\xbd\xa0\xe5\xa5\xbd\xe5\x90\x97",
        "asdf qwer zxcv",
    };
    for (size_t i = 0; i < sizeof(prompts) / sizeof(prompts[0]); i++) {
        struct talk talk = {.count = 0};
        const char *answer = say(&talk, prompts[i]);
        assert_has(answer, unknown);
        assert_null(strstr(answer, "From "));
        talk_end(&talk);
    }
}

static void more_shows_the_next_passages_and_ends(void **state)
{
    (void)state;
    struct talk talk = {.count = 0};
    const char *before = say(&talk, "how do I stop an answer?");
    bool over = false;
    for (int i = 0; i < 10 && !over; i++) {
        const char *more = say(&talk, "more");
        const char *next = strstr(before, "Say **more** for ");
        over = strstr(more, "That is all I have found") != NULL;
        assert_true(over == (next == NULL));
        assert_string_not_equal(more, before);
        before = more;
    }
    assert_true(over);
    talk_end(&talk);
}

/* ---- Small talk, tours ---- */

static void it_knows_what_is_meant(void **state)
{
    (void)state;
    static const struct {
        const char *prompt, *want;
    } cases[] = {
        {"hi", "Hello!"},
        {"Good morning, guide!", "Hello!"},
        {"Hello world", "Hello!"},
        {"thanks a lot", "You are welcome"},
        {"great, thank you!", "You are welcome"},
        {"no thanks", "Very well."},
        {"bye", "/quit"},
        {"How do I quit?", "/quit"},
        {"help", "Ask me about runnel"},
        {"?", "Ask me about runnel"},
        {"", "Ask me about runnel"},
        {"What can you do?", "Ask me about runnel"},
        {"who are you", "look for your words"},
        {"Are you an AI?", "look for your words"},
        {"are you ChatGPT?", "look for your words"},
        {"what's this?", "look for your words"},
        {"What's your name?", "look for your words"},
        {"tell me everything", "## Stream or invoke"},
        {"tour", "1. Stop an answer"},
        {"give me a tour", "7. The library"},
        {"tour tools", "Tour 3 of 7: Tools"},
        {"tour 4", "Tour 4 of 7: Replay"},
        {"4", "Tour 4 of 7: Replay"},
        {"a tour about ollama please", "Tour 5 of 7: Connect a model"},
        {"Connect a model.", "Tour 5 of 7: Connect a model"},
        {"the library", "Tour 7 of 7: The library"},
        {"yes", "Tour 1 of 7: Stop an answer"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct talk talk = {.count = 0};
        const char *answer = say(&talk, cases[i].prompt);
        assert_has(answer, cases[i].want);
        assert_has(answer, introduction);
        talk_end(&talk);
    }
}

static void it_introduces_itself_once_and_when_asked(void **state)
{
    (void)state;
    struct talk talk = {.count = 0};
    assert_has(say(&talk, "hi"), introduction);
    assert_null(strstr(say(&talk, "how do I stop an answer?"), introduction));
    assert_null(strstr(say(&talk, "what is the capital of France?"), introduction));
    assert_has(say(&talk, "are you a language model?"), introduction);
    talk_end(&talk);

    /* Somebody else's answers before the guide was chosen are no introduction. */
    static const struct guide_message said[] = {{.role = "user", .content = "hi"},
                                                {.role = "assistant", .content = "Hello."},
                                                {.role = "user", .content = "help"}};
    assert_answer(said, 3, introduction);
}

static void a_tour_goes_from_step_to_step(void **state)
{
    (void)state;
    struct talk talk = {.count = 0};
    assert_has(say(&talk, "tour replay"), "(1 of 3)");
    assert_has(say(&talk, "next"), "Tour 4 of 7: Replay** (2 of 3)");
    assert_has(say(&talk, "thanks"), "welcome");
    assert_has(say(&talk, "tell me everything"), "# Streaming, explained");
    assert_has(say(&talk, "ok, go on"), "Tour 4 of 7: Replay** (3 of 3)");
    assert_has(say(&talk, "yes please"), "Tour 5 of 7: Connect a model** (1 of 4)");
    assert_has(say(&talk, "how do I stop an answer?"), "From ");
    assert_has(say(&talk, "more"), "From ");
    assert_has(say(&talk, "hello again"), "Hello!");
    assert_has(say(&talk, "yes"), "Tour 1 of 7");
    talk_end(&talk);
}

static void the_tours_end(void **state)
{
    (void)state;
    struct talk talk = {.count = 0};
    const char *answer = say(&talk, "7");
    for (int i = 0; i < 10 && !strstr(answer, "the last step of the last tour"); i++)
        answer = say(&talk, "next");
    assert_has(answer, "the last step of the last tour");
    assert_has(say(&talk, "next"), "There are no more tours");
    talk_end(&talk);
}

/* Clients may send the end of a conversation only, and an answer may have been stopped. */
static void a_tour_goes_on_from_what_was_said_last(void **state)
{
    (void)state;
    static const struct guide_message said[] = {
        {.role = "system", .content = "Be short."},
        {.role = "assistant",
         .content = "**Tour 6 of 7: Pipes and events** (1 of 3)\n\nWith a pro"},
        {.role = "user", .content = "next"},
    };
    assert_answer(said, 3, "Tour 6 of 7: Pipes and events** (2 of 3)");
    /* One that was stopped before its first word is said again. */
    static const struct guide_message cut[] = {{.role = "user", .content = "tour 6"},
                                               {.role = "assistant", .content = ""},
                                               {.role = "user", .content = "next"}};
    assert_answer(cut, 3, "Tour 6 of 7: Pipes and events** (2 of 3)");
}

static void every_step_can_be_found_again(void **state)
{
    (void)state;
    struct place place = {0}, seen;
    size_t steps = 0;
    do {
        struct buf said = BUF_INIT;
        tour_say(place, &said);
        assert_true(tour_seen(buf_str(&said), &seen));
        assert_int_equal(seen.tour, place.tour);
        assert_int_equal(seen.step, place.step);
        buf_clear(&said);
        steps++;
    } while (tour_next(&place));
    assert_true(steps > 6);
    assert_false(tour_seen("Tour 1 of 7", &seen));
}

static void the_same_messages_get_the_same_answer(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
        struct talk a = {.count = 0}, b = {.count = 0};
        assert_string_equal(say(&a, questions[i].question), say(&b, questions[i].question));
        assert_string_equal(say(&a, "more"), say(&b, "more"));
        talk_end(&a);
        talk_end(&b);
    }
}

/* ---- Tools ---- */

static const char *const all_tools[] = {"shell",     "time",         "calculate", "list_files",
                                        "read_file", "search_files", NULL};

static void it_calls_the_tools_that_it_has_been_given(void **state)
{
    (void)state;
    static const char *const only_time[] = {"time", NULL};
    static const struct {
        const char *prompt;
        const char *const *tools;
        const char *want;
    } talks[] = {
        {"what is 6*7?", all_tools,
         "I ask the tool `calculate`.\n\n[calculate {\"expression\":\"6*7\"}]"},
        {"what time is it and what is 6*7?", all_tools,
         "I ask the tools `time` and `calculate`.\n\n[time {}][calculate "
         "{\"expression\":\"6*7\"}]"},
        {"1+1 and 2+2", all_tools, "I ask the tool `calculate`.\n\n[calculate"},
        {"what is 6*7?", NULL, "I do not know that. It takes the tool `calculate`"},
        {"what is 6*7?", only_time, "on the command line `-t calculate`."},
        {"read README.md, list the files", only_time, "`-t read_file,list_files`."},
        {"what time is it and what is 6*7?", only_time, "I ask the tool `time`.\n\n[time {}]"},
        {"what is streaming?", all_tools, "From "},
        {"help", all_tools, "**what time is it?**"},
    };
    for (size_t i = 0; i < sizeof(talks) / sizeof(talks[0]); i++) {
        struct guide_message said[] = {{.role = "user", .content = talks[i].prompt}};
        char *answer = answer_to(said, 1, talks[i].tools);
        assert_has(answer, talks[i].want);
        assert_true(talks[i].tools == all_tools || !strstr(answer, "[calculate"));
        free(answer);
    }
}

/* What the tool gave, and what is said of it. */
static void it_tells_what_a_tool_gave(void **state)
{
    (void)state;
    static const struct {
        const char *tool, *output, *want;
    } results[] = {
        {"calculate", "42", "The tool `calculate` says: `42`\n"},
        {"", "42", "The tool says: `42`\n"},
        {"read_file", "", "The tool `read_file` says nothing: its output is empty.\n"},
        {"read_file", "a\nb", "The tool `read_file` says:\n\n```\na\nb\n```\n"},
        {"read_file", "a `b`\n", "\n\n```\na `b`\n```\n"},
        {"read_file", "```c\n````\n", "\n\n`````\n```c\n````\n`````\n"},
        {"read_file", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14",
         "12\n```\n\nThat is the beginning: its result has 32 bytes.\n"},
        {"read_file", "no such file: x\n[exit status 1]",
         "The tool `read_file` failed, and I know no more than it says:"},
        {"read_file", "/a/b: there is no such file or folder", "failed, and I know no more"},
        {"read_file", "a\nb: there is no such file or folder", "The tool `read_file` says:"},
        {"calculate", "the expression cannot be worked out: at character 2: this", "with digits"},
        {"read_file", "[exit status 1]", "**what files are here?**"},
        {"time", "no zone X\n[exit status 1]", "named like Europe/Paris"},
        {"words", "half\n[words did not end within 60 s]", "failed, and I know no more"},
        {"words", "[ended by signal 11 (Segmentation fault)]", "failed, and I know no more"},
        {"words", "a\n[a list]", "The tool `words` says:"},
        {"time", "The user did not allow this call: not now",
         "The tool `time` was not allowed to run. What I am told is: `The user did not allow this "
         "call: not now`\n\nSo I do not know. If you want it after all, ask me again and say yes, "
         "or let it run without asking: `/allow time` in a chat, `--allow time`"},
        {"time", "This call is not allowed here. Do without it.", "was not allowed to run"},
        {"x", "There is no tool named x. The tools are:\ny", "failed"},
        {"`x`\n", "42", "The tool says: `42`"},
    };
    for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
        struct guide_message said[] = {
            {.role = "user", .content = "read x"},
            {.role = "assistant", .content = ""},
            {.role = "tool", .content = results[i].output, .tool = results[i].tool},
        };
        char *answer = answer_to(said, 3, all_tools);
        assert_has(answer, results[i].want);
        assert_null(strstr(answer, "[read_file"));
        free(answer);
    }
}

static void a_result_of_one_long_line_is_cut(void **state)
{
    (void)state;
    char output[3001] = "";
    for (size_t i = 0; i + 3 < sizeof(output); i += 3)
        memcpy(output + i, "\xe6\xb0\xb4", 3);
    struct guide_message said[] = {{.role = "tool", .content = output, .tool = "read_file"}};
    char *answer = answer_to(said, 1, NULL);
    assert_true(utf8_valid(answer, strlen(answer)) && strlen(answer) < 2200);
    assert_has(answer, "\xb4\n```\n\nThat is the beginning: its result has 3000 bytes.");
    free(answer);
}

static void results_are_told_in_their_order(void **state)
{
    (void)state;
    static const struct guide_message said[] = {
        {.role = "tool", .content = "old"},
        {.role = "user", .content = "what time is it and what is 6*7?"},
        {.role = "assistant", .content = ""},
        {.role = "tool", .content = "noon", .tool = "time"},
        {.role = "tool", .content = "42", .tool = "calculate"},
    };
    char *answer = answer_to(said, 5, all_tools);
    assert_string_equal(answer,
                        "The tool `time` says: `noon`\n\nThe tool `calculate` says: `42`\n");
    free(answer);
}

static void a_tour_goes_on_after_a_tool_was_tried(void **state)
{
    (void)state;
    static const struct guide_message said[] = {
        {.role = "user", .content = "tour tools"},
        {.role = "assistant", .content = "**Tour 3 of 7: Tools** (1 of 4)\n"},
        {.role = "user", .content = "what time is it?"},
        {.role = "assistant", .content = "I ask the tool `time`."},
        {.role = "tool", .content = "noon", .tool = "time"},
        {.role = "assistant", .content = "The tool `time` says: `noon`"},
        {.role = "user", .content = "next"},
    };
    assert_answer(said, 7, "Tour 3 of 7: Tools** (2 of 4)");
}

static void odd_conversations_are_answered(void **state)
{
    (void)state;
    static const struct guide_message only[] = {{.role = "assistant", .content = "Hello."}};
    static const struct guide_message prefilled[] = {{.role = "user", .content = "hi"},
                                                     {.role = "assistant", .content = "He"}};
    assert_answer(NULL, 0, introduction);
    assert_answer(only, 1, "Ask me about runnel");
    assert_answer(prefilled, 2, "Hello!");

    size_t size = 1000000;
    char *flood = xcalloc(size + 1, 1);
    for (size_t i = 0; i < size; i++)
        flood[i] = "abcdefgh ijk\xff"[i * 7 % 13];
    struct guide_message large[] = {{.role = "user", .content = flood}};
    assert_answer(large, 1, introduction);
    free(flood);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_is_embedded),
        cmocka_unit_test(every_document_is_embedded),
        cmocka_unit_test(words_are_what_they_are_about),
        cmocka_unit_test(a_long_word_is_cut),
        cmocka_unit_test(some_words_are_alike),
        cmocka_unit_test(paragraphs_are_unwrapped),
        cmocka_unit_test(documents_are_cut_into_passages),
        cmocka_unit_test(an_example_s_prompt_is_not_what_a_passage_is_about),
        cmocka_unit_test(no_documents_no_passages),
        cmocka_unit_test(questions_find_their_section),
        cmocka_unit_test(the_concept_is_answered),
        cmocka_unit_test(other_questions_find_something),
        cmocka_unit_test(it_says_when_it_does_not_know),
        cmocka_unit_test(more_shows_the_next_passages_and_ends),
        cmocka_unit_test(it_knows_what_is_meant),
        cmocka_unit_test(it_introduces_itself_once_and_when_asked),
        cmocka_unit_test(a_tour_goes_from_step_to_step),
        cmocka_unit_test(the_tours_end),
        cmocka_unit_test(a_tour_goes_on_from_what_was_said_last),
        cmocka_unit_test(every_step_can_be_found_again),
        cmocka_unit_test(the_same_messages_get_the_same_answer),
        cmocka_unit_test(it_calls_the_tools_that_it_has_been_given),
        cmocka_unit_test(it_tells_what_a_tool_gave),
        cmocka_unit_test(a_result_of_one_long_line_is_cut),
        cmocka_unit_test(results_are_told_in_their_order),
        cmocka_unit_test(a_tour_goes_on_after_a_tool_was_tried),
        cmocka_unit_test(odd_conversations_are_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
