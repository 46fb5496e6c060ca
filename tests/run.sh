#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Run test programs one after the other, and say in one line how many tests passed.
# Usage: B=BUILD tests/run.sh PROGRAM...
set -u
passed=0 failed=0 skipped=0
export RUNNEL="${RUNNEL:-$PWD/${B:-build}/runnel}"
export B="${B:-build}"
export CMOCKA_MESSAGE_OUTPUT=tap
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for program in "$@"; do
    "$program" >"$log" 2>&1
    status=$?
    good=$(grep -c '^ok ' "$log")
    skips=$(grep -c '^not ok .*# SKIP' "$log") # cmocka's word for it
    bad=$(($(grep -c '^not ok ' "$log") - skips))
    # A program that died, or ran nothing, is a failure of its own.
    if [ "$bad" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$good" -eq 0 ]; }; then
        bad=1
    fi
    printf '  %-5s %-32s %s\n' TEST "${program##*/}" "$good passed$([ "$bad" -gt 0 ] && echo ", $bad FAILED")"
    [ "$skips" -gt 0 ] && grep '# SKIP' "$log"
    if [ "$bad" -gt 0 ]; then
        cat "$log"
        echo "$program ended with status $status"
    fi
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + skips))
done
for script in tests/layers.sh tests/layers_test.sh tests/map.sh; do
    if "$script" >"$log"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$script FAILED"
        cat "$log"
    fi
done
if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
