#!/usr/bin/env node
// SPDX-License-Identifier: GPL-3.0-or-later
//
// aimock as a server that takes as long for a whole answer as for one in pieces; by itself it has the whole at
// once.  Answers as fixtures.json says; what is paced there is held back until its last piece would have come.
//
// usage: node paced.js FOLDER -p PORT -f FIXTURES     (FOLDER has node_modules)

'use strict';

const fs = require('fs');
const path = require('path');

const [folder, , port, , fixtures] = process.argv.slice(2);
const { LLMock } = require(path.resolve(folder, 'node_modules/@copilotkit/aimock'));
const mock = new LLMock({ port: +port });

function heldBack({ match, response, chunkSize, streamingProfile: { ttft, tps } }) {
  const pieces = Math.ceil(response.content.length / chunkSize);
  return { match: { ...match, predicate: (request) => !request.stream }, response,
           chaos: { latencyMs: ttft + pieces * 1000 / tps } };
}

for (const fixture of JSON.parse(fs.readFileSync(fixtures)).fixtures) {
  if (fixture.streamingProfile) mock.addFixture(heldBack(fixture));
}
mock.loadFixtureFile(fixtures);
mock.start().then((url) => console.log(`listening on ${url}`));
