/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/readline.h>
#include <readline/history.h>

#include "base/buf.h"
#include "base/filter.h"
#include "base/mem.h"
#include "chat/history.h"
#include "text/cell.h"
#include "text/line.h"
#include "tui/bindings.h"
#include "tui/draft.h"
#include "tui/input_completion.h"
#include "tui/input_feed.h"
#include "tui/input_mend.h"
#include "tui/keys.h"
#include "tui/panel.h"
#include "tui/past.h"
#include "tui/search.h"

enum { PROMPT_MIN = 8 }; /* a window of fewer columns has no room for a prompt */

struct input {
    struct history *history;
    FILE *nowhere_in, *nowhere_out;

    char *line; /* ended by Enter */
    bool ended, wants_editor;

    struct past past;
    struct search search;

    struct draft draft;
    struct buf prompt;
    int prompt_columns, width;
    int rows, first_row; /* of the draft in the window */
};

/* readline's callbacks have no argument. */
static struct input *the;

/* ---- What readline calls */

static void on_line(char *line)
{
    if (!line) {
        the->ended = true;
        return;
    }
    free(the->line);
    the->line = line;
}

/* ---- Our commands in place of readline's */

static void replace_line(const char *text)
{
    rl_replace_line(text, 1);
    rl_point = rl_end;
}

static int accept_line(int count, int key)
{
    rl_free_undo_list();
    return rl_newline(count, key);
}

static int insert_newline(int count, int key)
{
    (void)count, (void)key;
    return rl_insert_text("\n") > 0 ? 0 : -1;
}

/* What a step through the past gives, if anything. */
static int show_prompt(const char *prompt)
{
    if (prompt)
        replace_line(prompt);
    return 0;
}

static int older_prompt(int count, int key)
{
    (void)count, (void)key;
    return show_prompt(past_older(&the->past, rl_line_buffer));
}

static int newer_prompt(int count, int key)
{
    (void)count, (void)key;
    return show_prompt(past_newer(&the->past, rl_line_buffer));
}

static int oldest_prompt(int count, int key)
{
    (void)count, (void)key;
    return show_prompt(past_oldest(&the->past, rl_line_buffer));
}

static int newest_prompt(int count, int key)
{
    (void)count, (void)key;
    return show_prompt(past_newest(&the->past, rl_line_buffer));
}

/* The cursor stays behind what is alike. */
static int show_alike(const char *prompt, int point)
{
    show_prompt(prompt);
    rl_point = point < rl_end ? point : rl_end;
    return 0;
}

static int older_alike(int count, int key)
{
    (void)count, (void)key;
    int point = rl_point;
    return show_alike(past_older_alike(&the->past, rl_line_buffer, (size_t)point), point);
}

static int newer_alike(int count, int key)
{
    (void)count, (void)key;
    int point = rl_point;
    return show_alike(past_newer_alike(&the->past, rl_line_buffer, (size_t)point), point);
}

static void lay_out_line(struct input *input)
{
    int width = input->width - input->prompt_columns;
    draft_lay_out(&input->draft, rl_line_buffer, (size_t)rl_end, (size_t)rl_point,
                  width < 1 ? 1 : width);
}

static void go_to_row(struct input *input, size_t row)
{
    rl_point =
        (int)draft_point(&input->draft, rl_line_buffer, (size_t)rl_end, row, input->draft.column);
}

static int up(int count, int key)
{
    lay_out_line(the);
    if (the->draft.row == 0)
        return older_prompt(count, key);
    go_to_row(the, the->draft.row - 1);
    return 0;
}

static int down(int count, int key)
{
    lay_out_line(the);
    if (the->draft.row + 1 >= the->draft.rows)
        return newer_prompt(count, key);
    go_to_row(the, the->draft.row + 1);
    return 0;
}

static int open_search(int count, int key)
{
    (void)count, (void)key;
    search_open(&the->search, the->history);
    return 0;
}

static int open_editor(int count, int key)
{
    (void)count, (void)key;
    the->wants_editor = true;
    return 0;
}

static int do_nothing(int count, int key)
{
    (void)count, (void)key;
    return 0;
}

static const struct bindings ours = {
    .accept = accept_line,
    .quote = feed_quote,
    .newline = insert_newline,
    .editor = open_editor,
    .older = older_prompt,
    .newer = newer_prompt,
    .oldest = oldest_prompt,
    .newest = newest_prompt,
    .older_alike = older_alike,
    .newer_alike = newer_alike,
    .up = up,
    .down = down,
    .search = open_search,
    .nothing = do_nothing,
};

/* ---- Beginning and end */

/* The order counts: with a redisplay function in place readline leaves terminfo alone, and what is
 * named before rl_initialize is there for ~/.inputrc. */
static void set_up_readline(void)
{
    static bool is_set_up;
    if (is_set_up)
        return;
    is_set_up = true;
    rl_readline_name = "runnel";
    rl_catch_signals = 0;
    rl_catch_sigwinch = 0;
    rl_change_environment = 0; /* LINES and COLUMNS would pin ncurses to one size */
    rl_prep_term_function = NULL;
    rl_deprep_term_function = NULL;
    feed_open();
    bindings_set_up(&ours);
}

struct input *input_new(const struct chat *chat, struct history *history)
{
    struct input *input = xnew(struct input);
    input->history = history;
    input->width = 80;
    input->nowhere_in = fopen("/dev/null", "re");
    input->nowhere_out = fopen("/dev/null", "we");
    input->past.history = history;
    the = input;
    rl_instream = input->nowhere_in;
    rl_outstream = input->nowhere_out;
    completion_open(chat);
    set_up_readline();
    for (size_t i = 0; i < history_count(history); i++)
        add_history(history_prompt(history, i));
    rl_callback_handler_install("", on_line);
    return input;
}

void input_free(struct input *input)
{
    if (!input)
        return;
    rl_callback_handler_remove();
    clear_history();
    completion_close();
    search_close(&input->search);
    draft_clear(&input->draft);
    buf_clear(&input->prompt);
    free(input->line);
    past_end(&input->past);
    if (input->nowhere_in)
        fclose(input->nowhere_in);
    if (input->nowhere_out)
        fclose(input->nowhere_out);
    free(input);
    the = NULL;
}

/* ---- Keys */

static void paste(struct input *input, const struct key *key)
{
    if (input->search.open) {
        search_add(&input->search, input->history, key->bytes, strcspn(key->bytes, "\n"));
        return;
    }
    feed_give_up();
    rl_begin_undo_group();
    rl_insert_text(key->bytes);
    rl_end_undo_group();
}

static void key_to_search(struct input *input, const struct key *key)
{
    enum search_end end = search_key(&input->search, input->history, key);
    if (end == SEARCH_GOES_ON)
        return;
    if (end == SEARCH_TAKEN && input->search.found < history_count(input->history))
        show_prompt(past_at(&input->past, rl_line_buffer, input->search.found));
    search_close(&input->search);
}

void input_key(struct input *input, const struct key *key)
{
    completion_forget_list();
    if (key->kind == KEY_PASTE)
        paste(input, key);
    else if (input->search.open)
        key_to_search(input, key);
    else
        feed_key(key);
    mend_line();
}

char *input_take(struct input *input)
{
    char *line = input->line;
    input->line = NULL;
    if (line) {
        if (line[0] != '\0')
            add_history(line);
        past_end(&input->past);
    }
    return line;
}

bool input_wants_editor(struct input *input)
{
    bool wants = input->wants_editor;
    input->wants_editor = false;
    return wants;
}

bool input_ended(const struct input *input)
{
    return input->ended;
}

const char *input_text(const struct input *input)
{
    (void)input;
    return rl_line_buffer;
}

bool input_is_empty(const struct input *input)
{
    return rl_end == 0 && !input->search.open;
}

void input_set(struct input *input, const char *text)
{
    past_end(&input->past);
    replace_line(text);
    mend_line();
}

bool input_close_list(struct input *input)
{
    (void)input;
    bool was_open = completion_has_list();
    completion_forget_list();
    return was_open;
}

bool input_cancel(struct input *input)
{
    bool was = input->search.open || feed_is_half_done();
    search_close(&input->search);
    feed_give_up();
    mend_line();
    return was;
}

bool input_takes_escape(const struct input *input)
{
    return !input->search.open && feed_takes_escape();
}

/* ---- For the screen */

static void write_prompt(struct input *input)
{
    buf_reset(&input->prompt);
    if (input->search.open)
        buf_adds(&input->prompt, "search ");
    else if (RL_ISSTATE(RL_STATE_NUMERICARG))
        filter_line(&input->prompt, rl_display_prompt, strlen(rl_display_prompt));
    else if (rl_editing_mode == 0) /* as wide as each other: the text must not jump */
        buf_adds(&input->prompt, feed_inserts() ? "ins> " : "cmd> ");
    else
        buf_adds(&input->prompt, "> ");
    input->prompt_columns = cell_columns(input->prompt.data, input->prompt.len);
    if (input->width < PROMPT_MIN || input->prompt_columns > input->width / 2) {
        buf_reset(&input->prompt);
        input->prompt_columns = 0;
    }
}

int input_lay_out(struct input *input, int width, int max_rows)
{
    input->width = width;
    rl_set_screen_size(max_rows, width);
    write_prompt(input);
    if (input->search.open) {
        const struct buf *words = &input->search.words;
        draft_lay_out(&input->draft, buf_str(words), words->len, words->len,
                      width - input->prompt_columns);
    } else {
        lay_out_line(input);
    }
    int rows = (int)input->draft.rows, cursor = (int)input->draft.row;
    input->rows = rows < max_rows ? rows : max_rows;
    if (input->first_row > rows - input->rows)
        input->first_row = rows - input->rows;
    if (input->first_row > cursor)
        input->first_row = cursor;
    if (cursor >= input->first_row + input->rows)
        input->first_row = cursor - input->rows + 1;
    return input->rows;
}

void input_panel(const struct input *input, struct panel *panel, int width)
{
    if (input->search.open)
        search_show(&input->search, input->history, panel, width);
    else if (completion_has_list())
        completion_panel(panel, width);
}

void input_line(const struct input *input, int row, struct line *line)
{
    static const char blanks[] = "                                        ";
    *line = (struct line){.margin = input->prompt_columns};
    size_t number = (size_t)(input->first_row + row), len;
    const char *text = draft_row(&input->draft, number, &len);
    if (number == 0)
        line_add(line, STYLE_ACCENT, buf_str(&input->prompt), input->prompt.len);
    else
        line_add(line, STYLE_TEXT, blanks, (size_t)input->prompt_columns);
    line_add(line, STYLE_TEXT, text, len);
}

void input_cursor(const struct input *input, int *row, int *column)
{
    *row = (int)input->draft.row - input->first_row;
    *column = input->prompt_columns + input->draft.column;
}
