/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of all settings: a setting is one row.  config.example.ini and docs/configuration.md are
 * checked against it by the tests.
 */
#ifndef CONFIG_SCHEMA_H
#define CONFIG_SCHEMA_H

#include <stdbool.h>

#include "config/kind.h"

struct error;

struct setting {
    const char *section;        /* "chat"; or "provider.NAME", for each provider there is */
    const char *key;
    enum kind kind;
    long min, max;              /* of a number */
    const char *const *choices; /* of a KIND_CHOICE, ended by NULL */
    const char *fallback;       /* the value when none is set; NULL: none */
    const char *help;           /* one line, without a full stop */
};

enum { SCHEMA_NAME_MAX = 64 };  /* bytes of a NAME */

extern const struct setting schema[];       /* ended by a NULL section; a section's rows stand together */

/* The row of a setting: of "provider.mine" the one of "provider.NAME", of "profile.work" and
 * "chat.model" the one of [chat] model.  NULL when there is none. */
const struct setting *schema_find(const char *section, const char *key);
/* Whether a section may be called so. */
bool schema_has_section(const char *section);
/* "chat" of a row for itself alone; "provider.", with the dot, of a row for each provider. */
bool schema_is_named(const struct setting *setting);

/* Say why schema_find found nothing, and what would be right; returns -1. */
int schema_explain(const char *section, const char *key, struct error *error);

#endif
