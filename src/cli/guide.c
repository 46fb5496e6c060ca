/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * runnel serve-guide: on loopback for any client, or as the child of a chat.
 */
#include "cli/cli.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/error.h"
#include "cli/options.h"
#include "config/settings.h"
#include "guide/guide.h"
#include "plain/tell.h"

static int port_of(int fd)
{
    struct sockaddr_in address = {0};
    socklen_t size = sizeof(address);
    getsockname(fd, (struct sockaddr *)&address, &size);
    return ntohs(address.sin_port);
}

static int serve_on_port(const struct options *options, struct error *error)
{
    struct settings *settings = cli_settings(options, error);
    if (!settings)
        return -1;
    long rate = options->rate >= 0 ? options->rate : settings_number(settings, "guide", "rate");
    settings_free(settings);
    int fd = guide_listen((int)options->port, error);
    if (fd < 0)
        return -1;
    tell("the guide listens on http://127.0.0.1:%d/v1", port_of(fd));
    return guide_serve(fd, -1, rate, error);
}

int cli_serve_guide(const struct options *options)
{
    struct error error;
    int result;
    if (options->listen_fd >= 0)
        result = guide_serve((int)options->listen_fd, (int)options->alive_fd,
                             options->rate >= 0 ? options->rate : 0, &error);
    else if (options->port >= 0)
        result = serve_on_port(options, &error);
    else
        result = error_set(&error, RN_ECONFIG,
                           "runnel serve-guide wants --port N (0: any that is free)");
    return result < 0 ? cli_fail(&error) : CLI_OK;
}
