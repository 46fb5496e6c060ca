/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A session that comes through a pipe, in a file that only this process knows: sessions are read from their
 * ends, and a pipe has but one.
 */
#ifndef SESSION_SPOOL_H
#define SESSION_SPOOL_H

struct error;

enum { SPOOL_MAX_MB = 1000 };

struct spool {
    int fd;
    char path[32]; /* by which this process can open it */
};

/* All that comes from a descriptor, which is borrowed.  What is a file is taken as it is.  -1 with an error,
 * also when there is more than SPOOL_MAX_MB. */
int spool_open(struct spool *spool, int from, struct error *error);
void spool_close(struct spool *spool);

#endif
