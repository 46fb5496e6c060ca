#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Run each fuzz target in build/fuzz over its corpus, then on new inputs for SECONDS_EACH (0: on none);
# what is found stays in build/fuzz/found-NAME.  Two at a time.
set -u
seconds=${SECONDS_EACH:-60}
more="-max_total_time=$seconds"
[ "$seconds" -eq 0 ] && more=-runs=0
run_one() {
    name=$1
    new=build/fuzz/corpus-$name
    mkdir -p "$new" "tests/fuzz/corpus/$name"
    if "build/fuzz/fuzz_$name" "$more" -rss_limit_mb=4096 -timeout=20 \
        -artifact_prefix="build/fuzz/found-$name-" -verbosity=0 -print_final_stats=1 \
        "$new" "tests/fuzz/corpus/$name" >"build/fuzz/$name.log" 2>&1; then
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "build/fuzz/$name.log")
        echo "  FUZZ  $name: $runs inputs in $seconds s, nothing found"
    else
        echo "  FUZZ  $name FAILED"
        tail -40 "build/fuzz/$name.log"
        return 1
    fi
}
passed=0 failed=0 first=
wait_for() {
    if wait "$1"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}
for program in build/fuzz/fuzz_*; do
    case $program in *.d | *.o) continue ;; esac
    run_one "${program##*/fuzz_}" &
    if [ -n "$first" ]; then
        wait_for "$first"
    fi
    first=$!
done
[ -n "$first" ] && wait_for "$first"
echo "fuzz: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
