/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The commands of the command line.  Each returns the program's exit status.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stddef.h>

#include "runnel.h"

struct error;
struct options;
struct settings;

enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2, CLI_UNFIT = 3 };

/* An error on stderr; the exit status that its code calls for. */
int cli_fail(const struct error *error);
/* A command's text on stdout; the exit status. */
int cli_print(const char *text, size_t len);
/* How wide the terminal is that stdout is; 0: it is none. */
int cli_columns(void);
/* What the environment says of the settings, and what the user chose once and for all on the screen. */
int cli_environment(struct settings *settings, struct error *error);
/* The URL of an OLLAMA_HOST: "host", "host:port", "http://host:port"; the caller's. */
char *cli_ollama_url(const char *value);
/* The settings of the config file, the environment and the options; NULL with an error. */
struct settings *cli_settings(const struct options *options, struct error *error);
/* The folder of the sessions; the caller's. */
char *cli_sessions(const struct settings *settings, struct error *error);

int cli_help(void);
int cli_chat(const struct options *options);        /* a chat, or one answer */
int cli_compare(const struct options *options);
int cli_replay(const struct options *options);
int cli_list_sessions(const struct options *options);
int cli_models(const struct options *options);
int cli_doctor(const struct options *options);
int cli_tools(const struct options *options);
int cli_config(const struct options *options);
int cli_decode(const struct options *options);
int cli_completion(const struct options *options);
int cli_serve_guide(const struct options *options);

#endif
