/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/asked.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/overlay.h"
#include "base/schema.h"
#include "chat/chat.h"
#include "cli/options.h"

enum {
    INPUT_MAX = 16 * 1024 * 1024,
    SCHEMA_MAX = 1024 * 1024,
};

/* ---- The prompt ---- */

static void join_words(const struct options *options, struct buf *prompt)
{
    for (int i = 0; i < options->word_count; i++) {
        buf_adds(prompt, i > 0 ? " " : "");
        buf_adds(prompt, options->words[i]);
    }
}

static bool is_blank(const struct buf *text)
{
    return buf_str(text)[strspn(buf_str(text), " \t\r\n")] == '\0';
}

static bool is_image_or_pdf(const struct buf *bytes)
{
    const char *type = rn_media_type(buf_str(bytes), bytes->len);
    return strncmp(type, "image/", 6) == 0 || strcmp(type, "application/pdf") == 0;
}

/* Beside words it is attached; without them it is the prompt. */
static int read_input(struct asked *asked, struct error *error)
{
    struct buf *input = &asked->input;
    if (isatty(STDIN_FILENO))
        return 0;
    if (fd_read_all(STDIN_FILENO, input, INPUT_MAX, error) < 0)
        return error_prefix(error, "stdin");
    if (!is_image_or_pdf(input) && memchr(buf_str(input), '\0', input->len))
        return error_set(error, RN_ECONFIG, "stdin is no text: it holds NUL bytes");
    if (!is_blank(&asked->prompt) || is_image_or_pdf(input))
        return 0;
    while (input->len > 0 && input->data[input->len - 1] == '\n')
        buf_drop_end(input, 1);
    buf_add(&asked->prompt, buf_str(input), input->len);
    buf_clear(input);
    return 0;
}

static int read_prompt(struct asked *asked, const struct options *options, bool is_chat,
                       struct error *error)
{
    join_words(options, &asked->prompt);
    if (is_chat)
        return 0;
    if (read_input(asked, error) < 0)
        return -1;
    if (is_blank(&asked->prompt))
        return error_set(error, RN_ECONFIG,
                         "nothing was asked: say runnel \"PROMPT\", or pipe a text into it");
    return 0;
}

/* ---- What the request is to have ---- */

static int read_extra(struct asked *asked, const struct options *options, struct error *error)
{
    for (const char *const *set = options->set; *set; set++) {
        char *more = overlay_set(asked->extra, *set, error);
        if (!more)
            return error_prefix(error, "--set");
        free(asked->extra);
        asked->extra = more;
    }
    return 0;
}

static int read_schema(struct asked *asked, const struct options *options, bool is_chat,
                       struct error *error)
{
    struct buf text = BUF_INIT;
    if (!options->schema)
        return 0;
    if (is_chat)
        return error_set(error, RN_ECONFIG, "--schema is for one answer: say runnel \"PROMPT\"");
    int result = file_read(options->schema, &text, SCHEMA_MAX, error);
    if (result == 0 && (result = schema_check_sound(buf_str(&text), text.len, error)) < 0)
        error_prefix(error, "%s", options->schema);
    if (result < 0) {
        error->code = RN_ECONFIG;
        error_prefix(error, "--schema");
        buf_clear(&text);
        return -1;
    }
    asked->schema = buf_take(&text);
    return 0;
}

int asked_read(struct asked *asked, const struct options *options, bool is_chat,
               struct error *error)
{
    if (read_extra(asked, options, error) < 0 || read_schema(asked, options, is_chat, error) < 0)
        return -1;
    return read_prompt(asked, options, is_chat, error);
}

/* ---- Attached ---- */

int asked_attach(const struct asked *asked, const struct options *options, struct chat *chat,
                 struct error *error)
{
    for (const char *const *what = options->attach; *what; what++)
        if (chat_attach(chat, *what, error) < 0)
            return -1;
    if (asked->input.len == 0)
        return 0;
    return chat_attach_bytes(chat, "stdin", asked->input.data, asked->input.len, error);
}

void asked_clear(struct asked *asked)
{
    buf_clear(&asked->prompt);
    buf_clear(&asked->input);
    free(asked->extra);
    free(asked->schema);
}
