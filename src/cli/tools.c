/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * runnel tools: what a model may be offered, what each tool takes, and what runs unasked.  On a terminal the
 * lines are as long as its rows; in a pipe none is broken.
 */
#include "cli/cli.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/filter.h"
#include "base/json.h"
#include "chat/policy.h"
#include "cli/options.h"
#include "config/settings.h"
#include "text/wrap.h"
#include "tools/parameters.h"

/* ---- Which ---- */

/* All, unless one is named. */
static bool is_wanted(const struct options *options, const struct policy_tool *tool)
{
    return options->word_count == 0 || strcmp(options->words[0], tool->name) == 0;
}

static int check_name(const struct policy *policy, const struct options *options,
                      struct error *error)
{
    struct policy_tool tool;
    for (size_t i = 0; policy_nth(policy, i, &tool); i++)
        if (is_wanted(options, &tool))
            return 0;
    return error_set(error, RN_ECONFIG, "there is no tool \"%s\": runnel tools lists them",
                     options->words[0]);
}

/* ---- As text ---- */

static const char *standing(const struct policy_tool *tool)
{
    static const struct {
        const char *word, *meaning;
    } meanings[] = {
        {"denied", "never runs: the config denies it"},
        {"allowed", "runs unasked: that is allowed"},
        {"asks", "asks before it runs"},
    };
    for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++)
        if (strcmp(tool->word, meanings[i].word) == 0)
            return meanings[i].meaning;
    return tool->reads_files ? "runs unasked in the working folder" : "runs unasked";
}

/* A config may break its lines anywhere, and a gap would make a column of its own. */
static void add_prose(struct buf *out, const char *text)
{
    static const char blanks[] = " \t\r\n";
    for (const char *word = text + strspn(text, blanks); *word;) {
        size_t len = strcspn(word, blanks);
        filter_line(out, word, len);
        word += len + strspn(word + len, blanks);
        buf_adds(out, *word ? " " : "");
    }
}

static int widest(const struct parameters *parameters)
{
    int most = 0;
    for (size_t i = 0; i < parameters->count; i++) {
        const struct parameter *parameter = &parameters->items[i];
        int width = (int)strlen(parameter->name) + parameter->is_required;
        most = width > most ? width : most;
    }
    return most;
}

static void add_parameter(struct buf *out, const struct parameter *parameter, int width)
{
    int pad = width - (int)strlen(parameter->name) - parameter->is_required;
    buf_adds(out, "    ");
    add_prose(out, parameter->name);
    buf_addf(out, "%s%*s  ", parameter->is_required ? "*" : "", pad, "");
    add_prose(out, parameter->kind);
    if (*parameter->kind && *parameter->description)
        buf_adds(out, ": ");
    add_prose(out, parameter->description);
    buf_addc(out, '\n');
}

static void add_tool(struct buf *out, const struct policy_tool *tool)
{
    struct parameters parameters;
    parameters_read(&parameters, tool->schema);
    buf_addf(out, "%s: %s", tool->name, standing(tool));
    if (!tool->is_offered)
        buf_addf(out, "; off, -t %s offers it", tool->name);
    buf_adds(out, "\n  ");
    add_prose(out, tool->description);
    buf_addc(out, '\n');
    for (size_t i = 0; i < parameters.count; i++)
        add_parameter(out, &parameters.items[i], widest(&parameters));
    buf_addc(out, '\n');
    parameters_clear(&parameters);
}

/* 0 columns: as they are. */
static void add_rows(struct buf *out, const struct buf *text, int columns)
{
    struct wrap wrap = {.hangs = true};
    if (columns == 0) {
        buf_add(out, text->data, text->len);
        return;
    }
    wrap_update(&wrap, text->data, text->len, columns);
    for (size_t row = 0; row < wrap.solid; row++) {
        size_t start = wrap.starts[row];
        buf_addf(out, "%*s", wrap_indent(&wrap, text->data, row), "");
        buf_add(out, text->data + start, wrap_end(&wrap, text->data, row) - start);
        buf_addc(out, '\n');
    }
    wrap_clear(&wrap);
}

static void add_text(struct buf *out, const struct policy *policy, const struct options *options)
{
    struct policy_tool tool;
    struct buf text = BUF_INIT;
    for (size_t i = 0; policy_nth(policy, i, &tool); i++)
        if (is_wanted(options, &tool))
            add_tool(&text, &tool);
    buf_adds(&text, "An argument with a * has to be given.\n");
    add_rows(out, &text, cli_columns());
    buf_clear(&text);
}

/* ---- As JSON ---- */

static void add_string(struct buf *out, const char *key, const char *text)
{
    json_add_key(out, key);
    json_add_string(out, text, strlen(text));
}

static void add_object(struct buf *out, const struct policy_tool *tool)
{
    buf_addc(out, '{');
    add_string(out, "name", tool->name);
    add_string(out, "policy", tool->word);
    json_add_key(out, "offered");
    buf_adds(out, tool->is_offered ? "true" : "false");
    add_string(out, "description", tool->description);
    if (tool->schema) {
        json_add_key(out, "schema");
        json_add_compact(out, tool->schema, strlen(tool->schema));
    }
    buf_addc(out, '}');
}

static void add_array(struct buf *out, const struct policy *policy, const struct options *options)
{
    struct policy_tool tool;
    const char *before = "\n";
    buf_addc(out, '[');
    for (size_t i = 0; policy_nth(policy, i, &tool); i++) {
        if (!is_wanted(options, &tool))
            continue;
        buf_adds(out, before);
        before = ",\n";
        add_object(out, &tool);
    }
    buf_adds(out, "\n]\n");
}

/* ---- The command ---- */

int cli_tools(const struct options *options)
{
    struct error error;
    struct buf text = BUF_INIT;
    struct policy_options wanted = {.can_ask = true, .allow_all = options->yes};
    struct settings *settings = cli_settings(options, &error);
    struct policy *policy = settings ? policy_new(settings, &wanted, &error) : NULL;
    int status;
    if (policy && check_name(policy, options, &error) == 0) {
        if (options_format(options) == PLAIN_TEXT)
            add_text(&text, policy, options);
        else
            add_array(&text, policy, options);
        status = cli_print(buf_str(&text), text.len);
    } else {
        status = cli_fail(&error);
    }
    buf_clear(&text);
    policy_free(policy);
    settings_free(settings);
    return status;
}
