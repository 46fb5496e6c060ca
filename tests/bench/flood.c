/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A server that answers every chat completion with the same flood of chunks, as fast as the socket
 * takes them: they are all made before the first request, so that it is never what is measured.
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

static char *answer;
static size_t answer_len;

/* Servers flush after each event, so each comes as an HTTP chunk of its own. */
static void add_event(FILE *file, const char *delta, const char *reason)
{
    char event[512];
    int len = snprintf(event, sizeof(event), CHUNK, delta, reason);
    fprintf(file, "%x\r\n%s\r\n", (unsigned)len, event);
}

static void make_answer(long chunks)
{
    static const char *const words[] = {" the", " stream", " runs", " over", " stones,", " on\\n"};
    FILE *file = open_memstream(&answer, &answer_len);
    if (!file)
        exit(1);
    fputs(head, file);
    add_event(file, "{\"role\":\"assistant\",\"content\":\"\"}", "null");
    for (long i = 0; i < chunks; i++) {
        char delta[64];
        snprintf(delta, sizeof(delta), "{\"content\":\"%s\"}", words[i % 6]);
        add_event(file, delta, "null");
    }
    add_event(file, "{}", "\"stop\"");
    fputs("e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n", file);
    fclose(file);
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
    size_t sent = 0;
    if (read_request(fd)) {
        while (sent < answer_len) {
            ssize_t n = write(fd, answer + sent, answer_len - sent);
            if (n <= 0)
                break;
            sent += (size_t)n;
        }
    }
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
