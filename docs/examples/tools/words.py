#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A tool: the words that a text file uses most.  Arguments: {"path": "README.md", "most": 10}

import collections, json, re, sys

arguments = json.load(sys.stdin)
try:
    text = open(arguments["path"], encoding="utf-8").read()
except (KeyError, OSError, UnicodeError) as error:
    sys.exit(f"this file cannot be read: {error}")
print(f"counting in {len(text)} characters", file=sys.stderr)
words = collections.Counter(re.findall(r"\w+", text.lower()))
for word, count in words.most_common(arguments.get("most", 10)):
    print(f"{count} {word}")
