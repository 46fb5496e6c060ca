/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The settings in force, and where each came from.  One table (schema.c) names every setting there
 * is, with its kind, default and one line of help; the file, the environment and the options are
 * checked against it, and asking for a setting that is not in it is a mistake of ours (assert).
 *
 * A setting is named by section and key; sections of the form "provider.NAME" exist once a name has
 * been set in them.
 */
#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct error;
struct settings;

enum settings_rank {        /* whose word counts: the higher */
    SETTINGS_DEFAULT,
    SETTINGS_REMEMBERED,    /* what the user chose on the screen, once and for all */
    SETTINGS_FILE,
    SETTINGS_PROFILE,
    SETTINGS_ENVIRONMENT,
    SETTINGS_OPTION,
};

struct settings *settings_new(void);
void settings_free(struct settings *settings);

/* $XDG_CONFIG_HOME/runnel/config.ini, else that of ~/.config; the caller's. */
char *settings_path(void);
/* Read a file.  One that does not exist is an error only when `required`. */
int settings_load(struct settings *settings, const char *path, bool required, struct error *error);
/* `origin` is for people: "--model", "RUNNEL_MODEL". */
int settings_set(struct settings *settings, enum settings_rank rank, const char *section,
                 const char *key, const char *value, const char *origin, struct error *error);
/* What was set with this rank is set no more. */
void settings_unset(struct settings *settings, enum settings_rank rank, const char *section,
                    const char *key);
/* Put the values of [profile.NAME] in force, instead of those of another profile. */
int settings_profile(struct settings *settings, const char *name, struct error *error);

/* The value in force, else the default; NULL when there is neither.  Borrowed until the setting is
 * set again. */
const char *settings_get(const struct settings *settings, const char *section, const char *key);
bool settings_is_set(const struct settings *settings, const char *section, const char *key);
/* "config.ini:12", "config.ini:12, profile work", "--model", "RUNNEL_MODEL", "default" */
const char *settings_origin(const struct settings *settings, const char *section, const char *key);
enum settings_rank settings_rank(const struct settings *settings, const char *section,
                                 const char *key);
/* Of a whole number its value, of seconds the milliseconds; 0 when it is not set and has no default. */
long settings_number(const struct settings *settings, const char *section, const char *key);
/* The same for a number with a fraction; look with settings_is_set whether it is set. */
double settings_real(const struct settings *settings, const char *section, const char *key);
bool settings_flag(const struct settings *settings, const char *section, const char *key);
/* The names NAME for which a section "kind.NAME" exists: a NULL-ended list, free() it and no more.  The
 * names last as long as the settings. */
const char **settings_names(const struct settings *settings, const char *kind);

/* `runnel config`: every value in force with its origin, as a file that could be loaded; defaults as
 * comments.  A header that may carry a key (by its name: key, token, secret, auth, cookie) is left
 * out. */
void settings_print(const struct settings *settings, struct buf *out);

/* The key of "provider.NAME": from key_file, key_command or key_env, whichever has the highest rank.  The
 * caller wipes and frees it.  NULL without an error when none is set; NULL with one when it is set and
 * cannot be had.  A command may ask on the terminal, and is waited for a minute. */
char *settings_key(const struct settings *settings, const char *section, struct error *error);

/* The candidate nearest to a mistyped word, NULL when none is near.  Candidates end with NULL. */
const char *nearest_word(const char *word, const char *const *candidates);

#endif
