/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A machine with one state, one byte at a time, makes tokens; a queue holds them until they are
 * asked for, since a run of equal arrows is looked at as a whole.
 */
#include "tui/keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

enum state {
    GROUND,
    CHARACTER, /* inside UTF-8 */
    ESCAPE,
    CSI,
    CSI_LINUX, /* the Linux console's F1 to F5: ESC [ [ A */
    CSI_MOUSE, /* ESC [ M and three bytes that may be anything */
    SS3,
    STRING, /* OSC, DCS, APC, PM, SOS: until BEL or ST */
    STRING_ESCAPE,
    PASTE,
};

enum {
    SEQUENCE_MAX = 64,
    STRING_MAX = 4096, /* what is longer is no terminal's answer */
    PASTE_MAX = 64 << 20,
    /* With alternate scroll on, a notch of the wheel is 3 or 5 equal arrows within a millisecond. */
    WHEEL_MS = 4,
    WHEEL_MIN = 3,
    /* An unfinished sequence or paste is given up: else it would eat all that is typed. */
    STALL_MS = 1000,
};

struct token {
    enum key_kind kind;
    size_t start, len;
    int arrow; /* -1 up, 1 down, 0 no arrow */
};

struct keys {
    int escape_ms;
    enum state state;
    char pending[SEQUENCE_MAX + 1];
    size_t len; /* of pending; beyond SEQUENCE_MAX only counted */
    struct buf paste;

    struct buf bytes; /* of the tokens, each followed by a NUL */
    struct token *tokens;
    size_t first, count, cap;
    bool settled; /* no more arrows follow the last one */
};

struct keys *keys_new(int escape_ms)
{
    struct keys *keys = xnew(struct keys);
    keys->escape_ms = escape_ms;
    return keys;
}

void keys_free(struct keys *keys)
{
    if (!keys)
        return;
    buf_clear(&keys->paste);
    buf_clear(&keys->bytes);
    free(keys->tokens);
    free(keys);
}

/* ---- Tokens */

static int arrow_of(enum key_kind kind, const char *bytes, size_t len)
{
    if (kind != KEY_SEQUENCE || len != 3 || (bytes[1] != '[' && bytes[1] != 'O'))
        return 0;
    return bytes[2] == 'A' ? -1 : bytes[2] == 'B' ? 1 : 0;
}

static void add_token(struct keys *keys, enum key_kind kind, const char *bytes, size_t len)
{
    if (keys->count == keys->cap) {
        keys->cap = keys->cap ? keys->cap * 2 : 32;
        keys->tokens = xrealloc(keys->tokens, keys->cap * sizeof(*keys->tokens));
    }
    keys->tokens[keys->count++] = (struct token){
        .kind = kind, .start = keys->bytes.len, .len = len, .arrow = arrow_of(kind, bytes, len)};
    buf_add(&keys->bytes, bytes, len);
    buf_addc(&keys->bytes, '\0');
    keys->settled = false;
}

static void to_ground(struct keys *keys)
{
    keys->state = GROUND;
    keys->len = 0;
}

static void emit(struct keys *keys, enum key_kind kind)
{
    if (keys->len <= SEQUENCE_MAX)
        add_token(keys, kind, keys->pending, keys->len);
    to_ground(keys);
}

static void keep(struct keys *keys, unsigned char byte)
{
    if (keys->len < SEQUENCE_MAX)
        keys->pending[keys->len] = (char)byte;
    keys->len++;
}

/* ---- Pastes */

static bool may_be_pasted(uint32_t code)
{
    if (code < 0x20)
        return code == '\n' || code == '\t';
    bool control = code >= 0x7F && code < 0xA0;
    bool tag = code >= 0xE0000 && code < 0xE0080; /* invisible letters: a way to hide words */
    return !control && !tag;
}

static void add_pasted(struct buf *out, const char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        uint32_t code = UTF8_REPLACEMENT;
        int n = utf8_decode(text + at, len - at, &code);
        size_t used = n > 0 ? (size_t)n : n < 0 ? (size_t)-n : len - at;
        if (code == '\r' && at + 1 < len && text[at + 1] == '\n')
            used++;
        if (code == '\r')
            code = '\n';
        if (may_be_pasted(code))
            utf8_add(out, code);
        at += used;
    }
}

static void end_paste(struct keys *keys)
{
    struct buf clean = BUF_INIT;
    add_pasted(&clean, buf_str(&keys->paste), keys->paste.len);
    add_token(keys, KEY_PASTE, buf_str(&clean), clean.len);
    buf_clear(&clean);
    buf_clear(&keys->paste);
    to_ground(keys);
}

static void keep_pasted(struct keys *keys, const char *bytes, size_t len)
{
    if (keys->paste.len + len <= PASTE_MAX)
        buf_add(&keys->paste, bytes, len);
}

/* `len` counts how much of the end mark has been seen; only its first byte is an Esc. */
static void on_paste(struct keys *keys, unsigned char byte)
{
    static const char mark[] = "\033[201~";
    if (byte != (unsigned char)mark[keys->len]) {
        keep_pasted(keys, mark, keys->len);
        keys->len = 0;
    }
    if (byte == (unsigned char)mark[keys->len])
        keys->len++;
    else
        keep_pasted(keys, (const char *)&byte, 1);
    if (keys->len == sizeof(mark) - 1)
        end_paste(keys);
}

/* ---- The states */

static void on_ground(struct keys *keys, unsigned char byte)
{
    keep(keys, byte);
    if (byte == '\033')
        keys->state = ESCAPE;
    else if (byte < 0x80)
        emit(keys, KEY_CHAR);
    else
        keys->state = CHARACTER;
    if (keys->state == CHARACTER && utf8_cut(keys->pending, keys->len) == 0)
        to_ground(keys); /* no character begins so */
}

/* No key is one of these controls; at the end of a line readline 8.2 would never get past it. */
static bool is_c1(uint32_t code)
{
    return code >= 0x80 && code < 0xA0;
}

/* False when the byte is not part of the character: that one is dropped, the byte begins anew. */
static bool on_character(struct keys *keys, unsigned char byte)
{
    uint32_t code;
    keep(keys, byte);
    int n = utf8_decode(keys->pending, keys->len, &code);
    if (n > 0 && is_c1(code))
        to_ground(keys);
    else if (n > 0)
        emit(keys, KEY_CHAR);
    else if (n < 0)
        to_ground(keys);
    return n >= 0;
}

static bool on_escape(struct keys *keys, unsigned char byte)
{
    if (byte == '\033' || byte >= 0x80) {
        emit(keys, KEY_ESCAPE);
        return false;
    }
    keep(keys, byte);
    if (byte == '[')
        keys->state = CSI;
    else if (byte == 'O')
        keys->state = SS3;
    else if (memchr("]P_^X", byte, 5))
        keys->state = STRING;
    else
        emit(keys, KEY_SEQUENCE);
    return true;
}

static bool is_final(unsigned char byte)
{
    return byte >= 0x40 && byte < 0x7F;
}

static bool is_focus(const struct keys *keys)
{
    char final = keys->pending[keys->len - 1];
    return keys->len == 3 && (final == 'I' || final == 'O');
}

/* What terminals say of themselves, and a mouse that somebody left on. */
static bool is_report(const struct keys *keys)
{
    char first = keys->pending[2], final = keys->pending[keys->len - 1];
    return strchr("?><=", first) || strchr("cnRtyIOMm", final);
}

static void end_csi(struct keys *keys)
{
    if (keys->len > SEQUENCE_MAX) {
        to_ground(keys);
    } else if (keys->len == 6 && memcmp(keys->pending, "\033[200~", 6) == 0) {
        to_ground(keys);
        keys->state = PASTE;
    } else if (keys->len == 3 && keys->pending[2] == 'M') {
        keys->state = CSI_MOUSE;
    } else if (is_focus(keys)) {
        emit(keys, KEY_FOCUS);
    } else if (is_report(keys)) {
        to_ground(keys);
    } else {
        emit(keys, KEY_SEQUENCE);
    }
}

static bool on_csi(struct keys *keys, unsigned char byte)
{
    if (byte < 0x20 || byte >= 0x7F) {
        to_ground(keys);
        return false;
    }
    keep(keys, byte);
    if (byte == '[' && keys->len == 3)
        keys->state = CSI_LINUX;
    else if (is_final(byte))
        end_csi(keys);
    return true;
}

static void on_csi_mouse(struct keys *keys, unsigned char byte)
{
    keep(keys, byte);
    if (keys->len == 6)
        to_ground(keys);
}

/* A byte after ESC O or ESC [ [; xterm puts modifiers between. */
static bool on_last(struct keys *keys, unsigned char byte)
{
    if (byte < 0x20 || byte >= 0x7F) {
        to_ground(keys);
        return false;
    }
    keep(keys, byte);
    if (is_final(byte))
        emit(keys, KEY_SEQUENCE);
    return true;
}

static bool on_string(struct keys *keys, unsigned char byte)
{
    keep(keys, byte);
    if (byte == '\033')
        keys->state = STRING_ESCAPE;
    else if (byte < 0x20 || keys->len > STRING_MAX)
        to_ground(keys);
    return byte >= 0x20 || byte == '\a' || byte == '\033';
}

static bool on_string_escape(struct keys *keys, unsigned char byte)
{
    to_ground(keys);
    if (byte == '\\')
        return true;
    on_ground(keys, '\033');
    return false;
}

/* False when the byte is to be taken again, by the state that it led to. */
static bool take(struct keys *keys, unsigned char byte)
{
    switch (keys->state) {
    case GROUND:
        on_ground(keys, byte);
        return true;
    case CHARACTER:
        return on_character(keys, byte);
    case ESCAPE:
        return on_escape(keys, byte);
    case CSI:
        return on_csi(keys, byte);
    case CSI_MOUSE:
        on_csi_mouse(keys, byte);
        return true;
    case CSI_LINUX:
    case SS3:
        return on_last(keys, byte);
    case STRING:
        return on_string(keys, byte);
    case STRING_ESCAPE:
        return on_string_escape(keys, byte);
    case PASTE:
        on_paste(keys, byte);
        return true;
    }
    return true;
}

void keys_feed(struct keys *keys, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        while (!take(keys, (unsigned char)bytes[i]))
            ;
}

/* ---- Handing out */

/* The arrows that stand equal in a row from the first token on. */
static size_t equal_arrows(const struct keys *keys)
{
    size_t n = 0;
    int arrow = keys->tokens[keys->first].arrow;
    while (arrow && keys->first + n < keys->count && keys->tokens[keys->first + n].arrow == arrow)
        n++;
    return n;
}

static void forget_tokens(struct keys *keys)
{
    keys->first = keys->count = 0;
    buf_reset(&keys->bytes);
}

bool keys_next(struct keys *keys, struct key *key)
{
    if (keys->first == keys->count) {
        forget_tokens(keys);
        return false;
    }
    const struct token *token = &keys->tokens[keys->first];
    size_t arrows = equal_arrows(keys);
    bool may_grow = keys->first + arrows == keys->count && !keys->settled;
    if (arrows > 0 && may_grow)
        return false;
    if (arrows >= WHEEL_MIN) {
        *key = (struct key){.kind = KEY_WHEEL, .bytes = "", .rows = token->arrow * (int)arrows};
        keys->first += arrows;
        return true;
    }
    *key = (struct key){
        .kind = token->kind, .bytes = keys->bytes.data + token->start, .len = token->len};
    if (key->kind == KEY_FOCUS)
        key->rows = key->bytes[2] == 'I';
    keys->first++;
    return true;
}

/* Alt-[ and its like look like the beginning of something longer. */
static bool is_alt_key(const struct keys *keys)
{
    bool longer = keys->state == CSI || keys->state == SS3 || keys->state == STRING;
    return longer && keys->len == 2;
}

int keys_wait(const struct keys *keys)
{
    if (keys->first < keys->count)
        return WHEEL_MS;
    if (keys->state == GROUND)
        return -1;
    return keys->state == ESCAPE || is_alt_key(keys) ? keys->escape_ms : STALL_MS;
}

void keys_timeout(struct keys *keys)
{
    if (keys->first < keys->count) {
        keys->settled = true;
        return;
    }
    if (keys->state == ESCAPE)
        emit(keys, KEY_ESCAPE);
    else if (keys->state == PASTE)
        end_paste(keys);
    else if (is_alt_key(keys))
        emit(keys, KEY_SEQUENCE);
    else
        to_ground(keys);
}
