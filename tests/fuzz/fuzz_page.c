/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * However a page is broken, its text is no larger than an entity's growth allows, and UTF-8 stays UTF-8.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "tools/page.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf out = BUF_INIT;
    char *copy = malloc(size + 1); /* of the very size: a byte read beyond it is seen */
    memcpy(copy, data, size);
    char *page = realloc(copy, size ? size : 1);
    page_text(page, size, &out);
    assert(out.len <= size * 3 + 2);
    assert(!utf8_valid(page, size) || utf8_valid(buf_str(&out), out.len));
    buf_clear(&out);
    free(page);
    return 0;
}
