/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A server that answers every chat completion with the same flood of chunks, as fast as the socket
 * takes them.  They are made before the first request, so that it is never what is measured: a block
 * of them is sent again and again, and only the numbers in it are changed, by which an observer of
 * the text knows how far it is.
 * usage: flood CHUNKS; prints its port, and serves until its stdin is closed.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK                                                                              \
    "data: {\"id\":\"chatcmpl-0123456789\",\"object\":\"chat.completion.chunk\","          \
    "\"created\":1700000000,\"model\":\"bench\",\"system_fingerprint\":\"fp_0123456789\"," \
    "\"choices\":[{\"index\":0,\"delta\":%s,\"logprobs\":null,\"finish_reason\":%s}]}\n\n"

static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                           "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n";

enum {
    PARAGRAPH = 96,  /* chunks; the first of them has the number */
    PARAGRAPHS = 10, /* in a block */
    DIGITS = 7,
};

struct text {
    char *bytes;
    size_t len;
};

static struct text first, block, last;
static size_t numbers[PARAGRAPHS]; /* where they stand in the block */
static long blocks;

/* Servers flush after each event, so each comes as an HTTP chunk of its own. */
static void add_event(FILE *file, const char *delta, const char *reason)
{
    char event[512];
    int len = snprintf(event, sizeof(event), CHUNK, delta, reason);
    fprintf(file, "%x\r\n%s\r\n", (unsigned)len, event);
}

static void add_paragraph(FILE *file, long from, long to)
{
    static const char *const words[] = {" the", " stream", " runs", " over", " stones,", " on\\n"};
    for (long i = from; i < to; i++) {
        char delta[64];
        if (i % PARAGRAPH == 0)
            snprintf(delta, sizeof(delta), "{\"content\":\"\\n\\n@%0*ld\"}", DIGITS, i);
        else
            snprintf(delta, sizeof(delta), "{\"content\":\"%s\"}", words[i % 6]);
        add_event(file, delta, "null");
    }
}

static FILE *open_text(struct text *text)
{
    FILE *file = open_memstream(&text->bytes, &text->len);
    if (!file)
        exit(1);
    return file;
}

static void make_answer(long chunks)
{
    blocks = chunks / (PARAGRAPH * PARAGRAPHS);
    FILE *file = open_text(&first);
    fputs(head, file);
    add_event(file, "{\"role\":\"assistant\",\"content\":\"\"}", "null");
    fclose(file);
    file = open_text(&block);
    for (long i = 0; i < PARAGRAPHS; i++)
        add_paragraph(file, i * PARAGRAPH, (i + 1) * PARAGRAPH);
    fclose(file);
    for (size_t i = 0, at = 0; i < PARAGRAPHS; i++)
        at = numbers[i] = (size_t)(strchr(block.bytes + at, '@') + 1 - block.bytes);
    file = open_text(&last);
    add_paragraph(file, blocks * PARAGRAPH * PARAGRAPHS, chunks);
    add_event(file, "{\"content\":\"\\n\\nfin.\"}", "null");
    add_event(file, "{}", "\"stop\"");
    fputs("e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n", file);
    fclose(file);
}

static bool send_bytes(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n <= 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

static void send_answer(int fd)
{
    char *bytes = malloc(block.len);
    if (!bytes || !send_bytes(fd, first.bytes, first.len))
        return;
    memcpy(bytes, block.bytes, block.len);
    for (long i = 0; i < blocks; i++) {
        for (long n = 0; n < PARAGRAPHS; n++) {
            char number[32];
            snprintf(number, sizeof(number), "%0*ld", DIGITS, (i * PARAGRAPHS + n) * PARAGRAPH);
            memcpy(bytes + numbers[n], number, DIGITS);
        }
        if (!send_bytes(fd, bytes, block.len))
            break;
    }
    send_bytes(fd, last.bytes, last.len);
    free(bytes);
}

static bool read_request(int fd)
{
    char request[1 << 16];
    size_t len = 0;
    for (;;) {
        ssize_t n = read(fd, request + len, sizeof(request) - 1 - len);
        if (n <= 0)
            return false;
        len += (size_t)n;
        request[len] = '\0';
        const char *end = strstr(request, "\r\n\r\n");
        const char *length = strcasestr(request, "\r\ncontent-length:");
        if (!end)
            continue;
        size_t body = length && length < end ? strtoul(length + 17, NULL, 10) : 0;
        if (len >= (size_t)(end + 4 - request) + body)
            return true;
    }
}

static void *serve(void *user)
{
    int fd = *(int *)user;
    free(user);
    if (read_request(fd))
        send_answer(fd);
    shutdown(fd, SHUT_WR);
    char rest[64];
    while (read(fd, rest, sizeof(rest)) > 0)
        continue;
    close(fd);
    return NULL;
}

static void *wait_for_end(void *user)
{
    (void)user;
    while (getchar() != EOF)
        continue;
    exit(0);
}

static int listen_on_loopback(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(fd, (struct sockaddr *)&address, len) < 0 || listen(fd, 16) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &len) < 0) {
        perror("flood");
        exit(1);
    }
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

int main(int argc, char **argv)
{
    pthread_t thread;
    signal(SIGPIPE, SIG_IGN);
    make_answer(argc > 1 ? strtol(argv[1], NULL, 10) : 1000);
    int listener = listen_on_loopback();
    pthread_create(&thread, NULL, wait_for_end, NULL);
    for (;;) {
        int *fd = malloc(sizeof(*fd));
        if (!fd || (*fd = accept(listener, NULL, NULL)) < 0 ||
            pthread_create(&thread, NULL, serve, fd) != 0)
            return 1;
        pthread_detach(thread);
    }
}
