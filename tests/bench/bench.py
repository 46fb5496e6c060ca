#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure runnel beside its floors, in one run on one machine: `curl -sN`, a bare loop of libcurl and jansson,
a bare screen.  What is compared takes turns (A B C, A B C ...), so that a busy machine is busy for all.

Prints a table and writes build/bench.json.  Says what is, not what should be: exit 0.
BENCH_SCALE is the length of the long rows: 1 is a million tokens and some minutes, 0.1 is for a look.
usage: bench.py [--chunks N] [--rounds N] [--only WORD]; B is the build's folder, as in the Makefile.
"""
import argparse
import functools
import hashlib
import itertools
import json
import os
import pathlib
import platform
import re
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

from screen import Screen, row

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(os.environ.get("B", "build"))
BODY = json.dumps({"model": "bench", "stream": True,
                   "messages": [{"role": "user", "content": "hello"}]})
SCALE = float(os.environ.get("BENCH_SCALE", "1"))
LIBRARIES = {"bare": ["libcurl", "jansson"],
             "screen": ["libcurl", "jansson", "ncursesw", "readline", "libmicrohttpd", "md4c"]}
COLUMNS = ["wall_s", "user_s", "sys_s", "rss_kib", "status"]


@functools.cache
def compile_tool(name):
    tool = BUILD / "bench" / name
    tool.parent.mkdir(parents=True, exist_ok=True)
    libs = subprocess.run(["pkg-config", "--cflags", "--libs", *LIBRARIES[name]], check=True,
                          capture_output=True, text=True).stdout.split() if name in LIBRARIES else []
    # Libraries that it does not call are loaded all the same, as they are by runnel.
    subprocess.run([os.environ.get("CC", "cc"), "-O2", "-std=c11", "-D_GNU_SOURCE", "-o", tool,
                    HERE / (name + ".c"), "-Wl,--no-as-needed", *libs, "-pthread"], check=True)
    return str(tool.resolve())


def program():
    return str((BUILD / "runnel").resolve())


class Flood:
    """The server, for as long as the `with` lasts."""

    def __init__(self, chunks):
        self.chunks = int(chunks)

    def __enter__(self):
        self.process = subprocess.Popen([compile_tool("flood"), str(self.chunks)], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}/v1"
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


def environment(home):
    clean = {k: v for k, v in os.environ.items() if not k.endswith("_API_KEY")}
    return clean | {"XDG_DATA_HOME": f"{home}/data", "XDG_CONFIG_HOME": f"{home}/config",
                    "XDG_STATE_HOME": f"{home}/state", "LC_ALL": "C.UTF-8"}


def contestants(url, home):
    """Name -> (command, what it reads, environment)."""
    completions, runnel, clean = url + "/chat/completions", program(), environment(home)
    found = {}
    if shutil.which("curl"):
        found["curl -sN"] = (["curl", "-sN", "-d", BODY, completions], "", clean)
    found["bare loop"] = ([compile_tool("bare"), completions], BODY, clean)
    if os.access(runnel, os.X_OK):
        ask = [runnel, "-m", "bench", "--url", url]
        found["runnel --no-save"] = ([*ask, "--no-save", "hello"], "", clean)
        found["runnel, journal"] = ([*ask, "hello"], "", clean)
    return found


def measure(command, given="", env=None):
    """Run it with its stdout in a pipe that `cat` empties, as a user's pipe would be."""
    numbers_out, numbers_in = os.pipe()
    sink = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    numbered = ["sh", "-c", f'exec "$@" 3>&{numbers_in}', "sh", compile_tool("measure"), *command]
    process = subprocess.Popen(numbered, stdin=subprocess.PIPE, stdout=sink.stdin, env=env,
                               pass_fds=[numbers_in])
    os.close(numbers_in)
    sink.stdin.close()
    process.stdin.write(given.encode())
    process.stdin.close()
    with os.fdopen(numbers_out) as numbers:
        values = [float(value) for value in numbers.read().split()]
    process.wait()
    sink.wait()
    run = dict(zip(COLUMNS, values))
    run["cpu_s"] = run["user_s"] + run["sys_s"]
    return run


def digest(command, given, env):
    """What it says, less the newline at the end that runnel may add."""
    said = subprocess.run(command, input=given.encode(), env=env, stdout=subprocess.PIPE).stdout
    return hashlib.sha256(said.rstrip(b"\n")).hexdigest()


def socket_alone(url, chunks):
    """Microseconds a chunk to take the flood off the socket unseen: the server's own pace."""
    port = int(url.split(":")[2].split("/")[0])
    room = bytearray(1 << 20)
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
        begin = time.monotonic()
        while connection.recv_into(room):
            pass
        return (time.monotonic() - begin) / chunks * 1e6


def median(runs, column):
    return statistics.median(run[column] for run in runs)


def compare(flood, rounds, home):
    """Each contestant's medians, and its ratios to the bare loop, pair by pair."""
    found = contestants(flood.url, home)
    texts = {name: digest(*what) for name, what in found.items()}
    runs = {name: [] for name in found}
    for _ in range(rounds):
        for name, what in found.items():
            runs[name].append(measure(*what))
    result = {}
    for name in found:
        result[name] = {column: median(runs[name], column) for column in [*COLUMNS, "cpu_s"]}
        for column in "wall_s", "cpu_s":
            pairs = zip(runs[name], runs["bare loop"])
            result[name]["x_" + column] = statistics.median(a[column] / b[column] for a, b in pairs)
        result[name]["same_text"] = name == "curl -sN" or texts[name] == texts["bare loop"]
    return result


def text_rows(found, chunks, server):
    """Text mode.  The server's own pace stands first: it is never what is measured."""
    bare = found["bare loop"]
    yield row("the server, read unseen", server, "us", "far below the rest", bare["wall_s"] / chunks * 1e6)
    limits = {"runnel --no-save": 1.25, "runnel, journal": 1.7}
    for (name, one), (about, column) in itertools.product(found.items(), [("wall", "wall_s"), ("CPU", "cpu_s")]):
        limit = limits.get(name)
        yield row(f"text, flood of {chunks:,}: {name}, {about} a chunk", one[column] / chunks * 1e6, "us",
                  f"{limit} x bare loop" if limit else None, bare[column] / chunks * 1e6) | {
                      "ratio": one["x_" + column], "met": None if limit is None else one["x_" + column] <= limit}
    for name, one in found.items():
        assert one["same_text"] and one["status"] == 0, f"{name} says something else"


def counted(tool, pattern, command, given, env):
    """A number that valgrind tells of a whole run, which is the same on every machine."""
    said = subprocess.run(["valgrind", *tool, *command], input=given, env=env, text=True, check=True,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE).stderr
    return int(re.search(pattern, said)[1].replace(",", ""))


def counted_rows(home):
    """Instructions and allocations a chunk: what a longer answer costs more than a shorter one."""
    if not shutil.which("valgrind"):
        return
    tools = {"instructions": (["--tool=callgrind", "--callgrind-out-file=/dev/null"], r"Collected : (\d+)"),
             "allocations": (["--tool=memcheck"], r"total heap usage: ([\d,]+) allocs")}
    for what, tool in tools.items():
        counts = {}
        for chunks in 2000, 12000:
            with Flood(chunks) as flood:
                for name, found in contestants(flood.url, home).items():
                    if name != "curl -sN":
                        counts.setdefault(name, []).append(counted(*tool, *found))
        each = {name: (longer - shorter) / 10000 for name, (shorter, longer) in counts.items()}
        for name, value in each.items():
            yield row(f"{what} a chunk: {name}", value, "", None, each["bare loop"])


def save_text(flood, home):
    """The flood as text, as the bare loop prints it."""
    command, given, env = contestants(flood.url, home)["bare loop"]
    path = pathlib.Path(home) / "text"
    with path.open("wb") as file:
        subprocess.run(command, input=given.encode(), env=env, stdout=file, check=True)
    return path


def flood_rows(screen, home, options):
    with Flood(options.chunks) as flood:
        server = statistics.median(socket_alone(flood.url, flood.chunks) for _ in range(options.rounds))
        found = compare(flood, options.rounds, home)
        yield from text_rows(found, flood.chunks, server)
        yield from screen.flood_rows(flood.url, flood.chunks, found["runnel --no-save"]["wall_s"],
                                     str(save_text(flood, home)))


def long_rows(screen, home):
    with Flood(1_000_000 * SCALE) as flood:
        yield from screen.long_rows(flood.url, flood.chunks, save_text(flood, home).stat().st_size)


def flood_key_rows(screen):
    with Flood(1_000_000) as flood:
        yield from screen.flood_key_rows(flood.url)


def show(line):
    number = f"{line['value']:10,.3g}" if abs(line["value"]) < 100 else f"{line['value']:10,.0f}"
    floor = f"{line['floor']:10.3g}" if line["floor"] is not None else " " * 10
    ratio = f"{line['ratio']:6.2f}" if line["ratio"] is not None else " " * 6
    mark = {True: "", False: "  MISSED", None: ""}[line["met"]]
    print(f"{line['what']:58} {number} {line['unit']:6} {floor} {ratio}  {line['target'] or ''}{mark}",
          flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", metavar="WORD", help="the groups of rows with this in their names")
    options = parser.parse_args()
    rows = []
    print(f"{'':58} {'value':>10} {'':6} {'floor':>10} {'ratio':>6}  target")
    with tempfile.TemporaryDirectory() as home:
        screen = Screen(program(), compile_tool("bare"), compile_tool("screen"), environment(home), home, SCALE)
        groups = {"flood": lambda: flood_rows(screen, home, options), "long": lambda: long_rows(screen, home),
                  "paced": screen.paced_rows, "request": screen.request_rows, "start": screen.start_rows,
                  "still": screen.still_rows, "keys": screen.key_rows,
                  "pressed": lambda: flood_key_rows(screen), "cancel": screen.cancel_rows,
                  "session": screen.session_rows, "counted": lambda: counted_rows(home)}
        for name, group in groups.items():
            for line in group() if options.only in name else []:
                show(line)
                rows.append(line)
    (BUILD / "bench.json").write_text(json.dumps(
        {"machine": platform.machine(), "cpus": os.cpu_count(), "load": os.getloadavg(), "scale": SCALE,
         "chunks": options.chunks, "rounds": options.rounds, "rows": rows}, indent=1) + "\n")
    print(f"\n(as JSON: {BUILD}/bench.json)")


if __name__ == "__main__":
    main()
