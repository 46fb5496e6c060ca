/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All there is to see of a run: each kind of event, called back for.
 *
 *      events http://localhost:11434/v1 llama3.2 "Think hard: 17 * 23?"
 */
#include <stdio.h>
#include <stdlib.h>

#include <runnel.h>

static int on_event(const rn_event *event, void *user)
{
    unsigned *pieces = user;
    switch (event->kind) {
    case RN_START:
        printf("start: %s\n", event->start->model);
        break;
    case RN_REASONING:
        printf("thinking: %s\n", event->text);
        break;
    case RN_AI:
        printf("piece %u: %s\n", ++*pieces, event->content);
        break;
    case RN_RETRY:
        printf("trying again in %lld ms: %s\n", (long long)event->retry->delay_ms, event->text);
        break;
    case RN_ERROR:
        printf("error (%s): %s\n", rn_status_name(event->error->code), event->text);
        break;
    case RN_FINISH:
        printf("finish: %s%s\n", event->finish->reason, event->finish->partial ? ", partial" : "");
        break;
    default:
        break; /* a kind that is new, or of no interest here */
    }
    return 0; /* anything else would stop the run */
}

int main(int argc, char **argv)
{
    unsigned pieces = 0;
    if (argc != 4) {
        fprintf(stderr, "usage: %s URL MODEL PROMPT\n", argv[0]);
        return 2;
    }
    rn_model *model = RN_MODEL(.url = argv[1], .model = argv[2], .key = getenv("API_KEY"));

    rn_stream *s = rn_model_stream(model, argv[3]);
    int status = rn_run(s, on_event, &pieces);
    rn_close(s);

    rn_model_free(model);
    return status == RN_OK ? 0 : 1;
}
