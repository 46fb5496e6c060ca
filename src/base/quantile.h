/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is typical of many measurements.
 */
#ifndef BASE_QUANTILE_H
#define BASE_QUANTILE_H

#include <stddef.h>

void quantile_sort(double *values, size_t count);
/* Of sorted values the smallest that is not below a share (from 0 to 1) of them, which always is one
 * that was measured; 0 of none. */
double quantile(const double *sorted, size_t count, double share);
/* Of sorted values the middle one, or half-way between the middle two. */
double quantile_median(const double *sorted, size_t count);

#endif
