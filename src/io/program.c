/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/program.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/process.h"

/* What the C library searches when PATH is not set. */
static const char DEFAULT_PATH[] = "/bin:/usr/bin";

static char **copy_list(const char *const *list)
{
    size_t count = 0;
    while (list[count])
        count++;
    char **copy = xcalloc(count + 1, sizeof(*copy));
    for (size_t i = 0; i < count; i++)
        copy[i] = xstrdup(list[i]);
    return copy;
}

static void free_list(char **list)
{
    for (char **s = list; s && *s; s++)
        free(*s);
    free(list);
}

/* An empty folder in PATH is the one we are in. */
static char **find_places(const char *name)
{
    const char *path = getenv("PATH");
    size_t count = 1;
    if (!path)
        path = DEFAULT_PATH;
    for (const char *c = path; *c; c++)
        count += *c == ':';
    char **places = xcalloc(count + 1, sizeof(*places));
    if (!*name)
        return places;
    if (strchr(name, '/')) {
        places[0] = xstrdup(name);
        return places;
    }
    for (size_t i = 0; i < count; i++) {
        int len = (int)strcspn(path, ":");
        places[i] = xasprintf("%.*s%s/%s", len, path, len == 0 ? "." : "", name);
        path += len + 1;
    }
    return places;
}

struct program *program_new(const char *const *argv, const char *const *environment)
{
    struct program *program = xnew(struct program);
    program->argv = copy_list(argv);
    program->environment = environment ? copy_list(environment) : process_environment();
    program->places = find_places(program_name(program));
    return program;
}

void program_free(struct program *program)
{
    if (!program)
        return;
    free_list(program->argv);
    free_list(program->environment);
    free_list(program->places);
    free(program);
}

const char *program_name(const struct program *program)
{
    return program->argv[0] ? program->argv[0] : "";
}
