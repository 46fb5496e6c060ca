/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The provider at work: its list of models, and one short answer, whose pieces are timed.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/mem.h"
#include "chat/advice.h"
#include "chat/burst.h"
#include "chat/choose.h"
#include "chat/open.h"
#include "config/settings.h"
#include "doctor/chart.h"
#include "doctor/doctor.h"
#include "text/figures.h"

enum { LISTING_MS = 15 * 1000, ANSWER_MS = 60 * 1000, NAMES_MAX = 4, HTTP_FAILED = 400 };

/* Long enough to see a pace, and cheap. */
static const char PROMPT[] = "Count from 1 to 30 in words, separated by spaces. Say nothing else.";

/* ---- The list of models ---- */

static bool is_listed(const rn_listing *listing, const char *model)
{
    const rn_listed *listed;
    for (size_t i = 0; (listed = rn_listing_model(listing, i)); i++)
        if (strncmp(listed->name, model, strlen(model)) == 0)
            return true;
    return false;
}

/* The names, if they are few; else the one that was meant, if any is near. */
static void add_names(const rn_listing *listing, size_t count, const char *model, struct buf *out)
{
    const char **names = xcalloc(count + 1, sizeof(*names));
    for (size_t i = 0; i < count; i++)
        names[i] = rn_listing_model(listing, i)->name;
    const char *meant = nearest_word(model, names);
    for (size_t i = 0; i < count && count <= NAMES_MAX; i++)
        buf_addf(out, "%s%s", i == 0 ? " (" : ", ", names[i]);
    if (count <= NAMES_MAX)
        buf_addc(out, ')');
    buf_addf(out, ", and %s is none of them", model);
    if (meant)
        buf_addf(out, ": did you mean %s?", meant);
    free(names);
}

static void tell_unlisted(const rn_listing *listing, size_t count, const char *model,
                          struct chart *chart)
{
    struct buf text = BUF_INIT;
    buf_addf(&text, "%zu are listed", count);
    add_names(listing, count, model, &text);
    chart_add(chart, VERDICT_WARNING, "models",
              "It may have an alias that is not listed. runnel models lists what there is.", "%s",
              text.data);
    buf_clear(&text);
}

static void tell_models(const struct patient *patient, const rn_listing *listing,
                        struct chart *chart)
{
    const char *model = patient->choice ? patient->choice->model : NULL;
    size_t count = 0;
    while (rn_listing_model(listing, count))
        count++;
    if (count == 0)
        chart_add(chart, VERDICT_WARNING, "models",
                  "A server of one's own must be told to load one (ollama pull llama3.2).",
                  "%s has none", patient->provider);
    else if (model && !is_listed(listing, model))
        tell_unlisted(listing, count, model, chart);
    else
        chart_add(chart, VERDICT_OK, "models", "", "%zu are listed%s%s", count,
                  model ? ", among them " : "", model ? model : "");
}

static void check_models(const struct patient *patient, struct chart *chart)
{
    struct error error;
    chart_wait(chart, "models", "the list is asked for");
    rn_listing *listing = open_listing(patient->settings, patient->provider, patient->io, &error);
    int result = listing ? rn_listing_step(listing, LISTING_MS) : RN_ECONFIG;
    if (!listing)
        chart_add(chart, VERDICT_BROKEN, "models", "", "%s", error.text);
    else if (result == RN_AGAIN)
        chart_add(chart, VERDICT_WARNING, "models", "", "no list within %d s", LISTING_MS / 1000);
    else if (result != RN_DONE)
        chart_add(chart, VERDICT_WARNING, "models",
                  "Not every server has a list; one that refuses the key will not answer either.",
                  "%s", rn_listing_error(listing));
    else
        tell_models(patient, listing, chart);
    rn_listing_free(listing);
}

/* ---- One answer ---- */

struct trial {
    struct burst burst;
    struct buf error, advice; /* the run's, if it failed */
    rn_usage usage;
    bool has_usage, is_late;
    unsigned retries;
};

/* A cut answer is no more than an answer to a chat; here it is what was looked for. */
static void take_error(struct trial *trial, const rn_event *event, const char *label)
{
    static const char of_cut[] =
        "The server, or something between here and it, ends answers early: is there a time limit "
        "in a proxy, or a crash in the server's log?";
    char *advice = event->error->code == RN_ETRUNCATED ? xstrdup(of_cut) : advice_for(event, label);
    buf_adds(&trial->error, event->text);
    if (event->error->http >= HTTP_FAILED)
        buf_addf(&trial->error, " (HTTP %d)", event->error->http);
    buf_adds(&trial->advice, advice);
    free(advice);
}

static void take(struct trial *trial, const rn_event *event, const char *label)
{
    if ((event->kind == RN_AI && event->content_len > 0) ||
        (event->kind == RN_REASONING && event->text_len > 0))
        burst_add(&trial->burst, event->t);
    if (event->kind == RN_RETRY)
        trial->retries++;
    if (event->kind == RN_ERROR) {
        take_error(trial, event, label);
    }
    if (event->kind == RN_FINISH && event->usage) {
        trial->usage = *event->usage;
        trial->has_usage = true;
    }
}

static void run_trial(struct trial *trial, rn_stream *stream, const char *label)
{
    const rn_event *event;
    int64_t until = clock_ms() + ANSWER_MS, left;
    int result = RN_AGAIN;
    while (result != RN_DONE && (left = until - clock_ms()) > 0) {
        result = rn_step(stream, &event, (int)left);
        if (result == RN_EVENT)
            take(trial, event, label);
    }
    trial->is_late = result != RN_DONE;
}

static void tell_pace(const struct burst *burst, struct chart *chart)
{
    static const char advice[] =
        "Answers appear late and in lumps, whatever the program. In nginx it is proxy_buffering "
        "off; elsewhere look for response buffering, or gzip of text/event-stream.";
    struct buf text = BUF_INIT;
    if (burst_is_held(burst)) {
        buf_adds(&text, "something between here and the server holds the answer back: ");
        burst_tell(burst, &text);
        chart_add(chart, VERDICT_WARNING, "pace", advice, "%s", text.data);
    } else if (burst_kind(burst) == BURST_UNKNOWN) {
        figures_duration(&text, burst->last);
        chart_add(chart, VERDICT_OK, "pace", "", "%u pieces in %s: too few, or too soon, to tell",
                  burst->pieces, text.data);
    } else {
        chart_add(chart, VERDICT_OK, "pace", "", "pieces come as they are made: %u at %u times",
                  burst->pieces, burst->arrivals);
    }
    buf_clear(&text);
}

static void add_cost(const struct trial *trial, struct buf *text)
{
    const rn_usage *usage = &trial->usage;
    if (!trial->has_usage || usage->input < 0 || usage->output < 0)
        return;
    buf_adds(text, "; it took ");
    figures_count(text, usage->input + usage->output);
    buf_adds(text, " tokens");
    if (usage->cost < 0)
        return;
    buf_adds(text, ", ");
    figures_cost(text, usage->cost);
}

static void tell_answer(const struct trial *trial, const char *label, struct chart *chart)
{
    struct buf text = BUF_INIT;
    buf_addf(&text, "%s begins after %lld ms", label, (long long)trial->burst.first);
    add_cost(trial, &text);
    if (trial->retries > 0)
        buf_addf(&text, "; %u attempt%s failed before", trial->retries,
                 trial->retries == 1 ? "" : "s");
    chart_add(chart, trial->retries > 0 ? VERDICT_WARNING : VERDICT_OK, "answer", "", "%s",
              text.data);
    buf_clear(&text);
}

static void tell_trial(const struct trial *trial, const char *label, struct chart *chart)
{
    if (trial->error.len > 0)
        chart_add(chart, VERDICT_BROKEN, "answer", buf_str(&trial->advice), "%s: %s", label,
                  trial->error.data);
    else if (trial->burst.pieces == 0)
        chart_add(chart, VERDICT_BROKEN, "answer",
                  trial->is_late ? "A model that is loaded first may take longer: try again." : "",
                  trial->is_late ? "%s gave none within %d s" : "%s ended without a word", label,
                  ANSWER_MS / 1000);
    else
        tell_answer(trial, label, chart);
    if (trial->burst.pieces > 0)
        tell_pace(&trial->burst, chart);
}

static void check_answer(const struct patient *patient, struct chart *chart)
{
    struct error error;
    struct trial trial = {0};
    struct open_extras extras = {0};
    char *label = choose_label(patient->choice->provider, patient->choice->model);
    rn_model *model = open_model(patient->settings, patient->choice, patient->io, &extras, &error);
    if (model) {
        chart_wait(chart, "answer",
                   "one short answer is asked for; a model that sleeps takes long");
        rn_stream *stream = rn_model_stream(model, PROMPT);
        run_trial(&trial, stream, label);
        rn_close(stream);
        tell_trial(&trial, label, chart);
    } else {
        chart_add(chart, VERDICT_BROKEN, "answer", "", "%s", error.text);
    }
    rn_model_free(model);
    buf_clear(&trial.error);
    buf_clear(&trial.advice);
    free(label);
}

void service_check(const struct patient *patient, struct chart *chart)
{
    chart_group(chart, "provider");
    check_models(patient, chart);
    if (patient->choice)
        check_answer(patient, chart);
    else
        chart_add(chart, VERDICT_OK, "answer", "",
                  "none is asked for: runnel doctor -m %s:MODEL does, for a few tokens",
                  patient->provider);
}
