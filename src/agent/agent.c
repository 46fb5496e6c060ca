/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/agent.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "llm/conversation.h"
#include "llm/model.h"

enum { NAME_MAX_LENGTH = 64, STEPS = 30, TIMEOUT_MS = 60000, OUTPUT_MAX = 64 * 1024 };

rn_agent *rn_agent_new(const rn_agent_options *given)
{
    rn_agent *agent = xnew(rn_agent);
    size_t known = given->size < sizeof(agent->options) ? given->size : sizeof(agent->options);
    atomic_init(&agent->holders, 1);
    memcpy(&agent->options, given, known);
    agent->options.system = xstrdup(agent->options.system);
    if (agent->options.max_steps == 0)
        agent->options.max_steps = STEPS;
    agent->offer = json_array();
    model_hold(agent->options.model);
    return agent;
}

rn_agent *agent_hold(rn_agent *agent)
{
    atomic_fetch_add(&agent->holders, 1);
    return agent;
}

/* ---- Tools ---- */

static char **copy_list(const char *const *list)
{
    size_t count = 0;
    while (list && list[count])
        count++;
    char **copy = list ? xcalloc(count + 1, sizeof(*copy)) : NULL;
    for (size_t i = 0; i < count; i++)
        copy[i] = xstrdup(list[i]);
    return copy;
}

static void free_list(const char *const *list)
{
    for (const char *const *at = list; at && *at; at++)
        free((char *)*at);
    free((void *)list);
}

static void free_tool(struct tool *tool)
{
    free((char *)tool->pub.name);
    free((char *)tool->pub.description);
    free((char *)tool->pub.schema);
    free_list(tool->pub.command);
    free_list(tool->pub.environment);
}

void rn_agent_free(rn_agent *agent)
{
    if (!agent || atomic_fetch_sub(&agent->holders, 1) > 1)
        return;
    for (size_t i = 0; i < agent->tool_count; i++)
        free_tool(&agent->tools[i]);
    free(agent->tools);
    free((char *)agent->options.system);
    free(agent->error);
    json_decref(agent->offer);
    rn_model_free(agent->options.model);
    free(agent);
}

const char *rn_agent_error(const rn_agent *agent)
{
    return agent->error ? agent->error : rn_model_error(agent->options.model);
}

const struct tool *agent_tool(const rn_agent *agent, const char *name)
{
    for (size_t i = 0; i < agent->tool_count; i++)
        if (strcmp(agent->tools[i].pub.name, name) == 0)
            return &agent->tools[i];
    return NULL;
}

/* What every provider takes as a name. */
static bool is_name(const char *name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    size_t len = name ? strlen(name) : 0;
    return len > 0 && len <= NAME_MAX_LENGTH && strspn(name, allowed) == len;
}

static char *check(const rn_agent *agent, const rn_tool *tool, const json_t *schema)
{
    if (!is_name(tool->name))
        return xasprintf(
            "a tool's name is made of letters, digits, _ and -, at most 64: \"%.80s\" is "
            "none",
            tool->name ? tool->name : "");
    if (agent_tool(agent, tool->name))
        return xasprintf("there are two tools named %s", tool->name);
    if (!tool->run == !tool->command)
        return xasprintf("the tool %s must have either a function or a command", tool->name);
    if (tool->command && !tool->command[0])
        return xasprintf("the command of the tool %s is empty", tool->name);
    if (!json_is_object(schema))
        return xasprintf("the schema of the tool %s is no JSON object", tool->name);
    return NULL;
}

void rn_agent_tool(rn_agent *agent, const rn_tool *given)
{
    rn_tool tool = {0};
    memcpy(&tool, given, given->size < sizeof(tool) ? given->size : sizeof(tool));
    const char *text = tool.schema ? tool.schema : "{\"type\":\"object\",\"properties\":{}}";
    json_t *schema = json_loads(text, 0, NULL);
    char *error = agent->error ? NULL : check(agent, &tool, schema);
    if (error)
        agent->error = error;
    if (agent->error) {
        json_decref(schema);
        return;
    }
    tool.name = xstrdup(tool.name);
    tool.description = xstrdup(tool.description ? tool.description : "");
    tool.schema = xstrdup(text);
    tool.command = (const char *const *)copy_list(tool.command);
    tool.environment = (const char *const *)copy_list(tool.environment);
    tool.timeout_ms = tool.timeout_ms > 0 ? tool.timeout_ms : TIMEOUT_MS;
    tool.output_max = tool.output_max > 0 ? tool.output_max : OUTPUT_MAX;
    agent->tools = xrealloc(agent->tools, (agent->tool_count + 1) * sizeof(*agent->tools));
    agent->tools[agent->tool_count++] = (struct tool){.pub = tool};
    json_array_append_new(agent->offer,
                          json_pack("{s:s, s:o, s:o}", "name", tool.name, "description",
                                    json_text(tool.description), "schema", schema));
}

/* ---- Runs ---- */

static rn_stream *start_prompt(rn_agent *agent, const char *prompt, enum rn_mode mode)
{
    rn_conversation *conversation = rn_conversation_new(agent->options.system);
    rn_conversation_user(conversation, prompt);
    rn_stream *stream = rn_agent_start(agent, conversation, mode);
    rn_conversation_free(conversation);
    return stream;
}

rn_stream *rn_agent_stream(rn_agent *agent, const char *prompt)
{
    return start_prompt(agent, prompt, RN_STREAM);
}

rn_message *rn_agent_invoke(rn_agent *agent, const char *prompt)
{
    rn_stream *stream = start_prompt(agent, prompt, RN_INVOKE);
    rn_message *message = rn_collect(stream);
    rn_close(stream);
    return message;
}

/* A model's own run is the first step of an agent which has no tools. */
rn_stream *rn_model_start(rn_model *model, const rn_conversation *conversation, enum rn_mode mode)
{
    rn_agent *agent = RN_AGENT(.model = model);
    agent->is_model = true;
    rn_stream *stream = rn_agent_start(agent, conversation, mode);
    rn_agent_free(agent);
    return stream;
}
