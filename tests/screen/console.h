/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A terminal for tests: a program runs on a pty, libvterm draws what it writes, and the test types and
 * looks.  Nothing sleeps: every wait is for something to be on the screen, and one that lasts longer
 * than CONSOLE_PATIENCE_MS fails the test and prints the screen.
 *
 *      struct console *console = console_new(24, 80);
 *      console_set(console, "TERM", "xterm-256color");
 *      console_run(console, (const char *[]){"build/runnel", "-m", "guide", NULL});
 *      console_wait(console, "> ");
 *      console_type(console, "hello\r");
 */
#ifndef TESTS_SCREEN_CONSOLE_H
#define TESTS_SCREEN_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>

enum { CONSOLE_PATIENCE_MS = 20000 };

struct console;

struct console *console_new(int rows, int columns);
/* Ends the program if it still runs. */
void console_free(struct console *console);

/* A variable of the program's environment, which else is empty but for PATH; NULL takes it out. */
void console_set(struct console *console, const char *name, const char *value);
void console_run(struct console *console, const char *const argv[]);
pid_t console_pid(const struct console *console);

void console_type(struct console *console, const char *keys);
void console_send(struct console *console, const char *bytes, size_t len);
void console_resize(struct console *console, int rows, int columns);

/* Until the text is on one of the rows, or no longer is; or until the condition holds. */
void console_wait(struct console *console, const char *text);
void console_wait_gone(struct console *console, const char *text);
void console_wait_for(struct console *console, bool (*holds)(struct console *console, const void *arg),
                      const void *arg, const char *what);
/* Until the program has ended; as waitpid(2) gives it. */
int console_wait_exit(struct console *console);

bool console_shows(const struct console *console, const char *text);
/* A row without the spaces at its end, and the number of the first row with a text (-1: none). */
const char *console_row(const struct console *console, int row);
int console_find(const struct console *console, const char *text);
/* A row as it looks: its text, and within braces where its colours and attributes change.  The caller's. */
char *console_looks(const struct console *console, int row);
void console_cursor(const struct console *console, int *row, int *column);
bool console_is_alternate(const struct console *console);
/* The terminal's modes now. */
struct termios console_modes(const struct console *console);
/* All that the program has written, NUL-ended, for what is not to be seen. */
const char *console_written(const struct console *console);

#endif
