/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The terminal as a possession: taken, lent to others for a while, and given back as it was on every
 * way out, a crash included.  There is one terminal, and the handlers of fatal signals have no
 * argument: so this state is the process's.
 */
#ifndef TUI_TERMINAL_H
#define TUI_TERMINAL_H

struct error;

/* Remember how things are, block the signals that terminal_signals tells of, and keep what libraries
 * write to stderr off the screen.  Painting begins later (terminal_begin), and a failure in between
 * ends in terminal_give_back like everything else. */
int terminal_take(struct error *error);
/* Once ncurses has its modes: what only we use, which is bracketed paste, and arrows for the wheel. */
void terminal_begin(void);
/* Undo that, before ncurses undoes its modes: once Ctrl-C is a signal again it throws away what is on its
 * way to the terminal. */
void terminal_end(void);
/* As it was, but that the signals stay blocked where painting had begun; more often does no harm. */
void terminal_give_back(void);

/* Show a title in the place of the terminal's own, which comes back when the terminal is given back; it must
 * hold printable characters only.  Nothing where that cannot be undone. */
void terminal_title(const char *title);
/* Have the terminal tell when it gets and loses the focus. */
void terminal_watch_focus(void);
void terminal_ring(void);

/* A signalfd for SIGWINCH, SIGINT, SIGTERM, SIGHUP and SIGCONT. */
int terminal_signals(void);

/* For a child, or while we are stopped: as it was, and back again; both after screen_leave and before
 * screen_back. */
void terminal_lend(void);
void terminal_reclaim(void);
/* In a child that has just been forked: the signals are as they were. */
void terminal_in_child(void);
/* Stop, as Ctrl-Z does; returns when the process goes on. */
void terminal_stop(void);

#endif
