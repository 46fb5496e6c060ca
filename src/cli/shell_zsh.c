/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/buf.h"
#include "cli/flag.h"
#include "cli/options.h"
#include "cli/sessions.h"
#include "cli/shells.h"

static const char head[] = "#compdef runnel\n"
                           "# Completion of runnel for zsh.\n"
                           "_runnel_sessions() {\n"
                           "    local -a rows\n"
                           "    rows=(${(f)\"$(runnel completion sessions 2>/dev/null)\"})\n"
                           "    rows=(\"${(@)rows//:/ }\")\n"
                           "    rows=(\"${(@)rows/$'\\t'/:}\")\n"
                           "    _describe -V session rows\n"
                           "}\n"
                           "_runnel_models() {\n"
                           "    compadd -- ${(f)\"$(runnel completion models 2>/dev/null)\"}\n"
                           "}\n"
                           "_runnel_words() {\n"
                           "    case $words[2] in\n"
                           "    replay) _runnel_sessions ;;\n"
                           "    completion) compadd bash zsh fish ;;\n"
                           "    sessions) if ((CURRENT == 3)); then compadd";

static void add_value(struct buf *out, const struct flag *flag)
{
    static const char *const actions[] = {
        [FLAG_ANYTHING] = " ",
        [FLAG_FILE] = "_files",
        [FLAG_SESSION] = "_runnel_sessions",
        [FLAG_MODEL] = "_runnel_models",
    };
    if (flag->value == FLAG_WORDS)
        buf_addf(out, ":%s:(%s)", flag->name, flag->words);
    else if (flag->value != FLAG_NOTHING)
        buf_addf(out, ":%s:%s", flag->name, actions[flag->value]);
}

static void add_option(struct buf *out, const struct flag *flag)
{
    buf_adds(out, "    ");
    if (flag->letter)
        buf_addf(out, "'(-%c --%s)'{-%c,--%s}'[%s]", flag->letter, flag->name, flag->letter,
                 flag->name, flag->help);
    else
        buf_addf(out, "'*--%s[%s]", flag->name, flag->help);
    add_value(out, flag);
    buf_adds(out, "' \\\n");
}

void shell_zsh(struct buf *out)
{
    struct flag flag;
    const char *verb;
    buf_adds(out, head);
    for (size_t i = 0; (verb = sessions_verb(i)); i++)
        buf_addf(out, " %s", verb);
    buf_adds(out, "; else _runnel_sessions; fi ;;\n"
                  "    *) ((CURRENT == 2)) && compadd");
    for (const char *const *name = command_names; *name; name++)
        buf_addf(out, " %s", *name);
    buf_adds(out, " ;;\n    esac\n}\n_arguments \\\n");
    for (size_t i = 0; flag_nth(i, &flag); i++)
        add_option(out, &flag);
    buf_adds(out, "    '*:word:_runnel_words'\n");
}
