/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first byte says how the rest is cut: arguments of a call in brief are the same however they came,
 * and they hold only what may reach a terminal.  The same goes for all of them, made visible.
 */
#include "text/brief.h"

#include <assert.h>
#include <locale.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "filter_alphabet.h"
#include "text/styled.h"
#include "text/visible.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    assert(setlocale(LC_ALL, "C.UTF-8"));
    return 0;
}

static void brief_pieces(struct styled *shown, const char *json, size_t len, size_t step)
{
    struct brief brief = {0};
    for (size_t at = 0; at < len; at += step)
        brief_add(&brief, shown, json + at, len - at < step ? len - at : step);
    brief_clear(&brief);
}

static void check_visible(const char *json, size_t len)
{
    struct styled shown = {0};
    struct buf lines = BUF_INIT;
    char *text = xstrndup(json, len);
    fields_text(&lines, text);
    visible_add(&shown, STYLE_TEXT, buf_str(&lines), lines.len);
    assert(!alphabet_fault(buf_str(&shown.text), shown.text.len, false));
    free(text);
    buf_clear(&lines);
    styled_clear(&shown);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct styled whole = {0}, pieces = {0};
    const char *json = (const char *)data + 1;
    if (size < 2)
        return 0;
    brief_pieces(&whole, json, size - 1, size);
    brief_pieces(&pieces, json, size - 1, (size_t)data[0] % 7 + 1);
    assert(styled_equal(&whole, &pieces));
    assert(!alphabet_fault(buf_str(&whole.text), whole.text.len, true));
    check_visible(json, size - 1);
    styled_clear(&whole);
    styled_clear(&pieces);
    return 0;
}
