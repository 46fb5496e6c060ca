#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Try runnel's anthropic wire against claude-code-router, a server written by others that speaks as
Anthropic does and asks OpenAI's side of aimock: what comes out has been through two strangers.

usage: router.py CCR LLMOCK RUNNEL
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from peer import (WIRES, Runnel, Server, Wire, await_port, equal, fixture, free_port, of, text, thoughts,
                  try_case)

CASES = []


def case(function):
    CASES.append(function)
    return function


class Router:
    """claude-code-router between runnel and the mock server, whose journal it shows."""

    def __init__(self, program, server, home):
        port = free_port()
        folder = pathlib.Path(home) / ".claude-code-router"
        folder.mkdir()
        (folder / "config.json").write_text(json.dumps({
            "PORT": port, "HOST": "127.0.0.1", "LOG": False, "NON_INTERACTIVE_MODE": True,
            "Providers": [{"name": "mock", "api_base_url": server.url + "/v1/chat/completions",
                           "api_key": "x", "models": ["mock-1"],
                           "transformer": {"use": ["reasoning"]}}],
            "Router": {"default": "mock,mock-1"}}))
        self.url, self.server = f"http://127.0.0.1:{port}", server
        self.process = subprocess.Popen([program, "start"], env=os.environ | {"HOME": home},
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        if not await_port(self.process, port):
            raise SystemExit("claude-code-router did not start")

    def entries(self, _):
        return self.server.entries(WIRES[0])

    def stop(self):
        self.process.kill()
        self.process.wait()


@case
def text_is_the_fixture(runnel):
    for prompt in "plain", "halves", "long":
        for mode in "--stream", "--invoke":
            status, events = runnel.events(mode, prompt)
            equal((status, text(events), events[-1]["reason"]),
                  (0, fixture(prompt)["content"], "stop"))


@case
def thinking_is_told_apart(runnel):
    status, events = runnel.events("thinking")
    want = fixture("thinking")
    equal((status, thoughts(events), text(events)), (0, want["reasoning"], want["content"]))


@case
def an_agent_loop(runnel):
    """Three calls side by side, and their results, through both translations and back."""
    status, events = runnel.events("-t", "calculate", "reckon")
    equal((status, text(events)), (0, "Let me see. It is 42, and no more."))
    equal([call["id"] for call in of(events, "tool")], ["call_a", "call_b", "call_c"])
    [*_, second] = runnel.server.entries(None)
    told = [(message["role"], message.get("tool_call_id")) for message in second["body"]["messages"]]
    equal([entry for entry in told if entry[0] == "tool"],
          [("tool", "call_a"), ("tool", "call_b"), ("tool", "call_c")])
    outputs = {result["id"]: result["output"] for result in of(events, "result")}
    equal(outputs["call_a"], "42")


@case
def a_refused_request(runnel):
    status, events = runnel.events("bad request")
    equal((status, events[-1]["reason"]), (1, "error"))
    [error] = of(events, "error")
    assert error["message"] and error["http"] >= 400, error


@case
def a_cut_answer_keeps_its_text(runnel):
    status, events = runnel.events("cut")
    assert status in (0, 1, 3), status
    assert fixture("cut")["content"].startswith(text(events)) and text(events), text(events)


def main():
    ccr, llmock, runnel = sys.argv[1], sys.argv[2], os.path.abspath(sys.argv[3])
    server = Server(llmock)
    failed = 0
    with tempfile.TemporaryDirectory() as home:
        router = Router(ccr, server, home)

        def run(function, own_home):
            peer = Runnel(runnel, router, own_home, Wire("anthropic", "", "/v1/messages"))
            peer.model = "mock,mock-1"
            function(peer)
        try:
            for function in CASES:
                failed += not try_case(lambda own, f=function: run(f, own), function.__name__)
        finally:
            router.stop()
            server.stop()
    print(f"{len(CASES) - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
