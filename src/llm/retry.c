/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/retry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "io/http.h"

void retry_init(struct retry *retry, int times)
{
    unsigned more = times < 0 ? 0 : times > 0 ? (unsigned)times : RETRY_TIMES;
    *retry = (struct retry){.attempts = 1 + more, .after = -1};
}

void retry_attempt(struct retry *retry)
{
    retry->attempt++;
    retry->after = -1;
    retry->is_vain = retry->is_wanted = false;
}

/* ---- What the server says ---- */

/* A number that may have a fraction, rounded up; -1 when it is none.  Not strtod, to which the user's
 * locale tells what a decimal point is. */
static int64_t read_number(const char *text)
{
    enum { DIGITS_MAX = 9 }; /* more is for ever */
    size_t digits = strspn(text, "0123456789");
    if (digits == 0)
        return -1;
    if (digits > DIGITS_MAX)
        return INT32_MAX;
    return strtol(text, NULL, 10) + (text[digits] == '.');
}

/* "Wed, 21 Oct 2026 07:28:00 GMT" in seconds; -1 when it is no such date. */
static int64_t read_date(const char *text)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct tm date = {0};
    char name[4];
    if (sscanf(text, "%*3s, %2d %3s %4d %2d:%2d:%2d GMT", &date.tm_mday, name, &date.tm_year,
               &date.tm_hour, &date.tm_min, &date.tm_sec) != 6)
        return -1;
    const char *month = strlen(name) == 3 ? strstr(months, name) : NULL;
    if (!month || (month - months) % 3 != 0)
        return -1;
    date.tm_mon = (int)(month - months) / 3;
    date.tm_year -= 1900;
    return timegm(&date);
}

int64_t retry_after(const char *value, int64_t now)
{
    int64_t seconds = read_number(value);
    if (seconds >= 0)
        return seconds * 1000;
    int64_t date = read_date(value);
    return date < 0 ? -1 : date > now ? (date - now) * 1000 : 0;
}

void retry_read(struct retry *retry, const char *lines)
{
    char value[64];
    if (http_header(lines, "retry-after-ms", value, sizeof(value)))
        retry->after = read_number(value);
    if (retry->after < 0 && http_header(lines, "retry-after", value, sizeof(value)))
        retry->after = retry_after(value, time(NULL));
    if (http_header(lines, "x-should-retry", value, sizeof(value))) {
        retry->is_vain = strcmp(value, "false") == 0;
        retry->is_wanted = strcmp(value, "true") == 0;
    }
}

void retry_wait(struct retry *retry, int64_t ms)
{
    if (retry->after < 0)
        retry->after = ms;
}

/* ---- What follows from it ---- */

bool retry_may(const struct retry *retry, bool is_passing)
{
    return (is_passing || retry->is_wanted) && !retry->is_vain &&
           retry->attempt < retry->attempts && retry->after <= RETRY_AFTER_MOST_MS;
}

int64_t retry_delay(const struct retry *retry)
{
    unsigned char random = 0;
    int64_t delay = RETRY_FIRST_MS;
    if (retry->after >= 0)
        return retry->after;
    for (unsigned i = 1; i < retry->attempt && delay < RETRY_MOST_MS; i++)
        delay *= 2;
    if (delay > RETRY_MOST_MS)
        delay = RETRY_MOST_MS;
    if (getrandom(&random, 1, GRND_NONBLOCK) < 0)
        random = 128;
    return delay -
           delay / 4 * random / 256; /* up to a quarter less, so that clients do not march */
}
