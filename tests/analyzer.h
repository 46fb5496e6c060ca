/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Included by tests/lint.sh before each file that clang-tidy reads: it sees one file at a time, and
 * so has to be told that failing returns -1.
 */
#ifndef ANALYZER_H
#define ANALYZER_H

#include "base/error.h"

#define error_set(...) ((error_set)(__VA_ARGS__), -1)
#define error_errno(...) ((error_errno)(__VA_ARGS__), -1)
#define error_prefix(...) ((error_prefix)(__VA_ARGS__), -1)

#endif
