/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A chat without a front end, on a stage: its model "mine:small" is the server's.
 *
 *      sitting_set(sitting, "chat", "tools", "none");
 *      sitting_open(sitting, &(struct chat_options){.may_guide = true});
 *      SERVER_SCRIPT(sitting->stage->server, SERVE_STREAM, SERVE(SAYS("Hello") STOPS));
 *      sitting_ask(sitting, "Hi");
 */
#ifndef TESTS_SITTING_H
#define TESTS_SITTING_H

#include "chat/chat.h"
#include "config/settings.h"
#include "program/stage.h"

struct sitting {
    struct stage *stage;
    struct settings *settings;
    rn_io *io;
    struct chat *chat;      /* NULL until it is opened */
};

/* For cmocka's set-up and tear-down: *state is a sitting. */
int sitting_set_up(void **state);
int sitting_tear_down(void **state);

/* As if it stood in the config. */
void sitting_set(struct sitting *sitting, const char *section, const char *key, const char *value);
/* Opens the chat; the one that was open is left. */
void sitting_open(struct sitting *sitting, const struct chat_options *options);

void sitting_send(struct sitting *sitting, const char *prompt);
/* To the run's next event; NULL at its end. */
const rn_event *sitting_next(struct sitting *sitting);
/* Sends the prompt, and goes to the end of the run. */
void sitting_ask(struct sitting *sitting, const char *prompt);

#endif
