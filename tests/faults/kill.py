#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Kills runnel at random moments while pieces pour in, and looks at what it leaves: every session can be
# read and gone on with, no event is missing in the middle, and of what was shown no more than the last
# 50 ms are lost.  usage: kill.py [KILLS [SEED]]; B is the build's folder

import random
import subprocess
import sys
import threading

import rig

WAIT_MS = 50
# Between an event's arrival and its journalling the whole program may have to wait for a processor.
PATIENCE_MS = 100
PACES = ("100000@0", "100000@0.2", "100000@1", "100000@20", "100@0")


def kill_one(place, delay, args, env):
    """Start it, kill it after `delay` seconds; the lines that it had shown."""
    shown = []
    child = subprocess.Popen(place.command(random.choice(PACES), *args, "--events", "Count."),
                             env=place.environment(**env), stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    reader = threading.Thread(target=lambda: shown.extend(child.stdout.read().split(b"\n")[:-1]))
    reader.start()
    try:
        child.wait(delay)
    except subprocess.TimeoutExpired:
        child.kill()
    child.wait()
    reader.join()
    said = child.stderr.read().decode()
    child.stdout.close()
    child.stderr.close()
    rig.expect(child.returncode in (0, -9), "it ended with %d: %s" % (child.returncode, said))
    return shown


def loss(shown, saved):
    """How many milliseconds of what was shown are not in the file."""
    texts = [text for text, _ in saved]
    rig.expect(texts[:len(shown)] == shown[:len(texts)], "the file is not what was shown")
    if len(texts) >= len(shown):
        return 0
    moment = [rig.json.loads(line)["t"] for line in (shown[len(texts)], shown[-1])]
    return moment[1] - moment[0]


def last_run(place, shown):
    """The events of the run that has just been killed: the file written last."""
    files = place.files()
    runs = rig.runs_of(rig.read_session(files[0])) if files else []
    started = [run for run in runs if shown and run[0][0] == shown[0]]
    return started[-1] if started else []


def look_back(place):
    """The program itself reads what it left."""
    for path in place.files()[:3]:
        played = place.run([place.program, "replay", "--instant", "--events", str(path)])
        rig.expect(played.returncode in (0, 1, 3, 130), "%s cannot be replayed: %s" % (path, played.stderr))
    listed = place.run([place.program, "sessions"])
    rig.expect(listed.returncode == 0, listed.stderr)


def main(kills, seed):
    place = rig.Rig()
    random.seed(seed)
    worst = torn = 0
    try:
        for number in range(kills):
            # A session is gone on with until its conversation would be most of the work.
            goes_on = bool(place.files()) and number % 8 != 0
            env = {}
            if number % 4 == 3:
                env = {"LD_PRELOAD": place.faulty(), "FAULTY_WRITE": str(random.randint(1, 300))}
            # Soon, while the file is made, or late, when there is more to lose than may be.
            delay = random.uniform(0.005, random.choice((0.05, 0.2, 0.6)))
            shown = kill_one(place, delay, ("-c",) if goes_on else (), env)
            lost = loss(shown, last_run(place, shown))
            rig.expect(env or lost <= WAIT_MS + PATIENCE_MS, "%d ms are lost" % lost)
            worst = max(worst, 0 if env else lost)
            files = place.files()
            torn += bool(files) and not files[0].read_bytes().endswith(b"\n")
            if number % 10 == 9:
                look_back(place)
        look_back(place)
    except rig.Damaged as damage:
        sys.exit("kill %d of seed %d: %s" % (number, seed, damage))
    finally:
        place.close()
    print("%d kills: every session readable, %d ended in half a line, at most %d ms lost"
          % (kills, torn, worst))


main(int(sys.argv[1]) if len(sys.argv) > 1 else 50, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
