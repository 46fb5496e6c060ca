#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare against aimock, whose profile says when its first piece comes and how many follow in a second: what
runnel measures must agree with it.  Only what a busy machine cannot change is held against the profile: nothing
comes earlier, or faster, than the server sends it.

usage: compare.py PEERS RUNNEL; PEERS has node_modules.
"""
import json
import os
import pathlib
import re
import sys

from peer import WIRES, Runnel, Server, check_grammar, equal, fixture, free_port, of, text, try_case

TTFT_MS, TPS = 300, 50      # of the fixture "paced"
EARLY_MS, FAST = 2, 1.1     # timers of Node.js are whole milliseconds, and may be one early
CASES = []


def case(*wires):
    """On these wires; on all when none is named."""
    def add(function):
        CASES.append((function, [wire for wire in WIRES if not wires or wire.name in wires]))
        return function
    return add


def compare(runnel, *options):
    """Exit status, and what --json says."""
    status, out, err = runnel.ask("compare", "--no-save", "--json", *options)
    assert out.count(b"\n") == 1, (out, err)
    return status, json.loads(out)


def second_model(runnel, server):
    """The options that add a model of this server."""
    runnel.settings = f"[provider.other]\nwire = {runnel.wire}\nurl = {server}{runnel.wire.base}\nretries = 0\n"
    return ["-m", "other:mock-2"]


@case()
def figures_agree_with_the_profile(runnel):
    status, told = compare(runnel, "paced")
    equal((status, told["equal"], told["simulated"]), (0, True, False))
    stream, invoke = told["lanes"]
    equal([stream["mode"], invoke["mode"]], ["stream", "invoke"])
    for lane in stream, invoke:
        [run] = lane["runs"]
        equal((run["reason"], run["content"]), ("stop", fixture("paced")["content"]))
        equal({key: run[key] for key in lane["median"]}, lane["median"])
    first, whole = stream["median"], invoke["median"]
    assert TTFT_MS - EARLY_MS <= first["ttft_ms"] < first["ms"], first
    assert first["ttft_ms"] < whole["ttft_ms"], "the first piece comes before the whole"
    if "counts" in runnel.wire.lacks:
        return
    count = fixture("paced")["usage"]["completion_tokens"]
    equal([lane["median"]["tokens"] for lane in (stream, invoke)], [count, count])
    assert 0 < first["tokens_per_second"] <= TPS * FAST, first
    for rate, ms in (first, first["ms"] - first["ttft_ms"]), (whole, whole["ms"]):
        equal(round(rate["tokens_per_second"], 3), round(count * 1000 / ms, 3))


@case("openai")
def the_table_says_the_same(runnel):
    status, out, err = runnel.ask("compare", "--no-save", "paced")
    equal((status, err), (0, ""))
    lines = out.decode().splitlines()
    equal(lines[0], "peer:mock-1")
    equal(lines[1].split("  ")[-1].strip(), "cost")
    rows = {line.split()[0]: line for line in lines[2:4]}
    figures = {name: re.fullmatch(r"\w+ +([0-9.]+) s +([0-9.]+) s +(\d+) +([0-9.]+) +-", row).groups()
               for name, row in rows.items()}
    equal(list(figures), ["stream", "invoke"])
    first, all_of_it, tokens, rate = (float(figure) for figure in figures["stream"])
    assert (TTFT_MS - EARLY_MS) / 1000 <= first < all_of_it, figures
    equal(tokens, 20)
    assert 0 < rate <= TPS * FAST, figures
    assert first < float(figures["invoke"][0]), figures
    assert "The first words: after" in lines[5] and lines[6] == "The texts are equal.", lines


@case("openai")
def rounds_are_medians(runnel):
    status, told = compare(runnel, "--repeat", "3", "paced")
    equal(status, 0)
    for lane in told["lanes"]:
        times = sorted(run["ms"] for run in lane["runs"])
        equal([lane[which]["ms"] for which in ("least", "median", "most")], times)
    assert told["lanes"][0]["least"]["ttft_ms"] >= TTFT_MS - EARLY_MS, told


@case()
def each_event_names_its_run(runnel):
    status, out, _ = runnel.ask("compare", "--no-save", "--events", "paced")
    equal(status, 0)
    runs = {}
    for line in out.decode().splitlines():
        event = json.loads(line)
        runs.setdefault(event["run"], []).append(event)
    equal(sorted(run[0]["mode"] for run in runs.values()), ["invoke", "stream"])
    for events in runs.values():
        check_grammar(events)
        equal(text(events), fixture("paced")["content"])
        # aimock's first event has no text yet, so that even the first piece is later
        assert of(events, "ai")[0]["t"] >= TTFT_MS - EARLY_MS, events


@case("openai", "anthropic")
def two_models_that_answer_differently(runnel):
    status, told = compare(runnel, *second_model(runnel, runnel.server.url), "other words")
    equal((status, told["equal"]), (0, False))
    equal([(lane["model"], lane["mode"], lane["runs"][0]["content"]) for lane in told["lanes"]],
          [("peer:mock-1", "stream", "One says this."), ("other:mock-2", "stream", "Two says that.")])


@case("openai")
def one_provider_is_down(runnel):
    second = second_model(runnel, f"http://127.0.0.1:{free_port()}")
    status, told = compare(runnel, *second, "plain")
    up, down = told["lanes"]
    equal((status, told["equal"], up["runs"][0]["content"]), (1, False, fixture("plain")["content"]))
    equal((down["runs"][0]["code"], "median" in down), ("connect", False))
    status, out, _ = runnel.ask("compare", "--no-save", *second, "plain")
    [row] = [line for line in out.decode().splitlines() if line.startswith("other:mock-2")]
    equal(status, 1)
    assert "cannot connect to 127.0.0.1" in row, row


@case("openai")
def an_answer_that_is_cut(runnel):
    """aimock cuts what it streams, and has the whole at once."""
    status, told = compare(runnel, "cut")
    stream, invoke = (lane["runs"][0] for lane in told["lanes"])
    equal((status, told["equal"]), (1, False))
    equal((stream["reason"], stream["code"]), ("truncated", "truncated"))
    equal((invoke["reason"], invoke["content"]), ("stop", fixture("cut")["content"]))
    assert invoke["content"].startswith(stream["content"]) and stream["content"], stream


def main():
    server = Server("node", str(pathlib.Path(__file__).with_name("paced.js")), PEERS)
    try:
        results = [try_case(lambda home, f=function, w=wire: f(Runnel(RUNNEL, server, home, w)),
                            f"{function.__name__} ({wire})")
                   for function, wires in CASES for wire in wires]
    finally:
        server.stop()
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return not all(results)


if __name__ == "__main__":
    PEERS, RUNNEL = sys.argv[1], os.path.abspath(sys.argv[2])
    sys.exit(main())
