#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# How the source must look, as far as a machine can tell.  Prints what is wrong and exits 1; silent
# when all is well.  usage: tests/lint.sh, from the root; B is the build's folder, as in the Makefile.

# shellcheck disable=SC2086,SC2046  # no file's name has a space in it, so lists of them are words
# shellcheck disable=SC2317         # the checks are called by name

LC_ALL=C.UTF-8
export LC_ALL
build=${B:-build}
status=0
sources=$(find src -name '*.c' | sort)
headers=$(find src tests -name '*.h' | sort)
tests=$(find tests -name '*.c' | sort)
scripts=$(find tests .ci docs -name '*.sh' 2>/dev/null | sort)
head -1 .ci/run 2>/dev/null | grep -q 'sh$' && scripts="$scripts .ci/run"

# Run a check: it prints what it finds, and nothing when all is well.
check() { # HEADING FUNCTION
    found=$("$2" 2>&1)
    [ -z "$found" ] && return
    printf '== %s\n%s\n' "$1" "$found"
    status=1
}

need() {
    for tool; do
        command -v "$tool" >/dev/null || { echo "$0: $tool is missing (see make deps)" >&2; exit 1; }
    done
}

# Headers are laid out by hand, their comments in columns beside what they describe.
layout() {
    clang-format --dry-run $sources $tests 2>&1 | awk -F: '/ warning: / && !seen[$1]++ { print $1 }'
    awk 'length > 110 { print FILENAME ":" FNR ": over 110 columns" }
         /\t/ || /[ \t]$/ { print FILENAME ":" FNR ": a tab, or a blank at the end" }' $headers
}

licence() {
    awk 'FNR == 1 && !/^\/\* SPDX-License-Identifier: GPL-3\.0-or-later/ {
             print FILENAME ": does not begin with the SPDX line" }' $sources $headers $tests
    for script in $scripts $(find tests -name '*.py'); do
        head -2 "$script" | grep -q '^# SPDX-License-Identifier: GPL-3.0-or-later$' ||
            echo "$script: its second line is not the SPDX line"
    done
}

# runnel.h is the library's one header, whatever is in it.
length() {
    awk 'FNR == 501 { print FILENAME ": over 500 lines; which is its second noun?" }' \
        $sources $(find src -name '*.h' ! -name runnel.h)
}

# No bound, a hidden static buffer, or no way to see an error.
unbounded='strcpy|strcat|stpcpy|sprintf|vsprintf|gets|strtok|localtime|gmtime|ctime|asctime|atoi|atol|atof|tmpnam|mktemp'
# What may fail for want of memory has a form in base/mem.h that does not.
fallible='malloc|calloc|realloc|strdup|strndup|asprintf|vasprintf'

banned() {
    grep -nHE "(^|[^A-Za-z0-9_])($unbounded)[ ]*\(" $sources $tests $headers | sed 's/$/   (banned)/'
    grep -nHE "(^|[^A-Za-z0-9_])($fallible)[ ]*\(" $sources | grep -v '^src/base/mem\.c:' |
        sed 's/$/   (has a form in base\/mem.h)/'
}

# "cppcheck-suppress id ; why", "NOLINT(check): why".
reasons() {
    grep -nHE 'cppcheck-suppress(\[[^]]*\]|[ ]+[A-Za-z]+)[ ]*(\*/)?$|NOLINT[A-Z]*(\([^)]*\))?[ ]*(\*/)?$' \
        $sources $headers $tests | sed 's/$/   (no reason given)/'
}

public_header() {
    ${CC:-cc} -x c -std=c11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only src/runnel.h
    clang -x c++ -std=c++17 -Wall -Wextra -Wpedantic -Werror -fsyntax-only src/runnel.h
}

# The library shows what the header declares, all of it and nothing else.
symbols() {
    [ -f "$build/librunnel.so" ] && [ -f "$build/librunnel.a" ] || return
    sed -nE 's/^RN_API.*[ *](rn_[a-z_]+)\(.*/\1/p' src/runnel.h | sort -u >"$scratch/declared"
    nm -D --defined-only "$build/librunnel.so" | awk '{ print $3 }' | sort -u >"$scratch/so"
    nm -g --defined-only "$build/librunnel.a" | awk 'NF == 3 { print $3 }' | sort -u >"$scratch/a"
    for library in so a; do
        comm -13 "$scratch/declared" "$scratch/$library" |
            sed "s/\$/: shown by librunnel.$library, not declared in runnel.h/"
        comm -23 "$scratch/declared" "$scratch/$library" |
            sed "s/\$/: declared in runnel.h, missing in librunnel.$library/"
    done
}

shell() {
    [ -z "$scripts" ] || shellcheck $scripts
}

# legacyUninitvar takes a variable that a macro with a compound literal fills for an empty one; the
# compilers' own warnings find those that are.
with_cppcheck() {
    cppcheck --quiet --suppress=legacyUninitvar --enable=warning,performance,portability --inline-suppr --std=c11 -j2 \
        --library=tests/cppcheck.cfg -D_GNU_SOURCE -Isrc -Itests src tests
}

with_clang_tidy() {
    libraries="libcurl jansson ncursesw readline libmicrohttpd"
    flags="-std=c11 -D_GNU_SOURCE -Isrc $(pkg-config --cflags $libraries) -include tests/analyzer.h"
    # shellcheck disable=SC2016  # the inner shell's
    echo "$sources" | grep -v '^src/base/error.c$' |
        FLAGS=$flags xargs -P2 -n3 sh -c 'clang-tidy --quiet "$@" -- $FLAGS 2>&1' sh |
        grep -vE '^[0-9]+ warnings? (generated|treated)|^Suppressed |^Use -header-filter'
}

need clang-format clang-tidy cppcheck shellcheck clang nm pkg-config
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
check "layout (clang-format -i)" layout
check "licence" licence
check "length" length
check "banned functions" banned
check "suppressions" reasons
check "runnel.h by itself" public_header
check "symbols" symbols
check "shell scripts" shell
check "cppcheck" with_cppcheck
check "clang-tidy" with_clang_tidy
exit $status
