/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config/settings.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "config/ini.h"
#include "config/kind.h"
#include "config/schema.h"

enum {
    RANKS = SETTINGS_OPTION + 1,
    FILE_MAX = 16 * 1024 * 1024,
    VALUES_MAX = 4096,
};

/* What one rank has to say of a setting. */
struct word {
    char *text; /* NULL: nothing */
    char *origin;
    unsigned file, line; /* which of the files loaded, from 1; 0: none */
};

struct value {
    char *section, *key;
    struct word words[RANKS];
};

struct settings {
    struct value *values;
    size_t count;
    unsigned files;
};

/* ---- The store ---- */

struct settings *settings_new(void)
{
    return xnew(struct settings);
}

static void clear_word(struct word *word)
{
    free(word->text);
    free(word->origin);
    *word = (struct word){0};
}

void settings_free(struct settings *settings)
{
    if (!settings)
        return;
    for (size_t i = 0; i < settings->count; i++) {
        struct value *value = &settings->values[i];
        for (int rank = 0; rank < RANKS; rank++)
            clear_word(&value->words[rank]);
        free(value->section);
        free(value->key);
    }
    free(settings->values);
    free(settings);
}

static struct value *find(const struct settings *settings, const char *section, const char *key)
{
    for (size_t i = 0; i < settings->count; i++) {
        struct value *value = &settings->values[i];
        if (strcmp(value->key, key) == 0 && strcmp(value->section, section) == 0)
            return value;
    }
    return NULL;
}

static struct value *add(struct settings *settings, const char *section, const char *key)
{
    size_t size = (settings->count + 1) * sizeof(*settings->values);
    settings->values = xrealloc(settings->values, size);
    struct value *value = &settings->values[settings->count++];
    *value = (struct value){.section = xstrdup(section), .key = xstrdup(key)};
    return value;
}

static const struct word *in_force(const struct value *value)
{
    for (int rank = RANKS - 1; value && rank > SETTINGS_DEFAULT; rank--) {
        if (value->words[rank].text)
            return &value->words[rank];
    }
    return NULL;
}

/* Check a word, and put a copy of it in force at its rank. */
static int assign(struct settings *settings, enum settings_rank rank, const char *section,
                  const char *key, struct word word, struct error *error)
{
    const struct setting *setting = schema_find(section, key);
    if (!setting)
        return schema_explain(section, key, error);
    struct value *value = find(settings, section, key);
    const struct word *old = value ? &value->words[rank] : NULL;
    if (old && old->file && old->file == word.file)
        return error_set(error, RN_ECONFIG, "[%s] has %s already, in line %u", section, key,
                         old->line);
    if (!value && settings->count == VALUES_MAX)
        return error_set(error, RN_ECONFIG, "there are more than %d settings", VALUES_MAX);
    word.text = kind_accept(setting, word.text, error);
    if (!word.text)
        return -1;
    word.origin = xstrdup(word.origin);
    if (!value)
        value = add(settings, section, key);
    clear_word(&value->words[rank]);
    value->words[rank] = word;
    return 0;
}

int settings_set(struct settings *settings, enum settings_rank rank, const char *section,
                 const char *key, const char *value, const char *origin, struct error *error)
{
    assert(rank > SETTINGS_DEFAULT);
    struct word word = {.text = (char *)value, .origin = (char *)origin};
    if (assign(settings, rank, section, key, word, error) < 0)
        return error_prefix(error, "%s", origin);
    return 0;
}

void settings_unset(struct settings *settings, enum settings_rank rank, const char *section,
                    const char *key)
{
    struct value *value = find(settings, section, key);
    if (value)
        clear_word(&value->words[rank]);
}

/* ---- Files ---- */

char *settings_path(void)
{
    const char *folder = getenv("XDG_CONFIG_HOME");
    /* The XDG specification: a folder that is not absolute is to be ignored. */
    if (folder && folder[0] == '/')
        return xasprintf("%s/runnel/config.ini", folder);
    return xasprintf("%s/.config/runnel/config.ini", kind_home());
}

static int read_all(int fd, const char *path, struct buf *text, struct error *error)
{
    enum { PIECE = 64 * 1024 };
    for (;;) {
        buf_reserve(text, PIECE);
        ssize_t got = read(fd, text->data + text->len, PIECE);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_errno(error, RN_ECONFIG, "cannot read %s", path);
        if (got == 0)
            return 0;
        text->len += (size_t)got;
        if (text->len > FILE_MAX)
            return error_set(error, RN_ECONFIG, "%s is longer than 16 MiB", path);
    }
}

struct loading {
    struct settings *settings;
    const char *path, *name; /* all of it for errors, its last part for origins */
};

static int on_entry(const struct ini_entry *entry, void *user, struct error *error)
{
    struct loading *loading = user;
    int result = 0;
    if (entry->key) {
        char *origin = xasprintf("%s:%u", loading->name, entry->line);
        struct word word = {(char *)entry->value, origin, loading->settings->files, entry->line};
        result = assign(loading->settings, SETTINGS_FILE, entry->section, entry->key, word, error);
        free(origin);
    } else if (!schema_has_section(entry->section)) {
        result = schema_explain(entry->section, "", error);
    }
    return result < 0 ? error_prefix(error, "%s:%u", loading->path, entry->line) : 0;
}

int settings_load(struct settings *settings, const char *path, bool required, struct error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    /* XDG_CONFIG_HOME=/dev/null is a common way to say "no configuration": ENOTDIR. */
    if (fd < 0 && !required && (errno == ENOENT || errno == ENOTDIR))
        return 0;
    if (fd < 0)
        return error_errno(error, RN_ECONFIG, "cannot open %s", path);
    struct buf text = BUF_INIT;
    const char *slash = strrchr(path, '/');
    struct loading loading = {settings, path, slash ? slash + 1 : path};
    settings->files++;
    int result = read_all(fd, path, &text, error);
    if (result == 0)
        result = ini_parse(path, buf_str(&text), text.len, on_entry, &loading, error);
    buf_clear(&text);
    close(fd);
    return result;
}

/* ---- Profiles ---- */

static int no_profile(const struct settings *settings, const char *name, struct error *error)
{
    const char **names = settings_names(settings, "profile");
    const char *near = nearest_word(name, names);
    if (!names[0])
        error_set(error, RN_ECONFIG, "there is no profile \"%s\", nor any other", name);
    else
        error_set(error, RN_ECONFIG, "there is no profile \"%s\"; %s \"%s\"", name,
                  near ? "did you mean" : "there is", near ? near : names[0]);
    free(names);
    return -1;
}

/* "chat.model" of a profile is [chat] model. */
static int apply(struct settings *settings, const char *profile, const char *dotted,
                 const struct word *from, struct error *error)
{
    char *section = xstrdup(dotted), *dot = strchr(section, '.');
    *dot = '\0';
    struct word word = {.text = from->text};
    word.origin = xasprintf("%s, profile %s", from->origin, profile);
    int result = assign(settings, SETTINGS_PROFILE, section, dot + 1, word, error);
    free(word.origin);
    free(section);
    return result;
}

int settings_profile(struct settings *settings, const char *name, struct error *error)
{
    char *section = xasprintf("profile.%s", name);
    bool found = false;
    int result = 0;
    for (size_t i = 0; i < settings->count; i++)
        clear_word(&settings->values[i].words[SETTINGS_PROFILE]);
    for (size_t i = 0; i < settings->count && result == 0; i++) {
        if (strcmp(settings->values[i].section, section) != 0)
            continue;
        found = true;
        result =
            apply(settings, name, settings->values[i].key, in_force(&settings->values[i]), error);
    }
    free(section);
    return found ? result : no_profile(settings, name, error);
}

/* ---- Asking ---- */

static const struct word *ask(const struct settings *settings, const char *section, const char *key)
{
    assert(schema_find(section, key));
    return in_force(find(settings, section, key));
}

const char *settings_get(const struct settings *settings, const char *section, const char *key)
{
    const struct word *word = ask(settings, section, key);
    return word ? word->text : schema_find(section, key)->fallback;
}

bool settings_is_set(const struct settings *settings, const char *section, const char *key)
{
    return ask(settings, section, key) != NULL;
}

const char *settings_origin(const struct settings *settings, const char *section, const char *key)
{
    const struct word *word = ask(settings, section, key);
    return word ? word->origin : "default";
}

enum settings_rank settings_rank(const struct settings *settings, const char *section,
                                 const char *key)
{
    const struct value *value = find(settings, section, key);
    const struct word *word = ask(settings, section, key);
    return word ? (enum settings_rank)(word - value->words) : SETTINGS_DEFAULT;
}

long settings_number(const struct settings *settings, const char *section, const char *key)
{
    const char *value = settings_get(settings, section, key);
    if (!value)
        return 0;
    double number = kind_number(value);
    if (schema_find(section, key)->kind != KIND_SECONDS)
        return (long)number;
    long ms = (long)(number * 1000 + 0.5);
    return ms > 0 ? ms : 1;
}

double settings_real(const struct settings *settings, const char *section, const char *key)
{
    const char *value = settings_get(settings, section, key);
    return value ? kind_number(value) : 0;
}

bool settings_flag(const struct settings *settings, const char *section, const char *key)
{
    const char *value = settings_get(settings, section, key);
    return value && kind_flag(value);
}

static bool is_listed(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

const char **settings_names(const struct settings *settings, const char *kind)
{
    const char **names = xcalloc(settings->count + 1, sizeof(*names));
    size_t count = 0, len = strlen(kind);
    for (size_t i = 0; i < settings->count; i++) {
        const char *section = settings->values[i].section;
        if (strncmp(section, kind, len) == 0 && section[len] == '.' &&
            !is_listed(names, count, section + len + 1))
            names[count++] = section + len + 1;
    }
    return names;
}
