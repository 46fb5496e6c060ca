/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tools that are commands, one of which asks before it runs.
 *
 *      approve http://localhost:11434/v1 llama3.2 "Note what day it is."
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <runnel.h>

static enum rn_policy policy(const char *tool, const char *args, void *user)
{
    (void)args, (void)user;
    return strcmp(tool, "date") == 0 ? RN_ALLOW : RN_ASK;
}

/* What a model wrote may hold characters that hide or feign something on a terminal. */
static void print_plainly(const char *text)
{
    for (; *text; text++) {
        if (*text >= ' ' && *text <= '~')
            putchar(*text);
        else
            printf("\\x%02x", (unsigned char)*text);
    }
}

/* Yes, no, or why not. */
static void ask(rn_stream *s, const rn_event *e)
{
    char line[500];
    printf("Run %s with ", e->tool);
    print_plainly(e->args);
    printf("? ");
    fflush(stdout);
    if (!fgets(line, sizeof(line), stdin))
        strcpy(line, "nobody is there to be asked");
    line[strcspn(line, "\n")] = '\0';
    if (strcmp(line, "yes") == 0)
        rn_respond(s, e->id, RN_ALLOW, NULL, NULL);
    else
        rn_respond(s, e->id, RN_DENY, NULL, strcmp(line, "no") == 0 ? NULL : line);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: %s URL MODEL PROMPT\n", argv[0]);
        return 2;
    }
    rn_model *model = RN_MODEL(.url = argv[1], .model = argv[2], .key = getenv("API_KEY"));
    rn_agent *agent = RN_AGENT(.model = model, .policy = policy);
    RN_TOOL(agent, .name = "date", .description = "The date and the time of day.",
            .command = (const char *const[]){"date", NULL});
    RN_TOOL(agent, .name = "note", .description = "Write something down for the user.",
            .schema = "{\"type\": \"object\", \"required\": [\"text\"],"
                      " \"properties\": {\"text\": {\"type\": \"string\"}}}",
            .command = (const char *const[]){"tee", "-a", "notes.jsonl", NULL}, .timeout_ms = 5000);

    rn_stream *s = rn_agent_stream(agent, argv[3]);
    for (const rn_event *e; (e = rn_next(s));) {
        fputs(e->content, stdout);
        if (e->kind == RN_APPROVAL && strcmp(e->status, "requested") == 0)
            ask(s, e);
        else if (e->kind == RN_RESULT)
            printf("[%s: %s]\n", e->tool, e->status);
    }
    putchar('\n');
    int status = rn_close(s);

    rn_agent_free(agent);
    rn_model_free(model);
    return status == RN_OK ? 0 : 1;
}
