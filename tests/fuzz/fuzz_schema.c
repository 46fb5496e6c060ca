/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whatever is a sound schema can be followed to an end, and what does not fit is told.  The first line
 * is the schema, the rest the text.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *newline = size > 0 ? memchr(data, '\n', size) : NULL;
    size_t len = newline ? (size_t)(newline - data) : size;
    struct buf schema = BUF_INIT, text = BUF_INIT;
    struct error error = ERROR_INIT;
    buf_add(&schema, data, len);
    buf_add(&text, data + len, size - len);
    if (schema_check_sound(buf_str(&schema), schema.len, &error) < 0)
        assert(*error.text);
    else if (!memchr(buf_str(&schema), '\0', schema.len) &&
             schema_check_text(buf_str(&schema), buf_str(&text), text.len, &error) < 0)
        assert(*error.text);
    buf_clear(&schema);
    buf_clear(&text);
    return 0;
}
