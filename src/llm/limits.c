/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "io/http.h"
#include "llm/duration.h"

enum { FEW_REQUESTS = 3, CLOSE_PERCENT = 10 };

/* Anthropic's "unified" family, which counts a subscription's use, is left out: it has fractions where
 * these have numbers. */
static const struct {
    const char *limit, *remaining, *reset;
    bool is_tokens;
} families[] = {
    {"x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests",
     false},
    {"x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens", true},
    {"anthropic-ratelimit-requests-limit", "anthropic-ratelimit-requests-remaining",
     "anthropic-ratelimit-requests-reset", false},
    {"anthropic-ratelimit-tokens-limit", "anthropic-ratelimit-tokens-remaining",
     "anthropic-ratelimit-tokens-reset", true},
    {"anthropic-ratelimit-input-tokens-limit", "anthropic-ratelimit-input-tokens-remaining",
     "anthropic-ratelimit-input-tokens-reset", true},
    {"anthropic-ratelimit-output-tokens-limit", "anthropic-ratelimit-output-tokens-remaining",
     "anthropic-ratelimit-output-tokens-reset", true},
    {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", false},
};

/* A whole number; -1 when there is none. */
static int64_t read_count(const char *lines, const char *name)
{
    enum { DIGITS_MAX = 18 };
    char value[64];
    if (!http_header(lines, name, value, sizeof(value)))
        return -1;
    size_t digits = strspn(value, "0123456789");
    return digits > 0 && digits <= DIGITS_MAX && !value[digits] ? strtoll(value, NULL, 10) : -1;
}

/* RFC 3339 in UTC, in seconds since 1970; -1 when it is none. */
static int64_t read_time(const char *text)
{
    struct tm time = {0};
    int used = 0;
    if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d%n", &time.tm_year, &time.tm_mon, &time.tm_mday,
               &time.tm_hour, &time.tm_min, &time.tm_sec, &used) != 6)
        return -1;
    if (text[used] == '.')
        used += 1 + (int)strspn(text + used + 1, "0123456789");
    if (strcmp(text + used, "Z") != 0 && strcmp(text + used, "+00:00") != 0)
        return -1;
    time.tm_year -= 1900;
    time.tm_mon -= 1;
    return timegm(&time);
}

/* In ms from now: Go's duration, a time stamp, or the ms since 1970.  -1 when it is neither. */
static int64_t read_reset(const char *lines, const char *name, int64_t now)
{
    char value[64];
    int64_t ms = read_count(lines, name), seconds;
    if (ms < 0 && http_header(lines, name, value, sizeof(value))) {
        if ((ms = duration_read(value)) >= 0)
            return ms;
        seconds = read_time(value);
        ms = seconds < 0 ? -1 : seconds * 1000;
    }
    return ms < 0 ? -1 : ms > now ? ms - now : 0;
}

static bool is_close(int64_t remaining, int64_t limit, bool is_tokens)
{
    if (remaining < 0)
        return false;
    return (!is_tokens && remaining < FEW_REQUESTS) ||
           (limit > 0 && remaining < limit / (100 / CLOSE_PERCENT));
}

static void take_least(int64_t *level, int64_t value)
{
    if (*level < 0 || value < *level)
        *level = value;
}

bool limits_read(rn_limits *limits, const char *lines, int64_t now)
{
    bool found = false;
    *limits = (rn_limits){.requests = -1, .tokens = -1, .reset_ms = -1};
    for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
        int64_t limit = read_count(lines, families[i].limit);
        int64_t remaining = read_count(lines, families[i].remaining);
        if (!is_close(remaining, limit, families[i].is_tokens))
            continue;
        int64_t reset = read_reset(lines, families[i].reset, now);
        found = true;
        take_least(families[i].is_tokens ? &limits->tokens : &limits->requests, remaining);
        if (reset > limits->reset_ms)
            limits->reset_ms = reset;
    }
    return found;
}
