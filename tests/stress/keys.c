/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A monkey at the keyboard: the program runs on a pty, and gets keys, halves of keys, pastes, commands,
 * signals and other sizes at random, while answers stream.  It must live, take what is typed, leave when
 * it is told to, and leave the terminal as it was.  What an address sanitizer finds is told, too.
 *
 *      KEYS_SECONDS=600 keys build-asan/runnel
 *
 * A finding ends it with status 1; keys.found has the bytes that led to it, keys.seen the last that came.
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

struct monkey {
    const char *program, *home;
    uint64_t seed;
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

static void keep_in(const char *name, const struct buf *bytes)
{
    FILE *file = fopen(name, "w");
    if (!file)
        return;
    fwrite(bytes->data, 1, bytes->len, file);
    fclose(file);
}

static bool read_some(struct monkey *monkey, int wait_ms);

static void found(struct monkey *monkey, const char *what, int number)
{
    keep_in("keys.found", &monkey->sent);
    keep_in("keys.seen", &monkey->seen);
    fprintf(stderr, "keys: %s (%d)\n", what, number);
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
    if (*text != '?' || (final != 'h' && final != 'l'))
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

/* Any control byte but the one that ends the program when the line is empty, which is rare. */
static bool type_control(struct monkey *monkey)
{
    char byte = (char)draw(monkey, 32);
    if (byte == 4 && draw(monkey, 20) != 0)
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

static void resize(struct monkey *monkey)
{
    struct winsize size = {.ws_row = (unsigned short)(1 + draw(monkey, 60)),
                           .ws_col = (unsigned short)(1 + draw(monkey, 200))};
    if (draw(monkey, 10) == 0)
        size = (struct winsize){.ws_row = 100, .ws_col = 400};
    ioctl(monkey->pty, TIOCSWINSZ, &size);
}

static void send_signal(struct monkey *monkey)
{
    static const int signals[] = {SIGCONT, SIGWINCH, SIGTSTP, SIGPIPE, SIGQUIT};
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

static void be_program(const struct monkey *monkey, const char *term, const char *inputrc)
{
    char *sanitizer = xasprintf("exitcode=%d:log_path=%s/sanitizer:detect_leaks=0:handle_abort=1",
                                SANITIZER_EXIT, monkey->home);
    char *rc = xasprintf("%s/%s", monkey->home, inputrc);
    clearenv();
    setenv("PATH", "/usr/bin:/bin", 1);
    setenv("HOME", monkey->home, 1);
    setenv("TERM", term, 1);
    setenv("LANG", "C.UTF-8", 1);
    setenv("INPUTRC", rc, 1);
    setenv("EDITOR", "true", 1);
    setenv("ASAN_OPTIONS", sanitizer, 1);
    setenv("UBSAN_OPTIONS", "halt_on_error=1", 1);
    if (chdir(monkey->home) == 0)
        execl(monkey->program, "runnel", "-m", "guide", "--no-save", (char *)NULL);
    _exit(127);
}

static void start(struct monkey *monkey)
{
    static const char *const terms[] = {"xterm-256color", "screen-256color", "linux", "vt100"};
    static const char *const inputrcs[] = {"emacs.rc", "emacs.rc", "vi.rc"};
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    const char *term = ANY(monkey, terms), *inputrc = ANY(monkey, inputrcs);
    monkey->mode_count = monkey->len = 0;
    buf_reset(&monkey->sent);
    buf_reset(&monkey->seen);
    monkey->pid = forkpty(&monkey->pty, NULL, NULL, &size);
    if (monkey->pid == 0)
        be_program(monkey, term, inputrc);
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
 * keeps no more than a line's worth of what is typed, and the end of a paste may be lost so: it ends by
 * itself after a second of silence, so there is one at times. */
static void ask_to_leave(struct monkey *monkey)
{
    enum { KEY_MS = 30, STALL_MS = 1200, KEYS = 20 };
    int64_t begun = clock_ms();
    bool lives = send_text(monkey, "\033[201~");
    for (int keys = 0; lives; keys++) {
        lives = rest(monkey, keys % KEYS == 0 ? STALL_MS : KEY_MS) && send_text(monkey, "\003") &&
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

static void check_end(struct monkey *monkey)
{
    int status;
    while (waitpid(monkey->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFSIGNALED(status))
        found(monkey, "a signal has ended it", WTERMSIG(status));
    if (WEXITSTATUS(status) != 0)
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
    close(monkey->pty);
}

static char *make_home(void)
{
    char *home = xstrdup("/tmp/runnel-keys-XXXXXX");
    if (!mkdtemp(home))
        exit(2);
    char *config = xasprintf("%s/.config/runnel", home);
    char *command = xasprintf("mkdir -p '%s'", config);
    if (system(command) != 0)
        exit(2);
    put_file(config, "config.ini",
             "[guide]\nrate = 300\n[role.poet]\nsystem = You rhyme.\n[screen]\nbell = always\n");
    put_file(home, "notes.txt", "Remember the milk.\n");
    put_file(home, "emacs.rc", "\"\\C-xm\": \"some text\\C-a\"\n");
    put_file(home, "vi.rc", "set editing-mode vi\n\"\\C-xm\": \"some text\"\n");
    free(command);
    free(config);
    return home;
}

int main(int argc, char **argv)
{
    const char *seconds = getenv("KEYS_SECONDS"), *seed = getenv("KEYS_SEED");
    int64_t end = clock_ms() + 1000 * (seconds ? atoll(seconds) : SECONDS);
    char *program = realpath(argc > 1 ? argv[1] : "build/runnel", NULL), *home = make_home();
    struct monkey monkey = {.program = program, .home = home};
    monkey.seed = seed ? strtoull(seed, NULL, 10) : (uint64_t)clock_ms();
    if (!program) {
        fprintf(stderr, "usage: keys PROGRAM\n");
        return 2;
    }
    size_t rounds = 0;
    for (; clock_ms() < end; rounds++) {
        printf("round %zu, KEYS_SEED=%llu\n", rounds, (unsigned long long)monkey.seed);
        fflush(stdout);
        play_round(&monkey);
    }
    char *command = xasprintf("rm -rf '%s'", home);
    if (system(command) != 0)
        fprintf(stderr, "keys: %s is left behind\n", home);
    printf("%zu rounds without a finding\n", rounds);
    free(command);
    buf_clear(&monkey.sent);
    buf_clear(&monkey.seen);
    free(home);
    free(program);
    return 0;
}
