/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/input_feed.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <readline/readline.h>

#include "base/buf.h"
#include "tui/input_macro.h"
#include "tui/keys.h"

enum {
    KEY_MAX = 64,        /* bytes of a key, as keys.h hands them out */
    ARGUMENT_MAX = 9999, /* as often as anything is done; readline would insert gigabytes */
    MACRO_KEYS = 9999,   /* that one key may stand for */
    MACRO_DEPTH = 16,
    HALF_DONE = RL_STATE_MULTIKEY | RL_STATE_NUMERICARG | RL_STATE_VIMOTION | RL_STATE_CHARSEARCH,
};

static struct {
    char ring[KEY_MAX]; /* the key that readline is being fed */
    size_t at, len;
    char prefix[KEY_MAX]; /* what it has of a sequence of several keys */
    size_t prefix_len;
    int quotes;        /* the next key is text, so many times */
    bool wants_letter; /* a command of vi's waits for one: readline's state does not tell */
    int depth, keys;   /* of the macros that run, and how many keys they have been */
} feed;

/* ---- What readline calls */

/* With nothing left it must be EOF: anything else and some of its commands never end. */
static int ring_getc(FILE *stream)
{
    (void)stream;
    return feed.at < feed.len ? (unsigned char)feed.ring[feed.at++] : EOF;
}

static int ring_has_more(void)
{
    return feed.at < feed.len;
}

/* The line is painted when the screen is. */
static void redisplay(void)
{
}

void feed_open(void)
{
    rl_redisplay_function = redisplay;
    rl_getc_function = ring_getc;
    rl_input_available_hook = ring_has_more;
}

int feed_quote(int count, int key)
{
    (void)key;
    feed.quotes = count < ARGUMENT_MAX ? count : ARGUMENT_MAX;
    return 0;
}

/* ---- Bytes */

static void keep_prefix(const char *bytes, size_t len)
{
    if (!RL_ISSTATE(RL_STATE_MULTIKEY) || feed.prefix_len + len > KEY_MAX) {
        feed.prefix_len = 0;
        return;
    }
    memcpy(feed.prefix + feed.prefix_len, bytes, len);
    feed.prefix_len += len;
}

static void hand_over(const char *bytes, size_t len)
{
    if (len > KEY_MAX)
        return;
    memcpy(feed.ring, bytes, len);
    feed.at = 0;
    feed.len = len;
    while (ring_has_more())
        rl_callback_read_char();
    keep_prefix(bytes, len);
    if (rl_numeric_arg > ARGUMENT_MAX)
        rl_numeric_arg = ARGUMENT_MAX;
}

static bool is_in(const char *map)
{
    return rl_get_keymap() == rl_get_keymap_by_name(map);
}

/* What a key runs, behind the prefix. */
static rl_command_func_t *command_of(const struct key *key)
{
    char bytes[2 * KEY_MAX];
    int type = ISFUNC;
    if (key->len > KEY_MAX)
        return NULL;
    memcpy(bytes, feed.prefix, feed.prefix_len);
    memcpy(bytes + feed.prefix_len, key->bytes, key->len);
    rl_command_func_t *command =
        rl_function_of_keyseq_len(bytes, feed.prefix_len + key->len, rl_get_keymap(), &type);
    return type == ISFUNC ? command : NULL;
}

static bool is_waiting_command(rl_command_func_t *command)
{
    return command == rl_vi_change_char || command == rl_vi_set_mark || command == rl_vi_goto_mark;
}

/* At once, since what vi's redo inserts again is what was inserted last. */
static void insert(const struct key *key, int count)
{
    struct buf text = BUF_INIT;
    for (; count > 0; count--)
        buf_add(&text, key->bytes, key->bytes[0] ? key->len : 0);
    rl_insert_text(buf_str(&text));
    buf_clear(&text);
}

/* ---- Keys of each kind */

static void feed_byte(const struct key *key)
{
    bool waits = is_waiting_command(command_of(key));
    bool had_letter = feed.wants_letter;
    feed.wants_letter = false;
    hand_over(key->bytes, key->len);
    feed.wants_letter = waits && !had_letter && !feed_is_half_done();
}

/* An argument is whole, and the next key is its command. */
static bool is_mid_key(void)
{
    return feed.wants_letter || feed.quotes || RL_ISSTATE(HALF_DONE & ~RL_STATE_NUMERICARG);
}

static void feed_escape(void)
{
    if (feed_inserts() && !feed.wants_letter)
        hand_over("\033", 1);
    else
        feed_give_up();
}

/* A sequence that is on no key must not reach readline, which would insert its end as text.  In vi's
 * modes Esc and a letter typed fast are two keys. */
static void feed_sequence(const struct key *key)
{
    bool goes_on = feed.prefix_len > 0 && command_of(key);
    if (!goes_on && (is_mid_key() || !command_of(key)))
        feed_give_up();
    if (command_of(key)) {
        hand_over(key->bytes, key->len);
    } else if (rl_editing_mode == 0 && key->len == 2) {
        feed_escape();
        hand_over(key->bytes + 1, 1);
    }
}

/* readline inserts a character by its bytes, and gets them wrong behind an argument or half a sequence:
 * what is then left over goes before the next one. */
static void feed_character(const struct key *key)
{
    bool is_text =
        (is_in("emacs-standard") || is_in("vi-insert")) && !RL_ISSTATE(RL_STATE_OVERWRITE);
    bool was_half_done = feed_is_half_done();
    int end = rl_end;
    int count = RL_ISSTATE(RL_STATE_NUMERICARG) ? rl_numeric_arg : 1;
    rl_command_func_t *command = command_of(key);
    if (feed.wants_letter || RL_ISSTATE(RL_STATE_CHARSEARCH)) {
        hand_over(key->bytes, key->len);
        feed.wants_letter = false;
        return;
    }
    bool is_mid = is_mid_key();
    if (command && command != rl_insert) {
        hand_over(key->bytes, key->len);
        return;
    }
    feed_give_up(); /* what began a sequence may be text then */
    if (is_text && (!is_mid || rl_end > end))
        insert(key, count);
    else if (!was_half_done && !is_in("vi-command"))
        hand_over(key->bytes, key->len);
}

static void run_macro(const char *text)
{
    struct keys *keys = keys_new(0);
    struct key key;
    keys_feed(keys, text, strlen(text));
    feed.depth++;
    while (feed.depth <= MACRO_DEPTH && feed.keys < MACRO_KEYS) {
        if (keys_next(keys, &key))
            feed_key(&key);
        else if (keys_wait(keys) >= 0)
            keys_timeout(keys);
        else
            break;
    }
    feed.depth--;
    keys_free(keys);
}

static void feed_any(const struct key *key)
{
    int quotes = feed.quotes;
    feed.quotes = 0;
    if (quotes)
        insert(key, quotes);
    else if (key->kind == KEY_SEQUENCE)
        feed_sequence(key);
    else if (key->kind == KEY_ESCAPE)
        feed_escape();
    else if (key->kind == KEY_CHAR && key->len > 1)
        feed_character(key);
    else if (key->kind == KEY_CHAR && key->bytes[0] == '\0')
        rl_set_mark(1, 0); /* a NUL in the line: readline never gets past it */
    else if (key->kind == KEY_CHAR)
        feed_byte(key);
}

void feed_key(const struct key *key)
{
    feed.keys = feed.depth > 0 ? feed.keys + 1 : 0;
    feed_any(key);
    const char *macro = macro_take();
    if (macro)
        run_macro(macro);
}

/* ---- Halves */

bool feed_is_half_done(void)
{
    return RL_ISSTATE(HALF_DONE) || feed.wants_letter || feed.quotes;
}

void feed_give_up(void)
{
    if (feed.wants_letter)
        hand_over("\033", 1);
    else if (RL_ISSTATE(HALF_DONE))
        hand_over((const char[]){(char)FEED_ABORT}, 1);
    feed.wants_letter = false;
    feed.quotes = 0;
    feed.prefix_len = 0;
}

bool feed_inserts(void)
{
    return rl_editing_mode == 0 && !is_in("vi-command");
}

bool feed_takes_escape(void)
{
    return feed_inserts() || feed.wants_letter || feed.quotes;
}
