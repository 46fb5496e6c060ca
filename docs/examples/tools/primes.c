/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A tool: the prime factors of a number.  Arguments: {"number": 91}
 * Build it: cc -O2 -o primes primes.c
 */
#include <stdio.h>

int main(void)
{
    long long number;
    if (scanf(" { \"number\" : %18lld }", &number) != 1 || number < 2)
        return puts("Say which number, 2 or more: {\"number\": 91}"), 1;
    for (long long factor = 2; number > 1; factor++) {
        if (factor > number / factor)
            factor = number; /* what is left has no smaller one */
        for (; number % factor == 0; number /= factor) {
            printf("%lld\n", factor);
            fprintf(stderr, "found %lld\n", factor);
        }
    }
    return 0;
}
