# SPDX-License-Identifier: GPL-3.0-or-later
"""What the peer tests share: a mock server, runnel with a home of its own, checks of its events."""
import json
import os
import pathlib
import re
import socket
import subprocess
import tempfile
import time
import urllib.request

FIXTURES = pathlib.Path(__file__).resolve().parent / "fixtures.json"
KEY = "sk-a-key-that-must-stay-secret"
TIMEOUT = 60


class Wire:
    """How a provider is spoken to: the end of its URL, and the path that its requests have.

    `lacks` is what aimock cannot say on this wire: reasoning, ids of calls, counts, reasons to end.
    """

    def __init__(self, name, base, path, lacks=()):
        self.name, self.base, self.path, self.lacks = name, base, path, lacks

    def __str__(self):
        return self.name


WIRES = [Wire("openai", "/v1", "/v1/chat/completions"), Wire("responses", "/v1", "/v1/responses", ["length", "filter"]),
         Wire("anthropic", "", "/v1/messages", ["filter"]),
         Wire("gemini", "/v1beta", "/v1beta/models/"),
         Wire("ollama", "", "/api/chat", ["reasoning", "ids", "counts", "length", "filter"])]


def fixture(prompt):
    for entry in json.loads(FIXTURES.read_text())["fixtures"]:
        if entry["match"]["userMessage"] == prompt:
            return entry["response"]
    raise KeyError(prompt)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def await_port(process, port):
    """Until the process listens there; False when it does not."""
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.05)
    return False


class Server:
    """A program that says where it listens, and keeps a journal of what it was asked."""

    def __init__(self, *command, **env):
        self.process = subprocess.Popen([*command, "-p", "0", "-f", str(FIXTURES)], text=True,
                                        env=os.environ | env, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said = ""
        for line in self.process.stdout:
            said += line
            if found := re.search(r"listening on (http://\S+)", line):
                self.url = found[1]
                return
        raise SystemExit("aimock did not start:\n" + said)

    def entries(self, wire):
        """What it was asked on this wire so far, first to last; aimock tells all in OpenAI's form."""
        with urllib.request.urlopen(self.url + "/__aimock/journal") as answer:
            entries = json.load(answer)
        return [entry for entry in entries
                if entry["path"].startswith(wire.path) and entry.get("body")]

    def stop(self):
        self.process.kill()
        self.process.wait()


class Runnel:
    """The program under test on one wire, with a home of its own."""

    def __init__(self, program, server, home, wire):
        self.program, self.server, self.wire = program, server, wire
        self.home = pathlib.Path(home)
        self.env = {k: v for k, v in os.environ.items()
                    if not k.endswith("_API_KEY") and not k.startswith(("RUNNEL", "XDG_"))}
        self.env |= {"HOME": home, "LC_ALL": "C.UTF-8", "PEER_KEY": KEY}
        self.model, self.settings = "mock-1", ""

    def command(self, *options):
        """The server is a provider of the config, so that it can speak any wire."""
        config = self.home / "config.ini"
        config.write_text(f"[provider.peer]\nwire = {self.wire}\n"
                          f"url = {self.server.url}{self.wire.base}\n{self.settings}")
        return [self.program, "--config", config, "-m", f"peer:{self.model}", *options]

    def ask(self, *options, given=b""):
        """Exit status, stdout, stderr."""
        run = subprocess.run(self.command(*options), input=given, env=self.env,
                             capture_output=True, timeout=TIMEOUT)
        return run.returncode, run.stdout, run.stderr.decode()

    def start(self, *options):
        return subprocess.Popen(self.command(*options), env=self.env, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def events(self, *options):
        """Exit status and events, which keep to the grammar whatever happened."""
        status, out, _ = self.ask("--no-save", "--events", *options)
        events = [json.loads(line) for line in out.decode().splitlines()]
        check_grammar(events)
        return status, events

    def requests(self, prompt):
        """What the server got with this prompt, first to last."""
        return [entry for entry in self.server.entries(self.wire)
                if prompt in json.dumps(entry["body"]["messages"][-1], ensure_ascii=False)]


def equal(got, want):
    assert got == want, f"got {got!r}, want {want!r}"


def of(events, kind):
    return [event for event in events if event["type"] == kind]


def text(events):
    return "".join(event["content"] for event in of(events, "ai"))


def thoughts(events):
    return "".join(event["text"] for event in of(events, "reasoning"))


def check_grammar(events):
    kinds = [event["type"] for event in events]
    equal((kinds[0], kinds.count("start")), ("start", 1))
    equal((kinds[-1], kinds.count("finish")), ("finish", 1))
    assert kinds.count("error") <= 1, kinds
    assert "error" not in kinds or kinds[-2] == "error", kinds
    equal([event["seq"] for event in events], list(range(1, len(events) + 1)))
    times = [event["t"] for event in events]
    equal(times, sorted(times))
    assert all(event["content"] for event in of(events, "ai")), "an empty piece"


def check_failed(events, code, http=None):
    [error] = of(events, "error")
    equal(error["code"], code)
    if http:
        equal(error["http"], http)
    assert error["message"], "an error says what happened"
    return error


def try_case(function, about, *args):
    """Run a case in a home of its own; whether it passed."""
    with tempfile.TemporaryDirectory() as home:
        try:
            function(*args, home)
            return True
        except Exception as error:  # pylint: disable=broad-except
            lines = []
            trace = error.__traceback__
            while trace:
                lines.append(str(trace.tb_lineno))
                trace = trace.tb_next
            print(f"FAILED {about}, lines {' '.join(lines[1:])}: {error!r}"[:2000])
            return False
