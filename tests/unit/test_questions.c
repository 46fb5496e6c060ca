/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * docs/questions.md: each of its questions is answered by what stands below it, and so is what newcomers ask
 * in words of their own, there or on the page that knows better.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "guide/guide.h"
#include "guide/passages.h"

static const char page[] = "docs/questions.md";

static struct passages *documentation;

static int open_documentation(void **state)
{
    (void)state;
    documentation = passages_new(guide_documents);
    return 0;
}

static int close_documentation(void **state)
{
    (void)state;
    passages_free(documentation);
    return 0;
}

/* The passage that the guide shows first. */
static const struct passage *first_for(const char *question)
{
    struct hit hit;
    if (!passages_find(documentation, question, &hit, 1))
        fail_msg("%s: nothing", question);
    return hit.passage;
}

static void every_question_is_answered_below_it(void **state)
{
    (void)state;
    size_t asked = 0;
    for (size_t i = 0; i < passages_count(documentation); i++) {
        const struct passage *passage = passages_at(documentation, i);
        if (strcmp(passage->file, page) != 0 || !strchr(passage->section, '?'))
            continue;
        const struct passage *first = first_for(passage->section);
        if (first != passage)
            fail_msg("%s: %s, %s", passage->section, first->file, first->section);
        asked++;
    }
    assert_true(asked > 20);
}

/* What newcomers typed, and a word of the section that has to come first. */
static const struct {
    const char *question, *file, *section;
} questions[] = {
    {"how do I change the model", page, "change the model"},
    {"how do I use Claude", page, "Claude"},
    {"does it work without internet", page, "offline"},
    {"is my key safe", page, "API key"},
    {"where do I put my API key", page, "API key"},
    {"does it send my data anywhere", page, "private"},
    {"how do I see the cost", page, "cost"},
    {"why is it slow", page, "slow"},
    {"why was my answer cut off", page, "cut off"},
    {"context window too long", page, "context"},
    {"connection refused", page, "refused"},
    {"rate limit", page, "rate limit"},
    {"how do I hide the thinking", page, "thinking"},
    {"what is temperature", page, "temperature"},
    {"how do I set a system prompt", page, "system prompt"},
    {"what is an agent", page, "agent"},
    {"can it read my files", page, "files"},
    {"how do I edit my prompt in vim", page, "vim"},
    {"how can I undo my last question", page, "undo"},
    {"how do I attach a picture", page, "picture"},
    {"how do I scroll up", page, "scroll"},
    {"is there a mouse", page, "copy"},
    {"how do I turn off colors", page, "colors"},
    {"the screen is garbled", page, "garbled"},
    {"where are my chats", page, "my chats"},
    {"how do I start a new chat", page, "new chat"},
    {"how do I clear the screen", page, "clear the screen"},
    {"how do I search old chats", page, "old chat"},
    {"can I rename a chat", page, "rename"},
    {"how do I delete a session", page, "delete a session"},
    {"can I get json output", page, "JSON"},
    {"can I run it on a mac", page, "Mac"},
    {"how do I install it", page, "install"},
    {"how do I use my Ollama", "docs/providers.md", "Ollama"},
    {"how do I use llama.cpp", "docs/providers.md", "llama.cpp"},
    {"can I use vi keys", "docs/screen.md", "Typing"},
    {"how do I use a proxy", "docs/configuration.md", "Proxies"},
    {"what is the config file", "docs/configuration.md", "Where the file is"},
    {"how do I compile against librunnel", "docs/library.md", "Building and linking"},
    {"compare two models", "docs/compare.md", ""},
};

static void newcomers_are_answered(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
        const struct passage *first = first_for(questions[i].question);
        if (strcmp(first->file, questions[i].file) != 0 ||
            !strstr(first->section, questions[i].section))
            fail_msg("%s: %s, %s", questions[i].question, first->file, first->section);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_question_is_answered_below_it),
        cmocka_unit_test(newcomers_are_answered),
    };
    return cmocka_run_group_tests(tests, open_documentation, close_documentation);
}
