// Lets a debugger attach, before the function's code is loaded. Loaded by bootstrap.cjs, only while
// somebody debugs this function; it listens on loopback, and whoever reaches that can attach.
'use strict';

const inspector = require('node:inspector');

const [port, wait] = process.env._CROSSWAY_DEBUG.split(',');
delete process.env._CROSSWAY_DEBUG;
inspector.open(Number(port), '127.0.0.1');
if (inspector.url() === undefined) {
  throw new Error(`No debugger can attach: port ${port} of 127.0.0.1 is taken.`);
}
if (wait !== undefined) inspector.waitForDebugger();

// Nothing of this file is the function's business.
delete require.cache[__filename];
module.parent.children.length = 0;
