/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/output.h"

#include <stdbool.h>

#include "base/utf8.h"

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

void output_add(struct output *output, const char *bytes, size_t len)
{
    size_t half = output->limit / 2;
    size_t first = smaller(len, half - output->head.len);
    buf_add(&output->head, bytes, first);
    buf_add(&output->tail, bytes + first, len - first);
    /* Dropping only when there is twice as much makes each byte move once. */
    if (output->tail.len > 2 * half) {
        output->left_out += output->tail.len - half;
        buf_drop(&output->tail, output->tail.len - half);
    }
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

/* No character is left in two where the middle was cut out. */
static void add_parts(struct buf *text, const struct output *output, size_t half)
{
    const struct buf *head = &output->head;
    const char *tail = output->tail.data + output->tail.len - half;
    size_t head_len = head->len - utf8_cut(head->data, head->len), tail_len = half;
    for (; tail_len > 0 && is_continuation(*tail); tail_len--)
        tail++;
    size_t kept = head_len + tail_len;
    utf8_add_clean(text, head->data, head_len);
    buf_addf(text, "\n[... %zu bytes are left out here ...]\n",
             output->left_out + head->len + output->tail.len - kept);
    utf8_add_clean(text, tail, tail_len);
}

char *output_text(const struct output *output, size_t *len)
{
    struct buf text = BUF_INIT, whole = BUF_INIT;
    size_t half = output->limit / 2;
    if (output->left_out > 0 || output->tail.len > half) {
        add_parts(&text, output, half);
    } else {
        buf_add(&whole, buf_str(&output->head), output->head.len);
        buf_add(&whole, buf_str(&output->tail), output->tail.len);
        utf8_add_clean(&text, whole.data, whole.len);
        buf_clear(&whole);
    }
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
