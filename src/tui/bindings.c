/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/bindings.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include <readline/readline.h>

#include "tui/input_feed.h"
#include "tui/input_macro.h"
#include "tui/input_mend.h"
#include "tui/input_motion.h"

static Keymap keymap(int i)
{
    static const char *const names[] = {"emacs-standard", "vi-insert", "vi-command"};
    return rl_get_keymap_by_name(names[i]);
}

enum { EMACS, VI_INSERT, VI_COMMAND, KEYMAPS };

/* Names that ~/.inputrc may bind, and defaults that it may change: before it is read. */
static void name_commands(const struct bindings *ours)
{
    rl_add_defun("runnel-newline", ours->newline, -1);
    rl_add_defun("runnel-editor", ours->editor, -1);
    rl_add_defun("runnel-search", ours->search, -1);
    rl_variable_bind("show-all-if-ambiguous", "on");
}

/* Let all keys that run the one command run the other. */
static void replace(Keymap map, readline_command *theirs, readline_command *ours)
{
    char **keys = rl_invoking_keyseqs_in_map(theirs, map);
    for (size_t i = 0; keys && keys[i]; i++) {
        rl_bind_keyseq_in_map(keys[i], ours, map);
        free(keys[i]);
    }
    free(keys);
}

/* Only on this key, and only if it runs that command. */
static void replace_one(Keymap map, const char *keys, readline_command *theirs,
                        readline_command *ours)
{
    char bytes[16];
    int len;
    if (rl_translate_keyseq(keys, bytes, &len) == 0 &&
        rl_function_of_keyseq_len(bytes, (size_t)len, map, NULL) == theirs)
        rl_bind_keyseq_in_map(keys, ours, map);
}

static void replace_history(Keymap map, const struct bindings *ours)
{
    const struct {
        readline_command *theirs, *ours;
    } pairs[] = {
        {rl_newline, ours->accept},
        {rl_quoted_insert, ours->quote},
        {rl_get_previous_history, ours->older},
        {rl_get_next_history, ours->newer},
        {rl_beginning_of_history, ours->oldest},
        {rl_end_of_history, ours->newest},
        {rl_reverse_search_history, ours->search},
        {rl_forward_search_history, ours->search},
        {rl_noninc_reverse_search, ours->search},
        {rl_noninc_forward_search, ours->search},
        {rl_noninc_reverse_search_again, ours->search},
        {rl_noninc_forward_search_again, ours->search},
        {rl_history_search_backward, ours->older_alike},
        {rl_history_search_forward, ours->newer_alike},
        {rl_history_substr_search_backward, ours->older_alike},
        {rl_history_substr_search_forward, ours->newer_alike},
        {rl_vi_search, ours->search},
        {rl_vi_search_again, ours->search},
        {rl_vi_fetch_history, ours->newest},
        {rl_fetch_history, ours->nothing},
        {rl_operate_and_get_next, ours->accept},
        {rl_insert_comment, ours->nothing},
        {rl_start_kbd_macro, ours->nothing},
        {rl_end_kbd_macro, ours->nothing},
        {rl_call_last_kbd_macro, ours->nothing},
        {rl_print_last_kbd_macro, ours->nothing},
        {rl_re_read_init_file, ours->nothing},
        /* It can look for the end of a word for ever (8.2); Tab completes in both modes. */
        {rl_vi_complete, ours->nothing},
        /* These write where nobody sees it. */
        {rl_clear_screen, ours->nothing},
        {rl_clear_display, ours->nothing},
    };
    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
        replace(map, pairs[i].theirs, pairs[i].ours);
}

/* See input_motion.h and input_mend.h. */
static void replace_words(Keymap map)
{
    const struct {
        readline_command *theirs, *ours;
    } pairs[] = {
        {rl_forward_word, motion_forward},
        {rl_backward_word, motion_back},
        {rl_kill_word, motion_kill_forward},
        {rl_backward_kill_word, motion_kill_back},
        {rl_vi_prev_word, motion_vi_back},
        {rl_vi_end_word, motion_vi_end},
        {rl_vi_next_word, motion_vi_next},
        {rl_vi_bWord, motion_vi_back_big},
        {rl_vi_eWord, motion_vi_end_big},
        {rl_vi_fWord, motion_vi_next_big},
        {rl_vi_bword, motion_vi_back},
        {rl_vi_eword, motion_vi_end},
        {rl_vi_fword, motion_vi_next},
        {rl_vi_match, motion_vi_bracket},
        {rl_vi_redo, mend_redo},
    };
    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
        replace(map, pairs[i].theirs, pairs[i].ours);
}

/* Since readline is not to look at terminfo, it knows no keys but the plain arrows, Home and End. */
static void bind_keypad(Keymap map)
{
    const struct {
        const char *keys;
        readline_command *command;
    } pairs[] = {
        {"\\e[3~", rl_delete},          {"\\e[1~", rl_beg_of_line},
        {"\\e[4~", rl_end_of_line},     {"\\e[7~", rl_beg_of_line},
        {"\\e[8~", rl_end_of_line},     {"\\e[1;5C", rl_forward_word},
        {"\\e[1;5D", rl_backward_word}, {"\\e[1;3C", rl_forward_word},
        {"\\e[1;3D", rl_backward_word},
    };
    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
        rl_bind_keyseq_if_unbound_in_map(pairs[i].keys, pairs[i].command, map);
}

/* Ctrl-J is Enter to readline; many terminals send it for Shift-Enter. */
static void bind_newline(Keymap map, readline_command *newline)
{
    replace_one(map, "\\C-j", rl_newline, newline);
    rl_bind_keyseq_in_map("\\e\\C-m", newline, map);
    rl_bind_keyseq_if_unbound_in_map("\\e[13;2u", newline, map);
}

/* On the arrows, moving within a line of several rows comes before moving through history. */
static void bind_arrows(Keymap map, const struct bindings *ours)
{
    static const char *const up[] = {"\\e[A", "\\eOA"}, *const down[] = {"\\e[B", "\\eOB"};
    for (size_t i = 0; i < 2; i++) {
        replace_one(map, up[i], rl_get_previous_history, ours->up);
        replace_one(map, down[i], rl_get_next_history, ours->down);
    }
}

static void bind_keys(const struct bindings *ours)
{
    rl_variable_bind("convert-meta", "off"); /* the bytes of a letter are no keys with Alt */
    rl_variable_bind("enable-bracketed-paste", "off");
    rl_variable_bind("bell-style", "none");
    for (int i = 0; i < KEYMAPS; i++) {
        Keymap map = keymap(i);
        if (i != VI_COMMAND)
            bind_newline(map, ours->newline);
        rl_bind_key_in_map(FEED_ABORT, rl_abort, map);
        bind_keypad(map);
        bind_arrows(map, ours);
        replace_history(map, ours);
        replace_words(map);
        /* Its reader of pastes waits for their end without limit. */
        rl_bind_keyseq_in_map("\\e[200~", NULL, map);
    }
    rl_bind_keyseq_if_unbound_in_map("\\C-x\\C-e", ours->editor, keymap(EMACS));
    rl_bind_keyseq_if_unbound_in_map("v", ours->editor, keymap(VI_COMMAND));
}

/* readline sets LC_CTYPE by the environment again, for every line; where that says less than the UTF-8
 * we have chosen, it would take the bytes of a letter for keys with Alt. */
static void tell_locale(void)
{
    const char *all = getenv("LC_ALL");
    setenv(all && all[0] ? "LC_ALL" : "LC_CTYPE", setlocale(LC_CTYPE, NULL), 1);
}

void bindings_set_up(const struct bindings *ours)
{
    name_commands(ours);
    tell_locale();
    rl_initialize();
    bind_keys(ours);
    macro_set_up();
}
