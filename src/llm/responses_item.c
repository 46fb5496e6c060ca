/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/responses_item.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "llm/reply.h"

enum { PARTS_MAX = 64 };

void items_clear(struct items *items)
{
    for (int i = 0; i < items->count; i++) {
        free(items->list[i].id);
        free(items->list[i].call_id);
    }
    free(items->list);
    *items = (struct items){0};
}

int items_open(struct items *items, enum item_kind kind, int64_t index)
{
    if (items->count == ITEMS_MAX)
        return ITEM_NONE;
    items->list = xrealloc(items->list, ((size_t)items->count + 1) * sizeof(*items->list));
    items->list[items->count] = (struct item){
        .kind = kind, .index = index, .id = xstrdup(""), .call_id = xstrdup(""), .call = ITEM_NONE};
    return items->count++;
}

/* ---- What an item says of itself ---- */

bool item_kind_of(const json_t *told, enum item_kind *kind)
{
    static const char *const names[] = {
        [ITEM_MESSAGE] = "message", [ITEM_REASONING] = "reasoning", [ITEM_CALL] = "function_call"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        *kind = (enum item_kind)i;
        if (strcmp(json_get_text(told, "type"), names[i]) == 0)
            return true;
    }
    return false;
}

const char *item_name(const json_t *told)
{
    const char *call_id = json_get_text(told, "call_id");
    return *call_id ? call_id : json_get_text(told, "id");
}

/* Gateways have ids of any length; they are told apart by their beginning. */
static void learn(char **text, const char *told)
{
    if (!*told)
        return;
    free(*text);
    *text = xstrndup(told, strnlen(told, REPLY_ID_MAX));
}

void item_tell(struct item *item, const char *id, const char *call_id)
{
    item->is_told = true;
    learn(&item->id, id);
    learn(&item->call_id, call_id);
}

bool item_is_named(const struct item *item, const char *id)
{
    return *id && (strncmp(item->id, id, REPLY_ID_MAX) == 0 ||
                   strncmp(item->call_id, id, REPLY_ID_MAX) == 0);
}

/* ---- Which one is meant ---- */

static int find_by_index(const struct items *items, enum item_kind kind, int64_t index)
{
    for (int i = items->count; i-- > 0;)
        if (index != ITEM_NONE && items->list[i].kind == kind && items->list[i].index == index)
            return i;
    return ITEM_NONE;
}

static int find_by_id(const struct items *items, enum item_kind kind, const char *id)
{
    for (int i = items->count; i-- > 0;)
        if (items->list[i].kind == kind && item_is_named(&items->list[i], id))
            return i;
    return ITEM_NONE;
}

static int find_open(const struct items *items, enum item_kind kind, int64_t index)
{
    for (int i = items->count; i-- > 0;) {
        const struct item *item = &items->list[i];
        if (item->kind == kind && !item->is_done &&
            (index == ITEM_NONE || item->index == ITEM_NONE))
            return i;
    }
    return ITEM_NONE;
}

/* The index comes first: gateways exist that give an item another id in each event.  llama-server
 * numbers nothing, and names a call by its call_id. */
int items_find(const struct items *items, enum item_kind kind, int64_t index, const char *id)
{
    int found = find_by_index(items, kind, index);
    if (found == ITEM_NONE)
        found = find_by_id(items, kind, id);
    return found != ITEM_NONE ? found : find_open(items, kind, index);
}

int items_find_told(const struct items *items, enum item_kind kind, int64_t index, const char *id)
{
    int named = find_by_id(items, kind, id);
    int meant = items_find(items, kind, index, "");
    if (named != ITEM_NONE || meant == ITEM_NONE)
        return named;
    return items->list[meant].is_told ? ITEM_NONE : meant;
}

/* ---- What of it has been heard ---- */

/* The last bit is for all parts that have none of their own. */
static uint64_t bit_of(int64_t part)
{
    return UINT64_C(1) << (part >= 0 && part < PARTS_MAX ? part : PARTS_MAX - 1);
}

void item_hear(struct item *item, enum piece piece, int64_t part)
{
    item->heard[piece] |= bit_of(part);
}

bool item_has_heard(const struct item *item, enum piece piece, int64_t part)
{
    return item->heard[piece] & bit_of(part);
}
