#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure runnel beside the floor: the same flood of chunks through `curl -sN`, a bare libcurl and
jansson loop, and runnel, in turn (A B C, A B C ...), so that a busy machine is busy for all.

Prints a table and writes build/bench.json.  Says what is, not what should be: exit 0.
usage: bench.py [--chunks N] [--rounds N]; B is the build's folder, as in the Makefile.
"""
import argparse
import functools
import hashlib
import json
import os
import pathlib
import platform
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(os.environ.get("B", "build"))
BODY = json.dumps({"model": "bench", "stream": True,
                   "messages": [{"role": "user", "content": "hello"}]})
COLUMNS = ["wall_s", "user_s", "sys_s", "rss_kib", "status"]


@functools.cache
def compile_tool(name):
    tool = BUILD / "bench" / name
    tool.parent.mkdir(parents=True, exist_ok=True)
    libs = subprocess.run(["pkg-config", "--cflags", "--libs", "libcurl", "jansson"],
                          check=True, capture_output=True, text=True).stdout.split()
    subprocess.run([os.environ.get("CC", "cc"), "-O2", "-std=c11", "-D_GNU_SOURCE", "-o", tool,
                    HERE / (name + ".c"), *libs, "-pthread"], check=True)
    return str(tool.resolve())


class Flood:
    """The server, for as long as the `with` lasts."""

    def __init__(self, chunks):
        self.chunks = chunks

    def __enter__(self):
        self.process = subprocess.Popen([compile_tool("flood"), str(self.chunks)], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}/v1"
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


def contestants(url, home):
    """Name -> (command, what it reads, environment)."""
    completions = url + "/chat/completions"
    runnel = str((BUILD / "runnel").resolve())
    clean = {k: v for k, v in os.environ.items() if not k.endswith("_API_KEY")}
    clean |= {"XDG_DATA_HOME": f"{home}/data", "XDG_CONFIG_HOME": f"{home}/config",
              "XDG_STATE_HOME": f"{home}/state", "LC_ALL": "C.UTF-8"}
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


def flood_rows(chunks, rounds, home):
    with Flood(chunks) as flood:
        found = contestants(flood.url, home)
        texts = {name: digest(*what) for name, what in found.items()}
        server = statistics.median(socket_alone(flood.url, chunks) for _ in range(rounds))
        runs = {name: [] for name in found}
        for _ in range(rounds):
            for name, what in found.items():
                runs[name].append(measure(*what))
    rows = []
    for name in found:
        row = {column: median(runs[name], column) for column in [*COLUMNS, "cpu_s"]}
        for column in "wall_s", "cpu_s":
            pairs = zip(runs[name], runs["bare loop"])
            row["x_" + column] = statistics.median(a[column] / b[column] for a, b in pairs)
        row["cpu_us_per_chunk"] = row["cpu_s"] / chunks * 1e6
        row["same_text"] = name == "curl -sN" or texts[name] == texts["bare loop"]
        rows.append({"name": name, **row, "runs": runs[name]})
    return rows, server


def start_rows(rounds):
    """How long a program takes that does nothing: ours, and some others."""
    commands = {"true": ["true"], "curl --version": ["curl", "--version"],
                "runnel --version": [str((BUILD / "runnel").resolve()), "--version"]}
    rows = []
    for name, command in commands.items():
        if shutil.which(command[0]):
            runs = [measure(command) for _ in range(rounds * 4)]
            rows.append({"name": name, "wall_ms": median(runs, "wall_s") * 1e3,
                         "rss_kib": median(runs, "rss_kib")})
    return rows


def show(result):
    print(f"{result['chunks']} chunks, median of {result['rounds']} rounds; "
          f"x: ratio to the bare loop, pair by pair;\n"
          f"the server alone takes {result['server_us_per_chunk']:.2f} us a chunk\n")
    print(f"{'':18} {'wall s':>8} {'x':>6} {'cpu s':>8} {'x':>6} {'us/chunk':>9} {'RSS MiB':>8}")
    for row in result["flood"]:
        note = "" if row["status"] == 0 else f"  exit {row['status']:.0f}"
        note += "" if row["same_text"] else "  says something else"
        print(f"{row['name']:18} {row['wall_s']:8.3f} {row['x_wall_s']:6.2f} {row['cpu_s']:8.3f} "
              f"{row['x_cpu_s']:6.2f} {row['cpu_us_per_chunk']:9.2f} "
              f"{row['rss_kib'] / 1024:8.1f}{note}")
    print(f"\n{'start':18} {'wall ms':>8} {'RSS MiB':>8}")
    for row in result["start"]:
        print(f"{row['name']:18} {row['wall_ms']:8.2f} {row['rss_kib'] / 1024:8.1f}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        flood, server = flood_rows(options.chunks, options.rounds, home)
        result = {"chunks": options.chunks, "rounds": options.rounds, "cpus": os.cpu_count(),
                  "machine": platform.machine(), "server_us_per_chunk": server,
                  "flood": flood, "start": start_rows(options.rounds)}
    show(result)
    (BUILD / "bench.json").write_text(json.dumps(result, indent=1) + "\n")
    print(f"\n(all runs: {BUILD}/bench.json)")


if __name__ == "__main__":
    main()
