#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A session cannot be lost: the program is killed KILLS times (50) at random moments, and meets full and failing
# disks, clocks that jump, other processes, and files that are not as they should be.
set -e
cd "$(dirname "$0")/../.."
for tool in python3 strace cc; do
    command -v "$tool" >/dev/null || { echo "$0: $tool is missing (see make deps-check)" >&2; exit 1; }
done
python3 tests/faults/disk.py
python3 tests/faults/kill.py "${KILLS:-50}" "${SEED:-1}"
