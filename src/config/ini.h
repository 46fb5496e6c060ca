/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * INI, read a line at a time.
 *
 *      # or ; begins a comment line
 *      [section.name]
 *      key = value                 trimmed; no comment can follow a value
 *      key = "  \"quoted\"\n"      quotes keep blanks; \\ \" \n \t inside them
 *      key = first line
 *          second line             a line indented deeper than its key goes on with the value, after a
 *                                  newline, whatever it begins with; empty lines between are kept
 *      key =
 *          first line              a value may begin on the line below its key
 *      key = "first  "
 *          "  second"              a value that begins with a quote is quoted on each of its lines
 */
#ifndef CONFIG_INI_H
#define CONFIG_INI_H

#include <stddef.h>

struct buf;
struct error;

struct ini_entry {
    const char *section, *key, *value;  /* last until the callback returns; a section's own line is an
                                           entry whose key and value are NULL */
    unsigned line;                      /* where the key stands */
};

enum { INI_LINE_MAX = 64 * 1024, INI_VALUE_MAX = 1024 * 1024 };

/* Call back for each entry in order; non-zero stops, with the callback's error.  Errors name
 * `path` and the line: "config.ini:12: ...". */
int ini_parse(const char *path, const char *text, size_t len,
              int (*entry)(const struct ini_entry *entry, void *user, struct error *error),
              void *user, struct error *error);

/* Write an entry so that it is read as this very value.  That is possible for UTF-8 without control
 * characters but newline and tab, whose lines are shorter than half of INI_LINE_MAX. */
void ini_add(struct buf *out, const char *key, const char *value);

#endif
