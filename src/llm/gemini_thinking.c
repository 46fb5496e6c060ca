/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/gemini_thinking.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"

/* The budgets are those that Google's own OpenAI-compatible endpoint makes of an effort. */
static const struct effort {
    const char *name, *level;
    int budget;
    const char *otherwise; /* the level to take where a model lacks this one; NULL: its own */
} efforts[] = {
    {"none", "MINIMAL", 0, "LOW"},  {"minimal", "MINIMAL", 1024, "LOW"},
    {"low", "LOW", 1024, "MEDIUM"}, {"medium", "MEDIUM", 8192, "HIGH"},
    {"high", "HIGH", 24576, NULL},
};

enum { EFFORT_COUNT = sizeof(efforts) / sizeof(efforts[0]), PRO_BUDGET_LEAST = 128 };

static const struct effort *effort_of(const char *name)
{
    for (size_t i = 0; i < EFFORT_COUNT; i++)
        if (strcmp(efforts[i].name, name) == 0)
            return &efforts[i];
    return NULL;
}

/* None and minimal have the same level; only the one shows thoughts. */
static const struct effort *effort_told(const char *level, bool shows_thoughts)
{
    for (size_t i = shows_thoughts ? 1 : 0; i < EFFORT_COUNT; i++)
        if (strcmp(efforts[i].level, level) == 0)
            return &efforts[i];
    return NULL;
}

/* ---- Which models ---- */

enum generation { OTHER = 0, THINKS_BY_BUDGET = 2, THINKS_BY_LEVEL = 3 };

/* Of "gemini-2.5-flash", "models/gemini-3-pro-preview", "gemini-flash-latest" (which is a new one). */
static enum generation generation_of(const char *model)
{
    const char *version = strstr(model, "gemini-");
    if (!version)
        return OTHER;
    version += strlen("gemini-");
    if (strncmp(version, "2.5", 3) == 0)
        return THINKS_BY_BUDGET;
    long number = strtol(version, NULL, 10);
    bool is_new = number >= THINKS_BY_LEVEL || (number == 0 && strstr(version, "-latest"));
    return is_new ? THINKS_BY_LEVEL : OTHER;
}

bool gemini_wants_signatures(const char *model)
{
    return generation_of(model) == THINKS_BY_LEVEL;
}

/* ---- The setting ---- */

/* 2.5 Pro cannot but think. */
static int budget_for(const char *model, const struct effort *effort)
{
    bool is_pro = strstr(model, "2.5-pro");
    return is_pro && effort->budget < PRO_BUDGET_LEAST ? PRO_BUDGET_LEAST : effort->budget;
}

json_t *gemini_thinking(const char *model, const char *effort)
{
    enum generation generation = generation_of(model);
    const struct effort *wanted = effort ? effort_of(effort) : NULL;
    if (generation == OTHER && !wanted)
        return NULL;
    bool is_off = wanted && strcmp(effort, "none") == 0;
    json_t *config = json_pack("{s:b}", "includeThoughts", !is_off);
    if (wanted && generation == THINKS_BY_BUDGET)
        json_object_set_new(config, "thinkingBudget", json_integer(budget_for(model, wanted)));
    else if (wanted)
        json_object_set_new(config, "thinkingLevel", json_string(wanted->level));
    return config;
}

/* ---- Refused ---- */

/* "Thinking level MEDIUM is not supported for this model": the next one up may be; "Thinking level is
 * not supported for this model": it takes a budget. */
static void replace_level(json_t *thinking, const char *why)
{
    const char *level = json_get_text(thinking, "thinkingLevel");
    bool shows_thoughts = json_is_true(json_object_get(thinking, "includeThoughts"));
    const struct effort *effort = effort_told(level, shows_thoughts);
    bool names_it = strstr(why, level); /* in capitals: "low" is in many a word */
    if (effort && !names_it)
        json_object_set_new(thinking, "thinkingBudget", json_integer(effort->budget));
    if (effort && names_it && effort->otherwise)
        json_object_set_new(thinking, "thinkingLevel", json_string(effort->otherwise));
    else
        json_object_del(thinking, "thinkingLevel");
}

bool gemini_thinking_amend(json_t *config, const char *why)
{
    json_t *thinking = json_object_get(config, "thinkingConfig");
    if (!thinking || !strcasestr(why, "think"))
        return false;
    bool is_of_level = strcasestr(why, "level") && json_object_get(thinking, "thinkingLevel");
    bool is_of_budget = strcasestr(why, "budget") && json_object_get(thinking, "thinkingBudget");
    if (is_of_level)
        replace_level(thinking, why);
    else if (is_of_budget)
        json_object_del(thinking, "thinkingBudget");
    else
        json_object_del(config, "thinkingConfig");
    return true;
}
