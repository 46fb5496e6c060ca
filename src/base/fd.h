/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * File descriptors: whole reads and writes, whatever the kernel cuts or interrupts.
 */
#ifndef BASE_FD_H
#define BASE_FD_H

#include <stddef.h>

struct buf;
struct error;

/* 0, or -1 with errno. */
int fd_write_all(int fd, const char *bytes, size_t len);
/* Add all there is until the end, at most `max` bytes; -1 with an error, also when there is more. */
int fd_read_all(int fd, struct buf *out, size_t max, struct error *error);
/* The same of a file by name. */
int file_read(const char *path, struct buf *out, size_t max, struct error *error);
/* Make the folders that lead to a path (0700); -1 with errno. */
int file_make_folders(const char *path);
/* Put these bytes in a file's place, whole or not at all.  The file is the user's alone (0600), folders
 * that are missing are made. */
int file_replace(const char *path, const char *bytes, size_t len, struct error *error);

#endif
