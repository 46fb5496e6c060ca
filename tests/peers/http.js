// SPDX-License-Identifier: GPL-3.0-or-later
//
// What lies between runnel and a server: TLS, a company's proxy, HTTP/2.  Needs node and openssl, nothing
// of npm and no network.  usage: node tests/peers/http.js PROGRAM
'use strict';
const assert = require('assert');
const { execFile, execFileSync } = require('child_process');
const fs = require('fs');
const http = require('http');
const http2 = require('http2');
const net = require('net');
const os = require('os');
const path = require('path');

const program = process.argv[2];
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'runnel-http-'));
const PATIENCE_MS = 20000, KEY = 'sk-peer-0123456789';

// ---- Certificates: an authority of our own, and what it has signed

const openssl = (...args) => execFileSync('openssl', args, { cwd: home, stdio: 'ignore' });
openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem',
    '-days', '2', '-subj', '/CN=Test authority');
openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'own.key', '-out', 'own.csr',
    '-subj', '/CN=localhost');
fs.writeFileSync(path.join(home, 'names'), 'subjectAltName=DNS:localhost,DNS:model.example\n');
openssl('x509', '-req', '-in', 'own.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial',
    '-days', '2', '-extfile', 'names', '-out', 'own.pem');
const file = name => fs.readFileSync(path.join(home, name));

// ---- The server: chat completions over TLS, by HTTP/2 where the client offers it

const chunk = text => `data: {"id":"c1","model":"m","choices":[{"index":0,"delta":{"content":"${text}"}}]}\n\n`;
const END = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
const seen = [];

function answer(request, response) {
    seen.push({ version: request.httpVersion, headers: request.headers });
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(chunk('Hello') + END);
}

const listen = server => new Promise(done => server.listen(0, '127.0.0.1', () => done(server.address().port)));

// A proxy: CONNECT for https, whole URLs for http.
const asked = [];
const proxy = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(chunk('Hello') + END);
});

// ---- The program

// With a config, a prompt, and variables; resolves to {status, out, err}.
function run(config, args, env = {}) {
    const file = path.join(home, 'config.ini');
    fs.writeFileSync(file, config, { mode: 0o600 });
    return new Promise(done => execFile(program,
        ['--config', file, '--no-save', '-m', 'mine:m', ...args],
        { timeout: PATIENCE_MS, env: { PATH: process.env.PATH, HOME: home, MINE: KEY, ...env } },
        (error, out, err) => done({ status: error ? error.code : 0, out, err })).stdin.end());
}

const section = lines => `[provider.mine]\nwire = openai\nkey_env = MINE\nretries = 0\n${lines}\n`;

// ---- Cases

const cases = [];
const test = (about, fn) => cases.push({ about, fn });
let port, proxyPort;

test('a certificate that nobody knows is refused', async () => {
    const got = await run(section(`url = https://localhost:${port}/v1`), ['Hi']);
    assert.notStrictEqual(got.status, 0);
    assert.match(got.err, /certificate/i);
    assert.strictEqual(seen.length, 0, 'nothing was sent');
});

test('ca_file trusts it', async () => {
    const got = await run(section(`url = https://localhost:${port}/v1\nca_file = ${home}/ca.pem`), ['Hi']);
    assert.deepStrictEqual([got.status, got.out, got.err], [0, 'Hello\n', '']);
});

test('ca_file does not trust a wrong name', async () => {
    const got = await run(section(`url = https://127.0.0.1:${port}/v1\nca_file = ${home}/ca.pem`), ['Hi']);
    assert.notStrictEqual(got.status, 0);
    assert.match(got.err, /certificate|name/i);
});

test('insecure takes it, and says so once', async () => {
    const got = await run(section(`url = https://localhost:${port}/v1\ninsecure = yes`), ['Hi']);
    assert.deepStrictEqual([got.status, got.out], [0, 'Hello\n']);
    assert.strictEqual(got.err.match(/insecure is set/g).length, 1);
});

test('HTTP/2 is used where the server has it', async () => {
    await run(section(`url = https://localhost:${port}/v1\nca_file = ${home}/ca.pem`), ['Hi']);
    assert.strictEqual(seen.pop().version, '2.0');
});

test('more headers go along, and the key', async () => {
    const got = await run(section(`url = https://localhost:${port}/v1\nca_file = ${home}/ca.pem\n` +
        'headers = X-Title: runnel\n    X-Other: two: three'), ['Hi']);
    assert.strictEqual(got.status, 0);
    const { headers } = seen.pop();
    assert.strictEqual(headers['x-title'], 'runnel');
    assert.strictEqual(headers['x-other'], 'two: three');
    assert.strictEqual(headers.authorization, `Bearer ${KEY}`);
});

test('https_proxy is asked to connect, and sees no key', async () => {
    const before = seen.length;
    const got = await run(section(`url = https://model.example:${port}/v1\nca_file = ${home}/ca.pem`), ['Hi'],
        { https_proxy: `http://127.0.0.1:${proxyPort}` });
    assert.deepStrictEqual([got.status, got.out], [0, 'Hello\n']);
    assert.strictEqual(asked.pop(), `CONNECT model.example:${port}`);
    assert.strictEqual(seen.length, before + 1);
});

test('http_proxy is asked for the whole URL', async () => {
    const got = await run(section('url = http://model.example/v1\nplain_http_key = yes'), ['Hi'],
        { http_proxy: `http://127.0.0.1:${proxyPort}` });
    assert.deepStrictEqual([got.status, got.out], [0, 'Hello\n']);
    assert.strictEqual(asked.pop(), 'POST http://model.example/v1/chat/completions');
});

test('HTTP_PROXY in capitals is none: a CGI server would take it from a request', async () => {
    const before = asked.length;
    const got = await run(section('url = http://model.invalid/v1\nplain_http_key = yes'), ['Hi'],
        { HTTP_PROXY: `http://127.0.0.1:${proxyPort}` });
    assert.notStrictEqual(got.status, 0);
    assert.strictEqual(asked.length, before);
});

test('all_proxy counts for both', async () => {
    const got = await run(section('url = http://model.example/v1\nplain_http_key = yes'), ['Hi'],
        { all_proxy: `http://127.0.0.1:${proxyPort}` });
    assert.strictEqual(got.status, 0);
    assert.strictEqual(asked.pop(), 'POST http://model.example/v1/chat/completions');
});

test('no_proxy passes it by', async () => {
    const before = asked.length;
    const got = await run(section('url = http://model.invalid/v1\nplain_http_key = yes'), ['Hi'],
        { http_proxy: `http://127.0.0.1:${proxyPort}`, no_proxy: 'model.invalid' });
    assert.notStrictEqual(got.status, 0);
    assert.strictEqual(asked.length, before);
});

test('a server of this machine is never asked through a proxy', async () => {
    const before = asked.length;
    const got = await run(section(`url = https://localhost:${port}/v1\nca_file = ${home}/ca.pem`), ['Hi'],
        { https_proxy: `http://127.0.0.1:${proxyPort}`, all_proxy: `http://127.0.0.1:${proxyPort}` });
    assert.strictEqual(got.status, 0);
    assert.strictEqual(asked.length, before);
});

test('the record and the log of it all hold no key', async () => {
    const record = path.join(home, 'record'), log = path.join(home, 'log');
    await run(section(`url = https://localhost:${port}/v1\nca_file = ${home}/ca.pem`),
        ['--record', record, '--log', log, 'Hi']);
    for (const name of [record, log]) {
        const text = fs.readFileSync(name, 'utf8');
        assert.ok(text.length > 0);
        assert.ok(!text.includes(KEY), `${name} holds the key`);
    }
});

// ---- All of them

proxy.on('connect', (request, socket, head) => {
    asked.push(`CONNECT ${request.url}`);
    assert.ok(!JSON.stringify(request.headers).includes(KEY));
    const there = net.connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connected\r\n\r\n');
        there.write(head);
        there.pipe(socket);
        socket.pipe(there);
    });
    for (const end of [there, socket]) end.on('error', () => { there.destroy(); socket.destroy(); });
});

(async () => {
    const server = http2.createSecureServer(
        { key: file('own.key'), cert: file('own.pem'), allowHTTP1: true }, answer);
    server.on('sessionError', () => {});
    server.on('tlsClientError', () => {});
    port = await listen(server);
    proxyPort = await listen(proxy);
    let failed = 0;
    for (const { about, fn } of cases) {
        try {
            await fn();
        } catch (error) {
            failed++;
            console.log(`http: ${about}: ${error.message}`);
        }
    }
    fs.rmSync(home, { recursive: true });
    console.log(`http: ${cases.length - failed} passed, ${failed} failed`);
    process.exit(failed ? 1 : 0);
})();
