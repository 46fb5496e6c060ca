#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Try runnel against aimock, a server written by others that speaks OpenAI's chat completions.

usage: aimock.py LLMOCK RUNNEL; fixtures.json beside this file says what the server answers to which
prompt.  No case hangs: a run that takes longer than TIMEOUT is killed and has failed.
"""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import urllib.request

FIXTURES = pathlib.Path(__file__).resolve().parent / "fixtures.json"
KEY = "sk-a-key-that-must-stay-secret"
TIMEOUT = 60
CASES = []


def case(function):
    CASES.append(function)
    return function


def fixture(prompt):
    for entry in json.loads(FIXTURES.read_text())["fixtures"]:
        if entry["match"]["userMessage"] == prompt:
            return entry["response"]
    raise KeyError(prompt)


class Server:
    def __init__(self, program, **env):
        self.process = subprocess.Popen([program, "-p", "0", "-f", str(FIXTURES)], text=True,
                                        env=os.environ | env, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said = ""
        for line in self.process.stdout:
            said += line
            if found := re.search(r"listening on (http://\S+)", line):
                self.url = found[1]
                return
        raise SystemExit("aimock did not start:\n" + said)

    def entries(self):
        """The chat completions asked for so far, first to last."""
        with urllib.request.urlopen(self.url + "/__aimock/journal") as answer:
            entries = json.load(answer)
        return [entry for entry in entries if entry["path"] == "/v1/chat/completions"]

    def requests(self, prompt):
        """The bodies and headers that came with this prompt, first to last."""
        return [entry for entry in self.entries()
                if prompt in json.dumps(entry["body"]["messages"][-1], ensure_ascii=False)]

    def stop(self):
        self.process.kill()
        self.process.wait()


class Runnel:
    """The program under test, with a home of its own."""

    def __init__(self, program, server, home):
        self.program, self.server, self.home = program, server, pathlib.Path(home)
        self.env = {k: v for k, v in os.environ.items()
                    if not k.endswith("_API_KEY") and not k.startswith(("RUNNEL", "XDG_"))}
        self.env |= {"HOME": home, "LC_ALL": "C.UTF-8", "PEER_KEY": KEY}

    def command(self, *options):
        return [self.program, "--url", self.server.url + "/v1", "-m", "gpt-mock", *options]

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


def equal(got, want):
    assert got == want, f"got {got!r}, want {want!r}"


def of(events, kind):
    return [event for event in events if event["type"] == kind]


def text(events):
    return "".join(event["content"] for event in of(events, "ai"))


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


@case
def streamed_text_is_the_fixture(runnel):
    for prompt in "plain", "halves", "long", "thinking":
        status, out, _ = runnel.ask("--no-save", prompt)
        want = fixture(prompt)["content"]
        equal(status, 0)
        equal(out.decode(), want if want.endswith("\n") else want + "\n")


@case
def pieces_joined_are_the_fixture(runnel):
    for prompt in "plain", "halves", "long", "thinking":
        status, events = runnel.events(prompt)
        equal((status, text(events)), (0, fixture(prompt)["content"]))
        equal(events[-1]["reason"], "stop")
        equal(events[-1]["partial"], False)
    assert len(of(events, "reasoning")) >= 1
    assert len(of(runnel.events("long")[1], "ai")) > 10, "it came in pieces"


@case
def whole_equals_stream(runnel):
    for prompt in "plain", "halves", "long", "thinking", "counted":
        _, streamed = runnel.events(prompt)
        status, whole = runnel.events("--invoke", prompt)
        equal(status, 0)
        equal(text(whole), text(streamed))
        for field in "reason", "partial", "usage", "steps":
            equal(whole[-1].get(field), streamed[-1].get(field))
        reasoning = ["".join(e["text"] for e in of(run, "reasoning")) for run in (whole, streamed)]
        equal(*reasoning)
    equal(streamed[0]["mode"], "stream")
    equal(whole[0]["mode"], "invoke")


@case
def invoke_as_text(runnel):
    status, out, _ = runnel.ask("--no-save", "-I", "counted")
    equal((status, out), (0, b"One.\n"))


@case
def one_json_object(runnel):
    for mode in "--stream", "--invoke":
        status, out, _ = runnel.ask("--no-save", "--json", mode, "halves")
        equal(status, 0)
        equal(json.loads(out)["content"], fixture("halves")["content"])


@case
def reasoning_is_no_answer(runnel):
    _, events = runnel.events("thinking")
    equal("".join(e["text"] for e in of(events, "reasoning")), fixture("thinking")["reasoning"])
    kinds = [event["type"] for event in events]
    assert kinds.index("reasoning") < kinds.index("ai"), kinds


@case
def tool_call(runnel):
    for mode in "--stream", "--invoke":
        _, events = runnel.events(mode, "calling")
        [call] = of(events, "tool")
        equal((call["tool"], call["args"], call["id"]),
              ("get_weather", {"city": "Paris"}, "call_1"))
        equal(events[-1]["reason"], "tool_calls")


@case
def an_agent_loop(runnel):
    """Calls side by side, one that fails, one of a tool that there is not; each has its result."""
    for mode in "--stream", "--invoke":
        status, events = runnel.events(mode, "-t", "calculate", "reckon")
        equal((status, text(events)), (0, "Let me see. It is 42, and no more."))
        equal([call["id"] for call in of(events, "tool")], ["call_a", "call_b", "call_c"])
        results = {result["id"]: result for result in of(events, "result")}
        equal({call: result["status"] for call, result in results.items()},
              {"call_a": "ok", "call_b": "error", "call_c": "error"})
        equal(results["call_a"]["output"], "42")
        equal((events[-1]["reason"], events[-1]["steps"]), ("stop", 2))
        [*_, second] = runnel.server.entries()
        told = [(message["role"], message.get("tool_call_id"), message.get("content"))
                for message in second["body"]["messages"]]
        equal([entry[:2] for entry in told],
              [("user", None), ("assistant", None), ("tool", "call_a"), ("tool", "call_b"),
               ("tool", "call_c")])
        equal([entry[2] for entry in told[2:]],
              [results[call]["output"] for call in ("call_a", "call_b", "call_c")])


@case
def an_agents_second_step_is_cut(runnel):
    status, events = runnel.events("-t", "calculate", "stumble")
    equal(status, 3)
    equal([result["output"] for result in of(events, "result")], ["42"])
    check_failed(events, "truncated")
    equal(events[-1]["steps"], 2)


@case
def the_same_call_for_ever(runnel):
    status, events = runnel.events("-t", "calculate", "for ever")
    equal((status, events[-1]["reason"], events[-1]["partial"]), (3, "max_steps", True))
    equal(len(of(events, "tool")), len(of(events, "result")))


@case
def usage_is_the_servers(runnel):
    _, events = runnel.events("counted")
    usage = events[-1]["usage"]
    equal((usage["input"], usage["output"], usage.get("estimated", False)), (11, 7, False))


@case
def what_was_sent(runnel):
    runnel.ask("--no-save", "-s", "Be terse.", "plain what was sent")
    [request] = runnel.server.requests("plain what was sent")
    body = request["body"]
    equal(body["model"], "gpt-mock")
    equal(body["stream"], True)
    equal(body["stream_options"], {"include_usage": True})
    equal(body["messages"], [{"role": "system", "content": "Be terse."},
                             {"role": "user", "content": "plain what was sent"}])
    equal(request["headers"]["content-type"], "application/json")
    assert "authorization" not in request["headers"], "a key that nobody gave"

    runnel.ask("--no-save", "--invoke", "plain what was asked")
    body = runnel.server.requests("plain what was asked")[0]["body"]
    assert not body.get("stream") and "stream_options" not in body, body


@case
def stdin_is_added(runnel):
    status, _, _ = runnel.ask("--no-save", "plain with stdin", given="Zeile ä\n".encode())
    equal(status, 0)
    [request] = runnel.server.requests("plain with stdin")
    content = request["body"]["messages"][-1]["content"]
    assert "plain with stdin" in content and "Zeile ä" in content, content


@case
def a_session_goes_on(runnel):
    equal(runnel.ask("plain to go on")[0], 0)
    status, out, _ = runnel.ask("-c", "again")
    equal((status, out), (0, b"The second turn.\n"))
    sent = runnel.server.requests("again")[-1]["body"]["messages"]
    equal([message["role"] for message in sent], ["user", "assistant", "user"])
    equal(sent[1]["content"], fixture("plain")["content"])


@case
def a_key_goes_to_the_server_only(runnel):
    # A key in the environment is not for a server that was named by --url.
    runnel.env["OPENAI_API_KEY"] = KEY
    status, _, _ = runnel.ask("plain without a key")
    del runnel.env["OPENAI_API_KEY"]
    equal(status, 0)
    [request] = runnel.server.requests("plain without a key")
    assert "authorization" not in request["headers"]

    log, wire = runnel.home / "log", runnel.home / "wire"
    status, out, err = runnel.ask("--key-env", "PEER_KEY", "--log", log, "--record", wire,
                                  "plain with a key")
    equal(status, 0)
    [request] = runnel.server.requests("plain with a key")
    assert "authorization" in request["headers"]
    assert KEY not in out.decode() + err
    for path in runnel.home.rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path


@case
def length_and_filter(runnel):
    status, events = runnel.events("length")
    equal((status, events[-1]["reason"], text(events)), (3, "length", "And so on and so"))
    status, events = runnel.events("filtered")
    equal((status, events[-1]["reason"]), (4, "content_filter"))


@case
def slow_is_streamed(runnel):
    status, events = runnel.events("slow")
    equal((status, text(events)), (0, fixture("slow")["content"]))
    times = [event["t"] for event in of(events, "ai")]
    assert len(set(times)) >= 4, f"all at once: {times}"
    assert events[-1]["ttft_ms"] >= 90 and times[0] >= 90, "the server waits for 100 ms"


@case
def cut_in_the_middle(runnel):
    for prompt in "cut", "hung up":
        status, events = runnel.events(prompt)
        equal(status, 3)
        error = check_failed(events, "truncated")
        assert text(events) and fixture(prompt)["content"].startswith(text(events)), text(events)
        equal((events[-1]["reason"], events[-1]["partial"]), ("truncated", True))
        equal(of(events, "retry"), [])
        status, out, err = runnel.ask("--no-save", prompt)
        equal(status, 3)
        assert out.strip() and fixture(prompt)["content"].startswith(out.decode().rstrip("\n"))
        assert err.strip(), "stderr says so too"
        assert error["message"]


@case
def cancelled_by_ctrl_c(runnel):
    run = runnel.start("--no-save", "--events", "endless")
    events = []
    for line in run.stdout:
        events.append(json.loads(line))
        if events[-1]["type"] == "ai" and len(of(events, "ai")) == 1:
            run.send_signal(signal.SIGINT)
    equal(run.wait(TIMEOUT), 130)
    check_grammar(events)
    equal((events[-1]["reason"], events[-1]["partial"]), ("cancelled", True))
    assert text(events) and fixture("endless")["content"].startswith(text(events))
    assert text(events) != fixture("endless")["content"]


@case
def busy_is_tried_again(runnel):
    status, events = runnel.events("busy")
    equal((status, text(events)), (0, "Not busy any more."))
    [retry] = of(events, "retry")
    equal((retry["http"], retry["attempt"]), (429, 2))
    assert retry["delay_ms"] >= 1000, "the server asked for one second"
    equal(len(runnel.server.requests("busy")), 2)


@case
def no_quota_is_not_tried_again(runnel):
    status, events = runnel.events("broke")
    equal(status, 1)
    error = check_failed(events, "http", 429)
    assert "quota" in error["message"] and not error["retryable"], error
    equal(len(runnel.server.requests("broke")), 1)


@case
def bad_request_is_not_tried_again(runnel):
    status, events = runnel.events("bad request")
    equal(status, 1)
    check_failed(events, "http", 400)
    equal(len(runnel.server.requests("bad request")), 1)
    _, out, err = runnel.ask("--no-save", "bad request")
    equal(out, b"")
    assert "parameter" in err, err


@case
def unknown_prompt_is_404(runnel):
    status, events = runnel.events("something that no fixture knows")
    equal(status, 1)
    check_failed(events, "http", 404)


@case
def drop(runnel):
    status, events = runnel.events("drop")
    equal((status, text(events)), (1, ""))
    error = check_failed(events, "http", 500)
    equal(error["retryable"], True)
    equal([retry["http"] for retry in of(events, "retry")], [500, 500])
    equal(len(runnel.server.requests("drop")), 3)


@case
def malformed(runnel):
    for mode in "--stream", "--invoke":
        status, events = runnel.events(mode, "malformed")
        equal((status, text(events)), (1, ""))
        check_failed(events, "protocol")


@case
def disconnect(runnel):
    for mode in "--stream", "--invoke":
        status, events = runnel.events(mode, "disconnect")
        equal((status, text(events)), (1, ""))
        check_failed(events, "connect")


@case
def server_wants_a_key(runnel):
    locked = Server(LLMOCK, AIMOCK_API_KEYS=KEY)
    open_server, runnel.server = runnel.server, locked
    try:
        status, events = runnel.events("plain")
        equal(status, 1)
        check_failed(events, "http", 401)
        status, events = runnel.events("--key-env", "PEER_KEY", "plain")
        equal((status, text(events)), (0, fixture("plain")["content"]))
    finally:
        runnel.server = open_server
        locked.stop()


@case
def server_is_gone(runnel):
    gone = Server(LLMOCK)
    gone.stop()
    there, runnel.server = runnel.server, gone
    try:
        status, events = runnel.events("plain")
    finally:
        runnel.server = there
    equal(status, 1)
    check_failed(events, "connect")


def main():
    failed = 0
    server = Server(LLMOCK)
    try:
        for function in CASES:
            with tempfile.TemporaryDirectory() as home:
                try:
                    function(Runnel(RUNNEL, server, home))
                except Exception as error:  # pylint: disable=broad-except
                    failed += 1
                    line = error.__traceback__.tb_next.tb_lineno
                    print(f"FAILED {function.__name__}, line {line}: {error!r}")
    finally:
        server.stop()
    print(f"{len(CASES) - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    LLMOCK, RUNNEL = sys.argv[1], os.path.abspath(sys.argv[2])
    sys.exit(main())
