/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/cue.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "session/reader.h"

bool cue_begins(const struct cue *cue)
{
    return strcmp(cue->type, "start") == 0;
}

bool cue_ends(const struct cue *cue)
{
    return strcmp(cue->type, "finish") == 0;
}

/* Past a word, or NULL when something else stands there. */
static const char *skip(const char *at, const char *word)
{
    size_t len = strlen(word);
    return at && strncmp(at, word, len) == 0 ? at + len : NULL;
}

static const char *skip_number(const char *at, int64_t *number)
{
    enum { DIGITS_MAX = 15 }; /* no time is longer, and no number overflows */
    if (!at)
        return NULL;
    const char *begin = at;
    for (*number = 0; *at >= '0' && *at <= '9' && at - begin < DIGITS_MAX; at++)
        *number = *number * 10 + (*at - '0');
    return at > begin ? at : NULL;
}

/* A piece of the only run that goes on, {"type":"ai","seq":2,"t":412,...: all lines but a few are such.  What
 * names a run is parsed, and so are records, whose type may stand where it likes. */
static bool is_own_piece(const struct session_line *line, struct cue *cue)
{
    int64_t seq;
    const char *type = skip(line->data, "{\"type\":\"");
    size_t len = type ? strcspn(type, "\"\\") : CUE_TYPE_SIZE;
    if (len >= CUE_TYPE_SIZE)
        return false;
    const char *at = skip(skip_number(skip(type + len, "\",\"seq\":"), &seq), ",\"t\":");
    at = skip_number(at, &cue->t);
    memcpy(cue->type, type, len);
    return at && (*at == ',' || *at == '}') && !session_is_record(cue->type) &&
           !session_line_has(line, "\"run\"");
}

/* Cut to what fits. */
static void keep(char *to, size_t size, const char *text)
{
    size_t len = strnlen(text, size - 1);
    memcpy(to, text, len);
    to[len] = '\0';
}

static bool parse(const struct session_line *line, struct cue *cue)
{
    bool mended;
    struct error ignored;
    json_t *tree = json_read(line->data, line->len, &mended, &ignored);
    const char *type = json_get_text(tree, "type");
    bool is_event = *type && !session_is_record(type);
    int64_t t = json_get_number(tree, "t", -1);
    *cue = (struct cue){.t = t >= 0 ? t : -1};
    if (strlen(type) < CUE_TYPE_SIZE)
        keep(cue->type, CUE_TYPE_SIZE, type);
    keep(cue->run, CUE_RUN_SIZE, json_get_text(tree, "run"));
    json_decref(tree);
    return is_event;
}

bool cue_read(struct cue *cue, const struct session_line *line)
{
    *cue = (struct cue){0};
    return is_own_piece(line, cue) || parse(line, cue);
}
