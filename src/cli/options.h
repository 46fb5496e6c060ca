/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command line, read.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "plain/plain.h"

struct error;

struct options {
    const char *command; /* one of command_names; NULL: none, the words are a prompt */
    char **words;        /* what is neither option nor command */
    int word_count;

    const char *mode; /* "stream", "invoke"; NULL: not said */
    const char *model, *url, *key_env, *system, *role;
    bool wants_last;    /* --continue */
    const char *resume; /* NULL: not said */
    const char *name;
    bool no_save;
    enum plain_format format;
    bool has_format; /* --text, --events or --json was said */
    bool plain;
    const char *record, *log, *config, *profile;
    bool help, version;

    double speed; /* of a replay; 0: --instant */
    int64_t max_gap_ms;
    const char *wire;
    int status;
    int port, listen_fd, alive_fd; /* -1: not said */
    long rate;                     /* -1: not said */
};

extern const char *const command_names[]; /* ended by NULL */

int options_parse(int argc, char **argv, struct options *options, struct error *error);
extern const char options_help[];

#endif
