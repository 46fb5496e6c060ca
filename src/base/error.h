/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What went wrong in the world, told to the user: what failed, then why.  The caller owns it, nothing
 * in it is on the heap.  A function that can fail takes one last, returns -1 or NULL when it fails,
 * and leaves it alone otherwise.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "runnel.h"

struct error {
    enum rn_status code;
    char text[512];
};

#define ERROR_INIT {0}

/* Fill in and return -1, so that failing is one line. */
int error_set(struct error *error, enum rn_status code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with ": " and the text of errno. */
int error_errno(struct error *error, enum rn_status code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Say what was being done when it went wrong: "PREFIX: old text". */
int error_prefix(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
