/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the guide says of what a tool gave: the words of the tool, marked as such, since the guide
 * understands none of them; and when the call came to nothing, what the user can do.
 */
#ifndef GUIDE_RESULT_H
#define GUIDE_RESULT_H

struct buf;

/* `tool` is "" when it is not known which one it was. */
void result_say(const char *tool, const char *output, struct buf *out);

#endif
