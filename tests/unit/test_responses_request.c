/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include "base/json.h"
#include "base/mem.h"
#include "llm/conversation.h"
#include "llm/event.h"
#include "llm/model.h"
#include "llm/responses_input.h"
#include "llm/responses_request.h"
#include "quoted.h"
#include "runnel.h"

static void check_json(const char *about, const json_t *got, const char *want)
{
    json_t *wanted = quoted_json(want);
    assert_non_null(wanted);
    if (!json_equal(got, wanted)) {
        char *text = json_dumps(got, JSON_COMPACT | JSON_ENCODE_ANY);
        print_error("%s: %s\n", about, text);
        free(text);
        fail();
    }
    json_decref(wanted);
}

/* ---- Messages of a conversation, as items ---- */

#define USER "{'role':'user','content':'hi'}"
#define SENT_USER "{'type':'message','role':'user','content':'hi'}"
#define SAID(text) "{'type':'message','role':'assistant','content':'" text "'}"
#define SAID_AS(phase, text) \
    "{'type':'message','role':'assistant','content':'" text "','phase':'" phase "'}"
#define THOUGHT(id, summary, secret) \
    "{'type':'reasoning','id':'" id "','summary':[" summary "],'encrypted_content':'" secret "'}"
#define PART(text) "{'type':'summary_text','text':'" text "'}"
#define CALLED(id) "{'type':'function_call','call_id':'" id "','name':'f','arguments':'{}'}"
#define CALL(id) "{'id':'" id "','tool':'f','args':{}}"
#define OPAQUE(field, data, item, at) \
    "{'field':'" field "','data':'" data "','item':'" item "','at':[" at "]}"
#define SECRET(item, at) OPAQUE("encrypted_content", "x" item, item, at)
#define PHASE(phase, at) OPAQUE("phase", phase, "msg", at)
#define FROM(provider) "'role':'assistant','provider':'" provider "'"

static const struct {
    const char *about, *messages, *want;
} conversations[] = {
    {"none", "[]", "[]"},
    {"a question", "[" USER "]", "[" SENT_USER "]"},
    {"an answer", "[" USER ",{'role':'assistant','content':'yo','reasoning':'hm','run':'r'}]",
     "[" SENT_USER "," SAID("yo") "]"},
    {"a refusal", "[{'role':'assistant','content':'no','refusal':true}]", "[" SAID("no") "]"},
    {"an answer that never began",
     "[" USER ",{'role':'assistant','content':'','partial':true}," USER "]",
     "[" SENT_USER "," SENT_USER "]"},
    {"a call and its result",
     "[{'role':'assistant','content':'x','calls':[{'id':'a','tool':'f','args':{'n': 1}}]},"
     "{'role':'tool','id':'a','tool':'f','output':'11 C','status':'ok'}]",
     "[" SAID("x") ",{'type':'function_call','call_id':'a','name':'f','arguments':'{\\'n\\':1}'},"
                   "{'type':'function_call_output','call_id':'a','output':'11 C'}]"},
    {"a call that was no JSON",
     "[{'role':'assistant','content':'','calls':[{'id':'a','tool':'f','args_raw':'{x',"
     "'invalid':true}]}]",
     "[" CALLED("a") "]"},
    {"a role that nobody knows", "[{'role':'ghost','content':'boo'},{},null,7," USER "]",
     "[" SENT_USER "]"},

    {"a thought, a text",
     "[{" FROM("openai") ",'content':'yo','reasoning':'hm','opaque':[" SECRET("rs", "2,0,0") "]}]",
     "[" THOUGHT("rs", PART("hm"), "xrs") "," SAID("yo") "]"},
    {"a thought without a summary",
     "[{" FROM("openai") ",'content':'yo','opaque':[" SECRET("rs", "0,0,0") "]}]",
     "[" THOUGHT("rs", "", "xrs") "," SAID("yo") "]"},
    {"the parts of a summary",
     "[{" FROM("openai") ",'content':'yo','reasoning':'**A**\\n\\na\\n\\n**B**\\n\\nb **c**',"
                         "'opaque':[" SECRET("rs", "24,0,0") "]}]",
     "[" THOUGHT("rs", PART("**A**\\n\\na") "," PART("**B**\\n\\nb **c**"),
                 "xrs") "," SAID("yo") "]"},
    {"thoughts between texts and calls",
     "[{" FROM("openai") ",'content':'onetwo','reasoning':'A\\n\\nB\\n\\nC',"
                         "'calls':[" CALL("a") "," CALL("b") "," CALL("c") "],'opaque':[" SECRET(
                             "r1", "1,0,0") "," SECRET("r2", "4,3,1") "," SECRET("r3",
                                                                                 "7,6,2") "]}]",
     "[" THOUGHT("r1", PART("A"), "xr1") "," SAID("one") "," CALLED("a") "," THOUGHT(
         "r2", PART("B"),
         "xr2") "," SAID("two") "," CALLED("b") "," THOUGHT("r3", PART("C"),
                                                            "xr3") "," CALLED("c") "]"},
    {"messages with a phase",
     "[{" FROM("openai") ",'content':'I look.\\n\\nIt is 5.','calls':[" CALL(
         "a") "],"
              "'opaque':[" PHASE("commentary", "0,7,0") "," SECRET("rs", "0,7,0") "," PHASE(
                  "final_answer", "0,17,1") "]}]",
     "[" SAID_AS("commentary", "I look.") "," THOUGHT("rs", "", "xrs") "," CALLED("a") "," SAID_AS(
         "final_answer", "It is 5.") "]"},
    {"a thought that nothing follows",
     "[" USER ",{" FROM("openai") ",'content':'','reasoning':'hm','partial':true,"
                                  "'opaque':[" SECRET("rs", "2,0,0") "]}]",
     "[" SENT_USER "]"},
    {"what belongs to a call, and what this wire does not know",
     "[{" FROM("openai") ",'content':'yo','opaque':[{'field':'encrypted_content','data':'x',"
                         "'call':'a'},{'field':'signature','data':'s','at':[0,0,0]},"
                         "{'field':'phase','data':7,'at':[0,2,0]},null,8]}]",
     "[" SAID("yo") "]"},
    {"places that cannot be",
     "[{" FROM("openai") ",'content':'\u00e9yo','reasoning':'hm','calls':[" CALL(
         "a") "],"
              "'opaque':[" SECRET("r1", "99,-1,7") "," SECRET("r2", "0,1,0") "," PHASE(
                  "p", "0,0,0") "]}]",
     "[" CALLED("a") "," THOUGHT("r1", PART("hm"), "xr1") "," SAID("\u00e9") "," THOUGHT(
         "r2", "", "xr2") "," SAID("yo") "]"},
    {"somebody else's thought",
     "[{" FROM("azure") ",'content':'yo','reasoning':'hm','opaque':[" SECRET("rs", "2,0,0") "]}]",
     "[" SAID("yo") "]"},

    {"an image, inline",
     "[{'role':'user','content':'what?','attachments':[{'name':'a.png','type':'image/png',"
     "'data':'QUJD'}]}]",
     "[{'type':'message','role':'user','content':[{'type':'input_image','image_url':"
     "'data:image/png;base64,QUJD','detail':'auto'},{'type':'input_text','text':'what?'}]}]"},
    {"an image, by its URL, and no words",
     "[{'role':'user','content':'','attachments':[{'type':'image/png','url':'https://x/a.png'}]}]",
     "[{'type':'message','role':'user','content':[{'type':'input_image','image_url':"
     "'https://x/a.png','detail':'auto'}]}]"},
    {"a document, inline",
     "[{'role':'user','content':'','attachments':[{'name':'a.pdf','type':'application/pdf',"
     "'data':'QUJD'},{'type':'application/pdf','data':'QUJD'}]}]",
     "[{'type':'message','role':'user','content':[{'type':'input_file','filename':'a.pdf',"
     "'file_data':'data:application/pdf;base64,QUJD'},{'type':'input_file','filename':"
     "'document.pdf','file_data':'data:application/pdf;base64,QUJD'}]}]"},
    {"a document, by its URL",
     "[{'role':'user','content':'','attachments':[{'name':'a.pdf','type':'application/pdf',"
     "'url':'https://x/a.pdf'}]}]",
     "[{'type':'message','role':'user','content':[{'type':'input_file',"
     "'file_url':'https://x/a.pdf'}]}]"},
    {"text that is attached",
     "[{'role':'user','content':'why?','attachments':[{'name':'a.c','type':'text/plain',"
     "'text':'int x;\\n'}]}]",
     "[{'type':'message','role':'user','content':"
     "'<file name=\\'a.c\\'>\\nint x;\\n</file>\\n\\nwhy?'}]"},
};

static void test_messages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(conversations) / sizeof(conversations[0]); i++) {
        json_t *messages = quoted_json(conversations[i].messages);
        assert_non_null(messages);
        json_t *input = responses_input(messages, "openai");
        check_json(conversations[i].about, input, conversations[i].want);
        json_decref(input);
        json_decref(messages);
    }
}

/* ---- Settings ---- */

#define WIRE .provider = "openai", .wire = "responses"
#define INCLUDE ",'include':['reasoning.encrypted_content']"
#define BODY(fields) "{'model':'m','input':[],'stream':false,'store':false" fields "}"

static void check_body(const char *about, rn_model *model, enum rn_mode mode, const char *want)
{
    rn_conversation *conversation = rn_conversation_new(NULL);
    char *text = model_encode(model, conversation, NULL, mode);
    json_t *body = json_loads(text, 0, NULL);
    assert_string_equal(rn_model_error(model), "");
    check_json(about, body, want);
    json_decref(body);
    free(text);
    rn_conversation_free(conversation);
    rn_model_free(model);
}

static void test_settings(void **state)
{
    (void)state;
    double temperature = 0.5;
    const char *const stop[] = {"END", NULL};
    check_body("nothing said", RN_MODEL(WIRE, .model = "m"), RN_INVOKE, BODY(INCLUDE));
    check_body("a stream", RN_MODEL(WIRE, .model = "m"), RN_STREAM,
               "{'model':'m','input':[],'stream':true,'store':false" INCLUDE "}");
    check_body("a system prompt", RN_MODEL(WIRE, .model = "m", .system = "be brief"), RN_INVOKE,
               BODY(INCLUDE ",'instructions':'be brief'"));
    check_body("numbers",
               RN_MODEL(WIRE, .model = "m", .temperature = &temperature, .max_tokens = 99),
               RN_INVOKE, BODY(INCLUDE ",'temperature':0.5,'max_output_tokens':99"));
    check_body("no stop sequences", RN_MODEL(WIRE, .model = "m", .stop = stop), RN_INVOKE,
               BODY(INCLUDE));
    check_body("an effort", RN_MODEL(WIRE, .model = "m", .reasoning = "low"), RN_INVOKE,
               BODY(INCLUDE ",'reasoning':{'effort':'low','summary':'auto'}"));
    check_body("no effort", RN_MODEL(WIRE, .model = "m", .reasoning = "none"), RN_INVOKE,
               BODY(INCLUDE ",'reasoning':{'effort':'none'}"));
    check_body("a model that does not reason", RN_MODEL(WIRE, .model = "gpt-4o-mini"), RN_INVOKE,
               "{'model':'gpt-4o-mini','input':[],'stream':false,'store':false}");
    check_body("what the user adds", RN_MODEL(WIRE, .model = "m", .extra = "{\"store\":true}"),
               RN_INVOKE, "{'model':'m','input':[],'stream':false,'store':true" INCLUDE "}");
}

static void test_tools(void **state)
{
    (void)state;
    rn_model *model = RN_MODEL(WIRE, .model = "m");
    rn_conversation *conversation = rn_conversation_new(NULL);
    json_t *offer = quoted_json("[{'name':'f','description':'d','schema':{'type':'object'}}]");
    char *text = model_encode(model, conversation, offer, RN_INVOKE);
    json_t *body = json_loads(text, 0, NULL);
    check_json("flat", json_object_get(body, "tools"),
               "[{'type':'function','name':'f','description':'d',"
               "'parameters':{'type':'object'},'strict':false}]");
    json_decref(body);
    free(text);
    json_decref(offer);
    rn_conversation_free(conversation);
    rn_model_free(model);
}

static void test_schema(void **state)
{
    (void)state;
#define CLOSED                                                                \
    "{'type':'object','properties':{'a':{'type':'string'}},'required':['a']," \
    "'additionalProperties':false}"
#define OPEN "{'type':'object','properties':{'a':{'type':'string'}}}"
#define FORMAT(schema, strict)                                                                     \
    ",'text':{'format':{'type':'json_schema','name':'answer','schema':" schema ",'strict':" strict \
    "}}"
    char *closed = quoted(CLOSED), *open = quoted(OPEN);
    check_body("strict", RN_MODEL(WIRE, .model = "m", .schema = closed), RN_INVOKE,
               BODY(INCLUDE FORMAT(CLOSED, "true")));
    check_body("not strict", RN_MODEL(WIRE, .model = "m", .schema = open), RN_INVOKE,
               BODY(INCLUDE FORMAT(OPEN, "false")));
    free(closed);
    free(open);
}

static void test_takes(void **state)
{
    (void)state;
    rn_model *model = RN_MODEL(WIRE, .model = "m");
    static const char *const types[] = {"image/png",  "image/jpeg",      "image/gif",
                                        "image/webp", "application/pdf", "text/plain"};
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        assert_true(rn_model_takes(model, types[i], false));
        assert_true(rn_model_takes(model, types[i], true));
    }
    assert_false(rn_model_takes(model, "image/tiff", false));
    assert_false(rn_model_takes(model, "application/octet-stream", true));
    rn_model_free(model);
}

/* ---- A request that was refused, said in another way ---- */

#define FULL "{'temperature':1,'include':['x'],'reasoning':{'effort':'low','summary':'auto'}}"

static const struct {
    const char *about, *body;
    int http;
    const char *code, *text, *want; /* NULL: there is no other way */
} refusals[] = {
    {"temperature", FULL, 400, "unsupported_parameter",
     "Unsupported parameter: 'temperature' is not supported with this model.",
     "{'include':['x'],'reasoning':{'effort':'low','summary':'auto'}}"},
    {"one temperature only", FULL, 400, "unsupported_value",
     "Unsupported value: 'temperature' does not support 0.2 with this model.",
     "{'include':['x'],'reasoning':{'effort':'low','summary':'auto'}}"},
    {"too high a temperature", FULL, 400, "decimal_above_max_value",
     "Invalid 'temperature': decimal above maximum value.", NULL},
    {"a summary for the verified", FULL, 400, "unsupported_value",
     "Your organization must be verified to generate reasoning summaries.",
     "{'temperature':1,'include':['x'],'reasoning':{'effort':'low'}}"},
    {"no summaries", FULL, 400, "unsupported_parameter",
     "Unsupported parameter: 'reasoning.summary' is not supported with this model.",
     "{'temperature':1,'include':['x'],'reasoning':{'effort':'low'}}"},
    {"no reasoning", FULL, 400, "unsupported_parameter",
     "Unsupported parameter: 'reasoning.effort' is not supported with this model.",
     "{'temperature':1}"},
    {"an effort that the model does not know", FULL, 400, "unsupported_value",
     "Unsupported value: 'minimal' is not supported with this model.", NULL},
    {"nothing encrypted", "{'include':['x']}", 400, "invalid_request_error",
     "Encrypted content is not supported with this model.", "{}"},
    {"a thought for another key",
     "{'input':[{'type':'reasoning'},{'type':'message'},{'type':'reasoning'}]}", 400,
     "invalid_encrypted_content", "The encrypted content could not be verified.",
     "{'input':[{'type':'message'}]}"},
    {"no thoughts in it", "{'input':[{'type':'message'}]}", 400, "invalid_encrypted_content",
     "The encrypted content could not be verified.", NULL},
    {"a schema", "{'text':{'format':{'strict':true}}}", 400, "invalid_json_schema",
     "Invalid schema for response_format 'answer'", "{'text':{'format':{'strict':false}}}"},
    {"a schema that was not strict", "{'text':{'format':{'strict':false}}}", 400,
     "invalid_json_schema", "Invalid schema for response_format 'answer'", NULL},
    {"not sent", "{}", 400, "unsupported_parameter",
     "Unsupported parameter: 'temperature' is not supported with this model.", NULL},
    {"another status", FULL, 500, "unsupported_parameter",
     "Unsupported parameter: 'temperature' is not supported with this model.", NULL},
};

static void test_amend(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        struct event error;
        json_t *body = quoted_json(refusals[i].body);
        event_init(&error, RN_ERROR);
        error.error.http = refusals[i].http;
        error.error.provider_code = refusals[i].code;
        error.pub.text = refusals[i].text;
        bool amended = responses_amend(body, &error.pub);
        if (amended != (refusals[i].want != NULL))
            fail_msg("%s", refusals[i].about);
        check_json(refusals[i].about, body, amended ? refusals[i].want : refusals[i].body);
        json_decref(body);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages), cmocka_unit_test(test_settings),
        cmocka_unit_test(test_tools),    cmocka_unit_test(test_schema),
        cmocka_unit_test(test_takes),    cmocka_unit_test(test_amend),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
