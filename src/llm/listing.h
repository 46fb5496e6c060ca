/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A server's list of models: asked for with one GET, told by the wire's codec as an array in one form
 * for all:
 *
 *      [{"name":"...","title":"...","context":131072,"output":8192,"images":true,"tools":true,
 *        "reasoning":false,"prices":{"input":0.15,"output":0.6,"cached":0.07,"cache_write":0.2}}]
 *
 * Only `name` is always there.  Models that do not chat are left out where the server tells.  NULL
 * instead of an array means that the answer is no list of this wire.
 */
#ifndef LLM_LISTING_H
#define LLM_LISTING_H

enum {
    LISTING_BODY_MAX = 16 * 1024 * 1024, /* the longest known, of a service with all models, is 1 MiB */
    LISTING_NAME_MAX = 512,              /* a longer name is no model's */
    LISTING_MS = 20 * 1000,              /* the whole request, unless first_ms says otherwise */
};

#endif
