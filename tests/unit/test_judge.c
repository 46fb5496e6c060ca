/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/tools.h"

#include "tool_fixture.h"

/* Each call in a folder of the world. */
static const struct {
    const char *tool, *args, *folder;
    enum tool_verdict want;
    const char *why; /* a part of it */
} cases[] = {
    {"time", "{}", "work", TOOL_FREE, ""},
    {"calculate", "{\"expression\":\"1\"}", "work", TOOL_FREE, ""},
    {"calculate", "no JSON", "work", TOOL_FREE, ""},

    {"read_file", "{\"path\":\"a.txt\"}", "work", TOOL_FREE, ""},
    {"read_file", "{\"path\":\"sub/../a.txt\"}", "work", TOOL_FREE, ""},
    {"read_file", "{\"path\":\"to_file\"}", "work", TOOL_FREE, ""},
    {"read_file", "{\"path\":\"not there\"}", "work", TOOL_FREE, ""},
    {"read_file", "{\"path\":\".env\"}", "work", TOOL_ASK, "begins with a dot"},
    {"read_file", "{\"path\":\".git/config\"}", "work", TOOL_ASK, "begins with a dot"},
    {"read_file", "{\"path\":\"../outside/b\"}", "work", TOOL_ASK, "outside the working folder"},
    {"read_file", "{\"path\":\"../../../../../../etc/passwd\"}", "work", TOOL_ASK, "outside"},
    {"read_file", "{\"path\":\"/etc/passwd\"}", "work", TOOL_ASK, "outside the working folder"},
    {"read_file", "{\"path\":\"~/notes\"}", "work", TOOL_ASK, "outside the working folder"},
    {"read_file", "{\"path\":\"~/.config/runnel/config.ini\"}", "work", TOOL_ASK, "runnel's own"},
    {"read_file", "{\"path\":\"to_hidden\"}", "work", TOOL_NEVER, "symbolic link"},
    {"read_file", "{\"path\":\"to_other\"}", "work", TOOL_NEVER, "symbolic link"},
    {"read_file", "{\"path\":\"pipe\"}", "work", TOOL_NEVER, "a pipe, a device or a socket"},
    {"read_file", "{\"path\":\"/proc/self/environ\"}", "work", TOOL_NEVER, "/proc"},
    {"read_file", "{\"path\":\"/sys/kernel/notes\"}", "work", TOOL_NEVER, "/sys"},
    {"read_file", "{\"path\":\"/dev/zero\"}", "work", TOOL_NEVER, "/dev"},
    {"read_file", "{\"path\":\"notes\"}", "home", TOOL_ASK, "home folder"},
    {"read_file", "{\"path\":\"work/a.txt\"}", "", TOOL_ASK, "home folder, or holds it"},
    {"read_file", "{\"path\":\"etc/passwd\"}", "/", TOOL_ASK, "home folder"},
    {"read_file", "{\"path\":\"b\"}", "not there", TOOL_ASK, "cannot be read"},

    /* it fails before it reads, and says why */
    {"read_file", "{\"path\":", "work", TOOL_FREE, ""},
    {"read_file", "{}", "work", TOOL_FREE, ""},
    {"read_file", "{\"path\":7}", "work", TOOL_FREE, ""},
    {"read_file", "{\"path\":\"/etc/pass\\u0000wd\"}", "work", TOOL_FREE, ""},

    {"list_files", "{}", "work", TOOL_FREE, ""},
    {"list_files", "", "work", TOOL_FREE, ""},
    {"list_files", "{\"path\":\".\",\"depth\":3}", "work", TOOL_FREE, ""},
    {"list_files", "{\"hidden\":true}", "work", TOOL_ASK, "begins with a dot"},
    {"list_files", "{\"path\":\"/\"}", "work", TOOL_ASK, "outside"},
    {"list_files", "{}", "home", TOOL_ASK, "home folder"},
    {"search_files", "{\"pattern\":\"x\"}", "work", TOOL_FREE, ""},
    {"search_files", "{\"pattern\":\"x\",\"path\":\".git\"}", "work", TOOL_ASK, "dot"},
    {"search_files", "{\"pattern\":\"x\",\"path\":\"out\"}", "work", TOOL_NEVER, "symbolic link"},

    {"write_file", "{\"path\":\"a.txt\",\"content\":\"\"}", "work", TOOL_ASK, "it writes a file"},
    {"write_file", "{\"path\":\"new/b\",\"content\":\"\"}", "work", TOOL_ASK, "it writes a file"},
    {"write_file", "{\"path\":\".env\",\"content\":\"\"}", "work", TOOL_ASK, "programs obey"},
    {"write_file", "{\"path\":\"a\",\"content\":\"\"}", "home", TOOL_ASK, "home folder"},
    {"write_file", "{\"path\":\"../outside/b\",\"content\":\"\"}", "work", TOOL_NEVER,
     "inside the"},
    {"write_file", "{\"path\":\"~/.config/runnel/config.ini\",\"content\":\"\"}", "work",
     TOOL_NEVER, "not written by tools"},
    {"write_file", "{\"path\":\".config/runnel/config.ini\",\"content\":\"\"}", "home", TOOL_NEVER,
     "not written by tools"},
    {"write_file", "{\"path\":\"to_other\",\"content\":\"\"}", "work", TOOL_NEVER, "symbolic link"},
    {"write_file", "{\"path\":\"out/b\",\"content\":\"\"}", "work", TOOL_NEVER, "symbolic link"},
    {"write_file", "{\"path\":\"pipe\",\"content\":\"\"}", "work", TOOL_NEVER, "a pipe"},
    {"write_file", "{\"path\":\"/dev/sda\",\"content\":\"\"}", "work", TOOL_NEVER, "/dev"},
    {"edit_file", "{\"path\":\"a.txt\",\"old\":\"a\",\"new\":\"b\"}", "work", TOOL_ASK, "writes"},
    {"edit_file", "{\"path\":\"a.txt\"}", "work", TOOL_ASK, "writes"},
    {"edit_file", "{", "work", TOOL_ASK, "writes"},

    {"shell", "{\"command\":\"true\"}", "work", TOOL_ASK, "it runs a command"},
    {"shell", "", "work", TOOL_ASK, "it runs a command"},
    {"fetch_url", "{\"url\":\"https://example.org/\"}", "work", TOOL_ASK, "to the network"},
    {"fetch_url", "{}", "work", TOOL_ASK, "to the network"},
};

static void fill(const struct world *world)
{
    world_put(world, "work/a.txt", "one\ntwo\nthree\n");
    world_put(world, "work/sub/c", "c\n");
    world_put(world, "work/.env", "KEY\n");
    world_put(world, "work/.git/config", "g\n");
    world_put(world, "work/binary", "");
    world_put(world, "outside/b", "b\n");
    world_put(world, "home/notes", "n\n");
    world_put(world, "home/.config/runnel/config.ini", "[chat]\n");
    assert_int_equal(symlink("a.txt", "to_file") | symlink(".env", "to_hidden"), 0);
    assert_int_equal(symlink("../outside/b", "to_other") | symlink("../outside", "out"), 0);
    assert_int_equal(mkfifo("pipe", 0600), 0);
}

static void test_cases(void **state)
{
    const struct world *world = *state;
    fill(world);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *why = NULL;
        char *folder = cases[i].folder[0] == '/' ? xstrdup("/")
                                                 : xasprintf("%s/%s", world->root, cases[i].folder);
        const struct builtin *tool = builtin_find(cases[i].tool);
        enum tool_verdict got = tools_judge(tool, cases[i].args, folder, &why);
        if (got != cases[i].want || !strstr(why, cases[i].why) || (got == TOOL_FREE) != !*why)
            fail_msg("%s %s in %s: got %d, %s", cases[i].tool, cases[i].args, cases[i].folder, got,
                     why);
        free(folder);
    }
}

static void test_here(void **state)
{
    const struct world *world = *state;
    const char *why;
    fill(world);
    assert_int_equal(tools_judge(builtin_find("read_file"), "{\"path\":\"a.txt\"}", NULL, &why),
                     TOOL_FREE);
    assert_int_equal(
        tools_judge(builtin_find("read_file"), "{\"path\":\"../home/notes\"}", NULL, &why),
        TOOL_ASK);
}

/* ---- What the user sees ---- */

/* ~ stands for the working folder */
static const struct {
    const char *tool, *args, *want;
    bool tells_all;
} previews[] = {
    {"time", "{}", "", false},
    {"calculate", "{\"expression\":\"1\"}", "", false},
    {"read_file", "{\"path\":\"sub/../a.txt\"}", "~/a.txt\n", false},
    {"list_files", "{}", "~\n", false},
    {"shell", "{\"command\":\"rm -rf x\\necho \\u001b[31m\"}", "rm -rf x\necho \x1b[31m\n", true},
    {"fetch_url", "{\"url\":\"https://example.org/?q=secret\"}", "https://example.org/?q=secret\n",
     true},
    {"edit_file", "{\"path\":\"a.txt\",\"old\":\"two\",\"new\":\"zwei\"}",
     "--- a.txt\n+++ a.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+zwei\n three\n", true},
    {"edit_file", "{\"path\":\"a.txt\",\"old\":\"four\",\"new\":\"\"}",
     "It will fail: old is not in the file: read the file, and copy it exactly\n", false},
    {"edit_file", "{\"path\":\"new\",\"old\":\"a\",\"new\":\"b\"}",
     "It will fail: ~/new: there is no such file\n", false},
    {"write_file", "{\"path\":\"new\",\"content\":\"a\\nb\\n\"}",
     "--- /dev/null\n+++ new\n@@ -0,0 +1,2 @@\n+a\n+b\n", true},
    {"write_file", "{\"path\":\"x/y/new\",\"content\":\"a\\n\"}",
     "--- /dev/null\n+++ x/y/new\n@@ -0,0 +1 @@\n+a\n", true},
    {"write_file", "{\"path\":\"x/y/new\",\"content\":\"a\\n\",\"make_folders\":true}",
     "--- /dev/null\n+++ x/y/new\n@@ -0,0 +1 @@\n+a\nIt makes the folder it is in: x/y\n", true},
    {"write_file", "{\"path\":\"x/new\",\"content\":\"\",\"make_folders\":true}",
     "It makes the folder it is in: x\n", false},
    {"write_file", "{\"path\":\"sub/x/new\",\"content\":\"a\",\"make_folders\":true}",
     "--- /dev/null\n+++ sub/x/new\n@@ -0,0 +1 @@\n+a\n\\ No newline at end of file\n"
     "It makes the folder it is in: sub/x\n",
     true},
    {"write_file", "{\"path\":\"new\\n+b\",\"content\":\"a\\n\"}",
     "--- /dev/null\n+++ new\n+b\n@@ -0,0 +1 @@\n+a\n", false},
    {"edit_file", "{\"path\":\"a.txt\",\"old\":\"two\",\"new\":\"2\",\"all\":true}",
     "--- a.txt\n+++ a.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n", true},
    {"write_file", "{\"path\":\"a.txt\",\"content\":\"one\\n\"}",
     "--- a.txt\n+++ a.txt\n@@ -1,3 +1 @@\n one\n-two\n-three\n", true},
    {"write_file", "{\"path\":\"a.txt\",\"content\":\"one\\ntwo\\nthree\\n\"}", "", false},
    {"write_file", "{\"path\":\"a.txt\"}", "It will fail: arguments: \"content\" is missing\n",
     false},
    {"write_file", "{\"path\":\"pipe\",\"content\":\"x\"}",
     "It will fail: ~/pipe: it is a pipe, a device or a socket, not a file\n", false},
    {"shell", "{\"command\":", "It will fail: the arguments end too early: ", false},
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

static void test_previews(void **state)
{
    fill(*state);
    for (size_t i = 0; i < sizeof(previews) / sizeof(previews[0]); i++) {
        struct buf out = BUF_INIT;
        char *want = with_folder(previews[i].want);
        bool tells_all = tools_preview(builtin_find(previews[i].tool), previews[i].args, &out);
        if (strncmp(buf_str(&out), want, strlen(want)) != 0 || !*want != (out.len == 0))
            fail_msg("%s %s: got %s", previews[i].tool, previews[i].args, buf_str(&out));
        if (tells_all != previews[i].tells_all)
            fail_msg("%s %s: tells all: %d", previews[i].tool, previews[i].args, tells_all);
        free(want);
        buf_clear(&out);
    }
    world_check(*state, "work/a.txt", "one\ntwo\nthree\n");
    world_check(*state, "work/new", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_cases, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_here, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_previews, world_open, world_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
