/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/branch.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/mem.h"
#include "chat/chat_parts.h"
#include "chat/command.h"
#include "chat/contest.h"
#include "config/settings.h"
#include "session/journal.h"
#include "session/recall.h"
#include "session/store.h"
#include "session/tree.h"

static int fail_busy(struct error *error)
{
    return error_set(error, RN_ECONFIG, "an answer is still coming: stop it first");
}

static void take_conversation(struct chat *chat, rn_conversation *conversation)
{
    contest_drop(chat);
    rn_conversation_free(chat->conversation);
    chat->conversation = conversation;
    if (chat->system)
        rn_conversation_system(conversation, chat->system);
    rn_message_free(chat->answer);
    chat->answer = NULL;
}

static bool is_same_file(const char *one, const char *other)
{
    struct stat a, b;
    return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

/* The one that there was stays until there is another, but where its lock is the very one that is wanted. */
static int change_journal(struct chat *chat, const char *path, bool is_fork, struct error *error)
{
    if (chat->journal && is_same_file(journal_path(chat->journal), path)) {
        contest_drop(chat); /* it writes to the journal */
        journal_free(chat->journal);
        chat->journal = NULL;
    }
    struct journal *journal = is_fork ? journal_fork(path) : journal_open(path, error);
    if (!journal)
        return -1;
    contest_drop(chat);
    journal_free(chat->journal);
    chat->journal = journal;
    return 0;
}

int branch_resume(struct chat *chat, const char *path, const char *until, bool is_fork,
                  struct error *error)
{
    rn_conversation *conversation = session_conversation_until(path, until, error);
    if (!conversation)
        return -1;
    if (settings_flag(chat->settings, "chat", "save") &&
        change_journal(chat, path, is_fork, error) < 0) {
        rn_conversation_free(conversation);
        return -1;
    }
    take_conversation(chat, conversation);
    tally_begin(&chat->tally, path);
    return 0;
}

void branch_keep_head(struct chat *chat)
{
    struct error *warning = &chat->warning;
    if (chat->journal && (journal_head(chat->journal, chat->conversation, warning) < 0 ||
                          journal_flush(chat->journal, warning) < 0))
        chat->has_warning = true;
}

bool branch_recall(struct chat *chat)
{
    if (chat->stream || rn_conversation_length(chat->conversation) == 0)
        return false;
    chat_play(chat, session_recall(chat->conversation));
    return true;
}

/* ---- Prompts, taken back ---- */

static size_t count_prompts(const rn_conversation *conversation)
{
    size_t count = 0;
    for (size_t i = 0; i < rn_conversation_length(conversation); i++)
        count += strcmp(rn_conversation_role(conversation, i), "user") == 0;
    return count;
}

/* Take back all from the nth prompt on, from 1; its text is the caller's. */
static char *take_back(struct chat *chat, size_t nth)
{
    char *prompt = NULL;
    for (size_t count = count_prompts(chat->conversation); count >= nth; count--) {
        free(prompt);
        prompt = xstrdup(rn_conversation_prompt(chat->conversation));
        rn_conversation_undo(chat->conversation);
    }
    tally_leave(&chat->tally);
    return prompt;
}

static void add_line(struct buf *out, const char *text)
{
    enum { LINE_MAX_BYTES = 60 };
    text += strspn(text, " \t\r\n");
    size_t len = strcspn(text, "\r\n");
    size_t fits = len > LINE_MAX_BYTES ? LINE_MAX_BYTES : len;
    while (fits > 0 && fits < len && ((unsigned char)text[fits] & 0xC0) == 0x80)
        fits--;
    buf_add(out, text, fits);
    buf_adds(out, fits < len ? "..." : "");
}

int branch_run_undo(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    (void)args;
    size_t count = count_prompts(chat->conversation);
    if (chat_busy(chat))
        return fail_busy(error);
    if (count == 0)
        return error_set(error, RN_ECONFIG, "nothing has been said yet");
    char *prompt = take_back(chat, count);
    branch_keep_head(chat);
    buf_adds(out, "taken back, with its answer: ");
    add_line(out, prompt);
    free(prompt);
    return COMMAND_AGAIN | COMMAND_SAY;
}

int branch_run_edit(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    size_t count = count_prompts(chat->conversation);
    char *rest;
    long nth = *args ? strtol(args, &rest, 10) : (long)count;
    if (chat_busy(chat))
        return fail_busy(error);
    if (count == 0)
        return error_set(error, RN_ECONFIG, "nothing has been said yet");
    if ((*args && (*rest || rest == args)) || nth < 1 || (size_t)nth > count)
        return error_set(error, RN_ECONFIG, "/edit takes the number of a prompt, from 1 to %zu",
                         count);
    char *prompt = take_back(chat, (size_t)nth);
    buf_adds(out, prompt);
    free(prompt);
    return COMMAND_AGAIN | COMMAND_LINE;
}

int branch_run_continue(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    (void)args, (void)out;
    size_t length = rn_conversation_length(chat->conversation);
    if (length == 0)
        return error_set(error, RN_ECONFIG, "nothing has been said yet");
    bool is_unanswered = strcmp(rn_conversation_role(chat->conversation, length - 1), "user") == 0;
    int result = is_unanswered ? chat_retry(chat, error)
                               : chat_send(chat, "Go on exactly where you stopped.", error);
    return result < 0 ? -1 : COMMAND_RUN;
}

/* ---- Branches ---- */

static int read_tree(const struct chat *chat, struct tree *tree, struct error *error)
{
    const char *path = chat->journal ? journal_path(chat->journal) : "";
    if (!*path)
        return error_set(error, RN_ECONFIG, "nothing has been saved of this chat yet");
    return tree_read(tree, path, error);
}

/* The run at the end of the nth branch, from 1; NULL when there are not so many. */
static const struct tree_run *branch_end(const struct tree *tree, long nth)
{
    for (size_t i = 0; i < tree->count; i++)
        if (!tree->runs[i]->has_child && --nth == 0)
            return tree->runs[i];
    return NULL;
}

static void list_branches(const struct tree *tree, const char *here, struct buf *out)
{
    const struct tree_run *run;
    buf_adds(out, "The branches of this session, by the prompt they end with:");
    for (long nth = 1; (run = branch_end(tree, nth)); nth++) {
        bool is_here = *here && strcmp(run->id, here) == 0;
        buf_addf(out, "\n%c %2ld  %zu prompt%s  ", is_here ? '*' : ' ', nth, run->depth,
                 run->depth == 1 ? "" : "s");
        add_line(out, run->prompt);
    }
    buf_adds(out, "\n/branches N goes to one of them.");
}

static int go_to_branch(struct chat *chat, const struct tree *tree, const char *args,
                        struct error *error)
{
    char *rest;
    long nth = strtol(args, &rest, 10);
    const struct tree_run *run = *rest ? NULL : branch_end(tree, nth);
    if (chat_busy(chat))
        return fail_busy(error);
    if (!run)
        return error_set(error, RN_ECONFIG, "there is no branch %.20s: /branches lists them", args);
    rn_conversation *conversation =
        session_conversation_until(journal_path(chat->journal), run->id, error);
    if (!conversation)
        return -1;
    take_conversation(chat, conversation);
    tally_leave(&chat->tally);
    branch_keep_head(chat);
    return COMMAND_AGAIN | COMMAND_STATUS;
}

int branch_run_list(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    struct tree tree = {0};
    int result = read_tree(chat, &tree, error);
    if (result == 0 && *args) {
        result = go_to_branch(chat, &tree, args, error);
    } else if (result == 0) {
        list_branches(&tree, tree_here(chat->conversation), out);
        result = COMMAND_SAY;
    }
    tree_clear(&tree);
    return result;
}

/* ---- A session of its own ---- */

int branch_run_fork(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    (void)args;
    const char *path = chat->journal ? journal_path(chat->journal) : "";
    if (chat_busy(chat))
        return fail_busy(error);
    if (!*path)
        return error_set(error, RN_ECONFIG, "nothing has been saved of this chat yet");
    struct journal *fork = journal_fork(path);
    buf_addf(out, "what is said from now on goes into a session of its own; %s stays as it is",
             journal_id(chat->journal));
    contest_drop(chat);
    journal_free(chat->journal);
    chat->journal = fork;
    return COMMAND_SAY | COMMAND_STATUS;
}
