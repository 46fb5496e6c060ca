/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A folder for the temporary files of a command, gone with it.
 */
#ifndef TOOLS_SCRATCH_H
#define TOOLS_SCRATCH_H

struct error;

/* The new folder's path; only this user may enter it. */
char *scratch_new(struct error *error);
/* Remove it with all that is in it, and free the path. */
void scratch_remove(char *path);

#endif
