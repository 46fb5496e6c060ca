/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the monkey types: lines, keys as terminals send them and as they do not, and words that are hard
 * to lay out; and what it types at.
 */
#ifndef TESTS_STRESS_ALPHABET_H
#define TESTS_STRESS_ALPHABET_H

static const char *const lines[] = {
    "What is runnel?\r",
    "How do I stop an answer?\r",
    "tour\r",
    "what time is it?\r",
    "what is 6*7?\r",
    "list the files here\r",
    "read @notes.txt, please\r",
    "/help\r",
    "/help set\r",
    "/hlep\r",
    "/set temperature=0.3\r",
    "/set top_k=4\r",
    "/set\r",
    "/role\r",
    "/role poet\r",
    "/model guide\r",
    "/models\r",
    "/clear\r",
    "/new\r",
    "/retry\r",
    "/tools all\r",
    "/editor\r",
    "/attach notes.txt\r",
    "/attach none\r",
    "/usage\r",
    "/timing\r",
    "/theme light\r",
    "/find run\r",
    "/copy\r",
    "/invoke\r",
    "/stream\r",
    "/system Be brief.\r",
    "/save\r",
    "/fold\r",
    "/sessions\r",
    "/undo\r",
    "/resume\r",
    "/resume \t",
    "/replay\r",
    "/compare what is 6*7?\r",
    "/fork\r",
    "/edit\r",
    "/pick\r",
    "/theme none\r",
    "/export notes.md\r",
    "/allow calculate\r",
    "y",
    "n",
    "a",
    " ",
    "q",
    ".",
    "/",
    "@",
    "/se\t",
    "/model \t",
    "@no\t",
};

static const char *const sequences[] = {
    "\033[A",
    "\033[B",
    "\033[C",
    "\033[D",
    "\033OA",
    "\033OB",
    "\033[A\033[A\033[A",
    "\033[B\033[B\033[B\033[B",
    "\033[5~",
    "\033[6~",
    "\033[H",
    "\033[F",
    "\033[1~",
    "\033[4~",
    "\033[3~",
    "\033[2~",
    "\033[1;5H",
    "\033[1;5F",
    "\033[1;3A",
    "\033[1;3B",
    "\033[1;5C",
    "\033[1;5D",
    "\033[1;2A",
    "\033[1;2B",
    "\033[13;2u",
    "\033\r",
    "\033t",
    "\033o",
    "\033m",
    "\033/",
    "\033s",
    "\033b",
    "\033f",
    "\033d",
    "\033.",
    "\033<",
    "\033>",
    "\033y",
    "\033u",
    "\0333",
    "\033-",
    "\033p",
    "\033n",
    "\033c",
    "\033[[A",
    "\033[M !!",
    "\033[<0;3;4M",
    "\033[I",
    "\033[O",
    "\033[?1;2c",
    "\033[12;40R",
    "\033]11;rgb:0/0/0\a",
    "\033P1$r0m\033\\",
    "\033[200~",
    "\033[201~",
    "\030(",
    "\030)",
    "\030e",
    "\030\005",
    "\030\025",
    "\022",
    "\024",
    "\033\033",
    "\033",
    "\033[",
    "\033O",
    "\033]",
    "\033[1;",
};

static const char *const words[] = {
    "ä",
    "漢字",
    "👩‍👩‍👧‍👦",
    "e\xcc\x81\xcc\x82",
    "\xe2\x80\xae",
    "שלום",
    "\xff",
    "\xc3",
    "\xe6\xbc",
    "\xed\xa0\x80",
    "\xf4\x90\x80\x80",
    "\xc2\x9b",
    "🇩🇪",
    "\xe2\x80\xa8",
    "\xcd\xb8",
    "\xef\xbf\xbf",
    "e\xcc\x81\xe2\x80\x8d",
    "Ⱥẞİ",
    "\xe2\x80\x8b",
};

static const char *const terms[] = {
    "xterm-256color", "xterm-256color", "screen-256color", "tmux-256color", "linux", "vt100", "vt220", "dumb",
};

static const char *const langs[] = {"C.UTF-8", "C.UTF-8", "C.UTF-8", "C", "POSIX"};

static const char *const arguments[] = {
    "-m guide -t all",
    "-m guide -t all",
    "-m guide -t all --yes",
    "-m guide --no-save",
    "-m guide --invoke",
    "-m guide --continue -t all",
    "-m guide --resume",
    "-m guide --plain",
    "replay",
    "replay --speed 5 --max-gap 1",
    "replay --step",
    "compare -m guide tour",
    "compare -m guide -m guide tour",
};

/* As some have them; the first so many leave the mode as it is. */
enum { EMACS_RCS = 2 };

static const struct {
    const char *name, *text;
} inputrcs[] = {
    {"emacs.rc", "\"\\C-xm\": \"some text\\C-a\"\n"},
    {"weird.rc", "set horizontal-scroll-mode on\nset show-mode-in-prompt on\nset mark-modified-lines on\n"
                 "set revert-all-at-newline on\nset convert-meta on\nset blink-matching-paren on\n"
                 "set enable-bracketed-paste on\nset active-region-start-color \"\\e[1m\"\n"
                 "\"\\C-t\": \"t\\C-t\"\n\"\\e[5~\": overwrite-mode\n\"\\C-o\": \"漢字\\C-a\"\n"
                 "\"ä\": \"ae\"\n\"\\C-q\": \"\\C-x\\C-e\"\n"
                 "$if Runnel\n\"\\C-p\": runnel-newline\n$endif\n"},
    {"vi.rc", "set editing-mode vi\n\"\\C-xm\": \"some text\"\n"},
    {"vi-too.rc", "set editing-mode vi\nset show-mode-in-prompt on\nset keymap vi-command\n"
                  "\"q\": \"iq\"\n\" \": \"x\\C-e\"\n"},
};

#endif
