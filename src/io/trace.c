/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/trace.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "io/redact.h"

static bool is_name_char(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_';
}

/* How much of a line may be shown.  A header can be anywhere in it, libcurl tells of what it sends by
 * HTTP/2 as "h2h3 [x-api-key: ...]", and so can a parameter of the URL; and of a proxy, whose URL may hold a password, as
 * "Uses proxy env variable https_proxy == '...'". */
static size_t public_len(const char *line, size_t len)
{
    static const char proxy[] = "proxy env variable";
    if (memmem(line, len, proxy, sizeof(proxy) - 1)) {
        const char *value = memmem(line, len, "==", 2);
        return value ? (size_t)(value - line) + 2 : 0;
    }
    size_t name = 0;
    for (size_t i = 0; i < len; i++) {
        if ((line[i] == ':' || line[i] == '=') && redact_is_secret(line + name, i - name))
            return i + 1;
        if (!is_name_char(line[i]))
            name = i + 1;
    }
    return len;
}

static void write_line(const struct trace *trace, const char *sign, const char *text, size_t len)
{
    char now[CLOCK_RFC3339_SIZE];
    clock_rfc3339(now);
    struct buf line = BUF_INIT;
    buf_addf(&line, "%s #%llu %s ", now, (unsigned long long)trace->number, sign);
    size_t start = line.len, shown = public_len(text, len);
    buf_add(&line, text, shown);
    if (shown < len)
        buf_adds(&line, " ***");
    /* It is from outside, and somebody may look at it on a terminal. */
    for (size_t i = start; i < line.len; i++)
        if (line.data[i] < ' ' || line.data[i] > '~')
            line.data[i] = '?';
    buf_addc(&line, '\n');
    /* There is nobody to tell that the log cannot be written. */
    (void)!write(trace->fd, line.data, line.len);
    buf_clear(&line);
}

void trace_line(const struct trace *trace, const char *format, ...)
{
    if (trace->fd < 0)
        return;
    struct buf text = BUF_INIT;
    va_list args;
    va_start(args, format);
    buf_vaddf(&text, format, args);
    va_end(args);
    write_line(trace, "=", text.data, text.len);
    buf_clear(&text);
}

static void write_lines(const struct trace *trace, const char *sign, const char *text, size_t len)
{
    for (const char *end = text + len; text < end;) {
        const char *lf = memchr(text, '\n', (size_t)(end - text));
        size_t line = (size_t)((lf ? lf : end) - text);
        size_t shown = line > 0 && text[line - 1] == '\r' ? line - 1 : line;
        if (shown > 0)
            write_line(trace, sign, text, shown);
        text += lf ? line + 1 : line;
    }
}

int trace_curl(CURL *easy, curl_infotype type, char *bytes, size_t len, void *user)
{
    (void)easy;
    const struct trace *trace = user;
    switch (type) {
    case CURLINFO_TEXT:
        write_lines(trace, "*", bytes, len);
        break;
    case CURLINFO_HEADER_OUT:
        write_lines(trace, ">", bytes, len);
        break;
    case CURLINFO_HEADER_IN:
        write_lines(trace, "<", bytes, len);
        break;
    case CURLINFO_DATA_OUT:
        trace_line(trace, "sent %zu bytes of the body", len);
        break;
    case CURLINFO_DATA_IN:
        trace_line(trace, "received %zu bytes of the body", len);
        break;
    default:
        break;
    }
    return 0;
}
