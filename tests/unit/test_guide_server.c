/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The guide as a server: by HTTP on loopback, in a thread of this program; and as a child, which is
 * this program once more.
 */
#include <curl/curl.h>
#include <errno.h>
#include <jansson.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "guide/guide.h"

/* ---- A server in a thread ---- */

struct served {
    pthread_t thread;
    int listen_fd, alive[2];
    long rate;
    int port, result;
    struct error error;
};

static void *serve_thread(void *user)
{
    struct served *served = user;
    served->result = guide_serve(served->listen_fd, served->alive[0], served->rate, &served->error);
    return NULL;
}

static void serve_begin(struct served *served, long rate)
{
    struct sockaddr_in address;
    socklen_t size = sizeof(address);
    *served = (struct served){.rate = rate};
    served->listen_fd = guide_listen(0, &served->error);
    assert_true(served->listen_fd >= 0);
    assert_int_equal(getsockname(served->listen_fd, (struct sockaddr *)&address, &size), 0);
    served->port = ntohs(address.sin_port);
    assert_int_equal(pipe(served->alive), 0);
    assert_int_equal(pthread_create(&served->thread, NULL, serve_thread, served), 0);
}

static void serve_end(struct served *served)
{
    close(served->alive[1]);
    pthread_join(served->thread, NULL);
    assert_int_equal(served->result, 0);
}

/* ---- A client ---- */

struct request {
    const char *method, *path, *body;
    size_t body_len; /* 0: strlen */
    bool chunked;    /* do not say how long the body is */
    const char *unix_socket;
};

struct response {
    CURLcode code;
    long status;
    struct buf body;
};

static size_t on_bytes(char *bytes, size_t size, size_t count, void *user)
{
    buf_add(user, bytes, size * count);
    return size * count;
}

static struct response ask(int port, const struct request *request)
{
    struct response response = {.body = BUF_INIT};
    CURL *curl = curl_easy_init();
    char *url = xasprintf("http://127.0.0.1:%d%s", port, request->path);
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    if (request->chunked)
        headers = curl_slist_append(headers, "Transfer-Encoding: chunked");
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &response.body);
    curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, request->unix_socket);
    if (request->body) {
        size_t len = request->body_len ? request->body_len : strlen(request->body);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)len);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body);
    }
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
    response.code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &response.status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    free(url);
    return response;
}

static char *request_body(const char *prompt, bool stream, bool usage)
{
    json_t *root = json_pack("{s:s, s:b, s:[{s:s, s:s}]}", "model", "guide", "stream", stream,
                             "messages", "role", "user", "content", prompt);
    if (usage)
        json_object_set_new(root, "stream_options", json_pack("{s:b}", "include_usage", 1));
    char *text = json_dumps(root, 0);
    json_decref(root);
    return text;
}

static struct response complete(const struct served *served, const char *prompt, bool stream,
                                bool usage)
{
    char *body = request_body(prompt, stream, usage);
    struct response response =
        ask(served->port,
            &(struct request){.method = "POST", .path = "/v1/chat/completions", .body = body});
    free(body);
    assert_int_equal(response.code, CURLE_OK);
    assert_int_equal(response.status, 200);
    return response;
}

/* ---- What a stream says ---- */

struct heard {
    struct buf text;
    struct buf calls; /* "id name arguments" of each, a line each */
    size_t pieces;
    size_t fragments; /* of the last call's arguments */
    int call;         /* its index; -1: none yet */
    char reason[32];
    bool role_first, done;
    json_int_t tokens; /* -1: no usage came */
};

/* A call begins with its id and name, and goes on with arguments under its index. */
static void hear_call(struct heard *heard, const json_t *fragment)
{
    const json_t *function = json_object_get(fragment, "function");
    const char *args = json_string_value(json_object_get(function, "arguments"));
    json_int_t index = json_integer_value(json_object_get(fragment, "index"));
    assert_non_null(args);
    if (json_object_get(fragment, "id")) {
        assert_int_equal(index, heard->call + 1);
        assert_string_equal(json_string_value(json_object_get(fragment, "type")), "function");
        assert_string_equal(args, "");
        buf_addf(&heard->calls, "%s%s %s ", heard->calls.len ? "\n" : "",
                 json_string_value(json_object_get(fragment, "id")),
                 json_string_value(json_object_get(function, "name")));
        heard->call = (int)index;
        heard->fragments = 0;
    } else {
        assert_int_equal(index, heard->call);
        buf_adds(&heard->calls, args);
        heard->fragments++;
    }
    heard->pieces++;
}

static void hear_chunk(struct heard *heard, const json_t *chunk)
{
    const json_t *usage = json_object_get(chunk, "usage");
    if (json_is_object(usage))
        heard->tokens = json_integer_value(json_object_get(usage, "completion_tokens"));
    const json_t *choice = json_array_get(json_object_get(chunk, "choices"), 0);
    const json_t *delta = json_object_get(choice, "delta");
    const char *content = json_string_value(json_object_get(delta, "content"));
    const char *reason = json_string_value(json_object_get(choice, "finish_reason"));
    if (json_object_get(delta, "role"))
        heard->role_first = heard->pieces == 0;
    if (content && *content) {
        assert_true(utf8_valid(content, strlen(content)));
        buf_adds(&heard->text, content);
        heard->pieces++;
    }
    size_t i;
    json_t *fragment;
    json_array_foreach (json_object_get(delta, "tool_calls"), i, fragment)
        hear_call(heard, fragment);
    if (reason)
        snprintf(heard->reason, sizeof(heard->reason), "%s", reason);
}

static struct heard hear(const char *body)
{
    struct heard heard = {.text = BUF_INIT, .tokens = -1, .call = -1};
    for (const char *at = body; *at;) {
        size_t len = strcspn(at, "\n");
        assert_false(heard.done);
        assert_memory_equal(at, "data: ", 6);
        json_t *chunk = json_loadb(at + 6, len - 6, 0, NULL);
        heard.done = !strncmp(at + 6, "[DONE]\n\n", 8);
        assert_true(chunk || heard.done);
        hear_chunk(&heard, chunk);
        json_decref(chunk);
        assert_memory_equal(at + len, "\n\n", 2);
        at += len + 2;
    }
    return heard;
}

static char *whole_text(const char *body)
{
    json_t *root = json_loads(body, 0, NULL);
    const json_t *choice = json_array_get(json_object_get(root, "choices"), 0);
    const char *text =
        json_string_value(json_object_get(json_object_get(choice, "message"), "content"));
    assert_non_null(text);
    assert_string_equal(json_string_value(json_object_get(root, "object")), "chat.completion");
    assert_string_equal(json_string_value(json_object_get(root, "system_fingerprint")),
                        "runnel-guide");
    char *copy = xstrdup(text);
    json_decref(root);
    return copy;
}

/* ---- Tests ---- */

static void stream_and_whole_agree(void **state)
{
    (void)state;
    static const char *const prompts[] = {"hello", "When should I use stream instead of invoke?",
                                          "tell me everything", "what is the capital of France"};
    static const long rates[] = {0, 20000};
    for (size_t r = 0; r < 2; r++) {
        struct served served;
        serve_begin(&served, rates[r]);
        for (size_t i = 0; i < sizeof(prompts) / sizeof(prompts[0]); i++) {
            bool usage = i % 2;
            struct response stream = complete(&served, prompts[i], true, usage);
            struct response whole = complete(&served, prompts[i], false, false);
            struct heard heard = hear(buf_str(&stream.body));
            char *text = whole_text(buf_str(&whole.body));
            assert_string_equal(buf_str(&heard.text), text);
            assert_string_equal(heard.reason, "stop");
            assert_true(heard.role_first && heard.done && heard.pieces > 10);
            assert_int_equal(heard.tokens, usage ? (json_int_t)heard.pieces : -1);
            free(text);
            buf_clear(&heard.text);
            buf_clear(&stream.body);
            buf_clear(&whole.body);
        }
        serve_end(&served);
    }
}

/* ---- Tools ---- */

#define TOOL(name) "{\"type\":\"function\",\"function\":{\"name\":\"" name "\"}}"
#define TOOLS "\"tools\":[" TOOL("time") "," TOOL("calculate") "],"
#define ASKED "{\"role\":\"user\",\"content\":\"what time is it and what is 6*7?\"}"

static struct response post(const struct served *served, const char *body)
{
    return ask(served->port,
               &(struct request){.method = "POST", .path = "/v1/chat/completions", .body = body});
}

/* The calls of a whole answer, as those of a stream are heard. */
static struct heard hear_whole(const char *body)
{
    struct heard heard = {.text = BUF_INIT, .tokens = -1, .call = -1};
    json_t *root = json_loads(body, 0, NULL), *call;
    const json_t *choice = json_array_get(json_object_get(root, "choices"), 0);
    const json_t *message = json_object_get(choice, "message");
    size_t i;
    buf_adds(&heard.text, json_string_value(json_object_get(message, "content")));
    json_array_foreach (json_object_get(message, "tool_calls"), i, call) {
        const json_t *function = json_object_get(call, "function");
        buf_addf(&heard.calls, "%s%s %s %s", i ? "\n" : "",
                 json_string_value(json_object_get(call, "id")),
                 json_string_value(json_object_get(function, "name")),
                 json_string_value(json_object_get(function, "arguments")));
    }
    snprintf(heard.reason, sizeof(heard.reason), "%s",
             json_string_value(json_object_get(choice, "finish_reason")));
    json_decref(root);
    return heard;
}

static struct heard hear_answer(const struct served *served, const char *body)
{
    struct response response = post(served, body);
    assert_int_equal(response.status, 200);
    struct heard heard = strstr(body, "\"stream\":true") ? hear(buf_str(&response.body))
                                                         : hear_whole(buf_str(&response.body));
    buf_clear(&response.body);
    return heard;
}

static void heard_clear(struct heard *heard)
{
    buf_clear(&heard->text);
    buf_clear(&heard->calls);
}

static void calls_are_streamed_and_whole(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "{\"stream\":true," TOOLS "\"messages\":[" ASKED "]}",
        "{\"stream\":false," TOOLS "\"messages\":[" ASKED "]}",
    };
    struct served served;
    serve_begin(&served, 0);
    for (size_t i = 0; i < 2; i++) {
        struct heard heard = hear_answer(&served, bodies[i]);
        assert_string_equal(buf_str(&heard.calls),
                            "call_guide_1_1 time {}\n"
                            "call_guide_1_2 calculate {\"expression\":\"6*7\"}");
        assert_string_equal(heard.reason, "tool_calls");
        assert_non_null(strstr(buf_str(&heard.text), "I ask the tools `time` and `calculate`."));
        assert_true(i > 0 || heard.fragments >= 3);
        heard_clear(&heard);
    }
    serve_end(&served);
}

/* Streamed and whole are cut at the same place, be it in the middle of a call. */
static void calls_keep_to_max_tokens(void **state)
{
    (void)state;
    struct served served;
    serve_begin(&served, 0);
    bool cut = true;
    for (int limit = 1; cut; limit++) {
        struct heard heard[2];
        for (int i = 0; i < 2; i++) {
            char *body =
                xasprintf("{\"stream\":%s,\"max_tokens\":%d," TOOLS "\"messages\":[" ASKED "]}",
                          i ? "false" : "true", limit);
            heard[i] = hear_answer(&served, body);
            free(body);
        }
        assert_true(heard[0].pieces <= (size_t)limit);
        assert_string_equal(buf_str(&heard[0].text), buf_str(&heard[1].text));
        assert_string_equal(buf_str(&heard[0].calls), buf_str(&heard[1].calls));
        assert_string_equal(heard[0].reason, heard[1].reason);
        cut = !strcmp(heard[0].reason, "length");
        assert_true(cut || !strcmp(heard[0].reason, "tool_calls"));
        heard_clear(&heard[0]);
        heard_clear(&heard[1]);
    }
    serve_end(&served);
}

/* What a tool gave comes back by the id of its call; its text may be in parts, and hold anything. */
static void results_are_answered(void **state)
{
    (void)state;
#define CALLED                                                                                     \
    "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":["                                    \
    "{\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":\"time\",\"arguments\":\"{}\"}},"  \
    "{\"id\":\"b\",\"type\":\"function\",\"function\":{\"name\":\"calculate\",\"arguments\":\"\"}" \
    "}]}"
    static const char body[] =
        "{\"stream\":true," TOOLS "\"messages\":[" ASKED "," CALLED ","
        "{\"role\":\"tool\",\"tool_call_id\":\"b\",\"content\":\"4\\u00002\"},"
        "{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\"x\"},"
        "{\"role\":\"tool\",\"tool_call_id\":\"a\",\"content\":[{\"type\":\"text\",\"text\":"
        "\"noon\"}]}"
        "]}";
    struct served served;
    serve_begin(&served, 0);
    struct heard heard = hear_answer(&served, body);
    assert_string_equal(buf_str(&heard.text), "The tool `calculate` says: `4 2`\n\n"
                                              "The tool says: `x`\n\n"
                                              "The tool `time` says: `noon`\n");
    assert_string_equal(buf_str(&heard.calls), "");
    assert_string_equal(heard.reason, "stop");
    heard_clear(&heard);
    serve_end(&served);
}

static void no_tools_no_calls(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "{\"stream\":true,\"messages\":[" ASKED "]}",
        "{\"stream\":true,\"tools\":null,\"messages\":[" ASKED "]}",
        "{\"stream\":true,\"tools\":[],\"messages\":[" ASKED "]}",
        "{\"stream\":true,\"tools\":[" TOOL("clock") "],\"messages\":[" ASKED "]}",
        "{\"stream\":true," TOOLS "\"tool_choice\":\"none\",\"messages\":[" ASKED "]}",
    };
    struct served served;
    serve_begin(&served, 0);
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        struct heard heard = hear_answer(&served, bodies[i]);
        assert_string_equal(buf_str(&heard.calls), "");
        assert_string_equal(heard.reason, "stop");
        assert_non_null(strstr(buf_str(&heard.text), "`-t time,calculate`"));
        heard_clear(&heard);
    }
    serve_end(&served);
}

/* ---- Limits and errors ---- */

static void an_answer_keeps_to_max_tokens(void **state)
{
    (void)state;
    struct served served;
    serve_begin(&served, 0);
    struct response response =
        ask(served.port, &(struct request){.method = "POST",
                                           .path = "/v1/chat/completions",
                                           .body = "{\"stream\":true,\"max_tokens\":4,\"messages\":"
                                                   "[{\"role\":\"user\",\"content\":\"hi\"}]}"});
    struct heard heard = hear(buf_str(&response.body));
    assert_int_equal(heard.pieces, 4);
    assert_string_equal(heard.reason, "length");
    buf_clear(&heard.text);
    buf_clear(&response.body);
    serve_end(&served);
}

static void other_paths_and_bad_requests(void **state)
{
    (void)state;
    static const struct {
        const char *method, *path, *body;
        long status;
        const char *want;
    } cases[] = {
        {"GET", "/health", NULL, 200, "\"ok\""},
        {"GET", "/v1/models", NULL, 200, "\"id\":\"guide\""},
        {"GET", "/v1/chat/completions", NULL, 405, "{\"error\":{\"message\":"},
        {"POST", "/v1/models", "{}", 405, "invalid_request_error"},
        {"DELETE", "/health", NULL, 405, "invalid_request_error"},
        {"GET", "/", NULL, 404, "no such path"},
        {"POST", "/v1/completions", "{}", 404, "no such path"},
        {"POST", "/v1/chat/completions", "{", 400, "no JSON object"},
        {"POST", "/v1/chat/completions", "[]", 400, "no JSON object"},
        {"POST", "/v1/chat/completions", "\xff", 400, "no JSON object"},
        {"POST", "/v1/chat/completions", "", 400, "no JSON object"},
        {"POST", "/v1/chat/completions", "{}", 400, "messages"},
        {"POST", "/v1/chat/completions", "{\"messages\":[{}]}", 400, "role"},
        {"POST", "/v1/chat/completions", "{\"stream\":1,\"messages\":[]}", 400, "stream"},
        {"POST", "/v1/chat/completions", "{\"max_tokens\":0}", 400, "max_tokens"},
        {"POST", "/v1/chat/completions", "{\"tools\":{}}", 400, "tools"},
        {"POST", "/v1/chat/completions", "{\"tools\":[{}]}", 400, "tool"},
        {"POST", "/v1/chat/completions", "{\"tools\":[{\"function\":{\"name\":1}}]}", 400, "tool"},
        {"POST", "/v1/chat/completions", "{\"messages\":[{\"role\":\"user\",\"content\":{}}]}", 400,
         "content"},
    };
    struct served served;
    serve_begin(&served, 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct response response = ask(served.port, &(struct request){.method = cases[i].method,
                                                                      .path = cases[i].path,
                                                                      .body = cases[i].body});
        assert_int_equal(response.status, cases[i].status);
        assert_non_null(strstr(buf_str(&response.body), cases[i].want));
        json_t *root = json_loads(buf_str(&response.body), 0, NULL);
        bool is_error = json_is_string(json_object_get(json_object_get(root, "error"), "message"));
        assert_true(is_error == (cases[i].status != 200));
        json_decref(root);
        buf_clear(&response.body);
    }
    serve_end(&served);
}

static void a_body_that_is_too_large(void **state)
{
    (void)state;
    struct served served;
    serve_begin(&served, 0);
    size_t size = 9 * 1024 * 1024;
    char *body = xcalloc(size + 1, 1);
    memset(body, ' ', size);
    for (int chunked = 0; chunked < 2; chunked++) {
        struct response response =
            ask(served.port, &(struct request){.method = "POST",
                                               .path = "/v1/chat/completions",
                                               .body = body,
                                               .body_len = size,
                                               .chunked = chunked});
        assert_int_equal(response.status, 413);
        assert_non_null(strstr(buf_str(&response.body), "8 MiB"));
        buf_clear(&response.body);
    }
    free(body);
    serve_end(&served);
}

/* A request on a socket of our own, its answer begun when that can be seen. */
static int begin_request(const struct served *served, bool stream)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)served->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    char *body = request_body("tell me everything", stream, false);
    char *request = xasprintf("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n"
                              "Content-Length: %zu\r\n\r\n%s",
                              strlen(body), body);
    assert_int_equal(write(fd, request, strlen(request)), (ssize_t)strlen(request));
    char byte;
    if (stream)
        assert_int_equal(read(fd, &byte, 1), 1);
    free(request);
    free(body);
    return fd;
}

/* At this pace the answer would take minutes, and have an end. */
static void assert_no_answer(int fd)
{
    struct buf got = BUF_INIT;
    char bytes[4096];
    for (ssize_t len; (len = read(fd, bytes, sizeof(bytes))) > 0;)
        buf_add(&got, bytes, (size_t)len);
    assert_null(strstr(buf_str(&got), "[DONE]"));
    assert_null(strstr(buf_str(&got), "chat.completion\""));
    buf_clear(&got);
    close(fd);
}

/* A client that is half gone still reads: so it can see that its answer has ended. */
static void a_client_that_goes_away_ends_its_answer(void **state)
{
    (void)state;
    struct served served;
    serve_begin(&served, 5);
    for (int stream = 0; stream < 2; stream++) {
        int fd = begin_request(&served, stream);
        shutdown(fd, SHUT_WR);
        assert_no_answer(fd);
    }
    serve_end(&served);
}

static void it_ends_in_the_middle_of_an_answer(void **state)
{
    (void)state;
    for (int stream = 0; stream < 2; stream++) {
        struct served served;
        serve_begin(&served, 5);
        int fd = begin_request(&served, stream);
        serve_end(&served);
        assert_no_answer(fd);
    }
}

static void a_sigterm_ends_it(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    int fd = guide_listen(0, &error);
    pid_t child = fork();
    if (child == 0)
        _exit(guide_serve(fd, -1, 0, &error) == 0 ? 7 : 8);
    struct sockaddr_in address;
    socklen_t size = sizeof(address);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    close(fd);
    /* Its first answer tells that it is listening to signals. */
    struct response response =
        ask(ntohs(address.sin_port), &(struct request){.method = "GET", .path = "/health"});
    assert_int_equal(response.status, 200);
    buf_clear(&response.body);
    kill(child, SIGTERM);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

static void a_port_that_cannot_be(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    assert_int_equal(guide_listen(70000, &error), -1);
    assert_int_equal(error.code, RN_ECONFIG);
    int fd = guide_listen(0, &error);
    struct sockaddr_in address;
    socklen_t size = sizeof(address);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    assert_int_equal(guide_listen(ntohs(address.sin_port), &error), -1);
    assert_int_equal(error.code, RN_EIO);
    close(fd);
}

/* ---- The child ---- */

static bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

static char *folder_of(const char *path)
{
    return xstrndup(path, (size_t)(strrchr(path, '/') - path));
}

static void assert_serves(const char *path)
{
    struct response response =
        ask(80, &(struct request){.method = "GET", .path = "/v1/models", .unix_socket = path});
    assert_int_equal(response.code, CURLE_OK);
    assert_int_equal(response.status, 200);
    buf_clear(&response.body);
}

static void a_child_serves_and_is_gone(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct guide *guide = guide_new(&error);
    assert_non_null(guide);
    char *path = xstrdup(guide_socket(guide)), *folder = folder_of(path);
    assert_false(is_there(folder));
    assert_int_equal(guide_start(guide, 0, &error), 0);
    struct stat about;
    assert_int_equal(stat(folder, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0700);
    assert_serves(path);
    assert_int_equal(guide_start(guide, 0, &error), 0);
    assert_serves(path);
    guide_free(guide);
    assert_false(is_there(folder));
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    free(folder);
    free(path);
}

static void one_that_was_never_started_leaves_nothing(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct guide *guide = guide_new(&error);
    char *folder = folder_of(guide_socket(guide));
    guide_free(guide);
    guide_free(NULL);
    assert_false(is_there(folder));
    free(folder);
}

static pid_t only_child(void)
{
    char line[64] = "";
    FILE *file = fopen("/proc/thread-self/children", "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof(line), file));
    fclose(file);
    return (pid_t)strtol(line, NULL, 10);
}

static void a_child_that_died_is_started_again(void **state)
{
    (void)state;
    static const int ends[] = {SIGKILL, SIGTERM};
    struct error error = ERROR_INIT;
    struct guide *guide = guide_new(&error);
    char *folder = folder_of(guide_socket(guide));
    assert_int_equal(guide_start(guide, 0, &error), 0);
    for (size_t i = 0; i < 2; i++) {
        assert_serves(guide_socket(guide));
        pid_t child = only_child();
        siginfo_t info;
        assert_int_equal(kill(child, ends[i]), 0);
        assert_int_equal(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
        /* Nobody is left waiting for the one that died. */
        struct request request = {
            .method = "GET", .path = "/health", .unix_socket = guide_socket(guide)};
        assert_int_equal(ask(80, &request).code, CURLE_COULDNT_CONNECT);
        assert_int_equal(guide_start(guide, 0, &error), 0);
        assert_true(only_child() != child);
    }
    assert_serves(guide_socket(guide));
    guide_free(guide);
    assert_false(is_there(folder));
    free(folder);
}

/* The child's stderr is its parent's: a pipe here, whose end comes when both are gone. */
static void a_child_whose_parent_is_killed_cleans_up(void **state)
{
    (void)state;
    int told[2], both[2];
    assert_int_equal(pipe(told), 0);
    assert_int_equal(pipe(both), 0);
    pid_t parent = fork();
    if (parent == 0) {
        struct error error = ERROR_INIT;
        dup2(both[1], STDERR_FILENO);
        for (int i = 0; i < 2; i++)
            close(both[i]);
        struct guide *guide = guide_new(&error);
        if (!guide || guide_start(guide, 0, &error) < 0)
            _exit(1);
        const char *path = guide_socket(guide);
        if (write(told[1], path, strlen(path) + 1) < 0)
            _exit(1);
        pause();
    }
    char path[256] = "";
    assert_true(read(told[0], path, sizeof(path)) > 1);
    char *folder = folder_of(path);
    assert_serves(path);
    close(both[1]);
    kill(parent, SIGKILL);
    assert_int_equal(waitpid(parent, NULL, 0), parent);
    char byte;
    assert_int_equal(read(both[0], &byte, 1), 0);
    assert_false(is_there(folder));
    close(both[0]);
    close(told[0]);
    close(told[1]);
    free(folder);
}

/* Standard input, output and error, the two it was given, and what it has opened itself: of this
 * program's pipe it knows nothing. */
static void it_inherits_no_more_than_it_needs(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    int ours[2];
    assert_int_equal(pipe(ours), 0);
    struct guide *guide = guide_new(&error);
    assert_int_equal(guide_start(guide, 0, &error), 0);
    assert_serves(guide_socket(guide));
    close(ours[1]);
    /* Were its end held open by the child, this would wait for ever. */
    char byte;
    assert_int_equal(read(ours[0], &byte, 1), 0);
    close(ours[0]);
    guide_free(guide);
}

static void a_folder_whose_name_is_too_long(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    char *runtime = xstrdup(getenv("XDG_RUNTIME_DIR")), *temporary = xstrdup(getenv("TMPDIR"));
    char template[] = "/tmp/a-folder-whose-name-leaves-no-room-for-a-socket-in-it-since-an-address"
                      "-has-about-a-hundred-bytes-XXXXXX";
    assert_non_null(mkdtemp(template));
    setenv("XDG_RUNTIME_DIR", template, 1);
    setenv("TMPDIR", "relative", 1);
    struct guide *guide = guide_new(&error);
    assert_memory_equal(guide_socket(guide), "/tmp/runnel-", 12);
    guide_free(guide);
    rmdir(template);
    runtime ? setenv("XDG_RUNTIME_DIR", runtime, 1) : unsetenv("XDG_RUNTIME_DIR");
    temporary ? setenv("TMPDIR", temporary, 1) : unsetenv("TMPDIR");
    free(runtime);
    free(temporary);
}

/* serve-guide --listen-fd N --alive-fd N --rate N */
static int serve_as_child(char **argv)
{
    struct error error = ERROR_INIT;
    return guide_serve((int)strtol(argv[3], NULL, 10), (int)strtol(argv[5], NULL, 10),
                       strtol(argv[7], NULL, 10), &error) < 0;
}

int main(int argc, char **argv)
{
    if (argc == 8 && !strcmp(argv[1], "serve-guide"))
        return serve_as_child(argv);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stream_and_whole_agree),
        cmocka_unit_test(calls_are_streamed_and_whole),
        cmocka_unit_test(calls_keep_to_max_tokens),
        cmocka_unit_test(results_are_answered),
        cmocka_unit_test(no_tools_no_calls),
        cmocka_unit_test(an_answer_keeps_to_max_tokens),
        cmocka_unit_test(other_paths_and_bad_requests),
        cmocka_unit_test(a_body_that_is_too_large),
        cmocka_unit_test(a_client_that_goes_away_ends_its_answer),
        cmocka_unit_test(it_ends_in_the_middle_of_an_answer),
        cmocka_unit_test(a_sigterm_ends_it),
        cmocka_unit_test(a_port_that_cannot_be),
        cmocka_unit_test(a_child_serves_and_is_gone),
        cmocka_unit_test(one_that_was_never_started_leaves_nothing),
        cmocka_unit_test(a_child_that_died_is_started_again),
        cmocka_unit_test(a_child_whose_parent_is_killed_cleans_up),
        cmocka_unit_test(it_inherits_no_more_than_it_needs),
        cmocka_unit_test(a_folder_whose_name_is_too_long),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    curl_global_cleanup();
    return failed;
}
