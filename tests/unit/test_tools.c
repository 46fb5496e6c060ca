/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each tool as the program runs it: a process, its arguments on stdin.
 */
#include "tools/tools.h"

#include "tool_fixture.h"

static void fill(const struct world *world)
{
    world_put(world, "work/a.txt", "one\ntwo\nthree\n");
    world_put(world, "work/cut.txt", "one\ntwo");
    world_put(world, "work/empty", "");
    world_put(world, "work/sub/deep/er/d.c", "int two;\n");
    world_put(world, "work/sub/c.c", "int one;\nint tWo;\n");
    world_put(world, "work/.env", "KEY=two\n");
    world_put(world, "work/dos.txt", "one\r\ntwo\r\n");
    world_put(world, "outside/b", "two\n");
    world_put(world, "home/.config/runnel/config.ini", "two\n");
    assert_int_equal(symlink("a.txt", "to_file") | symlink(".env", "to_hidden"), 0);
    assert_int_equal(symlink("../outside/b", "to_other") | symlink("../outside", "out"), 0);
    assert_int_equal(symlink("sub", "to_folder"), 0);
    assert_int_equal(mkfifo("pipe", 0600), 0);
    int fd = open("binary", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    assert_int_equal(write(fd, "two\n\0two\n", 9), 9);
    close(fd);
}

/* What comes out begins so; ~ stands for the working folder.  What failed begins with "!". */
static const struct {
    const char *tool, *args, *want;
} cases[] = {
    {"read_file", "{\"path\":\"a.txt\"}", "one\ntwo\nthree\n"},
    {"read_file", "{\"path\":\"./sub/../a.txt\"}", "one\ntwo\nthree\n"},
    {"read_file", "{\"path\":\"to_file\"}", "one\ntwo\nthree\n"},
    {"read_file", "{\"path\":\"cut.txt\"}", "one\ntwo"},
    {"read_file", "{\"path\":\"dos.txt\"}", "one\r\ntwo\r\n"},
    {"read_file", "{\"path\":\"empty\"}", ""},
    {"read_file", "{\"path\":\".env\"}", "KEY=two\n"},
    {"read_file", "{\"path\":\"../outside/b\"}", "two\n"},
    {"read_file", "{\"path\":\"a.txt\",\"first_line\":2,\"last_line\":2}", "two\n"},
    {"read_file", "{\"path\":\"a.txt\",\"first_line\":2}", "two\nthree\n"},
    {"read_file", "{\"path\":\"a.txt\",\"last_line\":1}", "one\n"},
    {"read_file", "{\"path\":\"a.txt\",\"last_line\":99}", "one\ntwo\nthree\n"},
    {"read_file", "{\"path\":\"cut.txt\",\"first_line\":2}", "two"},
    {"read_file", "{\"path\":\"a.txt\",\"first_line\":4}", "!~/a.txt has only 3 lines"},
    {"read_file", "{\"path\":\"cut.txt\",\"first_line\":3}", "!~/cut.txt has only 2 lines"},
    {"read_file", "{\"path\":\"empty\",\"first_line\":2}", "!~/empty has only 0 lines"},
    {"read_file", "{\"path\":\"a.txt\",\"first_line\":3,\"last_line\":2}",
     "!last_line is before first_line"},
    {"read_file", "{\"path\":\"binary\"}", "!~/binary is no text: byte 4 is NUL"},
    {"read_file", "{\"path\":\"sub\"}", "!~/sub is a folder: use list_files"},
    {"read_file", "{\"path\":\"none\"}", "!~/none: there is no such file or folder"},
    {"read_file", "{\"path\":\"pipe\"}", "!~/pipe: it is a pipe, a device or a socket, not a file"},
    {"read_file", "{\"path\":\"/dev/zero\"}", "!/dev/zero: /proc, /sys and /dev are not for tools"},
    {"read_file", "{\"path\":\"/proc/self/environ\"}", "!/proc/self/environ: /proc, /sys and /dev"},
    {"read_file", "{\"path\":\"to_hidden\"}",
     "!~/to_hidden leads to ~/.env by a symbolic link: ask for that path"},
    {"read_file", "{\"path\":\"to_other\"}", "!~/to_other leads to "},
    {"read_file", "{\"path\":\"out/b\"}", "!~/out/b leads to "},
    {"read_file", "{\"path\":\"\"}", "!the path is empty"},
    {"read_file", "{\"path\":\"a.txt\"", "!the arguments end too early"},
    {"read_file", "{\"file\":\"a.txt\"}", "!arguments: \"path\" is missing"},
    {"read_file", "{\"path\":\"a.txt\",\"limit\":3}",
     "!arguments: there is no \"limit\"; there are: path"},
    {"read_file", "", "!arguments: \"path\" is missing"},

    {"list_files", "",
     "a.txt  14\nbinary  9\ncut.txt  7\ndos.txt  10\nempty  0\nout  (link)\npipe  (no file)\n"
     "sub/\nto_file  (link)\nto_folder  (link)\nto_hidden  (link)\nto_other  (link)\n"},
    {"list_files", "{\"path\":\"sub\"}", "sub/c.c  18\nsub/deep/\n"},
    {"list_files", "{\"path\":\"sub\",\"depth\":2}", "sub/c.c  18\nsub/deep/\nsub/deep/er/\n"},
    {"list_files", "{\"path\":\"sub\",\"depth\":9}",
     "sub/c.c  18\nsub/deep/\nsub/deep/er/\nsub/deep/er/d.c  9\n"},
    {"list_files", "{\"path\":\"to_folder\"}", "sub/c.c  18\nsub/deep/\n"},
    {"list_files", "{\"hidden\":true}", ".env  8\na.txt  14\n"},
    {"list_files", "{\"path\":\"out\"}", "!~/out leads to "},
    {"list_files", "{\"path\":\"a.txt\"}", "!~/a.txt is a file: use read_file"},
    {"list_files", "{\"path\":\"../home\"}",
     "(The folder is empty, or all names in it begin with a dot"},
    {"list_files", "{\"depth\":17}", "!arguments.depth: it must be at most 16"},

    {"search_files", "{\"pattern\":\"two\"}",
     "a.txt:2:two\ncut.txt:2:two\ndos.txt:2:two\r\nsub/deep/er/d.c:1:int two;\n"},
    {"search_files", "{\"pattern\":\"TWO\",\"ignore_case\":true,\"name\":\"*.c\"}",
     "sub/c.c:2:int tWo;\nsub/deep/er/d.c:1:int two;\n"},
    {"search_files", "{\"pattern\":\"^(one|two)$\",\"path\":\"a.txt\"}",
     "a.txt:1:one\na.txt:2:two\n"},
    {"search_files", "{\"pattern\":\"KEY\"}", "(No line of 7 files fits the pattern.)\n"},
    {"search_files", "{\"pattern\":\"KEY\",\"hidden\":true}", ".env:1:KEY=two\n"},
    {"search_files", "{\"pattern\":\"one\",\"path\":\"sub\"}", "sub/c.c:1:int one;\n"},
    {"search_files", "{\"pattern\":\"a(b\"}",
     "!the pattern is no POSIX extended regular expression"},
    {"search_files", "{\"pattern\":\"\\\\d+\"}",
     "!the pattern is a POSIX extended regular expression: "
     "\\d is not known: write [0-9]"},
    {"search_files", "{\"pattern\":\"\\\\\\\\d\"}", "(No line of 7 files"},
    {"search_files", "{\"pattern\":\"(?:a)\"}",
     "!the pattern is a POSIX extended regular expression: (?"},
    {"search_files", "{\"pattern\":\"two\",\"path\":\"pipe\"}", "!~/pipe: it is a pipe"},

    {"time", "{\"zone\":\"UTC\",\"from\":\"2026-01-31\",\"to\":\"2026-03-01\"}",
     "29 days (2505600 sec"},
    {"time", "{\"zone\":\"UTC\",\"from\":\"2026-03-01\",\"to\":\"2026-01-31\"}",
     "-29 days (-2505600"},
    {"time", "{\"from\":\"2026-01-31T12:00:00Z\",\"to\":\"2026-01-31T13:30:01+01:00\"}",
     "0 days 0 h 30 min 1 s (1801 seconds)\n"},
    {"time", "{\"from\":\"2026-01-31T12:00Z\",\"to\":\"2026-02-01 12:00:00.5Z\"}",
     "1 days 0 h 0 min 0 s"},
    {"time", "{\"zone\":\"UTC\",\"from\":\"2026-01-31\",\"to\":\"2026-01-31T01:00:00\"}",
     "0 days 1 h"},
    {"time", "{\"from\":\"2026-01-31T12:00:00-0500\",\"to\":\"2026-01-31T17:00:00Z\"}",
     "0 days 0 h 0"},
    {"time", "{\"from\":\"2026-02-30\"}", "!\"2026-02-30\": that month has no such day"},
    {"time", "{\"from\":\"yesterday\"}", "!\"yesterday\" is no time: write it as 2026-01-31"},
    {"time", "{\"from\":\"2026-01-31T\"}", "!\"2026-01-31T\" is no time"},
    {"time", "{\"from\":\"2026-01-31x\"}", "!\"2026-01-31x\" is no time"},
    {"time", "{\"from\":\"2026-01-31T25:00:00\"}", "!\"2026-01-31T25:00:00\" is no time"},
    {"time", "{\"from\":\"2026-01-31T12:00:00+\"}", "!\"2026-01-31T12:00:00+\" is no time"},
    {"time", "{\"from\":\"\"}", "!\"\" is no time"},
    {"time", "{\"zone\":\"../../../etc/passwd\"}",
     "!the zone \"../../../etc/passwd\" is not known"},
    {"time", "{\"zone\":\"/etc/passwd\"}", "!the zone \"/etc/passwd\" is not known"},
    {"time", "{\"zone\":\"Nowhere/City\"}", "!the zone \"Nowhere/City\" is not known"},

    {"calculate", "{\"expression\":\"6 * 7\"}", "42"},
    {"calculate", "{\"expression\":\"6 *\"}",
     "!the expression cannot be worked out: at character 4: it ends"},

    {"fetch_url", "{\"url\":\"file:///etc/passwd\"}",
     "!the url must begin with http:// or https://"},
    {"fetch_url", "{\"url\":\"example.org\"}", "!the url must begin with http:// or https://"},
    {"fetch_url", "{\"url\":\"gopher://127.0.0.1/\"}",
     "!the url must begin with http:// or https://"},
    {"fetch_url", "{\"url\":\"http://[\"}", "!http://[ cannot be fetched: "},
    {"no_such_tool", "{}", "!there is no tool no_such_tool"},
};

static char *with_folder(const char *text)
{
    struct buf out = BUF_INIT;
    char *folder = realpath(".", NULL);
    for (; *text; text++) {
        if (*text == '~')
            buf_adds(&out, folder);
        else
            buf_addc(&out, *text);
    }
    free(folder);
    return buf_take(&out);
}

static void check(const char *tool, const char *args, const char *want)
{
    struct buf out = BUF_INIT;
    char *whole = with_folder(want + (*want == '!'));
    int status = tool_call(tool, args, &out);
    if (status != (*want == '!') || strncmp(buf_str(&out), whole, strlen(whole)) != 0 ||
        (!*want && out.len > 0))
        fail_msg("%s %s: status %d, %s", tool, args, status, buf_str(&out));
    free(whole);
    buf_clear(&out);
}

static void test_cases(void **state)
{
    fill(*state);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        check(cases[i].tool, cases[i].args, cases[i].want);
}

/* ---- Writing ---- */

static const struct {
    const char *tool, *args, *want;
    const char *file, *content; /* afterwards; below the root */
} writes[] = {
    {"write_file", "{\"path\":\"new\",\"content\":\"a\\nb\\n\"}", "Made ~/new, 4 bytes.\n",
     "work/new", "a\nb\n"},
    {"write_file", "{\"path\":\"a.txt\",\"content\":\"\"}", "Replaced ~/a.txt, 0 bytes.\n",
     "work/a.txt", ""},
    {"write_file", "{\"path\":\"x/y/z\",\"content\":\"z\"}",
     "!~/x/y/z: its folder is not there: set make_folders to true to make it", "work/x/y/z", NULL},
    {"write_file", "{\"path\":\"x/y/z\",\"content\":\"z\",\"make_folders\":true}",
     "Made ~/x/y/z, 1 bytes.\n", "work/x/y/z", "z"},
    {"write_file", "{\"path\":\"../outside/b\",\"content\":\"z\"}", "!", "outside/b", "two\n"},
    {"write_file", "{\"path\":\"../outside/new\",\"content\":\"z\"}", "!", "outside/new", NULL},
    {"write_file", "{\"path\":\"to_other\",\"content\":\"z\"}", "!~/to_other leads to ",
     "outside/b", "two\n"},
    {"write_file", "{\"path\":\"out/b\",\"content\":\"z\"}", "!~/out/b leads to ", "outside/b",
     "two\n"},
    {"write_file", "{\"path\":\"out/x/y\",\"content\":\"z\",\"make_folders\":true}", "!",
     "outside/x/y", NULL},
    {"write_file", "{\"path\":\"~/.config/runnel/config.ini\",\"content\":\"z\"}", "!",
     "home/.config/runnel/config.ini", "two\n"},
    {"write_file", "{\"path\":\"pipe\",\"content\":\"z\"}", "!~/pipe: it is a pipe", "work/none",
     NULL},
    {"write_file", "{\"path\":\"sub\",\"content\":\"z\"}", "!~/sub is a folder: name a file",
     "work/none", NULL},
    {"write_file", "{\"path\":\".\",\"content\":\"z\"}", "!", "work/none", NULL},
    {"write_file", "{\"path\":\"/proc/self/comm\",\"content\":\"z\"}", "!", "work/none", NULL},
    {"write_file", "{\"path\":\"cut.txt\"}", "!arguments: \"content\" is missing", "work/cut.txt",
     "one\ntwo"},
    {"write_file", "{\"path\":\"cut.txt\",\"content\":\"z", "!the arguments end too early",
     "work/cut.txt", "one\ntwo"},
    {"edit_file", "{\"path\":\"sub/c.c\",\"old\":\"one\",\"new\":\"eins\"}",
     "Replaced at line 1 of ~/sub/c.c.\n", "work/sub/c.c", "int eins;\nint tWo;\n"},
    {"edit_file", "{\"path\":\"sub/c.c\",\"old\":\"int\",\"new\":\"long\"}",
     "!~/sub/c.c: old is in the file 2 times, at lines 1, 2: ", "work/sub/c.c",
     "int eins;\nint tWo;\n"},
    {"edit_file", "{\"path\":\"sub/c.c\",\"old\":\"int\",\"new\":\"long\",\"all\":true}",
     "Replaced 2 times in ~/sub/c.c, first at line 1.\n", "work/sub/c.c",
     "long eins;\nlong tWo;\n"},
    {"edit_file", "{\"path\":\"none\",\"old\":\"a\",\"new\":\"b\"}",
     "!~/none: there is no such file", "work/none", NULL},
    {"edit_file", "{\"path\":\"x/none/n\",\"old\":\"a\",\"new\":\"b\"}",
     "!~/x/none/n: there is no such file", "work/x/none/n", NULL},
    {"edit_file", "{\"path\":\"binary\",\"old\":\"a\",\"new\":\"b\"}", "!~/binary is no text",
     "work/none", NULL},
    {"edit_file", "{\"path\":\"to_file\",\"old\":\"a\",\"new\":\"b\"}",
     "!~/to_file leads to ~/a.txt by", "work/a.txt", ""},
};

static void test_writes(void **state)
{
    fill(*state);
    for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
        check(writes[i].tool, writes[i].args, writes[i].want);
        world_check(*state, writes[i].file, writes[i].content);
    }
    /* Nothing is left of the files that were written first. */
    check("search_files", "{\"pattern\":\".\",\"hidden\":true,\"name\":\".runnel-*\"}",
          "(No line of 0 files fits the pattern.)");
}

static void test_the_mode_of_a_file_stays(void **state)
{
    struct stat info;
    fill(*state);
    assert_int_equal(chmod("a.txt", 0750), 0);
    check("write_file", "{\"path\":\"a.txt\",\"content\":\"x\"}", "Replaced");
    assert_int_equal(stat("a.txt", &info), 0);
    assert_int_equal(info.st_mode & 07777, 0750);
    umask(0);
    check("write_file", "{\"path\":\"new\",\"content\":\"x\"}", "Made");
    assert_int_equal(stat("new", &info), 0);
    assert_int_equal(info.st_mode & 07777, 0644); /* others may never write */
    umask(022);
}

/* ---- Limits ---- */

static void put_lines(int count, int width)
{
    FILE *file = fopen("large", "we");
    for (int i = 1; i <= count; i++)
        fprintf(file, "%0*d\n", width, i);
    fclose(file);
}

static void test_large_files(void **state)
{
    (void)state;
    put_lines(100 * 1000, 7);
    check("read_file", "{\"path\":\"large\"}",
          "!~/large has 800000 bytes, and at most 65536 are read at once: ask for fewer lines (1 "
          "to 8192 "
          "fit), or use search_files");
    check("read_file", "{\"path\":\"large\",\"first_line\":99999}", "0099999\n0100000\n");
    check("read_file", "{\"path\":\"large\",\"first_line\":50000,\"last_line\":50000}",
          "0050000\n");
    check("search_files", "{\"pattern\":\"99999\"}", "large:99999:0099999\n");
    put_lines(1, 300 * 1000);
    check("read_file", "{\"path\":\"large\"}", "!line 1 of ~/large is longer than 65536 bytes");
    put_lines(1000, 5000);
    check("edit_file", "{\"path\":\"large\",\"old\":\"a\",\"new\":\"b\"}",
          "!~/large: is larger than 4194304 bytes");
}

static size_t count_lines(const struct buf *text)
{
    size_t lines = 0;
    for (size_t i = 0; i < text->len; i++)
        lines += text->data[i] == '\n';
    return lines;
}

static void test_many_results(void **state)
{
    struct buf out = BUF_INIT;
    put_lines(500, 400);
    assert_int_equal(tool_call("search_files", "{\"pattern\":\"0\"}", &out), 0);
    assert_int_equal(count_lines(&out), 201);
    assert_non_null(strstr(out.data, "0 ... (cut)\n"));
    assert_non_null(strstr(out.data, "(There is more: 200 are shown."));
    buf_reset(&out);
    for (int i = 0; i < 1100; i++) {
        char *path = xasprintf("work/many/%d", i);
        world_put(*state, path, "");
        free(path);
    }
    assert_int_equal(tool_call("list_files", "{\"path\":\"many\"}", &out), 0);
    assert_int_equal(count_lines(&out), 1001);
    assert_non_null(strstr(out.data, "(There is more: 1000 are shown."));
    buf_clear(&out);
}

/* A link and a file named so that a line of output would lie. */
static void test_names_cannot_lie(void **state)
{
    assert_int_equal(mkdir("a\nb", 0755), 0);
    world_put(*state, "work/c\x1b[31m", "");
    check("list_files", "", "a?b/\nc?[31m  0\n");
}

static void test_own_folders_are_passed_by(void **state)
{
    setenv("XDG_DATA_HOME", ((const struct world *)*state)->root, 1);
    world_put(*state, "runnel/sessions/1", "two\n");
    world_put(*state, "other/1", "two\n");
    struct buf out = BUF_INIT;
    assert_int_equal(tool_call("search_files", "{\"pattern\":\"two\",\"path\":\"..\"}", &out), 0);
    assert_non_null(strstr(out.data, "/other/1:1:two\n"));
    assert_null(strstr(out.data, "sessions"));
    buf_reset(&out);
    assert_int_equal(tool_call("list_files", "{\"path\":\"../runnel\",\"depth\":2}", &out), 0);
    assert_non_null(strstr(out.data, "/sessions/1  4\n")); /* it was asked for by its name */
    buf_clear(&out);
}

static void test_arguments_have_a_bound(void **state)
{
    (void)state;
    struct tool_run run = tool_start("read_file", 0);
    struct buf args = BUF_INIT, out = BUF_INIT;
    buf_adds(&args, "{\"path\":\"");
    while (args.len < 17 * 1024 * 1024)
        buf_adds(&args, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    buf_adds(&args, "\"}");
    tool_write(&run, args.data);
    assert_int_equal(tool_end(&run, &out), 1);
    assert_string_equal(buf_str(&out), "the arguments: is larger than 16777216 bytes");
    buf_clear(&args);
    buf_clear(&out);
}

static void test_now(void **state)
{
    (void)state;
    struct buf out = BUF_INIT;
    char day[16];
    int parts[6];
    assert_int_equal(tool_call("time", "{\"zone\":\"UTC\"}", &out), 0);
    assert_int_equal(sscanf(buf_str(&out), "%15[A-Za-z], %d-%d-%dT%d:%d:%d+00:00 (UTC)", day,
                            &parts[0], &parts[1], &parts[2], &parts[3], &parts[4], &parts[5]),
                     7);
    assert_non_null(strstr(day, "day"));
    assert_true(parts[0] > 2020);
    buf_clear(&out);
}

int main(int argc, char **argv)
{
    tool_main(argc, argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_cases, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_writes, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_the_mode_of_a_file_stays, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_large_files, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_many_results, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_names_cannot_lie, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_own_folders_are_passed_by, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_arguments_have_a_bound, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_now, world_open, world_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
