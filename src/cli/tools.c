/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * runnel tools: what a model may be offered, and what runs unasked.
 */
#include "cli/cli.h"

#include "base/buf.h"
#include "base/error.h"
#include "chat/policy.h"
#include "cli/options.h"
#include "config/settings.h"

int cli_tools(const struct options *options)
{
    struct error error;
    struct buf text = BUF_INIT;
    struct policy_options wanted = {.can_ask = true, .allow_all = options->yes};
    struct settings *settings = cli_settings(options, &error);
    struct policy *policy = settings ? policy_new(settings, &wanted, &error) : NULL;
    int status;
    if (policy) {
        policy_list(policy, true, &text);
        status = cli_print(buf_str(&text), text.len);
    } else {
        status = cli_fail(&error);
    }
    buf_clear(&text);
    policy_free(policy);
    settings_free(settings);
    return status;
}
