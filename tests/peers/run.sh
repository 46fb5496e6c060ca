#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Put the peers under the build's folder, unless they are there, and try runnel against each.

set -e
cd "$(dirname "$0")/../.."
peers=${B:-build}/peers
program=${B:-build}/runnel

# need FILE PACKAGE: what npm puts into node_modules
need() {
    if [ ! -e "$peers/node_modules/$1" ]; then
        mkdir -p "$peers"
        npm install --no-audit --no-fund --loglevel=error --prefix "$peers" "$2"
    fi
}

need .bin/llmock @copilotkit/aimock
# The newest that runs on Debian's Node.js.
need .bin/ccr @musistudio/claude-code-router@1.0.73
need @xterm/headless @xterm/headless
need @xterm/addon-unicode11 @xterm/addon-unicode11
need commonmark-spec commonmark-spec

bin=$peers/node_modules/.bin
failed=0
python3 tests/peers/aimock.py "$bin/llmock" "$program" || failed=1
python3 tests/peers/router.py "$bin/ccr" "$bin/llmock" "$program" || failed=1
python3 tests/peers/compare.py "$peers" "$program" || failed=1
python3 tests/peers/doctor.py "$peers" "$program" || failed=1
node tests/peers/http.js "$program" || failed=1
python3 tests/peers/terminals.py "$peers" "$program" || failed=1
node -p 'JSON.stringify(require(require("path").resolve(process.argv[1])).tests)' \
    "$peers/node_modules/commonmark-spec" >"$peers/commonmark.json"
"$peers/commonmark" "$peers/commonmark.json" || failed=1
exit $failed
