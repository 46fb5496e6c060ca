/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "doctor/doctor.h"

#include <string.h>

#include "chat/choose.h"

/* The guide is part of the program: between it and the user there is nothing that could fail. */
static bool is_elsewhere(const struct patient *patient)
{
    return patient->provider && strcmp(patient->provider, GUIDE_NAME) != 0;
}

void doctor_examine(const struct patient *patient, struct chart *chart)
{
    bool can_ask = configuration_check(patient, chart);
    terminal_check(chart);
    machine_check(patient, chart);
    if (is_elsewhere(patient) && network_check(patient, chart) && can_ask)
        service_check(patient, chart);
}
