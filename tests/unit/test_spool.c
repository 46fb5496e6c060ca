/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sessions that come through pipes.
 */
#include "session/spool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "session_fixture.h"

static const char text[] = "{\"type\":\"session\"}\n";

static void assert_spooled(int from, const char *want)
{
    struct spool spool;
    struct error error = ERROR_INIT;
    if (spool_open(&spool, from, &error) < 0)
        fail_msg("%s", error.text);
    for (int i = 0; i < 2; i++) { /* it can be opened as often as one likes */
        char *got = file_get(spool.path);
        assert_string_equal(got, want);
        free(got);
    }
    spool_close(&spool);
}

static void test_pipe(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_int_equal(fd_write_all(ends[1], text, strlen(text)), 0);
    close(ends[1]);
    assert_spooled(ends[0], text);
    assert_spooled(ends[0], "");
    close(ends[0]);
}

/* From its beginning, wherever who opened it has read to. */
static void test_file(void **state)
{
    (void)state;
    int fd = bytes_fd(text, strlen(text));
    assert_int_equal(lseek(fd, 5, SEEK_SET), 5);
    assert_spooled(fd, text);
    close(fd);
}

static void test_no_place(void **state)
{
    (void)state;
    int ends[2];
    struct spool spool;
    struct error error = ERROR_INIT;
    char *folder = folder_new();
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    close(ends[1]);
    setenv("TMPDIR", "/nowhere", 1);
    assert_int_equal(spool_open(&spool, ends[0], &error), -1);
    assert_non_null(strstr(error.text, "/nowhere/"));
    setenv("TMPDIR", folder, 1);
    assert_spooled(ends[0], "");
    assert_int_equal(rmdir(folder), 0); /* nothing was left in it */
    close(ends[0]);
    free(folder);
    folder = folder_new();
    int fd = open(folder, O_RDONLY | O_CLOEXEC);
    setenv("TMPDIR", folder, 1);
    assert_int_equal(spool_open(&spool, fd, &error), -1);
    assert_non_null(strstr(error.text, "cannot read"));
    close(fd);
    unsetenv("TMPDIR");
    folder_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pipe),
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_no_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
