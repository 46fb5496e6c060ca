/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ask about a file: a text, an image or a PDF.
 *
 *      attach http://localhost:11434/v1 llava cat.png "What is in this picture?"
 */
#include <stdio.h>
#include <stdlib.h>

#include <runnel.h>

enum { FILE_MAX = 20 * 1024 * 1024 };

static char data[FILE_MAX];

static size_t read_file(const char *name)
{
    FILE *file = fopen(name, "rb");
    size_t len = file ? fread(data, 1, sizeof(data), file) : 0;
    if (file)
        fclose(file);
    return len;
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: %s URL MODEL FILE PROMPT\n", argv[0]);
        return 2;
    }
    size_t len = read_file(argv[3]);
    const char *type = rn_media_type(data, len);
    rn_model *model = RN_MODEL(.url = argv[1], .model = argv[2], .key = getenv("API_KEY"));
    if (len == 0 || !rn_model_takes(model, type, false)) {
        fprintf(stderr, "%s cannot be sent: %s\n", argv[3], len ? type : "nothing was read");
        rn_model_free(model);
        return 1;
    }

    rn_conversation *talk = rn_conversation_new(NULL);
    rn_conversation_user(talk, argv[4]);
    rn_attachment file = {.name = argv[3], .type = type, .data = data, .len = len};
    rn_conversation_attach(talk, &file);
    int status;
    char *answer = rn_text(rn_model_start(model, talk, RN_STREAM), &status);
    puts(answer);
    free(answer);
    rn_conversation_free(talk);

    rn_model_free(model);
    return status == RN_OK ? 0 : 1;
}
