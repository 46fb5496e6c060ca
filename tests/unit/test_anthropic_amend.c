/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "llm/anthropic_amend.h"
#include "llm/event.h"
#include "runnel.h"

/* JSON is written with single quotes here. */
static json_t *tree_of(const char *text)
{
    char *json = strdup(text);
    for (char *c = json; *c; c++)
        if (*c == '\'')
            *c = '"';
    json_t *tree = json_loads(json, 0, NULL);
    if (!tree)
        fail_msg("no JSON: %s", json);
    free(json);
    return tree;
}

#define ADAPTIVE "'thinking':{'type':'adaptive','display':'summarized'}"
#define FORMAT "'format':{'type':'json_schema','schema':{'type':'object'}}"
#define ANY                                                                                   \
    "Answer with one JSON value and nothing else, neither words nor code fences around it.  " \
    "It must follow this JSON Schema:\\n{\\\042type\\\042:\\\042object\\\042}"
#define WORDS "{'type':'text','text':'" ANY "'}"
#define PREFILL                                                                         \
    "This model does not support assistant message prefill. The conversation must end " \
    "with a user message."

static const struct {
    const char *about;
    int http;
    const char *said, *body, *want; /* want NULL: there is nothing to amend */
} cases[] = {
    {"a model without temperature", 400, "`temperature` is deprecated for this model.",
     "{'temperature':0.5,'top_p':1,'max_tokens':9}", "{'max_tokens':9}"},
    {"temperature beside thinking", 400,
     "`temperature` may only be set to 1 when thinking is enabled or in adaptive mode.",
     "{'temperature':0.5," ADAPTIVE ",'output_config':{'effort':'low'}}",
     "{" ADAPTIVE ",'output_config':{'effort':'low'}}"},
    {"a temperature that is too high is the user's to change", 400,
     "temperature: Input should be less than or equal to 1", "{'temperature':1.5}", NULL},
    {"a temperature that was not sent", 400, "`temperature` is deprecated for this model.", "{}",
     NULL},
    {"another status", 403, "`temperature` is deprecated for this model.", "{'temperature':0.5}",
     NULL},
    {"a model that says less", 400,
     "max_tokens: 16384 > 8192, which is the maximum allowed number of output tokens for c",
     "{'max_tokens':16384}", "{'max_tokens':8192}"},
    {"and thinks less", 400, "max_tokens: 32000 > 8192, which is the maximum ...",
     "{'max_tokens':32000,'thinking':{'type':'enabled','budget_tokens':16000}}",
     "{'max_tokens':8192,'thinking':{'type':'enabled','budget_tokens':4096}}"},
    {"a maximum that is none", 400, "max_tokens: 16384 > 99999, ...", "{'max_tokens':16384}", NULL},
    {"a context with some room", 400,
     "input length and `max_tokens` exceed context limit: 188240 + 16384 > 200000, decrease input",
     "{'max_tokens':16384}", "{'max_tokens':11760}"},
    {"a context with no room", 400,
     "input length and `max_tokens` exceed context limit: 199900 + 16384 > 200000, decrease input",
     "{'max_tokens':16384}", NULL},
    {"a model that thinks by a budget", 400, "adaptive thinking is not supported on this model",
     "{'max_tokens':32000," ADAPTIVE ",'output_config':{'effort':'high'}}",
     "{'max_tokens':32000,'thinking':{'type':'enabled','budget_tokens':16000}}"},
    {"and does not know effort", 400, "This model does not support the effort parameter.",
     "{'max_tokens':32000," ADAPTIVE ",'output_config':{'effort':'low'," FORMAT "}}",
     "{'max_tokens':32000,'thinking':{'type':'enabled','budget_tokens':2048},"
     "'output_config':{" FORMAT "}}"},
    {"whose answer needs half of the room", 400,
     "thinking: Input tag 'adaptive' found using 'type' does not match any of the expected tags",
     "{'max_tokens':5000," ADAPTIVE ",'output_config':{'effort':'medium'}}",
     "{'max_tokens':5000,'thinking':{'type':'enabled','budget_tokens':2500}}"},
    {"and has no room to think", 400, "adaptive thinking is not supported on this model",
     "{'max_tokens':2000," ADAPTIVE ",'output_config':{'effort':'max'}}", "{'max_tokens':2000}"},
    {"a server that knows neither effort nor schemas", 400,
     "output_config: Extra inputs are not permitted",
     "{'max_tokens':64000," ADAPTIVE ",'output_config':{'effort':'xhigh'," FORMAT "}}",
     "{'max_tokens':64000,'thinking':{'type':'enabled','budget_tokens':24000},'system':[" WORDS
     "]}"},
    {"a model that always thinks", 400,
     "\"thinking.type.disabled\" is not supported for this model. Use \"thinking.type.adaptive\" "
     "and "
     "\"output_config.effort\" to control thinking behavior.",
     "{'thinking':{'type':'disabled'}}", "{'output_config':{'effort':'low'}}"},
    {"a model that never thinks", 400, "thinking: this model does not support thinking",
     "{'thinking':{'type':'disabled'}}", "{}"},
    {"a model without schemas", 400, "This model does not support structured outputs.",
     "{'output_config':{" FORMAT "},'system':[{'type':'text','text':'Be terse.'}]}",
     "{'system':[{'type':'text','text':'Be terse.'}," WORDS "]}"},
    {"a schema with what the server cannot do", 400,
     "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly "
     "set",
     "{'output_config':{'effort':'low'," FORMAT "}}",
     "{'output_config':{'effort':'low'},'system':[" WORDS "]}"},
    {"a model that cannot continue", 400, PREFILL,
     "{'messages':[{'role':'user','content':[]},{'role':'assistant','content':[]}]}",
     "{'messages':[{'role':'user','content':[]},{'role':'assistant','content':[]},{'role':'user',"
     "'content':[{'type':'text','text':'Go on exactly where you stopped, without repeating "
     "anything.'}]}]}"},
    {"what nobody asked for", 400, PREFILL, "{'messages':[{'role':'user','content':[]}]}", NULL},
    {"anything else", 400, "messages: at least one message is required",
     "{'temperature':0.5,'max_tokens':9," ADAPTIVE ",'output_config':{'effort':'low'," FORMAT "}}",
     NULL},
};

static void test_amend(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *body = tree_of(cases[i].body);
        json_t *want = tree_of(cases[i].want ? cases[i].want : cases[i].body);
        struct event error;
        event_init(&error, RN_ERROR);
        error.pub.text = cases[i].said;
        error.error.http = cases[i].http;
        if (anthropic_amend(body, &error.pub) != !!cases[i].want || !json_equal(body, want))
            fail_msg("%s: %s", cases[i].about, json_dumps(body, 0));
        json_decref(body);
        json_decref(want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_amend)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
