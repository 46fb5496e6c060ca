/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whatever a model writes as arguments, they are sound or told to be wrong, and nothing but reading
 * inside the folder, time and arithmetic goes unasked.  The first byte picks the tool.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"
#include "tools/arguments.h"
#include "tools/place.h"
#include "tools/tools.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What may be read unasked is in the folder, by its name and by what is there. */
static void check_free(const json_t *args)
{
    struct grounds grounds;
    struct place place = PLACE_INIT;
    struct error error = ERROR_INIT;
    const char *path = json_object_get(args, "path") ? json_get_text(args, "path") : ".";
    assert(!arguments_has(args, "hidden"));
    assert(grounds_init(&grounds, "tests", &error) == 0);
    if (place_read(&place, &grounds, path, &error) == 0) {
        assert(place.kind == PLACE_FREE);
        assert(path_is_within(place.path, grounds.folder));
        assert(place_open(&place, &grounds, &error) < 0 ||
               path_is_within(place.path, grounds.folder));
    }
    place_clear(&place);
    grounds_clear(&grounds);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    setenv("HOME", "/home/nobody", 1);
    const struct builtin *tool = builtins;
    for (int i = data[0] % 9; i > 0; i--)
        tool++;
    char *text = xstrndup((const char *)data + 1, size - 1);
    const char *why = NULL;
    struct error error = ERROR_INIT;
    json_t *args = arguments_read(text, strlen(text), tool->schema, &error);
    enum tool_verdict verdict = tools_judge(tool, text, "tests", &why);
    assert(args || *error.text);
    assert((verdict == TOOL_FREE) == !*why);
    assert(verdict != TOOL_FREE || tool->access == TOOL_PURE || tool->access == TOOL_READS);
    if (args && verdict == TOOL_FREE && tool->access == TOOL_READS)
        check_free(args);
    struct buf out = BUF_INIT;
    tools_preview(tool, text, &out);
    buf_clear(&out);
    json_decref(args);
    free(text);
    return 0;
}
