/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What may run unasked.  This is the program's side; the tool itself looks again at what it opened, and
 * refuses what these rules would not have found by the same name.
 */
#include "tools/tools.h"

#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "tools/arguments.h"
#include "tools/call.h"

struct judgement {
    enum tool_verdict verdict;
    const char *why;
};

static const struct judgement reading[] = {
    [PLACE_FREE] = {TOOL_FREE, ""},
    [PLACE_HIDDEN] = {TOOL_ASK, "it reads what has a name that begins with a dot"},
    [PLACE_HOME] = {TOOL_ASK, "the working folder is your home folder, or holds it"},
    [PLACE_OWN] = {TOOL_ASK, "it reads runnel's own settings or sessions"},
    [PLACE_OUTSIDE] = {TOOL_ASK, "it reads outside the working folder"},
    [PLACE_KERNEL] = {TOOL_NEVER, "/proc, /sys and /dev are not for tools"},
};

static const struct judgement writing[] = {
    [PLACE_FREE] = {TOOL_ASK, "it writes a file"},
    [PLACE_HIDDEN] = {TOOL_ASK,
                      "it writes what has a name that begins with a dot: programs obey such files"},
    [PLACE_HOME] = {TOOL_ASK, "it writes in your home folder, or above it"},
    [PLACE_OWN] = {TOOL_NEVER, "runnel's own settings and sessions are not written by tools"},
    [PLACE_OUTSIDE] = {TOOL_NEVER, "files are written inside the working folder only"},
    [PLACE_KERNEL] = {TOOL_NEVER, "/proc, /sys and /dev are not for tools"},
};

/* By the path as it is written, then by what is there: a link that leads elsewhere, a device. */
static struct judgement judge_place(const struct builtin *tool, const char *written,
                                    const struct grounds *grounds)
{
    struct error ignored = ERROR_INIT; /* the tool says it to the model */
    struct place place = PLACE_INIT;
    bool writes = tool->access == TOOL_WRITES;
    struct judgement judgement = writes ? writing[PLACE_FREE] : reading[PLACE_FREE];
    if (place_read(&place, grounds, written, &ignored) == 0) {
        judgement = writes ? writing[place.kind] : reading[place.kind];
        if (writes)
            place_open_parent(&place, &ignored);
        else
            place_open(&place, grounds, &ignored);
        if (place.refused)
            judgement = (struct judgement){TOOL_NEVER, place.refused};
    }
    place_clear(&place);
    return judgement;
}

static struct judgement judge_files(const struct builtin *tool, const json_t *args,
                                    const char *folder)
{
    struct error ignored = ERROR_INIT;
    struct grounds grounds = {0};
    struct judgement judgement = {TOOL_ASK, "the working folder cannot be read"};
    const char *written = json_object_get(args, "path") ? json_get_text(args, "path") : ".";
    if (grounds_init(&grounds, folder, &ignored) == 0)
        judgement = judge_place(tool, written, &grounds);
    grounds_clear(&grounds);
    if (judgement.verdict == TOOL_FREE && arguments_has(args, "hidden"))
        judgement = reading[PLACE_HIDDEN];
    return judgement;
}

static struct judgement judge(const struct builtin *tool, const json_t *args, const char *folder)
{
    switch (tool->access) {
    case TOOL_PURE:
        return (struct judgement){TOOL_FREE, ""};
    case TOOL_READS:
        return args ? judge_files(tool, args, folder) : (struct judgement){TOOL_FREE, ""};
    case TOOL_WRITES:
        return args ? judge_files(tool, args, folder)
                    : (struct judgement){TOOL_ASK, "it writes a file"};
    case TOOL_RUNS:
        if (!tools_are_confined())
            return (struct judgement){TOOL_ASK,
                                      "it runs a command, and this kernel cannot confine it"};
        return (struct judgement){TOOL_ASK, "it runs a command"};
    case TOOL_FETCHES:
        return (struct judgement){TOOL_ASK, "it sends a request to the network"};
    }
    return (struct judgement){TOOL_NEVER, "it is of no known kind"};
}

enum tool_verdict tools_judge(const struct builtin *tool, const char *args, const char *folder,
                              const char **why)
{
    struct error ignored = ERROR_INIT;
    json_t *read = arguments_read(args, strlen(args), tool->schema, &ignored);
    struct judgement judgement = judge(tool, read, folder);
    json_decref(read);
    *why = judgement.why;
    return judgement.verdict;
}
