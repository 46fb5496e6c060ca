/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/link.h"

#include <string.h>
#include <strings.h>

bool link_may_be_followed(const char *address, size_t len)
{
    static const char *const schemes[] = {"http://", "https://", "mailto:"};
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        size_t n = strlen(schemes[i]);
        if (len > n && strncasecmp(address, schemes[i], n) == 0)
            return true;
    }
    return false;
}
