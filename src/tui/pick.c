/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/pick.h"

#include "text/figures.h"
#include "tui/keys.h"
#include "tui/transcript.h"

/* What each kind of entry is called; NULL: it cannot be selected. */
static const char *const names[] = {
    [ENTRY_USER] = "prompt", [ENTRY_ANSWER] = "answer", [ENTRY_REASONING] = "reasoning",
    [ENTRY_TOOL] = "tool",   [ENTRY_NOTE] = "note",     [ENTRY_MARK] = NULL,
    [ENTRY_ERROR] = "error",
};

void pick_clear(struct pick *pick)
{
    snippets_clear(&pick->blocks);
    buf_clear(&pick->told);
    *pick = (struct pick){0};
}

/* ---- What is selected */

static const struct buf *source(const struct pick *pick)
{
    return transcript_source(pick->transcript, pick->entry);
}

static bool is_markdown(const struct pick *pick)
{
    return transcript_kind(pick->transcript, pick->entry) == ENTRY_ANSWER;
}

static void find_blocks(struct pick *pick)
{
    const struct buf *text = source(pick);
    if (text->len == pick->looked_at)
        return;
    snippets_clear(&pick->blocks);
    if (is_markdown(pick))
        snippets_find(&pick->blocks, buf_str(text), text->len);
    pick->looked_at = text->len;
    if (pick->block > pick->blocks.count)
        pick->block = pick->blocks.count;
}

static const char *selected_text(const struct pick *pick, size_t *len)
{
    if (pick->block > 0) {
        const struct snippet *block = &pick->blocks.items[pick->block - 1];
        *len = block->len;
        return pick->blocks.text.data + block->text;
    }
    *len = source(pick)->len;
    return buf_str(source(pick));
}

/* Where it stands in the source. */
static size_t selection_of(const struct pick *pick, size_t *end)
{
    const struct snippet *block = pick->block > 0 ? &pick->blocks.items[pick->block - 1] : NULL;
    *end = block ? block->end : source(pick)->len;
    return block ? block->start : 0;
}

static void show_selection(const struct pick *pick)
{
    size_t end, start = selection_of(pick, &end);
    transcript_select(pick->transcript, pick->entry, start, end);
}

void pick_refresh(struct pick *pick)
{
    if (!pick->is_open)
        return;
    if (pick->entry >= transcript_count(pick->transcript)) {
        pick_close(pick);
        return;
    }
    find_blocks(pick);
    show_selection(pick);
}

static void go_to(struct pick *pick, size_t entry, size_t block)
{
    if (entry != pick->entry)
        pick->looked_at = 0;
    pick->entry = entry;
    pick->block = block;
    pick_refresh(pick);
    size_t end, start = selection_of(pick, &end);
    transcript_show_source(pick->transcript, entry, start);
}

/* ---- Open and closed */

static bool can_be_selected(const struct transcript *transcript, size_t entry)
{
    return names[transcript_kind(transcript, entry)] && transcript_source(transcript, entry)->len;
}

/* An answer of which something can be seen; if there is none, the last thing of all. */
static size_t first_choice(struct transcript *transcript)
{
    size_t count = transcript_count(transcript);
    size_t entry = transcript_in_view(transcript, ENTRY_ANSWER);
    if (entry < count && can_be_selected(transcript, entry))
        return entry;
    for (entry = count; entry-- > 0;)
        if (can_be_selected(transcript, entry))
            return entry;
    return count;
}

bool pick_open(struct pick *pick, struct transcript *transcript)
{
    size_t entry = first_choice(transcript);
    if (entry >= transcript_count(transcript))
        return false;
    pick->transcript = transcript;
    pick->is_open = true;
    pick->entry = entry;
    pick->block = pick->looked_at = 0;
    pick_refresh(pick);
    return true;
}

void pick_close(struct pick *pick)
{
    if (!pick->is_open)
        return;
    pick->is_open = false;
    transcript_select(pick->transcript, 0, 0, 0);
    snippets_clear(&pick->blocks);
}

bool pick_take(struct pick *pick, struct buf *text)
{
    if (!pick->is_taken)
        return false;
    pick->is_taken = false;
    size_t len;
    const char *selection = selected_text(pick, &len);
    buf_add(text, selection, len);
    pick_close(pick);
    return true;
}

/* ---- Keys */

static void go_earlier(struct pick *pick)
{
    for (size_t entry = pick->entry; entry-- > 0;) {
        if (can_be_selected(pick->transcript, entry)) {
            go_to(pick, entry, 0);
            return;
        }
    }
}

static void go_later(struct pick *pick)
{
    for (size_t entry = pick->entry + 1; entry < transcript_count(pick->transcript); entry++) {
        if (can_be_selected(pick->transcript, entry)) {
            go_to(pick, entry, 0);
            return;
        }
    }
}

static void go_in(struct pick *pick)
{
    if (pick->block < pick->blocks.count)
        go_to(pick, pick->entry, pick->block + 1);
}

static void go_out(struct pick *pick)
{
    if (pick->block > 0)
        go_to(pick, pick->entry, pick->block - 1);
}

/* An arrow as a letter: A up, B down, C right, D left; 0 for another key. */
static char arrow_of(const struct key *key)
{
    bool is_arrow = key->kind == KEY_SEQUENCE && key->len == 3 &&
                    (key->bytes[1] == '[' || key->bytes[1] == 'O') && key->bytes[2] >= 'A' &&
                    key->bytes[2] <= 'D';
    return is_arrow ? key->bytes[2] : 0;
}

bool pick_key(struct pick *pick, const struct key *key)
{
    enum { CTRL_C = 3, CTRL_G = 7, ENTER = 13 };
    static const struct {
        char arrow, letter;
        void (*act)(struct pick *pick);
    } moves[] = {
        {'A', 'k', go_earlier}, {'B', 'j', go_later}, {'C', 'l', go_in}, {'D', 'h', go_out}};
    if (!pick->is_open)
        return false;
    char arrow = arrow_of(key), letter = key->kind == KEY_CHAR ? key->bytes[0] : 0;
    for (size_t i = 0; i < sizeof(moves) / sizeof(*moves); i++) {
        if (arrow == moves[i].arrow || letter == moves[i].letter) {
            moves[i].act(pick);
            return true;
        }
    }
    if (key->kind == KEY_ESCAPE || letter == CTRL_C || letter == CTRL_G || letter == 'q')
        pick_close(pick);
    else if (letter == ENTER || letter == 'y')
        pick->is_taken = true;
    else
        return false;
    return true;
}

/* ---- What is said of it */

const char *pick_hint(struct pick *pick)
{
    struct buf *told = &pick->told;
    if (!pick->is_open)
        return NULL;
    buf_reset(told);
    if (pick->block > 0)
        buf_addf(told, "code %zu of %zu", pick->block, pick->blocks.count);
    else
        buf_adds(told, names[transcript_kind(pick->transcript, pick->entry)]);
    buf_adds(told, ", ");
    size_t len;
    const char *text = selected_text(pick, &len);
    figures_size(told, text, len);
    buf_addf(told, "  ↑↓ message%s, Enter copies, Esc leaves",
             pick->blocks.count > 0 ? ", ←→ code" : "");
    return told->data;
}
