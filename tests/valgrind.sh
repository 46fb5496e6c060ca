#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# valgrind looks where the sanitizers cannot: into the libraries as Debian built them, and at memory that
# was never written.  The program itself, and the tests of the parts that talk to libraries.
set -u
B=${B:-build}
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export HOME="$home" XDG_DATA_HOME="$home/data" XDG_CONFIG_HOME="$home/config"
passed=0 failed=0
check() {
    if valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \
        --child-silent-after-fork=yes "$@" >"$home/out" 2>&1 </dev/null; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $*"
        cat "$home/out"
    fi
}
printf '[guide]\nrate = 0\n' >"$home/config.ini"
check "$B/runnel" --config "$home/config.ini" -m guide "What is runnel?"
check "$B/runnel" --config "$home/config.ini" -m guide --invoke --json "What is streaming?"
check "$B/runnel" replay --instant --events
check "$B/runnel" sessions
check "$B/runnel" decode --wire openai tests/wire/openai-chat-tool-parallel.http-body
check "$B/tests/test_settings"
check "$B/tests/test_journal"
check "$B/tests/test_event"
check "$B/tests/test_process"
check "$B/runnel" --config "$home/config.ini" -m guide -t calculate "What is 6*7?"
echo "valgrind: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
