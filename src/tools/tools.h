/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The built-in tools.  Each is this program run again (`runnel --tool NAME`): it reads its arguments as
 * JSON on stdin, shuts itself into a sandbox that fits what it does, works, writes its result to stdout
 * and progress to stderr, and ends with 0, or 1 when it failed and the output says why.  The folder it
 * is started in is the working folder.
 */
#ifndef TOOLS_TOOLS_H
#define TOOLS_TOOLS_H

#include <stdbool.h>

struct buf;
struct call;

/* What a tool does to the world: decides its sandbox and whether it may run unasked. */
enum tool_access {
    TOOL_PURE,      /* nothing: time, calculate */
    TOOL_READS,     /* files */
    TOOL_WRITES,    /* files */
    TOOL_RUNS,      /* other programs */
    TOOL_FETCHES,   /* from the network */
};

struct builtin {
    const char *name, *description;
    const char *schema;     /* JSON Schema of the arguments */
    enum tool_access access;
    int (*run)(const struct call *call, struct buf *out);   /* in the child: tools/call.h */
};

extern const struct builtin builtins[];             /* ended by a NULL name */
const struct builtin *builtin_find(const char *name);   /* NULL: none of ours */

/* The child.  Ends without the usual leave-taking: a leak checker, say, would look into the process,
 * and nothing may by then. */
_Noreturn void tools_main(const char *name);

/* ---- In the program, before a call runs ---- */

enum tool_verdict { TOOL_FREE, TOOL_ASK, TOOL_NEVER };

/* May this call run unasked?  Paths are resolved before they are judged (symlinks, .., /proc); `folder`
 * is the working folder, NULL: the one the program is in.  `why` (borrowed, static) is for the user
 * where it must be asked or cannot be; "" where it is free.  A call whose arguments cannot be right is
 * free where it would only read: it fails before it does anything, and says why. */
enum tool_verdict tools_judge(const struct builtin *tool, const char *args, const char *folder,
                              const char **why);
/* What the user should see before saying yes, whole: the diff of an edit, the command of a shell, the
 * path that is meant; "" when the arguments say it all.  Not filtered.  It is about the folder that the
 * program is in.  True when the arguments say no more than it does. */
bool tools_preview(const struct builtin *tool, const char *args, struct buf *out);

/* Can the kernel confine a tool to its files (Landlock)?  If not, its resource limits are all there is. */
bool tools_are_confined(void);

#endif
