# SPDX-License-Identifier: GPL-3.0-or-later
#
# Turns the files that are its arguments into C: guide_documents[] of guide/guide.h, byte for byte.
# Run it with LC_ALL=C, so that a character is a byte.  Numbers instead of string literals, since C
# promises no more than 4095 characters of those.

# A record ends at a byte that no text holds, so a file is one record and its last newline is kept.
BEGIN {
    RS = "\001"
    count = 0
    for (i = 1; i < 256; i++)
        code[sprintf("%c", i)] = i
    print "/* Made by src/guide/embed.awk. */"
    print "#include \"guide/guide.h\""
}

FNR == 1 {
    end_document()
    names[count] = FILENAME
    printf "\nstatic const unsigned char text_%d[] = {", count++
    column = 0
}

{
    if (FNR > 1)
        add(1)
    size = length($0)
    for (i = 1; i <= size; i++)
        add(code[substr($0, i, 1)])
}

END {
    end_document()
    print "\nconst struct guide_document guide_documents[] = {"
    for (i = 0; i < count; i++)
        printf "    {\"%s\", (const char *)text_%d},\n", names[i], i
    print "    {NULL, NULL},"
    print "};"
}

function add(byte)
{
    printf "%s%d,", column++ % 24 ? "" : "\n    ", byte
}

function end_document()
{
    if (count > 0)
        print "\n    0};"
}
