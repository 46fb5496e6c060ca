#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Run test programs, some at a time, and say in one line how many tests passed.
# Usage: B=BUILD [JOBS=N] tests/run.sh PROGRAM...
set -u
export RUNNEL="${RUNNEL:-$(realpath "${B:-build}")/runnel}"
export B="${B:-build}"
export CMOCKA_MESSAGE_OUTPUT=tap

# Run one; what it came to goes into the folder of logs, as "PASSED FAILED SKIPPED".
run_one() {
    name=${2##*/} log=$1/${2##*/}.log
    "$2" >"$log" 2>&1
    status=$?
    good=$(grep -c '^ok ' "$log")
    skips=$(grep -c '^not ok .*# SKIP' "$log") # cmocka's word for it
    bad=$(($(grep -c '^not ok ' "$log") - skips))
    # A program that died, or ran nothing, is a failure of its own.
    if [ "$bad" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$good" -eq 0 ]; }; then
        bad=1
    fi
    echo "$good $bad $skips" >"$1/$name.count"
    {
        printf '  %-5s %-32s %s\n' TEST "$name" "$good passed$([ "$bad" -gt 0 ] && echo ", $bad FAILED")"
        [ "$skips" -gt 0 ] && grep '# SKIP' "$log"
        if [ "$bad" -gt 0 ]; then
            cat "$log"
            echo "$2 ended with status $status"
        fi
    } >"$1/$name.said"
    cat "$1/$name.said" # in one piece, since others write beside it
}

if [ "${1:-}" = --one ]; then
    run_one "$2" "$3"
    exit 0
fi

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
printf '%s\n' "$@" | xargs -P "${JOBS:-$(nproc)}" -I{} "$0" --one "$logs" {}
# shellcheck disable=SC2046  # three numbers
set -- $(cat "$logs"/*.count | awk '{ good += $1; bad += $2; skips += $3 } END { print good, bad, skips }') $#
passed=$1 failed=$2 skipped=$3
missing=$(($4 - $(find "$logs" -name '*.count' | wc -l)))
failed=$((failed + missing))

for script in tests/layers.sh tests/layers_test.sh tests/map.sh; do
    if "$script" >"$logs/script" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$script FAILED"
        cat "$logs/script"
    fi
done
if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
