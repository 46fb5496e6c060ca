/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is attached to the next prompt: files and URLs, read and looked at when they are attached, so
 * that whatever is wrong with one is told before anything is sent.
 */
#ifndef CHAT_ATTACH_H
#define CHAT_ATTACH_H

#include <stddef.h>

#include "runnel.h"

struct buf;
struct error;

/* The largest of each.  A text of a mebibyte is some 300,000 tokens, more than most models take.
 * Providers refuse requests above about 20 MB (Gemini's inline data, an image of OpenAI's) or 32 MB
 * (Anthropic's), and a session's line, where it stands in base64, has 64 MiB. */
enum {
    ATTACH_TEXT_MAX = 1024 * 1024,
    ATTACH_FILE_MAX = 20 * 1024 * 1024,
    ATTACH_ALL_MAX = 32 * 1024 * 1024,
};

struct attached;

struct attachments { /* zero is none */
    struct attached *items;
    size_t count, bytes;
};

void attachments_clear(struct attachments *attachments);

/* A file by its name, or a URL.  -1 with an error (RN_ECONFIG): it is not there or no file, too large,
 * of a type that nobody knows or that this model's wire has no form for. */
int attachments_add(struct attachments *attachments, const char *what, const rn_model *model,
                    struct error *error);
/* Bytes that are there already: stdin's.  In text, what is not UTF-8 becomes U+FFFD. */
int attachments_add_bytes(struct attachments *attachments, const char *name, const char *bytes,
                          size_t len, const rn_model *model, struct error *error);
/* Take away the nth, from 1; 0: all. */
int attachments_drop(struct attachments *attachments, size_t nth, struct error *error);
/* The model may be another one by now. */
int attachments_check(const struct attachments *attachments, const rn_model *model,
                      struct error *error);
/* They go to the conversation's last message. */
void attachments_give(struct attachments *attachments, rn_conversation *conversation);
/* "1. [cat.png, 120 KB]", a line for each. */
void attachments_list(const struct attachments *attachments, struct buf *out);

/* ---- Shown ---- */

/* What the nth message carries, a line for each: "[cat.png, 120 KB]". */
void attach_show(const rn_conversation *conversation, size_t nth, struct buf *out);
/* The same of what a run begins with, without the newline at the end. */
void attach_show_input(const rn_event *start, struct buf *out);
/* A prompt as people see it: what the start event says, and what goes with it. */
void attach_show_prompt(const rn_event *start, struct buf *out);

#endif
