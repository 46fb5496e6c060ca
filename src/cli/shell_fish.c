/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/buf.h"
#include "cli/flag.h"
#include "cli/options.h"
#include "cli/sessions.h"
#include "cli/shells.h"

static void add_value(struct buf *out, const struct flag *flag)
{
    static const char *const values[] = {
        [FLAG_NOTHING] = "",
        [FLAG_ANYTHING] = " -x",
        [FLAG_FILE] = " -r -F",
        [FLAG_SESSION] = " -x -k -a '(runnel completion sessions 2>/dev/null)'",
        [FLAG_MODEL] = " -x -a '(runnel completion models 2>/dev/null)'",
    };
    if (flag->value == FLAG_WORDS)
        buf_addf(out, " -x -a '%s'", flag->words);
    else
        buf_adds(out, values[flag->value]);
}

static void add_option(struct buf *out, const struct flag *flag)
{
    buf_adds(out, "complete -c runnel");
    if (flag->command)
        buf_addf(out, " -n '__fish_seen_subcommand_from %s'", flag->command);
    if (flag->letter)
        buf_addf(out, " -s %c", flag->letter);
    buf_addf(out, " -l %s", flag->name);
    add_value(out, flag);
    buf_addf(out, " -d '%s'\n", flag->help);
}

static void add_verbs(struct buf *out)
{
    const char *verb;
    for (size_t i = 0; (verb = sessions_verb(i)); i++)
        buf_addf(out, "%s%s", i > 0 ? " " : "", verb);
}

static void add_words(struct buf *out)
{
    buf_adds(out, "complete -c runnel -n __fish_use_subcommand -a '");
    for (const char *const *name = command_names; *name; name++)
        buf_addf(out, "%s%s", name > command_names ? " " : "", *name);
    buf_adds(out, "'\ncomplete -c runnel -n '__fish_seen_subcommand_from sessions; "
                  "and not __fish_seen_subcommand_from ");
    add_verbs(out);
    buf_adds(out, "' -a '");
    add_verbs(out);
    buf_adds(out,
             "'\n"
             "complete -c runnel -n '__fish_seen_subcommand_from replay show export remove' -k "
             "-a '(runnel completion sessions 2>/dev/null)'\n"
             "complete -c runnel -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'\n");
}

void shell_fish(struct buf *out)
{
    struct flag flag;
    buf_adds(out, "# Completion of runnel for fish.\ncomplete -c runnel -f\n");
    add_words(out);
    for (size_t i = 0; flag_nth(i, &flag); i++)
        add_option(out, &flag);
}
