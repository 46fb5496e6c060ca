/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A made-up answer as each provider writes it: as a whole, and as a stream whose pieces are cut by
 * chance.  tests/unit/test_property.c has chat completions, which come in dialects.
 */
#ifndef TESTS_WIRE_FORM_H
#define TESTS_WIRE_FORM_H

#include "made_answer.h"

/* ---- A wire's hand ---- */

struct hand {
    struct buf *out;
    struct dice *dice;
    const char *line_end;
    bool escapes;
    int index; /* of the block or item */
};

struct form {
    const char *wire, *stream_type;
    bool args_are_text; /* so that they may be broken */
    void (*whole)(struct hand *hand, const struct answer *answer);
    void (*stream)(struct hand *hand, const struct answer *answer);
};

static inline void write_text(struct hand *hand, const char *key, const char *text, size_t len)
{
    buf_addf(hand->out, "\"%s\":", key);
    add_string(hand->out, text, len, hand->escapes);
}

static inline void write_joined(struct hand *hand, const char *key, const struct answer *answer,
                                unsigned kind)
{
    struct buf text = BUF_INIT;
    join(&text, answer, kind);
    write_text(hand, key, buf_str(&text), text.len);
    buf_clear(&text);
}

static inline bool has(const struct answer *answer, unsigned kind)
{
    for (int i = 0; i < answer->count; i++)
        if (answer->pieces[i].kind == kind)
            return true;
    return false;
}

static inline void begin_event(struct hand *hand, const char *name)
{
    if (*name)
        buf_addf(hand->out, "event: %s%s", name, hand->line_end);
    buf_adds(hand->out, "data: ");
}

static inline void end_event(struct hand *hand)
{
    buf_addf(hand->out, "%s%s", hand->line_end, hand->line_end);
}

static inline void separate(struct hand *hand)
{
    if (hand->index++ > 0)
        buf_addc(hand->out, ',');
}

/* The wire's own word for how it ended. */
static const char *word_for(const struct answer *answer, const char *stop, const char *length,
                            const char *filter)
{
    return strcmp(answer->reason, "stop") == 0             ? stop
           : strcmp(answer->reason, "length") == 0         ? length
           : strcmp(answer->reason, "content_filter") == 0 ? filter
                                                           : "strange";
}

/* ---- Ollama ---- */

static inline void ollama_call(struct hand *hand, int number, const struct buf *args)
{
    buf_addf(hand->out, "{\"id\":\"call_%d\",\"function\":{\"name\":\"f\",\"arguments\":%s}}",
             number, args->data);
}

static inline void ollama_done(struct hand *hand, const struct answer *answer)
{
    buf_addf(hand->out, ",\"done\":true,\"done_reason\":\"%s\"",
             word_for(answer, "stop", "length", "unload"));
    if (answer->has_usage)
        buf_addf(hand->out, ",\"prompt_eval_count\":%lld,\"eval_count\":%lld",
                 (long long)answer->input, (long long)answer->output);
    buf_adds(hand->out, "}");
}

static inline void ollama_whole(struct hand *hand, const struct answer *answer)
{
    buf_adds(hand->out, "{\"model\":\"q\",\"message\":{\"role\":\"assistant\",");
    write_joined(hand, "content", answer, TEXT);
    buf_addc(hand->out, ',');
    write_joined(hand, "thinking", answer, REASONING);
    buf_adds(hand->out, ",\"tool_calls\":[");
    for (int i = 0; i < answer->count; i++) {
        if (answer->pieces[i].kind == CALL) {
            separate(hand);
            ollama_call(hand, i, &answer->pieces[i].text);
        }
    }
    buf_adds(hand->out, "]}");
    ollama_done(hand, answer);
    buf_addc(hand->out, '\n');
}

static inline void ollama_stream(struct hand *hand, const struct answer *answer)
{
    static const char head[] = "{\"model\":\"q\",\"message\":{\"role\":\"assistant\",";
    static const char *const keys[] = {[TEXT] = "content", [REASONING] = "thinking"};
    for (int i = 0; i < answer->count; i++) {
        const struct piece *piece = &answer->pieces[i];
        buf_addf(hand->out, "%s%s", head, piece->kind == CALL ? "\"tool_calls\":[" : "");
        if (piece->kind == CALL)
            ollama_call(hand, i, &piece->text);
        else
            write_text(hand, keys[piece->kind], piece->text.data, piece->text.len);
        buf_addf(hand->out, "%s},\"done\":false}\n", piece->kind == CALL ? "]" : "");
    }
    buf_addf(hand->out, "%s\"content\":\"\"}", head);
    ollama_done(hand, answer);
    buf_addc(hand->out, '\n');
}

/* ---- Gemini ---- */

static inline void gemini_part(struct hand *hand, int number, const struct piece *piece)
{
    buf_addc(hand->out, '{');
    if (piece->kind == CALL)
        buf_addf(hand->out, "\"functionCall\":{\"id\":\"call_%d\",\"name\":\"f\",\"args\":%s}",
                 number, piece->text.data);
    else
        write_text(hand, "text", piece->text.data, piece->text.len);
    buf_addf(hand->out, "%s}", piece->kind == REASONING ? ",\"thought\":true" : "");
}

static inline void gemini_end(struct hand *hand, const struct answer *answer)
{
    buf_addf(hand->out, "],\"role\":\"model\"},\"finishReason\":\"%s\"}]",
             word_for(answer, "STOP", "MAX_TOKENS", "SAFETY"));
    if (answer->has_usage)
        buf_addf(hand->out,
                 ",\"usageMetadata\":{\"promptTokenCount\":%lld,\"candidatesTokenCount\":%lld}",
                 (long long)answer->input, (long long)answer->output);
    buf_adds(hand->out, ",\"modelVersion\":\"g\",\"responseId\":\"r1\"}");
}

static const char gemini_head[] = "{\"candidates\":[{\"content\":{\"parts\":[";

static inline void gemini_whole(struct hand *hand, const struct answer *answer)
{
    buf_adds(hand->out, gemini_head);
    for (int i = 0; i < answer->count; i++) {
        separate(hand);
        gemini_part(hand, i, &answer->pieces[i]);
    }
    gemini_end(hand, answer);
}

static inline void gemini_stream(struct hand *hand, const struct answer *answer)
{
    for (int i = 0; i < answer->count; i++) {
        begin_event(hand, "");
        buf_adds(hand->out, gemini_head);
        gemini_part(hand, i, &answer->pieces[i]);
        buf_adds(hand->out,
                 "],\"role\":\"model\"}}],\"modelVersion\":\"g\",\"responseId\":\"r1\"}");
        end_event(hand);
    }
    begin_event(hand, "");
    buf_adds(hand->out, gemini_head);
    gemini_end(hand, answer);
    end_event(hand);
}

/* ---- Anthropic ---- */

static const char *anthropic_word(const struct answer *answer)
{
    return word_for(answer, has(answer, CALL) ? "tool_use" : "end_turn", "max_tokens", "refusal");
}

static inline void anthropic_block(struct hand *hand, int number, const struct piece *piece)
{
    static const char *const types[] = {
        [TEXT] = "text", [REASONING] = "thinking", [CALL] = "tool_use"};
    const char *type = types[piece->kind];
    buf_addf(hand->out, "{\"type\":\"%s\",", type);
    if (piece->kind == CALL) {
        buf_addf(hand->out, "\"id\":\"toolu_%d\",\"name\":\"f\",\"input\":%s}", number,
                 piece->text.data);
        return;
    }
    write_text(hand, type, buf_str(&piece->text), piece->text.len);
    buf_adds(hand->out, piece->kind == REASONING ? ",\"signature\":\"c2ln\"}" : "}");
}

static inline void anthropic_whole(struct hand *hand, const struct answer *answer)
{
    buf_adds(hand->out, "{\"id\":\"m1\",\"type\":\"message\",\"model\":\"c\",\"content\":[");
    for (int i = 0; i < answer->count; i++) {
        separate(hand);
        anthropic_block(hand, i, &answer->pieces[i]);
    }
    buf_addf(hand->out, "],\"stop_reason\":\"%s\"", anthropic_word(answer));
    if (answer->has_usage)
        buf_addf(hand->out, ",\"usage\":{\"input_tokens\":%lld,\"output_tokens\":%lld}",
                 (long long)answer->input, (long long)answer->output);
    buf_addc(hand->out, '}');
}

/* Begin an event of a block; what it holds follows, then two closing braces. */
static inline void anthropic_event(struct hand *hand, const char *name, const char *holds)
{
    begin_event(hand, name);
    buf_addf(hand->out, "{\"type\":\"%s\",\"index\":%d,\"%s\":{", name, hand->index, holds);
}

static inline void anthropic_close(struct hand *hand)
{
    buf_adds(hand->out, "}}");
    end_event(hand);
}

static inline void anthropic_deltas(struct hand *hand, const struct piece *piece)
{
    static const char *const types[] = {
        [TEXT] = "text_delta", [REASONING] = "thinking_delta", [CALL] = "input_json_delta"};
    static const char *const keys[] = {
        [TEXT] = "text", [REASONING] = "thinking", [CALL] = "partial_json"};
    for (size_t at = 0; at < piece->text.len;) {
        size_t len = some_of(&piece->text, at, hand->dice);
        anthropic_event(hand, "content_block_delta", "delta");
        buf_addf(hand->out, "\"type\":\"%s\",", types[piece->kind]);
        write_text(hand, keys[piece->kind], piece->text.data + at, len);
        anthropic_close(hand);
        at += len;
    }
    if (piece->kind == REASONING) {
        anthropic_event(hand, "content_block_delta", "delta");
        buf_adds(hand->out, "\"type\":\"signature_delta\",\"signature\":\"c2ln\"");
        anthropic_close(hand);
    }
}

static inline void anthropic_piece(struct hand *hand, int number, const struct piece *piece)
{
    static const char *const starts[] = {[TEXT] = "\"type\":\"text\",\"text\":\"\"",
                                         [REASONING] = "\"type\":\"thinking\",\"thinking\":\"\""};
    anthropic_event(hand, "content_block_start", "content_block");
    if (piece->kind == CALL)
        buf_addf(hand->out, "\"type\":\"tool_use\",\"id\":\"toolu_%d\",\"name\":\"f\",\"input\":{}",
                 number);
    else
        buf_adds(hand->out, starts[piece->kind]);
    anthropic_close(hand);
    anthropic_deltas(hand, piece);
    begin_event(hand, "content_block_stop");
    buf_addf(hand->out, "{\"type\":\"content_block_stop\",\"index\":%d}", hand->index++);
    end_event(hand);
}

static inline void anthropic_stream(struct hand *hand, const struct answer *answer)
{
    begin_event(hand, "message_start");
    buf_adds(hand->out, "{\"type\":\"message_start\",\"message\":{\"id\":\"m1\",\"model\":\"c\","
                        "\"content\":[],\"stop_reason\":null");
    if (answer->has_usage)
        buf_addf(hand->out, ",\"usage\":{\"input_tokens\":%lld,\"output_tokens\":1}",
                 (long long)answer->input);
    anthropic_close(hand);
    for (int i = 0; i < answer->count; i++)
        anthropic_piece(hand, i, &answer->pieces[i]);
    begin_event(hand, "message_delta");
    buf_addf(hand->out, "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"%s\"}",
             anthropic_word(answer));
    if (answer->has_usage)
        buf_addf(hand->out, ",\"usage\":{\"output_tokens\":%lld}", (long long)answer->output);
    buf_adds(hand->out, "}");
    end_event(hand);
    begin_event(hand, "message_stop");
    buf_adds(hand->out, "{\"type\":\"message_stop\"}");
    end_event(hand);
}

/* ---- OpenAI's Responses ---- */

/* A message has a part for what it says and one for what it refuses. */
static inline void responses_message(struct hand *hand, const struct answer *answer)
{
    static const char *const types[] = {[TEXT] = "output_text", [REFUSAL] = "refusal"};
    static const char *const keys[] = {[TEXT] = "text", [REFUSAL] = "refusal"};
    const char *comma = "";
    buf_adds(hand->out, "{\"id\":\"msg_1\",\"type\":\"message\",\"content\":[");
    for (unsigned kind = TEXT; kind <= REFUSAL; kind++) {
        if (!has(answer, kind))
            continue;
        buf_addf(hand->out, "%s{\"type\":\"%s\",", comma, types[kind]);
        write_joined(hand, keys[kind], answer, kind);
        buf_addc(hand->out, '}');
        comma = ",";
    }
    buf_adds(hand->out, "]}");
}

static inline void responses_reasoning(struct hand *hand, const struct answer *answer)
{
    buf_adds(hand->out, "{\"id\":\"rs_1\",\"type\":\"reasoning\",\"encrypted_content\":\"ZW5j\","
                        "\"summary\":[{\"type\":\"summary_text\",");
    write_joined(hand, "text", answer, REASONING);
    buf_adds(hand->out, "}]}");
}

static inline void responses_call(struct hand *hand, int number, const struct buf *args)
{
    buf_addf(hand->out,
             "{\"id\":\"fc_%d\",\"type\":\"function_call\",\"call_id\":\"call_%d\","
             "\"name\":\"f\",",
             number, number);
    write_text(hand, "arguments", buf_str(args), args->len);
    buf_addc(hand->out, '}');
}

static inline void responses_end(struct hand *hand, const struct answer *answer)
{
    const char *why = word_for(answer, "", "max_output_tokens", "content_filter");
    buf_addf(hand->out, ",\"status\":\"%s\"", *why ? "incomplete" : "completed");
    if (*why)
        buf_addf(hand->out, ",\"incomplete_details\":{\"reason\":\"%s\"}", why);
    if (answer->has_usage)
        buf_addf(hand->out, ",\"usage\":{\"input_tokens\":%lld,\"output_tokens\":%lld}",
                 (long long)answer->input, (long long)answer->output);
    buf_addc(hand->out, '}');
}

static inline void responses_whole(struct hand *hand, const struct answer *answer)
{
    buf_adds(hand->out, "{\"id\":\"resp_1\",\"object\":\"response\",\"model\":\"g\",\"output\":[");
    if (has(answer, REASONING)) {
        separate(hand);
        responses_reasoning(hand, answer);
    }
    if (has(answer, TEXT) || has(answer, REFUSAL)) {
        separate(hand);
        responses_message(hand, answer);
    }
    for (int i = 0; i < answer->count; i++) {
        if (answer->pieces[i].kind == CALL) {
            separate(hand);
            responses_call(hand, i, &answer->pieces[i].text);
        }
    }
    buf_addc(hand->out, ']');
    responses_end(hand, answer);
}

static inline void responses_event(struct hand *hand, const char *name)
{
    begin_event(hand, name);
    buf_addf(hand->out, "{\"type\":\"%s\",\"output_index\":%d,", name, hand->index);
}

static inline void responses_close(struct hand *hand)
{
    buf_addc(hand->out, '}');
    end_event(hand);
}

static inline void responses_deltas(struct hand *hand, const char *name, const char *where,
                                    const struct buf *text)
{
    for (size_t at = 0; at < text->len;) {
        size_t len = some_of(text, at, hand->dice);
        responses_event(hand, name);
        buf_adds(hand->out, where);
        write_text(hand, "delta", text->data + at, len);
        responses_close(hand);
        at += len;
    }
}

static inline void responses_added(struct hand *hand, const char *type, int number)
{
    responses_event(hand, "response.output_item.added");
    buf_addf(hand->out, "\"item\":{\"id\":\"%s_%d\",\"type\":\"%s\"", type, number, type);
    if (strcmp(type, "function_call") == 0)
        buf_addf(hand->out, ",\"call_id\":\"call_%d\",\"name\":\"f\",\"arguments\":\"\"", number);
    buf_addc(hand->out, '}');
    responses_close(hand);
}

static inline void responses_text(struct hand *hand, const struct answer *answer, unsigned kind)
{
    static const char *const events[] = {[TEXT] = "response.output_text.delta",
                                         [REFUSAL] = "response.refusal.delta",
                                         [REASONING] = "response.reasoning_summary_text.delta"};
    const char *place = kind == REASONING                      ? "\"summary_index\":0,"
                        : kind == REFUSAL && has(answer, TEXT) ? "\"content_index\":1,"
                                                               : "\"content_index\":0,";
    struct buf text = BUF_INIT;
    join(&text, answer, kind);
    responses_deltas(hand, events[kind], place, &text);
    buf_clear(&text);
}

static inline void responses_item_done(struct hand *hand)
{
    responses_event(hand, "response.output_item.done");
    buf_adds(hand->out, "\"item\":");
}

static inline void responses_stream_reasoning(struct hand *hand, const struct answer *answer)
{
    responses_added(hand, "reasoning", 1);
    responses_text(hand, answer, REASONING);
    responses_item_done(hand);
    responses_reasoning(hand, answer);
    responses_close(hand);
    hand->index++;
}

static inline void responses_stream_message(struct hand *hand, const struct answer *answer)
{
    responses_added(hand, "message", 1);
    responses_text(hand, answer, TEXT);
    responses_text(hand, answer, REFUSAL);
    responses_item_done(hand);
    responses_message(hand, answer);
    responses_close(hand);
    hand->index++;
}

static inline void responses_stream_call(struct hand *hand, int number, const struct buf *args)
{
    responses_added(hand, "function_call", number);
    responses_deltas(hand, "response.function_call_arguments.delta", "", args);
    responses_item_done(hand);
    responses_call(hand, number, args);
    responses_close(hand);
    hand->index++;
}

static inline void responses_stream(struct hand *hand, const struct answer *answer)
{
    const char *why = word_for(answer, "", "length", "filter");
    const char *end = *why ? "response.incomplete" : "response.completed";
    begin_event(hand, "response.created");
    buf_adds(hand->out, "{\"type\":\"response.created\",\"response\":{\"id\":\"resp_1\",\"model\":"
                        "\"g\",\"status\":\"in_progress\"}}");
    end_event(hand);
    if (has(answer, REASONING))
        responses_stream_reasoning(hand, answer);
    if (has(answer, TEXT) || has(answer, REFUSAL))
        responses_stream_message(hand, answer);
    for (int i = 0; i < answer->count; i++)
        if (answer->pieces[i].kind == CALL)
            responses_stream_call(hand, i, &answer->pieces[i].text);
    begin_event(hand, end);
    buf_addf(hand->out,
             "{\"type\":\"%s\",\"response\":{\"id\":\"resp_1\",\"model\":\"g\",\"output\":[]", end);
    responses_end(hand, answer);
    responses_close(hand);
}

static const struct form form_responses = {"responses", "text/event-stream", true, responses_whole,
                                           responses_stream};
static const struct form form_anthropic = {"anthropic", "text/event-stream", false, anthropic_whole,
                                           anthropic_stream};
static const struct form form_ollama = {"ollama", "application/x-ndjson", false, ollama_whole,
                                        ollama_stream};
static const struct form form_gemini = {"gemini", "text/event-stream", false, gemini_whole,
                                        gemini_stream};

#endif
