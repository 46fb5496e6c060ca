/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * runnel: a chat program for the terminal.  The command line picks what is run.
 */
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "runnel.h"
#include "tools/tools.h"

static const struct {
    const char *name;
    int (*run)(const struct options *options);
} commands[] = {
    {"compare", cli_compare},       {"replay", cli_replay}, {"sessions", cli_list_sessions},
    {"models", cli_models},         {"doctor", cli_doctor}, {"tools", cli_tools},
    {"config", cli_config},         {"decode", cli_decode}, {"serve-guide", cli_serve_guide},
    {"completion", cli_completion},
};

static const char version[] = "runnel " RN_VERSION "\n";

/* A program started with one of these closed would otherwise get a socket in its place, and write
 * the answer into it. */
static void fill_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            open("/dev/null", O_RDONLY); /* takes the lowest free number: this one */
}

/* Text is UTF-8 here, and its width is libc's: a machine that has no language set has C.UTF-8. */
static void choose_locale(void)
{
    setlocale(LC_ALL, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, "C.UTF-8");
    setlocale(LC_NUMERIC, "C"); /* JSON has a point */
}

static int run(const struct options *options)
{
    for (size_t i = 0; options->command && i < sizeof(commands) / sizeof(commands[0]); i++)
        if (strcmp(commands[i].name, options->command) == 0)
            return commands[i].run(options);
    return cli_chat(options);
}

/* Keys are in this memory and this environment: no other process of the user may look into them, a
 * tool among them.  LeakSanitizer is such a process. */
static void shut(void)
{
#ifndef __SANITIZE_ADDRESS__
    prctl(PR_SET_DUMPABLE, 0);
#endif
}

int main(int argc, char **argv)
{
    struct options options;
    struct error error;
    if (argc == 3 && strcmp(argv[1], "--tool") == 0)
        tools_main(argv[2]); /* runnel itself has begun it: tools/tools.h */
    shut();
    fill_standard_descriptors();
    choose_locale();
    signal(SIGPIPE, SIG_IGN); /* a reader that goes away is an error of write(2), */
    signal(SIGXFSZ, SIG_IGN); /* and so is a file that may not grow longer */
    signal(SIGCHLD,
           SIG_DFL); /* ignored by whoever started us, it would take our children's end away */
    if (options_parse(argc, argv, &options, &error) < 0)
        return cli_fail(&error);
    if (options.help)
        return cli_help();
    if (options.version)
        return cli_print(version, strlen(version));
    return run(&options);
}
