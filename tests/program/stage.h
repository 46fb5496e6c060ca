/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a test of the program takes place: a home, a server, and the words that the two exchange.
 *
 *      SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("Hello") STOPS));
 *      struct subject *program = ASK(stage, "Hi");
 */
#ifndef TESTS_STAGE_H
#define TESTS_STAGE_H

#include "program/subject.h"
#include "server/server.h"

struct stage {
    char *home;
    struct server *server;
    char *url;          /* the server's, "http://127.0.0.1:PORT/v1" */
};

/* For cmocka's set-up and tear-down: *state is a stage. */
int stage_set_up(void **state);
int stage_tear_down(void **state);

/* The program with the options that lead to the server's model "test". */
#define ASKS(stage, ...) ARGS("--url", (stage)->url, "-m", "test", __VA_ARGS__)
#define ASK(stage, ...) RUN(.args = ASKS(stage, __VA_ARGS__))

/* Pieces of a streamed answer; `text` is the inside of a JSON string. */
#define DELTA(fields) \
    "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"model\":\"test\",\"choices\":[{" \
    "\"index\":0," fields "}]}\n\n"
#define SAYS(text) DELTA("\"delta\":{\"content\":\"" text "\"},\"finish_reason\":null")
#define ENDS(reason) DELTA("\"delta\":{},\"finish_reason\":\"" reason "\"") "data: [DONE]\n\n"
#define STOPS ENDS("stop")
/* The same, whole. */
#define WHOLE(text) \
    "{\"id\":\"c1\",\"object\":\"chat.completion\",\"model\":\"test\",\"choices\":[{\"index\":0," \
    "\"message\":{\"role\":\"assistant\",\"content\":\"" text "\"},\"finish_reason\":\"stop\"}]," \
    "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":5}}"
#define FAILS(code, message) \
    "{\"error\":{\"message\":\"" message "\",\"type\":\"" code "\",\"code\":\"" code "\"}}"

#endif
