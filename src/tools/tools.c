/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/tools.h"

#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/json.h"
#include "tools/arguments.h"
#include "tools/call.h"
#include "tools/sandbox.h"

int call_fail(struct buf *out, const char *format, ...)
{
    struct buf text = BUF_INIT; /* what is said may stand in `out` */
    va_list args;
    va_start(args, format);
    buf_vaddf(&text, format, args);
    va_end(args);
    buf_clear(out);
    *out = text;
    return -1;
}

void call_progress(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

const struct builtin *builtin_find(const char *name)
{
    for (const struct builtin *tool = builtins; tool->name; tool++)
        if (strcmp(tool->name, name) == 0)
            return tool;
    return NULL;
}

/* Open what the call is about, before the sandbox shuts: afterwards there is no other way to it. */
static int open_place(const struct builtin *tool, struct call *call, struct error *error)
{
    const char *written = json_get_text(call->args, "path");
    if (tool->access != TOOL_READS && tool->access != TOOL_WRITES)
        return 0;
    if (!json_object_get(call->args, "path"))
        written = ".";
    if (place_read(&call->place, &call->grounds, written, error) < 0)
        return -1;
    if (tool->access == TOOL_READS)
        return place_open(&call->place, &call->grounds, error);
    if (call->place.kind == PLACE_OWN || call->place.kind >= PLACE_OUTSIDE)
        return error_set(error, RN_EIO, "%s: files are written inside the working folder only",
                         call->place.path);
    return place_open_parent(&call->place, error);
}

/* A command's keeper stays outside, to clean up behind it: tools/shell.c shuts what it starts. */
static int shut_sandbox(const struct builtin *tool, const struct call *call, struct error *error)
{
    struct sandbox sandbox = {
        .access = tool->access,
        .grounds = &call->grounds,
        .place = tool->access == TOOL_READS ? call->place.fd : call->place.parent,
    };
    return tool->access == TOOL_RUNS ? 0 : sandbox_shut(&sandbox, error);
}

static int run(const struct builtin *tool, struct call *call, struct buf *out)
{
    struct error error = ERROR_INIT;
    if (grounds_init(&call->grounds, NULL, &error) < 0 || open_place(tool, call, &error) < 0 ||
        shut_sandbox(tool, call, &error) < 0)
        return call_fail(out, "%s", error.text);
    return tool->run(call, out);
}

static int read_and_run(const struct builtin *tool, struct buf *out)
{
    struct buf text = BUF_INIT;
    struct call call = {.place = PLACE_INIT};
    struct error error = ERROR_INIT;
    json_t *args = NULL;
    if (fd_read_all(STDIN_FILENO, &text, ARGUMENTS_MAX, &error) < 0)
        error_prefix(&error, "the arguments");
    else
        args = arguments_read(buf_str(&text), text.len, tool->schema, &error);
    call.args = args;
    int result = args ? run(tool, &call, out) : call_fail(out, "%s", error.text);
    place_clear(&call.place);
    grounds_clear(&call.grounds);
    json_decref(args);
    buf_clear(&text);
    return result;
}

_Noreturn void tools_main(const char *name)
{
    struct buf out = BUF_INIT;
    const struct builtin *tool = builtin_find(name);
    setlocale(LC_CTYPE, "C.UTF-8");
    signal(SIGPIPE, SIG_IGN);
    sandbox_prepare();
    int result = tool ? read_and_run(tool, &out) : call_fail(&out, "there is no tool %s", name);
    if (fd_write_all(STDOUT_FILENO, buf_str(&out), out.len) < 0)
        result = -1;
    buf_clear(&out);
    _exit(result < 0 ? 1 : 0);
}
