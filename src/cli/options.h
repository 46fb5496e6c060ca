/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command line, read.  An option is one row of the table in options.c and one line of the help.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "plain/plain.h"

struct error;

enum { OPTION_REPEATS_MAX = 100 };

struct options {
    /* Those that may be given again and again: ended by NULL. */
    const char *attach[OPTION_REPEATS_MAX + 1], *set[OPTION_REPEATS_MAX + 1];
    const char *models[OPTION_REPEATS_MAX + 1]; /* --model; `model` is the last of them */

    const char *command; /* one of command_names; NULL: none, the words are a prompt */
    char **words;        /* what is neither option nor command */
    int word_count;

    const char *mode; /* "stream", "invoke"; NULL: not said, as in all of these */
    const char *model, *url, *key_env, *system, *role;
    const char *temperature, *max_tokens, *reasoning;
    const char *schema; /* a file */
    const char *resume, *name;
    const char *until; /* the run of `resume` after which to go on; no option: NULL is the last */
    bool is_fork;
    const char *tools, *allow;
    bool no_tools, yes;
    bool wants_last; /* --continue */
    bool no_save;
    const char *format; /* "text", "events", "json" */
    bool plain;
    const char *record, *log, *config, *profile;
    bool help, version;

    long repeat; /* of a comparison */
    double speed, max_gap; /* of a replay; seconds, negative: no limit */
    bool is_instant, is_step;
    const char *from, *to;
    const char *export_format, *output; /* of sessions export */
    const char *wire;
    long status;
    long port, listen_fd, alive_fd, rate; /* -1: not said */
};

extern const char *const command_names[]; /* ended by NULL */
extern const char *const options_help[]; /* in parts, each of whole lines; ended by NULL */

/* A row of the table, for completion. */
struct option_row {
    const char *name, *command; /* the only command it goes with; NULL: any */
    char letter;                /* 0: none */
    bool takes_value;
};

/* False after the last. */
bool options_nth(size_t nth, struct option_row *option);
int options_parse(int argc, char **argv, struct options *options, struct error *error);
/* Text when nothing was said. */
enum plain_format options_format(const struct options *options);

#endif
