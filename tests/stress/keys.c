/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A monkey at the keyboard: the program runs on a pty, and gets keys, halves of keys, pastes, commands,
 * signals and other sizes at random, while answers stream.  It must live, take what is typed, leave when
 * it is told to, and leave the terminal as it was.  What an address sanitizer finds is told, too.
 *
 *      KEYS_SECONDS=600 keys build/asan/runnel build
 *
 * Each round has a seed, and a finding tells it: KEYS_SEED=N plays that round alone.  In the folder are
 * then keys-N.found, the bytes that led to it, and keys-N.seen, the last that came.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "stress/alphabet.h"

enum {
    SECONDS = 60,
    STEPS_MAX = 600,
    PATIENCE_MS = 60 * 1000, /* for anything at all to happen */
    MODES_MAX = 16,
    SEEN_MAX = 1024 * 1024,
    SANITIZER_EXIT = 99,
};

/* A mode of the terminal that the program has set, and what it was last. */
struct mode {
    int number;
    bool on;
};

/* What a round is played with. */
struct setting {
    const char *term, *lang, *inputrc;
    const char *args; /* words divided by blanks */
    struct winsize size;
};

struct monkey {
    const char *program, *folder, *home;
    struct setting setting;
    uint64_t first, seed; /* the round's, and what has become of it */
    pid_t pid;
    int pty;
    struct termios before;
    struct buf sent, seen; /* in this round; of what came only the last part */
    struct mode modes[MODES_MAX];
    size_t mode_count;
    char sequence[32]; /* of what it writes: ESC [ so far */
    size_t len;
};

static uint32_t draw(struct monkey *monkey, uint32_t below)
{
    monkey->seed = monkey->seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(monkey->seed >> 33) % below;
}

/* ---- Findings ---- */

static void show_logs(const struct monkey *monkey)
{
    char *command = xasprintf("cat '%s'/sanitizer.* >&2 2>/dev/null", monkey->home);
    if (system(command) != 0)
        fprintf(stderr, "keys: no sanitizer has said anything\n");
    free(command);
}

static void keep_in(const struct monkey *monkey, const char *suffix, const struct buf *bytes)
{
    char *name =
        xasprintf("%s/keys-%llu.%s", monkey->folder, (unsigned long long)monkey->first, suffix);
    FILE *file = fopen(name, "w");
    if (file) {
        fwrite(bytes->data, 1, bytes->len, file);
        fclose(file);
    }
    free(name);
}

static bool read_some(struct monkey *monkey, int wait_ms);

static void found(struct monkey *monkey, const char *what, int number)
{
    const struct setting *setting = &monkey->setting;
    keep_in(monkey, "found", &monkey->sent);
    keep_in(monkey, "seen", &monkey->seen);
    fprintf(stderr, "KEYS_SEED=%llu: %s (%d), with TERM=%s LANG=%s %s runnel %s\n",
            (unsigned long long)monkey->first, what, number, setting->term, setting->lang,
            setting->inputrc, setting->args);
    kill(monkey->pid, SIGABRT); /* a sanitizer then tells where it hangs */
    for (int turns = 0; turns < 100 && read_some(monkey, 50); turns++)
        ;
    show_logs(monkey);
    kill(monkey->pid, SIGKILL);
    exit(1);
}

/* ---- What it writes ---- */

static void note_mode(struct monkey *monkey, int number, bool on)
{
    size_t i = 0;
    while (i < monkey->mode_count && monkey->modes[i].number != number)
        i++;
    if (i == MODES_MAX)
        found(monkey, "it sets more modes than anybody would", number);
    if (i == monkey->mode_count)
        monkey->mode_count++;
    monkey->modes[i] = (struct mode){number, on};
}

static void note_sequence(struct monkey *monkey)
{
    const char *text = monkey->sequence + 2;
    char final = monkey->sequence[monkey->len - 1];
    if (final == 'n' || final == 'c')
        found(monkey, "it asks the terminal something", final);
    bool is_restored = final == 'r'; /* to what was saved: at the beginning each is off */
    if (*text != '?' || (final != 'h' && final != 'l' && !is_restored))
        return;
    while (*text == '?' || *text == ';') {
        char *end;
        note_mode(monkey, (int)strtol(text + 1, &end, 10), final == 'h');
        text = end;
    }
}

static void note_byte(struct monkey *monkey, char byte)
{
    if (byte == '\033')
        monkey->len = 0;
    else if (monkey->len == 0 || monkey->len == sizeof(monkey->sequence) - 1)
        return;
    monkey->sequence[monkey->len++] = byte;
    monkey->sequence[monkey->len] = '\0';
    bool is_begun = monkey->len < 2 || (monkey->len == 2 && byte == '[');
    bool is_inside = monkey->len > 2 && byte >= 0x20 && byte < 0x40;
    if (is_begun || is_inside)
        return;
    if (monkey->len > 2)
        note_sequence(monkey);
    monkey->len = 0;
}

/* False once the program has closed its end. */
static bool read_some(struct monkey *monkey, int wait_ms)
{
    struct pollfd fd = {.fd = monkey->pty, .events = POLLIN};
    char bytes[65536];
    if (poll(&fd, 1, wait_ms) <= 0)
        return true;
    ssize_t n = read(monkey->pty, bytes, sizeof(bytes));
    if (monkey->seen.len > SEEN_MAX)
        buf_reset(&monkey->seen);
    buf_add(&monkey->seen, bytes, n > 0 ? (size_t)n : 0);
    for (ssize_t i = 0; i < n; i++)
        note_byte(monkey, bytes[i]);
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/* ---- What it gets ---- */

static bool send_bytes(struct monkey *monkey, const char *bytes, size_t len)
{
    int64_t begun = clock_ms();
    buf_add(&monkey->sent, bytes, len);
    while (len > 0) {
        ssize_t n = write(monkey->pty, bytes, len < 512 ? len : 512);
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
            begun = clock_ms();
        } else if (errno != EAGAIN) {
            return false;
        }
        if (!read_some(monkey, n > 0 ? 0 : 10))
            return false;
        if (clock_ms() - begun > PATIENCE_MS)
            found(monkey, "it takes no keys any more", 0);
    }
    return true;
}

static bool send_text(struct monkey *monkey, const char *text)
{
    return send_bytes(monkey, text, strlen(text));
}

#define ANY(monkey, list) ((list)[draw(monkey, sizeof(list) / sizeof((list)[0]))])

static bool type_letters(struct monkey *monkey)
{
    char text[24];
    size_t len = 1 + draw(monkey, sizeof(text) - 1);
    for (size_t i = 0; i < len; i++)
        text[i] = (char)(' ' + draw(monkey, 95));
    return send_bytes(monkey, text, len);
}

static bool has_screen(const struct monkey *monkey)
{
    return strcmp(monkey->setting.term, "dumb") != 0 && !strstr(monkey->setting.args, "--plain");
}

/* Any control byte but those that end the program when the line is empty, which is rare.  Without a screen
 * the kernel takes some: to kill it, or to stop what it writes, and with a full line typed ahead there is
 * then no way on. */
static bool type_control(struct monkey *monkey)
{
    enum { CTRL_D = 4, CTRL_S = 19, CTRL_BACKSLASH = 28 };
    char byte = (char)draw(monkey, 32);
    bool is_kernels = byte == CTRL_S || byte == CTRL_BACKSLASH;
    if ((byte == CTRL_D && draw(monkey, 20) != 0) || (is_kernels && !has_screen(monkey)))
        byte = '\t';
    return send_bytes(monkey, &byte, 1);
}

static bool type_sequence(struct monkey *monkey)
{
    char text[64];
    if (draw(monkey, 4) != 0)
        return send_text(monkey, ANY(monkey, sequences));
    int len = snprintf(text, sizeof(text), "\033%c%u;%u%c", "[O]P"[draw(monkey, 4)],
                       draw(monkey, 300), draw(monkey, 10), (char)('@' + draw(monkey, 63)));
    return send_bytes(monkey, text, (size_t)len);
}

/* No longer ones: in UTF-8 each step of readline through a line takes as long as the line. */
static bool paste(struct monkey *monkey)
{
    static const uint32_t sizes[] = {10, 10, 100, 100, 1000, 10000};
    struct buf text = BUF_INIT;
    size_t size = draw(monkey, ANY(monkey, sizes)) + 1;
    buf_adds(&text, "\033[200~");
    while (text.len < size)
        if (draw(monkey, 8) == 0)
            buf_adds(&text, ANY(monkey, words));
        else
            buf_addc(&text, (char)(draw(monkey, 40) ? ' ' + draw(monkey, 95) : '\r'));
    if (draw(monkey, 20) != 0)
        buf_adds(&text, "\033[201~");
    bool lives = send_bytes(monkey, text.data, text.len);
    buf_clear(&text);
    return lives;
}

/* From 20x5 to 400x100, the smaller ones more often. */
static struct winsize any_size(struct monkey *monkey)
{
    uint32_t rows = draw(monkey, 4) ? 40 : 96, columns = draw(monkey, 4) ? 120 : 381;
    return (struct winsize){.ws_row = (unsigned short)(5 + draw(monkey, rows)),
                            .ws_col = (unsigned short)(20 + draw(monkey, columns))};
}

static void resize(struct monkey *monkey)
{
    struct winsize size = any_size(monkey);
    if (draw(monkey, 4) == 0)
        size.ws_row = size.ws_col = (unsigned short)(1 + draw(monkey, 4));
    ioctl(monkey->pty, TIOCSWINSZ, &size);
}

static void send_signal(struct monkey *monkey)
{
    static const int signals[] = {SIGCONT, SIGWINCH, SIGTSTP, SIGPIPE};
    kill(monkey->pid, ANY(monkey, signals));
}

/* False when the program has ended. */
static bool take_step(struct monkey *monkey)
{
    uint32_t which = draw(monkey, 100);
    if (which < 20)
        return type_letters(monkey);
    if (which < 35)
        return type_control(monkey);
    if (which < 60)
        return type_sequence(monkey);
    if (which < 66)
        return send_text(monkey, ANY(monkey, words));
    if (which < 70)
        return paste(monkey);
    if (which < 82)
        return send_text(monkey, ANY(monkey, lines));
    if (which < 87)
        resize(monkey);
    else if (which < 89)
        send_signal(monkey);
    return read_some(monkey, (int)draw(monkey, 30));
}

/* ---- A round ---- */

static void put_file(const char *home, const char *name, const char *text)
{
    char *path = xasprintf("%s/%s", home, name);
    FILE *file = fopen(path, "w");
    if (file) {
        fputs(text, file);
        fclose(file);
    }
    free(path);
}

static void be_program(const struct monkey *monkey)
{
    enum { WORDS_MAX = 16 };
    const struct setting *setting = &monkey->setting;
    /* readline 8.2, where it paints by itself, compares more bytes than there are. */
    char *sanitizer = xasprintf("exitcode=%d:log_path=%s/sanitizer:detect_leaks=0:handle_abort=1"
                                ":suppressions=%s/%s",
                                SANITIZER_EXIT, monkey->home, monkey->home,
                                has_screen(monkey) ? "none.supp" : "readline.supp");
    char *inputrc = xasprintf("%s/%s", monkey->home, setting->inputrc);
    char *args = xstrdup(setting->args), name[] = "runnel", *argv[WORDS_MAX] = {name}, *rest = args;
    for (size_t i = 1; i < WORDS_MAX - 1 && (argv[i] = strtok_r(rest, " ", &rest)); i++)
        ;
    clearenv();
    setenv("PATH", "/usr/bin:/bin", 1);
    setenv("HOME", monkey->home, 1);
    setenv("TERM", setting->term, 1);
    setenv("LANG", setting->lang, 1);
    setenv("INPUTRC", inputrc, 1);
    setenv("EDITOR", "true", 1);
    setenv("ASAN_OPTIONS", sanitizer, 1);
    setenv("UBSAN_OPTIONS", "halt_on_error=1", 1);
    if (chdir(monkey->home) == 0)
        execv(monkey->program, argv);
    _exit(127);
}

static void start(struct monkey *monkey)
{
    monkey->setting = (struct setting){
        .term = ANY(monkey, terms),
        .lang = ANY(monkey, langs),
        .args = ANY(monkey, arguments),
        .size = any_size(monkey),
    };
    /* Without a screen the commands of vi's mode are readline's own, some of which never end. */
    monkey->setting.inputrc =
        has_screen(monkey) ? ANY(monkey, inputrcs).name : inputrcs[draw(monkey, EMACS_RCS)].name;
    monkey->pid = forkpty(&monkey->pty, NULL, NULL, &monkey->setting.size);
    if (monkey->pid == 0)
        be_program(monkey);
    if (monkey->pid < 0)
        exit(2);
    tcgetattr(monkey->pty, &monkey->before);
    fcntl(monkey->pty, F_SETFL, O_NONBLOCK);
}

/* False once the program has closed its end. */
static bool rest(struct monkey *monkey, int ms)
{
    int64_t end = clock_ms() + ms;
    bool lives = true;
    while (lives && clock_ms() < end)
        lives = read_some(monkey, 10);
    return lives;
}

/* Ctrl-C until all that goes on is stopped, then Ctrl-D.  While another program has the terminal, the kernel
 * keeps no more than a line's worth of what is typed, and the end of a paste may be lost so: on the screen
 * it ends by itself after a second of silence, so there is one at times, and else not. */
static void ask_to_leave(struct monkey *monkey)
{
    enum { KEY_MS = 30, STALL_MS = 1200, KEYS = 20 };
    int64_t begun = clock_ms();
    bool lives = true;
    for (int keys = 0; lives; keys++) {
        bool is_pause = keys % KEYS == 0;
        lives = (!is_pause || send_text(monkey, "\033[201~")) &&
                rest(monkey, is_pause ? STALL_MS : KEY_MS) && send_text(monkey, "\003") &&
                rest(monkey, KEY_MS) && send_text(monkey, "\004");
        if (clock_ms() - begun > PATIENCE_MS)
            found(monkey, "it does not leave", 0);
    }
}

static bool is_as_before(const struct monkey *monkey)
{
    struct termios now;
    tcgetattr(monkey->pty, &now);
    return now.c_lflag == monkey->before.c_lflag && now.c_iflag == monkey->before.c_iflag &&
           now.c_oflag == monkey->before.c_oflag && now.c_cflag == monkey->before.c_cflag;
}

/* A comparison may be stopped, and without a screen Ctrl-C stops all; or there has to be one. */
static bool may_end_so(const struct monkey *monkey, int status)
{
    enum { FAILED = 1, USAGE = 2, INTERRUPTED = 128 + SIGINT };
    bool may_fail = strncmp(monkey->setting.args, "compare", 7) == 0 || !has_screen(monkey);
    return status == 0 ||
           (may_fail && (status == FAILED || status == USAGE || status == INTERRUPTED));
}

/* Before it has the terminal, and when it has given it back, the kernel takes Ctrl-C. */
static bool is_kernels(int status)
{
    return WIFSIGNALED(status) && (WTERMSIG(status) == SIGINT || WTERMSIG(status) == SIGQUIT);
}

static void check_end(struct monkey *monkey)
{
    int status;
    while (waitpid(monkey->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFSIGNALED(status) && !is_kernels(status))
        found(monkey, "a signal has ended it", WTERMSIG(status));
    if (WIFEXITED(status) && !may_end_so(monkey, WEXITSTATUS(status)))
        found(monkey, "its exit status is not 0", WEXITSTATUS(status));
    if (!is_as_before(monkey))
        found(monkey, "the terminal is not as it was", 0);
    enum { CURSOR = 25, AUTO_WRAP = 7 };
    for (size_t i = 0; i < monkey->mode_count; i++) {
        const struct mode *mode = &monkey->modes[i];
        if (mode->on != (mode->number == CURSOR || mode->number == AUTO_WRAP))
            found(monkey, "it leaves a mode behind", mode->number);
    }
}

static void play_round(struct monkey *monkey)
{
    start(monkey);
    bool lives = read_some(monkey, PATIENCE_MS);
    for (uint32_t steps = draw(monkey, STEPS_MAX); lives && steps > 0; steps--)
        lives = take_step(monkey);
    if (lives)
        ask_to_leave(monkey);
    check_end(monkey);
}

/* ---- Rounds ---- */

static void run(const char *command)
{
    if (system(command) != 0) {
        fprintf(stderr, "keys: this has failed: %s\n", command);
        exit(2);
    }
}

/* With conversations in it, to be chosen, searched and played back. */
static char *make_home(const char *program)
{
    char *home = xstrdup("/tmp/runnel-keys-XXXXXX");
    if (!mkdtemp(home))
        exit(2);
    char *config = xasprintf("%s/.config/runnel", home);
    char *folders = xasprintf("mkdir -p '%s'", config);
    char *ask = xasprintf("cd '%s' && for question in 'What is runnel?' 'what is 6*7?' tour; do "
                          "HOME='%s' '%s' -m guide \"$question\" >/dev/null || exit 1; done",
                          home, home, program);
    run(folders);
    put_file(config, "config.ini",
             "[guide]\nrate = 300\n[role.poet]\nsystem = You rhyme.\n[screen]\nbell = always\n");
    put_file(home, "none.supp", "");
    put_file(home, "readline.supp", "interceptor_via_lib:libreadline\n");
    put_file(home, "notes.txt", "Remember the milk.\n");
    for (size_t i = 0; i < sizeof(inputrcs) / sizeof(*inputrcs); i++)
        put_file(home, inputrcs[i].name, inputrcs[i].text);
    run(ask);
    free(ask);
    free(folders);
    free(config);
    return home;
}

static void remove_home(char *home)
{
    char *command = xasprintf("rm -rf '%s'", home);
    run(command);
    free(command);
    free(home);
}

/* In a process and a home of its own: a finding ends it. */
static bool round_passes(struct monkey *monkey, uint64_t seed)
{
    int status;
    char *home = make_home(monkey->program);
    pid_t pid = fork();
    if (pid == 0) {
        monkey->home = home;
        monkey->first = monkey->seed = seed;
        play_round(monkey);
        _exit(0);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    remove_home(home);
    return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int main(int argc, char **argv)
{
    const char *seconds = getenv("KEYS_SECONDS"), *seed = getenv("KEYS_SEED");
    int64_t end = clock_ms() + 1000 * (seconds ? strtoll(seconds, NULL, 10) : SECONDS);
    char *program = argc > 1 ? realpath(argv[1], NULL) : NULL;
    struct monkey monkey = {.program = program, .folder = argc > 2 ? argv[2] : "."};
    uint64_t next = seed ? strtoull(seed, NULL, 10) : (uint64_t)time(NULL) * 1000;
    unsigned passed = 0, failed = 0;
    if (!program) {
        fprintf(stderr, "usage: keys PROGRAM [FOLDER]\n");
        return 2;
    }
    printf("fuzz-keys: from KEYS_SEED=%llu on\n", (unsigned long long)next);
    fflush(stdout);
    do {
        if (round_passes(&monkey, next++))
            passed++;
        else
            failed++;
    } while (!seed && clock_ms() < end);
    printf("fuzz-keys: %u passed, %u failed\n", passed, failed);
    free(program);
    return failed ? 1 : 0;
}
