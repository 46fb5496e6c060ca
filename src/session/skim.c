/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/skim.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"

enum { TEXT_MAX = 4096, CHARACTER_MAX = 16, ESCAPE_DIGITS = 4 };
enum { ROOT = 1, INPUT = 2, MESSAGE = 3 }; /* depths */

void skim_clear(struct skim *skim)
{
    buf_clear(&skim->text);
    free(skim->model);
    free(skim->prompt);
    free(skim->role);
    free(skim->content);
    *skim = (struct skim){0};
}

/* ---- What it is worth ---- */

/* What was kept, without its escapes. */
static char *text_of(struct skim *skim)
{
    struct error ignored;
    buf_adds(&skim->text, "\"]");
    json_t *list = json_read(buf_str(&skim->text), skim->text.len, NULL, &ignored);
    const char *text = json_string_value(json_array_get(list, 0));
    char *copy = xstrdup(text ? text : "");
    json_decref(list);
    return copy;
}

static void replace(char **text, char *with)
{
    free(*text);
    *text = with;
}

static void take_of_root(struct skim *skim, const char *key)
{
    if (strcmp(key, "type") == 0) {
        char *type = text_of(skim);
        skim->is_start = strcmp(type, "start") == 0;
        skim->is_other = !skim->is_start;
        free(type);
    } else if (strcmp(key, "model") == 0) {
        replace(&skim->model, text_of(skim));
    }
}

static void take_of_message(struct skim *skim, const char *key)
{
    if (strcmp(key, "role") == 0)
        replace(&skim->role, text_of(skim));
    else if (strcmp(key, "content") == 0)
        replace(&skim->content, text_of(skim));
    if (!skim->prompt && skim->role && skim->content && strcmp(skim->role, "user") == 0)
        skim->prompt = xstrdup(skim->content);
}

static bool is_message(const struct skim *skim)
{
    return skim->depth == MESSAGE && !skim->levels[MESSAGE].is_list &&
           skim->levels[INPUT].is_list && strcmp(skim->levels[ROOT].key, "input") == 0;
}

static void end_message(struct skim *skim)
{
    replace(&skim->role, NULL);
    replace(&skim->content, NULL);
}

/* ---- Bytes ---- */

static void begin_string(struct skim *skim)
{
    skim->in_string = true;
    skim->is_full = false;
    buf_reset(&skim->text);
    buf_adds(&skim->text, "[\"");
}

static void take_key(struct skim *skim)
{
    char *key = skim->levels[skim->depth].key;
    size_t len = skim->text.len - 2;
    len = len < SKIM_KEY_SIZE ? len : SKIM_KEY_SIZE - 1;
    memcpy(key, skim->text.data + 2, len);
    key[len] = '\0';
}

/* When it has come, or as much of it as is kept. */
static void take_string(struct skim *skim)
{
    if (skim->depth == 0 || skim->depth > SKIM_DEPTH || skim->levels[skim->depth].is_list)
        return;
    const char *key = skim->levels[skim->depth].key;
    if (!skim->levels[skim->depth].has_key)
        take_key(skim);
    else if (skim->depth == ROOT)
        take_of_root(skim, key);
    else if (is_message(skim))
        take_of_message(skim, key);
}

static int escape_after(int escape, char c)
{
    if (escape > 0)
        return escape - 1;
    if (escape < 0)
        return c == 'u' ? ESCAPE_DIGITS : 0;
    return c == '\\' ? -1 : 0;
}

/* It is cut between two characters, and never within an escape. */
static void add_to_string(struct skim *skim, char c)
{
    bool is_between = skim->escape == 0 && ((unsigned char)c & 0xC0) != 0x80;
    bool is_last = skim->escape == 0 && c == '"';
    bool has_enough = skim->text.len >= TEXT_MAX + (is_between ? 0 : CHARACTER_MAX);
    if (!skim->is_full && (is_last || has_enough)) {
        take_string(skim);
        skim->is_full = true;
    }
    if (!skim->is_full)
        buf_addc(&skim->text, c);
    skim->in_string = !is_last;
    skim->escape = escape_after(skim->escape, c);
}

static void go_in(struct skim *skim, bool is_list)
{
    if (++skim->depth > SKIM_DEPTH)
        return;
    skim->levels[skim->depth].is_list = is_list;
    skim->levels[skim->depth].has_key = false;
    skim->levels[skim->depth].key[0] = '\0';
}

static void go_out(struct skim *skim)
{
    if (is_message(skim))
        end_message(skim);
    skim->depth -= skim->depth > 0;
}

static void add_outside(struct skim *skim, char c)
{
    bool is_known = skim->depth > 0 && skim->depth <= SKIM_DEPTH;
    if (c == '"')
        begin_string(skim);
    else if (c == '{' || c == '[')
        go_in(skim, c == '[');
    else if (c == '}' || c == ']')
        go_out(skim);
    else if (is_known && (c == ':' || c == ','))
        skim->levels[skim->depth].has_key = c == ':';
}

static bool has_all(const struct skim *skim)
{
    return skim->is_other || (skim->is_start && skim->model && skim->prompt);
}

bool skim_feed(struct skim *skim, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len && !has_all(skim); i++) {
        if (skim->in_string)
            add_to_string(skim, bytes[i]);
        else
            add_outside(skim, bytes[i]);
    }
    return !has_all(skim);
}
