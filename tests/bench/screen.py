# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of the bench that need a terminal: each is measured beside its floor, in the same run."""
import itertools
import json
import re
import statistics
import time

from stage import END, HEAD, Stage

CPU_SIZES = [(120, 40), (200, 60)]
RATE = 100
PARAGRAPH = 96  # tokens
ROUNDS = 3


def percentile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(part * len(values)))]


def row(what, value, unit, target=None, floor=None, limit=None):
    """`limit` is of the value, or of its ratio to the floor where there is one."""
    ratio = value / floor if floor else None
    met = None if limit is None else bool((value if ratio is None else ratio) <= limit)
    return {"what": what, "value": value, "unit": unit, "floor": floor, "ratio": ratio,
            "target": target, "met": met}


class Screen:
    """Everything that is measured on a terminal; `scale` 1 takes about two minutes."""

    def __init__(self, runnel, bare, bare_screen, env, home, scale):
        self.runnel, self.bare, self.bare_screen = runnel, bare, bare_screen
        self.env = env | {"TERM": "xterm-256color", "INPUTRC": "/dev/null", "HOME": home}
        self.home, self.scale = home, scale

    def chat(self, url):
        return [self.runnel, "--no-save", "--url", url, "-m", "bench"]

    def stage(self, size=(80, 24)):
        return Stage(size, self.env)

    def open(self, stage, url=None):
        stage.start(self.chat(url or stage.url))
        stage.until_seen(b"ready")
        stage.until_quiet()
        return stage

    # ---- A paced answer

    def pace(self, stage, count):
        """So many tokens, RATE of them a second: delays in ms, CPU seconds, bytes a token beyond its own."""
        stage.say("so:")
        stage.until_seen(b"so:")
        stage.until_quiet(0.1)
        cpu, mark, delays, waiting = stage.cpu(), len(stage.seen), [], []
        begin = time.monotonic()
        for number in range(count + RATE // 10):
            if number < count:
                token, before = f"t{number:05}", " " if number % PARAGRAPH else "\\n\\n"
                waiting.append((token.encode(), stage.say(before + token), len(stage.seen)))
            while (left := begin + (number + 1) / RATE - time.monotonic()) > 0:
                if stage.step(left):
                    shown = [entry for entry in waiting if entry[0] in stage.seen[entry[2]:]]
                    delays += [(stage.at - sent) * 1e3 for _, sent, _ in shown]
                    waiting = [entry for entry in waiting if entry not in shown]
            if number + 1 == count:
                used = stage.cpu() - cpu
        assert not waiting, f"never shown: {waiting}"
        return {"delays": delays, "cpu": used / count * RATE,
                "bytes": (len(stage.seen) - mark) / count - len(" t00000")}

    def paced(self, size, count):
        with self.stage(size) as stage:
            self.open(stage).ask()
            ours = self.pace(stage, count)
        with self.stage(size) as stage:
            stage.start(["sh", "-c", 'exec "$0" "$1" <"$2"', self.bare, stage.url + "/chat/completions",
                         self.body()])
            stage.until(lambda: stage.asked_at, "request")
            stage.send(HEAD)
            return ours, self.pace(stage, count)

    def body(self):
        path = self.home + "/body.json"
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"model": "bench", "stream": True, "messages": [{"role": "user", "content": "x"}]}, file)
        return path

    def paced_rows(self):
        for size in CPU_SIZES:
            at = f"{size[0]}x{size[1]}"
            rounds = [self.paced(size, int(300 * self.scale)) for _ in range(ROUNDS)]
            ours, bare = [[delay for one in side for delay in one["delays"]] for side in zip(*rounds)]
            for part, limit in (0.5, 2), (0.99, 20):
                value = percentile(ours, part)
                yield row(f"send to pty, 100/s, {at}, p{part * 100:.0f}", value, "ms", f"under {limit} ms",
                          percentile(bare, part)) | {"met": value < limit}
            ours, bare = (statistics.median(one["cpu"] for one in side) for side in zip(*rounds))
            ratio = statistics.median(one["cpu"] / other["cpu"] for one, other in rounds)
            yield row(f"CPU at 100/s, {at}", ours * 100, "%", "2 x bare loop", bare * 100) | {
                "ratio": ratio, "met": ratio <= 2}
            yield row(f"bytes a token beyond its own, {at}", statistics.median(one["bytes"] for one, _ in rounds),
                      "B", "at most 24", limit=24)

    # ---- A flood

    def flood(self, url, count, size=(120, 40)):
        """Wall and CPU of an answer of so many chunks; CPU of its first and its last tenth."""
        with self.stage(size) as stage:
            self.open(stage, url)
            anonymous = stage.memory("RssAnon")
            stage.type(b"hello")
            stage.until_quiet(0.1)
            cpu, marks = stage.cpu(), [(0, stage.cpu())]
            begin, done = stage.type(b"\r")
            while b"fin." not in stage.seen[done:]:
                read = len(stage.seen)
                stage.until(lambda r=read: len(stage.seen) > r, "end of the flood")
                if found := re.findall(rb"@(\d{7})", stage.seen[read:]):
                    marks.append((int(found[-1]), stage.cpu()))
                done = max(done, read - 4)
            wall, seen = stage.at - begin, len(stage.seen)
            stage.until_quiet()
            return {"wall": wall, "cpu": stage.cpu() - cpu, "bytes": seen, "peak": stage.memory("VmHWM"),
                    "kept": stage.memory("RssAnon") - anonymous, "tenths": tenths(marks, count)}

    def flood_rows(self, url, chunks, text_wall, text):
        yield row("cat of that text into the pty", self.cat(text) / chunks * 1e6, "us")
        runs = [self.flood(url, chunks) for _ in range(3)]
        wall, cpu, peak = (statistics.median(run[name] for run in runs) for name in ("wall", "cpu", "peak"))
        yield row(f"screen, flood of {chunks:,}: wall a chunk", wall / chunks * 1e6, "us", "1.5 x text mode",
                  text_wall / chunks * 1e6, 1.5)
        yield row("screen, flood: CPU a chunk", cpu / chunks * 1e6, "us", "under 15 us", limit=15)
        yield row("screen, flood: greatest memory", peak / 1024, "MiB", "under 30 MB", limit=30e6 / 2**20)

    def long_rows(self, url, count, text_bytes):
        run = self.flood(url, count)
        first, last = run["tenths"]
        yield row(f"CPU a token, last tenth of {count:,} to first", last, "us", "1.1 x", first, 1.1)
        yield row("anonymous memory of that answer", run["kept"] * 1024 / text_bytes, "x text", "under 4 x", limit=4)

    # ---- Starting, waiting, keys

    def time_to(self, command):
        with self.stage() as stage:
            stage.start(command)
            return (stage.until_seen(b"ready") - stage.began) * 1e3

    def start_rows(self):
        pairs = [(self.time_to(self.chat("http://127.0.0.1:9/v1")), self.time_to([self.bare_screen]))
                 for _ in range(int(10 * self.scale) + 5)]
        ours, bare = (statistics.median(side) for side in zip(*pairs))
        yield row("start to prompt", ours, "ms", "1.3 x bare screen", bare, 1.3)

    def still_rows(self):
        """Idle, and what is in memory then."""
        with self.stage() as stage, self.stage() as bare:
            bare.start([self.bare_screen])
            bare.until_seen(b"ready")
            self.open(stage)
            yield row("anonymous memory at start, over the bare screen",
                      (stage.memory("RssAnon") - bare.memory("RssAnon")) / 1024, "MiB", "4 MiB", limit=4)
            yield self.idle_row(stage, "idle: wake-ups in 3 s")
            stage.ask()
            stage.say("an answer")
            stage.send(END)
            stage.until_seen(b"answer")
            stage.until_quiet(1.5)  # the connection is read to its end
            yield self.idle_row(stage, "idle after an answer: wake-ups in 3 s")

    def idle_row(self, stage, what):
        before = stage.switches()
        stage.step(3)
        return row(what, stage.switches() - before, "", "none", limit=0)

    def request_rows(self):
        first, later = [], []
        for _ in range(5):
            with self.stage() as stage:
                self.open(stage)
                for number in range(4):
                    (later if number else first).append(stage.ask())
                    stage.say("done.")
                    stage.send(END)
                    stage.until_quiet(0.2)
        yield row("Enter to request, new connection", statistics.median(first), "ms", "under 5 ms", limit=5)
        yield row("Enter to request, kept connection", statistics.median(later), "ms", "under 5 ms", limit=5)

    def echo(self, stage, keys, busy):
        """From a key to its echo, in ms; `busy` keeps the model talking."""
        delays = []
        for key in keys:
            for _ in range(7 if busy else 1):
                if busy:
                    stage.say(f" t{next(busy):05}")
                stage.step(0.007)
            now, mark = stage.type(key)
            wanted = key if key.isalpha() else b""
            stage.until(lambda w=wanted, m=mark: len(stage.seen) > m and w in stage.seen[m:], "echo")
            delays.append((stage.at - now) * 1e3)
            stage.step(0.003)
        return delays

    def key_rows(self):
        letters = [bytes([65 + i % 26]) for i in range(60)]
        arrows = [b"\033[D", b"\033[C"] * 20
        with self.stage() as stage:
            self.open(stage)
            idle, moved = self.echo(stage, letters, None), self.echo(stage, arrows, None)
            stage.type(b"\025")
            stage.until_quiet(0.1)
            stage.ask()
            busy = self.echo(stage, letters, itertools.count())
        for about, delays, limit in ("key to echo, idle", idle, 2), ("arrow to cursor, idle", moved, 60), \
                ("key to echo, while streaming", busy, 2):
            yield row(about + ", p50", percentile(delays, 0.5), "ms", f"under {limit} ms", limit=limit)
            yield row(about + ", p99", percentile(delays, 0.99), "ms")

    def flood_key_rows(self, url):
        with self.stage() as stage:
            self.open(stage, url)
            _, mark = stage.type(b"hello\r")
            stage.until_seen(b"stones", mark)
            delays = []
            for key in [bytes([65 + i % 26]) for i in range(26)]:
                now, mark = stage.type(key)
                stage.until_seen(key, mark)
                delays.append((stage.at - now) * 1e3)
                end = time.monotonic() + 0.005
                while (left := end - time.monotonic()) > 0:
                    stage.step(left)
            assert b"fin." not in stage.seen, "the flood is too short"
        yield row("key to echo, in a flood, p50", percentile(delays, 0.5), "ms", "under 2 ms", limit=2)
        yield row("key to echo, in a flood, p99", percentile(delays, 0.99), "ms")

    def cancel(self, key):
        """From the key to the closed socket, and to the prompt."""
        with self.stage() as stage:
            self.open(stage).ask()
            for number in range(30):
                stage.say(f" t{number:05}")
                stage.step(1 / RATE)
            now, mark = stage.type(key)
            back = stage.until_seen(b"ready", mark)
            stage.until(lambda: stage.closed_at, "end of the connection")
            return (stage.closed_at - now) * 1e3, (back - now) * 1e3

    def cancel_rows(self):
        for name, key in ("Ctrl-C", b"\003"), ("Esc", b"\033"):
            closed, back = zip(*[self.cancel(key) for _ in range(5)])
            limit = 50 if key == b"\003" else 60 + 50
            yield row(f"{name} to closed socket", statistics.median(closed), "ms", f"{limit} ms", limit=limit)
            yield row(f"{name} to prompt", statistics.median(back), "ms", f"{limit} ms", limit=limit)

    def cat(self, path, size=(120, 40)):
        """Seconds that a terminal of this kind takes for the same text as it stands."""
        with self.stage(size) as stage:
            stage.start(["cat", path])
            return stage.until_seen(b"fin.") - stage.began

    def session_rows(self):
        path = self.home + "/large.jsonl"
        size = write_session(path, int(100e6 * min(self.scale, 1)))
        times, shown = [], True
        for _ in range(3):
            with self.stage() as stage:
                stage.start([self.runnel, "--url", stage.url, "-m", "bench", "-r", path])
                times.append(stage.until_seen(b"ready") - stage.began)
                stage.until_quiet()
                shown = shown and b"words" in stage.seen
        about = "open at its end" if shown else "open, but nothing of it shown"
        yield row(f"a session of {size / 1e6:.0f} MB, {about}", statistics.median(times), "s", "under 1 s", limit=1)


def tenths(marks, count):
    """Microseconds of CPU a token in the first and in the last tenth, by what was seen of them."""
    def cost(part):
        return (part[-1][1] - part[0][1]) / max(1, part[-1][0] - part[0][0]) * 1e6
    first = [mark for mark in marks if mark[0] <= count / 10]
    last = [mark for mark in marks if mark[0] >= count * 9 / 10]
    return cost(first or marks), cost(last or marks)


def write_session(path, size):
    """A chat of long answers; returns its bytes."""
    with open(path, "w", encoding="utf-8") as file:
        def put(**fields):
            file.write(json.dumps(fields, separators=(",", ":")) + "\n")
        put(type="session", v=1, id="20260131-142530-k3f", time="2026-01-31T14:25:30.104Z")
        for number in itertools.count():
            run, seq = f"r{number:09}", 1
            put(type="start", seq=1, t=0, v=1, run=run, time="2026-01-31T14:25:30.104Z", mode="stream",
                provider="url", model="bench", input=[{"role": "user", "content": f"question {number}"}], tools=[])
            for seq in range(2, 502):
                put(type="ai", seq=seq, t=seq, step=1, id="m1", content=" words" if seq % 50 else "\n\nNext:")
            text = "".join(" words" if seq % 50 else "\n\nNext:" for seq in range(2, 502))
            put(type="finish", seq=seq + 1, t=600, reason="stop", partial=False, steps=1, ms=600, ttft_ms=5,
                usage={"input": 5, "output": 500})
            put(type="message", run=run, role="assistant", content=text, provider="url", model="bench", reason="stop")
            if file.tell() >= size:
                return file.tell()
