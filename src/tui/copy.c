/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/copy.h"

#include "base/error.h"
#include "config/settings.h"
#include "text/figures.h"

void copy_open(struct copy *copy, const struct settings *settings)
{
    *copy = (struct copy){0};
    clipboard_open(&copy->clipboard, settings_get(settings, "screen", "clipboard"));
}

void copy_close(struct copy *copy)
{
    clipboard_close(&copy->clipboard);
    buf_clear(&copy->told);
}

const char *copy_text(struct copy *copy, const char *text, size_t len)
{
    struct error error;
    struct buf roads = BUF_INIT;
    buf_reset(&copy->told);
    if (clipboard_set(&copy->clipboard, text, len, &roads, &error) < 0) {
        buf_adds(&copy->told, error.text);
    } else {
        buf_adds(&copy->told, "Copied ");
        figures_size(&copy->told, text, len);
        buf_addf(&copy->told, " (%s)", roads.data);
    }
    buf_clear(&roads);
    return copy->told.data;
}

int copy_fd(const struct copy *copy)
{
    return clipboard_fd(&copy->clipboard);
}

const char *copy_settle(struct copy *copy)
{
    struct error error;
    if (clipboard_reap(&copy->clipboard, &error) == 0)
        return NULL;
    buf_reset(&copy->told);
    buf_adds(&copy->told, error.text);
    return copy->told.data;
}
