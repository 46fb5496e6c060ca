/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The doctor: looks at all that must work between the user and a model, from the config file to the pace at
 * which pieces arrive, and says what to do about what does not.  Every check has a time limit.
 */
#ifndef DOCTOR_DOCTOR_H
#define DOCTOR_DOCTOR_H

#include <stdbool.h>

#include "runnel.h"

struct choice;
struct error;
struct chart;
struct settings;

/* What is looked at.  All is the caller's. */
struct patient {
    const struct settings *settings;
    const char *config_path;        /* NULL: none can be named */
    const struct error *config_error; /* why the settings are not all there; NULL: they are */
    const char *sessions;           /* their folder; NULL: there is none */
    const char *provider;           /* who is asked; NULL: nobody */
    const struct choice *choice;    /* who would answer; NULL: no model of the provider's is known */
    const char *choice_error;       /* why there is none; "" */
    rn_io *io;
};

void doctor_examine(const struct patient *patient, struct chart *chart);

/* ---- Its parts, each with a group of the chart ---- */

/* False when asking the provider is of no use. */
bool configuration_check(const struct patient *patient, struct chart *chart);
void terminal_check(struct chart *chart);
/* False when the provider cannot be reached. */
bool network_check(const struct patient *patient, struct chart *chart);
void service_check(const struct patient *patient, struct chart *chart);
void machine_check(const struct patient *patient, struct chart *chart);

#endif
