/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a server offers.
 *
 *      models http://localhost:11434/v1
 */
#include <stdio.h>
#include <stdlib.h>

#include <runnel.h>

static void print_model(const rn_listed *model)
{
    printf("%s", model->name);
    if (model->context >= 0)
        printf(", %lld tokens", (long long)model->context);
    if (model->tools == 1)
        printf(", calls tools");
    if (model->prices.input >= 0)
        printf(", $%g a million tokens in, $%g out", model->prices.input, model->prices.output);
    putchar('\n');
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s URL\n", argv[0]);
        return 2;
    }
    rn_model_options options = {.size = sizeof(options), .url = argv[1], .key = getenv("API_KEY")};

    rn_listing *listing = rn_list_models(&options);
    int status = rn_listing_step(listing, -1);
    const rn_listed *model;
    for (size_t i = 0; (model = rn_listing_model(listing, i)); i++)
        print_model(model);
    if (status != RN_DONE)
        fprintf(stderr, "%s: %s\n", rn_status_name(status), rn_listing_error(listing));

    rn_listing_free(listing);
    return status == RN_DONE ? 0 : 1;
}
