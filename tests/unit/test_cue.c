/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an event's line is taken for, whoever wrote it.
 */
#include "session/cue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "session/reader.h"

#define LONG_RUN "0123456789012345678901234567890123456789012345678901234567890123456789"

static const struct {
    const char *about, *line, *want; /* "TYPE RUN T"; NULL: it is no event */
} cases[] = {
    {"as we write it", "{\"type\":\"ai\",\"seq\":2,\"t\":412,\"content\":\"x\"}", "ai  412"},
    {"no more than that", "{\"type\":\"ai\",\"seq\":2,\"t\":412}", "ai  412"},
    {"as others do", "{ \"t\" : 412, \"content\": \"x\", \"type\": \"ai\" }", "ai  412"},
    {"a named run", "{\"type\":\"ai\",\"seq\":2,\"t\":4,\"run\":\"b\"}", "ai b 4"},
    {"a named run, written oddly", "{\"type\":\"ai\",\"seq\":2,\"t\":4,\"run\" : \"b\"}", "ai b 4"},
    {"a run that is not the event's",
     "{\"type\":\"tool\",\"seq\":2,\"t\":4,\"args\":{\"run\":\"b\"}}", "tool  4"},
    {"a long name", "{\"type\":\"start\",\"run\":\"" LONG_RUN "\"}",
     "start 012345678901234567890123456789012345678901234567890123456789012 -1"},
    {"no time", "{\"type\":\"finish\"}", "finish  -1"},
    {"a time before time", "{\"type\":\"ai\",\"t\":-5}", "ai  -1"},
    {"a time that is none", "{\"type\":\"ai\",\"seq\":1,\"t\":\"4\"}", "ai  -1"},
    {"a long time", "{\"type\":\"ai\",\"seq\":1,\"t\":1234567890123456}", "ai  1234567890123456"},
    {"a type nobody knows", "{\"type\":\"a_very_long_type_of_event\",\"seq\":1,\"t\":2}", "  2"},
    {"an escape in a type", "{\"type\":\"a\\u0069\",\"seq\":1,\"t\":2}", "ai  2"},
    {"said twice, the last counts", "{\"type\":\"title\",\"seq\":1,\"t\":2,\"type\":\"ai\"}",
     "ai  2"},
    {"a record", "{\"type\":\"title\",\"title\":\"x\"}", NULL},
    {"a record that looks like an event", "{\"type\":\"title\",\"seq\":1,\"t\":2}", NULL},
    {"no type", "{\"seq\":1,\"t\":2}", NULL},
    {"no JSON", "{type}", NULL},
};

static void lines_are_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct session_line line = {.data = cases[i].line, .len = strlen(cases[i].line)};
        struct cue cue;
        struct buf got = BUF_INIT;
        if (cue_read(&cue, &line))
            buf_addf(&got, "%s %s %lld", cue.type, cue.run, (long long)cue.t);
        if (strcmp(buf_str(&got), cases[i].want ? cases[i].want : "") != 0)
            fail_msg("%s: %s", cases[i].about, buf_str(&got));
        buf_clear(&got);
    }
}

static void beginnings_and_ends(void **state)
{
    (void)state;
    struct cue start = {.type = "start"}, finish = {.type = "finish"}, other = {.type = "ai"};
    assert_true(cue_begins(&start) && !cue_ends(&start));
    assert_true(cue_ends(&finish) && !cue_begins(&finish));
    assert_false(cue_begins(&other) || cue_ends(&other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_known),
        cmocka_unit_test(beginnings_and_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
