/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/offer.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "chat/path.h"

void offer_clear(struct offer *offer)
{
    free(offer->path);
    free(offer->hint);
    *offer = (struct offer){0};
}

bool offer_consider(struct offer *offer, const char *line)
{
    offer_clear(offer);
    offer->path = path_pasted(line);
    if (!offer->path)
        return false;
    const char *slash = strrchr(offer->path, '/');
    offer->hint = xasprintf("Tab attaches %s to the next prompt", slash ? slash + 1 : offer->path);
    return true;
}

char *offer_accept(struct offer *offer)
{
    char *command = xasprintf("/attach %s", offer->path);
    offer_clear(offer);
    return command;
}
