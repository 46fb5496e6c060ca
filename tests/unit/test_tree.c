/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The runs of a session as a tree.
 */
#include "session/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "session/store.h"
#include "session_fixture.h"

#define RUN(run, parent, prompt)                                       \
    "{\"type\":\"start\",\"run\":\"" run "\",\"parent\":\"" parent     \
    "\",\"input\":[{\"role\":\"user\",\"content\":\"" prompt "\"}]}\n" \
    "{\"type\":\"ai\",\"content\":\"\\\"start\\\"\"}\n"

static const struct {
    const char *about, *text, *want; /* "ID DEPTH PROMPT", * where it is the end of a branch */
} cases[] = {
    {"nothing", "", ""},
    {"one", RUN("a", "", "1"), "a1*1 "},
    {"a line of them", RUN("a", "", "1") RUN("b", "a", "2") RUN("c", "b", "3"), "a1 1 b2 2 c3*3 "},
    {"an edited prompt", RUN("a", "", "1") RUN("b", "a", "2") RUN("c", "a", "3"),
     "a1 1 b2*2 c2*3 "},
    {"the first was edited", RUN("a", "", "1") RUN("b", "", "2"), "a1*1 b1*2 "},
    {"a branch of another file", RUN("b", "elsewhere", "1") RUN("c", "b", "2"), "b1 1 c2*2 "},
    {"a parent that comes later, or is itself", RUN("a", "b", "1") RUN("b", "b", "2"),
     "a1*1 b1*2 "},
    {"a name that comes again: the later is meant",
     RUN("a", "", "1") RUN("a", "", "2") RUN("b", "a", "3"), "a1*1 a1 2 b2*3 "},
    {"no names", RUN("", "", "1") RUN("", "", "2"), "1*1 1*2 "},
    {"the last of the user's",
     "{\"type\":\"start\",\"run\":\"a\",\"input\":[{\"role\":\"user\",\"content\":\"1\"},{\"role\":"
     "\"assistant\",\"content\":\"x\"},{\"role\":\"user\",\"content\":\"2\"},{\"role\":\"tool\"}]}"
     "\n",
     "a1*2 "},
    {"no prompt", "{\"type\":\"start\",\"run\":\"a\",\"input\":7}\n", "a1* "},
    {"torn and rubbish", "x\n" RUN("a", "", "1") "{\"type\":\"start\",\"run\":\"b\"", "a1*1 "},
};

static void test_trees(void **state)
{
    (void)state;
    char *folder = folder_new();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tree tree = {0};
        struct error error;
        struct buf got = BUF_INIT;
        char *path = folder_put(folder, "s.jsonl", cases[i].text);
        assert_int_equal(tree_read(&tree, path, &error), 0);
        for (size_t k = 0; k < tree.count; k++) {
            const struct tree_run *run = tree.runs[k];
            buf_addf(&got, "%s%zu%c%s ", run->id, run->depth, run->has_child ? ' ' : '*',
                     run->prompt);
        }
        if (strcmp(buf_str(&got), cases[i].want) != 0)
            fail_msg("%s: %s", cases[i].about, buf_str(&got));
        tree_clear(&tree);
        assert_int_equal(tree.count, 0);
        buf_clear(&got);
        free(path);
    }
    folder_free(folder);
}

static void test_no_file(void **state)
{
    (void)state;
    struct tree tree = {0};
    struct error error = ERROR_INIT;
    assert_int_equal(tree_read(&tree, "/nowhere/s.jsonl", &error), -1);
    assert_non_null(strstr(error.text, "/nowhere/s.jsonl"));
    assert_int_equal(tree_read(&tree, "/", &error), -1);
    assert_non_null(strstr(error.text, "Is a directory"));
    tree_clear(&tree);
}

static void test_here(void **state)
{
    (void)state;
    char *folder = folder_new();
    char *path = folder_put(folder, "s.jsonl", RUN("a", "", "1") RUN("b", "a", "2"));
    struct error error;
    rn_conversation *conversation = session_conversation_until(path, "a", &error);
    assert_string_equal(tree_here(conversation), "a");
    rn_conversation_free(conversation);
    conversation = rn_conversation_new(NULL);
    assert_string_equal(tree_here(conversation), "");
    rn_conversation_free(conversation);
    free(path);
    folder_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trees),
        cmocka_unit_test(test_no_file),
        cmocka_unit_test(test_here),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
