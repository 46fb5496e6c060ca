/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a prompt is: a question, a wish for tools or a tour, or small talk.
 */
#ifndef GUIDE_INTENT_H
#define GUIDE_INTENT_H

struct place;

enum intent {
    INTENT_QUESTION,
    INTENT_HELP,
    INTENT_GREETING,
    INTENT_THANKS,
    INTENT_BYE,
    INTENT_REFUSAL,
    INTENT_WHO,
    INTENT_EVERYTHING,
    INTENT_NEXT,
    INTENT_TOUR,
    INTENT_TOURS,
    INTENT_WISH,
};

/* `place` is set for INTENT_TOUR: the beginning of that tour. */
enum intent intent_of(const char *prompt, struct place *place);

#endif
