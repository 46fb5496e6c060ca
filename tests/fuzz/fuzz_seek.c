/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a session that is played from its places, in the file's order and one run after the other:
 * what is told from one on, where a run begins, is what was told from there on when all was told.
 */
#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "base/mem.h"
#include "session/replay.h"
#include "session/seek.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int make_file(const uint8_t *data, size_t size)
{
    int fd = memfd_create("session", MFD_CLOEXEC);
    assert(fd >= 0 && fd_write_all(fd, (const char *)data, size) == 0);
    return fd;
}

/* All that comes.  The places are met on the way, each at its time. */
static void tell(rn_stream *stream, const struct replay *replay, const struct seek *seek,
                 struct buf *told)
{
    const rn_event *event;
    while (rn_step(stream, &event, 0) == RN_EVENT) {
        int64_t start = replay_start(replay);
        const struct place *place = seek->count > 0 ? seek_before(seek, start) : NULL;
        if (place && place->start == start)
            assert(place->at == replay_played(replay));
        buf_addf(told, "%lld %s\n", (long long)start, event->json);
    }
}

static void check_places(const struct seek *seek)
{
    for (size_t i = 0; i < seek->count; i++) {
        const struct place *place = &seek->places[i];
        assert(isfinite(place->at) && place->at >= 0 && place->at <= seek->length);
        assert(seek_before(seek, place->start) == place);
        assert(i == 0 || (place[-1].start < place->start && place[-1].at <= place->at));
    }
}

/* Told one after the other, the runs of a file that breaks all rules may come in another order. */
static void check_rest(const char *all, const char *rest, bool is_in_order)
{
    assert(strlen(rest) <= strlen(all));
    if (is_in_order)
        assert(strcmp(all + strlen(all) - strlen(rest), rest) == 0);
    for (const char *end; !is_in_order && (end = strchr(rest, '\n')); rest = end + 1) {
        const char *json = strchr(rest, ' ');
        char *line = xstrndup(json, (size_t)(end + 1 - json));
        assert(strstr(all, line));
        free(line);
    }
}

static void check(const uint8_t *data, size_t size, bool keeps_order)
{
    struct replay_options options = {.max_gap_ms = 1000, .keeps_order = keeps_order, .stays = true};
    struct replay *replay;
    struct seek seek = {0}, none = {0};
    struct buf all = BUF_INIT;
    rn_stream *stream = replay_open(NULL, make_file(data, size), &options, &replay);
    assert(replay_scan(replay, &seek) == 0);
    check_places(&seek);
    tell(stream, replay, &seek, &all);
    for (size_t i = 0; i < seek.count; i++) {
        struct buf rest = BUF_INIT;
        if (!seek.places[i].begins_run)
            continue;
        assert(replay_begin(replay, &seek.places[i]) == 0);
        tell(stream, replay, &none, &rest);
        check_rest(buf_str(&all), buf_str(&rest), keeps_order);
        buf_clear(&rest);
    }
    rn_close(stream);
    seek_clear(&seek);
    buf_clear(&all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check(data, size, true);
    check(data, size, false);
    return 0;
}
