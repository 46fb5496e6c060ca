/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A colon ends a word in bash, unless the user has changed that, and the name of a model has one: so the
 * words are cut here, and what bash has already of the last one is taken off again.
 */
#include "base/buf.h"
#include "cli/flag.h"
#include "cli/options.h"
#include "cli/sessions.h"
#include "cli/shells.h"

static const char head[] = "# Completion of runnel for bash.\n"
                           "_runnel() {\n"
                           "    local line=${COMP_LINE:0:COMP_POINT} cur prev command list=''\n"
                           "    local -a words\n"
                           "    cur=${line##*[[:space:]]}\n"
                           "    read -ra words <<<\"${line%\"$cur\"}\"\n"
                           "    prev=${words[${#words[@]}-1]}\n"
                           "    command=${words[1]}\n"
                           "    case $prev in\n";

static const char tail[] =
    "    COMPREPLY=($(compgen -W \"$list\" -- \"$cur\"))\n"
    "    local known=${cur%\"${cur##*:}\"}\n"
    "    [[ $COMP_WORDBREAKS == *:* ]] && COMPREPLY=(\"${COMPREPLY[@]#\"$known\"}\")\n"
    "}\n"
    "complete -F _runnel runnel\n";

static void add_value(struct buf *out, const struct flag *flag)
{
    if (flag->value == FLAG_NOTHING)
        return;
    buf_adds(out, "    ");
    if (flag->letter)
        buf_addf(out, "-%c | ", flag->letter);
    buf_addf(out, "--%s) ", flag->name);
    if (flag->value == FLAG_FILE)
        buf_adds(out, "compopt -o default; COMPREPLY=(); return ;;\n");
    else if (flag->value == FLAG_SESSION)
        buf_adds(out, "list=$(runnel completion sessions 2>/dev/null | cut -f1) ;;\n");
    else if (flag->value == FLAG_MODEL)
        buf_adds(out, "list=$(runnel completion models 2>/dev/null) ;;\n");
    else if (flag->value == FLAG_WORDS)
        buf_addf(out, "list='%s' ;;\n", flag->words);
    else
        buf_adds(out, ";;\n");
}

static void add_options(struct buf *out)
{
    struct flag flag;
    for (size_t i = 0; flag_nth(i, &flag); i++)
        if (!flag.command)
            buf_addf(out, " --%s", flag.name);
}

static void add_own_options(struct buf *out)
{
    struct flag flag;
    buf_adds(out, "        case $command in\n");
    for (size_t i = 0; flag_nth(i, &flag); i++)
        if (flag.command)
            buf_addf(out, "        %s) list+=' --%s' ;;&\n", flag.command, flag.name);
    buf_adds(out, "        esac\n");
}

static void add_words(struct buf *out)
{
    buf_adds(out, "    elif ((${#words[@]} == 1)); then\n        list='");
    for (const char *const *name = command_names; *name; name++)
        buf_addf(out, "%s%s", name > command_names ? " " : "", *name);
    buf_adds(out, "'\n    elif [[ $command == sessions ]] && ((${#words[@]} == 2)); then\n"
                  "        list='");
    const char *verb;
    for (size_t i = 0; (verb = sessions_verb(i)); i++)
        buf_addf(out, "%s%s", i > 0 ? " " : "", verb);
    buf_adds(out, "'\n"
                  "    elif [[ $command == replay || $command == sessions ]]; then\n"
                  "        list=$(runnel completion sessions 2>/dev/null | cut -f1)\n"
                  "    elif [[ $command == completion ]]; then\n"
                  "        list='bash zsh fish'\n"
                  "    fi ;;\n"
                  "    esac\n");
}

void shell_bash(struct buf *out)
{
    struct flag flag;
    buf_adds(out, head);
    for (size_t i = 0; flag_nth(i, &flag); i++)
        add_value(out, &flag);
    buf_adds(out, "    *) if [[ $cur == -* ]]; then\n        list='");
    add_options(out);
    buf_adds(out, "'\n");
    add_own_options(out);
    add_words(out);
    buf_adds(out, tail);
}
