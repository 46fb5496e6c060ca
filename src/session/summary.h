/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a session is called and who answered last, by its file's two ends.
 */
#ifndef SESSION_SUMMARY_H
#define SESSION_SUMMARY_H

struct session_info;

/* Fill in name, title, prompt and model; id, path and size are known.  What cannot be read leaves them as
 * they are. */
void summary_read(struct session_info *info);

#endif
