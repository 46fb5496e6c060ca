/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/player_talk.h"

#include "chat/chat.h"
#include "chat/playback.h"
#include "tui/status.h"
#include "tui/talk.h"

/* The lanes have their names and figures in the panes. */
static void meter_lane(struct talk *talk, const rn_event *event, int64_t clock)
{
    if (event->kind != RN_FINISH)
        meter_event(&talk->meter, event, clock);
    else if (!player_panes_go_on(&talk->panes))
        meter_end(&talk->meter, clock);
    talk->meter.has_run = false;
    status_names(talk->status, RN_STREAM, "", "", false);
    talk->news |= NEWS_STATUS;
}

bool player_talk_event(struct talk *talk, const rn_event *event, int64_t clock)
{
    bool is_lane = player_panes_event(&talk->panes, event, &talk->story, clock);
    if (is_lane)
        meter_lane(talk, event, clock);
    return is_lane;
}

void player_talk_settle(struct talk *talk, int64_t now)
{
    const struct playback *playback = chat_playback(talk->chat);
    if (!playback || !playback_is_over(playback))
        return;
    bool goes_on = player_panes_go_on(&talk->panes);
    player_panes_halt(&talk->panes);
    if (!story_break_off(&talk->story) && !goes_on)
        return;
    meter_end(&talk->meter, talk_clock(talk, now));
    talk->news |= NEWS_TEXT | NEWS_STATUS;
}
