/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/call.h"

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "tools/expression.h"

int calculate(const struct call *call, struct buf *out)
{
    struct error error = ERROR_INIT;
    if (expression_value(json_get_text(call->args, "expression"), out, &error) < 0)
        return call_fail(out, "the expression cannot be worked out: %s", error.text);
    return 0;
}
