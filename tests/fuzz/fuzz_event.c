/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any line as an event.  What is read is whole and safe to use; read, written and read again it is the
 * same; a message can be made of it.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/utf8.h"
#include "llm/event.h"
#include "llm/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text, size_t len)
{
    assert(text && text[len] == '\0' && utf8_valid(text, len));
}

static void check_event(const rn_event *event)
{
    const char *const strings[] = {event->type, event->run,    event->id, event->tool,
                                   event->args, event->status, event->by};
    for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
        check_text(strings[i], strlen(strings[i]));
    check_text(event->content, event->content_len);
    check_text(event->text, event->text_len);
    check_text(event->output, event->output_len);
    assert(event->kind == RN_AI || event->content_len == 0);
}

/* A message of this event twice over, as JSON. */
static void fold(const rn_event *event)
{
    struct message *message = message_new();
    char line[64];
    message_add(message, event);
    message_add(message, event);
    rn_message_json(message_public(message), line, sizeof(line));
    message_free(message);
}

/* False when it is no event. */
static bool rewrite(const char *line, size_t len, struct buf *out)
{
    struct event_reader *reader = event_reader_new();
    struct event event;
    struct error error;
    bool is_event = event_read(reader, line, len, &event, &error) == 0;
    if (is_event) {
        assert(strlen(event.pub.json) <= len);
        check_event(&event.pub);
        fold(&event.pub);
        event.pub.json = "";
        event_json(&event.pub, out);
    }
    event_reader_free(reader);
    return is_event;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf once = BUF_INIT, twice = BUF_INIT;
    char *line = malloc(size + 1);
    memcpy(line, data, size);
    if (rewrite(line, size, &once)) {
        assert(rewrite(once.data, once.len, &twice));
        assert(once.len == twice.len && strcmp(once.data, twice.data) == 0);
        assert(!strchr(once.data, '\n'));
    }
    free(line);
    buf_clear(&once);
    buf_clear(&twice);
    return 0;
}
