/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The filter is a program for the kernel's packet machine.  It sees numbers only, so it must look at the
 * architecture first: on x86-64 the 32-bit calls have other numbers for the same things.
 */
#include "tools/syscalls.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#if defined(__x86_64__) && defined(__LP64__)
enum { ARCHITECTURE = AUDIT_ARCH_X86_64 & 0x7fffffff, OTHER_NUMBERS = 0x40000000 };
#elif defined(__aarch64__)
enum { ARCHITECTURE = AUDIT_ARCH_AARCH64 & 0x7fffffff, OTHER_NUMBERS = 0 };
#elif defined(__riscv) && __riscv_xlen == 64
enum { ARCHITECTURE = AUDIT_ARCH_RISCV64 & 0x7fffffff, OTHER_NUMBERS = 0 };
#else
enum { ARCHITECTURE = 0, OTHER_NUMBERS = 0 };
#endif

enum { FILTER_MAX = 64, IO_URING_SETUP = 425 };

struct program {
    struct sock_filter code[FILTER_MAX];
    unsigned short len;
};

static void add(struct program *program, struct sock_filter instruction)
{
    program->code[program->len++] = instruction;
}

static void load(struct program *program, size_t offset)
{
    add(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offset));
}

static void end(struct program *program, unsigned action)
{
    add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

/* If the loaded number is (or is not) this one, the next instruction follows, else it is passed over. */
static void when(struct program *program, unsigned number, bool is)
{
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, !is, is));
}

static void forbid(struct program *program, unsigned number)
{
    when(program, number, true);
    end(program, SECCOMP_RET_ERRNO | EPERM);
}

/* The last rule for the loaded call number: a socket's family is in the low half of its argument. */
static void forbid_unix_sockets(struct program *program)
{
    when(program, SYS_socket, false);
    end(program, SECCOMP_RET_ALLOW);
    load(program,
         offsetof(struct seccomp_data, args) + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0));
    forbid(program, AF_UNIX);
}

static void begin(struct program *program)
{
    load(program, offsetof(struct seccomp_data, arch));
    when(program, (unsigned)ARCHITECTURE | 0x80000000U, false);
    end(program, SECCOMP_RET_ERRNO | ENOSYS);
    load(program, offsetof(struct seccomp_data, nr));
    if (OTHER_NUMBERS) {
        add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, OTHER_NUMBERS, 0, 1));
        end(program, SECCOMP_RET_ERRNO | ENOSYS);
    }
}

bool syscalls_forbid(unsigned groups)
{
    struct program program = {.len = 0};
    begin(&program);
    forbid(&program, IO_URING_SETUP);
    forbid(&program, SYS_keyctl);
    forbid(&program, SYS_add_key);
    forbid(&program, SYS_request_key);
    if (groups & SYSCALLS_TRUNCATE)
        forbid(&program, SYS_truncate);
    if (groups & SYSCALLS_PROGRAMS) {
        forbid(&program, SYS_execve);
        forbid(&program, SYS_execveat);
    }
    if (groups & SYSCALLS_SOCKETS)
        forbid(&program, SYS_socket);
    if (groups & SYSCALLS_UNIX_SOCKETS)
        forbid_unix_sockets(&program);
    end(&program, SECCOMP_RET_ALLOW);
    struct sock_fprog filter = {.len = program.len, .filter = program.code};
    return ARCHITECTURE != 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0;
}
