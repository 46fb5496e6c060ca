/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "doctor/interview.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/mem.h"

enum { INTERRUPT = 3, DIGITS_MAX = 5, TYPED_MAX = 4096 };

struct interview {
    int in, out;
    struct termios before;
    bool is_silent;
};

struct interview *interview_begin(int in_fd, int out_fd)
{
    struct termios modes;
    if (!isatty(in_fd) || !isatty(out_fd) || tcgetattr(in_fd, &modes) < 0)
        return NULL;
    struct interview *interview = xnew(struct interview);
    *interview = (struct interview){.in = in_fd, .out = out_fd, .before = modes};
    /* Without ISIG, Ctrl-C comes as a byte: a signal would leave the terminal as it is now. */
    modes.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
    modes.c_cc[VMIN] = 0;
    modes.c_cc[VTIME] = 0;
    tcsetattr(in_fd, TCSADRAIN, &modes);
    return interview;
}

void interview_end(struct interview *interview)
{
    if (!interview)
        return;
    tcsetattr(interview->in, TCSAFLUSH, &interview->before);
    free(interview);
}

/* ---- Answers ---- */

/* The number at `at`, which moves behind it; -1 when there is none. */
static int take_number(const char **at)
{
    int number = 0, digits = 0;
    while (**at >= '0' && **at <= '9' && digits++ < DIGITS_MAX)
        number = number * 10 + *(*at)++ - '0';
    return digits > 0 ? number : -1;
}

static int read_answer(const char *at, char final)
{
    at += *at == '?';
    int first = take_number(&at);
    if (first < 0 || *at++ != ';')
        return -1;
    int second = take_number(&at);
    at += *at == '$';
    return *at == final ? second : -1;
}

int interview_answer(const char *typed, char final)
{
    for (const char *at = typed; (at = strstr(at, "\033[")); at += 2) {
        int number = read_answer(at + 2, final);
        if (number >= 0)
            return number;
    }
    return -1;
}

/* ---- Questions ---- */

/* Add what has been typed; false when the time is over, or the user has had enough. */
static bool listen(const struct interview *interview, int64_t until, struct buf *typed)
{
    char bytes[256];
    struct pollfd wait = {.fd = interview->in, .events = POLLIN};
    int64_t left = until - clock_ms();
    if (left <= 0 || typed->len > TYPED_MAX || poll(&wait, 1, (int)left) <= 0)
        return false;
    ssize_t got = read(interview->in, bytes, sizeof(bytes));
    if (got <= 0 || memchr(bytes, INTERRUPT, (size_t)got))
        return false;
    buf_add(typed, bytes, (size_t)got);
    return true;
}

static int ask(struct interview *interview, const char *question, char final)
{
    struct buf typed = BUF_INIT;
    int64_t until = clock_ms() + INTERVIEW_WAIT_MS;
    int answer = -1;
    if (interview->is_silent || fd_write_all(interview->out, question, strlen(question)) < 0)
        return -1;
    while (answer < 0 && listen(interview, until, &typed))
        answer = interview_answer(buf_str(&typed), final);
    interview->is_silent = answer < 0;
    buf_clear(&typed);
    return answer;
}

int interview_columns(struct interview *interview, const char *text)
{
    struct buf question = BUF_INIT;
    buf_addf(&question, "\r%s\033[6n\r\033[K", text);
    int column = ask(interview, question.data, 'R');
    buf_clear(&question);
    return column > 0 ? column - 1 : -1;
}

/* 0: it does not know it; 1 to 4: it is set, or not, for now or for ever. */
int interview_knows_mode(struct interview *interview, int mode)
{
    struct buf question = BUF_INIT;
    buf_addf(&question, "\033[?%d$p", mode);
    int state = ask(interview, question.data, 'y');
    buf_clear(&question);
    return state < 0 ? -1 : state != 0 && state != 4;
}
