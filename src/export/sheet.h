/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How the HTML page looks.
 */
#ifndef EXPORT_SHEET_H
#define EXPORT_SHEET_H

extern const char *const export_sheet[]; /* CSS, in parts; ended by NULL */

#endif
