/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The whole answer as one value: of a stream, where the pieces are joined, and of invoke.
 *
 *      collect http://localhost:11434/v1 llama3.2 "Hello world"
 */
#include <stdio.h>
#include <stdlib.h>

#include <runnel.h>

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: %s URL MODEL PROMPT\n", argv[0]);
        return 2;
    }
    rn_model *model = RN_MODEL(.url = argv[1], .model = argv[2], .key = getenv("API_KEY"));
    const char *prompt = argv[3];

    int status;
    char *complete = rn_text(rn_model_stream(model, prompt), &status);
    printf("streamed: %s (%s)\n", complete, rn_status_name(status));
    free(complete);

    rn_message *answer = rn_model_invoke(model, prompt);
    printf("invoked: %s (%s)\n", answer->content, rn_status_name(answer->status));
    if (answer->status != RN_OK)
        fprintf(stderr, "%s\n", answer->error);
    else if (answer->usage.output >= 0)
        printf("%lld tokens\n", (long long)answer->usage.output);
    status = answer->status;
    rn_message_free(answer);

    rn_model_free(model);
    return status == RN_OK ? 0 : 1;
}
