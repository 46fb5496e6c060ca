/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/subject.h"

#include <jansson.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"

char *tools_subject(const char *args)
{
    static const char *const keys[] = {"command", "url", "path"};
    json_t *tree = json_loads(args, 0, NULL);
    char *subject = NULL;
    for (size_t i = 0; !subject && i < sizeof(keys) / sizeof(keys[0]); i++) {
        const char *text = json_get_text(tree, keys[i]);
        if (*text)
            subject = xstrdup(text);
    }
    json_decref(tree);
    return subject;
}
