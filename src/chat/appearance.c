/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/appearance.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "config/settings.h"
#include "text/theme.h"

enum { SECTION_MAX = 128, BRIGHT = 7, DARK_GREY = 8, BASIC = 16, FEW = 8, MANY = 256 };

static const char *const names[] = {"auto", "dark", "light", "neutral", "16", "none"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- The terminal ---- */

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value && *value;
}

/* "15;0", "0;default;15": the last number is the ground's. */
static const char *theme_by_ground(void)
{
    const char *colors = getenv("COLORFGBG"), *ground = colors ? strrchr(colors, ';') : NULL;
    char *end;
    if (!ground)
        return NULL;
    long number = strtol(ground + 1, &end, 10);
    if (end == ground + 1 || *end || number < 0 || number >= BASIC)
        return NULL;
    return number >= BRIGHT && number != DARK_GREY ? "light" : "dark";
}

static const char *automatic(int colors)
{
    const char *by_ground = theme_by_ground();
    if (colors < FEW)
        return "none";
    if (colors < MANY)
        return "16";
    return by_ground ? by_ground : "neutral";
}

int appearance_colors(void)
{
    const char *term = getenv("TERM"), *color = getenv("COLORTERM");
    if (!term || !*term || strcmp(term, "dumb") == 0)
        return -1;
    if (is_set("NO_COLOR") || strncmp(term, "vt", 2) == 0)
        return 0;
    if (color && (strcmp(color, "truecolor") == 0 || strcmp(color, "24bit") == 0))
        return 1 << 24;
    static const char *const able[] = {"256color", "direct", "kitty", "alacritty", "foot"};
    for (size_t i = 0; i < COUNT(able); i++)
        if (strstr(term, able[i]))
            return MANY;
    return FEW;
}

/* ---- The theme ---- */

static bool is_own(const struct settings *settings, const char *name)
{
    const char **own = settings_names(settings, "theme"), **at = own;
    while (*at && strcmp(*at, name) != 0)
        at++;
    bool found = *at != NULL;
    free(own);
    return found;
}

static int fail_unknown(const struct settings *settings, const char *name, struct error *error)
{
    struct buf list = BUF_INIT;
    appearance_list(settings, &list);
    error_set(error, RN_ECONFIG, "there is no theme %s: there are %s", name, buf_str(&list));
    buf_clear(&list);
    return -1;
}

static int change(const struct settings *settings, const char *section, struct theme *theme,
                  struct error *error)
{
    struct error why = ERROR_INIT;
    for (size_t i = 0; theme_style(i); i++) {
        const char *look = settings_get(settings, section, theme_style(i));
        if (look && theme_set(theme, theme_style(i), look, &why) < 0)
            return error_set(error, RN_ECONFIG, "[%s] %s: %s", section, theme_style(i), why.text);
    }
    return 0;
}

int appearance_theme(const struct settings *settings, const char *name, int colors,
                     struct theme *theme, struct error *error)
{
    char section[SECTION_MAX];
    if (!name)
        name = settings_get(settings, "screen", "theme");
    if (strcmp(name, "auto") == 0)
        name = automatic(colors);
    snprintf(section, sizeof(section), "theme.%s", name);
    if (!theme_find(name) && !is_own(settings, name))
        return fail_unknown(settings, name, error);
    const char *base = settings_get(settings, section, "base");
    if (!base)
        base = theme_find(name) ? name : "auto";
    if (colors < FEW)
        base = "none";
    const struct theme *from = theme_find(strcmp(base, "auto") == 0 ? automatic(colors) : base);
    if (!from)
        return error_set(error, RN_ECONFIG, "[%s] base: %s is no theme of runnel's own", section,
                         base);
    *theme = *from;
    return change(settings, section, theme, error);
}

void appearance_list(const struct settings *settings, struct buf *out)
{
    const char **own = settings_names(settings, "theme");
    for (size_t i = 0; i < COUNT(names); i++)
        buf_addf(out, "%s%s", i > 0 ? ", " : "", names[i]);
    for (const char **at = own; *at; at++)
        if (!theme_find(*at))
            buf_addf(out, ", %s", *at);
    free(own);
}
