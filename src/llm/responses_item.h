/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The items of a Responses answer while it is decoded: which one an event is about, and what of it has
 * been heard.  An item is known by its number here, in the order of opening.
 */
#ifndef LLM_RESPONSES_ITEM_H
#define LLM_RESPONSES_ITEM_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum { ITEMS_MAX = 1024, ITEM_NONE = -1 };

enum item_kind { ITEM_MESSAGE, ITEM_REASONING, ITEM_CALL };

/* What comes in pieces, and belongs to an item. */
enum piece { PIECE_TEXT, PIECE_REFUSAL, PIECE_SUMMARY, PIECE_THOUGHT, PIECE_ARGUMENTS, PIECE_KINDS };

struct item {
    enum item_kind kind;
    int64_t index;                  /* its output_index; ITEM_NONE */
    char *id, *call_id;             /* "" until told */
    int call;                       /* the reply's number for it; ITEM_NONE */
    uint64_t heard[PIECE_KINDS];    /* a bit for each part */
    bool is_told, is_done;          /* it was announced; it is whole */
};

struct items {
    struct item *list;
    int count;
};

void items_clear(struct items *items);
/* ITEM_NONE when there are too many. */
int items_open(struct items *items, enum item_kind kind, int64_t index);

/* The item that an event means: by its index, else by its id, else the latest that is not done where the
 * server does not number them; ITEM_NONE. */
int items_find(const struct items *items, enum item_kind kind, int64_t index, const char *id);
/* The item that is announced, where something of it came before; ITEM_NONE. */
int items_find_told(const struct items *items, enum item_kind kind, int64_t index, const char *id);

/* False for a kind that is not read. */
bool item_kind_of(const json_t *told, enum item_kind *kind);
/* What an item goes by: a call's id is another one than that of its item. */
const char *item_name(const json_t *told);
/* It is announced: keep its ids; "" is none. */
void item_tell(struct item *item, const char *id, const char *call_id);
bool item_is_named(const struct item *item, const char *id);

void item_hear(struct item *item, enum piece piece, int64_t part);
bool item_has_heard(const struct item *item, enum piece piece, int64_t part);

#endif
