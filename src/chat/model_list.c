/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/model_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { FILE_MAX = 16 * 1024 * 1024, FIELDS = 11 };

static const char heading[] = "runnel-models-1";

/* ---- In memory ---- */

void model_list_init(struct model_list *list, const char *provider, const char *url)
{
    *list = (struct model_list){.provider = xstrdup(provider), .url = xstrdup(url)};
}

static void drop_models(struct model_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free((char *)list->models[i].name);
        free((char *)list->models[i].title);
    }
    free(list->models);
    list->models = NULL;
    list->count = 0;
}

void model_list_clear(struct model_list *list)
{
    drop_models(list);
    free(list->provider);
    free(list->url);
    *list = (struct model_list){0};
}

static void add(struct model_list *list, const rn_listed *model)
{
    list->models = xrealloc(list->models, (list->count + 1) * sizeof(*list->models));
    rn_listed *own = &list->models[list->count++];
    *own = *model;
    own->name = xstrdup(model->name);
    own->title = xstrdup(model->title);
}

void model_list_take(struct model_list *list, const rn_listing *listing)
{
    const rn_listed *model;
    drop_models(list);
    list->time = (int64_t)time(NULL);
    for (size_t i = 0; (model = rn_listing_model(listing, i)); i++)
        add(list, model);
}

void model_list_age(const struct model_list *list, struct buf *out)
{
    enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };
    static const struct {
        int64_t seconds;
        const char *name;
    } units[] = {{DAY, "day"}, {HOUR, "hour"}, {MINUTE, "minute"}, {1, "second"}};
    int64_t age = (int64_t)time(NULL) - list->time;
    size_t i = 0;
    while (i < 3 && age < units[i].seconds)
        i++;
    int64_t count = age > 0 ? age / units[i].seconds : 0;
    buf_addf(out, "%" PRId64 " %s%s ago", count, units[i].name, count == 1 ? "" : "s");
}

/* ---- As text ---- */

/* A line of text has a place in the file; a name that is none is no name that anybody could type. */
static bool is_writable(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7F)
            return false;
    return true;
}

void model_list_write(const struct model_list *list, struct buf *text)
{
    buf_addf(text, "%s\t%" PRId64 "\t%s\n", heading, list->time, list->url);
    for (size_t i = 0; i < list->count; i++) {
        const rn_listed *model = &list->models[i];
        if (!is_writable(model->name))
            continue;
        buf_addf(text, "%s\t%s\t%" PRId64 "\t%" PRId64 "\t%d\t%d\t%d\t%.10g\t%.10g\t%.10g\t%.10g\n",
                 model->name, is_writable(model->title) ? model->title : "", model->context,
                 model->output, model->images, model->tools, model->reasoning, model->prices.input,
                 model->prices.output, model->prices.cached, model->prices.cache_write);
    }
}

/* Cut a line at its tabs; false when there are not so many fields. */
static bool cut(char *line, char **fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *tab = line ? strchr(line, '\t') : NULL;
        if (!line || (tab == NULL) != (i + 1 == count))
            return false;
        fields[i] = line;
        if (tab)
            *tab++ = '\0';
        line = tab;
    }
    return true;
}

static bool read_integer(const char *text, int64_t *number)
{
    char *end;
    *number = strtoll(text, &end, 10);
    return *text && !*end;
}

static bool read_ability(const char *text, int *ability)
{
    int64_t number;
    bool is_right = read_integer(text, &number) && number >= -1 && number <= 1;
    *ability = is_right ? (int)number : -1;
    return is_right;
}

static bool read_price(const char *text, double *price)
{
    char *end;
    *price = strtod(text, &end);
    return *text && !*end;
}

static bool read_model(char *line, rn_listed *model)
{
    char *fields[FIELDS];
    if (!cut(line, fields, FIELDS) || !*fields[0])
        return false;
    *model = (rn_listed){.name = fields[0], .title = fields[1]};
    return read_integer(fields[2], &model->context) && read_integer(fields[3], &model->output) &&
           read_ability(fields[4], &model->images) && read_ability(fields[5], &model->tools) &&
           read_ability(fields[6], &model->reasoning) &&
           read_price(fields[7], &model->prices.input) &&
           read_price(fields[8], &model->prices.output) &&
           read_price(fields[9], &model->prices.cached) &&
           read_price(fields[10], &model->prices.cache_write);
}

static bool read_heading(struct model_list *list, char *line)
{
    char *fields[3];
    return cut(line, fields, 3) && strcmp(fields[0], heading) == 0 &&
           read_integer(fields[1], &list->time) && strcmp(fields[2], list->url) == 0;
}

bool model_list_read(struct model_list *list, const char *text, size_t len)
{
    char *copy = xstrndup(text, len), *rest = NULL;
    char *line = strtok_r(copy, "\n", &rest);
    bool is_text = utf8_valid(text, len) && !memchr(text, '\0', len);
    bool is_right = is_text && line && read_heading(list, line);
    drop_models(list);
    while (is_right && (line = strtok_r(NULL, "\n", &rest))) {
        rn_listed model;
        is_right = read_model(line, &model);
        if (is_right)
            add(list, &model);
    }
    if (!is_right) {
        drop_models(list);
        list->time = 0;
    }
    free(copy);
    return is_right;
}

/* ---- In its file ---- */

static char *path_of(const char *provider)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (cache && cache[0] == '/')
        return xasprintf("%s/runnel/models/%s.list", cache, provider);
    return home && home[0] == '/' ? xasprintf("%s/.cache/runnel/models/%s.list", home, provider)
                                  : NULL;
}

bool model_list_load(struct model_list *list)
{
    struct buf text = BUF_INIT;
    struct error ignored;
    char *path = path_of(list->provider);
    bool is_there = path && file_read(path, &text, FILE_MAX, &ignored) == 0 &&
                    model_list_read(list, buf_str(&text), text.len);
    buf_clear(&text);
    free(path);
    return is_there;
}

int model_list_save(const struct model_list *list, struct error *error)
{
    struct buf text = BUF_INIT;
    char *path = path_of(list->provider);
    model_list_write(list, &text);
    int result = path ? file_replace(path, text.data, text.len, error)
                      : error_set(error, RN_EIO, "there is no home folder to keep a list in");
    buf_clear(&text);
    free(path);
    return result;
}
