/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/policy.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "config/settings.h"
#include "tools/subject.h"
#include "tools/tools.h"

enum rule { RULE_NONE, RULE_ASK, RULE_ALLOW, RULE_DENY };

struct offer {
    char *name, *section;          /* "tool.NAME" */
    const struct builtin *builtin; /* NULL: a command of the config */
    enum rule rule;                /* the config's word */
    bool is_offered;
};

/* What may run unasked: a tool, or those of its calls that fit a pattern. */
struct grant {
    char *tool, *pattern; /* NULL: all its calls */
};

struct policy {
    const struct settings *settings;
    struct policy_options options;
    char *program; /* this executable, which built-in tools are */
    struct offer *offers;
    size_t count;
    struct grant *grants;
    size_t grant_count;
};

/* ---- Which tools there are ---- */

static void add_offer(struct policy *policy, const char *name, const struct builtin *builtin)
{
    static const struct {
        const char *word;
        enum rule rule;
    } rules[] = {{"ask", RULE_ASK}, {"allow", RULE_ALLOW}, {"deny", RULE_DENY}};
    policy->offers = xrealloc(policy->offers, (policy->count + 1) * sizeof(*policy->offers));
    struct offer *offer = &policy->offers[policy->count++];
    *offer = (struct offer){
        .name = xstrdup(name), .section = xasprintf("tool.%s", name), .builtin = builtin};
    const char *word = settings_get(policy->settings, offer->section, "policy");
    for (size_t i = 0; word && i < sizeof(rules) / sizeof(rules[0]); i++)
        if (strcmp(rules[i].word, word) == 0)
            offer->rule = rules[i].rule;
}

static struct offer *find(const struct policy *policy, const char *name)
{
    for (size_t i = 0; i < policy->count; i++)
        if (strcmp(policy->offers[i].name, name) == 0)
            return &policy->offers[i];
    return NULL;
}

static int add_commands(struct policy *policy, struct error *error)
{
    const char **names = settings_names(policy->settings, "tool");
    int result = 0;
    for (const char **name = names; *name && result == 0; name++) {
        if (builtin_find(*name))
            continue;
        add_offer(policy, *name, NULL);
        if (!settings_get(policy->settings, policy->offers[policy->count - 1].section, "command"))
            result = error_set(error, RN_ECONFIG,
                               "[tool.%s] has no command, and no built-in tool has "
                               "this name",
                               *name);
    }
    free(names);
    return result;
}

/* ---- Lists: words between commas; a pattern may have blanks in it ---- */

typedef int word_fn(struct policy *policy, const char *word, struct error *error);

static int each_word(struct policy *policy, const char *list, word_fn *fn, struct error *error)
{
    char *copy = xstrdup(list), *rest = copy;
    int result = 0;
    for (char *word; result == 0 && (word = strsep(&rest, ",\n"));) {
        word += strspn(word, " \t");
        size_t len = strlen(word);
        while (len > 0 && strchr(" \t", word[len - 1]))
            word[--len] = '\0';
        if (len > 0)
            result = fn(policy, word, error);
    }
    free(copy);
    return result;
}

static int fail_unknown(const struct policy *policy, const char *word, struct error *error)
{
    const char **names = xcalloc(policy->count + 4, sizeof(*names));
    size_t count = 0;
    for (size_t i = 0; i < policy->count; i++)
        names[count++] = policy->offers[i].name;
    names[count++] = "read";
    names[count++] = "all";
    names[count++] = "none";
    const char *near = nearest_word(word, names);
    if (near)
        error_set(error, RN_ECONFIG, "there is no tool \"%s\": did you mean %s?", word, near);
    else
        error_set(error, RN_ECONFIG,
                  "there is no tool \"%s\": runnel tools lists them, and /tools in a chat", word);
    free(names);
    return -1;
}

static bool only_reads(const struct offer *offer)
{
    return offer->builtin &&
           (offer->builtin->access == TOOL_PURE || offer->builtin->access == TOOL_READS);
}

static int offer_word(struct policy *policy, const char *word, struct error *error)
{
    bool is_all = strcmp(word, "all") == 0, is_read = strcmp(word, "read") == 0;
    bool is_none = strcmp(word, "none") == 0;
    struct offer *named = find(policy, word);
    if (!named && !is_all && !is_read && !is_none)
        return fail_unknown(policy, word, error);
    for (size_t i = 0; i < policy->count; i++) {
        struct offer *offer = &policy->offers[i];
        if (is_none)
            offer->is_offered = false;
        else if (offer == named || is_all || (is_read && only_reads(offer)))
            offer->is_offered = true;
    }
    return 0;
}

static int allow_word(struct policy *policy, const char *word, struct error *error)
{
    size_t len = strcspn(word, ":");
    char *name = xstrndup(word, len);
    int result = find(policy, name) ? 0 : fail_unknown(policy, name, error);
    if (result == 0)
        policy_allow(policy, name, word[len] == ':' ? word + len + 1 : NULL);
    free(name);
    return result;
}

static int read_lists(struct policy *policy, struct error *error)
{
    const char *tools = settings_get(policy->settings, "chat", "tools");
    const char *allow = settings_get(policy->settings, "chat", "allow");
    if (!tools || (policy->options.is_one_answer &&
                   settings_rank(policy->settings, "chat", "tools") < SETTINGS_OPTION))
        tools = policy->options.is_one_answer ? "none" : tools ? tools : "read";
    if (each_word(policy, tools, offer_word, error) < 0)
        return -1;
    return allow ? policy_allow_list(policy, allow, error) : 0;
}

static char *own_program(void)
{
    char path[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", path, sizeof(path));
    return len > 0 && (size_t)len < sizeof(path) ? xstrndup(path, (size_t)len) : xstrdup("runnel");
}

struct policy *policy_new(const struct settings *settings, const struct policy_options *options,
                          struct error *error)
{
    struct policy *policy = xnew(struct policy);
    policy->settings = settings;
    policy->options = *options;
    policy->program = own_program();
    for (const struct builtin *builtin = builtins; builtin->name; builtin++)
        add_offer(policy, builtin->name, builtin);
    if (add_commands(policy, error) < 0 || read_lists(policy, error) < 0) {
        policy_free(policy);
        return NULL;
    }
    return policy;
}

void policy_free(struct policy *policy)
{
    if (!policy)
        return;
    for (size_t i = 0; i < policy->count; i++) {
        free(policy->offers[i].name);
        free(policy->offers[i].section);
    }
    for (size_t i = 0; i < policy->grant_count; i++) {
        free(policy->grants[i].tool);
        free(policy->grants[i].pattern);
    }
    free(policy->offers);
    free(policy->grants);
    free(policy->program);
    free(policy);
}

bool policy_offers_any(const struct policy *policy)
{
    for (size_t i = 0; i < policy->count; i++)
        if (policy->offers[i].is_offered)
            return true;
    return false;
}

int policy_set_offer(struct policy *policy, const char *list, struct error *error)
{
    bool *before = xcalloc(policy->count, sizeof(*before));
    for (size_t i = 0; i < policy->count; i++) {
        before[i] = policy->offers[i].is_offered;
        policy->offers[i].is_offered = false;
    }
    int result = each_word(policy, list, offer_word, error);
    for (size_t i = 0; result < 0 && i < policy->count; i++)
        policy->offers[i].is_offered = before[i];
    free(before);
    return result;
}

static const char *description_of(const struct policy *policy, const struct offer *offer)
{
    const char *own = settings_get(policy->settings, offer->section, "description");
    return offer->builtin ? offer->builtin->description : own ? own : "";
}

/* NULL: it takes no arguments. */
static const char *schema_of(const struct policy *policy, const struct offer *offer)
{
    return offer->builtin ? offer->builtin->schema
                          : settings_get(policy->settings, offer->section, "schema");
}

size_t policy_spell(const struct policy *policy, struct buf *text)
{
    size_t count = 0;
    for (size_t i = 0; i < policy->count; i++) {
        const struct offer *offer = &policy->offers[i];
        if (!offer->is_offered)
            continue;
        const char *schema = schema_of(policy, offer);
        buf_adds(text, offer->name);
        buf_adds(text, description_of(policy, offer));
        buf_adds(text, schema ? schema : "");
        count++;
    }
    return count;
}

static void offer_one(const struct policy *policy, const struct offer *offer, rn_agent *agent)
{
    const struct settings *settings = policy->settings;
    const char *own[] = {policy->program, "--tool", offer->name, NULL};
    const char *command = settings_get(settings, offer->section, "command");
    const char *shell[] = {"/bin/sh", "-c", command, NULL};
    RN_TOOL(agent, .name = offer->name, .description = description_of(policy, offer),
            .schema = schema_of(policy, offer), .command = offer->builtin ? own : shell,
            .timeout_ms = (int)settings_number(settings, offer->section, "timeout"),
            .output_max = (size_t)settings_number(settings, offer->section, "output_max"));
}

void policy_offer(const struct policy *policy, rn_agent *agent)
{
    for (size_t i = 0; i < policy->count; i++)
        if (policy->offers[i].is_offered)
            offer_one(policy, &policy->offers[i], agent);
}

/* ---- May it run? ---- */

void policy_allow(struct policy *policy, const char *tool, const char *pattern)
{
    policy->grants = xrealloc(policy->grants, (policy->grant_count + 1) * sizeof(*policy->grants));
    policy->grants[policy->grant_count++] =
        (struct grant){.tool = xstrdup(tool), .pattern = xstrdup(pattern)};
}

int policy_allow_list(struct policy *policy, const char *list, struct error *error)
{
    return each_word(policy, list, allow_word, error);
}

/* A command that is more than one is never like another. */
static bool is_simple(const char *command)
{
    return !strpbrk(command, ";|&$`<>(){}\n\\\"'");
}

static bool fits(const char *pattern, const char *subject)
{
    size_t len = strlen(pattern);
    if (len > 0 && pattern[len - 1] == '*')
        return strncmp(pattern, subject, len - 1) == 0 && is_simple(subject);
    return strcmp(pattern, subject) == 0;
}

static bool is_granted(const struct policy *policy, const char *tool, const char *args)
{
    char *subject = tools_subject(args);
    bool granted = false;
    for (size_t i = 0; i < policy->grant_count && !granted; i++) {
        const struct grant *grant = &policy->grants[i];
        if (strcmp(grant->tool, tool) == 0)
            granted = !grant->pattern || (subject && fits(grant->pattern, subject));
    }
    free(subject);
    return granted;
}

char *policy_pattern(const char *tool, const char *args)
{
    char *subject = tools_subject(args), *pattern = NULL;
    size_t word = subject ? strcspn(subject, " ") : 0;
    if (subject && strcmp(tool, "shell") == 0 && is_simple(subject)) {
        pattern = subject[word] ? xasprintf("%.*s *", (int)word, subject) : xstrdup(subject);
    } else if (subject && strcmp(tool, "fetch_url") == 0) {
        const char *host = strstr(subject, "://");
        if (host)
            pattern =
                xasprintf("%.*s/*", (int)(host + 3 + strcspn(host + 3, "/?#") - subject), subject);
    }
    free(subject);
    return pattern;
}

enum rn_policy policy_judge(const char *tool, const char *args, void *user)
{
    const struct policy *policy = user;
    const struct offer *offer = find(policy, tool);
    const char *why;
    enum tool_verdict verdict =
        offer->builtin ? tools_judge(offer->builtin, args, NULL, &why) : TOOL_ASK;
    if (offer->rule == RULE_DENY || verdict == TOOL_NEVER)
        return RN_DENY;
    if (policy->options.allow_all || offer->rule == RULE_ALLOW || is_granted(policy, tool, args))
        return RN_ALLOW;
    if (verdict == TOOL_FREE && offer->rule == RULE_NONE)
        return RN_ALLOW;
    return policy->options.can_ask ? RN_ASK : RN_DENY;
}

const char *policy_why(const struct policy *policy, const char *tool, const char *args)
{
    const struct offer *offer = find(policy, tool);
    const char *why = "";
    if (!offer)
        return why;
    if (offer->rule == RULE_ASK)
        return "the config says that it asks";
    if (offer->builtin)
        tools_judge(offer->builtin, args, NULL, &why);
    else
        why = "it is a command of the config";
    return why;
}

/* ---- The list ---- */

static const char *word_of(const struct policy *policy, const struct offer *offer)
{
    if (offer->rule == RULE_DENY)
        return "denied";
    if (policy->options.allow_all || offer->rule == RULE_ALLOW ||
        is_granted(policy, offer->name, "{}"))
        return "allowed";
    if (offer->rule == RULE_NONE && only_reads(offer))
        return "runs"; /* what it may see unasked is in docs/safety.md */
    return "asks";
}

bool policy_nth(const struct policy *policy, size_t nth, struct policy_tool *tool)
{
    if (nth >= policy->count)
        return false;
    const struct offer *offer = &policy->offers[nth];
    *tool = (struct policy_tool){
        .name = offer->name,
        .word = word_of(policy, offer),
        .description = description_of(policy, offer),
        .schema = schema_of(policy, offer),
        .is_offered = offer->is_offered,
        .reads_files = offer->builtin && offer->builtin->access == TOOL_READS,
    };
    return true;
}

void policy_list(const struct policy *policy, struct buf *out)
{
    struct policy_tool tool;
    for (size_t i = 0; policy_nth(policy, i, &tool); i++)
        buf_addf(out, "%-13s %-8s %.*s\n", tool.name, tool.is_offered ? tool.word : "off",
                 (int)strcspn(tool.description, ".\n"), tool.description);
}
