/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/quantile.h"

#include <math.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

void quantile_sort(double *values, size_t count)
{
    if (count > 1)
        qsort(values, count, sizeof(*values), compare);
}

double quantile(const double *sorted, size_t count, double share)
{
    if (count == 0)
        return 0;
    double rank = ceil(share * (double)count);
    size_t place = rank < 1 ? 0 : (size_t)rank - 1;
    return sorted[place < count ? place : count - 1];
}

double quantile_median(const double *sorted, size_t count)
{
    if (count == 0)
        return 0;
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
}
