/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/options.h"

#include <getopt.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "config/settings.h"

const char *const command_names[] = {"compare",     "replay",     "sessions", "models",
                                     "doctor",      "tools",      "config",   "decode",
                                     "serve-guide", "completion", NULL};

enum takes {
    TAKES_NOTHING, /* it sets a flag */
    TAKES_ITSELF,  /* its own name is the value */
    TAKES_TEXT,
    TAKES_CHOICE, /* a text, or "": where the line ends, or an option follows */
    TAKES_EACH,   /* one more text */
    TAKES_NUMBER,
    TAKES_WHOLE, /* a number without a fraction */
    TAKES_FD,    /* between runnel and itself */
};

struct row {
    const char *name;
    const char *command; /* the only one it goes with; NULL: any */
    char letter;         /* 0: none */
    enum takes takes;
    size_t place; /* in struct options */
    double least, most;
};

#define AT(field) offsetof(struct options, field)
#define FLAG(field) TAKES_NOTHING, AT(field), 0, 0
#define ITSELF(field) TAKES_ITSELF, AT(field), 0, 0
#define TEXT(field) TAKES_TEXT, AT(field), 0, 0
#define CHOICE(field) TAKES_CHOICE, AT(field), 0, 0
#define EACH(field) TAKES_EACH, AT(field), 0, 0
#define NUMBER(field, least, most) TAKES_NUMBER, AT(field), least, most
#define WHOLE(field, least, most) TAKES_WHOLE, AT(field), least, most
#define DESCRIPTOR(field) TAKES_FD, AT(field), 0, 1 << 20

/* clang-format off */
static const struct row rows[] = {
    {"model",       NULL,          'm', EACH(models)},
    {"url",         NULL,          0,   TEXT(url)},
    {"key-env",     NULL,          0,   TEXT(key_env)},
    {"system",      NULL,          's', TEXT(system)},
    {"role",        NULL,          'R', TEXT(role)},
    {"temperature", NULL,          0,   TEXT(temperature)},
    {"max-tokens",  NULL,          0,   TEXT(max_tokens)},
    {"reasoning",   NULL,          0,   TEXT(reasoning)},
    {"schema",      NULL,          0,   TEXT(schema)},
    {"set",         NULL,          0,   EACH(set)},
    {"attach",      NULL,          'a', EACH(attach)},
    {"tools",       NULL,          't', TEXT(tools)},
    {"no-tools",    NULL,          0,   FLAG(no_tools)},
    {"allow",       NULL,          0,   TEXT(allow)},
    {"yes",         NULL,          0,   FLAG(yes)},
    {"stream",      NULL,          'S', ITSELF(mode)},
    {"invoke",      NULL,          'I', ITSELF(mode)},
    {"continue",    NULL,          'c', FLAG(wants_last)},
    {"resume",      NULL,          'r', CHOICE(resume)},
    {"fork",        NULL,          0,   FLAG(is_fork)},
    {"name",        NULL,          0,   TEXT(name)},
    {"no-save",     NULL,          0,   FLAG(no_save)},
    {"text",        NULL,          0,   ITSELF(format)},
    {"events",      NULL,          0,   ITSELF(format)},
    {"json",        NULL,          0,   ITSELF(format)},
    {"plain",       NULL,          0,   FLAG(plain)},
    {"record",      NULL,          0,   TEXT(record)},
    {"log",         NULL,          0,   TEXT(log)},
    {"config",      NULL,          0,   TEXT(config)},
    {"profile",     NULL,          0,   TEXT(profile)},
    {"version",     NULL,          'V', FLAG(version)},
    {"help",        NULL,          'h', FLAG(help)},
    {"repeat",      "compare",     0,   WHOLE(repeat, 1, 100)},
    {"speed",       "replay",      0,   NUMBER(speed, 0.01, 1000)},
    {"max-gap",     "replay",      0,   NUMBER(max_gap, 0, 86400)},
    {"instant",     "replay",      0,   FLAG(is_instant)},
    {"step",        "replay",      0,   FLAG(is_step)},
    {"from",        "replay",      0,   TEXT(from)},
    {"to",          "replay",      0,   TEXT(to)},
    {"format",      "sessions",    0,   TEXT(export_format)},
    {"output",      "sessions",    'o', TEXT(output)},
    {"wire",        "decode",      0,   TEXT(wire)},
    {"status",      "decode",      0,   WHOLE(status, 100, 599)},
    {"port",        "serve-guide", 0,   WHOLE(port, 0, 65535)},
    {"rate",        "serve-guide", 0,   WHOLE(rate, 0, 100000)},
    {"listen-fd",   "serve-guide", 0,   DESCRIPTOR(listen_fd)},
    {"alive-fd",    "serve-guide", 0,   DESCRIPTOR(alive_fd)},
};
/* clang-format on */

/* getopt(3) gives an option back as its letter, or, since all of these are beyond the letters, as its
 * place in the table and this. */
enum { ROWS = sizeof(rows) / sizeof(rows[0]), BEYOND_LETTERS = 256 };
enum { WORD = 1 }; /* getopt(3)'s code for what is no option */

static int code_of(const struct row *row)
{
    return row->letter ? row->letter : BEYOND_LETTERS + (int)(row - rows);
}

static const struct row *row_of(int code)
{
    for (const struct row *row = rows; row < rows + ROWS; row++)
        if (code_of(row) == code)
            return row;
    return NULL;
}

static bool takes_value(const struct row *row)
{
    return row->takes >= TAKES_TEXT;
}

/* What is between runnel and itself is nobody's to type. */
bool options_nth(size_t nth, struct option_row *option)
{
    for (const struct row *row = rows; row < rows + ROWS; row++) {
        if (row->takes == TAKES_FD || nth-- > 0)
            continue;
        *option = (struct option_row){row->name, row->command, row->letter, takes_value(row)};
        return true;
    }
    return false;
}

/* ---- Values ---- */

static int read_number(const struct row *row, const char *text, double *number, struct error *error)
{
    bool is_whole = row->takes != TAKES_NUMBER;
    char *rest;
    double value = strtod(text, &rest);
    bool fits = rest != text && !*rest && value >= row->least && value <= row->most;
    if (!fits || (is_whole && value != (double)(long)value))
        return error_set(error, RN_ECONFIG, "--%s takes a %snumber from %g to %.0f, not \"%.40s\"",
                         row->name, is_whole ? "whole " : "", row->least, row->most, text);
    *number = value;
    return 0;
}

static int add_one(const struct row *row, const char **list, const char *value, struct error *error)
{
    size_t count = 0;
    while (list[count])
        count++;
    if (count == OPTION_REPEATS_MAX)
        return error_set(error, RN_ECONFIG, "--%s may be given %d times", row->name,
                         OPTION_REPEATS_MAX);
    list[count] = value;
    return 0;
}

static int take(const struct row *row, const char *value, struct options *options,
                struct error *error)
{
    void *place = (char *)options + row->place;
    double number = 0;
    if (row->takes >= TAKES_NUMBER && read_number(row, value, &number, error) < 0)
        return -1;
    switch (row->takes) {
    case TAKES_NOTHING:
        *(bool *)place = true;
        break;
    case TAKES_ITSELF:
        *(const char **)place = row->name;
        break;
    case TAKES_TEXT:
    case TAKES_CHOICE:
        *(const char **)place = value;
        break;
    case TAKES_EACH:
        return add_one(row, place, value, error);
    case TAKES_NUMBER:
        *(double *)place = number;
        break;
    case TAKES_WHOLE:
    case TAKES_FD:
        *(long *)place = (long)number;
        break;
    }
    return 0;
}

enum plain_format options_format(const struct options *options)
{
    if (!options->format || strcmp(options->format, "text") == 0)
        return PLAIN_TEXT;
    return strcmp(options->format, "json") == 0 ? PLAIN_JSON : PLAIN_EVENTS;
}

/* ---- What cannot be read ---- */

static int fail_unknown(const char *word, struct error *error)
{
    const char *names[ROWS + 1] = {0};
    char typed[64];
    size_t len = strcspn(word, "="), count = 0;
    for (const struct row *row = rows; row < rows + ROWS; row++)
        if (row->takes != TAKES_FD)
            names[count++] = row->name;
    if (len >= sizeof(typed))
        len = sizeof(typed) - 1;
    memcpy(typed, word, len);
    typed[len] = '\0';
    const char *near = nearest_word(typed, names);
    if (near)
        return error_set(error, RN_ECONFIG, "there is no option --%s: did you mean --%s?", typed,
                         near);
    return error_set(
        error, RN_ECONFIG,
        "there is no option --%s: runnel --help lists them (a PROMPT that begins with a "
        "dash stands after --)",
        typed);
}

/* `result` and optopt are as getopt_long left them: optopt is 0 for a long option that is unknown. */
static int fail_at(int result, char **argv, struct error *error)
{
    const struct row *row = row_of(optopt);
    if (result == ':')
        return error_set(error, RN_ECONFIG, "--%s wants a value", row->name);
    if (row)
        return error_set(error, RN_ECONFIG, "--%s takes no value", row->name);
    if (optopt)
        return error_set(
            error, RN_ECONFIG,
            "there is no option -%c: runnel --help lists them (a PROMPT that begins with "
            "a dash stands after --)",
            optopt);
    return fail_unknown(argv[optind - 1] + 2, error);
}

static bool is_command(const char *word)
{
    for (const char *const *name = command_names; *name; name++)
        if (strcmp(*name, word) == 0)
            return true;
    return false;
}

static int check_command(const struct options *options, const bool *seen, struct error *error)
{
    for (int i = 0; i < ROWS; i++) {
        const char *wanted = seen[i] ? rows[i].command : NULL;
        if (wanted && (!options->command || strcmp(options->command, wanted) != 0))
            return error_set(error, RN_ECONFIG, "--%s goes with: runnel %s", rows[i].name, wanted);
    }
    return 0;
}

static int check_words(const struct options *options, struct error *error)
{
    bool takes_many = options->command && (strcmp(options->command, "sessions") == 0 ||
                                           strcmp(options->command, "compare") == 0);
    if (options->command && !takes_many && options->word_count > 1)
        return error_set(error, RN_ECONFIG, "runnel %s takes one word, and \"%.40s\" is another",
                         options->command, options->words[1]);
    if (options->name && (options->wants_last || options->resume))
        return error_set(error, RN_ECONFIG,
                         "--name names a new session: it does not go with --continue or --resume");
    return 0;
}

/* ---- All of it ---- */

static const char *last_of(const char *const *list)
{
    const char *last = NULL;
    while (*list)
        last = *list++;
    return last;
}

static void list_options(struct option *list, char *letters)
{
    *letters++ = '-'; /* words are given back where they stand */
    *letters++ = ':'; /* a missing value is told from an unknown option */
    for (const struct row *row = rows; row < rows + ROWS; row++) {
        *list++ = (struct option){.name = row->name,
                                  .has_arg = takes_value(row) ? required_argument : no_argument,
                                  .val = code_of(row)};
        if (row->letter)
            *letters++ = row->letter;
        if (row->letter && takes_value(row))
            *letters++ = ':';
    }
    *list = (struct option){0};
    *letters = '\0';
}

/* The words are gathered at the beginning of argv, in places that have been read. */
static void add_word(struct options *options, char *word)
{
    if (!options->command && options->word_count == 0 && is_command(word))
        options->command = word;
    else
        options->words[options->word_count++] = word;
}

/* As getopt_long(3), but an option whose value may be left out has "" then: at the end of the line, and where
 * what was taken for its value is the next option. */
static int next_option(int argc, char **argv, const char *letters, const struct option *list,
                       const char **value)
{
    int code = getopt_long(argc, argv, letters, list, NULL);
    const struct row *row = row_of(code == ':' ? optopt : code);
    *value = optarg;
    if (!row || row->takes != TAKES_CHOICE)
        return code;
    bool is_option = optarg && optarg[0] == '-' && optarg[1];
    if (code != ':' && (optarg != argv[optind - 1] || !is_option))
        return code;
    *value = "";
    optind -= code != ':';
    return code_of(row);
}

int options_parse(int argc, char **argv, struct options *options, struct error *error)
{
    struct option list[ROWS + 1];
    char letters[2 * ROWS + 3];
    bool seen[ROWS] = {false};
    const char *value;
    int code;
    *options = (struct options){.words = argv + 1,
                                .repeat = 1,
                                .speed = 1,
                                .max_gap = -1,
                                .status = 200,
                                .port = -1,
                                .listen_fd = -1,
                                .alive_fd = -1,
                                .rate = -1};
    list_options(list, letters);
    optind = 0; /* GNU's way to say: from the beginning */
    opterr = 0;
    while ((code = next_option(argc, argv, letters, list, &value)) != -1) {
        const struct row *row = row_of(code);
        if (code == '?' || code == ':')
            return fail_at(code, argv, error);
        if (code == WORD)
            add_word(options, optarg);
        else if (take(row, value, options, error) < 0)
            return -1;
        else
            seen[row - rows] = true;
    }
    while (optind < argc) /* after --, where no word is a command */
        options->words[options->word_count++] = argv[optind++];
    options->model = last_of(options->models);
    return check_command(options, seen, error) < 0 ? -1 : check_words(options, error);
}
