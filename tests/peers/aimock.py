#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Try runnel against aimock, a server written by others that speaks as OpenAI (chat and Responses),
Anthropic, Gemini and Ollama do.

usage: aimock.py LLMOCK RUNNEL [WIRE]...; fixtures.json beside this file says what the server answers to
which prompt.  Each case is tried on each wire.  No case hangs: a run that takes longer than TIMEOUT is
killed and has failed.
"""
import json
import os
import signal
import sys

from peer import (KEY, TIMEOUT, WIRES, Runnel, Server, check_failed, check_grammar, equal, fixture, of,
                  text, thoughts, try_case)

CASES = []


def case(*wires, needs=None):
    """On these wires; on all when none is named.  `needs`: not where aimock lacks it."""
    def add(function):
        CASES.append((function, [wire for wire in WIRES if needs not in wire.lacks
                                 and (not wires or wire.name in wires)]))
        return function
    return add


@case()
def streamed_text_is_the_fixture(runnel):
    for prompt in "plain", "halves", "long", "thinking":
        status, out, _ = runnel.ask("--no-save", prompt)
        want = fixture(prompt)["content"]
        equal(status, 0)
        equal(out.decode(), want if want.endswith("\n") else want + "\n")


@case()
def pieces_joined_are_the_fixture(runnel):
    for prompt in "plain", "halves", "long", "thinking":
        status, events = runnel.events(prompt)
        equal((status, text(events)), (0, fixture(prompt)["content"]))
        equal(events[-1]["reason"], "stop")
        equal(events[-1]["partial"], False)
    assert len(of(runnel.events("long")[1], "ai")) > 10, "it came in pieces"


@case()
def whole_equals_stream(runnel):
    for prompt in "plain", "halves", "long", "thinking", "counted":
        _, streamed = runnel.events(prompt)
        status, whole = runnel.events("--invoke", prompt)
        equal(status, 0)
        equal(text(whole), text(streamed))
        for field in "reason", "partial", "usage", "steps":
            equal(whole[-1].get(field), streamed[-1].get(field))
        equal(thoughts(whole), thoughts(streamed))
    equal(streamed[0]["mode"], "stream")
    equal(whole[0]["mode"], "invoke")


@case()
def invoke_as_text(runnel):
    status, out, _ = runnel.ask("--no-save", "-I", "counted")
    equal((status, out), (0, b"One.\n"))


@case()
def one_json_object(runnel):
    for mode in "--stream", "--invoke":
        status, out, _ = runnel.ask("--no-save", "--json", mode, "halves")
        equal(status, 0)
        equal(json.loads(out)["content"], fixture("halves")["content"])


@case(needs="reasoning")
def reasoning_is_no_answer(runnel):
    _, events = runnel.events("thinking")
    equal(thoughts(events), fixture("thinking")["reasoning"])
    kinds = [event["type"] for event in events]
    assert kinds.index("reasoning") < kinds.index("ai"), kinds


@case()
def tool_call(runnel):
    for mode in "--stream", "--invoke":
        _, events = runnel.events(mode, "calling")
        [call] = of(events, "tool")
        equal((call["tool"], call["args"]), ("get_weather", {"city": "Paris"}))
        if "ids" not in runnel.wire.lacks:
            equal(call["id"], "call_1")
        equal(events[-1]["reason"], "tool_calls")


@case()
def an_agent_loop(runnel):
    """Calls side by side, one that fails, one of a tool that there is not; each has its result."""
    for mode in "--stream", "--invoke":
        status, events = runnel.events(mode, "-t", "calculate", "reckon")
        equal((status, text(events)), (0, "Let me see. It is 42, and no more."))
        ids = [call["id"] for call in of(events, "tool")]
        equal(len(set(ids)), 3)
        if "ids" not in runnel.wire.lacks:
            equal(ids, ["call_a", "call_b", "call_c"])
        results = {result["id"]: result for result in of(events, "result")}
        equal([results[call]["status"] for call in ids], ["ok", "error", "error"])
        equal(results[ids[0]]["output"], "42")
        equal((events[-1]["reason"], events[-1]["steps"]), ("stop", 2))
        [*_, second] = runnel.server.entries(runnel.wire)
        told = second["body"]["messages"]
        roles = [message["role"] for message in told]
        equal([role for n, role in enumerate(roles) if role != roles[n - 1] or n == 0],
              ["user", "assistant", "tool"])
        calls = [call for message in told for call in message.get("tool_calls") or []]
        equal([json.loads(call["function"]["arguments"]) for call in calls],
              [{"expression": "6*7"}, {"expression": "1/0"}, {}])
        outputs = [message["content"] for message in told if message["role"] == "tool"]
        equal(len(outputs), 3)
        for output, call in zip(outputs, ids):
            assert results[call]["output"] in str(output), (output, results[call])
        if "ids" not in runnel.wire.lacks:
            equal([message["tool_call_id"] for message in told if message["role"] == "tool"], ids)


@case()
def an_agents_second_step_is_cut(runnel):
    status, events = runnel.events("-t", "calculate", "stumble")
    equal(status, 3)
    equal([result["output"] for result in of(events, "result")], ["42"])
    check_failed(events, "truncated")
    equal(events[-1]["steps"], 2)


@case()
def the_same_call_for_ever(runnel):
    status, events = runnel.events("-t", "calculate", "for ever")
    equal((status, events[-1]["reason"], events[-1]["partial"]), (3, "max_steps", True))
    equal(len(of(events, "tool")), len(of(events, "result")))


@case(needs="counts")
def usage_is_the_servers(runnel):
    _, events = runnel.events("counted")
    usage = events[-1]["usage"]
    equal((usage["input"], usage["output"], usage.get("estimated", False)), (11, 7, False))


@case()
def what_was_sent(runnel):
    runnel.ask("--no-save", "-s", "Be terse.", "plain what was sent")
    [request] = runnel.requests("plain what was sent")
    body = request["body"]
    equal(body["model"], "mock-1")
    assert body["stream"], body
    equal([(message["role"], message["content"]) for message in body["messages"]],
          [("system", "Be terse."), ("user", "plain what was sent")])
    equal(request["headers"]["content-type"], "application/json")
    for header in "authorization", "x-api-key", "x-goog-api-key":
        assert header not in request["headers"], "a key that nobody gave"

    runnel.ask("--no-save", "--invoke", "plain what was asked")
    [request] = runnel.requests("plain what was asked")
    assert not request["body"].get("stream"), request["body"]


@case("openai")
def counts_are_asked_for(runnel):
    runnel.ask("--no-save", "plain with counts")
    equal(runnel.requests("plain with counts")[0]["body"]["stream_options"],
          {"include_usage": True})
    runnel.ask("--no-save", "-I", "plain without counts")
    assert "stream_options" not in runnel.requests("plain without counts")[0]["body"]


@case()
def stdin_is_added(runnel):
    status, _, _ = runnel.ask("--no-save", "plain with stdin", given="Zeile ä\n".encode())
    equal(status, 0)
    [request] = runnel.requests("plain with stdin")
    content = request["body"]["messages"][-1]["content"]
    assert "plain with stdin" in content and "Zeile ä" in content, content


@case()
def a_session_goes_on(runnel):
    equal(runnel.ask("plain to go on")[0], 0)
    status, out, _ = runnel.ask("-c", "again")
    equal((status, out), (0, b"The second turn.\n"))
    sent = runnel.requests("again")[-1]["body"]["messages"]
    equal([message["role"] for message in sent], ["user", "assistant", "user"])
    equal(sent[1]["content"], fixture("plain")["content"])


@case("openai")
def a_key_of_the_environment_is_not_for_a_url(runnel):
    runnel.env["OPENAI_API_KEY"] = KEY
    options = ["--url", runnel.server.url + "/v1", "-m", "mock-1"]
    equal(runnel.ask(*options, "plain without a key")[0], 0)
    [request] = runnel.requests("plain without a key")
    assert "authorization" not in request["headers"]


@case()
def a_key_goes_to_the_server_only(runnel):
    runnel.settings = "key_env = PEER_KEY\n"
    log, wire = runnel.home / "log", runnel.home / "wire"
    status, out, err = runnel.ask("--log", log, "--record", wire, "plain with a key")
    equal(status, 0)
    [request] = runnel.requests("plain with a key")
    header = {"anthropic": "x-api-key", "gemini": "x-goog-api-key"}.get(str(runnel.wire),
                                                                        "authorization")
    assert header in request["headers"], request["headers"]
    assert KEY not in out.decode() + err
    for path in runnel.home.rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path


@case(needs="length")
def cut_by_length(runnel):
    status, events = runnel.events("length")
    equal((status, events[-1]["reason"], text(events)), (3, "length", "And so on and so"))


@case(needs="filter")
def filtered(runnel):
    status, events = runnel.events("filtered")
    equal((status, events[-1]["reason"]), (4, "content_filter"))


@case()
def slow_is_streamed(runnel):
    status, events = runnel.events("slow")
    equal((status, text(events)), (0, fixture("slow")["content"]))
    times = [event["t"] for event in of(events, "ai")]
    assert len(set(times)) >= 4, f"all at once: {times}"
    assert events[-1]["ttft_ms"] >= 90 and times[0] >= 90, "the server waits for 100 ms"


@case()
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


@case()
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


@case()
def busy_is_tried_again(runnel):
    status, events = runnel.events("busy")
    equal((status, text(events)), (0, "Not busy any more."))
    [retry] = of(events, "retry")
    equal((retry["http"], retry["attempt"]), (429, 2))
    assert retry["delay_ms"] >= 1000, "the server asked for one second"
    equal(len(runnel.requests("busy")), 2)


@case()
def no_quota_is_not_tried_again(runnel):
    status, events = runnel.events("broke")
    equal(status, 1)
    error = check_failed(events, "http", 429)
    assert "quota" in error["message"] and not error["retryable"], error
    equal(len(runnel.requests("broke")), 1)


@case()
def bad_request_is_not_tried_again(runnel):
    status, events = runnel.events("bad request")
    equal(status, 1)
    check_failed(events, "http", 400)
    equal(len(runnel.requests("bad request")), 1)
    _, out, err = runnel.ask("--no-save", "bad request")
    equal(out, b"")
    assert "parameter" in err, err


@case()
def unknown_prompt_is_404(runnel):
    status, events = runnel.events("something that no fixture knows")
    equal(status, 1)
    check_failed(events, "http", 404)


@case()
def drop(runnel):
    status, events = runnel.events("drop")
    equal((status, text(events)), (1, ""))
    error = check_failed(events, "http", 500)
    equal(error["retryable"], True)
    equal([retry["http"] for retry in of(events, "retry")], [500, 500])
    equal(len(runnel.requests("drop")), 3)


@case()
def malformed(runnel):
    for mode in "--stream", "--invoke":
        status, events = runnel.events(mode, "malformed")
        assert status in (1, 3), status
        equal(text(events), "")
        [error] = of(events, "error")
        # What begins like an answer and ends in the middle of a line has been cut, for all one knows.
        assert error["code"] in ("protocol", "truncated"), error


@case()
def disconnect(runnel):
    for mode in "--stream", "--invoke":
        status, events = runnel.events(mode, "disconnect")
        equal((status, text(events)), (1, ""))
        check_failed(events, "connect")


@case()
def server_wants_a_key(runnel):
    locked = Server(LLMOCK, AIMOCK_API_KEYS=KEY)
    open_server, runnel.server = runnel.server, locked
    try:
        status, events = runnel.events("plain")
        equal(status, 1)
        check_failed(events, "http", 401)
        runnel.settings = "key_env = PEER_KEY\n"
        status, events = runnel.events("plain")
        equal((status, text(events)), (0, fixture("plain")["content"]))
    finally:
        runnel.server = open_server
        locked.stop()


@case()
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


def try_wire(wire):
    """All cases on one wire, with a server of its own: some fixtures answer otherwise the second time."""
    results = []
    server = Server(LLMOCK)
    try:
        for function, wires in CASES:
            if wire in wires:
                results.append(try_case(lambda home, f=function: f(Runnel(RUNNEL, server, home, wire)),
                                        f"{function.__name__} ({wire})"))
    finally:
        server.stop()
    return results


def main():
    wanted = sys.argv[3:] or [wire.name for wire in WIRES]
    results = [ok for wire in WIRES if wire.name in wanted for ok in try_wire(wire)]
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return not all(results)


if __name__ == "__main__":
    LLMOCK, RUNNEL = sys.argv[1], os.path.abspath(sys.argv[2])
    sys.exit(main())
