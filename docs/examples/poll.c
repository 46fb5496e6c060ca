/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A stream in an event loop of your own: beside it, a line on stdin stops the answer, and a second of
 * silence is remarked upon.
 *
 *      poll http://localhost:11434/v1 llama3.2 "Tell me a long story"
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <runnel.h>

/* Everything that is ready; false at the end of the run. */
static bool take_events(rn_stream *s)
{
    const rn_event *event;
    int step;
    while ((step = rn_step(s, &event, 0)) == RN_EVENT) {
        fputs(event->content, stdout);
        if (event->kind == RN_FINISH)
            printf("\n[%s]\n", event->finish->reason);
    }
    fflush(stdout);
    return step == RN_AGAIN;
}

int main(int argc, char **argv)
{
    char line[256];
    if (argc != 4) {
        fprintf(stderr, "usage: %s URL MODEL PROMPT\n", argv[0]);
        return 2;
    }
    rn_model *model = RN_MODEL(.url = argv[1], .model = argv[2], .key = getenv("API_KEY"));

    rn_stream *s = rn_model_stream(model, argv[3]);
    struct pollfd fds[] = {{.fd = rn_fd(s), .events = POLLIN},
                           {.fd = STDIN_FILENO, .events = POLLIN}};
    while (take_events(s)) {
        if (poll(fds, 2, 1000) == 0)
            fputs("[still waiting]\n", stderr);
        else if (fds[1].revents && read(STDIN_FILENO, line, sizeof(line)) > 0)
            rn_cancel(s);
        else if (fds[1].revents)
            fds[1].fd = -1; /* its end: poll(2) passes over it from now on */
    }
    int status = rn_close(s);

    rn_model_free(model);
    return status == RN_OK || status == RN_ECANCELLED ? 0 : 1;
}
