/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which theme it is, by the settings and by what the environment tells of the terminal.
 */
#include "chat/appearance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "config/settings.h"
#include "text/theme.h"

static void set_variable(const char *name, const char *value)
{
    if (value)
        setenv(name, value, 1);
    else
        unsetenv(name);
}

static void set(struct settings *settings, const char *section, const char *key, const char *value)
{
    struct error error;
    assert_int_equal(
        settings_set(settings, SETTINGS_FILE, section, key, value, "config.ini:1", &error), 0);
}

static const struct {
    const char *ground, *theme;
    int colors;
    const char *want;
} cases[] = {
    {NULL, "auto", 256, "neutral"},      {"15;0", "auto", 256, "dark"},
    {"0;15", "auto", 256, "light"},      {"0;7", "auto", 256, "light"},
    {"7;8", "auto", 256, "dark"},        {"0;default;15", "auto", 256, "light"},
    {"0;", "auto", 256, "neutral"},      {"0;x", "auto", 256, "neutral"},
    {"0;99", "auto", 256, "neutral"},    {"15", "auto", 256, "neutral"},
    {"0;15", "auto", 16, "16"},          {"0;15", "auto", 8, "16"},
    {"0;15", "auto", 0, "none"},         {"0;15", "dark", 256, "dark"},
    {"15;0", "light", 1 << 24, "light"}, {NULL, "16", 256, "16"},
    {NULL, "none", 256, "none"},         {NULL, "dark", 0, "none"},
};

static void test_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct settings *settings = settings_new();
        struct theme theme;
        struct error error = ERROR_INIT;
        set_variable("COLORFGBG", cases[i].ground);
        set(settings, "screen", "theme", cases[i].theme);
        assert_int_equal(appearance_theme(settings, NULL, cases[i].colors, &theme, &error), 0);
        if (memcmp(&theme, theme_find(cases[i].want), sizeof(theme)) != 0)
            fail_msg("%s on %s is not %s", cases[i].theme, cases[i].ground, cases[i].want);
        settings_free(settings);
    }
    unsetenv("COLORFGBG");
}

static void test_own(void **state)
{
    (void)state;
    struct settings *settings = settings_new();
    struct theme theme, light = *theme_find("light");
    struct error error = ERROR_INIT;
    set(settings, "theme.mine", "base", "light");
    set(settings, "theme.mine", "heading", "underline 12");
    assert_int_equal(appearance_theme(settings, "mine", 256, &theme, &error), 0);
    light.looks[STYLE_HEADING] = (struct theme_look){12, THEME_UNDERLINE};
    assert_memory_equal(&theme, &light, sizeof(theme));

    set(settings, "theme.dark", "text", "#ffffff");
    assert_int_equal(appearance_theme(settings, "dark", 256, &theme, &error), 0);
    assert_int_equal(theme.looks[STYLE_TEXT].color, THEME_RGB | 0xFFFFFF);
    assert_int_equal(theme.looks[STYLE_LINK].color, theme_find("dark")->looks[STYLE_LINK].color);
    settings_free(settings);
}

static const struct {
    const char *section, *key, *value, *name, *want;
} bad[] = {
    {"screen", "theme", "auto", "drak",
     "there is no theme drak: there are auto, dark, light, neutral, 16, none"},
    {"theme.mine", "base", "dark", "mime",
     "there is no theme mime: there are auto, dark, light, neutral, 16, none, mine"},
    {"theme.mine", "base", "mine", "mine", "[theme.mine] base: mine is no theme of runnel's own"},
    {"theme.mine", "heading", "pink", "mine",
     "[theme.mine] heading: pink is no colour (#5f87af, 0 to 255, default), nor is it bold, dim, "
     "italic, underline, reverse or struck"},
};

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct settings *settings = settings_new();
        struct theme theme;
        struct error error = ERROR_INIT;
        set(settings, bad[i].section, bad[i].key, bad[i].value);
        assert_int_equal(appearance_theme(settings, bad[i].name, 256, &theme, &error), -1);
        assert_string_equal(error.text, bad[i].want);
        settings_free(settings);
    }
}

static const struct {
    const char *term, *colorterm, *no_color;
    int want;
} terminals[] = {
    {NULL, NULL, NULL, -1},
    {"", NULL, NULL, -1},
    {"dumb", "truecolor", NULL, -1},
    {"xterm", NULL, NULL, 8},
    {"linux", NULL, NULL, 8},
    {"vt220", NULL, NULL, 0},
    {"xterm-256color", NULL, NULL, 256},
    {"xterm-256color", NULL, "", 256},
    {"xterm-256color", NULL, "1", 0},
    {"xterm-kitty", NULL, NULL, 256},
    {"foot", NULL, NULL, 256},
    {"tmux-256color", "truecolor", NULL, 1 << 24},
    {"xterm", "24bit", NULL, 1 << 24},
    {"xterm", "truecolor", "1", 0},
};

static void test_colors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(terminals) / sizeof(*terminals); i++) {
        set_variable("TERM", terminals[i].term);
        set_variable("COLORTERM", terminals[i].colorterm);
        set_variable("NO_COLOR", terminals[i].no_color);
        assert_int_equal(appearance_colors(), terminals[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_own),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_colors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
