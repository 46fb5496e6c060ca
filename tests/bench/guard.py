#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold what runnel costs against bounds, in numbers that a busy machine does not change: instructions and allocations
(counted by valgrind), bytes to the terminal, wake-ups.  What a longer answer takes more than a shorter one is the cost
of a piece in the steady state: starting and ending are not in it.

A row that fails shows its bound, and what was counted.  What has become cheaper for good deserves a lower bound.
usage: guard.py; B is the build's folder, as in the Makefile.
"""
import concurrent.futures
import os
import pathlib
import re
import shutil
import sys
import tempfile

from bench import Flood, compile_tool, contestants, counted, environment, program
from stage import END, Stage

# One allocation more for each event fails, and so does a tenth more of instructions.
BOUNDS = {
    "text: instructions a chunk": 3_400,
    "text: allocations a chunk": 0.6,
    "journal: instructions a chunk": 10_900,
    "journal: allocations a chunk": 0.6,
    "screen: instructions a frame": 157_000,
    "screen: allocations a frame": 13.7,
    "screen: bytes a piece beyond its own": 24,
    "idle: wake-ups": 0,
    "idle after an answer: wake-ups": 0,
}
CHUNKS = 1000, 6000
PARAGRAPH = 96                          # pieces
PIECES = PARAGRAPH, 3 * PARAGRAPH       # each is a frame: the next is sent when it is on the screen
IDLE_SECONDS = 2
INSTRUCTIONS = ["--tool=callgrind", "--callgrind-out-file=/dev/null"], r"Collected : (\d+)"
ALLOCATIONS = ["--tool=memcheck"], r"total heap usage: ([\d,]+) allocs"


def slope(count, sizes):
    """What one more of them costs."""
    shorter, longer = (count(size) for size in sizes)
    return (longer - shorter) / (sizes[1] - sizes[0])


# ---- In a pipe

def in_pipe(name, tool, home):
    def count(chunks):
        with Flood(chunks) as flood:
            return counted(*tool, *contestants(flood.url, home)[name])
    return slope(count, CHUNKS)


# ---- On a terminal

def open_chat(stage, before=()):
    stage.start([*before, program(), "--no-save", "--url", stage.url, "-m", "guard"])
    stage.until_seen(b"ready")
    stage.ask()
    stage.say("so:")
    stage.until_seen(b"so:")


def say_pieces(stage, count):
    for number in range(count):
        piece, mark = f"t{number:05}", len(stage.seen)
        stage.say((" " if number % PARAGRAPH else "\\n\\n") + piece)
        stage.until_seen(piece.encode(), mark)


def quit_chat(stage):
    stage.send(END)
    stage.until_quiet()
    stage.type(b"/quit\r")
    while stage.process.poll() is None:
        try:
            stage.step(0.1)
        except OSError:     # the terminal has no other end any more
            stage.process.wait()


def on_screen(tool, home, env):
    options, pattern = tool
    def count(pieces):
        log = pathlib.Path(home) / f"valgrind-{options[0]}-{pieces}"
        with Stage((80, 24), env) as stage:
            open_chat(stage, ["valgrind", f"--log-file={log}", *options])
            say_pieces(stage, pieces)
            quit_chat(stage)
        return int(re.search(pattern, log.read_text())[1].replace(",", ""))
    return slope(count, PIECES)


def bytes_a_piece(env):
    with Stage((80, 24), env) as stage:
        open_chat(stage)
        mark = len(stage.seen)
        say_pieces(stage, PIECES[1])
        return (len(stage.seen) - mark) / PIECES[1] - len(" t00000")


def wakeups(env, has_answered):
    with Stage((80, 24), env) as stage:
        stage.start([program(), "--no-save", "--url", stage.url, "-m", "guard"])
        stage.until_seen(b"ready")
        stage.until_quiet()
        if has_answered:
            stage.ask()
            stage.say("an answer")
            stage.send(END)
            stage.until_seen(b"answer")
            stage.until_quiet(1.5)      # the connection is read to its end
        before = stage.switches()
        stage.step(IDLE_SECONDS)
        return stage.switches() - before


# ---- All of it

def rows(home):
    """Counted side by side: nothing here is a time.  The names are in the order of the bounds."""
    env = environment(home) | {"TERM": "xterm-256color", "INPUTRC": "/dev/null", "HOME": home}
    for tool in "flood", "bare":
        compile_tool(tool)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        counts = [pool.submit(in_pipe, name, tool, home) for name in ("runnel --no-save", "runnel, journal")
                  for tool in (INSTRUCTIONS, ALLOCATIONS)]
        counts += [pool.submit(on_screen, tool, home, env) for tool in (INSTRUCTIONS, ALLOCATIONS)]
        counts += [pool.submit(bytes_a_piece, env), pool.submit(wakeups, env, False), pool.submit(wakeups, env, True)]
        yield from (count.result() for count in counts)


def main():
    if not shutil.which("valgrind"):
        sys.exit("valgrind is missing (see make deps-check)")
    results = []
    with tempfile.TemporaryDirectory() as home:
        for (name, bound), value in zip(BOUNDS.items(), rows(home)):
            results.append(value <= bound)
            print(f"{name:38} {value:11,.2f}, at most {bound:,}{'' if results[-1] else '  FAILED'}", flush=True)
    print(f"guard: {results.count(True)} passed, {results.count(False)} failed")
    return not all(results)


if __name__ == "__main__":
    sys.exit(main())
