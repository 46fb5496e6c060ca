/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * rn_io from the inside.
 */
#ifndef IO_IO_H
#define IO_IO_H

#include "runnel.h"

struct worker;

struct worker *io_worker(rn_io *io);

#endif
