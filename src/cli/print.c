/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the commands say, and the exit statuses for it.
 */
#include "cli/cli.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "plain/tell.h"

int cli_fail(const struct error *error)
{
    tell("%s", error->text);
    return error->code == RN_ECONFIG ? CLI_USAGE : CLI_FAILED;
}

int cli_print(const char *text, size_t len)
{
    if (fd_write_all(STDOUT_FILENO, text, len) == 0)
        return CLI_OK;
    if (errno == EPIPE) /* as if SIGPIPE had ended it: nobody is there to be told */
        return 128 + SIGPIPE;
    tell("stdout cannot be written: %s", strerror(errno));
    return CLI_FAILED;
}

int cli_columns(void)
{
    struct winsize size;
    bool is_known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return is_known ? size.ws_col : 0;
}
