/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a line that is too long: cut anywhere it comes to the same, and what is found in it is text.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "session/skim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_same(const char *a, const char *b)
{
    assert(!a == !b && (!a || strcmp(a, b) == 0));
    assert(!a || utf8_valid(a, strlen(a)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    struct skim whole = {0}, cut = {0};
    size_t at = size > 0 ? data[size / 2] % size : 0;
    bool wants_more = skim_feed(&whole, bytes, size);
    skim_feed(&cut, bytes, at);
    assert(skim_feed(&cut, bytes + at, size - at) == wants_more);
    assert(whole.is_start == cut.is_start && whole.is_other == cut.is_other);
    check_same(whole.model, cut.model);
    check_same(whole.prompt, cut.prompt);
    skim_clear(&whole);
    skim_clear(&cut);
    return 0;
}
