/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/refusals.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"
#include "llm/codec.h"
#include "llm/event.h"

/* Of a run; some come again at each step, with other numbers in them. */
enum { REFUSALS_MAX = 16 };

struct refusal {
    int http;
    char *code, *text;
};

struct refusals {
    struct refusal list[REFUSALS_MAX];
    unsigned count;
};

struct refusals *refusals_new(void)
{
    return xnew(struct refusals);
}

void refusals_free(struct refusals *refusals)
{
    for (unsigned i = 0; refusals && i < refusals->count; i++) {
        free(refusals->list[i].code);
        free(refusals->list[i].text);
    }
    free(refusals);
}

static void write_body(char **body, const json_t *tree)
{
    struct buf text = BUF_INIT;
    json_add_value(&text, tree);
    free(*body);
    *body = buf_take(&text);
}

static void remember(struct refusals *refusals, const rn_event *error)
{
    if (refusals->count == REFUSALS_MAX)
        return;
    refusals->list[refusals->count++] =
        (struct refusal){.http = error->error->http,
                         .code = xstrdup(error->error->provider_code),
                         .text = xstrdup(error->text)};
}

bool refusals_add(struct refusals *refusals, const struct codec *codec, const rn_event *error,
                  char **body)
{
    struct error ignored;
    if (!codec->amend || !error->error->http)
        return false;
    json_t *tree = json_read(*body, strlen(*body), NULL, &ignored);
    bool is_amended = tree && codec->amend(tree, error);
    if (is_amended) {
        write_body(body, tree);
        remember(refusals, error);
    }
    json_decref(tree);
    return is_amended;
}

static bool heed(const struct refusal *refusal, const struct codec *codec, json_t *tree)
{
    struct event error;
    event_init(&error, RN_ERROR);
    error.error =
        (rn_failure){.code = RN_EHTTP, .http = refusal->http, .provider_code = refusal->code};
    error.pub.text = refusal->text;
    error.pub.text_len = strlen(refusal->text);
    return codec->amend(tree, &error.pub);
}

void refusals_heed(const struct refusals *refusals, const struct codec *codec, char **body)
{
    struct error ignored;
    bool is_amended = false;
    if (refusals->count == 0)
        return;
    json_t *tree = json_read(*body, strlen(*body), NULL, &ignored);
    for (unsigned i = 0; tree && i < refusals->count; i++)
        is_amended |= heed(&refusals->list[i], codec, tree);
    if (is_amended)
        write_body(body, tree);
    json_decref(tree);
}
