/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One page for a browser, which needs nothing but itself: no script, nothing that is loaded.  All text
 * goes through export/escape.h, and a content security policy stands behind that: were there a hole in
 * it, what came through would still not run.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "export/escape.h"
#include "export/format.h"
#include "export/hypertext.h"
#include "export/sheet.h"
#include "export/talk.h"
#include "text/figures.h"

/* ---- The head ---- */

static void add_head(struct buf *out, const struct talk *talk)
{
    buf_adds(out,
             "<!DOCTYPE html>\n"
             "<html>\n"
             "<head>\n"
             "<meta charset=\"utf-8\">\n"
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
             "img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
             "<meta name=\"color-scheme\" content=\"light dark\">\n"
             "<meta name=\"referrer\" content=\"no-referrer\">\n"
             "<meta name=\"generator\" content=\"runnel " RN_VERSION "\">\n"
             "<title>");
    escape_adds(out, talk->about.title);
    buf_adds(out, "</title>\n<style>\n");
    for (const char *const *part = export_sheet; *part; part++)
        buf_adds(out, *part);
    buf_adds(out, "</style>\n</head>\n<body>\n<main>\n");
}

static void add_fact(struct buf *out, const char *fact)
{
    if (!*fact)
        return;
    buf_adds(out, "<span>");
    escape_adds(out, fact);
    buf_adds(out, "</span>\n");
}

static void add_title(struct buf *out, const struct talk *talk)
{
    char time[TALK_TIME_SIZE];
    char *models = talk_models(talk);
    buf_adds(out, "<header>\n<h1>");
    escape_adds(out, talk->about.title);
    buf_adds(out, "</h1>\n<p class=\"facts\">\n");
    add_fact(out, models);
    add_fact(out, talk_time(talk, time));
    add_fact(out, talk->about.id);
    buf_adds(out, "</p>\n</header>\n");
    free(models);
}

/* ---- Turns ---- */

static void add_folded(struct buf *out, const char *class, const char *summary, const char *text,
                       size_t len)
{
    buf_addf(out, "<details class=\"%s\">\n<summary>%s</summary>\n", class, summary);
    hypertext_add(out, text, len);
    buf_adds(out, "</details>\n");
}

static const char *name_of(const rn_attachment *attachment)
{
    if (*attachment->name)
        return attachment->name;
    return attachment->url ? attachment->url : attachment->type;
}

static void add_file(struct buf *out, const rn_attachment *attachment)
{
    struct buf size = BUF_INIT;
    figures_bytes(&size, attachment->len);
    buf_adds(out, attachment->data ? "<details class=\"file\">\n<summary>" : "<p class=\"file\">");
    escape_adds(out, name_of(attachment));
    if (!attachment->url)
        buf_addf(out, " <small>%s</small>", buf_str(&size));
    if (attachment->data) {
        buf_adds(out, "</summary>\n<pre><code>");
        escape_add(out, attachment->data, attachment->len);
        buf_adds(out, "</code></pre>\n</details>\n");
    } else {
        buf_adds(out, "</p>\n");
    }
    buf_clear(&size);
}

static void add_image(struct buf *out, const rn_attachment *attachment, const char *url)
{
    buf_adds(out, "<img src=\"");
    escape_adds(out, url);
    buf_adds(out, "\" alt=\"");
    escape_adds(out, name_of(attachment));
    buf_adds(out, "\">\n");
}

static void add_attachments(struct buf *out, const struct talk *talk, const struct turn *turn)
{
    rn_attachment attachment;
    for (size_t k = 0; talk_attachment(talk, turn, k, &attachment); k++) {
        char *image = talk_image(talk, turn, k);
        if (image)
            add_image(out, &attachment, image);
        else
            add_file(out, &attachment);
        free(image);
    }
}

/* A prompt is what was typed, which keeps its form; one with code between fences is meant as Markdown. */
static void add_prompt(struct buf *out, const struct turn *turn)
{
    if (memmem(turn->text, turn->len, "```", 3)) {
        hypertext_add(out, turn->text, turn->len);
        return;
    }
    buf_adds(out, "<div class=\"prompt\">");
    escape_add(out, turn->text, turn->len);
    buf_adds(out, "</div>\n");
}

static void add_user(struct buf *out, const struct talk *talk, const struct turn *turn)
{
    buf_adds(out, "<section class=\"user\">\n<h2>You</h2>\n");
    add_prompt(out, turn);
    add_attachments(out, talk, turn);
    buf_adds(out, "</section>\n");
}

static void add_answer(struct buf *out, const struct turn *turn)
{
    buf_addf(out, "<div class=\"answer%s\">\n", turn->is_refusal ? " refusal" : "");
    hypertext_add(out, turn->text, turn->len);
    if (turn->is_partial)
        buf_adds(out, "<p class=\"cut\">The answer was cut off here.</p>\n");
    buf_adds(out, "</div>\n");
}

static void add_status(struct buf *out, const char *status)
{
    const char *class = strcmp(status, "ok") == 0 ? "ok" : "not-ok";
    buf_addf(out, "<span class=\"status %s\">", class);
    escape_adds(out, *status ? status : "no result");
    buf_adds(out, "</span>");
}

static void add_call(struct buf *out, const struct turn *turn)
{
    static const char json[] = "json";
    buf_adds(out, "<details class=\"call\">\n<summary><b>");
    escape_adds(out, turn->tool);
    buf_adds(out, "</b> <span class=\"brief\">");
    escape_adds(out, turn->brief);
    buf_adds(out, "</span>");
    add_status(out, turn->status);
    buf_adds(out, "</summary>\n");
    if (*turn->args) {
        buf_adds(out, "<pre><code>");
        escape_add_code(out, json, strlen(json), turn->args, strlen(turn->args));
        buf_adds(out, "</code></pre>\n");
    }
    buf_adds(out, "<pre class=\"output\"><code>");
    escape_add(out, turn->text, turn->len);
    buf_adds(out, "</code></pre>\n</details>\n");
}

/* What the model thought, said and did between two prompts stands under its name once. */
static void begin_model(struct buf *out, const struct turn *turn)
{
    buf_adds(out, "<section class=\"model\">\n<h2>");
    escape_adds(out, *turn->model ? turn->model : "Answer");
    buf_adds(out, "</h2>\n");
}

static bool is_models(enum turn_kind kind)
{
    return kind == TURN_THOUGHT || kind == TURN_ANSWER || kind == TURN_CALL;
}

static void add_turn(struct buf *out, const struct talk *talk, const struct turn *turn)
{
    switch (turn->kind) {
    case TURN_SYSTEM:
        add_folded(out, "system", "System prompt", turn->text, turn->len);
        break;
    case TURN_USER:
        add_user(out, talk, turn);
        break;
    case TURN_THOUGHT:
        add_folded(out, "thought", "Thinking", turn->text, turn->len);
        break;
    case TURN_ANSWER:
        add_answer(out, turn);
        break;
    case TURN_CALL:
        add_call(out, turn);
        break;
    }
}

static void add_turns(struct buf *out, const struct talk *talk)
{
    bool is_open = false;
    for (size_t i = 0; i < talk->count; i++) {
        const struct turn *turn = &talk->turns[i];
        if (is_open && !is_models(turn->kind))
            buf_adds(out, "</section>\n");
        if (!is_open && is_models(turn->kind))
            begin_model(out, turn);
        is_open = is_models(turn->kind);
        add_turn(out, talk, turn);
    }
    if (is_open)
        buf_adds(out, "</section>\n");
}

void export_html(const struct talk *talk, struct buf *out)
{
    add_head(out, talk);
    add_title(out, talk);
    add_turns(out, talk);
    buf_adds(out, "</main>\n<footer>written down by runnel</footer>\n</body>\n</html>\n");
}
