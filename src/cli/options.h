/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command line, read.  An option is one row of the table in options.c and one line of the help.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>

#include "plain/plain.h"

struct error;

struct options {
    const char *command; /* one of command_names; NULL: none, the words are a prompt */
    char **words;        /* what is neither option nor command */
    int word_count;

    const char *mode; /* "stream", "invoke"; NULL: not said, as in all of these */
    const char *model, *url, *key_env, *system, *role;
    const char *temperature, *max_tokens, *reasoning;
    const char *resume, *name;
    const char *tools, *allow;
    bool no_tools, yes;
    bool wants_last; /* --continue */
    bool no_save;
    const char *format; /* "text", "events", "json" */
    bool plain;
    const char *record, *log, *config, *profile;
    bool help, version;

    double speed, max_gap; /* of a replay; seconds, negative: no limit */
    bool is_instant;
    const char *wire;
    long status;
    long port, listen_fd, alive_fd, rate; /* -1: not said */
};

extern const char *const command_names[]; /* ended by NULL */
extern const char options_help[];

int options_parse(int argc, char **argv, struct options *options, struct error *error);
/* Text when nothing was said. */
enum plain_format options_format(const struct options *options);

#endif
