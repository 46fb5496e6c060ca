/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int error_set(struct error *error, enum rn_status code, const char *format, ...)
{
    va_list args;
    error->code = code;
    va_start(args, format);
    vsnprintf(error->text, sizeof(error->text), format, args);
    va_end(args);
    return -1;
}

int error_errno(struct error *error, enum rn_status code, const char *format, ...)
{
    int cause = errno;
    va_list args;
    error->code = code;
    va_start(args, format);
    vsnprintf(error->text, sizeof(error->text), format, args);
    va_end(args);
    size_t len = strlen(error->text);
    snprintf(error->text + len, sizeof(error->text) - len, ": %s", strerror(cause));
    return -1;
}

int error_prefix(struct error *error, const char *format, ...)
{
    char old[sizeof(error->text)];
    va_list args;
    memcpy(old, error->text, sizeof(old));
    va_start(args, format);
    vsnprintf(error->text, sizeof(error->text), format, args);
    va_end(args);
    size_t len = strlen(error->text);
    snprintf(error->text + len, sizeof(error->text) - len, ": %s", old);
    return -1;
}
