/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The decoder alone, for whoever has the bytes already: what stands in stdin, as events.
 *
 *      curl -sN ... | decode openai
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <runnel.h>

static void print_events(rn_decoder *decoder)
{
    for (const rn_event *event; (event = rn_decoder_next(decoder));) {
        size_t size = rn_event_json(event, NULL, 0) + 1;
        char *line = malloc(size);
        rn_event_json(event, line, size);
        puts(line);
        free(line);
    }
}

int main(int argc, char **argv)
{
    rn_decoder *decoder = argc == 2 ? rn_decoder_new(argv[1]) : NULL;
    char bytes[4096];
    if (!decoder) {
        fprintf(stderr, "usage: %s WIRE (%s)\n", argv[0], rn_wire(0));
        return 2;
    }

    for (ssize_t n; (n = read(STDIN_FILENO, bytes, sizeof(bytes))) > 0;) {
        rn_decoder_feed(decoder, bytes, (size_t)n);
        print_events(decoder);
    }
    rn_decoder_end(decoder);
    print_events(decoder);

    rn_decoder_free(decoder);
    return 0;
}
