/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is read at a glance on each wire says what it says when it is parsed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>

#include "forgetful.h"
#include "io/ndjson.h"
#include "io/sse.h"
#include "quoted.h"
#include "wire_vector.h"

/* ---- Every dialect's pieces, at a glance ---- */

/* The payload of the nth piece has the text TEXT, the number NUMBER and the padding PADDING. */
static const struct {
    const char *about, *wire, *name, *payload;
} dialects[] = {
    {"chat completions", "openai", "",
     "{'id':'x','created':1770000000,'model':'g','choices':[{'index':0,'delta':{'content':'TEXT'},"
     "'logprobs':null,'finish_reason':null}],'usage':null,'obfuscation':'PADDING'}"},
    {"with a clock", "openai", "",
     "{'choices':[{'finish_reason':null,'index':0,'delta':{'content':'TEXT'}}],'created':17NUMBER,"
     "'id':'x','model':'g','object':'chat.completion.chunk'}"},
    {"Mistral's", "openai", "",
     "{'id':'x','created':17,'model':'m','choices':[{'index':0,'delta':{'content':'TEXT'},"
     "'finish_reason':null}],'p':'PADDING'}"},
    {"thoughts", "openai", "",
     "{'id':'x','choices':[{'index':0,'delta':{'content':null,'reasoning_content':'TEXT'}}]}"},
    {"in Python's hand", "openai", "",
     "{'id': 'x', 'choices': [{'index': 0, 'delta': {'content': 'TEXT'}}], 'created': NUMBER}"},
    {"Responses", "responses", "response.output_text.delta",
     "{'type':'response.output_text.delta','sequence_number':NUMBER,'item_id':'msg_1',"
     "'output_index':0,'content_index':0,'delta':'TEXT','logprobs':[],'obfuscation':'PADDING'}"},
    {"thoughts of Responses", "responses", "response.reasoning_text.delta",
     "{'type':'response.reasoning_text.delta','sequence_number':NUMBER,'item_id':'rs_1',"
     "'output_index':0,'content_index':0,'delta':'TEXT'}"},
    {"Messages", "anthropic", "content_block_delta",
     "{'type':'content_block_delta','index':0,'delta':{'type':'text_delta','text':'TEXT'}}"},
    {"thoughts of Messages", "anthropic", "content_block_delta",
     "{'type':'content_block_delta','index':0,'delta':{'type':'thinking_delta',"
     "'thinking':'TEXT'}}"},
    {"Ollama", "ollama", "",
     "{'model':'q','created_at':'2026-01-01T00:00:00.NUMBERZ','message':{'role':'assistant',"
     "'content':'TEXT'},'done':false}"},
    {"thoughts of Ollama", "ollama", "",
     "{'model':'q','created_at':'2026-01-01T00:00:NUMBER','message':{'role':'assistant',"
     "'content':'','thinking':'TEXT'},'done':false}"},
    {"Gemini, without usage", "gemini", "",
     "{'candidates':[{'content':{'parts':[{'text':'TEXT'}],'role':'model'},'index':0}]}"},
};

static size_t allocations;

static void *count_and_allocate(size_t size)
{
    allocations++;
    return malloc(size);
}

static void replace(struct buf *text, const char *word, const char *by)
{
    char *at = strstr(text->data, word);
    if (!at)
        return;
    struct buf made = BUF_INIT;
    buf_add(&made, text->data, (size_t)(at - text->data));
    buf_adds(&made, by);
    buf_adds(&made, at + strlen(word));
    buf_clear(text);
    *text = made;
}

static struct buf nth_payload(const char *form, int n)
{
    static const char *const texts[] = {"a", " bc", "\\n", "\xC3\xA9", "\\\"d\\\"", "e"};
    char *given = quoted(form), number[16];
    struct buf payload = BUF_INIT;
    buf_adds(&payload, given);
    free(given);
    snprintf(number, sizeof(number), "%d", n + 1);
    replace(&payload, "TEXT", texts[n % 6]);
    replace(&payload, "NUMBER", number);
    replace(&payload, "PADDING", &"xxxxxxxx"[n % 8]);
    return payload;
}

static void no_tree_for_a_piece(void **state)
{
    (void)state;
    json_set_alloc_funcs(count_and_allocate, free);
    for (size_t i = 0; i < sizeof(dialects) / sizeof(dialects[0]); i++) {
        struct reader reader = reader_new(codec_find(dialects[i].wire), false, false);
        size_t before = 0, heard = 0;
        for (int n = 0; n < 100; n++) {
            struct buf payload = nth_payload(dialects[i].payload, n);
            reader_take(&reader, dialects[i].name, payload.data, payload.len);
            before = n == 2 ? allocations : before;
            heard = n == 2 ? reader.said.len : heard;
            buf_clear(&payload);
        }
        if (allocations != before || reader.said.len < 20 * heard)
            fail_msg("%s: %zu allocations", dialects[i].about, allocations - before);
        reader_clear(&reader);
    }
    json_set_alloc_funcs(malloc, free);
}

/* The bytes in two parts, or in parts of one; what was said is the caller's. */
static char *said_of(const char *wire, const struct buf *bytes, size_t first, size_t piece)
{
    struct reader reader = reader_new(codec_find(wire), false, false);
    for (size_t at = 0, n; at < bytes->len; at += n) {
        n = at < first ? first : bytes->len - at < piece ? bytes->len - at : piece;
        rn_decoder_feed(reader.decoder, bytes->data + at, n);
        reader_hear(&reader);
    }
    char *said = buf_take(&reader.said);
    reader_clear(&reader);
    return said;
}

static void cut_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(dialects) / sizeof(dialects[0]); i++) {
        struct reader hand = {.takes_lines = strcmp(dialects[i].wire, "ollama") == 0};
        struct buf bytes = BUF_INIT;
        for (int n = 0; n < 6; n++) {
            struct buf payload = nth_payload(dialects[i].payload, n);
            reader_write(&hand, &bytes, dialects[i].name, payload.data, payload.len);
            buf_clear(&payload);
        }
        char *whole = said_of(dialects[i].wire, &bytes, 0, bytes.len);
        for (size_t at = 0; at <= bytes.len; at++) {
            char *cut = at < bytes.len ? said_of(dialects[i].wire, &bytes, at, bytes.len)
                                       : said_of(dialects[i].wire, &bytes, 0, 1);
            assert_string_equal(cut, whole);
            free(cut);
        }
        free(whole);
        buf_clear(&bytes);
    }
}

static void check(struct readers *readers, const char *about, size_t number)
{
    if (!readers_end(readers))
        fail_msg("%s, %zu:\n%s\nbut parsed:\n%s", about, number, buf_str(&readers->usual.said),
                 buf_str(&readers->forgetful.said));
    readers_clear(readers);
}

static void the_same_in_think_tags(void **state)
{
    static const char *const pieces[] = {"<th", "ink>", "so", "</", "thus", "</thi", "nk>", "\\n",
                                         "a",   "b",    "<",  "c",  "d",    "e",     "f"};
    static const char form[] = "{'choices':[{'delta':{'content':'TEXT'}}]}";
    (void)state;
    for (size_t first = 0; first < sizeof(pieces) / sizeof(pieces[0]); first++) {
        struct readers readers = readers_new(&codec_openai, true);
        for (size_t i = first; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
            struct buf payload = BUF_INIT;
            char *given = quoted(form);
            buf_adds(&payload, given);
            replace(&payload, "TEXT", pieces[i]);
            readers_take(&readers, "", payload.data, payload.len);
            buf_clear(&payload);
            free(given);
        }
        check(&readers, "from", first);
    }
}

static const struct {
    const char *wire, *about, *payload, *last;
} together[] = {
    {"openai", "arguments that are held back beside a text",
     "{'choices':[{'delta':{'content':'TEXT','tool_calls':[{'function':{'arguments':'x'}}]}}]}",
     "{'choices':[{'delta':{'tool_calls':[{'id':'c','function':{'name':'f'}}]}}]}"},
    {"openai", "what goes back, beside a text",
     "{'choices':[{'delta':{'content':'TEXT','reasoning_details':[{'data':'x'}]}}]}", "{}"},
    {"openai", "a thought that stands in for one",
     "{'choices':[{'delta':{'reasoning_content':'TEXT','reasoning':'b'}}]}",
     "{'choices':[{'delta':{'reasoning_content':'','reasoning':'b'}}]}"},
    {"openai", "two texts", "{'choices':[{'delta':{'content':'TEXT','reasoning':'x'}}]}", "{}"},
    {"openai", "a code point that stands for half of one only where there are halves",
     "{'x':'\\ud83d','choices':[{'delta':{'content':'TEXT'}}]}",
     "{'x':'\\ud83d','choices':[{'delta':{'content':'\xF4\x8D\xA0\xBD'}}]}"},
    {"openai", "a reason to stop",
     "{'choices':[{'delta':{'content':'TEXT'},'finish_reason':'length'}]}", "{}"},
    {"openai", "a usage", "{'choices':[{'delta':{'content':'TEXT'}}],'usage':{'prompt_tokens':3}}",
     "{}"},
    {"gemini", "code, which is said in a fence",
     "{'candidates':[{'content':{'parts':[{'executableCode':{'code':'TEXT'}}]}}]}", "{}"},
    {"gemini", "a call that goes on, beside a text",
     "{'candidates':[{'content':{'parts':[{'text':'TEXT'},"
     "{'functionCall':{'name':'f','willContinue':true}}]}}]}",
     "{'candidates':[{'content':{'parts':[{'functionCall':{}}]},'finishReason':'STOP'}]}"},
    {"anthropic", "blocks that begin with a text",
     "{'type':'content_block_start','index':0,'content_block':{'type':'text','text':'TEXT'}}",
     "{'type':'content_block_stop','index':0}"},
    {"responses", "whole texts, of which the first counts",
     "{'type':'response.output_text.done','item_id':'m','output_index':0,'text':'TEXT'}", "{}"},
    {"responses", "items that are done",
     "{'type':'response.output_item.done','item':{'type':'message','content':'TEXT'}}", "{}"},
    {"ollama", "a call beside a text",
     "{'message':{'content':'TEXT','tool_calls':[{'function':{'name':'f','arguments':{}}}]}}",
     "{'done':true}"},
};

static void the_same_beside_a_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(together) / sizeof(together[0]); i++) {
        struct readers readers = readers_new(codec_find(together[i].wire), false);
        for (int n = 0; n < 6; n++) {
            struct buf payload = nth_payload(together[i].payload, n);
            readers_take(&readers, "", payload.data, payload.len);
            buf_clear(&payload);
        }
        char *last = quoted(together[i].last);
        readers_take(&readers, "", last, strlen(last));
        free(last);
        readers_take(&readers, "", "[DONE]", 6);
        check(&readers, together[i].about, i);
    }
}

/* ---- Every payload of every vector, with every value changed ---- */

struct payloads {
    struct named {
        char *name;
        struct buf data;
    } list[64];
    size_t count;
};

static void keep(struct payloads *payloads, const char *name, const char *data, size_t len)
{
    assert_true(payloads->count < sizeof(payloads->list) / sizeof(payloads->list[0]));
    struct named *kept = &payloads->list[payloads->count++];
    *kept = (struct named){strdup(name), BUF_INIT};
    buf_add(&kept->data, data, len);
}

static void cut_lines(struct payloads *payloads, const struct buf *body)
{
    struct ndjson *ndjson = ndjson_new();
    struct ndjson_line line;
    ndjson_feed(ndjson, body->data, body->len);
    while (ndjson_next(ndjson, &line))
        keep(payloads, "", line.data, line.len);
    ndjson_free(ndjson);
}

static void cut_events(struct payloads *payloads, const struct buf *body)
{
    struct sse *sse = sse_new();
    struct sse_event event;
    sse_feed(sse, body->data, body->len);
    while (sse_next(sse, &event))
        keep(payloads, event.name, event.data, event.data_len);
    sse_free(sse);
}

/* Set the value of the nth field that has none inside; false when there are not so many. */
static bool set_value(struct buf *payload, size_t nth, const char *value)
{
    const char *at = buf_str(payload);
    for (size_t n = 0; (at = strstr(at, "\":")); n += !strchr("{[", *at)) {
        at += strspn(at + 2, " ") + 2;
        if (n == nth && !strchr("{[", *at))
            break;
    }
    const char *quote = at && *at == '"' ? strchr(at + 1, '"') : NULL;
    if (!at || (*at == '"' && !quote))
        return false;
    size_t len = quote ? (size_t)(quote + 1 - at) : strcspn(at, ",}] ");
    struct buf made = BUF_INIT;
    buf_add(&made, payload->data, (size_t)(at - payload->data));
    buf_adds(&made, value);
    buf_adds(&made, at + len);
    buf_clear(payload);
    *payload = made;
    return true;
}

struct change {
    size_t field;
    const char *value; /* NULL: as it is */
};

static bool take_changed(struct readers *readers, const struct named *named, struct change first,
                         struct change second)
{
    struct buf payload = BUF_INIT;
    buf_add(&payload, named->data.data, named->data.len);
    bool done = set_value(&payload, first.field, first.value) &&
                (!second.value || set_value(&payload, second.field, second.value));
    if (done)
        readers_take(readers, named->name, payload.data, payload.len);
    buf_clear(&payload);
    return done;
}

static struct readers play_until(const struct codec *codec, const struct payloads *payloads,
                                 size_t nth)
{
    struct readers readers = readers_new(codec, false);
    for (size_t i = 0; i <= nth; i++)
        readers_take(&readers, payloads->list[i].name, buf_str(&payloads->list[i].data),
                     payloads->list[i].data.len);
    return readers;
}

/* The form of one payload becomes sure; then another field of it changes too. */
static void change_another(const struct codec *codec, const struct payloads *payloads, size_t nth,
                           size_t field, const char *about)
{
    static const char *const values[] = {"1",           "7",    "null",     "true",
                                         "\"a\"",       "\"\"", "\"stop\"", "\"error\"",
                                         "\"\\ud83d\"", "{}",   "[\"b\"]"};
    const struct named *named = &payloads->list[nth];
    bool exists = true;
    for (size_t other = 0; exists; other++) {
        struct readers readers = play_until(codec, payloads, nth);
        for (size_t i = 0; exists && i < sizeof(values) / sizeof(values[0]); i++) {
            take_changed(&readers, named, (struct change){field, "\"one\""}, (struct change){0});
            take_changed(&readers, named, (struct change){field, "\"two\""}, (struct change){0});
            exists = take_changed(&readers, named, (struct change){field, "\"three\""},
                                  (struct change){other, values[i]});
        }
        check(&readers, about, nth);
    }
}

static void change_each(const struct codec *codec, const struct payloads *payloads, size_t nth,
                        const char *about)
{
    static const char *const texts[] = {"\"a\"",       "\"b c\"", "\"\\n\"",  "\"\"", "\"d\\\\\"",
                                        "\"\\ud83d\"", "\"e\"",   "\"told\"", "7"};
    bool exists = true;
    for (size_t field = 0; exists; field++) {
        struct readers readers = play_until(codec, payloads, nth);
        for (size_t i = 0; exists && i < sizeof(texts) / sizeof(texts[0]); i++)
            exists = take_changed(&readers, &payloads->list[nth], (struct change){field, texts[i]},
                                  (struct change){0});
        bool is_told = strstr(buf_str(&readers.usual.said), "\"told\"");
        check(&readers, about, nth);
        if (is_told)
            change_another(codec, payloads, nth, field, about);
    }
}

static void play_vector(const struct codec *codec, const struct vector *vector)
{
    struct payloads payloads = {0};
    if (codec->framing == FRAMING_NDJSON)
        cut_lines(&payloads, &vector->body);
    else
        cut_events(&payloads, &vector->body);
    for (size_t i = 0; i < payloads.count; i++)
        change_each(codec, &payloads, i, vector->name);
    for (size_t i = 0; i < payloads.count; i++) {
        free(payloads.list[i].name);
        buf_clear(&payloads.list[i].data);
    }
}

static void the_same_as_parsed(void **state)
{
    static const struct {
        const char *wire, *pattern;
        size_t least;
    } sets[] = {{"openai", "tests/wire/openai-chat-*.expect.json", 21},
                {"responses", "tests/wire/openai-responses-*.expect.json", 7},
                {"anthropic", "tests/wire/anthropic-*.expect.json", 10},
                {"ollama", "tests/wire/ollama-*.expect.json", 6},
                {"gemini", "tests/wire/gemini-*.expect.json", 8}};
    (void)state;
    for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
        glob_t files;
        assert_int_equal(glob(sets[i].pattern, 0, NULL, &files), 0);
        assert_true(files.gl_pathc >= sets[i].least);
        for (size_t n = 0; n < files.gl_pathc; n++) {
            struct vector vector;
            assert_true(vector_load(&vector, files.gl_pathv[n]));
            play_vector(codec_find(sets[i].wire), &vector);
            vector_clear(&vector);
        }
        globfree(&files);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_tree_for_a_piece),    cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(the_same_beside_a_text), cmocka_unit_test(the_same_in_think_tags),
        cmocka_unit_test(the_same_as_parsed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
