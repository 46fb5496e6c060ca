/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The prompts of this run and of earlier ones, oldest first; bounded in memory and on disk.  In the
 * file an entry is a line, with \n for a newline and \\ for a backslash; it is the user's alone (0600).
 * Programs that run at the same time add to the same file.
 */
#ifndef CHAT_HISTORY_H
#define CHAT_HISTORY_H

#include <stddef.h>

struct error;
struct history;
struct settings;

enum { HISTORY_ENTRY_MAX = 64 * 1024 }; /* bytes; a longer prompt is not written to the file */

/* $XDG_STATE_HOME/runnel/history, or history-NUMBER of the same place, which is a folder's; the caller's.
 * NULL when there is no home. */
char *history_path(const char *folder);
/* Read the file; one that does not exist yet is made with the first entry.  A NULL path, or a `max` of
 * 0 entries, keeps nothing on disk.  There is a history even when the file cannot be read: then
 * `error` says why. */
struct history *history_open(const char *path, size_t max, struct error *error);
/* The same, whose, where and as long as the settings want it. */
struct history *history_of(const struct settings *settings, struct error *error);
void history_free(struct history *history);

/* Add a prompt, unless it is the same as the last. */
int history_add(struct history *history, const char *prompt, struct error *error);
size_t history_count(const struct history *history);
const char *history_prompt(const struct history *history, size_t index);
/* The newest prompt before `from` that contains the words; `from` itself when there is none. */
size_t history_find_back(const struct history *history, size_t from, const char *words);

#endif
