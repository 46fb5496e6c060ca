/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plain/tell.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "base/filter.h"
#include "chat/advice.h"
#include "chat/chat.h"

void tell(const char *format, ...)
{
    struct buf text = BUF_INIT, line = BUF_INIT;
    va_list args;
    va_start(args, format);
    buf_vaddf(&text, format, args);
    va_end(args);
    buf_adds(&line, "runnel: ");
    filter_line(&line, buf_str(&text), text.len);
    buf_addc(&line, '\n');
    fd_write_all(STDERR_FILENO, line.data, line.len);
    buf_clear(&text);
    buf_clear(&line);
}

void tell_retry(const rn_event *event)
{
    const rn_retry *retry = event->retry;
    tell("trying again in %.1f s (%u of %u): %s", (double)retry->delay_ms / 1000, retry->attempt,
         retry->max, event->text);
}

void tell_error(const rn_event *event, const char *model)
{
    if (event->error->http)
        tell("HTTP %d from %s: %s", event->error->http, model, event->text);
    else
        tell("%s: %s", model, event->text);
}

void tell_advice(const rn_event *event, const char *model)
{
    char *advice = advice_for(event, model);
    if (*advice)
        tell("%s", advice);
    free(advice);
}

void tell_finish(const rn_event *event)
{
    static const struct {
        const char *reason, *meaning;
    } marks[] = {
        {"length", "the answer is cut off: the limit of its length is reached"},
        {"max_steps",
         "the answer is cut off: the model went on calling tools, and that has a limit"},
        {"content_filter", "the provider's filter withheld the answer, or the rest of it"},
        {"refusal", "the model declined to answer"},
    };
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        if (strcmp(event->finish->reason, marks[i].reason) == 0)
            tell("%s", marks[i].meaning);
}

void tell_limits(const rn_event *event)
{
    char *limits = advice_limits(event->finish);
    if (*limits)
        tell("%s", limits);
    free(limits);
}

void tell_warning(struct chat *chat)
{
    const char *warning = chat_warning(chat);
    if (warning)
        tell("%s", warning);
}
