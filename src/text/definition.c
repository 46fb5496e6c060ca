/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What looks like a definition is one if the parser has nothing to show for it.  (md4c goes on
 * after a callback's 1; -1 is what ends it.)
 */
#include "text/definition.h"

#include <string.h>
#include <strings.h>

#include "text/dialect.h"

enum { LINE_MAX_LEN = 512, INDENT_MAX = 3 };

static int on_block(MD_BLOCKTYPE type, void *detail, void *data)
{
    (void)detail;
    (void)data;
    return type == MD_BLOCK_DOC ? 0 : -1;
}

static int on_span(MD_SPANTYPE type, void *detail, void *data)
{
    (void)type;
    (void)detail;
    (void)data;
    return -1;
}

static int on_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE len, void *data)
{
    (void)type;
    (void)text;
    (void)len;
    (void)data;
    return -1;
}

static bool shows_nothing(const char *line, size_t len)
{
    static const MD_PARSER parser = {.flags = DIALECT,
                                     .enter_block = on_block,
                                     .leave_block = on_block,
                                     .enter_span = on_span,
                                     .leave_span = on_span,
                                     .text = on_text};
    return md_parse(line, (MD_SIZE)len, &parser, NULL) == 0;
}

bool definition_read(struct definition *definition, const char *line, size_t len)
{
    size_t at = 0;
    while (at < len && at < INDENT_MAX && line[at] == ' ')
        at++;
    if (len > LINE_MAX_LEN || at == len || line[at] != '[')
        return false;
    const char *label = line + at + 1, *end = memchr(label, ']', len - at - 1);
    if (!end || end + 1 == line + len || end[1] != ':' || !shows_nothing(line, len))
        return false;
    *definition = (struct definition){.label = label, .len = (size_t)(end - label)};
    return true;
}

bool definition_concerns(const struct definition *definition, const char *text, size_t len)
{
    const char *end = text + len;
    for (const char *at = text; (at = memchr(at, '[', (size_t)(end - at)));) {
        at++;
        if ((size_t)(end - at) > definition->len && at[definition->len] == ']' &&
            strncasecmp(at, definition->label, definition->len) == 0)
            return true;
    }
    return false;
}
