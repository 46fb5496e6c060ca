/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is read as INI is read again when it has been written; and what loads as settings is printed so
 * that it loads as the same settings.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "config/ini.h"
#include "config/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int rewrite(const struct ini_entry *entry, void *user, struct error *error)
{
    (void)error;
    if (entry->key)
        ini_add(user, entry->key, entry->value);
    else
        buf_addf(user, "[%s]\n", entry->section);
    return 0;
}

/* Whether it could be read; what came before a mistake is written all the same. */
static int reread(const char *text, size_t len, struct buf *out)
{
    struct error error = ERROR_INIT;
    return ini_parse("f", text, len, rewrite, out, &error);
}

/* The settings of a file, printed, without the comments, which hold line numbers.  NULL if it does not
 * load, or has a header that is not printed. */
static char *settle(const char *text, size_t len)
{
    struct settings *settings = settings_new();
    struct error error = ERROR_INIT;
    struct buf printed = BUF_INIT, bare = BUF_INIT;
    char path[32];
    int fd = memfd_create("config.ini", 0);
    assert(write(fd, text, len) == (ssize_t)len);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    int result = settings_load(settings, path, true, &error);
    settings_print(settings, &printed);
    if (strstr(buf_str(&printed), " left out, since "))
        result = -1;
    for (const char *line = buf_str(&printed); *line; line = strchr(line, '\n') + 1) {
        if (*line != '#')
            buf_add(&bare, line, strcspn(line, "\n") + 1);
    }
    close(fd);
    buf_clear(&printed);
    settings_free(settings);
    if (result == 0)
        return buf_take(&bare);
    buf_clear(&bare);
    return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf once = BUF_INIT, twice = BUF_INIT;
    reread((const char *)data, size, &once);
    assert(reread(buf_str(&once), once.len, &twice) == 0);
    assert(strcmp(buf_str(&once), buf_str(&twice)) == 0);
    buf_clear(&once);
    buf_clear(&twice);

    char *settings = settle((const char *)data, size);
    char *again = settings ? settle(settings, strlen(settings)) : NULL;
    assert(!settings || strcmp(settings, again) == 0);
    free(settings);
    free(again);
    return 0;
}
