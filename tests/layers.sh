#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Calls go down: who may include whom, and in which files each library may appear.  Prints each
# violation as FILE:LINE: WHY; silent when all is well.  usage: tests/layers.sh [ROOT]

# A folder and the ones it may include besides itself; "runnel.h" is for all.
layers='
base:
io:       base
llm:      base io
agent:    base io llm
session:  base io llm
config:   base
text:     base
export:   base llm session text
chat:     base text config session guide tools export
guide:    base
tools:    base
plain:    base text chat config
tui:      base text chat config
doctor:   base io config text chat tools
cli:      base io llm agent session config text export chat guide tools plain tui doctor
main.c:   cli base io llm agent session config text export chat guide tools plain tui doctor
'
# What a library is included by, and the files that may.
libraries='
curl/             io/.*|tools/fetch_url.c
pthread.h         base/mailbox.[ch]|io/.*
n?curses|term.h   (tui/(screen|terminal)|doctor/terminal).c
readline/         tui/(bindings|input(_[a-z]+)?).c|plain/loop.c
jansson.h         (base|llm|agent|session|guide|tools|export)/.*
microhttpd.h      guide/(server|exchange).[ch]
md4c              text/.*|export/hypertext.c
'
# shellcheck disable=SC2016  # the dollars are awk's
check='function wrong(why) { print "src/" file ":" FNR ": " why; bad = 1 }
BEGIN {
    for (i = split(ENVIRON["layers"], row, "\n"); i > 0; i--) {
        n = split(row[i], word, /[: ]+/)
        for (j = 1; j <= n; j++) may[word[1], word[j]] = 1
    }
    libraries = split(ENVIRON["libraries"], library, "\n")
}
FNR == 1 {
    folder = file = substr(FILENAME, 3); sub(/\/.*/, "", folder)
    if (file != "runnel.h" && !((folder, folder) in may)) wrong("no layer has the name " folder)
    own = file; if (!sub(/\.c$/, ".h", own) || (getline line < own) < 0) own = ""
}
/^[ \t]*#[ \t]*include[ \t]*["<]/ {
    split($0, part, /["<>]/); name = target = part[2]
    if (own != "" && name != own) wrong("the first include must be " own)
    own = ""
    if ($0 ~ /</) for (i = 1; i <= libraries; i++) {
        if (split(library[i], word, " ") && name ~ "^(" word[1] ")" && file !~ "^(" word[2] ")$")
            wrong("<" name "> may not appear here")
    } else if (name != "runnel.h") {
        if (!sub(/\/.*/, "", target)) wrong("\"" name "\" lacks its folder")
        else if (!((folder, target) in may)) wrong(folder " may not include " name)
    }
}
END { exit bad }'
export layers libraries
cd "${1:-.}/src" && find . -name '*.[ch]' -exec awk "$check" {} +
