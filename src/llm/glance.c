/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is remembered is a form: a payload with holes.  One hole is the text; the others are the values of
 * fields that differ from one payload to the next and that no codec looks at.  Payloads that fill the
 * same form are the same tree but for these values.  Where two said different texts, each the one in
 * its hole, what is said cannot have come from anywhere else: then the form is sure.
 */
#include "llm/glance.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "llm/literal.h"
#include "llm/reply.h"

/* Times, counts and padding.  No codec may ever look at a field of such a name. */
static const char *const idle[] = {
    "\"created\":", "\"created_at\":", "\"sequence_number\":", "\"obfuscation\":", "\"p\":"};

enum {
    HOLES_MAX = sizeof(idle) / sizeof(idle[0]) + 1,
    FORM_MAX = 4096, /* bytes; deltas have some hundred */
    TRIES_MAX = 32,  /* in a row that came to nothing: this server's payloads have no form */
};

#define NONE LITERAL_NONE

struct hole {
    size_t start, end;
    bool is_text;
};

struct glance {
    struct buf form; /* empty: there is none */
    struct buf name;
    struct hole holes[HOLES_MAX]; /* in their order */
    size_t hole_count;
    reply_say_fn *say;
    bool is_sure;
    int tries;
    struct buf text; /* that had escapes in it */
};

struct glance *glance_new(void)
{
    return xnew(struct glance);
}

void glance_free(struct glance *glance)
{
    if (!glance)
        return;
    buf_clear(&glance->form);
    buf_clear(&glance->name);
    buf_clear(&glance->text);
    free(glance);
}

/* ---- A payload held against the form ---- */

/* How long the value is that fills a hole which begins at `start`. */
static size_t measure(const struct glance *glance, size_t start, const char *bytes, size_t len)
{
    bool is_string = glance->form.data[start - 1] == '"';
    return is_string ? literal_string(bytes, len) : literal_number(bytes, len);
}

static bool fills(const struct glance *glance, const char *data, size_t len, struct said *said)
{
    const char *form = glance->form.data;
    size_t at = 0, from = 0;
    *said = (struct said){glance->say, "", 0};
    for (size_t i = 0; i < glance->hole_count; i++) {
        const struct hole *hole = &glance->holes[i];
        size_t same = hole->start - from;
        if (len - at < same || memcmp(data + at, form + from, same) != 0)
            return false;
        at += same;
        size_t n = measure(glance, hole->start, data + at, len - at);
        if (n == NONE)
            return false;
        if (hole->is_text)
            *said = (struct said){glance->say, data + at, n};
        at += n;
        from = hole->end;
    }
    /* An empty text gives way to another at times: what it comes down to is the codec's to say. */
    return said->len > 0 && len - at == glance->form.len - from &&
           memcmp(data + at, form + from, len - at) == 0;
}

static void unescape(struct buf *text, struct said *said)
{
    if (!memchr(said->text, '\\', said->len))
        return;
    buf_reset(text);
    literal_add_text(text, said->text, said->len);
    said->text = text->data;
    said->len = text->len;
}

static bool look(struct glance *glance, const char *name, const char *data, size_t len,
                 struct said *said)
{
    if (glance->form.len == 0 || strcmp(buf_str(&glance->name), name) != 0 ||
        !fills(glance, data, len, said))
        return false;
    unescape(&glance->text, said);
    return true;
}

bool glance_at(struct glance *glance, const char *name, const char *data, size_t len,
               struct said *said)
{
    return glance->is_sure && look(glance, name, data, len, said);
}

/* ---- Learning ---- */

/* Whether the string that begins at a quote is the value of a field. */
static bool is_value(const char *data, size_t quote)
{
    struct json_scan scan = {0};
    size_t colon = quote;
    while (colon > 0 && data[colon - 1] == ' ')
        colon--;
    if (colon == 0 || data[colon - 1] != ':')
        return false;
    json_scan(&scan, data, quote + 1);
    return scan.in_string;
}

/* Where the text stands just as it was said; NONE when it does nowhere. */
static size_t find_text(struct buf *quoted, const char *data, size_t len, const struct said *said)
{
    if (memchr(said->text, '"', said->len) || memchr(said->text, '\\', said->len))
        return NONE;
    buf_reset(quoted);
    buf_addc(quoted, '"');
    buf_add(quoted, said->text, said->len);
    buf_addc(quoted, '"');
    const char *found = memmem(data, len, quoted->data, quoted->len);
    return found && is_value(data, (size_t)(found - data)) ? (size_t)(found - data) + 1 : NONE;
}

static void add_hole(struct glance *glance, size_t start, bool is_text)
{
    size_t n = measure(glance, start, glance->form.data + start, glance->form.len - start);
    size_t i = glance->hole_count;
    if (n == NONE)
        return;
    for (; i > 0 && glance->holes[i - 1].start > start; i--)
        glance->holes[i] = glance->holes[i - 1];
    glance->holes[i] = (struct hole){start, start + n, is_text};
    glance->hole_count++;
}

/* A quote that is not escaped, with a colon behind it, ends a name wherever it is found. */
static void add_idle_holes(struct glance *glance, size_t text)
{
    const struct buf *form = &glance->form;
    for (size_t i = 0; i < sizeof(idle) / sizeof(idle[0]); i++) {
        const char *found = memmem(form->data, form->len, idle[i], strlen(idle[i]));
        if (!found)
            continue;
        const char *value = found + strlen(idle[i]);
        value += strspn(value, " ");
        size_t start = (size_t)(value - form->data) + (*value == '"');
        if (start != text)
            add_hole(glance, start, false);
    }
}

static void begin(struct glance *glance, const char *name, const char *data, size_t len,
                  const struct said *said)
{
    buf_reset(&glance->form);
    glance->hole_count = 0;
    glance->is_sure = false;
    if (!said || *data != '{' || len > FORM_MAX || glance->tries == TRIES_MAX)
        return;
    glance->tries++;
    size_t text = find_text(&glance->text, data, len, said);
    if (text == NONE)
        return;
    buf_add(&glance->form, data, len);
    buf_reset(&glance->name);
    buf_adds(&glance->name, name);
    glance->say = said->say;
    add_hole(glance, text, true);
    add_idle_holes(glance, text);
}

static bool is_same(const struct said *a, const struct said *b)
{
    return a->say == b->say && a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

void glance_learn(struct glance *glance, const char *name, const char *data, size_t len,
                  const struct said *said)
{
    struct said now, first;
    if (!said || !look(glance, name, data, len, &now) || !is_same(&now, said)) {
        begin(glance, name, data, len, said);
        return;
    }
    fills(glance, glance->form.data, glance->form.len, &first);
    if (is_same(&first, said))
        return;
    glance->is_sure = true;
    glance->tries = 0;
}
