/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * runnel models: what can be had, of all providers at once, each list as it comes in.  stdout has the models
 * and nothing else, a line each, so that it can be piped; stderr has who could not be reached, and why.
 */
#include "cli/cli.h"

#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "chat/choose.h"
#include "chat/model_list.h"
#include "chat/models.h"
#include "cli/options.h"
#include "config/settings.h"
#include "plain/tell.h"

struct inquiry {
    const struct options *options;
    struct models *models;
    const char *word; /* the provider that was named; NULL: all */
    size_t listed;    /* models */
    size_t failures;  /* that were told */
};

/* ---- As JSON ---- */

static void add_text(struct buf *line, const char *key, const char *text)
{
    json_add_key(line, key);
    json_add_string(line, text, strlen(text));
}

static void add_count(struct buf *line, const char *key, int64_t count)
{
    if (count < 0)
        return;
    json_add_key(line, key);
    buf_addf(line, "%" PRId64, count);
}

static void add_price(struct buf *line, const char *key, double price)
{
    if (price < 0)
        return;
    json_add_key(line, key);
    buf_addf(line, "%.10g", price);
}

static void add_ability(struct buf *line, const char *key, int ability)
{
    if (ability < 0)
        return;
    json_add_key(line, key);
    buf_adds(line, ability ? "true" : "false");
}

static void add_prices(struct buf *line, const rn_prices *prices)
{
    if (prices->input < 0 && prices->output < 0)
        return;
    json_add_key(line, "prices");
    buf_addc(line, '{');
    add_price(line, "input", prices->input);
    add_price(line, "output", prices->output);
    add_price(line, "cached", prices->cached);
    add_price(line, "cache_write", prices->cache_write);
    buf_addc(line, '}');
}

static void add_object(struct buf *line, const char *provider, const rn_listed *model)
{
    buf_addc(line, '{');
    add_text(line, "provider", provider);
    add_text(line, "model", model->name);
    if (*model->title)
        add_text(line, "title", model->title);
    add_count(line, "context", model->context);
    add_count(line, "output", model->output);
    add_ability(line, "tools", model->tools);
    add_ability(line, "images", model->images);
    add_ability(line, "reasoning", model->reasoning);
    add_prices(line, &model->prices);
    buf_adds(line, "}\n");
}

/* ---- The lists ---- */

static void add_list(const struct inquiry *inquiry, const struct model_list *list, struct buf *text)
{
    bool is_json = options_format(inquiry->options) == PLAIN_JSON;
    if (!is_json && !inquiry->word && list->count > 0 && isatty(STDOUT_FILENO))
        buf_addf(text, "%s%s, %zu model%s\n", inquiry->listed > 0 ? "\n" : "", list->provider,
                 list->count, list->count == 1 ? "" : "s");
    if (!is_json)
        model_list_table(list, 0, text);
    for (size_t i = 0; is_json && i < list->count; i++)
        add_object(text, list->provider, &list->models[i]);
}

/* A server of this machine that nobody spoke of and that is not there is nothing to tell. */
static bool is_worth_telling(const struct inquiry *inquiry, const char *provider)
{
    return inquiry->word || models_is_chosen(inquiry->models, provider);
}

static void tell_failure(struct inquiry *inquiry, const struct models_answer *answer)
{
    struct buf age = BUF_INIT;
    inquiry->failures++;
    if (answer->list->count > 0)
        model_list_age(answer->list, &age);
    tell(age.len > 0 ? "%s: %s; this is its list of %s" : "%s: %s", answer->provider, answer->error,
         buf_str(&age));
    buf_clear(&age);
}

/* The exit status that a reader who is gone calls for, else 0. */
static int show(struct inquiry *inquiry, const struct models_answer *answer)
{
    struct buf text = BUF_INIT;
    if (*answer->error && !is_worth_telling(inquiry, answer->provider))
        return CLI_OK;
    if (*answer->error)
        tell_failure(inquiry, answer);
    else if (answer->list->count == 0 && inquiry->word)
        tell("%s has no models", answer->provider);
    add_list(inquiry, answer->list, &text);
    int status = cli_print(buf_str(&text), text.len);
    inquiry->listed += answer->list->count;
    buf_clear(&text);
    return status;
}

static int follow(struct inquiry *inquiry)
{
    struct models_answer answer;
    int status = CLI_OK;
    while (status == CLI_OK && models_busy(inquiry->models)) {
        struct pollfd wait = {.fd = models_fd(inquiry->models), .events = POLLIN};
        poll(&wait, 1, -1);
        while (status == CLI_OK && models_next(inquiry->models, &answer))
            status = show(inquiry, &answer);
    }
    return status;
}

/* ---- Asking ---- */

static int ask_all(struct inquiry *inquiry, struct error *error)
{
    const char **meant = models_meant(inquiry->models, inquiry->word, error);
    int result = meant ? 0 : -1;
    for (const char **at = meant; at && *at && result == 0; at++) {
        result = models_ask(inquiry->models, *at, error);
        if (result < 0 && !inquiry->word) {
            tell("%s", error->text);
            inquiry->failures++;
            result = 0;
        }
    }
    free(meant);
    return result;
}

static int run(struct inquiry *inquiry)
{
    struct error error;
    if (ask_all(inquiry, &error) < 0)
        return cli_fail(&error);
    int status = follow(inquiry);
    if (status != CLI_OK || inquiry->listed > 0)
        return status;
    if (inquiry->failures == 0 && !inquiry->word)
        tell(
            "no provider has a key, and no server answers on this machine: docs/providers.md tells "
            "how to get one going");
    return CLI_FAILED;
}

int cli_models(const struct options *options)
{
    struct error error;
    struct inquiry inquiry = {.options = options};
    struct settings *settings = cli_settings(options, &error);
    if (!settings)
        return cli_fail(&error);
    inquiry.word = options->word_count > 0 ? options->words[0] : options->url ? URL_NAME : NULL;
    rn_io *io = rn_io_new();
    inquiry.models = models_new(settings, io);
    int status = run(&inquiry);
    models_free(inquiry.models);
    rn_io_free(io);
    settings_free(settings);
    return status;
}
