/* SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "guide/zone.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"

static const struct {
    const char *place, *zone;
} places[] = {
    {"utc", "UTC"},
    {"gmt", "UTC"},
    {"amsterdam", "Europe/Amsterdam"},
    {"athens", "Europe/Athens"},
    {"auckland", "Pacific/Auckland"},
    {"bangkok", "Asia/Bangkok"},
    {"beijing", "Asia/Shanghai"},
    {"berlin", "Europe/Berlin"},
    {"cairo", "Africa/Cairo"},
    {"chicago", "America/Chicago"},
    {"delhi", "Asia/Kolkata"},
    {"denver", "America/Denver"},
    {"dubai", "Asia/Dubai"},
    {"helsinki", "Europe/Helsinki"},
    {"hong kong", "Asia/Hong_Kong"},
    {"istanbul", "Europe/Istanbul"},
    {"jakarta", "Asia/Jakarta"},
    {"johannesburg", "Africa/Johannesburg"},
    {"lagos", "Africa/Lagos"},
    {"lisbon", "Europe/Lisbon"},
    {"london", "Europe/London"},
    {"los angeles", "America/Los_Angeles"},
    {"madrid", "Europe/Madrid"},
    {"mexico city", "America/Mexico_City"},
    {"moscow", "Europe/Moscow"},
    {"mumbai", "Asia/Kolkata"},
    {"nairobi", "Africa/Nairobi"},
    {"new york", "America/New_York"},
    {"paris", "Europe/Paris"},
    {"rome", "Europe/Rome"},
    {"san francisco", "America/Los_Angeles"},
    {"sao paulo", "America/Sao_Paulo"},
    {"seoul", "Asia/Seoul"},
    {"shanghai", "Asia/Shanghai"},
    {"singapore", "Asia/Singapore"},
    {"stockholm", "Europe/Stockholm"},
    {"sydney", "Australia/Sydney"},
    {"tokyo", "Asia/Tokyo"},
    {"toronto", "America/Toronto"},
    {"vienna", "Europe/Vienna"},
    {"zurich", "Europe/Zurich"},
};

/* Africa/Cairo, America/Argentina/Salta, Etc/GMT+3. */
static bool is_iana(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!isalnum((unsigned char)text[i]) && !strchr("/_+-", text[i]))
            return false;
    }
    return isupper((unsigned char)text[0]) && memchr(text, '/', len) && text[len - 1] != '/';
}

bool zone_read(const char *text, size_t len, struct buf *zone)
{
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        if (strlen(places[i].place) == len && !strncasecmp(places[i].place, text, len)) {
            buf_adds(zone, places[i].zone);
            return true;
        }
    }
    if (len == 0 || !is_iana(text, len))
        return false;
    buf_add(zone, text, len);
    return true;
}
