/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Markdown to HTML: whatever it is made of, nothing comes out but the tags that a page may have.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "export/hypertext.h"
#include "html_form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf html = BUF_INIT;
    hypertext_add(&html, (const char *)data, size);
    if (html_trouble(buf_str(&html)) || (html.data && strlen(html.data) != html.len))
        abort();
    buf_clear(&html);
    return 0;
}
