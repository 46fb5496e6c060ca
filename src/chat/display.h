/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The commands about what is on the screen and how it looks: /theme, /fold, /screen.  Each as in struct
 * command; what only the screen can do is left to it.
 */
#ifndef CHAT_DISPLAY_H
#define CHAT_DISPLAY_H

struct buf;
struct chat;
struct error;

int display_theme(struct chat *chat, const char *args, struct buf *out, struct error *error);
int display_fold(struct chat *chat, const char *args, struct buf *out, struct error *error);
int display_save(struct chat *chat, const char *args, struct buf *out, struct error *error);

#endif
