#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Try the screen on terminals that others wrote: tmux, and xterm.js without a window.

Each case is tried on each terminal in three sizes.  What the model says, and when, is the case's: a piece
is sent, and the next one when the first is on the screen.

usage: terminals.py FOLDER RUNNEL     (FOLDER has @xterm/headless in its node_modules)
"""
import http.server
import json
import os
import queue
import re
import sys
import threading
import time

from peer import equal, try_case
from screens import PATIENCE, Tmux, Xterm, cells_of

SIZES = [(20, 5), (80, 24), (200, 60)]
CASES = []


def case(function):
    CASES.append(function)
    return function


# ---- The model


class Model:
    """A server whose answers are said piece by piece."""

    def __init__(self):
        self.pieces, self.asked = queue.Queue(), queue.Queue()
        model = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                model.asked.put(json.loads(body)["messages"][-1])
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                try:
                    while (piece := model.pieces.get(timeout=PATIENCE)) is not None:
                        self.wfile.write(f"data: {json.dumps(piece)}\n\n".encode())
                    self.wfile.write(b"data: [DONE]\n\n")
                except (OSError, queue.Empty):
                    pass

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def send(self, delta, reason=None):
        self.pieces.put({"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})

    def say(self, text):
        self.send({"content": text})

    def end(self, reason="stop"):
        self.send({}, reason)
        self.pieces.put(None)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


# ---- The stage


class Stage:
    """A terminal on which runnel talks with a model; `with` ends all of it."""

    def __init__(self, kind, size, program, home):
        self.columns, self.lines = size
        self.model, self.answers = Model(), 0
        env = {"HOME": home, "LC_ALL": "C.UTF-8", "INPUTRC": "/dev/null", "PATH": os.environ["PATH"]}
        runnel = [program, "--url", self.model.url, "-m", "test-model"]
        # So that there is something to look at when it has ended.
        shell = ["sh", "-c", '"$@"; echo "left with $?"; read line', "sh", *runnel]
        self.terminal = kind(shell, env, *size, home)
        self.terminal.await_text(">")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.terminal.close()
        self.model.close()

    def ask(self, prompt):
        self.terminal.keys(prompt + "\r")
        until = time.monotonic() + PATIENCE
        # A program whose screen nobody reads would wait for that.
        while self.model.asked.empty() and time.monotonic() < until:
            self.terminal.look()
            self.terminal.stir(time.monotonic() + 0.01)
        equal(self.model.asked.get(timeout=0)["content"], prompt)

    def end(self):
        """The answer is over, and the screen says so."""
        self.answers += 1
        self.model.say(f"\n\nend{self.answers}")
        self.terminal.await_text(f"end{self.answers}")
        self.model.end()
        self.await_ready()

    def await_ready(self):
        self.terminal.await_text("─ ready")

    def transcript(self):
        """The rows above the status line."""
        return self.terminal.rows()[:-2]

    def check_frame(self):
        """The status line and an empty input stand where they belong, and nothing is too wide."""
        self.terminal.settle(self.check_frame_now)

    def check_frame_now(self):
        rows = self.terminal.rows()
        equal(len(rows), self.lines)
        equal((rows[-1], self.terminal.cursor()), (">", [2, self.lines - 1]))
        assert rows[-2].startswith("─ ready"), rows[-2]
        assert all(sum(width for _, width in cells_of(row)) <= self.columns for row in rows), rows

    def resize(self, size):
        self.columns, self.lines = size
        self.terminal.resize(*size)

    def words(self):
        """The numbers of the words that are shown, which follow each other."""
        words = [int(number) for row in self.transcript() for number in re.findall(r"w(\d+)", row)]
        equal(words, list(range(words[0], words[0] + len(words))) if words else [])
        return words

    def await_words(self, last):
        """Until the words end with this one, at the right place of a screen of this size."""
        def check():
            equal(len(self.terminal.rows()), self.lines)
            equal(len(self.terminal.rows()[-2]), self.columns)
            equal(self.words()[-1:], [last])
            rows = [row for row in self.transcript() if row]
            widest = max(len(row) for row in rows)
            assert len(rows) == 1 or self.columns - 5 <= widest <= self.columns, rows
        self.terminal.settle(check)


# ---- Cases


@case
def text_comes_while_one_types(stage):
    stage.ask("hello")
    stage.model.say("One ")
    stage.terminal.await_text("One")
    stage.model.say("two")
    stage.terminal.await_text("One two")
    stage.terminal.keys("drxaft\033[D\033[D\033[D\177")
    stage.terminal.await_text("> draft")
    equal(stage.terminal.cursor(), [4, stage.lines - 1])
    stage.model.say(" three")
    stage.terminal.await_text("three")
    equal(stage.terminal.cursor(), [4, stage.lines - 1])
    stage.end()
    equal(stage.terminal.rows()[-1], "> draft")
    stage.terminal.keys("\005\025")
    stage.terminal.await_no("draft")
    stage.check_frame()


@case
def a_resize_in_the_middle_loses_nothing(stage):
    count, size = 400, (stage.columns, stage.lines)
    words = [f"w{i:03} " for i in range(count)]
    stage.ask("count")
    stage.model.say("".join(words[:count // 2]))
    stage.await_words(count // 2 - 1)
    for other in SIZES:
        stage.resize(other)
        stage.await_words(count // 2 - 1)
    stage.model.say("".join(words[count // 2:]))
    stage.resize(size)
    stage.await_words(count - 1)
    stage.end()
    stage.check_frame()
    check_all_is_there(stage, count)


def check_all_is_there(stage, count):
    """From the first row to the last, page by page."""
    seen, page, key = -1, None, "\033[1;5H"
    while seen < count - 1:
        def check(seen=seen, page=page):
            rows, words = stage.transcript(), stage.words()
            assert page or "runnel" in rows[0], "not the beginning"
            assert rows != page, "the same page"
            assert words or seen < 0, "a page without words"
            assert not words or words[0] <= seen + 1 <= words[-1], (seen, words)
            # The last row is painted to its end.
            assert not words or words[-1] == count - 1 or len([r for r in rows if r][-1]) > stage.columns - 8, rows
            return words[-1] if words else -1, rows
        stage.terminal.keys(key)
        seen, page = stage.terminal.settle(check)
        key = "\033[6~"


# As it comes, and the columns it takes on every terminal: what terminals draw in different ways is taken
# apart (src/base/filter.h).
SHAPES = [
    ("ab", 2), ("你好", 4), ("ｆｕ", 4), ("ｱｲ", 2), ("한글", 4), ("👍", 2), ("👍🏽", 2), ("👩\u200d🚀", 4),
    ("👨\u200d👩\u200d👧", 6), ("e\u0301", 1), ("a" + "\u0300\u0301\u0302\u0303\u0304\u0305\u0306", 1),
    ("\u0301", 1), ("שלום", 4), ("مرحبا", 5), ("ไทย", 3), ("❤\ufe0f", 1), ("1\ufe0f\u20e3", 1), ("a\u00adb", 2),
    ("a\u200bb", 2), ("±●", 2), ("─│", 2), ("a\u202eb", 10), ("\ufffd", 1),
]


@case
def nothing_is_displaced(stage):
    stage.ask("shapes")
    stage.model.say("```\n")
    margin = None
    for number, (shape, width) in enumerate(SHAPES):
        mark = f"!{number:02}"
        stage.model.say(f"{shape}{mark}\n")
        stage.terminal.await_text(mark)
        [row] = [row for row in stage.terminal.look() if mark in "".join(text for text, _ in row)]
        column = stage.terminal.column(row, mark)
        margin = column - width if margin is None else margin
        equal((shape, column - margin), (shape, width))
    stage.model.say("```\n")
    stage.end()
    stage.check_frame()


@case
def wide_characters_wrap_whole(stage):
    text = "語" * (stage.columns + 3)
    stage.ask("wide")
    stage.model.say("x" + text + " done")
    stage.terminal.await_text("done")
    stage.end()
    stage.check_frame()
    shown = [row for row in stage.transcript() if "語" in row]
    if stage.lines > 5:
        equal(sum(row.count("語") for row in shown), len(text))
    assert all(row.count("語") >= (stage.columns - 5) // 2 for row in shown[1:-1]), shown


@case
def a_prompt_may_be_of_any_script(stage):
    for text, columns in ("你好", 4), ("e\u0301", 1), ("שלום", 4), ("👍", 2):
        stage.terminal.keys(text + "!")
        stage.terminal.await_text("!")
        equal((text, stage.terminal.cursor()), (text, [2 + columns + 1, stage.lines - 1]))
        stage.terminal.keys("\025")
        stage.terminal.await_no("!")
    stage.ask("שלום 你好")
    stage.end()


# What a terminal would obey: titles, questions, clipboard, modes, resets, in 7 bits and in 8.
HOSTILE = [
    "\033]0;pwned\007", "\033]2;pwned\033\\", "\033k" "pwned\033\\", "\033[21t", "\033[6n", "\033[5n", "\033[c", "\033[>c",
    "\033[=c", "\033[18t", "\033P$qm\033\\", "\033P+q544e\033\\", "\033[?2026$p", "\033[?u", "\033]52;c;cHduZWQ=\007",
    "\033]52;c;?\007", "\033]10;?\007", "\033]4;1;?\007", "\033Ptmux;\033\033]52;c;cHduZWQ=\007\033\\", "\033[?1049l",
    "\033[?1000h\033[?1003h", "\033[?2004l", "\033[?25l", "\033[?7l", "\033[4h", "\033[?6h", "\033[2J", "\033[1;1H", "\033[3;4r",
    "\033[8;3;9t", "\033(0", "\016", "\033c", "\033[!p", "\033#8", "\x9b6n", "\x9d0;pwned\x9c", "\x90$qm\x9c", "\x85", "\007", "\b\b\b",
    "\033]8;;http://pwned/\033\\x\033]8;;\033\\", "\033]1337;File=inline=1:AAAA\007", "\033_Ga=q;AAAA\033\\",
    "\033[5i", "\u202e\u2066\u2028\u2029", "\r\r", "\0", "\v\f", "\033", "\033[", "\033]", "\033P", "\x9b",
]
PLACES = {
    "text": lambda model, text: model.say(text),
    "code": lambda model, text: model.say(f"```\n{text}\n```\n"),
    "a link": lambda model, text: model.say(f"[{text}](http://x/{text}) <http://x/{text}>"),
    "a heading": lambda model, text: model.say(f"# {text}\n"),
    "a table": lambda model, text: model.say(f"\n\n| a | {text} |\n|---|---|\n| {text} | b |\n\n"),
    "thoughts": lambda model, text: model.send({"reasoning_content": text}),
}


@case
def nothing_is_obeyed(stage):
    before = stage.terminal.facts()
    for place, say in PLACES.items():
        for hostile in HOSTILE if place == "text" else ["".join(HOSTILE)]:
            stage.ask("go")
            say(stage.model, f"a {hostile} b")
            stage.end()
            stage.check_frame()
            equal((place, hostile, stage.terminal.facts()), (place, hostile, before))
    stage.ask("go")
    # An error's message is shown up to its first newline.
    stage.model.pieces.put({"error": {"message": "\033]0;pwned\007\033[6n\x9b6n over", "code": "\033[6n"}})
    stage.model.pieces.put(None)
    stage.terminal.await_text(" over")
    stage.check_frame()
    equal(stage.terminal.facts(), before)
    assert not any("pwned" in title for title in stage.terminal.titles()), stage.terminal.titles()


@case
def half_a_sequence_completes_nothing(stage):
    before = stage.terminal.facts()
    for hostile in "\033]0;pwned\007", "\033[6n", "\033[?1049l", "\x9b6n":
        stage.ask("go")
        for character in hostile:
            stage.model.say(character)
        stage.end()
        stage.check_frame()
        equal(stage.terminal.facts(), before)
    assert not any("pwned" in title for title in stage.terminal.titles())


@case
def a_paste_is_text(stage):
    before = stage.terminal.facts()
    stage.terminal.keys("\033[200~one\ntwo \033]0;pwned\007\033[6n\033[201~")
    stage.terminal.await_text("two")
    stage.terminal.keys("!")
    stage.terminal.await_text("!")
    equal(stage.terminal.facts(), before)
    stage.terminal.keys("\003")
    stage.terminal.await_no("two")
    stage.check_frame()
    assert stage.model.asked.empty(), "it was sent"


@case
def escape_stops_and_keeps(stage):
    stage.ask("go on")
    stage.model.say("kept")
    stage.terminal.await_text("kept")
    stage.terminal.keys("\033")
    stage.await_ready()
    stage.model.pieces.put(None)
    stage.terminal.keys("\033[5~")
    stage.terminal.await_text("kept")


@case
def leaving_gives_the_terminal_back(stage):
    stage.ask("say")
    stage.end()
    stage.terminal.keys("/quit\r")
    stage.terminal.await_text("left with 0")
    assert not stage.terminal.is_alternate()


# ---- All of them


def on_stage(function, kind, size, program, home):
    with Stage(kind, size, program, home) as stage:
        function(stage)


def main(folder, program):
    Xterm.modules, passed, failed = folder, 0, 0
    wanted = os.environ.get("CASE", "")
    for kind in Tmux, Xterm:
        for size in SIZES:
            for function in [function for function in CASES if wanted in function.__name__]:
                about = f"{kind.__name__.lower()} {size[0]}x{size[1]} {function.__name__}"
                if try_case(on_stage, about, function, kind, size, os.path.abspath(program)):
                    passed += 1
                else:
                    failed += 1
    print(f"terminals: {passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
