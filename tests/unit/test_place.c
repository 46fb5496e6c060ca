/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/place.h"

#include "tool_fixture.h"

#include <limits.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

/* ---- Judging a name ---- */

static const struct {
    const char *folder, *home, *path;
    enum place_kind want;
} names[] = {
    {"/w", "/h", "/w", PLACE_FREE},
    {"/w", "/h", "/w/a", PLACE_FREE},
    {"/w", "/h", "/w/a.b/c..d", PLACE_FREE},
    {"/w", "/h", "/w/.git", PLACE_HIDDEN},
    {"/w", "/h", "/w/a/.b/c", PLACE_HIDDEN},
    {"/w", "/h", "/wa", PLACE_OUTSIDE},
    {"/w", "/h", "/", PLACE_OUTSIDE},
    {"/w", "/h", "/etc/passwd", PLACE_OUTSIDE},
    {"/w", "/h", "/h/.ssh/id", PLACE_OUTSIDE},
    {"/w", "/h", "/h/.config/runnel", PLACE_OWN},
    {"/w", "/h", "/h/.config/runnel/config.ini", PLACE_OWN},
    {"/w", "/h", "/h/.local/share/runnel/sessions", PLACE_OWN},
    {"/w", "/h", "/h/.local/state/runnel/history", PLACE_OWN},
    {"/w", "/h", "/h/.config/runnel2", PLACE_OUTSIDE},
    {"/w", "/h", "/proc/self/environ", PLACE_KERNEL},
    {"/w", "/h", "/proc", PLACE_KERNEL},
    {"/w", "/h", "/sys/x", PLACE_KERNEL},
    {"/w", "/h", "/dev/sda", PLACE_KERNEL},
    {"/w", "/h", "/process", PLACE_OUTSIDE},
    {"/h", "/h", "/h/a", PLACE_HOME},
    {"/h", "/h", "/h/.ssh/id", PLACE_HOME},
    {"/h", "/h", "/h/.config/runnel/config.ini", PLACE_OWN},
    {"/", "/h", "/w/a", PLACE_HOME},
    {"/", "/h", "/proc/1/mem", PLACE_KERNEL},
    {"/h/w", "/h", "/h/w/a", PLACE_FREE},
    {"/h/w", "/h", "/h/a", PLACE_OUTSIDE},
    {"/h/.x", "/h", "/h/.x/a", PLACE_FREE},
    {"/w", NULL, "/w/a", PLACE_HOME},
    {"/proc/1", "/h", "/proc/1/environ", PLACE_KERNEL},
};

static char *own(const char *home, const char *below)
{
    return home ? xasprintf("%s/%s/runnel", home, below) : NULL;
}

static void test_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct grounds grounds = {
            xstrdup(names[i].folder),
            xstrdup(names[i].home),
            {own(names[i].home, ".config"), own(names[i].home, ".local/share"),
             own(names[i].home, ".local/state")},
        };
        enum place_kind got = grounds_judge(&grounds, names[i].path);
        if (got != names[i].want)
            fail_msg("%s in %s: got %d, want %d", names[i].path, names[i].folder, got,
                     names[i].want);
        grounds_clear(&grounds);
    }
}

/* ---- Taking a path as it is written ---- */

static const struct {
    const char *written, *want; /* "!..." is an error */
} written[] = {
    {"a", "/w/f/a"},
    {"a/b", "/w/f/a/b"},
    {".", "/w/f"},
    {"./a//b/", "/w/f/a/b"},
    {"..", "/w"},
    {"../../etc/passwd", "/etc/passwd"},
    {"../../../../../../etc/passwd", "/etc/passwd"},
    {"a/../../g", "/w/g"},
    {"a/..", "/w/f"},
    {"...", "/w/f/..."},
    {".a/..b", "/w/f/.a/..b"},
    {"/", "/"},
    {"//etc///passwd", "/etc/passwd"},
    {"/a/./b/../c", "/a/c"},
    {"/..", "/"},
    {"~", "/h"},
    {"~/a", "/h/a"},
    {"~/../a", "/a"},
    {"~a", "/w/f/~a"},
    {"./~", "/w/f/~"},
    {"a b\n", "/w/f/a b\n"},
    {"", "!the path is empty: write \".\" for the working folder"},
};

static void test_written(void **state)
{
    (void)state;
    struct grounds grounds = {xstrdup("/w/f"), xstrdup("/h"), {NULL}};
    for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++) {
        struct place place = PLACE_INIT;
        struct error error = ERROR_INIT;
        const char *want = written[i].want;
        int result = place_read(&place, &grounds, written[i].written, &error);
        assert_string_equal(result < 0 ? error.text : place.path, want + (*want == '!'));
        place_clear(&place);
    }
    grounds_clear(&grounds);
}

static void test_long_paths(void **state)
{
    (void)state;
    struct grounds grounds = {xstrdup("/w"), NULL, {NULL}};
    for (int len = PATH_MAX - 5; len <= PATH_MAX + 5; len++) {
        struct place place = PLACE_INIT;
        struct error error = ERROR_INIT;
        char *path = xcalloc((size_t)len + 1, 1);
        memset(path, 'a', (size_t)len);
        int result = place_read(&place, &grounds, path, &error);
        assert_int_equal(result, len + 3 < PATH_MAX ? 0 : -1);
        free(path);
        place_clear(&place);
    }
    struct place place = PLACE_INIT;
    struct error error = ERROR_INIT;
    assert_int_equal(place_read(&place, &grounds, "~/a", &error), -1);
    assert_string_equal(error.text, "there is no home folder: write the whole path");
    grounds_clear(&grounds);
}

/* ---- Opening what is there ---- */

static void make_links(void)
{
    static const struct {
        const char *target, *name;
    } links[] = {
        {"a.txt", "to_file"},
        {"sub", "to_folder"},
        {".env", "to_hidden"},
        {"../outside/b", "to_other"},
        {"../outside", "out"},
        {"/etc/passwd", "to_passwd"},
        {"nowhere", "dangling"},
        {"loop", "loop"},
        {"..", "up"},
        {"/proc/self/fd/0", "magic"},
        {"/dev/zero", "to_device"},
        {"../home/.config/runnel", "to_own"},
        {"to_file", "twice"},
    };
    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
        assert_int_equal(symlink(links[i].target, links[i].name), 0);
}

static void make_others(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    close(fd);
    assert_int_equal(mkfifo("pipe", 0600), 0);
}

static void fill(const struct world *world)
{
    world_put(world, "work/a.txt", "a\n");
    world_put(world, "work/sub/c", "c\n");
    world_put(world, "work/.env", "KEY\n");
    world_put(world, "work/.git/config", "g\n");
    world_put(world, "outside/b", "b\n");
    world_put(world, "home/.config/runnel/config.ini", "[chat]\n");
    make_links();
    make_others();
}

/* %s is the world's root */
static const char leads[] = "%s leads to %s by a symbolic link: ask for that path";
static const char no_file[] = "it is a pipe, a device or a socket, not a file";

static const struct {
    const char *written;
    const char *path;    /* below the root, of what is opened; NULL: it is not */
    const char *refused; /* a part of why; NULL: it could be opened, were it there */
} openings[] = {
    {"a.txt", "work/a.txt", NULL},
    {".", "work", NULL},
    {"sub/../a.txt", "work/a.txt", NULL},
    {"to_file", "work/a.txt", NULL},
    {"twice", "work/a.txt", NULL},
    {"to_folder/c", "work/sub/c", NULL},
    {".env", "work/.env", NULL},
    {"../outside/b", "outside/b", NULL},
    {"~/.config/runnel/config.ini", "home/.config/runnel/config.ini", NULL},
    {"to_hidden", NULL, "by a symbolic link"},
    {"to_other", NULL, "by a symbolic link"},
    {"out/b", NULL, "by a symbolic link"},
    {"to_passwd", NULL, "by a symbolic link"},
    {"up/outside/b", NULL, "by a symbolic link"},
    {"up/work/a.txt", "work/a.txt", NULL},
    {"to_own/config.ini", NULL, "by a symbolic link"},
    {"to_device", NULL, "by a symbolic link"},
    {"magic", NULL, "by a symbolic link"},
    {"pipe", NULL, no_file},
    {"socket", NULL, no_file},
    {"/dev/zero", NULL, "/proc, /sys and /dev are not for tools"},
    {"/proc/self/environ", NULL, "/proc, /sys and /dev are not for tools"},
    {"/proc/self/cwd/a.txt", NULL, "/proc, /sys and /dev are not for tools"},
    {"dangling", NULL, NULL},
    {"loop", NULL, NULL},
    {"nothing", NULL, NULL},
    {"a.txt/b", NULL, NULL},
};

static void check_opening(const struct world *world, const struct grounds *grounds, size_t i)
{
    struct place place = PLACE_INIT;
    struct error error = ERROR_INIT;
    assert_int_equal(place_read(&place, grounds, openings[i].written, &error), 0);
    int result = place_open(&place, grounds, &error);
    if ((result == 0) != (openings[i].path != NULL))
        fail_msg("%s: %s", openings[i].written, result == 0 ? "opened" : error.text);
    if (result == 0) {
        assert_string_equal(place.path + strlen(world->root) + 1, openings[i].path);
        assert_true(place.fd >= 0);
    } else if (!openings[i].refused) {
        assert_null(place.refused);
    } else if (!place.refused || !strstr(error.text, openings[i].refused)) {
        fail_msg("%s: %s", openings[i].written, error.text);
    }
    place_clear(&place);
}

static void test_openings(void **state)
{
    const struct world *world = *state;
    struct grounds grounds;
    struct error error = ERROR_INIT;
    fill(world);
    assert_int_equal(grounds_init(&grounds, NULL, &error), 0);
    for (size_t i = 0; i < sizeof(openings) / sizeof(openings[0]); i++)
        check_opening(world, &grounds, i);
    grounds_clear(&grounds);
}

/* A device inside the folder; only root can make one. */
static void test_device(void **state)
{
    (void)state;
    struct grounds grounds;
    struct place place = PLACE_INIT;
    struct error error = ERROR_INIT;
    if (mknod("device", S_IFCHR | 0600, makedev(1, 5)) < 0) {
        print_message("a device can only be made by root\n");
        skip();
    }
    assert_int_equal(grounds_init(&grounds, NULL, &error), 0);
    assert_int_equal(place_read(&place, &grounds, "device", &error), 0);
    assert_int_equal(place_open(&place, &grounds, &error), -1);
    assert_string_equal(place.refused, no_file);
    place_clear(&place);
    grounds_clear(&grounds);
}

static void test_a_link_says_where_it_leads(void **state)
{
    const struct world *world = *state;
    struct grounds grounds;
    struct place place = PLACE_INIT;
    struct error error = ERROR_INIT;
    fill(world);
    assert_int_equal(grounds_init(&grounds, NULL, &error), 0);
    assert_int_equal(place_read(&place, &grounds, "to_other", &error), 0);
    assert_int_equal(place_open(&place, &grounds, &error), -1);
    char *from = xasprintf("%s/work/to_other", world->root);
    char *to = xasprintf("%s/outside/b", world->root);
    char *want = xasprintf(leads, from, to);
    assert_string_equal(error.text, want);
    free(from);
    free(to);
    free(want);
    place_clear(&place);
    grounds_clear(&grounds);
}

/* ---- Opening the folder to write in ---- */

static const struct {
    const char *written;
    const char *rest; /* below the deepest folder; NULL: an error */
    bool is_there;
    const char *error; /* a part of it */
} parents[] = {
    {"a.txt", "a.txt", true, NULL},
    {"new", "new", false, NULL},
    {"sub/new", "new", false, NULL},
    {"x/y/z", "x/y/z", false, NULL},
    {"sub/x/y", "x/y", false, NULL},
    {"to_file", NULL, false, "by a symbolic link"},
    {"dangling", NULL, false, "leads to nowhere by a symbolic link"},
    {"to_folder/new", NULL, false, "by a symbolic link"},
    {"out/new", NULL, false, "by a symbolic link"},
    {"sub", NULL, false, "is a folder: name a file"},
    {"a.txt/b", NULL, false, "is below a file, which is no folder"},
    {"pipe", NULL, false, no_file},
    {"socket", NULL, false, no_file},
};

static void test_parents(void **state)
{
    const struct world *world = *state;
    struct grounds grounds;
    struct error error = ERROR_INIT;
    fill(world);
    assert_int_equal(grounds_init(&grounds, NULL, &error), 0);
    for (size_t i = 0; i < sizeof(parents) / sizeof(parents[0]); i++) {
        struct place place = PLACE_INIT;
        assert_int_equal(place_read(&place, &grounds, parents[i].written, &error), 0);
        int result = place_open_parent(&place, &error);
        if ((result == 0) != (parents[i].rest != NULL))
            fail_msg("%s: %s", parents[i].written, result == 0 ? "opened" : error.text);
        if (result < 0) {
            if (!strstr(error.text, parents[i].error))
                fail_msg("%s: %s", parents[i].written, error.text);
        } else {
            assert_string_equal(place.rest, parents[i].rest);
            assert_int_equal(place.fd >= 0, parents[i].is_there);
        }
        place_clear(&place);
    }
    grounds_clear(&grounds);
}

/* ---- Grounds from the environment ---- */

static void test_grounds(void **state)
{
    const struct world *world = *state;
    struct grounds grounds;
    struct error error = ERROR_INIT;
    char *link = xasprintf("%s/link", world->root), *config = xasprintf("%s/c", world->root);
    world_put(world, "c/runnel/config.ini", "");
    assert_int_equal(symlink(world->root, link), 0);
    setenv("HOME", link, 1);
    setenv("XDG_CONFIG_HOME", config, 1);
    setenv("XDG_DATA_HOME", "relative", 1);
    assert_int_equal(grounds_init(&grounds, link, &error), 0);
    assert_string_equal(grounds.folder, world->root);
    assert_string_equal(grounds.home, world->root);
    assert_true(strncmp(grounds.own[0], config, strlen(config)) == 0);
    assert_non_null(strstr(grounds.own[1], "/.local/share/runnel"));
    assert_non_null(strstr(grounds.own[2], "/.local/state/runnel"));
    grounds_clear(&grounds);
    unsetenv("HOME");
    assert_int_equal(grounds_init(&grounds, world->root, &error), 0);
    assert_null(grounds.home);
    assert_null(grounds.own[1]);
    grounds_clear(&grounds);
    assert_int_equal(grounds_init(&grounds, "/nowhere/at/all", &error), -1);
    grounds_clear(&grounds);
    free(link);
    free(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_written),
        cmocka_unit_test(test_long_paths),
        cmocka_unit_test_setup_teardown(test_openings, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_device, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_a_link_says_where_it_leads, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_parents, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_grounds, world_open, world_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
