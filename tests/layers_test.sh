#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# tests/layers.sh finds what it is there to find: one file at a time is added to a small tree.
# Prints "N passed, N failed".

here=$(cd "$(dirname "$0")" && pwd) || exit 2
tree=$(mktemp -d) || exit 2
trap 'rm -rf "$tree"' EXIT
passed=0 failed=0

verdict() { # ABOUT WANT GOT
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf '%s:\n  want %s\n  got  %s\n' "$1" "$2" "$3"
    fi
}

check() { # ABOUT FILE TEXT WANT; WANT begins with ":LINE: " or is empty
    printf '%b' "$3" >"$tree/src/$2"
    got=$(sh "$here/layers.sh" "$tree") && status=0 || status=1
    if [ -n "$4" ]; then
        verdict "$1" "src/$2$4" "$got"
        verdict "$1: status" 1 "$status"
    else
        verdict "$1" "" "$got"
        verdict "$1: status" 0 "$status"
    fi
    rm "$tree/src/$2"
}

mkdir -p "$tree/src/base" "$tree/src/io" "$tree/src/llm" "$tree/src/chat" "$tree/src/tui" "$tree/src/plain"
echo '#include <stddef.h>' >"$tree/src/runnel.h"
echo '#include "runnel.h"' >"$tree/src/base/buf.h"
printf '/* a */\n#include "base/buf.h"\n\n#include <stdio.h>\n' >"$tree/src/base/buf.c"

check "a tree that is well" main.c '#include "runnel.h"\n#include "tui/tui.h"\n#include "io/sse.h"\n' ""
check "own folder" llm/a.c '#include "llm/b.h"\n' ""
check "a folder below" llm/a.c '#include "base/buf.h"\n#include "io/sse.h"\n' ""
check "a folder above" base/a.c '\n#include "llm/event.h"\n' ":2: base may not include llm/event.h"
check "a header too" io/a.h '#include "llm/event.h"\n' ":1: io may not include llm/event.h"
check "a folder beside" tui/a.c '#include "plain/plain.h"\n' ":1: tui may not include plain/plain.h"
check "odd spacing" tui/a.c '  #  include  "llm/a.h"\n' ":1: tui may not include llm/a.h"
check "nobody includes main" chat/a.c '#include "main.c"\n' ':1: "main.c" lacks its folder'
check "no folder" base/a.c '#include "buf.h"\n' ':1: "buf.h" lacks its folder'
check "curl outside io" llm/a.c '#include <curl/curl.h>\n' ":1: <curl/curl.h> may not appear here"
check "curl inside io" io/a.c '#include <curl/curl.h>\n' ""
check "threads" llm/a.c '#include <pthread.h>\n' ":1: <pthread.h> may not appear here"
check "threads in the mailbox" base/mailbox.c '#include <pthread.h>\n' ""
check "ncurses" tui/a.c '#include <ncurses.h>\n' ":1: <ncurses.h> may not appear here"
check "curses" plain/a.c '#include <curses.h>\n' ":1: <curses.h> may not appear here"
check "terminfo" plain/a.c '#include <term.h>\n' ":1: <term.h> may not appear here"
check "the screen" tui/screen.c '#include <curses.h>\n#include <term.h>\n' ""
check "termios is libc's" tui/a.c '#include <termios.h>\n' ""
check "readline" tui/a.c '#include <readline/readline.h>\n' ":1: <readline/readline.h> may not appear here"
check "readline in input" tui/input_keys.c '#include <readline/readline.h>\n' ""
check "jansson above" chat/a.c '#include <jansson.h>\n' ":1: <jansson.h> may not appear here"
check "jansson below" llm/a.c '#include <jansson.h>\n' ""
check "md4c" tui/a.c '#include <md4c.h>\n' ":1: <md4c.h> may not appear here"
check "microhttpd" chat/a.c '#include <microhttpd.h>\n' ":1: <microhttpd.h> may not appear here"

echo >"$tree/src/base/own.h"
check "own header first" base/own.c '#include "base/own.h"\n#include "base/buf.h"\n' ""
check "own header second" base/own.c '#include "base/buf.h"\n#include "base/own.h"\n' \
    ":1: the first include must be base/own.h"

mkdir "$tree/src/misc"
check "an unknown folder" misc/a.c '\n' ":1: no layer has the name misc"

echo "layers: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
