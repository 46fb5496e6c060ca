/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An option as a shell should know it, to complete it: what the table of options and the help say.
 */
#ifndef CLI_FLAG_H
#define CLI_FLAG_H

#include <stdbool.h>
#include <stddef.h>

enum flag_value {
    FLAG_NOTHING,   /* it takes no value */
    FLAG_ANYTHING,
    FLAG_FILE,
    FLAG_SESSION,
    FLAG_MODEL,
    FLAG_WORDS,     /* one of `words` */
};

enum { FLAG_HELP_SIZE = 100 };

struct flag {
    const char *name;               /* without the dashes */
    char letter;                    /* 0: none */
    const char *command;            /* the only one it goes with; NULL: any */
    enum flag_value value;
    const char *words;              /* with blanks between */
    char help[FLAG_HELP_SIZE];      /* its line, without signs that a shell would take for its own */
};

/* The nth option; false after the last. */
bool flag_nth(size_t nth, struct flag *flag);

#endif
