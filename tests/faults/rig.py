#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the fault tests stand on: a home, a server whose pace the model's name tells, the program, and an
# eye on its sessions.

import http.server
import json
import os
import pathlib
import re
import subprocess
import tempfile
import threading
import time


class Pieces(http.server.BaseHTTPRequestHandler):
    """Streams "0 1 2 ...": the model N@MS has N pieces, MS milliseconds apart."""

    def log_message(self, *args):
        pass

    def send(self, delta, reason="null"):
        piece = '{"choices":[{"index":0,"delta":%s,"finish_reason":%s}]}' % (delta, reason)
        self.wfile.write(b"data: %s\n\n" % piece.encode())

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body)
        count, _, pause = body["model"].partition("@")
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            for number in range(int(count)):
                self.send('{"content":"%d "}' % number)
                if float(pause) > 0:
                    time.sleep(float(pause) / 1000)
            self.send("{}", '"stop"')
            self.wfile.write(b"data: [DONE]\n\n")
        except OSError:
            pass  # the client was killed


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass  # a client that was killed


class Rig:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="runnel-faults-")
        self.home = pathlib.Path(self.folder.name)
        self.sessions = self.home / "data" / "runnel" / "sessions"
        self.program = os.path.abspath(os.environ.get("B", "build") + "/runnel")
        self.server = Server(("127.0.0.1", 0), Pieces)
        self.server.asked = []
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.folder.cleanup()

    def environment(self, **more):
        env = {"PATH": os.environ["PATH"], "HOME": str(self.home), "LC_ALL": "C.UTF-8"}
        for name in ("DATA", "CONFIG", "STATE", "CACHE"):
            env["XDG_%s_HOME" % name] = str(self.home / name.lower())
        return env | more

    def command(self, model, *args):
        url = "http://127.0.0.1:%d/v1" % self.server.server_address[1]
        return [self.program, "--url", url, "-m", model, *args]

    def run(self, command, before=(), env=(), **more):
        """The program to its end; `before` are the words of what starts it."""
        return subprocess.run([*before, *command], env=self.environment(**dict(env)), timeout=120,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, **more)

    def ask(self, model, *args, **more):
        return self.run(self.command(model, *args), **more)

    def files(self):
        """The sessions, the last written first."""
        found = self.sessions.glob("*.jsonl") if self.sessions.exists() else ()
        return sorted(found, key=lambda path: path.stat().st_mtime_ns, reverse=True)

    def faulty(self):
        """The library that makes writes short and the clock jump; built once."""
        library = self.home / "faulty.so"
        if not library.exists():
            source = pathlib.Path(__file__).with_name("faulty.c")
            subprocess.run(["cc", "-D_GNU_SOURCE", "-shared", "-fPIC", "-o", library, source, "-ldl"],
                           check=True)
        return str(library)


class Damaged(Exception):
    """A session is not what it must be."""


RECORDS = {"session", "message", "title", "note"}


def answer(count):
    return "".join("%d " % number for number in range(count))


def read_session(path):
    """The lines of a session as (text, object); the object is None where half a line stands.  Such a line may
    stand only where a writer died: at the end, or before the next run's beginning."""
    lines = path.read_bytes().split(b"\n")
    tail = lines.pop()
    found = []
    for line in lines + ([tail] if tail else []):
        try:
            found.append((line, json.loads(line)))
        except ValueError:
            found.append((line, None))
    for (line, value), (_, after) in zip(found, found[1:]):
        if value is None and line and (after is None or after.get("type") != "start"):
            raise Damaged("half a line in the middle of %s: %r" % (path, line[:80]))
    return found


def runs_of(lines):
    """The events of each run, as lists of (text, object), with no number missing."""
    runs = []
    for text, value in lines:
        if value is None or value["type"] in RECORDS:
            continue
        if value["type"] == "start":
            runs.append([])
        if not runs or value["seq"] != len(runs[-1]) + 1:
            raise Damaged("event %s is out of order" % value.get("seq"))
        runs[-1].append((text, value))
    return runs


def text_of(run):
    return "".join(value["content"] for _, value in run if value["type"] == "ai")


def expect(truth, why):
    if not truth:
        raise Damaged(why)


def expect_match(pattern, text):
    expect(re.search(pattern, text), "%r is not in %r" % (pattern, text[-400:]))
