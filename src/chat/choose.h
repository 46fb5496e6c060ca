/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which model answers, and why that one: the first that applies of the options, RUNNEL_MODEL, the
 * config, what the user chose on the screen at an earlier time (chat/remembered.h), a key in the
 * environment, the guide.
 */
#ifndef CHAT_CHOOSE_H
#define CHAT_CHOOSE_H

#include <stdbool.h>

struct error;
struct settings;

struct choice {
    char *provider; /* "ollama"; GUIDE_NAME; URL_NAME for a --url */
    char *model;    /* as the provider names it */
    char *alias;    /* "model.NAME" when a NAME of the config was meant, else NULL */
    char *why;      /* "from OPENAI_API_KEY" */
    bool is_free;   /* nothing said which, or only an earlier choice: one made now is remembered */
};

#define GUIDE_NAME "guide"
#define REPLAY_NAME "replay" /* its model is a SESSION */
#define URL_NAME "url" /* --url is kept as [provider.url] */

/* `may_guide`: fall back to the guide when nothing is chosen; a script must not, since it must never
 * get what only looks like an answer. */
int choose_model(const struct settings *settings, bool may_guide, struct choice *choice,
                 struct error *error);
void choice_clear(struct choice *choice);
/* "provider.NAME": where the settings of its provider are; the caller's. */
char *choice_section(const struct choice *choice);
/* What people call a model: "ollama:llama3.2", and the guide just "guide"; the caller's. */
char *choose_label(const char *provider, const char *model);

#endif
