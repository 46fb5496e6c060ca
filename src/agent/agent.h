/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An agent, from the inside: a model, the tools it is offered, and who says whether a call may run.
 */
#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

#include <jansson.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "runnel.h"

struct tool {
    rn_tool pub; /* its strings are the agent's own */
};

struct rn_agent {
    atomic_uint holders;
    rn_agent_options options; /* its strings are the agent's own */
    bool is_model;            /* a model's own run: one call, and nobody speaks in between */
    struct tool *tools;
    size_t tool_count;
    json_t *offer; /* what the model is told of them: [{"name", "description", "schema"}] */
    char *error;
};

/* One more holder; rn_agent_free drops one. */
rn_agent *agent_hold(rn_agent *agent);
const struct tool *agent_tool(const rn_agent *agent, const char *name); /* NULL: it has none such */

#endif
