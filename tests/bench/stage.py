# SPDX-License-Identifier: GPL-3.0-or-later
"""A program on a terminal, the model it talks with, and an observer of both, in one loop and with one clock:
when a piece was sent and when it came out of the terminal are seen by the same eye.
"""
import fcntl
import os
import pathlib
import pty
import select
import signal
import socket
import struct
import subprocess
import termios
import time

PATIENCE = 120
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
EVENT = ('data: {"id":"chatcmpl-0123456789","object":"chat.completion.chunk","created":1700000000,'
         '"model":"bench","choices":[{"index":0,"delta":%s,"finish_reason":%s}]}\n\n')


def chunk(delta, reason="null"):
    event = (EVENT % (delta, reason)).encode()
    return b"%x\r\n%s\r\n" % (len(event), event)


END = chunk("{}", '"stop"') + b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n"


class Stage:
    """`with Stage(command, ...)`: the program runs; `seen` is what it has written to the terminal."""

    def __init__(self, size, env):
        self.size, self.env = size, env
        self.seen, self.at = bytearray(), 0.0       # and when the last of it came
        self.request, self.asked_at, self.closed_at = b"", None, None
        self.connection, self.process = None, None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/v1"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            os.close(self.master)
        for thing in self.listener, self.connection:
            if thing:
                thing.close()

    def start(self, command):
        self.master, slave = pty.openpty()
        columns, rows = self.size
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.began = time.monotonic()
        self.process = subprocess.Popen(command, env=self.env, stdin=slave, stdout=slave,
                                        stderr=slave, start_new_session=True)
        os.close(slave)

    # ---- What happens

    def step(self, timeout):
        """Take what there is; False when nothing came in time."""
        fds = [fd for fd in (self.master, self.listener, self.connection) if fd is not None]
        ready = select.select(fds, [], [], max(0, timeout))[0]
        now = time.monotonic()
        if self.master in ready:
            self.seen += os.read(self.master, 1 << 16)
            self.at = now
        if self.listener in ready:
            self.connection, self.request = self.listener.accept()[0], b""
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        elif self.connection in ready:
            self.hear(now)
        return bool(ready)

    def hear(self, now):
        try:
            data = self.connection.recv(1 << 16)
        except ConnectionError:
            data = b""
        self.request += data
        if not data:
            self.connection, self.closed_at = self.connection.close(), now
        elif self.request.endswith(b"}"):
            self.asked_at = now

    def until(self, holds, what):
        """Until it holds; the time when that was seen."""
        end = time.monotonic() + PATIENCE
        while not holds():
            if time.monotonic() > end or not self.step(end - time.monotonic()):
                raise SystemExit(f"bench: no {what}; the terminal got: {bytes(self.seen[-2000:])}")
        return self.at

    def until_seen(self, text, since=0):
        return self.until(lambda: text in self.seen[since:], text.decode())

    def until_quiet(self, seconds=0.3):
        while self.step(seconds):
            continue

    # ---- The user and the model

    def type(self, keys):
        """Returns when, and how much had been seen."""
        mark, now = len(self.seen), time.monotonic()
        os.write(self.master, keys)
        return now, mark

    def ask(self, prompt=b"hello"):
        """The milliseconds from Enter to the whole request, and the head of an answer."""
        _, mark = self.type(prompt)
        self.until(lambda: len(self.seen) > mark, "echo")
        self.until_quiet(0.1)
        self.asked_at, self.request = None, b""
        now, _ = self.type(b"\r")
        self.until(lambda: self.asked_at, "request")
        self.send(HEAD)
        return (self.asked_at - now) * 1e3

    def send(self, data):
        """When it was sent."""
        now = time.monotonic()
        self.connection.sendall(data)
        return now

    def say(self, text):
        return self.send(chunk('{"content":"%s"}' % text))

    # ---- What it costs

    def tasks(self, name):
        return [task.joinpath(name).read_text()
                for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir()]

    def cpu(self):
        """Seconds so far, of all its threads."""
        return sum(int(text.split()[0]) for text in self.tasks("schedstat")) / 1e9

    def switches(self):
        """How often its threads have been woken, or have had to give way."""
        return sum(int(line.split()[1]) for text in self.tasks("status")
                   for line in text.splitlines() if "ctxt_switches" in line)

    def memory(self, name):
        """KiB: RssAnon, VmHWM."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(name))
