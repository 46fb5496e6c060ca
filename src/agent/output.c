/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Half of the limit is for the head.  The tail may grow to twice its half before the older bytes are
 * dropped, so that each byte is moved once.
 */
#include "agent/output.h"

#include <stdbool.h>

#include "base/utf8.h"

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void drop(struct output *output, size_t len)
{
    buf_drop(&output->tail, len);
    output->left_out += len;
}

void output_add(struct output *output, const char *bytes, size_t len)
{
    size_t half = output->limit / 2;
    size_t first = smaller(len, output->limit - half - output->head.len);
    buf_add(&output->head, bytes, first);
    bytes += first;
    len -= first;
    if (len > half) { /* all that was kept, and some of this, is between now */
        drop(output, output->tail.len);
        output->left_out += len - half;
        bytes += len - half;
        len = half;
    }
    buf_add(&output->tail, bytes, len);
    if (output->tail.len > 2 * half)
        drop(output, output->tail.len - half);
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

/* No character is left in two where the middle was cut out. */
static void add_parts(struct buf *text, const struct output *output)
{
    const struct buf *head = &output->head;
    size_t tail_len = smaller(output->tail.len, output->limit / 2);
    const char *tail = buf_str(&output->tail) + output->tail.len - tail_len;
    size_t head_len = head->len - utf8_cut(buf_str(head), head->len);
    for (int i = 1; i < UTF8_MAX && tail_len > 0 && is_continuation(*tail); i++) {
        tail++;
        tail_len--;
    }
    utf8_add_clean(text, buf_str(head), head_len);
    if (text->len > 0 && text->data[text->len - 1] != '\n')
        buf_addc(text, '\n');
    buf_addf(text, "[... %zu bytes are left out here ...]\n",
             output->left_out + head->len + output->tail.len - head_len - tail_len);
    utf8_add_clean(text, tail, tail_len);
}

/* A character may stand half in the head and half in the tail. */
static void add_all(struct buf *text, const struct output *output)
{
    struct buf whole = BUF_INIT;
    buf_add(&whole, buf_str(&output->head), output->head.len);
    buf_add(&whole, buf_str(&output->tail), output->tail.len);
    utf8_add_clean(text, buf_str(&whole), whole.len);
    buf_clear(&whole);
}

char *output_text(const struct output *output, size_t *len)
{
    struct buf text = BUF_INIT;
    if (output->left_out > 0 || output->tail.len > output->limit / 2)
        add_parts(&text, output);
    else
        add_all(&text, output);
    if (text.len > 0 && text.data[text.len - 1] == '\n')
        buf_drop_end(&text, 1);
    *len = text.len;
    return buf_take(&text);
}

void output_clear(struct output *output)
{
    buf_clear(&output->head);
    buf_clear(&output->tail);
}
