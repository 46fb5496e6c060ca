/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * runnel sessions search: a line for each line that has the text in it, as grep(1) gives them.
 */
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/filter.h"
#include "base/json.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/sessions.h"
#include "plain/tell.h"
#include "session/search.h"

/* A line can be a whole file: so much of it is shown before the match, and at most. */
enum { BEFORE_MAX = 60, LINE_MAX_SHOWN = 240 };

static const char mark[] = "\033[1;4m", unmark[] = "\033[m";

struct printing {
    const struct search *search;
    struct buf out;
    bool is_terminal, is_json;
};

/* ---- For people ---- */

/* The part that is shown, whole code points. */
static void cut(const struct search_hit *hit, size_t *from, size_t *to)
{
    *from = hit->start > BEFORE_MAX ? hit->start - BEFORE_MAX : 0;
    while (*from < hit->start && (hit->line[*from] & 0xC0) == 0x80)
        (*from)++;
    size_t most = hit->end > *from + LINE_MAX_SHOWN ? hit->end : *from + LINE_MAX_SHOWN;
    *to = most < hit->len ? most - utf8_cut(hit->line, most) : hit->len;
    *to = *to < hit->end ? hit->end : *to;
}

static void add_marked(struct printing *to, const struct search_hit *hit, size_t from, size_t end)
{
    size_t start, stop;
    while (search_match(to->search, hit->line, end, from, &start, &stop)) {
        filter_line(&to->out, hit->line + from, start - from);
        buf_adds(&to->out, mark);
        filter_line(&to->out, hit->line + start, stop - start);
        buf_adds(&to->out, unmark);
        from = stop;
    }
    filter_line(&to->out, hit->line + from, end - from);
}

static void add_line(struct printing *to, const struct search_hit *hit)
{
    size_t from, end;
    cut(hit, &from, &end);
    filter_line(&to->out, hit->id, strlen(hit->id));
    buf_addf(&to->out, "  %-9s  %s", hit->role, from > 0 ? "…" : "");
    if (to->is_terminal)
        add_marked(to, hit, from, end);
    else
        filter_line(&to->out, hit->line + from, end - from);
    buf_adds(&to->out, end < hit->len ? "…\n" : "\n");
}

/* ---- For programs ---- */

static void add_text(struct buf *out, const char *key, const char *text, size_t len)
{
    json_add_key(out, key);
    json_add_string(out, text, len);
}

static void add_object(struct printing *to, const struct search_hit *hit)
{
    struct buf *out = &to->out;
    buf_addc(out, '{');
    add_text(out, "id", hit->id, strlen(hit->id));
    add_text(out, "role", hit->role, strlen(hit->role));
    add_text(out, "line", hit->line, hit->len);
    buf_addf(out, ",\"start\":%zu,\"end\":%zu", hit->start, hit->end);
    add_text(out, "path", hit->path, strlen(hit->path));
    buf_adds(out, "}\n");
}

/* ---- The search ---- */

static void add_words(struct buf *text, const struct errand *errand)
{
    for (int i = 0; i < errand->count; i++)
        buf_addf(text, "%s%s", i > 0 ? " " : "", errand->words[i]);
}

/* Each hit is written when it is found. */
static int print_all(struct printing *to, struct search *search, size_t *count)
{
    enum { WRITE_SIZE = 32 * 1024 };
    struct search_hit hit;
    int status = CLI_OK;
    while (status == CLI_OK && search_next(search, &hit)) {
        ++*count;
        if (to->is_json)
            add_object(to, &hit);
        else
            add_line(to, &hit);
        if (to->is_terminal || to->out.len >= WRITE_SIZE) {
            status = cli_print(buf_str(&to->out), to->out.len);
            buf_reset(&to->out);
        }
    }
    return status == CLI_OK ? cli_print(buf_str(&to->out), to->out.len) : status;
}

int sessions_search(const struct errand *errand, struct error *error)
{
    struct buf text = BUF_INIT;
    size_t count = 0;
    int status = -1;
    add_words(&text, errand);
    struct search *search = search_new(errand->dir, buf_str(&text), error);
    struct printing to = {.search = search,
                          .is_terminal = isatty(STDOUT_FILENO),
                          .is_json = options_format(errand->options) != PLAIN_TEXT};
    if (search)
        status = print_all(&to, search, &count);
    if (status == CLI_OK && count == 0) {
        tell("no session has \"%.60s\" in it", buf_str(&text));
        status = CLI_FAILED;
    }
    search_free(search);
    buf_clear(&to.out);
    buf_clear(&text);
    return status;
}
