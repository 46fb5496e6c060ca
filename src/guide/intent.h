/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a prompt is: a question, a wish for tools or a tour, or small talk.
 */
#ifndef GUIDE_INTENT_H
#define GUIDE_INTENT_H

struct place;

enum intent {
    QUESTION,
    HELP,
    GREETING,
    THANKS,
    BYE,
    REFUSAL,
    WHO,
    EVERYTHING,
    NEXT,
    TOUR,
    TOURS,
    WISH,
};

/* `place` is set for a TOUR: where it begins. */
enum intent intent_of(const char *prompt, struct place *place);

#endif
