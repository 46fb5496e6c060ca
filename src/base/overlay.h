/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON objects laid over each other, as texts: what says more wins, and objects in both are joined in
 * the same way.
 */
#ifndef BASE_OVERLAY_H
#define BASE_OVERLAY_H

struct error;

/* Set one value: KEY=VALUE, or KEY.KEY=VALUE for an object in it.  A VALUE that is no JSON is a string
 * as it stands.  `object`: NULL is an empty one.  The caller's; NULL with an error. */
char *overlay_set(const char *object, const char *assignment, struct error *error);
/* Two objects joined, each of which may be NULL; the caller's, NULL when both are. */
char *overlay_join(const char *under, const char *over);

#endif
