/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/input_macro.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <readline/readline.h>

#include "base/mem.h"

enum { KEYS_MAX = 32 };

struct macro {
    Keymap map;
    char keys[KEYS_MAX]; /* the bytes that it is on */
    size_t len;
    const char *text;
};

static struct {
    struct macro *all;
    size_t count;
    const char *wanted;
} macros;

/* In a keymap all is declared as a function. */
union entry {
    rl_command_func_t *function;
    const char *text;
    Keymap map;
};

/* readline tells the keys that led to a command, behind those of its argument. */
static bool is_on_keys(const struct macro *macro)
{
    size_t len = (size_t)rl_key_sequence_length;
    return macro->map == rl_get_keymap() && macro->len <= len &&
           memcmp(macro->keys, rl_executing_keyseq + len - macro->len, macro->len) == 0;
}

static int run(int count, int key)
{
    size_t longest = 0;
    (void)count, (void)key;
    for (const struct macro *macro = macros.all; macro < macros.all + macros.count; macro++) {
        if (macro->len <= longest || !is_on_keys(macro))
            continue;
        longest = macro->len;
        macros.wanted = macro->text;
    }
    return 0;
}

static void add(const struct macro *macro)
{
    macros.all = xrealloc(macros.all, (macros.count + 1) * sizeof(*macros.all));
    macros.all[macros.count++] = *macro;
}

/* All that is reached from `map` by the keys that lead to it. */
static void take_over(Keymap map, struct macro keys)
{
    if (keys.len == KEYS_MAX)
        return;
    keys.len++;
    for (int i = 0; i < KEYMAP_SIZE; i++) {
        union entry entry = {.function = map[i].function};
        keys.keys[keys.len - 1] = (char)i;
        if (map[i].type == ISKMAP) {
            take_over(entry.map, keys);
        } else if (map[i].type == ISMACR) {
            keys.text = entry.text;
            add(&keys);
            map[i].type = ISFUNC;
            map[i].function = run;
        }
    }
}

void macro_set_up(void)
{
    static const char *const names[] = {"emacs-standard", "vi-insert", "vi-command"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        Keymap map = rl_get_keymap_by_name(names[i]);
        take_over(map, (struct macro){.map = map});
    }
}

const char *macro_take(void)
{
    const char *wanted = macros.wanted;
    macros.wanted = NULL;
    return wanted;
}
