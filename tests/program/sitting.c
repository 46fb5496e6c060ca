/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program/sitting.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/mem.h"

int sitting_set_up(void **state)
{
    void *stage;
    if (stage_set_up(&stage) < 0)
        return -1;
    struct sitting *sitting = xnew(struct sitting);
    *sitting = (struct sitting){.stage = stage, .settings = settings_new(), .io = rn_io_new()};
    sitting_set(sitting, "provider.mine", "url", sitting->stage->url);
    sitting_set(sitting, "provider.mine", "retries", "0");
    sitting_set(sitting, "chat", "model", "mine:small");
    *state = sitting;
    return 0;
}

int sitting_tear_down(void **state)
{
    struct sitting *sitting = *state;
    void *stage = sitting->stage;
    chat_free(sitting->chat);
    rn_io_free(sitting->io);
    settings_free(sitting->settings);
    free(sitting);
    return stage_tear_down(&stage);
}

void sitting_set(struct sitting *sitting, const char *section, const char *key, const char *value)
{
    struct error error;
    if (settings_set(sitting->settings, SETTINGS_FILE, section, key, value, "config.ini:1",
                     &error) < 0)
        fail_msg("%s", error.text);
}

void sitting_open(struct sitting *sitting, const struct chat_options *options)
{
    struct error error;
    chat_free(sitting->chat);
    sitting->chat = chat_new(sitting->settings, sitting->io, options, &error);
    if (!sitting->chat)
        fail_msg("%s", error.text);
}

void sitting_send(struct sitting *sitting, const char *prompt)
{
    struct error error;
    if (chat_send(sitting->chat, prompt, &error) < 0)
        fail_msg("%s", error.text);
}

const rn_event *sitting_next(struct sitting *sitting)
{
    const rn_event *event;
    int result;
    while ((result = chat_step(sitting->chat, &event)) == RN_AGAIN) {
        struct pollfd wait = {.fd = chat_fd(sitting->chat), .events = POLLIN};
        assert_int_equal(poll(&wait, 1, SUBJECT_PATIENCE_MS), 1);
    }
    return result == RN_EVENT ? event : NULL;
}

void sitting_ask(struct sitting *sitting, const char *prompt)
{
    sitting_send(sitting, prompt);
    while (sitting_next(sitting))
        ;
}
