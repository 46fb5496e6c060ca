/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * librunnel: talk with language models by streaming.
 *
 *      rn_model *model = RN_MODEL(.provider = "ollama", .model = "llama3.2");
 *      rn_stream *s = rn_model_stream(model, "Hello world");
 *      for (const rn_event *chunk; (chunk = rn_next(s)); ) {
 *              fputs(chunk->content, stdout);
 *              fflush(stdout);
 *      }
 *      rn_close(s);
 *      rn_model_free(model);
 *
 * stream gives each piece as it is made; invoke gives the whole when it is there; both are the
 * same run, and the pieces joined are the whole.
 *
 * Events.  A run is a sequence of events: one start, the pieces, at most one error, one finish,
 * always.  A reader that knows only ai, tool and result is already right.  No string in an event
 * or a message is ever NULL, and `content` is empty on all kinds but ai: so the loop above needs
 * no condition.
 *
 * Ownership.  Strings passed in are copied.  What is reached from an event or a snapshot is
 * borrowed and lasts until the next step on that stream or its close.  What rn_collect, rn_text
 * and rn_model_invoke return is the caller's.  Every function that frees or closes takes NULL.
 *
 * Errors.  No constructor returns NULL.  What goes wrong is sticky on the stream: it comes
 * in-band as an error event before finish, and rn_close returns it.  Only out of memory ends the
 * process; limits on all that comes from outside keep it away.
 *
 * Threads.  Streams are independent of each other.  One stream belongs to one thread at a time;
 * only rn_cancel may be called from any other, and from a signal handler.  The library changes
 * no signal disposition, and its one thread (an rn_io's) has all signals blocked.
 */
#ifndef RUNNEL_H
#define RUNNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RN_VERSION "0.1.0"

#if defined(__GNUC__)
#define RN_API __attribute__((visibility("default")))
#define RN_FORMAT(text, first) __attribute__((format(printf, text, first)))
#else
#define RN_API
#define RN_FORMAT(text, first)
#endif

/* ---- How a step or a run went -------------------------------------------------------------- */

enum rn_status {
    RN_OK = 0,
    RN_EVENT = 1,           /* rn_step: here is an event */
    RN_DONE = 2,            /* rn_step: the run has ended, there are no more */
    RN_AGAIN = 3,           /* rn_step: nothing now; wait on rn_fd */

    RN_ECANCELLED = -1,     /* rn_cancel, or a callback's wish */
    RN_ECONNECT = -2,       /* no connection, or it broke before an answer */
    RN_EHTTP = -3,          /* the server's HTTP status says no */
    RN_EPROVIDER = -4,      /* the provider says no, inside an answer */
    RN_EPROTOCOL = -5,      /* bytes that are not what the wire promises */
    RN_ETRUNCATED = -6,     /* the bytes ended before the answer did */
    RN_ETIMEOUT = -7,
    RN_ELIMIT = -8,         /* something from outside grew past its bound */
    RN_ECONFIG = -9,        /* a setting that cannot work: unknown provider, no model, no key */
    RN_EIO = -10,           /* a file, a socket or a process of this machine */
};

/* The word of the error event's `code` ("connect", "http", ...); a static string. */
RN_API const char *rn_status_name(int status);

/* ---- Events -------------------------------------------------------------------------------- */

enum rn_kind {              /* bits, so that a set of kinds is one number */
    RN_START = 1 << 0,
    RN_AI = 1 << 1,         /* content: a piece of the answer */
    RN_REASONING = 1 << 2,  /* text: a piece of the model's thinking */
    RN_TOOL_DELTA = 1 << 3, /* args: a piece of a call that is being written */
    RN_TOOL = 1 << 4,       /* tool, args: a call, its arguments complete */
    RN_APPROVAL = 1 << 5,
    RN_PROGRESS = 1 << 6,   /* text, fraction: from inside a running tool */
    RN_RESULT = 1 << 7,     /* output: what the tool gave, exactly as the model will see it */
    RN_USER = 1 << 8,       /* text: a prompt added while the run goes on */
    RN_OPAQUE = 1 << 9,     /* to be sent back byte for byte, shown to nobody */
    RN_USAGE = 1 << 10,
    RN_RETRY = 1 << 11,
    RN_ERROR = 1 << 12,
    RN_FINISH = 1 << 13,
    RN_UNKNOWN = 1 << 14,   /* a type from a newer version, only in a replay: pass it on */
};

enum rn_mode { RN_STREAM, RN_INVOKE };

/* Tokens, as the provider counts them; -1 where it did not say.  Levels, never increments.
 * input includes cached, output includes reasoning. */
typedef struct rn_usage {
    int64_t input, output, cached, cache_write, reasoning;
    double cost;            /* in US dollars, the provider's or by rn_model_options.prices; negative:
                               unknown */
    bool estimated;         /* the figures are ours, not the provider's */
} rn_usage;

/* Milliseconds from the start of the request; -1 where it did not happen. */
typedef struct rn_timing {
    int64_t resolve, connect, tls, first_byte;
} rn_timing;

typedef struct rn_start {
    const char *run, *parent;       /* ids of this run and of the one it continues */
    const char *time;               /* wall clock, RFC 3339 */
    const char *provider, *model, *system;
    const char *input;              /* JSON array: the messages this run adds */
    const char *tools;              /* JSON array of names */
    enum rn_mode mode;
} rn_start;

/* What is left until the provider's rate limits, where it is little: less than a tenth, or fewer than
 * three requests.  -1: enough, or it did not say. */
typedef struct rn_limits {
    int64_t requests, tokens;
    int64_t reset_ms;       /* until there is as much as ever again */
} rn_limits;

typedef struct rn_finish {
    const char *reason;     /* stop, length, tool_calls, content_filter, refusal, pause, cancelled,
                               error, truncated, max_steps, other */
    const char *raw;        /* the provider's own word */
    bool partial;           /* the text is not all there is */
    unsigned steps;         /* how many model calls */
    int64_t ms, ttft_ms;    /* the run; until its first piece (-1: none came) */
    rn_timing timing;       /* of the last request */
    const rn_limits *limits; /* NULL: nothing to say */
} rn_finish;

typedef struct rn_retry {
    unsigned attempt, max;  /* this is attempt 2 of 3 */
    int64_t delay_ms;
    int http;               /* the status that is the reason; 0: none */
} rn_retry;

typedef struct rn_failure {
    enum rn_status code;
    int http;                       /* 0: none */
    const char *provider_code;
    bool retryable;                 /* the same request may work later */
} rn_failure;

typedef struct rn_opaque {
    const char *field, *data;       /* data: JSON text */
    const char *call, *item;        /* the tool call or the item it belongs to, if any */
    int64_t index;                  /* the block it belongs to; -1: none */
} rn_opaque;

typedef struct rn_event {
    enum rn_kind kind;
    const char *type;               /* "ai", "tool", ...: the JSON's `type` */
    uint64_t seq;                   /* 1, 2, 3 ... in a run; 0 on tool_delta */
    int64_t t;                      /* ms since the run began, when its bytes arrived */
    unsigned step;                  /* which model call, from 1; 0 where it does not apply */
    const char *run;                /* where runs interleave, else "" */
    const char *id;                 /* of the message, or of the call */

    const char *content;            /* ai */
    size_t content_len;
    bool refusal;                   /* ai: the model declines */
    const char *text;               /* reasoning, progress, user; start: the prompt; error: the
                                       message; retry: the reason; approval: why */
    size_t text_len;
    const char *tool;               /* tool, tool_delta, approval, progress, result */
    const char *args;               /* JSON; tool_delta: a fragment; invalid: what the model wrote */
    bool invalid;                   /* tool: the arguments are no JSON object; it is not run */
    const char *output;             /* result */
    size_t output_len;
    const char *status;             /* result: ok, error, denied, cancelled;
                                       approval: requested, allowed, denied */
    const char *by;                 /* approval: user, policy */
    const char *new_args;           /* approval: what the user made of the arguments */
    int64_t ms;                     /* result: how long it took */
    double fraction;                /* progress: 0 to 1, or negative */

    const rn_start *start;          /* each NULL on all other kinds */
    const rn_usage *usage;          /* usage: this step's; finish: the run's */
    const rn_retry *retry;
    const rn_failure *error;
    const rn_opaque *opaque;
    const rn_finish *finish;

    const char *json;               /* in a replay: the line as it stands in the session, else "" */
} rn_event;

/* The event as one line of JSON, without a newline.  As snprintf: writes at most `size` bytes, the
 * last a NUL, and returns the length of the whole. */
RN_API size_t rn_event_json(const rn_event *event, char *line, size_t size);

/* ---- Messages: what a run adds up to ------------------------------------------------------- */

typedef struct rn_call {
    const char *id, *tool, *args;
    bool invalid;
} rn_call;

typedef struct rn_message {
    const char *run, *id, *model;
    const char *content;            /* all ai pieces joined */
    size_t content_len;
    const char *reasoning;
    size_t reasoning_len;
    const rn_call *calls;
    size_t call_count;
    bool refusal;
    const char *reason;             /* as rn_finish; "" while the run goes on */
    bool partial;
    unsigned steps;
    int64_t ms, ttft_ms;
    rn_usage usage;
    int status;                     /* RN_OK, or why it failed */
    const char *error;              /* the error's message, "" without one */
} rn_message;

RN_API void rn_message_free(rn_message *message);
/* The message as one line of JSON; as rn_event_json. */
RN_API size_t rn_message_json(const rn_message *message, char *line, size_t size);

/* ---- The I/O thread ------------------------------------------------------------------------ */

/* One thread that moves bytes for any number of models.  It starts with its first request, and must
 * outlive the models that were given it. */
typedef struct rn_io rn_io;

RN_API rn_io *rn_io_new(void);
RN_API void rn_io_free(rn_io *io);

/* Write a debug log, a line at a time, to this descriptor (borrowed; -1: none).  Keys are left out.
 * Call it before the first stream. */
RN_API void rn_io_log(rn_io *io, int fd);

/* ---- Models -------------------------------------------------------------------------------- */

/* Constant once made: any number of streams and threads.  It may be freed while they go on. */
typedef struct rn_model rn_model;

/* US dollars for a million tokens; a negative one is not known (cached and cache_write: as input). */
typedef struct rn_prices {
    double input, output, cached, cache_write;
} rn_prices;

typedef struct rn_model_options {
    size_t size;                    /* set by RN_MODEL: lets the struct grow */
    const char *provider;           /* a name of rn_providers(); NULL: openai */
    const char *model;              /* as the provider names it */
    const char *wire;               /* the dialect, NULL: the provider's ("openai") */
    const char *url;                /* the API's base, ".../v1"; NULL: the provider's */
    const char *key;                /* NULL: none.  Wiped from memory with the model */
    const char *unix_socket;        /* connect to this path instead of the URL's host */
    const char *const *headers;     /* "Name: value", ended by NULL */
    const char *system;             /* for rn_model_stream and rn_model_invoke */
    const char *ca_file;            /* trust these certificates instead of the system's */
    const char *extra;              /* JSON object merged into each request */
    double *temperature;            /* NULL: the provider's */
    int64_t max_tokens;             /* 0: the provider's */
    const char *reasoning;          /* effort: none, minimal, low, medium, high; NULL: not said */
    const char *const *stop;        /* end the answer before any of these; ended by NULL */
    const char *schema;             /* JSON Schema that the answer must follow; NULL: none */
    const rn_prices *prices;        /* for the cost where the provider says none; NULL: not known */
    /* Time limits, 0: defaults that suit the server's place.  To connect; to the first byte; between
     * bytes; between events (a server may keep a connection alive for ever and say nothing). */
    int connect_ms, first_ms, idle_ms, silence_ms;
    int retries;                    /* beyond the first attempt; 0: two, negative: none */
    size_t queue_bytes;             /* what may wait unread before the server is paused; 0: 1 MiB */
    unsigned events;                /* kinds to deliver; 0: all but tool_delta */
    bool plain_http_key;            /* allow a key over http to another machine */
    bool insecure;                  /* do not verify the server's certificate */
    bool max_completion_tokens;     /* the name OpenAI's reasoning models want for max_tokens */
    bool no_stream_options;         /* the server rejects stream_options */
    bool think_tags;                /* split <think>...</think> at the start into reasoning */
    int record_fd;                  /* write the raw wire record here (borrowed); 0: no record */
    rn_io *io;                      /* NULL: its own */
} rn_model_options;

#define RN_MODEL(...) \
    rn_model_new(&(rn_model_options){.size = sizeof(rn_model_options), __VA_ARGS__})

/* Make a model.  One with settings that cannot work is made all the same: rn_model_error says what
 * is wrong, and its streams fail with RN_ECONFIG. */
RN_API rn_model *rn_model_new(const rn_model_options *options);
RN_API void rn_model_free(rn_model *model);
RN_API const char *rn_model_error(const rn_model *model);   /* "" when it is well */
RN_API const char *rn_model_url(const rn_model *model);     /* where requests go */

typedef struct rn_provider {
    const char *name, *wire, *url;
    const char *key_env;            /* the variable that by custom holds its key; "" needs none */
} rn_provider;

/* The providers known by name, ended by one whose name is NULL. */
RN_API const rn_provider *rn_providers(void);

/* Whether the model's wire has a form for an attachment of this type ("image/png"), given inline or by
 * its URL.  The model itself may still be blind.  Text can always be attached. */
RN_API bool rn_model_takes(const rn_model *model, const char *type, bool is_url);

/* ---- What a server offers ------------------------------------------------------------------ */

typedef struct rn_listed {
    const char *name;               /* as rn_model_options takes it */
    const char *title;              /* for people; "" */
    int64_t context, output;        /* tokens: all, and an answer's; -1: not told */
    int images, tools, reasoning;   /* 1: it can, 0: it cannot, -1: not told */
    rn_prices prices;
} rn_listed;

typedef struct rn_listing rn_listing;

/* Ask a server for its models.  Of the options only those count that say where it is and who asks; no
 * model need be named.  It is asked at once, in the background. */
RN_API rn_listing *rn_list_models(const rn_model_options *options);
/* RN_DONE when the list is there, RN_AGAIN when it is not within `timeout_ms` (0: do not wait, -1: no
 * limit), or how it failed. */
RN_API int rn_listing_step(rn_listing *listing, int timeout_ms);
RN_API int rn_listing_fd(const rn_listing *listing);            /* for poll(2), as rn_fd */
RN_API const char *rn_listing_error(const rn_listing *listing); /* "" when all is well */
/* The nth model, from 0, in the server's order; NULL after the last.  It lasts as long as the list. */
RN_API const rn_listed *rn_listing_model(const rn_listing *listing, size_t nth);
RN_API void rn_listing_free(rn_listing *listing);

/* ---- Conversations ------------------------------------------------------------------------- */

/* What has been said so far.  A run takes a copy when it starts. */
typedef struct rn_conversation rn_conversation;

/* What a user's message carries besides its words. */
typedef struct rn_attachment {
    const char *name;               /* a file's, for the model; "" */
    const char *type;               /* "image/png", "text/plain"; NULL: as rn_media_type finds */
    const void *data;               /* the bytes; copied */
    size_t len;
    const char *url;                /* instead of bytes: the provider fetches it */
} rn_attachment;

/* What these bytes are, by their beginning: an image's type, "application/pdf", "text/plain" for UTF-8
 * without control characters; "application/octet-stream".  A static string. */
RN_API const char *rn_media_type(const void *data, size_t len);

RN_API rn_conversation *rn_conversation_new(const char *system);    /* NULL: no system prompt */
RN_API void rn_conversation_free(rn_conversation *conversation);
/* One that grows apart, maybe on another thread: nothing is shared. */
RN_API rn_conversation *rn_conversation_copy(const rn_conversation *conversation);
RN_API void rn_conversation_system(rn_conversation *conversation, const char *system);
RN_API void rn_conversation_user(rn_conversation *conversation, const char *text);
/* Attach something to the last message, which must be the user's; -1 when it is not, or the attachment
 * is neither text nor named by a type nor a URL. */
RN_API int rn_conversation_attach(rn_conversation *conversation, const rn_attachment *attachment);
/* Add a run's answer; a partial one stays in the conversation, marked as such. */
RN_API void rn_conversation_add(rn_conversation *conversation, const rn_message *answer);
/* Take back the last user's message and all that came after it; false when there is none. */
RN_API bool rn_conversation_undo(rn_conversation *conversation);
/* Take back only what came after the last user's message, so that it can be asked again. */
RN_API bool rn_conversation_rewind(rn_conversation *conversation);
RN_API size_t rn_conversation_length(const rn_conversation *conversation);
/* The nth message, from 0: who said it (user, assistant, tool) and what; "" beyond the last. */
RN_API const char *rn_conversation_role(const rn_conversation *conversation, size_t nth);
RN_API const char *rn_conversation_content(const rn_conversation *conversation, size_t nth);
/* What the nth message carries, the kth of it, borrowed until the next change; false when there is no
 * such thing.  `len` is told of every file, `data` only of text. */
RN_API bool rn_conversation_attachment(const rn_conversation *conversation, size_t nth, size_t kth,
                                       rn_attachment *attachment);
/* How much there is, as it is kept: a wire adds signs of its own. */
typedef struct rn_bulk {
    size_t messages, bytes;         /* what was said, the calls of tools and their results */
    size_t attachments, attachment_bytes;
    size_t tokens;                  /* roughly: of all that is text */
} rn_bulk;

RN_API rn_bulk rn_conversation_bulk(const rn_conversation *conversation);
/* The text of the last user's message, "" without one; borrowed until the next change. */
RN_API const char *rn_conversation_prompt(const rn_conversation *conversation);

/* ---- Runs ---------------------------------------------------------------------------------- */

typedef struct rn_stream rn_stream;

RN_API rn_stream *rn_model_stream(rn_model *model, const char *prompt);
/* Ask for the whole answer at once and wait for it.  The caller frees it; look at its status. */
RN_API rn_message *rn_model_invoke(rn_model *model, const char *prompt);
/* The general form of both: continue a conversation, in either mode. */
RN_API rn_stream *rn_model_start(rn_model *model, const rn_conversation *conversation,
                                 enum rn_mode mode);

/* Pull: the next event, waiting for it as long as it takes; NULL at the end. */
RN_API const rn_event *rn_next(rn_stream *stream);
/* Pull with a limit: RN_EVENT and an event, RN_DONE at the end, RN_AGAIN when none came within
 * `timeout_ms` (0: do not wait, -1: no limit). */
RN_API int rn_step(rn_stream *stream, const rn_event **event, int timeout_ms);
/* For poll(2): readable whenever rn_step would not say RN_AGAIN, and now and then when it would. */
RN_API int rn_fd(const rn_stream *stream);
/* Push: call back for each event on this thread until the end; non-zero cancels the run.
 * Returns what rn_close will. */
typedef int rn_event_fn(const rn_event *event, void *user);
RN_API int rn_run(rn_stream *stream, rn_event_fn *fn, void *user);

/* What has come so far. */
RN_API const rn_message *rn_snapshot(rn_stream *stream);
/* Drain it, and return the whole: the caller frees it.  The stream is still to be closed. */
RN_API rn_message *rn_collect(rn_stream *stream);
/* Drain it, close it, return the answer's text (free it): all pieces joined.  `status`, if given,
 * says how it ended; what came before an error is returned all the same. */
RN_API char *rn_text(rn_stream *stream, int *status);

/* Stop the run: from any thread or a signal handler, as often as you like, while the stream is
 * open.  What has come is kept; finish comes with reason cancelled. */
RN_API void rn_cancel(rn_stream *stream);
/* Free the stream, cancelling it if it goes on.  RN_OK, or how the run failed. */
RN_API int rn_close(rn_stream *stream);

/* ---- Agents: a model that calls tools ------------------------------------------------------- */

enum rn_policy { RN_ASK, RN_ALLOW, RN_DENY };

/* One call of a C function tool, while it is being carried out; valid inside rn_tool_fn only. */
typedef struct rn_task rn_task;

RN_API const char *rn_task_id(const rn_task *task);
/* Add to what the model will see. */
RN_API void rn_task_output(rn_task *task, const char *text, size_t len);
RN_API void rn_task_printf(rn_task *task, const char *format, ...) RN_FORMAT(2, 3);
/* Tell whoever watches how far it is: 0 to 1, negative when that is not known. */
RN_API void rn_task_progress(rn_task *task, double fraction, const char *format, ...)
    RN_FORMAT(3, 4);
/* The run has been cancelled: come back soon. */
RN_API bool rn_task_cancelled(const rn_task *task);

/* Called on the thread that steps the stream, one call at a time.  `args` is a JSON object.  0, or
 * non-zero when the tool failed: the output then says why, for the model. */
typedef int rn_tool_fn(rn_task *task, const char *args, void *user);

/* A tool is a function, or a command: a process of its own session that gets the arguments on stdin
 * and gives its result on stdout, progress as lines on stderr; its exit status is 0, or it failed.
 * Calls of commands run side by side. */
typedef struct rn_tool {
    size_t size;                /* set by RN_TOOL */
    const char *name;           /* letters, digits, _ and -, at most 64 */
    const char *description;    /* for the model */
    const char *schema;         /* JSON Schema of the arguments, an object; NULL: none are taken */
    rn_tool_fn *run;
    void *user;                 /* the caller's */
    const char *const *command; /* argv, ended by NULL; instead of run */
    const char *const *environment; /* for the command, "NAME=value", ended by NULL; NULL: PATH,
                                       HOME, LANG and the like, and nothing that may be a key */
    int timeout_ms;             /* of a command; 0: one minute */
    size_t output_max;          /* bytes; of a longer output the middle is left out.  0: 64 KiB */
} rn_tool;

/* May this call run?  Asked for each call before anything is done, on the thread that steps the
 * stream. */
typedef enum rn_policy rn_policy_fn(const char *tool, const char *args, void *user);

typedef struct rn_agent_options {
    size_t size;                /* set by RN_AGENT */
    rn_model *model;            /* held */
    const char *system;         /* for rn_agent_stream and rn_agent_invoke */
    rn_policy_fn *policy;       /* NULL: every call may run */
    void *policy_user;          /* the caller's */
    unsigned max_steps;         /* model calls in a run; 0: 30 */
    bool whole_messages;        /* one ai event for each message of the model, not one for each piece */
} rn_agent_options;

typedef struct rn_agent rn_agent;   /* constant from its first run on; it may be freed while runs go on */

#define RN_AGENT(...) \
    rn_agent_new(&(rn_agent_options){.size = sizeof(rn_agent_options), __VA_ARGS__})
#define RN_TOOL(agent, ...) \
    rn_agent_tool((agent), &(rn_tool){.size = sizeof(rn_tool), __VA_ARGS__})

RN_API rn_agent *rn_agent_new(const rn_agent_options *options);
RN_API void rn_agent_tool(rn_agent *agent, const rn_tool *tool);
RN_API void rn_agent_free(rn_agent *agent);
RN_API const char *rn_agent_error(const rn_agent *agent);   /* "" when it is well */

RN_API rn_stream *rn_agent_stream(rn_agent *agent, const char *prompt);
RN_API rn_message *rn_agent_invoke(rn_agent *agent, const char *prompt);
RN_API rn_stream *rn_agent_start(rn_agent *agent, const rn_conversation *conversation,
                                 enum rn_mode mode);

/* Answer an approval event whose status is requested: RN_ALLOW or RN_DENY.  `args`: run it with these
 * arguments instead (a JSON object; NULL: as they are), which the model is told.  `why`: for the model,
 * when it is denied (NULL: no reason).  -1, and it waits on, when `args` is no JSON object; -1 when
 * nothing with this id waits for an answer. */
RN_API int rn_respond(rn_stream *stream, const char *id, enum rn_policy decision, const char *args,
                      const char *why);
/* Say something while the run goes on: it is added after the step that goes on now, as a user event.
 * -1 when no step can follow this one, or the run is no agent's.  When the run ends before the event
 * has come, it was not used. */
RN_API int rn_say(rn_stream *stream, const char *text);
/* Let the step that goes on finish, with its tools, and then end the run (reason cancelled, unless the
 * model had no more to ask). */
RN_API void rn_stop(rn_stream *stream);

/* ---- Record and replay --------------------------------------------------------------------- */

/* Write each event that is delivered from now on to `fd` (borrowed), a line of JSON each. */
RN_API void rn_record(rn_stream *stream, int fd);
/* Play the runs of a session from `fd` (owned by the stream from now on): a file of such lines.
 * speed 1 is the pace it was recorded at, 2 twice that, 0 at once; `max_gap_ms` shortens longer
 * silences (negative: as they were).  Nothing is sent and no tool runs. */
RN_API rn_stream *rn_replay(rn_io *io, int fd, double speed, int64_t max_gap_ms);

/* ---- Decoding without I/O ------------------------------------------------------------------ */

/* Turns the body of one answer, fed in pieces cut anywhere, into events without seq, t and step,
 * ending in finish or error. */
typedef struct rn_decoder rn_decoder;

RN_API rn_decoder *rn_decoder_new(const char *wire);    /* NULL: no such wire */
RN_API void rn_decoder_free(rn_decoder *decoder);
/* The response's status and Content-Type ("" unknown), before the first byte; 200 if not called. */
RN_API void rn_decoder_head(rn_decoder *decoder, int status, const char *content_type);
RN_API void rn_decoder_feed(rn_decoder *decoder, const void *bytes, size_t len);
RN_API void rn_decoder_end(rn_decoder *decoder);
/* The next event, NULL when more bytes are needed; it lasts until the next call on the decoder. */
RN_API const rn_event *rn_decoder_next(rn_decoder *decoder);
/* The name of the nth wire, from 0; NULL after the last. */
RN_API const char *rn_wire(size_t nth);

#ifdef __cplusplus
}
#endif
#endif
