/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model that calls tools on the screen: its calls on the wire, and the tools that it calls.
 */
#ifndef CALL_FIXTURE_H
#define CALL_FIXTURE_H

#include "program/stage.h"

/* A call, in pieces: its name, and its arguments as they stand in a JSON string. */
#define NAME(number, id, tool)                                            \
    DELTA("\"delta\":{\"tool_calls\":[{\"index\":" number ",\"id\":\"" id \
          "\",\"type\":\"function\",\"function\":{\"name\":\"" tool "\",\"arguments\":\"\"}}]}")
#define ARGUMENTS(number, fragment)                       \
    DELTA("\"delta\":{\"tool_calls\":[{\"index\":" number \
          ",\"function\":{\"arguments\":\"" fragment "\"}}]}")
#define CALL(number, id, tool, args) NAME(number, id, tool) ARGUMENTS(number, args)

/* Tools of the config: one that tells how far it is and goes on when there is a file; one that gives many
 * lines; one that has to be asked about. */
#define TOOL_STEPS                                                                               \
    "[tool.steps]\n"                                                                             \
    "command = echo 'step 1' >&2; while [ ! -e \"$HOME/go\" ]; do sleep 0.02; done; echo done\n" \
    "schema = {\"type\":\"object\"}\n"                                                           \
    "policy = allow\n"
#define TOOL_LINES                                                                \
    "[tool.lines]\n"                                                              \
    "command = i=1; while [ $i -le 120 ]; do echo \"row $i\"; i=$((i+1)); done\n" \
    "schema = {\"type\":\"object\"}\n"                                            \
    "policy = allow\n"
#define TOOL_CAREFUL                   \
    "[tool.careful]\n"                 \
    "command = cat\n"                  \
    "schema = {\"type\":\"object\"}\n" \
    "policy = ask\n"

#endif
