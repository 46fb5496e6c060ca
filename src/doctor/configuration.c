/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the config, the environment and the options say: whether it can be read, who answers, and whether
 * there is a key.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "chat/choose.h"
#include "chat/key.h"
#include "config/settings.h"
#include "doctor/chart.h"
#include "doctor/doctor.h"

static void check_file(const struct patient *patient, struct chart *chart)
{
    const char *path = patient->config_path;
    if (patient->config_error)
        chart_add(chart, VERDICT_BROKEN, "file",
                  "Until it is mended runnel starts no chat. docs/configuration.md has all "
                  "settings; here the others are looked at as if there were no config.",
                  "%s", patient->config_error->text);
    else if (path && access(path, R_OK) == 0)
        chart_add(chart, VERDICT_OK, "file", "", "%s", path);
    else
        chart_add(chart, VERDICT_OK, "file", "", "none is there, and none is needed (%s)",
                  path ? path : "neither XDG_CONFIG_HOME nor HOME is set");
}

static void check_model(const struct patient *patient, struct chart *chart)
{
    if (patient->choice) {
        char *label = choose_label(patient->choice->provider, patient->choice->model);
        chart_add(chart, VERDICT_OK, "model", "", "%s (%s)", label, patient->choice->why);
        free(label);
    } else if (patient->provider) {
        chart_add(chart, VERDICT_OK, "model", "", "none of %s is chosen", patient->provider);
    } else {
        chart_add(
            chart, VERDICT_WARNING, "model",
            "docs/providers.md tells how to get a model. runnel doctor PROVIDER looks at one.",
            "%s", patient->choice_error);
    }
}

/* Where the key comes from, for people; the caller's. */
static char *key_origin(const struct patient *patient)
{
    static const char *const keys[] = {"key_env", "key_file", "key_command"};
    char *section = xasprintf("provider.%s", patient->provider), *origin = NULL;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && !origin; i++)
        if (settings_is_set(patient->settings, section, keys[i]))
            origin = xasprintf("%s of %s", keys[i],
                               settings_origin(patient->settings, section, keys[i]));
    const char *variable = key_variable(patient->provider);
    if (!origin)
        origin = xstrdup(variable ? variable : "the environment");
    free(section);
    return origin;
}

static bool check_key(const struct patient *patient, struct chart *chart)
{
    struct error error;
    char *key = NULL;
    if (key_find(patient->settings, patient->provider, &key, &error) < 0) {
        chart_add(chart, VERDICT_BROKEN, "key", "", "%s", error.text);
        return false;
    }
    if (key) {
        char *origin = key_origin(patient);
        chart_add(chart, VERDICT_OK, "key", "", "there is one, from %s", origin);
        wipe(key, strlen(key));
        free(origin);
    } else {
        chart_add(chart, VERDICT_OK, "key", "", "none is set, and none is sent");
    }
    free(key);
    return true;
}

bool configuration_check(const struct patient *patient, struct chart *chart)
{
    chart_group(chart, "configuration");
    check_file(patient, chart);
    check_model(patient, chart);
    return patient->provider && check_key(patient, chart);
}
