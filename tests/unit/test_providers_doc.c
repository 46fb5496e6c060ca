/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * docs/providers.md says what each wire carries, and has a section for each provider: both are held
 * against the tables of codecs and of providers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/json.h"
#include "llm/codec.h"

/* ---- What a wire carries: found by encoding a request, and looking whether it is in there ---- */

static char *encoded(const struct codec *codec, rn_model_options options, bool has_tools,
                     enum rn_mode mode)
{
    struct buf text = BUF_INIT;
    json_t *tools = json_pack("[{s:s,s:s,s:{s:s}}]", "name", "find_me", "description", "d",
                              "schema", "type", "object");
    json_t *messages = json_pack("[{s:s,s:s}]", "role", "user", "content", "hi");
    options.model = "m";
    struct request request = {.options = &options,
                              .provider = "mine",
                              .messages = messages,
                              .tools = has_tools ? tools : NULL,
                              .mode = mode};
    json_t *body = codec->encode(&request);
    json_add_value(&text, body);
    json_decref(body);
    json_decref(messages);
    json_decref(tools);
    return buf_take(&text);
}

static bool differ(char *one, char *other)
{
    bool result = strcmp(one, other) != 0;
    free(one);
    free(other);
    return result;
}

/* The request with these options is another one than without. */
static bool carries(const struct codec *codec, rn_model_options options)
{
    return differ(encoded(codec, options, false, RN_STREAM),
                  encoded(codec, (rn_model_options){0}, false, RN_STREAM));
}

static bool can_stream(const struct codec *codec)
{
    return codec->payload != NULL;
}

static bool can_invoke(const struct codec *codec)
{
    return codec->whole &&
           (codec->stream_path || differ(encoded(codec, (rn_model_options){0}, false, RN_STREAM),
                                         encoded(codec, (rn_model_options){0}, false, RN_INVOKE)));
}

static bool has_tools(const struct codec *codec)
{
    char *body = encoded(codec, (rn_model_options){0}, true, RN_STREAM);
    bool found = strstr(body, "find_me");
    free(body);
    return found;
}

static bool has_reasoning(const struct codec *codec)
{
    return carries(codec, (rn_model_options){.reasoning = "high"});
}

static bool has_images(const struct codec *codec)
{
    return codec->takes && codec->takes("image/png", false);
}

static bool has_image_urls(const struct codec *codec)
{
    return codec->takes && codec->takes("image/png", true);
}

static bool has_pdf(const struct codec *codec)
{
    return codec->takes && codec->takes("application/pdf", false);
}

static bool has_schema(const struct codec *codec)
{
    return carries(codec, (rn_model_options){.schema = "{\"type\":\"object\",\"properties\":{}}"});
}

static bool has_stop(const struct codec *codec)
{
    const char *const words[] = {"END", NULL};
    return carries(codec, (rn_model_options){.stop = words});
}

static bool has_temperature(const struct codec *codec)
{
    double temperature = 0.25;
    return carries(codec, (rn_model_options){.temperature = &temperature});
}

static bool has_models(const struct codec *codec)
{
    return codec->models && codec->models_path;
}

static const struct {
    const char *name;
    bool (*is_there)(const struct codec *codec);
} columns[] = {
    {"stream", can_stream},
    {"invoke", can_invoke},
    {"tools", has_tools},
    {"reasoning", has_reasoning},
    {"images", has_images},
    {"images by URL", has_image_urls},
    {"PDF", has_pdf},
    {"schema", has_schema},
    {"stop", has_stop},
    {"temperature", has_temperature},
    {"list of models", has_models},
};

enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static void add_row(struct buf *out, const struct codec *codec)
{
    buf_addf(out, "| `%s` |", codec->name);
    for (size_t i = 0; i < COLUMNS; i++)
        buf_adds(out, columns[i].is_there(codec) ? " yes |" : " no |");
    buf_addc(out, '\n');
}

static void read_page(struct buf *page)
{
    struct error error;
    assert_int_equal(file_read("docs/providers.md", page, 1 << 20, &error), 0);
}

static void the_table_of_wires_is_true(void **state)
{
    struct buf page = BUF_INIT, want = BUF_INIT;
    (void)state;
    read_page(&page);
    buf_adds(&want, "\n| wire |");
    for (size_t i = 0; i < COLUMNS; i++)
        buf_addf(&want, " %s |", columns[i].name);
    buf_adds(&want, "\n|---|");
    for (size_t i = 0; i < COLUMNS; i++)
        buf_adds(&want, "---|");
    buf_addc(&want, '\n');
    for (size_t i = 0; codec_name(i); i++)
        add_row(&want, codec_find(codec_name(i)));
    buf_addc(&want, '\n');
    if (!strstr(page.data, want.data))
        fail_msg("docs/providers.md is to hold:\n%s", want.data);
    buf_clear(&want);
    buf_clear(&page);
}

/* The section that a heading with this name in brackets begins; NULL: there is none. */
static char *section_of(const char *page, const char *name)
{
    struct buf mark = BUF_INIT;
    buf_addf(&mark, "(`%s`)\n", name);
    const char *heading = strstr(page, mark.data);
    buf_clear(&mark);
    if (!heading)
        return NULL;
    const char *end = strstr(heading, "\n## ");
    return strndup(heading, end ? (size_t)(end - heading) : strlen(heading));
}

static void each_provider_has_its_section(void **state)
{
    struct buf page = BUF_INIT;
    (void)state;
    read_page(&page);
    for (const rn_provider *provider = rn_providers(); provider->name; provider++) {
        char *section = section_of(page.data, provider->name);
        if (!section)
            fail_msg("docs/providers.md has no section for %s", provider->name);
        if (!strstr(section, provider->key_env))
            fail_msg("the section for %s does not name %s", provider->name, provider->key_env);
        free(section);
    }
    buf_clear(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_of_wires_is_true),
        cmocka_unit_test(each_provider_has_its_section),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
