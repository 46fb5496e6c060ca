/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The model that the user chose by one key when runnel offered it: it answers from then on, wherever
 * neither an option, a variable nor the config names another.  It is the one line of a file.
 */
#ifndef CHAT_REMEMBERED_H
#define CHAT_REMEMBERED_H

struct error;
struct settings;

/* $XDG_STATE_HOME/runnel/model; the caller's.  NULL when there is no home. */
char *remembered_path(void);
/* Put it into the settings, if there is one.  What is in the file and no model is no choice. */
void remembered_load(struct settings *settings);
int remembered_save(const char *model, struct error *error);

#endif
