/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which tools are offered, and which calls may run: the settings and options, what the user has said in
 * this chat, and for built-in tools what the call would touch.  With nobody to ask the answer is no.
 */
#ifndef CHAT_POLICY_H
#define CHAT_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "runnel.h"

struct buf;
struct error;
struct policy;
struct settings;

struct policy_options {
    bool is_one_answer; /* no tools unless [chat] tools is set; in a chat those that only read */
    bool can_ask;
    bool allow_all;
};

/* NULL with an error when a list names a tool that there is not, or a [tool.NAME] cannot be one. */
struct policy *policy_new(const struct settings *settings, const struct policy_options *options,
                          struct error *error);
void policy_free(struct policy *policy);

bool policy_offers_any(const struct policy *policy);
/* Offer these instead; -1 with an error when there is no such tool. */
int policy_set_offer(struct policy *policy, const char *list, struct error *error);
/* Add what a model is told of the tools that are offered; how many these are. */
size_t policy_spell(const struct policy *policy, struct buf *text);
/* Offer the tools to an agent. */
void policy_offer(const struct policy *policy, rn_agent *agent);
/* An rn_policy_fn; `user` is the policy. */
enum rn_policy policy_judge(const char *tool, const char *args, void *user);
/* Why a call is asked about, for the user; a static string. */
const char *policy_why(const struct policy *policy, const char *tool, const char *args);
/* From now on calls of this tool run unasked: all, or those whose command begins like the pattern. */
void policy_allow(struct policy *policy, const char *tool, const char *pattern);
/* The same for a list, "NAME, NAME:PATTERN". */
int policy_allow_list(struct policy *policy, const char *list, struct error *error);
/* What "always like this" would mean for a call: "git *"; NULL when there is nothing sensible. */
char *policy_pattern(const char *tool, const char *args);
/* Each tool with its policy and what it does.  Tools that are not offered are named as such. */
void policy_list(const struct policy *policy, struct buf *out);

/* A tool as it is told of; the strings are the policy's. */
struct policy_tool {
    const char *name, *word; /* "denied", "allowed", "runs" (unasked), "asks" */
    const char *description; /* "": none */
    const char *schema;      /* NULL: it takes no arguments */
    bool is_offered;
    bool reads_files; /* those of the working folder unasked, others not */
};

/* False after the last. */
bool policy_nth(const struct policy *policy, size_t nth, struct policy_tool *tool);

#endif
