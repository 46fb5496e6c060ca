/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A chat without a screen.  readline has the terminal while a prompt is typed, the answer has it while
 * it comes; every event is a line of text, so that a screen reader says it.
 */
#include "plain/plain.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "chat/attach.h"
#include "chat/chat.h"
#include "chat/command.h"
#include "chat/completion.h"
#include "chat/contest.h"
#include "chat/history.h"
#include "chat/mention.h"
#include "chat/race.h"
#include "chat/scout.h"
#include "plain/compare.h"
#include "plain/follow.h"
#include "plain/speak.h"
#include "plain/tell.h"

static const char prompt[] = "> ";

enum { SIGNAL_STATUS = 128, COLUMNS_MIN = 8 };

/* ---- Typing ---- */

/* Returns the exit status that a reader who is gone calls for, else 0. */
static int say(struct chat *chat, const char *text)
{
    struct follow follow;
    follow_begin(&follow, chat);
    sink_text(&follow.sink, text, strlen(text));
    sink_end_text(&follow.sink);
    return follow_end(&follow);
}

/* What is typed now: readline's hooks take no argument of ours. */
static struct {
    struct chat *chat; /* for completion, and for what it finds out */
    int signals;       /* a signalfd */
    int stopped;       /* the signal that wants us to leave; 0: none */
    bool wants_out;
    bool was_empty; /* the last key was Ctrl-C */
} typing;

/* In a window of one column readline (8.2) divides by zero. */
static int bound_size(void)
{
    int rows, columns;
    rl_get_screen_size(&rows, &columns);
    if (columns < COLUMNS_MIN)
        rl_set_screen_size(rows, COLUMNS_MIN);
    return 0;
}

static int take_size(void)
{
    struct winsize size;
    if (ioctl(fileno(rl_instream), TIOCGWINSZ, &size) == 0 && size.ws_col >= COLUMNS_MIN)
        rl_resize_terminal();
    return 0;
}

/* A signal must not run through readline, which would be interrupted anywhere: Ctrl-C is a key like
 * others, and the signals that end the program end the input. */
static int on_signal(void)
{
    struct signalfd_siginfo info;
    if (read(typing.signals, &info, sizeof(info)) != (ssize_t)sizeof(info))
        return 0;
    if (info.ssi_signo == SIGINT)
        return CTRL('C');
    if (info.ssi_signo == SIGWINCH)
        return take_size();
    typing.stopped = (int)info.ssi_signo;
    return EOF;
}

/* What was found out about models stands above the line that is being typed. */
static void tell_scouted(void)
{
    struct scout *scout = chat_scout(typing.chat);
    for (char *news; (news = scout_next(scout));) {
        rl_clear_visible_line();
        fflush(rl_outstream);
        say(typing.chat, news);
        rl_on_new_line();
        rl_redisplay();
        free(news);
    }
}

static int get_key(FILE *input)
{
    for (;;) {
        struct pollfd fds[] = {{.fd = fileno(input), .events = POLLIN},
                               {.fd = typing.signals, .events = POLLIN},
                               {.fd = scout_fd(chat_scout(typing.chat)), .events = POLLIN}};
        unsigned char byte;
        int key = 0;
        if (poll(fds, 3, -1) < 0)
            rl_check_signals();
        else if (fds[1].revents)
            key = on_signal();
        else if (fds[2].revents)
            tell_scouted();
        else
            return read(fds[0].fd, &byte, 1) == 1 ? byte : EOF;
        if (key)
            return key;
    }
}

/* At an empty line the model that is offered is chosen, as if that had been typed. */
static int on_offer(int count, int key)
{
    const char *offer = scout_offer(chat_scout(typing.chat));
    char *line = offer && rl_end == 0 ? xasprintf("/model %s", offer) : NULL;
    if (!line)
        return rl_ding();
    rl_replace_line(line, 1);
    free(line);
    return rl_newline(count, key);
}

/* Ctrl-C drops the line; at an empty line the second one in a row leaves. */
static int on_interrupt(int count, int key)
{
    (void)count, (void)key;
    typing.wants_out = rl_end == 0 && typing.was_empty;
    typing.was_empty = true;
    rl_done = typing.wants_out;
    if (typing.wants_out)
        return 0;
    rl_replace_line("", 1);
    rl_crlf();
    rl_on_new_line();
    return 0;
}

static char *complete(const char *word, int nth)
{
    (void)word;
    char *line = xstrndup(rl_line_buffer, (size_t)rl_point);
    char *found = completion_nth(typing.chat, line, (size_t)nth);
    free(line);
    return found;
}

static char **complete_line(const char *word, int start, int end)
{
    (void)start, (void)end;
    rl_attempted_completion_over = rl_line_buffer[0] == '/';
    rl_completion_append_character = '\0';
    return rl_line_buffer[0] == '/' ? rl_completion_matches(word, complete) : NULL;
}

static void begin_typing(struct chat *chat, sigset_t *before)
{
    sigset_t stops;
    sigemptyset(&stops);
    sigaddset(&stops, SIGINT);
    sigaddset(&stops, SIGTERM);
    sigaddset(&stops, SIGHUP);
    sigaddset(&stops, SIGWINCH);
    sigprocmask(SIG_BLOCK, &stops, before);
    typing.chat = chat;
    typing.signals = signalfd(-1, &stops, SFD_CLOEXEC | SFD_NONBLOCK);
    rl_readline_name = "runnel";
    rl_catch_signals = 0;
    rl_catch_sigwinch = 0; /* it would paint again in the middle of painting, and crash (8.2) */
    rl_startup_hook = bound_size;
    rl_getc_function = get_key;
    rl_attempted_completion_function = complete_line;
    rl_completer_word_break_characters = " \t\n";
    rl_bind_key_in_map(CTRL('C'), on_interrupt, emacs_standard_keymap);
    rl_bind_key_in_map(CTRL('C'), on_interrupt, vi_insertion_keymap);
    rl_bind_key_in_map(CTRL('C'), on_interrupt, vi_movement_keymap);
    /* It can look for the end of a word for ever (8.2); Tab completes in both modes. */
    rl_unbind_function_in_map(rl_vi_complete, vi_movement_keymap);
    rl_bind_keyseq_in_map("\\em", on_offer, emacs_standard_keymap);
}

static void end_typing(const sigset_t *before)
{
    close(typing.signals);
    sigprocmask(SIG_SETMASK, before, NULL);
}

/* The next line, NULL when it is time to leave. */
static char *read_line(const char *before)
{
    typing.was_empty = false;
    char *line = readline(before);
    if (!line || typing.wants_out)
        putchar('\n'); /* the shell's prompt begins a line of its own */
    fflush(stdout);
    if (!typing.wants_out)
        return line;
    free(line);
    return NULL;
}

/* ---- What is said ---- */

/* True when it was an answer: Enter alone is none, any other text says why not. */
static bool take_answer(struct chat *chat, const rn_event *approval,
                        const struct question *question, const char *answer)
{
    bool is_always = strcmp(answer, "a") == 0;
    bool is_like_this = question->pattern && strcmp(answer, "p") == 0;
    bool is_no = strcmp(answer, "n") == 0;
    if (!*answer)
        return false;
    if (is_always || is_like_this)
        chat_allow(chat, approval->tool, is_like_this ? question->pattern : NULL);
    if (is_always || is_like_this || strcmp(answer, "y") == 0)
        chat_respond(chat, approval->id, RN_ALLOW, NULL, NULL);
    else
        chat_respond(chat, approval->id, RN_DENY, NULL, is_no ? NULL : answer);
    return true;
}

/* Leaving the question stops the run. */
static void ask(struct follow *follow, const rn_event *approval)
{
    struct question question;
    bool answered = false;
    chat_question(follow->chat, approval, &question);
    speak_question(&follow->sink, approval, &question);
    follow_flush(follow);
    char *choices =
        question.pattern
            ? xasprintf("y: yes, a: always %s, p: always %s, n: no, or say why not: ",
                        approval->tool, question.pattern)
            : xasprintf("y: yes, a: always %s, n: no, or say why not: ", approval->tool);
    while (!answered) {
        char *line = read_line(choices);
        if (line)
            answered = take_answer(follow->chat, approval, &question, line);
        else
            chat_stop(follow->chat);
        answered |= !line;
        free(line);
    }
    typing.wants_out = false;
    free(choices);
    question_clear(&question);
}

static void show(struct follow *follow, const rn_event *event)
{
    struct sink *sink = &follow->sink;
    const char *model = chat_run_model(follow->chat);
    switch (event->kind) {
    case RN_START:
        speak_attached(sink, event);
        break;
    case RN_AI:
        sink_text(sink, event->content, event->content_len);
        break;
    case RN_RETRY:
        follow_flush(follow);
        tell_retry(event);
        break;
    case RN_ERROR:
        sink_end_text(sink);
        follow_flush(follow);
        tell_error(event, model);
        tell_advice(event, model);
        break;
    case RN_FINISH:
        speak_finish(sink, event);
        follow_flush(follow);
        tell_limits(event);
        break;
    case RN_APPROVAL:
        if (strcmp(event->status, "requested") == 0)
            ask(follow, event);
        else
            speak_tool(sink, event);
        break;
    default:
        speak_tool(sink, event);
    }
}

static int follow_run(struct chat *chat)
{
    struct follow follow;
    follow_begin(&follow, chat);
    for (const rn_event *event; (event = follow_next(&follow));)
        show(&follow, event);
    return follow_end(&follow);
}

/* What was said before this program began. */
static void add_past(const rn_conversation *conversation, struct buf *text)
{
    for (size_t i = 0; i < rn_conversation_length(conversation); i++) {
        const char *role = rn_conversation_role(conversation, i);
        const char *before = strcmp(role, "user") == 0   ? prompt
                             : strcmp(role, "tool") == 0 ? "[result] "
                                                         : "";
        buf_addf(text, "\n%s%s\n", before, rn_conversation_content(conversation, i));
        attach_show(conversation, i, text);
        buf_drop_end(text, 1);
    }
}

/* ---- The loop ---- */

/* Whatever came of it is told; only a signal to end, or a reader who is gone, ends the loop. */
static int compare(struct chat *chat)
{
    struct race *race = contest_race(chat);
    struct buf text = BUF_INIT;
    struct error error;
    if (race_start(race, &error) < 0) {
        tell("%s", error.text);
        contest_drop(chat);
        return 0;
    }
    int status = plain_compare(race, PLAIN_TEXT);
    contest_end(chat, &text);
    bool goes_on = status < SIGNAL_STATUS || status == SIGNAL_STATUS + SIGINT;
    if (goes_on && text.len > 0)
        status = say(chat, text.data);
    buf_clear(&text);
    return goes_on && status <= 1 ? 0 : status;
}

/* The exit status that ends the loop; 0: it goes on. */
static int on_command(struct chat *chat, const char *line)
{
    struct buf text = BUF_INIT;
    struct error error;
    int effect = command_run(chat, line, &text, &error), status = 0;
    if (effect < 0)
        tell("%s", error.text);
    else if (effect & COMMAND_QUIT)
        typing.wants_out = true;
    else if (effect & COMMAND_SAY)
        status = say(chat, buf_str(&text));
    else if (effect & COMMAND_LINE)
        tell("taken back; type it anew: %s", buf_str(&text));
    else if (effect & COMMAND_CLEAR)
        status = say(chat, "[a new conversation]");
    else if (effect & COMMAND_COMPARE)
        status = compare(chat);
    else if (effect & COMMAND_CHOOSE)
        status = on_command(chat, "/sessions");
    else if (effect & COMMAND_OF_SCREEN)
        tell("that is for the screen, which --plain does without");
    buf_clear(&text);
    return status;
}

/* readline has its own list, to walk through; the file is the one that the screen writes too. */
static void remember(struct history *history, const char *line)
{
    struct error error;
    add_history(line);
    if (history_add(history, line, &error) < 0)
        tell("%s", error.text);
}

static int on_line(struct chat *chat, const char *line)
{
    struct error error;
    if (command_is(line)) {
        int status = on_command(chat, line);
        if (status)
            return status;
    } else if (mention_send(chat, line, &error) < 0) {
        tell("%s", error.text);
    }
    return follow_run(chat);
}

/* A stopped answer is no reason to leave. */
static bool ends_loop(int status)
{
    return status != 0 && status != 128 + SIGINT;
}

static int run_lines(struct chat *chat, struct history *history, int status)
{
    while (!ends_loop(status) && !typing.wants_out) {
        char *line = read_line(prompt);
        if (!line)
            break;
        if (line[strspn(line, " \t\n")]) {
            remember(history, line);
            status = on_line(chat, line);
        }
        free(line);
    }
    if (typing.stopped)
        return 128 + typing.stopped;
    return ends_loop(status) ? status : 0;
}

static struct history *open_history(const struct settings *settings)
{
    struct error error = ERROR_INIT;
    struct history *history = history_of(settings, &error);
    if (error.code)
        tell("%s", error.text);
    for (size_t i = 0; i < history_count(history); i++)
        add_history(history_prompt(history, i));
    return history;
}

int plain_loop(struct chat *chat, const struct settings *settings, const char *greeting)
{
    struct buf text = BUF_INIT;
    sigset_t before;
    struct history *history = open_history(settings);
    begin_typing(chat, &before);
    buf_adds(&text, greeting);
    add_past(chat_conversation(chat), &text);
    int status = say(chat, buf_str(&text));
    if (chat_is_guide(chat))
        scout_look_around(chat_scout(chat));
    status = run_lines(chat, history, status);
    buf_clear(&text);
    end_typing(&before);
    history_free(history);
    return status;
}
