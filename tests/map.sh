#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# docs/design.md names every file of src/, and no other.
map=docs/design.md
status=0
for file in $(find src -type f | sed 's|^src/||' | sort); do
    folder=${file%/*} name=${file##*/}
    case $file in */*) heading="**src/$folder/**" ;; *) heading="**src/**" ;; esac
    case $name in *.c | *.h) [ "$heading" = "**src/**" ] || name=${name%.*} ;; esac
    if ! awk -v heading="$heading" -v row="| \`$name\` |" '
        index($0, "**src/") == 1 { inside = $0 == heading }
        inside && index($0, row) == 1 { found = 1 }
        END { exit !found }' "$map"; then
        echo "$map does not name src/$file"
        status=1
    fi
done
rows=$(awk '/^\*\*src\// { gsub(/\*/, ""); folder = $0; next }
    /^\*\*/ { folder = "" } folder && /^\| `/ { split($0, part, "`"); print folder part[2] }' "$map")
for row in $rows; do
    [ -e "$row" ] || [ -e "$row.c" ] || [ -e "$row.h" ] || { echo "$map names $row, which is not there"; status=1; }
done
exit $status
