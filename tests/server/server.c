/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A thread accepts, and each connection has a thread that reads a request, plays its script, and reads
 * the next.  server_free ends them by shutting their sockets down.
 */
#include "server/server.h"

#include <poll.h>
#include <errno.h>
#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "server/play.h"

enum { HEAD_MAX = 64 * 1024 };

struct script {
    struct script *next;
    char *path;
    struct server_step *steps;
    bool is_used;
};

struct connection {
    struct connection *next;
    struct server *server;
    pthread_t thread;
    unsigned number;
    int fd;         /* -1 once closed; changed under the server's lock */
    bool saw_close; /* under the server's lock */
    struct buf in;  /* what was read and not used yet */
};

struct recorded {
    struct server_request request;
    struct connection *connection;
};

struct server {
    int fd, go, port;
    char *unix_path;
    pthread_t thread;
    struct buf url;

    pthread_mutex_t lock; /* all below is under it */
    pthread_cond_t news;
    bool is_ending;
    struct script *scripts;
    struct connection *connections;
    struct recorded **requests;
    unsigned request_count;
};

static void die(const char *what)
{
    perror(what);
    abort();
}

static void note_close(struct connection *c)
{
    pthread_mutex_lock(&c->server->lock);
    c->saw_close = true;
    pthread_cond_broadcast(&c->server->news);
    pthread_mutex_unlock(&c->server->lock);
}

/* ---- A connection -------------------------------------------------------------------------- */

/* Under the lock: the first script that was not used yet, else the last one; of those for this path, or
 * of those for all paths. */
static struct script *find_script(struct script *first, const char *path)
{
    struct script *found = NULL;
    for (struct script *s = first; s; s = s->next) {
        if (path ? !s->path || strncmp(path, s->path, strlen(s->path)) != 0 : s->path != NULL)
            continue;
        found = s;
        if (!s->is_used)
            break;
    }
    return found;
}

static const struct script *pick_script(struct server *server, const char *path)
{
    pthread_mutex_lock(&server->lock);
    struct script *found = find_script(server->scripts, path);
    if (!found)
        found = find_script(server->scripts, NULL);
    if (found)
        found->is_used = true;
    pthread_mutex_unlock(&server->lock);
    return found;
}

static bool read_more(struct connection *c)
{
    char piece[16 * 1024];
    ssize_t n = recv(c->fd, piece, sizeof(piece), 0);
    if (n > 0)
        buf_add(&c->in, piece, (size_t)n);
    return n > 0;
}

/* The length of the head with its empty line; 0 when the peer closed before its end, or speaks
 * something else. */
static size_t read_head(struct connection *c)
{
    static const char refusal[] = "HTTP/1.1 400 Not HTTP\r\n\r\n";
    for (;;) {
        const char *end = strstr(buf_str(&c->in), "\r\n\r\n");
        if (end)
            return (size_t)(end - c->in.data) + 4;
        if (c->in.len > HEAD_MAX || !read_more(c))
            return 0;
        if (!isupper((unsigned char)c->in.data[0])) {
            play_send(c->fd, refusal, sizeof(refusal) - 1);
            return 0;
        }
    }
}

static void free_request(struct server_request *request)
{
    free(request->method);
    free(request->path);
    free(request->head);
    free(request->body);
}

/* Take "METHOD PATH HTTP/1.1" and the header lines apart. */
static bool parse_head(struct server_request *request, const char *head, size_t len)
{
    const char *space = memchr(head, ' ', len);
    const char *second = space ? strchr(space + 1, ' ') : NULL;
    const char *line_end = strstr(head, "\r\n");
    if (!second || second > line_end)
        return false;
    request->method = xstrndup(head, (size_t)(space - head));
    request->path = xstrndup(space + 1, (size_t)(second - space - 1));
    request->head = xstrndup(line_end + 2, len - (size_t)(line_end - head) - 4);
    return true;
}

static bool read_request(struct connection *c, struct server_request *request)
{
    size_t head = read_head(c);
    if (head == 0 || !parse_head(request, c->in.data, head))
        return false;
    buf_drop(&c->in, head);
    char *length = server_request_header(request, "Content-Length");
    request->body_len = length ? strtoul(length, NULL, 10) : 0;
    free(length);
    while (c->in.len < request->body_len)
        if (!read_more(c))
            return false;
    request->body = xstrndup(buf_str(&c->in), request->body_len);
    buf_drop(&c->in, request->body_len);
    request->connection = c->number;
    return true;
}

static const struct server_request *record(struct connection *c, struct server_request request)
{
    struct server *server = c->server;
    struct recorded *recorded = xnew(struct recorded);
    *recorded = (struct recorded){.request = request, .connection = c};
    pthread_mutex_lock(&server->lock);
    server->requests = xrealloc(server->requests, (server->request_count + 1) * sizeof(recorded));
    server->requests[server->request_count++] = recorded;
    pthread_cond_broadcast(&server->news);
    pthread_mutex_unlock(&server->lock);
    return &recorded->request;
}

/* Read a request and answer it; false when it was the last on this connection. */
static bool serve_request(struct connection *c)
{
    struct server_request request = {0};
    if (!read_request(c, &request)) {
        free_request(&request);
        note_close(c);
        return false;
    }
    const struct server_request *recorded = record(c, request);
    const struct script *script = pick_script(c->server, recorded->path);
    enum play_end end = script ? play_script(c->fd, c->server->go, script->steps) : PLAY_CLOSE;
    if (end == PLAY_GONE)
        note_close(c);
    return end == PLAY_KEEP;
}

static void *run_connection(void *arg)
{
    struct connection *c = arg;
    int on = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    while (serve_request(c))
        continue;
    pthread_mutex_lock(&c->server->lock);
    close(c->fd);
    c->fd = -1;
    pthread_mutex_unlock(&c->server->lock);
    buf_clear(&c->in);
    return NULL;
}

/* ---- The server ---------------------------------------------------------------------------- */

static void start_connection(struct server *server, int fd)
{
    struct connection *c = xnew(struct connection);
    c->server = server;
    c->fd = fd;
    pthread_mutex_lock(&server->lock);
    c->number = server->connections ? server->connections->number + 1 : 0;
    c->next = server->connections;
    server->connections = c;
    if (server->is_ending)
        shutdown(fd, SHUT_RDWR);
    if (pthread_create(&c->thread, NULL, run_connection, c) != 0)
        die("fake server: pthread_create");
    pthread_mutex_unlock(&server->lock);
}

static void *run_server(void *arg)
{
    struct server *server = arg;
    for (;;) {
        int fd = accept4(server->fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0)
            start_connection(server, fd);
        else if (errno ==
                 EMFILE) /* a test is taking the descriptors away: until it gives them back */
            poll(NULL, 0, 1);
        else
            return NULL;
    }
}

static int listen_tcp(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) < 0 || listen(fd, SOMAXCONN) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &len) < 0)
        die("fake server");
    *port = ntohs(address.sin_port);
    return fd;
}

static int listen_unix(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof(address.sun_path))
        die("fake server: path too long");
    memcpy(address.sun_path, path, strlen(path) + 1);
    unlink(path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
        listen(fd, SOMAXCONN) < 0)
        die("fake server");
    return fd;
}

struct server *server_new(const char *unix_path)
{
    struct server *server = xnew(struct server);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&server->news, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&server->lock, NULL);
    server->unix_path = xstrdup(unix_path);
    server->fd = unix_path ? listen_unix(unix_path) : listen_tcp(&server->port);
    server->go = eventfd(0, EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC);
    if (server->go < 0 || pthread_create(&server->thread, NULL, run_server, server) != 0)
        die("fake server");
    return server;
}

static void free_scripts(struct script *script)
{
    while (script) {
        struct script *next = script->next;
        for (struct server_step *step = script->steps; step->kind != SERVER_END; step++) {
            free((char *)step->bytes);
            free((char *)step->type);
        }
        free(script->steps);
        free(script->path);
        free(script);
        script = next;
    }
}

static void free_connections(struct connection *c)
{
    while (c) {
        struct connection *next = c->next;
        pthread_join(c->thread, NULL);
        free(c);
        c = next;
    }
}

void server_free(struct server *server)
{
    if (!server)
        return;
    pthread_mutex_lock(&server->lock);
    server->is_ending = true;
    for (struct connection *c = server->connections; c; c = c->next)
        if (c->fd >= 0)
            shutdown(c->fd, SHUT_RDWR);
    pthread_mutex_unlock(&server->lock);
    shutdown(server->fd, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    free_connections(server->connections);
    free_scripts(server->scripts);
    for (unsigned i = 0; i < server->request_count; i++) {
        free_request(&server->requests[i]->request);
        free(server->requests[i]);
    }
    free(server->requests);
    if (server->unix_path)
        unlink(server->unix_path);
    free(server->unix_path);
    close(server->fd);
    close(server->go);
    buf_clear(&server->url);
    pthread_cond_destroy(&server->news);
    pthread_mutex_destroy(&server->lock);
    free(server);
}

const char *server_url(struct server *server, const char *path)
{
    buf_reset(&server->url);
    if (server->unix_path)
        buf_addf(&server->url, "http://localhost%s", path);
    else
        buf_addf(&server->url, "http://127.0.0.1:%d%s", server->port, path);
    return server->url.data;
}

int server_port(const struct server *server)
{
    return server->port;
}

static struct server_step *copy_steps(const struct server_step *steps)
{
    size_t count = 0;
    while (steps[count].kind != SERVER_END)
        count++;
    struct server_step *copy = xcalloc(count + 1, sizeof(*copy));
    for (size_t i = 0; i < count; i++) {
        copy[i] = steps[i];
        if (copy[i].bytes && copy[i].len == 0)
            copy[i].len = strlen(copy[i].bytes);
        copy[i].bytes = xstrndup(copy[i].bytes, copy[i].len);
        copy[i].type = xstrdup(copy[i].type);
    }
    return copy;
}

void server_script(struct server *server, const char *path, const struct server_step *steps)
{
    struct script *script = xnew(struct script);
    script->path = xstrdup(path);
    script->steps = copy_steps(steps);
    pthread_mutex_lock(&server->lock);
    struct script **tail = &server->scripts;
    while (*tail)
        tail = &(*tail)->next;
    *tail = script;
    pthread_mutex_unlock(&server->lock);
}

void server_go(struct server *server)
{
    eventfd_write(server->go, 1);
}

/* ---- Waiting for the client ---------------------------------------------------------------- */

static struct timespec patience_ends(void)
{
    struct timespec when;
    clock_gettime(CLOCK_MONOTONIC, &when);
    when.tv_sec += SERVER_PATIENCE_MS / 1000;
    return when;
}

/* Wait, under the lock, for the i-th request; NULL when it does not come. */
static struct recorded *await(struct server *server, unsigned i, const struct timespec *until)
{
    while (server->request_count <= i)
        if (pthread_cond_timedwait(&server->news, &server->lock, until) != 0)
            return NULL;
    return server->requests[i];
}

const struct server_request *server_request(struct server *server, unsigned i)
{
    struct timespec until = patience_ends();
    pthread_mutex_lock(&server->lock);
    struct recorded *recorded = await(server, i, &until);
    pthread_mutex_unlock(&server->lock);
    return recorded ? &recorded->request : NULL;
}

unsigned server_request_count(struct server *server)
{
    pthread_mutex_lock(&server->lock);
    unsigned count = server->request_count;
    pthread_mutex_unlock(&server->lock);
    return count;
}

bool server_saw_close(struct server *server, unsigned i)
{
    struct timespec until = patience_ends();
    pthread_mutex_lock(&server->lock);
    struct recorded *recorded = await(server, i, &until);
    bool is_late = !recorded;
    while (!is_late && !recorded->connection->saw_close)
        is_late = pthread_cond_timedwait(&server->news, &server->lock, &until) != 0;
    pthread_mutex_unlock(&server->lock);
    return !is_late;
}

char *server_request_header(const struct server_request *request, const char *name)
{
    size_t len = strlen(name);
    for (const char *line = request->head; line && *line;) {
        const char *end = strstr(line, "\r\n");
        size_t line_len = end ? (size_t)(end - line) : strlen(line);
        if (line_len > len && line[len] == ':' && strncasecmp(line, name, len) == 0) {
            const char *value = line + len + 1;
            while (*value == ' ')
                value++;
            return xstrndup(value, (size_t)(line + line_len - value));
        }
        line = end ? end + 2 : NULL;
    }
    return NULL;
}
