#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What happens to a session when the disk, the clock, another process or the file itself is not as it
# should be.  Prints a line for each case; those that this machine has no means for are skipped and named.
# usage: disk.py [CASE]...; B is the build's folder

import json
import os
import shutil
import subprocess
import sys

import rig

CASES = []
MANY = "400@0.2"
COUNT = 400
KEY = "sk-a-key-that-must-stay-secret"


class Skipped(Exception):
    """This machine has not the means."""


def case(function):
    CASES.append(function)
    return function


def strace(place, inject, path=None):
    return ["strace", "-f", "-qq", "-o", str(place.home / "strace"), *(["-P", str(path)] if path else []),
            "-e", "trace=" + inject.split(":")[0], "-e", "inject=" + inject]


def check_answer(done, count=COUNT):
    rig.expect(done.returncode == 0, "it ended with %d: %s" % (done.returncode, done.stderr))
    rig.expect(done.stdout.strip() == rig.answer(count).strip(), "the answer is not whole")


def only_run(path):
    runs = rig.runs_of(rig.read_session(path))
    rig.expect(len(runs) == 1, "%d runs, not one" % len(runs))
    return runs[0]


def begun(place):
    """A session with one short run in it, and its bytes."""
    check_answer(place.ask("3@0", "Begin."), 3)
    path = place.files()[0]
    return path, path.read_bytes()


def check_replay(place, path, count):
    played = place.run([place.program, "replay", "--instant", str(path)])
    rig.expect(played.returncode == 0, "it ended with %d: %s" % (played.returncode, played.stderr))
    rig.expect(rig.answer(count).strip() in played.stdout, "the replay is not whole: " + played.stdout)


def check_failed_once(done, reason, count=COUNT):
    check_answer(done, count)
    told = [line for line in done.stderr.splitlines() if "session" in line]
    rig.expect(len(told) == 1, "it was told %d times: %s" % (len(told), done.stderr))
    rig.expect_match(reason, told[0])


@case
def no_space_left(place):
    """On a file system of 64 KB the answer is whole, the trouble told once, the beginning saved."""
    small = place.home / "data"
    small.mkdir()
    script = 'mount -t tmpfs -o size=64k none "$0" && "$@"; ended=$?; cp -r "$0" "$0.kept"; exit $ended'
    begin = ["unshare", "--map-root-user", "--mount", "sh", "-c", script, str(small)]
    if subprocess.run([*begin, "rmdir", str(small) + "/lost"], capture_output=True).returncode != 1:
        raise Skipped("no tmpfs can be mounted")
    shutil.rmtree(str(small) + ".kept")
    check_failed_once(place.run(place.command("2000@0", "Count."), before=begin), "No space left", 2000)
    path, = (place.home / "data.kept" / "runnel" / "sessions").glob("*.jsonl")
    rig.expect(rig.answer(2000).startswith(rig.text_of(only_run(path))), "the beginning is not whole")


@case
def a_disk_that_fails(place):
    path, before = begun(place)
    done = place.ask(MANY, "-c", "Count.", before=strace(place, "write:error=EIO", path))
    check_failed_once(done, "cannot write the session .*Input/output error")
    rig.expect(path.read_bytes() == before, "what was there has changed")


@case
def a_disk_that_fails_for_a_moment(place):
    path, before = begun(place)
    done = place.ask(MANY, "-c", "Count.", before=strace(place, "write:error=EIO:when=2..4", path))
    check_answer(done)
    rig.expect(path.read_bytes().startswith(before), "what was there has changed")
    rig.expect(rig.text_of(rig.runs_of(rig.read_session(path))[1]) == rig.answer(COUNT), "a piece is lost")


@case
def writes_that_write_nothing(place):
    path, before = begun(place)
    done = place.ask(MANY, "-c", "Count.", before=strace(place, "write:retval=0", path))
    check_failed_once(done, "cannot write the session")
    rig.expect(path.read_bytes() == before, "what was there has changed")


@case
def a_sync_that_fails(place):
    path, _ = begun(place)
    done = place.ask(MANY, "-c", "Count.", before=strace(place, "fsync:error=EIO", path))
    check_failed_once(done, "cannot sync the session .*Input/output error")
    rig.expect(rig.text_of(rig.runs_of(rig.read_session(path))[1]) == rig.answer(COUNT), "a piece is lost")


@case
def reads_that_fail(place):
    """A session that cannot be read is no reason to write to it."""
    path, before = begun(place)
    done = place.ask(MANY, "-c", "Count.", before=strace(place, "read:error=EIO", path))
    rig.expect(done.returncode != 0 and done.stderr.startswith("runnel: "), "it went on: " + done.stderr)
    rig.expect(path.read_bytes() == before, "what was there has changed")


@case
def short_writes(place):
    for size in ("1", "7", "100"):
        done = place.ask(MANY, "Count.", env={"LD_PRELOAD": place.faulty(), "FAULTY_WRITE": size})
        check_answer(done)
        rig.expect(rig.text_of(only_run(place.files()[0])) == rig.answer(COUNT), "a piece is lost")


@case
def a_folder_that_cannot_be_made(place):
    done = place.ask(MANY, "Count.", before=strace(place, "mkdir:error=EROFS"))
    check_failed_once(done, "cannot save the session in .*Read-only file system")
    rig.expect(not place.files(), "there is a session all the same")


@case
def a_folder_that_is_read_only(place):
    begun(place)
    script = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && "$@"'
    begin = ["unshare", "--map-root-user", "--mount", "sh", "-c", script, str(place.sessions)]
    if subprocess.run([*begin, "true"], capture_output=True).returncode != 0:
        raise Skipped("no folder can be mounted read-only")
    done = place.run(place.command(MANY, "Count."), before=begin)
    check_failed_once(done, "cannot save the session in .*Read-only file system")
    done = place.run(place.command(MANY, "-c", "Count."), before=begin)
    rig.expect(done.returncode != 0 and "Read-only file system" in done.stderr, done.stderr)


@case
def a_clock_that_jumps(place):
    jumping = {"LD_PRELOAD": place.faulty(), "FAULTY_CLOCK": "1"}
    for args in ((), ("-c",), ("-c",)):
        check_answer(place.ask(MANY, *args, "Count.", env=jumping))
    path, = place.files()
    for run in rig.runs_of(rig.read_session(path)):
        times = [event["t"] for _, event in run]
        rig.expect(times == sorted(times) and times[-1] < 60000, "the events' times jump")
        rig.expect(rig.text_of(run) == rig.answer(COUNT), "a piece is lost")


@case
def two_processes(place):
    """The second goes on in a file of its own, which names the first."""
    path, before = begun(place)
    first = subprocess.Popen(place.command("200@5", "-c", "--events", "Count."), env=place.environment(),
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    first.stdout.readline()  # it has begun, and so it has the file
    check_answer(place.ask(MANY, "-c", "Count."))
    first.communicate()
    branch, = (other for other in place.files() if other != path)
    rig.expect(rig.read_session(branch)[0][1]["parent"] == path.stem, "it does not name its parent")
    rig.expect(rig.text_of(only_run(branch)) == rig.answer(COUNT), "the second has lost a piece")
    runs = rig.runs_of(rig.read_session(path))
    rig.expect(path.read_bytes().startswith(before) and rig.text_of(runs[1]) == rig.answer(200),
               "the first has lost a piece")


@case
def ends_of_writers_that_died(place):
    """Whatever stands at the end: what was whole stays as it is, and is said to the model."""
    path, whole = begun(place)
    for tail in (b'{"type":"start","seq":1,"t":0,"inp', b"\0" * 512, b'{"type":"ai"' + b"\0" * 99, b"\xff\xfe",
                 b"{}", b"\r\n\r\n", b'{"type":"ai","seq":99,"content":"\xed\xa0\x80"}\n'):
        path.write_bytes(whole + tail)
        check_replay(place, path, 3)
        check_answer(place.ask("2@0", "-r", str(path), "Go on."), 2)
        said = [message["content"] for message in place.server.asked[-1]["messages"]]
        rig.expect(said == ["Begin.", rig.answer(3), "Go on."], "after %r it says %r" % (tail, said))
        rig.expect(path.read_bytes().startswith(whole + tail), "what was there has changed")
        last = path.read_bytes().rsplit(b"\n", 2)[1]
        rig.expect(json.loads(last)["type"] == "message", "what was added cannot be read")


@case
def a_run_that_was_cut_off(place):
    """What it had said is kept, shown, and said to the model that goes on."""
    child = subprocess.Popen(place.command("100000@1", "--events", "Count."), env=place.environment(),
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    for line in child.stdout:
        if b'"30 "' in line:
            break
    child.kill()
    child.communicate()
    path, = place.files()
    begun_answer = rig.text_of(only_run(path))
    played = place.run([place.program, "replay", "--instant", str(path)])
    rig.expect(begun_answer.strip() in played.stdout, "the replay lacks it: " + played.stdout)
    check_answer(place.ask("2@0", "-c", "Go on."), 2)
    said = [message["content"] for message in place.server.asked[-1]["messages"]]
    rig.expect(said == ["Count.", begun_answer, "Go on."], "it goes on from %r" % said)


@case
def a_newer_version(place):
    path, whole = begun(place)
    first, rest = whole.split(b"\n", 1)
    newer = first.replace(b'"v":1', b'"v":9,"era":{"x":[1]}') + b'\n{"type":"dream","deep":[{}]}\n' + \
        rest.replace(b'"type":"ai"', b'"type":"ai","glow":0.5')
    path.write_bytes(newer)
    check_replay(place, path, 3)
    check_answer(place.ask("2@0", "-c", "Go on."), 2)
    rig.expect(path.read_bytes().startswith(newer), "what was there has changed")
    rig.expect(len(place.server.asked[-1]["messages"]) == 3, "what was said is not known")


@case
def a_capture_is_a_session(place):
    capture = place.home / "capture.jsonl"
    words = place.command("5@0", "--no-save", "--events", "Begin.")
    subprocess.run(["sh", "-c", '"$@" | tee "$0" >/dev/null', str(capture), *words], check=True,
                   env=place.environment(), stdin=subprocess.DEVNULL)
    rig.expect(not place.files(), "--no-save has saved it")
    check_replay(place, capture, 5)
    played = place.run([place.program, "replay", "--instant", "--events", str(capture)])
    rig.expect(played.stdout == capture.read_text(), "its events are played otherwise")
    check_answer(place.ask("2@0", "-r", str(capture), "Go on."), 2)
    said = [message["content"] for message in place.server.asked[-1]["messages"]]
    rig.expect(said == ["Begin.", rig.answer(5), "Go on."], "it goes on from %r" % said)


@case
def nobody_else_may_look(place):
    """Whatever the umask, files and folders are the user's alone, and no key is in any of them."""
    for mask in (0, 0o777):
        done = place.ask("3@0", "--key-env", "MINE", "Begin.", env={"MINE": KEY}, umask=mask)
        check_answer(done, 3)
    for path in [place.sessions.parent, place.sessions, *place.files()]:
        wanted = 0o700 if path.is_dir() else 0o600
        rig.expect(path.stat().st_mode & 0o777 == wanted, "%s has mode %o" % (path, path.stat().st_mode))
    for folder, _, names in os.walk(place.home):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                rig.expect(KEY.encode() not in file.read(), "the key is in " + name)


def main(wanted):
    failed = 0
    for function in CASES:
        name = function.__name__.replace("_", " ")
        if wanted and function.__name__ not in wanted:
            continue
        place = rig.Rig()
        try:
            function(place)
            print("ok      " + name)
        except Skipped as why:
            print("skipped %s: %s" % (name, why))
        except rig.Damaged as why:
            failed += 1
            print("FAILED  %s: %s" % (name, why))
        finally:
            place.close()
    sys.exit(failed > 0)


main(sys.argv[1:])
