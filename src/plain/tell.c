/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plain/tell.h"

#include <stdarg.h>
#include <stdlib.h>
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

void tell_error(const struct chat *chat, const rn_event *event)
{
    char *advice = advice_for(event, chat_model(chat));
    if (event->error->http)
        tell("HTTP %d from %s: %s", event->error->http, chat_model(chat), event->text);
    else
        tell("%s: %s", chat_model(chat), event->text);
    if (*advice)
        tell("%s", advice);
    free(advice);
}

void tell_retry(const rn_event *event)
{
    const rn_retry *retry = event->retry;
    tell("%s; trying again in %.1f s (%u of %u)", event->text, (double)retry->delay_ms / 1000,
         retry->attempt, retry->max);
}

void tell_warning(struct chat *chat)
{
    const char *warning = chat_warning(chat);
    if (warning)
        tell("%s", warning);
}
