/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What --help says.
 */
#include "cli/cli.h"

#include <string.h>

#include "cli/options.h"

const char *const options_help[] = {
    "Usage: runnel [OPTION]... [--] [PROMPT]...\n"
    "       runnel compare [PROMPT]...   stream and invoke, or models, side by side\n"
    "       runnel replay [SESSION]      play a session back\n"
    "       runnel sessions [list|search TEXT|show|export|remove SESSION...|path]\n"
    "                                    what was said: found, shown, given away\n"
    "       runnel models [PROVIDER]     the models that can be had, one a line\n"
    "       runnel doctor [PROVIDER]     what is wrong on the way to a model\n"
    "       runnel tools [NAME]          what a model is offered, what runs unasked\n"
    "       runnel config [path]         the settings, and where each came from\n"
    "       runnel decode [--wire NAME] [--status N] [FILE]\n"
    "                                    a recorded body, or a --record, as events\n"
    "       runnel serve-guide --port N [--rate N]\n"
    "                                    serve the built-in guide to other programs\n"
    "       runnel completion SHELL      what bash, zsh or fish needs to complete it\n"
    "\n"
    "On a terminal and without a PROMPT it opens a chat, else it gives one answer.\n"
    "What stands in stdin goes with the PROMPT.  After -- every word is the PROMPT's.\n"
    "A SESSION is an id or its beginning, a name, a path, or - for stdin; left out,\n"
    "it is the one written last.\n"
    "\n",

    "Model\n"
    "  -m, --model [PROVIDER:]MODEL   who answers: ollama:llama3.2, openai, guide\n"
    "      --url URL                  an OpenAI-compatible server; -m is its model\n"
    "      --key-env NAME             the variable that holds the key for --url\n"
    "  -s, --system TEXT              the system prompt; @FILE reads it from a file\n"
    "  -R, --role NAME                a [role.NAME] of the config\n"
    "      --temperature N            from 0 to 2: how freely it chooses its words\n"
    "      --max-tokens N             the longest answer, in tokens\n"
    "      --reasoning LEVEL          how much it thinks: none, minimal, low,\n"
    "                                 medium, high, xhigh, max\n"
    "      --schema FILE              the answer is JSON, as this JSON Schema says\n"
    "      --set KEY=VALUE            one more value of the request, as\n"
    "                                 options.num_ctx=16384; may be given again\n"
    "\n"
    "Prompt\n"
    "  -a, --attach FILE|URL          send this with the prompt: text, an image,\n"
    "                                 a PDF; may be given again\n"
    "\n"
    "Mode\n"
    "  -S, --stream                   show the answer as it is made (the default)\n"
    "  -I, --invoke                   show the answer whole, when it is there\n"
    "\n"
    "Tools\n"
    "  -t, --tools LIST               offer these: names, read (those that only\n"
    "                                 read), all; a chat offers read, else none\n"
    "      --no-tools                 offer none\n"
    "      --allow LIST               run these unasked: NAME, or NAME:PATTERN\n"
    "      --yes                      run all that is offered unasked\n"
    "\n"
    "Sessions\n"
    "  -c, --continue                 go on with the session written last\n"
    "  -r, --resume [SESSION]         go on with this one, or choose one\n"
    "      --fork                     go on in a new session; the old one stays\n"
    "      --name NAME                name the new session\n"
    "      --no-save                  write no session\n"
    "      --format FORMAT            sessions export: md, html, json, text\n"
    "  -o, --output FILE              sessions export: to here, in its format\n"
    "\n"
    "Output\n"
    "      --text                     the answer's text (the default)\n"
    "      --events                   each event as a line of JSON, as it comes\n"
    "      --json                     one JSON object at the end\n"
    "      --plain                    chat without a screen\n"
    "      --record FILE              keep what goes over the wire (no key is in it)\n"
    "      --log FILE                 add a debug log to this file (no key is in it)\n"
    "\n"
    "Compare\n"
    "      --repeat N                 ask so often: medians, the least, the most\n"
    "\n"
    "Replay\n"
    "      --speed N                  2 is twice as fast (default 1)\n"
    "      --max-gap SECONDS          shorten longer silences\n"
    "      --instant                  all at once\n"
    "      --from TIME, --to TIME     play this part (SECONDS or MINUTES:SECONDS)\n"
    "      --step                     on the screen: wait; . goes on by one event\n"
    "\n"
    "Other\n"
    "      --config FILE              instead of ~/.config/runnel/config.ini\n"
    "      --profile NAME             put the settings of [profile.NAME] in force\n"
    "  -V, --version\n"
    "  -h, --help\n"
    "\n"
    "Exit status: 0 answered, 1 error from the provider or network, 2 usage or\n"
    "configuration, 3 answered in part or not as --schema wants it, 4 refused or\n"
    "filtered, 130 stopped, 141 the reader of stdout went away.  stdout carries the\n"
    "answer, stderr everything else.\n",
    NULL,
};

int cli_help(void)
{
    int status = CLI_OK;
    for (const char *const *part = options_help; *part && status == CLI_OK; part++)
        status = cli_print(*part, strlen(*part));
    return status;
}
