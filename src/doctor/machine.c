/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * This machine: whether tools start and are shut in, and whether sessions have a place.
 */
#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/mailbox.h"
#include "base/mem.h"
#include "chat/policy.h"
#include "doctor/chart.h"
#include "doctor/doctor.h"
#include "io/io.h"
#include "io/process.h"
#include "io/worker.h"
#include "text/figures.h"
#include "tools/landlock.h"

enum { TOOL_MS = 10 * 1000, BOX_SIZE = 64 * 1024, SPACE_MIN_MB = 100, LANDLOCK_NETWORK = 4 };

/* ---- Tools ---- */

struct result {
    struct buf said; /* on stdout, and why it ended if it ended badly */
    bool has_ended, is_good;
};

static void take(struct result *result, struct mail *mail)
{
    if (mail->kind == MAIL_BYTES || mail->kind == MAIL_END)
        buf_add(&result->said, buf_str(&mail->data), mail->data.len);
    if (mail->kind == MAIL_END) {
        const struct process_end *end = mail->more;
        result->has_ended = true;
        result->is_good = mail->code == RN_OK && end->status == 0;
    }
    mail_free(mail);
}

static void run_tool(rn_io *io, struct result *result)
{
    static const char input[] = "{\"expression\":\"6*7\"}";
    static const char *const command[] = {"/proc/self/exe", "--tool", "calculate", NULL};
    struct process_spec spec = {
        .command = command, .input = input, .input_len = strlen(input), .limit_ms = TOOL_MS};
    struct mailbox *box = mailbox_new(BOX_SIZE);
    if (!box)
        return;
    struct pollfd wait = {.fd = mailbox_fd(box), .events = POLLIN};
    uint64_t number = worker_process(io_worker(io), &spec, box);
    while (!result->has_ended && (poll(&wait, 1, -1) > 0 || errno == EINTR)) {
        struct mail *next;
        bool was_full;
        for (struct mail *mail = mailbox_take(box, &was_full); mail; mail = next) {
            next = mail->next;
            take(result, mail);
        }
    }
    worker_drop(io_worker(io), number);
    mailbox_free(box);
}

static void check_tool(rn_io *io, struct chart *chart)
{
    struct result result = {0};
    int64_t begun = clock_ms();
    run_tool(io, &result);
    if (result.is_good && strstr(buf_str(&result.said), "42"))
        chart_add(chart, VERDICT_OK, "tools", "", "they start, and end within %lld ms",
                  (long long)(clock_ms() - begun));
    else
        chart_add(
            chart, VERDICT_BROKEN, "tools",
            "A tool is runnel run again: may it be run from where it is installed, and more than "
            "once at a time?",
            "a tool does not run: %s", buf_str(&result.said));
    buf_clear(&result.said);
}

static void check_settings(const struct patient *patient, struct chart *chart)
{
    struct error error;
    struct policy_options options = {.can_ask = true};
    struct policy *policy = policy_new(patient->settings, &options, &error);
    if (!policy)
        chart_add(chart, VERDICT_BROKEN, "tools", "", "%s", error.text);
    policy_free(policy);
}

/* ---- Their walls ---- */

static void check_files(struct chart *chart)
{
    int version = landlock_version();
    if (version == 0)
        chart_add(
            chart, VERDICT_WARNING, "landlock",
            "Tools are not kept to their files: allow only what you would do yourself. Linux from "
            "5.13 on has it, if it is switched on (lsm=...,landlock).",
            "this kernel does not have it");
    else
        chart_add(chart, VERDICT_OK, "landlock", "", "version %d: tools are kept to their files%s",
                  version, version >= LANDLOCK_NETWORK ? ", and off the network" : "");
}

/* Without a filter to load, a kernel that could load one fails with EFAULT. */
static bool has_seccomp(void)
{
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL, 0, 0) < 0 && errno == EFAULT;
}

static void check_syscalls(struct chart *chart)
{
    if (has_seccomp())
        chart_add(chart, VERDICT_OK, "seccomp", "",
                  "tools give up the system calls they do not need");
    else
        chart_add(chart, VERDICT_WARNING, "seccomp",
                  "Tools may ask other processes and the network: docs/safety.md.",
                  "this kernel does not have it");
}

/* ---- Sessions ---- */

/* The folder, or the nearest one above it that there is; the caller's. */
static char *nearest_folder(const char *path)
{
    char *folder = xstrdup(path), *slash;
    while (access(folder, F_OK) < 0 && (slash = strrchr(folder, '/')) && slash > folder)
        *slash = '\0';
    return folder;
}

static void check_space(const char *folder, struct chart *chart)
{
    struct statvfs disk;
    struct buf space = BUF_INIT;
    if (statvfs(folder, &disk) < 0)
        return;
    size_t bytes = (size_t)disk.f_bavail * disk.f_frsize;
    bool is_scarce = bytes < SPACE_MIN_MB * (size_t)1000 * 1000;
    figures_bytes(&space, bytes);
    chart_add(chart, is_scarce ? VERDICT_WARNING : VERDICT_OK, "disk",
              is_scarce ? "A chat that cannot be written goes on, but is not saved." : "",
              "%s free for sessions", space.data);
    buf_clear(&space);
}

static void check_sessions(const char *sessions, struct chart *chart)
{
    struct stat info;
    char *folder = nearest_folder(sessions);
    if (access(folder, W_OK | X_OK) < 0)
        chart_add(chart, VERDICT_BROKEN, "sessions",
                  "Give it back to yourself (chown, chmod u+rwx), or name another folder: [chat] "
                  "sessions.",
                  "%s cannot be written: %s", folder, strerror(errno));
    else if (stat(sessions, &info) == 0 && (info.st_mode & 077) != 0)
        chart_add(chart, VERDICT_WARNING, "sessions", "chmod 700 keeps it yours.",
                  "others may look into %s", sessions);
    else
        chart_add(chart, VERDICT_OK, "sessions", "", "%s", sessions);
    check_space(folder, chart);
    free(folder);
}

void machine_check(const struct patient *patient, struct chart *chart)
{
    chart_group(chart, "machine");
    check_settings(patient, chart);
    check_tool(patient->io, chart);
    check_files(chart);
    check_syscalls(chart);
    if (patient->sessions)
        check_sessions(patient->sessions, chart);
}
