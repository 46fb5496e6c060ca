# SPDX-License-Identifier: GPL-3.0-or-later
"""Terminals that others wrote, with a program on them: keys go in, cells come out.

Nothing sleeps: every wait is for something to be on the screen, and looks again whenever the program has
written.  One that lasts longer than PATIENCE fails, and shows the screen.
"""
import base64
import fcntl
import json
import os
import pathlib
import pty
import select
import signal
import struct
import subprocess
import termios
import time
import unicodedata

PATIENCE = 30
HERE = pathlib.Path(__file__).resolve().parent


def cells_of(text):
    """A row of text as cells, by the widths that all terminals agree on."""
    cells = []
    for character in text:
        if unicodedata.category(character) in ("Mn", "Me") and cells:
            cells[-1] = (cells[-1][0] + character, cells[-1][1])
        else:
            cells.append((character, 2 if unicodedata.east_asian_width(character) in "WF" else 1))
    return cells


class Terminal:
    """What the kinds of terminals share: looking, and waiting for something to see."""

    def look(self):
        """The rows, each a list of cells: a character with its marks, and its width."""
        raise NotImplementedError

    def stir(self, until):
        """Wait until the program may have changed the screen; False when it is too late."""
        raise NotImplementedError

    def rows(self):
        return ["".join(text for text, _ in row).rstrip() for row in self.look()]

    def wait(self, holds, what):
        until = time.monotonic() + PATIENCE
        while not holds(rows := self.rows()):
            if not self.stir(until):
                raise AssertionError(f"still no {what}; the screen is:\n" + "\n".join(rows))
        return rows

    def settle(self, check):
        """Until the check passes, whatever it asserts: a screen may be seen half painted."""
        until = time.monotonic() + PATIENCE
        while True:
            self.look()
            try:
                return check()
            except AssertionError as error:
                if not self.stir(until):
                    raise AssertionError(f"{error}; the screen is:\n" + "\n".join(self.rows())) from error

    def await_text(self, text):
        return self.wait(lambda rows: any(text in row for row in rows), repr(text))

    def await_no(self, text):
        return self.wait(lambda rows: not any(text in row for row in rows), f"end of {text!r}")

    def column(self, row, text):
        """The column in which this text begins in the row that has it."""
        columns, line = [], ""
        at = 0
        for cell, width in row:
            columns += [at] * len(cell)
            line += cell
            at += width
        return columns[line.index(text)]


class Tmux(Terminal):
    """tmux, driven by a client in control mode, which is told of all that a pane writes."""

    def __init__(self, command, env, columns, rows, home):
        self.socket = os.path.join(home, "tmux")
        self.client = subprocess.Popen(
            ["tmux", "-S", self.socket, "-f", "/dev/null", "-C", "new-session", "-x", str(columns),
             "-y", str(rows), *command], env=env | {"TERM": "xterm-256color"}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        os.set_blocking(self.client.stdout.fileno(), False)
        self.lines, self.rest, self.stirred, self.gone = [], b"", False, False
        self.block()
        self.ask("set -g status off")
        self.ask("set -g window-size manual")
        self.resize(columns, rows)

    def read(self, until):
        """More lines; False when none came in time."""
        left = max(0, until - time.monotonic())
        if not select.select([self.client.stdout], [], [], left)[0]:
            return False
        data = os.read(self.client.stdout.fileno(), 1 << 16)
        *lines, self.rest = (self.rest + data).split(b"\n")
        self.lines += lines
        self.gone = self.gone or not data
        return bool(data)

    def line(self, until):
        while not self.lines:
            if not self.read(until):
                return None
        line = self.lines.pop(0)
        if not line.startswith((b"%begin", b"%end", b"%error")) and line.startswith(b"%"):
            self.stirred = True
        return line

    def block(self):
        """What stands between %begin and %end."""
        until, found = time.monotonic() + PATIENCE, None
        while (line := self.line(until)) is not None:
            if line.startswith(b"%begin"):
                found = []
            elif line.startswith((b"%end", b"%error")) and found is not None:
                return found
            elif found is not None:
                found.append(line)
        raise AssertionError("tmux says nothing")

    def ask(self, command):
        self.client.stdin.write(command.encode() + b"\n")
        self.client.stdin.flush()
        return [line.decode(errors="replace") for line in self.block()]

    def look(self):
        self.stirred = False
        return [cells_of(row) for row in self.ask("capture-pane -p")]

    def stir(self, until):
        while not self.stirred and self.line(until) is not None:
            continue
        return self.stirred

    def keys(self, data):
        data = data.encode()
        for at in range(0, len(data), 256):
            self.ask("send-keys -H " + data[at:at + 256].hex(" "))

    def resize(self, columns, rows):
        self.ask(f"resize-window -x {columns} -y {rows}")

    def cursor(self):
        return [int(n) for n in self.ask("display-message -p '#{cursor_x} #{cursor_y}'")[0].split()]

    def facts(self):
        """What text must not be able to change: modes, clipboard."""
        return self.ask("display-message -p '#{alternate_on} #{mouse_any_flag} #{keypad_cursor_flag} "
                        "#{insert_flag} #{origin_flag} #{wrap_flag} #{cursor_flag}'") + self.ask("list-buffers")

    def titles(self):
        return self.ask("display-message -p '#{pane_title} #{window_name}'")

    def is_alternate(self):
        return self.ask("display-message -p '#{alternate_on}'") == ["1"]

    def close(self):
        if self.client.poll() is None:
            self.client.stdin.write(b"kill-server\n")
            self.client.stdin.close()
        self.client.wait()
        self.client.stdout.close()


class Xterm(Terminal):
    """xterm.js, headless (terminals.js); the program's pty is here."""

    modules = None  # the folder with its node_modules

    def __init__(self, command, env, columns, rows, _):
        self.node = subprocess.Popen(["node", HERE / "terminals.js", self.modules, str(columns), str(rows)],
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.written = b""
        self.master, slave = pty.openpty()
        self.set_size(columns, rows)
        self.child = subprocess.Popen(command, env=env | {"TERM": "xterm-256color"}, stdin=slave,
                                      stdout=slave, stderr=slave, start_new_session=True,
                                      preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)
        self.tell({})

    def set_size(self, columns, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def tell(self, wish):
        self.node.stdin.write(json.dumps(wish).encode() + b"\n")
        self.node.stdin.flush()
        self.state = json.loads(self.node.stdout.readline())

    def stir(self, until):
        left = max(0, until - time.monotonic())
        if not select.select([self.master], [], [], left)[0]:
            return False
        try:
            data = os.read(self.master, 1 << 16)
        except OSError:  # EIO: nobody has the other end
            return False
        self.written += data
        self.tell({"write": base64.b64encode(data).decode()})
        return True

    def look(self):
        return self.state["rows"]

    def keys(self, data):
        data = data.encode()
        while data:
            _, can_write, _ = select.select([self.master], [self.master], [], PATIENCE)
            if can_write:
                data = data[os.write(self.master, data[:256]):]
            else:
                self.stir(time.monotonic())

    def resize(self, columns, rows):
        self.tell({"resize": [columns, rows]})
        self.set_size(columns, rows)

    def cursor(self):
        return self.state["cursor"]

    def facts(self):
        return [self.state[name] for name in ("replies", "bells", "clipboard", "modes", "alternate")]

    def titles(self):
        return self.state["titles"]

    def is_alternate(self):
        return self.state["alternate"]

    def close(self):
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGKILL)
        self.child.wait()
        os.close(self.master)
        self.node.stdin.close()
        self.node.wait()
        self.node.stdout.close()
