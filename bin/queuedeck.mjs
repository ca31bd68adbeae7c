#!/usr/bin/env node
// Plain old JavaScript up to the check of Node's version, so that an old Node prints the sentence and not a syntax error.
var parts = process.versions.node.split('.').map(Number);
if (parts[0] < 20 || (parts[0] === 20 && parts[1] < 9)) {
  console.error(
    `queuedeck: Node ${process.versions.node} is too old. Install Node 20.9 or newer (22 and 24 are fine) from https://nodejs.org and start again.`,
  );
  process.exit(1);
}

import('./commands.mjs').then(({ runCommand }) => runCommand(process.argv.slice(2)));
