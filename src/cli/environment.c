/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What variables that other programs know, too, say of the settings.  An address that the config gives
 * counts more than theirs: it was written for runnel.
 */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "chat/remembered.h"
#include "config/settings.h"

/* The value without the blanks and quotes around it, as Ollama reads it; the caller's. */
static char *trimmed(const char *value)
{
    static const char around[] = " \t\n\"'";
    value += strspn(value, around);
    size_t len = strlen(value);
    while (len > 0 && strchr(around, value[len - 1]))
        len--;
    return xstrndup(value, len);
}

/* An IPv6 address may stand without brackets where no port follows. */
static size_t host_length(const char *place)
{
    const char *colon = strchr(place, ':');
    if (*place == '[')
        return strcspn(place, "]") + (strchr(place, ']') != NULL);
    return colon && !strchr(colon + 1, ':') ? (size_t)(colon - place) : strlen(place);
}

/* Where a server listens on all addresses, a client asks this machine. */
static char *host_to_ask(const char *place, size_t len)
{
    static const char *const all[] = {"", "0.0.0.0", "[::]", "::"};
    char *host = xstrndup(place, len);
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (strcmp(host, all[i]) == 0) {
            free(host);
            return xstrdup("127.0.0.1");
        }
    }
    if (*host == '[' || !strchr(host, ':'))
        return host;
    char *bracketed = xasprintf("[%s]", host);
    free(host);
    return bracketed;
}

/* Ollama's own rules: the port is 11434, or the scheme's where a scheme is given. */
char *cli_ollama_url(const char *value)
{
    char *text = trimmed(value), *mark = strstr(text, "://");
    char *scheme = mark ? xstrndup(text, (size_t)(mark - text)) : xstrdup("http");
    char *place = mark ? mark + 3 : text;
    place[strcspn(place, "/")] = '\0';
    size_t len = host_length(place);
    char *host = host_to_ask(place, len);
    char *url = xasprintf("%s://%s%s", scheme, host, place[len] || mark ? place + len : ":11434");
    free(text);
    free(scheme);
    free(host);
    return url;
}

static int set_url(struct settings *settings, const char *section, const char *variable,
                   char *(*url_of)(const char *value), struct error *error)
{
    const char *value = getenv(variable);
    if (!value || !*value || settings_is_set(settings, section, "url"))
        return 0;
    char *url = url_of(value);
    int result = settings_set(settings, SETTINGS_ENVIRONMENT, section, "url", url, variable, error);
    free(url);
    return result;
}

static int set_model(struct settings *settings, struct error *error)
{
    const char *model = getenv("RUNNEL_MODEL");
    if (!model || !*model)
        return 0;
    return settings_set(settings, SETTINGS_ENVIRONMENT, "chat", "model", model, "RUNNEL_MODEL",
                        error);
}

int cli_environment(struct settings *settings, struct error *error)
{
    remembered_load(settings);
    if (set_model(settings, error) < 0 ||
        set_url(settings, "provider.ollama", "OLLAMA_HOST", cli_ollama_url, error) < 0 ||
        set_url(settings, "provider.openai", "OPENAI_BASE_URL", trimmed, error) < 0 ||
        set_url(settings, "provider.anthropic", "ANTHROPIC_BASE_URL", trimmed, error) < 0)
        return -1;
    return 0;
}
