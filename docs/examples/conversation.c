/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Several turns: each line of stdin is a prompt, and the model knows what was said before.
 *
 *      conversation http://localhost:11434/v1 llama3.2
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <runnel.h>

static void show(rn_stream *s)
{
    for (const rn_event *event; (event = rn_next(s));) {
        fputs(event->content, stdout);
        if (event->kind == RN_ERROR)
            fprintf(stderr, "%s\n", event->text);
        fflush(stdout);
    }
    putchar('\n');
}

int main(int argc, char **argv)
{
    char line[4096];
    if (argc != 3) {
        fprintf(stderr, "usage: %s URL MODEL\n", argv[0]);
        return 2;
    }
    rn_model *model = RN_MODEL(.url = argv[1], .model = argv[2], .key = getenv("API_KEY"));

    rn_conversation *talk = rn_conversation_new("Answer in one sentence.");
    while (fgets(line, sizeof(line), stdin)) {
        line[strcspn(line, "\n")] = '\0';
        rn_conversation_user(talk, line);
        rn_stream *s = rn_model_start(model, talk, RN_STREAM);
        show(s);
        rn_message *answer = rn_collect(s);
        rn_conversation_add(talk, answer);
        rn_message_free(answer);
        rn_close(s);
    }
    rn_conversation_free(talk);

    rn_model_free(model);
    return 0;
}
