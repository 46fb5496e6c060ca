#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Put aimock under the build's folder, unless it is there, and try runnel against it.

set -e
cd "$(dirname "$0")/../.."
peers=${B:-build}/peers
if [ ! -x "$peers/node_modules/.bin/llmock" ]; then
    mkdir -p "$peers"
    npm install --no-save --no-audit --no-fund --loglevel=error --prefix "$peers" @copilotkit/aimock
fi
exec python3 tests/peers/aimock.py "$peers/node_modules/.bin/llmock" "${B:-build}/runnel"
