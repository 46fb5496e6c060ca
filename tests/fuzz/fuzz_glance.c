/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any payloads on any wire: what is read at a glance says what it says when it is parsed.  The first byte
 * picks the wire.  Then there are lines: "event:" and the next payload's name; a payload; or "~", a letter and
 * a text, which is the payload before with this text behind one of its quotes (A is the first).
 */
#include <assert.h>
#include <stdint.h>

#include "forgetful.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct script {
    struct readers readers;
    struct buf name, payload;
};

static void play_line(struct script *script, const char *line, size_t len)
{
    static const char event[] = "event:";
    if (len >= sizeof(event) - 1 && memcmp(line, event, sizeof(event) - 1) == 0) {
        buf_reset(&script->name);
        for (size_t i = sizeof(event) - 1; i < len && line[i] > ' '; i++)
            buf_addc(&script->name, line[i]);
        return;
    }
    if (len >= 2 && *line == '~') {
        payload_edit(&script->payload, (size_t)(unsigned char)line[1] - 'A', line + 2, len - 2);
    } else {
        buf_reset(&script->payload);
        buf_add(&script->payload, line, len);
    }
    readers_take(&script->readers, buf_str(&script->name), buf_str(&script->payload),
                 script->payload.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct codec *const codecs[] = {&codec_openai, &codec_responses, &codec_anthropic,
                                                 &codec_ollama, &codec_gemini};
    enum { THINK = 8 };
    if (size == 0)
        return 0;
    struct script script = {readers_new(codecs[data[0] % 8 % 5], data[0] & THINK), BUF_INIT,
                            BUF_INIT};
    const char *at = (const char *)data + 1, *end = (const char *)data + size;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        play_line(&script, at, (size_t)((stop ? stop : end) - at));
        at = stop ? stop + 1 : end;
    }
    assert(readers_end(&script.readers));
    readers_clear(&script.readers);
    buf_clear(&script.name);
    buf_clear(&script.payload);
    return 0;
}
