/* SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "guide/tour.h"

#include <string.h>

#include "base/buf.h"
#include "guide/words.h"

enum { STEPS_MAX = 4 };

struct tour {
    const char *name;
    const char *topics;
    const char *steps[STEPS_MAX]; /* the rest is NULL */
};

static const struct tour tours[] = {
    {
        .name = "Stop an answer",
        .topics = "stop stopping cancel interrupt esc",
        .steps =
            {
                "An answer can be stopped at any moment, and what has come of it is kept. Try it: "
                "ask me to "
                "**tell me everything**, and while I talk press **Esc** or **Ctrl-C**. Then say "
                "**next**.",
                "The words that had come are still there, marked as partial, and they stay in the "
                "conversation: a model sees what it had said before you stopped it. `/retry` asks "
                "the same "
                "once more. You can also type your next prompt while an answer streams.",
                "Ctrl-C means stop only while something is going on. When nothing is, it clears "
                "the line, and "
                "twice it quits; `/quit` and Ctrl-D on an empty line quit as well. A single answer "
                "in a "
                "shell is stopped by Ctrl-C too: the text so far has been printed, and the exit "
                "status is 130.",
            },
    },
    {
        .name = "Stream and invoke",
        .topics = "stream streaming invoke invoking mode",
        .steps =
            {
                "`stream` shows each piece of an answer when it is made. `invoke` waits and shows "
                "the whole. Try "
                "it: type `/invoke`, ask me *What is streaming?*, and wait. Then type `/stream` "
                "and ask again. "
                "Alt-T changes between the two as well.",
                "Look at the status line: it tells the time to the first piece. With `stream` that "
                "is a moment, "
                "with `invoke` it is the time of the whole answer, and the words are the same in "
                "the end. "
                "(My pace is simulated. A language model's is not.)",
                "On the command line the mode is a flag: `runnel --stream \"...\"` and `runnel "
                "--invoke \"...\"`, "
                "or `-S` and `-I`. Stream for people; invoke for jobs that nobody watches. Not "
                "sure? Stream "
                "and collect: the pieces joined are exactly the whole.",
            },
    },
    {
        .name = "Tools",
        .topics = "tool tools agent agents approval approvals",
        .steps =
            {
                "A tool is a program that a model may call. I can call some that only look: the "
                "time, a calculation, files. Ask me **what time is it?** You see the call while I "
                "write it, then its result, then what I say of it. Then say **next**.",
                "Several calls run side by side: ask me **what time is it and what is 6*7?** Then "
                "try **what files are here?** and **read README.md**. The result is whole; what I "
                "say of a long one is its beginning.",
                "What reads in your folder runs unasked. All else asks you first: you are shown "
                "the whole of what would run, and nothing runs before you say yes. Try it: **read "
                "/etc/hostname** is outside, so you are asked; say no. `/tools` lists the tools "
                "and switches them on and off, `/allow NAME` lets one run without asking.",
                "A single answer has no tools unless you name them:\n\n"
                "    runnel -m guide -t time \"What time is it?\"\n\n"
                "`--allow LIST` and `--yes` say what may run unasked, `runnel tools` shows all "
                "there are. A tool of your own is ten lines of shell, Python or C: ask me **how "
                "do I write a tool?**",
            },
    },
    {
        .name = "Replay",
        .topics = "replay replaying session sessions",
        .steps =
            {
                "What we say is written to a session as it happens, with the time of every piece. "
                "Leave with "
                "`/quit`, then type `runnel replay`: you see this chat again, exactly as it went. "
                "Nothing "
                "is sent to anyone for it.",
                "`runnel replay --speed 4` is four times as fast, `--max-gap 1` shortens every "
                "silence to a second, "
                "`--instant` shows all at once, and `--text` or `--events` print instead of "
                "painting. `runnel "
                "sessions` lists what there is to replay.",
                "`runnel -c` goes on with the last session, `runnel -r SESSION` with another one. "
                "With `--no-save` "
                "nothing is written. A session is a text file, one JSON object on a line, that any "
                "program "
                "can read.",
            },
    },
    {
        .name = "Connect a model",
        .topics = "connect connecting model models ollama openai llama key provider",
        .steps =
            {
                "**Ollama**, on your own machine: `ollama pull llama3.2`, then\n\n"
                "    runnel -m ollama:llama3.2\n\n"
                "The first word is the provider, the rest the model's name. In a chat, `/model "
                "ollama:llama3.2` "
                "does the same.",
                "**llama-server** (llama.cpp): `llama-server -m model.gguf`, then\n\n"
                "    runnel --url http://127.0.0.1:8080/v1 -m NAME\n\n"
                "`--url` takes any server that speaks OpenAI's chat completions; the whole of `-m` "
                "is then the "
                "model's name. No key is ever sent there unless `--key-env NAME` says which "
                "variable "
                "holds it.",
                "**OpenAI** and others that want a key: put it into the environment, never on the "
                "command line:\n\n"
                "    export OPENAI_API_KEY=...\n"
                "    runnel -m openai:MODEL\n\n"
                "openrouter, groq, mistral, deepseek and xai work alike, each with a variable of "
                "its own.",
                "To have it always, set the variable `RUNNEL_MODEL`, or write it into the config: "
                "`runnel config` "
                "shows every setting in force and where it came from. `config.example.ini` "
                "explains them all.",
            },
    },
    {
        .name = "Pipes and events",
        .topics = "pipe pipes piping event events script scripts json",
        .steps =
            {
                "With a prompt, or in a pipe, runnel gives one answer and ends:\n\n"
                "    git diff | runnel -m ollama:llama3.2 \"write a commit message\"\n\n"
                "The answer streams to stdout as the model sent it; everything else goes to "
                "stderr. The exit "
                "status says how it went: 0 answered, 3 cut short, 130 stopped, and so on.",
                "`--events` prints what happens, one JSON object on a line, while it happens:\n\n"
                "    runnel -m guide --events \"What is streaming?\"\n\n"
                "`ai` is a piece of text, `finish` the end and its reason. A reader that does not "
                "know a type "
                "passes over it.",
                "`--json` prints one object at the end: the whole answer, how it ended and what it "
                "took. The "
                "lines of `--events` in a file are a session: `runnel replay FILE` plays them.",
            },
    },
    {
        .name = "The library",
        .topics = "library librunnel api program programming header",
        .steps =
            {
                "Everything that runnel does with a model it does through `librunnel`, and so can "
                "a C program "
                "of yours:\n\n"
                "    rn_model *model = RN_MODEL(.provider = \"ollama\", .model = \"llama3.2\");\n"
                "    rn_stream *s = rn_model_stream(model, \"Hello world\");\n"
                "    for (const rn_event *chunk; (chunk = rn_next(s)); ) {\n"
                "        fputs(chunk->content, stdout);\n"
                "        fflush(stdout);\n"
                "    }\n"
                "    rn_close(s);\n"
                "    rn_model_free(model);\n",
                "To collect instead of showing: `rn_text` drains a stream and gives its text, "
                "`rn_collect` the "
                "whole message, `rn_snapshot` what has come so far. `rn_cancel` stops a run, from "
                "any thread "
                "or a signal handler. For a program with its own event loop, `rn_fd` is what to "
                "poll and "
                "`rn_step` never waits longer than you say.",
                "It is one header, `runnel.h`, and `pkg-config runnel` knows the rest. "
                "docs/library.md tells "
                "all of it, and docs/examples has programs to start from.",
            },
    },
};

enum { TOURS = sizeof(tours) / sizeof(tours[0]) };

static size_t step_count(const struct tour *tour)
{
    size_t count = 0;
    while (count < STEPS_MAX && tour->steps[count])
        count++;
    return count;
}

static void add_heading(struct place place, struct buf *out)
{
    const struct tour *tour = &tours[place.tour];
    buf_addf(out, "**Tour %zu of %d: %s** (%zu of %zu)", place.tour + 1, (int)TOURS, tour->name,
             place.step + 1, step_count(tour));
}

/* The blanks that words_plain puts around make a whole word of what is found. */
static bool has_any(const char *plain, const char *words)
{
    for (const char *at = plain + 1; *at;) {
        size_t len = strcspn(at, " ");
        char word[WORD_SIZE];
        memcpy(word, at, len);
        word[len] = '\0';
        if (word_is_in(words, word))
            return true;
        at += len + 1;
    }
    return false;
}

static bool is_name(const char *plain, const char *name)
{
    struct buf words = BUF_INIT;
    words_plain(&words, name, strlen(name));
    bool same = !strcmp(plain, buf_str(&words));
    buf_clear(&words);
    return same;
}

bool tour_find(const char *plain, struct place *place)
{
    bool asked = has_any(plain, "tour tours");
    for (size_t i = 0; i < TOURS; i++) {
        char number[] = {' ', (char)('1' + i), ' ', '\0'};
        bool meant = !strcmp(plain, number) || is_name(plain, tours[i].name);
        if (meant || (asked && (strstr(plain, number) || has_any(plain, tours[i].topics)))) {
            *place = (struct place){.tour = i};
            return true;
        }
    }
    return false;
}

bool tour_seen(const char *said, struct place *place)
{
    bool seen = false;
    struct place at = {0};
    do {
        struct buf heading = BUF_INIT;
        add_heading(at, &heading);
        if (strstr(said, buf_str(&heading))) {
            *place = at;
            seen = true;
        }
        buf_clear(&heading);
    } while (tour_next(&at));
    return seen;
}

bool tour_next(struct place *place)
{
    if (place->step + 1 < step_count(&tours[place->tour])) {
        place->step++;
        return true;
    }
    if (place->tour + 1 == TOURS)
        return false;
    *place = (struct place){.tour = place->tour + 1};
    return true;
}

void tour_say(struct place place, struct buf *out)
{
    add_heading(place, out);
    buf_addf(out, "\n\n%s\n\n", tours[place.tour].steps[place.step]);
    struct place next = place;
    if (!tour_next(&next))
        buf_adds(out, "That was the last step of the last tour. Ask me anything about runnel.\n");
    else if (next.tour == place.tour)
        buf_adds(out, "Say **next** to go on.\n");
    else
        buf_addf(out, "That was this tour. Say **next** for the one about: %s.\n",
                 tours[next.tour].name);
}

void tour_list(struct buf *out)
{
    for (size_t i = 0; i < TOURS; i++)
        buf_addf(out, "%zu. %s\n", i + 1, tours[i].name);
}
