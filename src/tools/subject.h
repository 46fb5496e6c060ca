/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one thing that a call is about: the command of a shell, the URL of a page, the path of a file.
 */
#ifndef TOOLS_SUBJECT_H
#define TOOLS_SUBJECT_H

/* The caller's; NULL when the arguments name none. */
char *tools_subject(const char *args);

#endif
