/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/flag.h"

#include <ctype.h>
#include <string.h>

#include "cli/options.h"

/* What stands for a value in the help, and what it is. */
static const struct {
    const char *sign;
    enum flag_value value;
    const char *words;
} values[] = {
    {"FILE", FLAG_FILE, ""},
    {"FILE|URL", FLAG_FILE, ""},
    {"SESSION", FLAG_SESSION, ""},
    {"[SESSION]", FLAG_SESSION, ""},
    {"[PROVIDER:]MODEL", FLAG_MODEL, ""},
    {"FORMAT", FLAG_WORDS, "md html json text"},
    {"LEVEL", FLAG_WORDS, "none minimal low medium high xhigh max"},
};

/* Behind the option's name on its own line of the help; NULL when it has none.  A line has two blanks at
 * its beginning, then a letter and a comma, or blanks in their place. */
static const char *find_line_in(const char *text, const char *name)
{
    enum { NAME_AT = 6 };
    size_t len = strlen(name);
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
        size_t line_len = strcspn(line, "\n");
        if (line_len >= NAME_AT + 2 + len && memcmp(line + NAME_AT, "--", 2) == 0 &&
            memcmp(line + NAME_AT + 2, name, len) == 0 && strchr(" \n", line[NAME_AT + 2 + len]))
            return line + NAME_AT + 2 + len;
    }
    return NULL;
}

static const char *find_line(const char *name)
{
    const char *line = NULL;
    for (const char *const *part = options_help; *part && !line; part++)
        line = find_line_in(*part, name);
    return line;
}

static void set_value(struct flag *flag, const char *sign, size_t len)
{
    flag->value = FLAG_ANYTHING;
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        if (strlen(values[i].sign) == len && memcmp(values[i].sign, sign, len) == 0) {
            flag->value = values[i].value;
            flag->words = values[i].words;
        }
}

static void set_help(struct flag *flag, const char *text, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len && n + 1 < FLAG_HELP_SIZE; i++)
        if (isalnum((unsigned char)text[i]) || strchr(" ,.:;/-=@_()", text[i]))
            flag->help[n++] = text[i];
    while (n > 0 && strchr(" ,:;", flag->help[n - 1]))
        n--;
    flag->help[n] = '\0';
}

bool flag_nth(size_t nth, struct flag *flag)
{
    struct option_row row;
    if (!options_nth(nth, &row))
        return false;
    *flag =
        (struct flag){.name = row.name, .letter = row.letter, .command = row.command, .words = ""};
    const char *line = find_line(row.name);
    size_t len = line ? strcspn(line, "\n") : 0;
    size_t sign = 0;
    if (row.takes_value)
        flag->value = FLAG_ANYTHING;
    if (row.takes_value && len > 1 && line[1] != ' ') {
        sign = 1 + strcspn(line + 1, " \n");
        set_value(flag, line + 1, sign - 1);
    }
    while (sign < len && line[sign] == ' ')
        sign++;
    if (line)
        set_help(flag, line + sign, len - sign);
    return true;
}
