#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `runnel doctor` and `runnel compare` say when nginx stands between runnel and aimock: whether something on
the way holds an answer back.

usage: doctor.py PEERS RUNNEL; PEERS has node_modules.  nginx needs no rights: it has a port and a folder of its own.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys

from peer import WIRES, Runnel, Server, await_port, equal, free_port, try_case

OPENAI = next(wire for wire in WIRES if wire.name == "openai")
CASES = []
CONFIG = """
daemon off;
master_process off;
pid {folder}/pid;
error_log stderr error;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass {behind};
            {settings}
        }}
    }}
}}
"""
# By HTTP/1.0, as nginx asks unless told otherwise, it fills each buffer before it passes it on; by 1.1 it passes on
# each chunk.  A whole answer fits into one of these.
BY_CHUNKS = 'proxy_http_version 1.1; proxy_set_header Connection "";'
ROOMY = "proxy_buffering on; proxy_buffer_size 256k; proxy_buffers 8 256k; proxy_busy_buffers_size 512k;"


class Nginx:
    """nginx before a server, for as long as the `with` lasts."""

    def __init__(self, behind, home, settings):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = pathlib.Path(home) / f"nginx-{self.port}"
        self.folder.mkdir()
        self.config = self.folder / "nginx.conf"
        self.config.write_text(CONFIG.format(folder=self.folder, port=self.port, behind=behind, settings=settings))

    def __enter__(self):
        self.process = subprocess.Popen([NGINX, "-e", "stderr", "-p", self.folder, "-c", self.config],
                                        stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if not await_port(self.process, self.port):
            raise SystemExit("nginx did not start")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def case(settings):
    """Behind an nginx with these settings; None: behind none."""
    def add(function):
        CASES.append((function, settings))
        return function
    return add


def findings(runnel):
    """Exit status, and what was found by its check: (verdict, text, advice)."""
    status, out, err = runnel.ask("doctor", "--json")
    equal(err, "")
    return status, {(found["group"], found["check"]): (found["verdict"], found["text"], found.get("advice", ""))
                    for found in json.loads(out)["findings"]}


def pace(runnel):
    """All else is well; what is said of the pace."""
    status, found = findings(runnel)
    equal(status, 0)
    for check in ("network", "answer"), ("network", "keep-alive"), ("provider", "models"), ("provider", "answer"):
        equal((check, found[check][0]), (check, "ok"))
    return found["provider", "pace"]


def check_flows(runnel):
    verdict, said, advice = pace(runnel)
    equal((verdict, advice), ("ok", ""))
    assert said.startswith("pieces come as they are made: "), said
    _, out, _ = runnel.ask("compare", "--no-save", "Count from 1 to 30 in words")
    assert b"hold" not in out, out


def check_held(runnel, how):
    verdict, said, advice = pace(runnel)
    equal(verdict, "warning")
    assert said.startswith("something between here and the server holds the answer back: ") and how in said, said
    assert "proxy_buffering off" in advice, advice
    status, out, _ = runnel.ask("compare", "--no-save", "Count from 1 to 30 in words")
    equal(status, 0)
    [told] = [line for line in out.decode().splitlines() if "holds them back" in line]
    assert told.startswith("stream: ") and how in told, told


@case(None)
def nothing_between(runnel):
    check_flows(runnel)


@case("proxy_buffering off;")
def a_proxy_that_passes_on(runnel):
    check_flows(runnel)


@case(ROOMY)
def a_proxy_that_buffers(runnel):
    check_held(runnel, "pieces came at once, after ")


@case("")
def a_proxy_that_nobody_has_set_up(runnel):
    check_held(runnel, " lumps")


@case(ROOMY + BY_CHUNKS)
def a_proxy_that_sees_chunks(runnel):
    check_flows(runnel)


@case(BY_CHUNKS + "gzip on; gzip_types text/event-stream; gzip_min_length 0; gzip_proxied any;")
def a_proxy_that_compresses(runnel):
    check_flows(runnel)


@case(ROOMY)
def a_server_that_asks_not_to_be_buffered(runnel):
    """X-Accel-Buffering, as frameworks send it: here another nginx adds it."""
    with Nginx(SERVER.url, runnel.home, "proxy_buffering off; add_header X-Accel-Buffering no;") as inner, \
            Nginx(inner.url, runnel.home, ROOMY) as runnel.server:
        check_flows(runnel)


@case(ROOMY)
def a_proxy_that_heeds_no_such_wish(runnel):
    with Nginx(SERVER.url, runnel.home, "proxy_buffering off; add_header X-Accel-Buffering no;") as inner, \
            Nginx(inner.url, runnel.home, ROOMY + "proxy_ignore_headers X-Accel-Buffering;") as runnel.server:
        check_held(runnel, "pieces came at once, after ")


@case(ROOMY)
def a_proxy_before_nothing(runnel):
    """The way is there, and ends at the proxy."""
    with Nginx(f"http://127.0.0.1:{free_port()}", runnel.home, ROOMY) as runnel.server:
        runnel.settings = "retries = 0\n"
        status, found = findings(runnel)
        equal((status, found["provider", "answer"][0]), (1, "broken"))
        assert "502" in found["provider", "answer"][1], found
        assert found["provider", "answer"][2], "it says what to do"


def run(function, settings, home):
    runnel = Runnel(RUNNEL, SERVER, home, OPENAI)
    if settings is None:
        function(runnel)
        return
    with Nginx(SERVER.url, home, settings) as runnel.server:
        function(runnel)


def main():
    try:
        results = [try_case(lambda home, c=one: run(*c, home), one[0].__name__) for one in CASES]
    finally:
        SERVER.stop()
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return not all(results)


if __name__ == "__main__":
    PEERS, RUNNEL = sys.argv[1], os.path.abspath(sys.argv[2])
    NGINX = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not NGINX:
        sys.exit("nginx is missing (see make deps-check)")
    SERVER = Server(f"{PEERS}/node_modules/.bin/llmock")
    sys.exit(main())
