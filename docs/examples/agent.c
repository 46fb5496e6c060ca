/* An agent: the model may call tools while it answers.
 * Usage: agent URL MODEL [PROMPT] */
#include <runnel.h>
#include <stdio.h>

/* A tool gets its arguments as JSON, and adds to what the model will see. */
static int get_weather(rn_task *task, const char *args, void *user)
{
    (void)user;
    rn_task_progress(task, 0.5, "looking out of the window");
    rn_task_printf(task, "Sunny, 24 C (asked with %s)", args);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return fprintf(stderr, "usage: agent URL MODEL [PROMPT]\n"), 2;
    rn_model *model = RN_MODEL(.url = argv[1], .model = argv[2]);
    rn_agent *agent = RN_AGENT(.model = model, .whole_messages = true);
    RN_TOOL(agent, .name = "get_weather", .description = "The weather in a city, now.",
            .schema = "{\"type\": \"object\", \"required\": [\"city\"],"
                      " \"properties\": {\"city\": {\"type\": \"string\"}}}",
            .run = get_weather);

    rn_stream *s = rn_agent_stream(agent, argc > 3 ? argv[3] : "What is the weather in Paris?");
    for (const rn_event *e; (e = rn_next(s));)
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
    int status = rn_close(s);
    if (status != RN_OK)
        fprintf(stderr, "agent: %s\n", rn_status_name(status));

    rn_agent_free(agent);
    rn_model_free(model);
    return status != RN_OK;
}
