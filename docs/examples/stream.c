/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The shortest client: show the answer as it is made.
 *
 *      stream http://localhost:11434/v1 llama3.2 "Hello world"
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

    rn_stream *s = rn_model_stream(model, argv[3]);
    for (const rn_event *chunk; (chunk = rn_next(s));) {
        fputs(chunk->content, stdout);
        fflush(stdout);
    }
    int status = rn_close(s);

    putchar('\n');
    rn_model_free(model);
    return status == RN_OK ? 0 : 1;
}
