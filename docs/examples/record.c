/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A run is written down as it goes, and played back from the file at once.
 *
 *      record http://localhost:11434/v1 llama3.2 "Hello world" run.jsonl
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <runnel.h>

static char *record(rn_model *model, const char *prompt, int fd)
{
    rn_stream *s = rn_model_stream(model, prompt);
    rn_record(s, fd);
    return rn_text(s, NULL);
}

static char *replay(int fd)
{
    double speed = 0; /* at once; 1 is the pace it was recorded at */
    return rn_text(rn_replay(NULL, fd, speed, -1), NULL);
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: %s URL MODEL PROMPT FILE\n", argv[0]);
        return 2;
    }
    rn_model *model = RN_MODEL(.url = argv[1], .model = argv[2], .key = getenv("API_KEY"));
    int fd = open(argv[4], O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0) {
        perror(argv[4]);
        return 1;
    }

    char *live = record(model, argv[3], fd);
    lseek(fd, 0, SEEK_SET);
    char *again = replay(fd); /* which closes it */
    printf("live:  %s\nagain: %s\n", live, again);

    free(live);
    free(again);
    rn_model_free(model);
    return 0;
}
