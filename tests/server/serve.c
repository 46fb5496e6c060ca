/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The fake server as a program, for shell tests, benches and demonstrations:
 *
 *      serve --port-file FILE [--unix PATH] [--requests FILE] SCRIPT
 *
 * It writes its port (0 with --unix) to the port file when it is ready, and runs until it is killed.
 * What it is asked goes to the requests file: the first line, the header, the body.  A script is a
 * text of lines:
 *
 *      # A comment.
 *      reply 200                   begin a reply; the last one answers all further requests too
 *      reply 200 /v1/models        the same, only for paths that begin so
 *      header Content-Type: text/event-stream
 *      text data: hello\n\n        add to the body: \n \r \t \\ and \xHH are what they are in C
 *      repeat 1000 data: \#\n\n    add it so often; \# is the number, from 0
 *      file tests/wire/x.http-body
 *      chunked                     send the body in chunks
 *      length                      say how long the body is; without either, its end is the connection's
 *      pieces 7                    send the body so many bytes at a time,
 *      delay 20                    with so many milliseconds between two
 *      wait 500                    milliseconds before the body
 *      cut 1000                    close after so many bytes of the body
 *      stall                       send nothing more, but keep the connection
 *      reset                       end with a TCP reset
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "server/server.h"

struct reply {
    char *path;
    int status;
    struct buf headers, body;
    size_t pieces, cut;
    int delay, wait;
    bool is_chunked, has_length, has_cut;
    enum server_step_kind end;
};

static const char *script_name;
static int line_number;

static void die(const char *what)
{
    fprintf(stderr, "serve: %s:%d: %s\n", script_name, line_number, what);
    exit(2);
}

/* ---- Reading the script -------------------------------------------------------------------- */

static size_t number_of(const char *text)
{
    char *end;
    size_t number = strtoul(text, &end, 10);
    if (end == text)
        die("a number is missing");
    return number;
}

/* Add the character that the escape at `text` stands for; what comes after it. */
static const char *add_escape(struct buf *out, const char *text, size_t number)
{
    static const char letters[] = "nrt\\", meaning[] = "\n\r\t\\";
    const char *letter = text[1] ? strchr(letters, text[1]) : NULL;
    unsigned hex;
    if (letter)
        buf_addc(out, meaning[letter - letters]);
    else if (text[1] == '#')
        buf_addf(out, "%zu", number);
    else if (sscanf(text, "\\x%2x", &hex) == 1)
        buf_addc(out, (char)hex);
    else
        die("unknown escape");
    return text + (text[1] == 'x' ? 4 : 2);
}

static void add_text(struct buf *out, const char *text, size_t number)
{
    while (*text) {
        if (*text == '\\')
            text = add_escape(out, text, number);
        else
            buf_addc(out, *text++);
    }
}

static void add_repeated(struct buf *out, const char *line)
{
    size_t times = number_of(line);
    const char *text = strchr(line, ' ');
    for (size_t i = 0; text && i < times; i++)
        add_text(out, text + 1, i);
}

static void add_file(struct buf *out, const char *path)
{
    char piece[16 * 1024];
    FILE *file = fopen(path, "rb");
    if (!file)
        die(path);
    for (size_t n; (n = fread(piece, 1, sizeof(piece), file)) > 0;)
        buf_add(out, piece, n);
    fclose(file);
}

static void begin_reply(struct reply *reply, const char *line)
{
    const char *path = strchr(line, ' ');
    reply->status = (int)number_of(line);
    reply->path = path ? xstrdup(path + 1) : NULL;
}

static void set_cut(struct reply *reply, size_t len)
{
    reply->has_cut = true;
    reply->cut = len;
}

/* One line within a reply. */
static void read_line(struct reply *reply, const char *word, const char *rest)
{
    if (strcmp(word, "header") == 0)
        buf_addf(&reply->headers, "%s\r\n", rest);
    else if (strcmp(word, "text") == 0)
        add_text(&reply->body, rest, 0);
    else if (strcmp(word, "repeat") == 0)
        add_repeated(&reply->body, rest);
    else if (strcmp(word, "file") == 0)
        add_file(&reply->body, rest);
    else if (strcmp(word, "chunked") == 0)
        reply->is_chunked = true;
    else if (strcmp(word, "length") == 0)
        reply->has_length = true;
    else if (strcmp(word, "pieces") == 0)
        reply->pieces = number_of(rest);
    else if (strcmp(word, "delay") == 0)
        reply->delay = (int)number_of(rest);
    else if (strcmp(word, "wait") == 0)
        reply->wait = (int)number_of(rest);
    else if (strcmp(word, "cut") == 0)
        set_cut(reply, number_of(rest));
    else if (strcmp(word, "stall") == 0)
        reply->end = SERVER_STALL;
    else if (strcmp(word, "reset") == 0)
        reply->end = SERVER_RESET;
    else
        die("unknown word");
}

/* ---- Giving it to the server --------------------------------------------------------------- */

static char *head_of(const struct reply *reply)
{
    struct buf head = BUF_INIT;
    buf_addf(&head, "HTTP/1.1 %d Scripted\r\nConnection: close\r\n%s", reply->status,
             buf_str(&reply->headers));
    if (reply->is_chunked)
        buf_adds(&head, "Transfer-Encoding: chunked\r\n");
    else if (reply->has_length)
        buf_addf(&head, "Content-Length: %zu\r\n", reply->body.len);
    buf_adds(&head, "\r\n");
    return buf_take(&head);
}

static void end_reply(struct server *server, struct reply *reply)
{
    char *head = head_of(reply);
    bool is_cut = reply->has_cut && reply->cut < reply->body.len;
    struct server_step steps[6] = {SERVE(head)};
    size_t count = 1;
    if (reply->wait > 0)
        steps[count++] = (struct server_step){.kind = SERVER_PAUSE, .ms = reply->wait};
    if (reply->body.len > 0)
        steps[count++] = (struct server_step){
            .kind = reply->is_chunked ? SERVER_CHUNK : SERVER_SEND,
            .bytes = reply->body.data,
            .len = is_cut ? reply->cut : reply->body.len,
            .size = reply->pieces,
            .ms = reply->delay,
        };
    if (reply->is_chunked && !is_cut && reply->end == SERVER_CLOSE)
        steps[count++] = (struct server_step)SERVE_CHUNK_END;
    steps[count++] = (struct server_step){.kind = reply->end};
    server_script(server, reply->path, steps);
    free(head);
    free(reply->path);
    buf_clear(&reply->headers);
    buf_clear(&reply->body);
}

static void read_script(struct server *server, const char *name)
{
    struct reply reply = {0};
    char *line = NULL;
    size_t size = 0;
    FILE *file = fopen(name, "r");
    script_name = name;
    if (!file)
        die("cannot open it");
    while (getline(&line, &size, file) >= 0) {
        line_number++;
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#' || line[0] == '\0')
            continue;
        char *rest = strchr(line, ' ');
        if (rest)
            *rest++ = '\0';
        if (strcmp(line, "reply") != 0) {
            read_line(&reply, line, rest ? rest : "");
            continue;
        }
        if (reply.status)
            end_reply(server, &reply);
        reply = (struct reply){.end = SERVER_CLOSE};
        begin_reply(&reply, rest ? rest : "");
    }
    if (!reply.status)
        die("no reply in it");
    end_reply(server, &reply);
    free(line);
    fclose(file);
}

/* ---- Running ------------------------------------------------------------------------------- */

/* Under its own name only when it is whole: so whoever waits for it can read it. */
static void write_port(const char *name, int port)
{
    char *new_name = xasprintf("%s.new", name);
    FILE *file = fopen(new_name, "w");
    if (!file || fprintf(file, "%d\n", port) < 0 || fclose(file) != 0 ||
        rename(new_name, name) != 0) {
        perror(name);
        exit(1);
    }
    free(new_name);
}

static void write_request(FILE *file, const struct server_request *request)
{
    fprintf(file, "%s %s\r\n%s\r\n", request->method, request->path, request->head);
    fwrite(request->body, 1, request->body_len, file);
    fputc('\n', file);
    fflush(file);
}

int main(int argc, char **argv)
{
    const char *port_file = NULL, *unix_path = NULL, *script = NULL;
    FILE *requests = NULL;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--port-file") == 0)
            port_file = argv[++i];
        else if (strcmp(argv[i], "--unix") == 0)
            unix_path = argv[++i];
        else if (strcmp(argv[i], "--requests") == 0)
            requests = argv[i + 1] ? fopen(argv[++i], "w") : NULL;
        else
            script = argv[i];
    }
    if (!port_file || !script) {
        fputs("usage: serve --port-file FILE [--unix PATH] [--requests FILE] SCRIPT\n", stderr);
        return 2;
    }
    struct server *server = server_new(unix_path);
    read_script(server, script);
    write_port(port_file, server_port(server));
    for (unsigned i = 0;;) {
        const struct server_request *request = server_request(server, i);
        if (request && requests)
            write_request(requests, request);
        i += request != NULL;
    }
}
