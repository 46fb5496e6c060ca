/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/resource.h>

#include "base/mailbox.h"
#include "base/mem.h"

enum { LIMIT = 1000, HELLO = 1, BYTES = 2 };

static bool is_readable(const struct mailbox *box)
{
    struct pollfd p = {.fd = mailbox_fd(box), .events = POLLIN};
    return poll(&p, 1, 0) == 1;
}

/* Free a list of mail; how many there were. */
static int count(struct mail *mail)
{
    int n = 0;
    while (mail) {
        struct mail *next = mail->next;
        mail_free(mail);
        mail = next;
        n++;
    }
    return n;
}

static void test_order(void **state)
{
    (void)state;
    struct mailbox *box = mailbox_new(LIMIT);
    bool was_full;
    for (int i = 0; i < 3; i++) {
        struct mail *mail = mail_new(7, HELLO);
        mail->code = i;
        mailbox_post(box, mail);
    }
    struct mail *mail = mailbox_take(box, &was_full);
    int i = 0;
    for (struct mail *m = mail; m; m = m->next, i++) {
        assert_int_equal(m->from, 7);
        assert_int_equal(m->kind, HELLO);
        assert_int_equal(m->code, i);
        assert_true(m->time > 0);
    }
    assert_int_equal(i, 3);
    assert_false(was_full);
    count(mail);
    mailbox_free(box);
}

static void test_descriptor(void **state)
{
    (void)state;
    struct mailbox *box = mailbox_new(LIMIT);
    bool was_full;
    assert_true(fcntl(mailbox_fd(box), F_GETFD) & FD_CLOEXEC);
    assert_false(is_readable(box));
    mailbox_post(box, mail_new(1, HELLO));
    mailbox_post(box, mail_new(1, HELLO));
    assert_true(is_readable(box));
    assert_int_equal(count(mailbox_take(box, &was_full)), 2);
    /* Mail that comes between two takes must not be missed ... */
    mailbox_post(box, mail_new(1, HELLO));
    assert_true(is_readable(box));
    assert_int_equal(count(mailbox_take(box, &was_full)), 1);
    /* ... and only finding it empty silences it. */
    assert_null(mailbox_take(box, &was_full));
    assert_false(is_readable(box));
    mailbox_post(box, mail_new(1, HELLO));
    assert_true(is_readable(box));
    mailbox_free(box);
}

static struct mailbox *woken;

static void on_signal(int number)
{
    (void)number;
    mailbox_wake(woken);
}

static void test_wake(void **state)
{
    (void)state;
    bool was_full;
    woken = mailbox_new(LIMIT);
    signal(SIGUSR1, on_signal);
    raise(SIGUSR1);
    signal(SIGUSR1, SIG_DFL);
    assert_true(is_readable(woken));
    assert_null(mailbox_take(woken, &was_full));
    assert_false(is_readable(woken));
    mailbox_free(woken);
}

static void test_bytes_share_a_mail(void **state)
{
    (void)state;
    static const struct {
        const char *about;
        uint64_t from;
        int kind;
        int64_t time;
        int mails;
    } cases[] = {
        {"same", 1, BYTES, 100, 1},
        {"another sender", 2, BYTES, 100, 2},
        {"another kind", 1, HELLO, 100, 2},
        {"another millisecond", 1, BYTES, 101, 2},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct mailbox *box = mailbox_new(LIMIT);
        bool was_full;
        assert_true(mailbox_post_bytes(box, 1, BYTES, 100, "ab", 2));
        assert_true(mailbox_post_bytes(box, cases[i].from, cases[i].kind, cases[i].time, "cd", 2));
        struct mail *mail = mailbox_take(box, &was_full);
        assert_string_equal(mail->data.data, cases[i].mails == 1 ? "abcd" : "ab");
        assert_int_equal(mail->time, 100);
        if (count(mail) != cases[i].mails)
            fail_msg("%s", cases[i].about);
        mailbox_free(box);
    }
}

/* One mail does not grow without end, however fast the bytes come. */
static void test_shared_mail_is_bounded(void **state)
{
    (void)state;
    enum { PIECE = 1000, PIECES = 1000 };
    static const char piece[PIECE];
    struct mailbox *box = mailbox_new(PIECE * PIECES);
    bool was_full;
    for (int i = 0; i < PIECES; i++)
        assert_true(mailbox_post_bytes(box, 1, BYTES, 5, piece, PIECE));
    size_t total = 0;
    struct mail *mail = mailbox_take(box, &was_full);
    for (struct mail *m = mail; m; m = m->next) {
        assert_true(m->data.len <= 64 * 1024);
        total += m->data.len;
    }
    assert_int_equal(total, PIECE * PIECES);
    assert_in_range(count(mail), PIECES * PIECE / (64 * 1024), PIECES / 4);
    mailbox_free(box);
}

static void test_bound(void **state)
{
    (void)state;
    static const char bytes[2 * LIMIT];
    struct mailbox *box = mailbox_new(LIMIT);
    bool was_full;
    assert_true(mailbox_post_bytes(box, 1, BYTES, 1, bytes, LIMIT - 1));
    assert_true(mailbox_post_bytes(box, 1, BYTES, 1, bytes, 1));
    assert_false(mailbox_post_bytes(box, 1, BYTES, 1, bytes, 1));
    /* The mail that ends something passes. */
    mailbox_post(box, mail_new(1, HELLO));
    assert_int_equal(count(mailbox_take(box, &was_full)), 2);
    assert_true(was_full);
    assert_null(mailbox_take(box, &was_full));
    assert_false(was_full);
    /* A piece larger than the box gets into an empty one, or it would wait for ever. */
    assert_true(mailbox_post_bytes(box, 1, BYTES, 1, bytes, 2 * LIMIT));
    assert_false(mailbox_post_bytes(box, 1, BYTES, 1, bytes, 1));
    mailbox_free(box);
}

static void test_mail_owns_what_it_carries(void **state)
{
    (void)state;
    struct mailbox *box = mailbox_new(LIMIT);
    struct mail *mail = mail_new(1, HELLO);
    mail->more = xstrdup("more");
    buf_adds(&mail->data, "data");
    mailbox_post(box, mail);
    mailbox_free(box); /* the sanitizers see what is not freed */
    mail_free(NULL);
    mailbox_free(NULL);
}

static void test_no_descriptor_left(void **state)
{
    (void)state;
    struct rlimit old, none;
    getrlimit(RLIMIT_NOFILE, &old);
    none = (struct rlimit){.rlim_cur = 0, .rlim_max = old.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
    struct mailbox *box = mailbox_new(LIMIT);
    setrlimit(RLIMIT_NOFILE, &old);
    assert_null(box);
}

enum { NUMBERS = 200 * 1000 };

/* Sends the numbers from 0, and tries again when the box is full. */
static void *send_numbers(void *arg)
{
    struct mailbox *box = arg;
    for (int i = 0; i < NUMBERS;) {
        if (mailbox_post_bytes(box, 1, BYTES, i / 100, (const char *)&i, sizeof(i)))
            i++;
        else
            sched_yield();
    }
    return NULL;
}

static void test_threads(void **state)
{
    (void)state;
    struct mailbox *box = mailbox_new(LIMIT);
    pthread_t sender;
    int next = 0;
    assert_int_equal(pthread_create(&sender, NULL, send_numbers, box), 0);
    while (next < NUMBERS) {
        struct pollfd p = {.fd = mailbox_fd(box), .events = POLLIN};
        assert_int_equal(poll(&p, 1, 20000), 1);
        bool was_full;
        struct mail *mail = mailbox_take(box, &was_full);
        for (struct mail *m = mail; m; m = m->next)
            for (size_t at = 0; at < m->data.len; at += sizeof(int), next++)
                assert_memory_equal(m->data.data + at, &next, sizeof(next));
        count(mail);
    }
    pthread_join(sender, NULL);
    mailbox_free(box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_descriptor),
        cmocka_unit_test(test_wake),
        cmocka_unit_test(test_bytes_share_a_mail),
        cmocka_unit_test(test_shared_mail_is_bounded),
        cmocka_unit_test(test_bound),
        cmocka_unit_test(test_mail_owns_what_it_carries),
        cmocka_unit_test(test_no_descriptor_left),
        cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
