// SPDX-License-Identifier: GPL-3.0-or-later
//
// xterm.js without a window, for terminals.py: each line on stdin is a piece of JSON, {"write": BASE64},
// {"resize": [COLUMNS, ROWS]} or {}, and each is answered by a line that tells what there
// is to see: the cells with their widths, the cursor, the titles that were set, and what the terminal has sent
// by itself, which is nothing unless it was asked.
//
// usage: node terminals.js FOLDER COLUMNS ROWS     (FOLDER has @xterm/headless and its addon-unicode11)

'use strict';

const path = require('path');
const readline = require('readline');

const [folder, columns, rows] = process.argv.slice(2);
const { Terminal } = require(path.resolve(folder, 'node_modules/@xterm/headless'));
const { Unicode11Addon } = require(path.resolve(folder, 'node_modules/@xterm/addon-unicode11'));
const terminal = new Terminal({ cols: +columns, rows: +rows, allowProposedApi: true, scrollback: 0 });
const heard = { titles: [], replies: [], bells: 0, clipboard: [] };

// By itself it measures as terminals did before there were emoji; what is built on it (VS Code) has this.
terminal.loadAddon(new Unicode11Addon());
terminal.unicode.activeVersion = '11';

terminal.onTitleChange((title) => heard.titles.push(title));
terminal.onData((data) => heard.replies.push(data));
terminal.onBinary((data) => heard.replies.push(data));
terminal.onBell(() => heard.bells++);
// It has no clipboard, but another terminal has.
terminal.parser.registerOscHandler(52, (data) => heard.clipboard.push(data) > 0);

function row(y) {
  const line = terminal.buffer.active.getLine(terminal.buffer.active.viewportY + y);
  const cells = [];
  for (let x = 0; x < terminal.cols; x++) {
    const cell = line.getCell(x);
    if (cell.getWidth() > 0) cells.push([cell.getChars() || ' ', cell.getWidth()]);
  }
  return cells;
}

function state() {
  const { active } = terminal.buffer;
  return {
    ...heard,
    modes: terminal.modes,
    alternate: active.type === 'alternate',
    cursor: [active.cursorX, active.cursorY],
    rows: Array.from({ length: terminal.rows }, (_, y) => row(y)),
  };
}

function answer() {
  process.stdout.write(JSON.stringify(state()) + '\n');
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const wish = JSON.parse(line);
  if (wish.resize) terminal.resize(...wish.resize);
  terminal.write(Buffer.from(wish.write || '', 'base64'), answer);
});
