/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tools as models see them.  A model reads nothing but this: each description says when to use the
 * tool, what comes out, and its limits; each argument says what is meant when it is left out.
 */
#include "tools/tools.h"

#include "tools/call.h"

#define JSON(...) #__VA_ARGS__

/* It would cut JSON's strings in two. */
/* clang-format off */

static const char read_file_schema[] = JSON({
    "type": "object",
    "properties": {
        "path": {"type": "string", "description":
            "The file, relative to the working folder or absolute."},
        "first_line": {"type": "integer", "minimum": 1, "description":
            "The first line to read, counted from 1. Default: 1."},
        "last_line": {"type": "integer", "minimum": 1, "description":
            "The last line to read, included. Default: the last line of the file."}
    },
    "required": ["path"],
    "additionalProperties": false
});

static const char list_files_schema[] = JSON({
    "type": "object",
    "properties": {
        "path": {"type": "string", "description":
            "The folder. Default: the working folder."},
        "depth": {"type": "integer", "minimum": 1, "maximum": 16, "description":
            "How many levels of folders to show; 1 shows only the folder itself. Default: 1."},
        "hidden": {"type": "boolean", "description":
            "Show names that begin with a dot too; the user is asked first. Default: false."}
    },
    "additionalProperties": false
});

static const char search_files_schema[] = JSON({
    "type": "object",
    "properties": {
        "pattern": {"type": "string", "description":
            "A POSIX extended regular expression, matched within each line. Example: ^int [a-z_]+[(]"},
        "path": {"type": "string", "description":
            "The folder to search with all below it, or one file. Default: the working folder."},
        "name": {"type": "string", "description":
            "Search only files whose name fits this shell pattern. Example: *.c"},
        "ignore_case": {"type": "boolean", "description":
            "Take small and capital letters for the same. Default: false."},
        "hidden": {"type": "boolean", "description":
            "Search names that begin with a dot too; the user is asked first. Default: false."}
    },
    "required": ["pattern"],
    "additionalProperties": false
});

static const char write_file_schema[] = JSON({
    "type": "object",
    "properties": {
        "path": {"type": "string", "description":
            "The file, relative to the working folder. It is made if it is not there."},
        "content": {"type": "string", "description":
            "The whole new content of the file. What was in it before is lost."},
        "make_folders": {"type": "boolean", "description":
            "Make the folders that the file is in, if they are missing. Default: false."}
    },
    "required": ["path", "content"],
    "additionalProperties": false
});

static const char edit_file_schema[] = JSON({
    "type": "object",
    "properties": {
        "path": {"type": "string", "description":
            "The file, relative to the working folder."},
        "old": {"type": "string", "description":
            "The text to replace, exactly as it stands in the file, with its spaces and line ends. Unless all is true it must be there only once: add lines before and after until it is."},
        "new": {"type": "string", "description":
            "The text to put in its place; empty to delete it."},
        "all": {"type": "boolean", "description":
            "Replace it wherever it stands. Default: false."}
    },
    "required": ["path", "old", "new"],
    "additionalProperties": false
});

static const char shell_schema[] = JSON({
    "type": "object",
    "properties": {
        "command": {"type": "string", "description":
            "The command line, for /bin/sh. Example: make 2>&1 | tail -20"}
    },
    "required": ["command"],
    "additionalProperties": false
});

static const char fetch_url_schema[] = JSON({
    "type": "object",
    "properties": {
        "url": {"type": "string", "description":
            "The address, with http:// or https:// at its beginning."}
    },
    "required": ["url"],
    "additionalProperties": false
});

static const char time_schema[] = JSON({
    "type": "object",
    "properties": {
        "zone": {"type": "string", "description":
            "A time zone of the IANA list, such as Europe/Paris or UTC. Default: this machine's."},
        "from": {"type": "string", "description":
            "For a difference: where it begins, as 2026-01-31 or 2026-01-31T18:30:00, in the zone, or with Z or +01:00 at its end in another."},
        "to": {"type": "string", "description":
            "For a difference: where it ends. Default: now."}
    },
    "additionalProperties": false
});

static const char calculate_schema[] = JSON({
    "type": "object",
    "properties": {
        "expression": {"type": "string", "description":
            "Numbers, + - * / % ^ (power), parentheses, pi, e, and the functions sqrt cbrt abs min max floor ceil round trunc exp ln log2 log10 sin cos tan asin acos atan (radians). Example: (17 + 4) * 2^10 / sqrt(2)"}
    },
    "required": ["expression"],
    "additionalProperties": false
});

/* clang-format on */

const struct builtin builtins[] = {
    {"read_file",
     "Read a text file. The result is the bare content, without line numbers. "
     "A file over 64 KiB must be read in parts: give first_line and last_line.",
     read_file_schema, TOOL_READS, read_file},
    {"list_files",
     "List the files and folders in a folder, sorted by name. The name of a folder ends in /, "
     "a file is followed by its size in bytes. Symbolic links are shown and not followed.",
     list_files_schema, TOOL_READS, list_files},
    {"search_files",
     "Search text files for a regular expression. Each result is a line FILE:LINE:TEXT, "
     "at most 200 of them. Use it to find where something is, before read_file.",
     search_files_schema, TOOL_READS, search_files},
    {"write_file",
     "Make a file, or replace all that is in it. To change a part of a file use edit_file.",
     write_file_schema, TOOL_WRITES, write_file},
    {"edit_file",
     "Replace a piece of text in a file by another. Use read_file first, so that old is exact.",
     edit_file_schema, TOOL_WRITES, edit_file},
    {"shell",
     "Run a command in the working folder. The result is what it prints, standard output and "
     "errors in order, and its exit status if that is not 0. It has no terminal and no input, "
     "can write only in the working folder and in $TMPDIR, and what it leaves running is ended "
     "with it. To read, list, search or edit files use the tools for that.",
     shell_schema, TOOL_RUNS, run_shell},
    {"fetch_url",
     "Get a page or a text file from the web by GET. The result is its text, without markup, cut "
     "after 60,000 bytes. It cannot log in, run scripts, or reach this machine and its network.",
     fetch_url_schema, TOOL_FETCHES, fetch_url},
    {"time",
     "The date and time now, with weekday and time zone; or, with from, how long it is from one "
     "time to another.",
     time_schema, TOOL_PURE, tell_time},
    {"calculate",
     "Work out an arithmetic expression. Whole numbers are exact as long as they fit in 64 bits; "
     "other results have 15 digits.",
     calculate_schema, TOOL_PURE, calculate},
    {.name = NULL},
};
