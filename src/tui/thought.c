/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/thought.h"

#include <ctype.h>

#include "base/buf.h"
#include "text/figures.h"
#include "tui/transcript.h"

enum { MOMENT_MS = 100 }; /* an answer that came whole tells no time */

static void count_words(struct thought *thought, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bool is_space = isspace((unsigned char)text[i]);
        thought->words += !is_space && !thought->in_word;
        thought->in_word = !is_space;
    }
}

void thought_add(struct thought *thought, struct transcript *transcript, const rn_event *piece)
{
    transcript_append(transcript, ENTRY_REASONING, piece->text, piece->text_len);
    if (!thought->is_open)
        *thought = (struct thought){
            .is_open = true, .entry = transcript_count(transcript) - 1, .began = piece->t};
    count_words(thought, piece->text, piece->text_len);
}

void thought_end(struct thought *thought, struct transcript *transcript, int64_t t, bool stays)
{
    struct buf summary = BUF_INIT;
    if (!thought->is_open)
        return;
    thought->is_open = false;
    buf_adds(&summary, "thought");
    if (t - thought->began >= MOMENT_MS) {
        buf_adds(&summary, " for ");
        figures_duration(&summary, t - thought->began);
    }
    buf_adds(&summary, ", ");
    figures_count(&summary, (int64_t)thought->words);
    buf_adds(&summary, thought->words == 1 ? " word · Alt-O" : " words · Alt-O");
    transcript_summarize(transcript, thought->entry, summary.data);
    if (!stays && transcript_follows(transcript))
        transcript_fold(transcript, thought->entry, true);
    buf_clear(&summary);
}
