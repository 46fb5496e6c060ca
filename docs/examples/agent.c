/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An agent: the model may call a tool while it answers.
 *
 *      agent http://localhost:11434/v1 llama3.2 "What is the weather in Paris?"
 */
#include <stdio.h>
#include <stdlib.h>

#include <runnel.h>

/* The arguments are a JSON object; what is printed is what the model gets. */
static int get_weather(rn_task *task, const char *args, void *user)
{
    (void)user;
    rn_task_progress(task, 0.5, "looking out of the window");
    rn_task_printf(task, "Sunny, 24 C (asked with %s)", args);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: %s URL MODEL PROMPT\n", argv[0]);
        return 2;
    }
    rn_model *model = RN_MODEL(.url = argv[1], .model = argv[2], .key = getenv("API_KEY"));
    rn_agent *agent = RN_AGENT(.model = model, .whole_messages = true);
    RN_TOOL(agent, .name = "get_weather", .description = "The weather in a city, now.",
            .schema = "{\"type\": \"object\", \"required\": [\"city\"],"
                      " \"properties\": {\"city\": {\"type\": \"string\"}}}",
            .run = get_weather);

    rn_stream *s = rn_agent_stream(agent, argv[3]);
    for (const rn_event *e; (e = rn_next(s));) {
        switch (e->kind) {
        case RN_AI:
            printf("Agent thinking: %s\n", e->content);
            break;
        case RN_TOOL:
            printf("Agent using tool: %s\n", e->tool);
            break;
        case RN_RESULT:
            printf("Tool result: %s\n", e->output);
            break;
        default:
            break;
        }
    }
    int status = rn_close(s);
    if (status != RN_OK)
        fprintf(stderr, "agent: %s\n", rn_status_name(status));

    rn_agent_free(agent);
    rn_model_free(model);
    return status == RN_OK ? 0 : 1;
}
