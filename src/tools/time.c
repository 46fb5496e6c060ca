/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/call.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"

static const char *const weekdays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday"};

/* ---- The zone ---- */

/* A name of the list is a path below this folder. */
static bool is_zone(const char *name)
{
    if (strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") !=
            strlen(name) ||
        !isalpha((unsigned char)*name))
        return false;
    char *path = xasprintf("/usr/share/zoneinfo/%s", name);
    bool exists = access(path, R_OK) == 0;
    free(path);
    return exists;
}

static int choose_zone(const char *name, struct error *error)
{
    bool is_utc = strcmp(name, "UTC") == 0 || strcmp(name, "Z") == 0;
    if (!*name)
        return 0;
    if (!is_utc && !is_zone(name))
        return error_set(
            error, RN_EIO,
            access("/usr/share/zoneinfo/Europe", R_OK) == 0
                ? "the zone \"%.60s\" is not known: write one like Europe/Paris, or UTC"
                : "the zone \"%.60s\" is not known: this machine has only UTC",
            name);
    setenv("TZ", is_utc ? "UTC0" : name, 1);
    tzset();
    return 0;
}

/* ---- Reading ---- */

struct moment {
    int64_t seconds; /* since 1970 */
    int64_t day;     /* its date, counted as days since 1970 */
    bool is_date;    /* it has no time of day */
};

enum { DAY = 24 * 60 * 60 };

/* Z, +01:00 or +0100; what is after it, NULL if it is none of them. */
static const char *read_offset(const char *text, long *seconds)
{
    if (*text == 'Z' || *text == 'z') {
        *seconds = 0;
        return text + 1;
    }
    struct tm parts = {0};
    const char *format = strchr(text, ':') ? "%H:%M" : "%H%M";
    const char *end = strptime(text + 1, format, &parts);
    *seconds = (parts.tm_hour * 60L + parts.tm_min) * 60 * (*text == '-' ? -1 : 1);
    return end;
}

static const char *read_time_of_day(const char *text, struct tm *parts)
{
    const char *end = strptime(text, "%H:%M:%S", parts);
    if (!end)
        return strptime(text, "%H:%M", parts);
    if (*end == '.')
        end += 1 + strspn(end + 1, "0123456789");
    return end;
}

static int tell_unreadable(const char *text, struct error *error)
{
    return error_set(
        error, RN_EIO,
        "\"%.60s\" is no time: write it as 2026-01-31, or 2026-01-31T18:30:00 with Z or "
        "+01:00 after it where the zone is another",
        text);
}

static int read_moment(const char *text, struct moment *moment, struct error *error)
{
    struct tm parts = {.tm_isdst = -1};
    long offset = 0;
    const char *end = strptime(text, "%Y-%m-%d", &parts);
    if (!end || !isdigit((unsigned char)*text))
        return tell_unreadable(text, error);
    struct tm date = {.tm_year = parts.tm_year, .tm_mon = parts.tm_mon, .tm_mday = parts.tm_mday};
    moment->day = timegm(&date) / DAY - (timegm(&date) % DAY < 0);
    if (date.tm_mday != parts.tm_mday)
        return error_set(error, RN_EIO, "\"%.60s\": that month has no such day", text);
    moment->is_date = !*end;
    if (*end == 'T' || *end == 't' || *end == ' ')
        end = read_time_of_day(end + 1, &parts);
    bool has_offset = end && *end && strchr("Zz+-", *end);
    if (has_offset)
        end = read_offset(end, &offset);
    if (!end || *end)
        return tell_unreadable(text, error);
    parts.tm_isdst = -1;
    moment->seconds = has_offset ? timegm(&parts) - offset : mktime(&parts);
    return 0;
}

/* ---- Telling ---- */

static void add_now(struct buf *out, const char *zone)
{
    struct tm parts;
    time_t now = time(NULL);
    localtime_r(&now, &parts);
    long minutes = labs(parts.tm_gmtoff) / 60;
    buf_addf(out, "%s, %04d-%02d-%02dT%02d:%02d:%02d%c%02ld:%02ld (%s)\n", weekdays[parts.tm_wday],
             parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min,
             parts.tm_sec, parts.tm_gmtoff < 0 ? '-' : '+', minutes / 60, minutes % 60,
             *zone ? zone : parts.tm_zone);
}

static void add_difference(struct buf *out, const struct moment *from, const struct moment *to)
{
    int64_t seconds = to->seconds - from->seconds;
    /* Between two dates a day is a day, also where the clocks were changed. */
    if (from->is_date && to->is_date)
        seconds = (to->day - from->day) * DAY;
    int64_t size = seconds < 0 ? -seconds : seconds;
    buf_addf(out, "%s%lld days", seconds < 0 ? "-" : "", (long long)(size / DAY));
    if (!from->is_date || !to->is_date)
        buf_addf(out, " %d h %d min %d s", (int)(size % DAY / 3600), (int)(size % 3600 / 60),
                 (int)(size % 60));
    buf_addf(out, " (%lld seconds)\n", (long long)seconds);
}

static int read_or_now(const struct call *call, const char *key, struct moment *moment,
                       struct error *error)
{
    *moment = (struct moment){.seconds = time(NULL)};
    if (!json_object_get(call->args, key))
        return 0;
    return read_moment(json_get_text(call->args, key), moment, error);
}

int tell_time(const struct call *call, struct buf *out)
{
    struct error error = ERROR_INIT;
    struct moment from, to;
    const char *zone = json_get_text(call->args, "zone");
    if (choose_zone(zone, &error) < 0 || read_or_now(call, "from", &from, &error) < 0 ||
        read_or_now(call, "to", &to, &error) < 0)
        return call_fail(out, "%s", error.text);
    if (json_object_get(call->args, "from") || json_object_get(call->args, "to"))
        add_difference(out, &from, &to);
    else
        add_now(out, zone);
    return 0;
}
