/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bare screen, the floor for starting and for memory: the libraries that runnel links, curses, one line,
 * and a wait for a key.  usage: screen
 */
#include <locale.h>
#include <ncurses.h>
#include <stdio.h>

int main(void)
{
    setlocale(LC_ALL, "");
    SCREEN *screen = newterm(NULL, stdout, stdin);
    if (!screen)
        return 1;
    raw();
    noecho();
    addstr("ready");
    refresh();
    getch();
    endwin();
    delscreen(screen);
    return 0;
}
