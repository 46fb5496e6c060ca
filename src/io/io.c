/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/io.h"

#include <stdlib.h>

#include "base/mem.h"
#include "io/worker.h"

struct rn_io {
    struct worker *worker;
};

rn_io *rn_io_new(void)
{
    rn_io *io = xnew(rn_io);
    io->worker = worker_new();
    return io;
}

void rn_io_free(rn_io *io)
{
    if (!io)
        return;
    worker_free(io->worker);
    free(io);
}

void rn_io_log(rn_io *io, int fd)
{
    worker_log(io->worker, fd);
}

struct worker *io_worker(rn_io *io)
{
    return io->worker;
}
