/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What could stand in place of the word before the cursor.  readline asks for it by callbacks without
 * an argument, so this state is the process's, as readline's is.
 */
#ifndef TUI_INPUT_COMPLETION_H
#define TUI_INPUT_COMPLETION_H

#include <stdbool.h>

struct chat;
struct panel;

/* Let readline complete by what the chat (borrowed) knows; to be called before readline is initialised. */
void completion_open(const struct chat *chat);
void completion_close(void);

/* Where there were several, they are a list to be shown until the next key. */
bool completion_has_list(void);
void completion_forget_list(void);
void completion_panel(struct panel *panel, int width);

#endif
