/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An expression has a value or an error; the value, read again, is the same.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "tools/expression.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = xstrndup((const char *)data, size);
    struct buf once = BUF_INIT, twice = BUF_INIT;
    struct error error = ERROR_INIT;
    if (expression_value(text, &once, &error) == 0) {
        assert(expression_value(buf_str(&once), &twice, &error) == 0);
        /* -2^63 is read as -(2^63), which is real */
        assert(strcmp(buf_str(&once), buf_str(&twice)) == 0 ||
               strstr(buf_str(&once), "9223372036854775808"));
    } else {
        assert(once.len == 0 && *error.text);
    }
    buf_clear(&once);
    buf_clear(&twice);
    free(text);
    return 0;
}
