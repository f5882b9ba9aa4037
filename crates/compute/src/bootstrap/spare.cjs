// What a spare worker does before it is a function's: it says that it is up, waits to be told its
// function, and takes that function's variables and folder in place of its own. Loaded by
// bootstrap.cjs, only in a spare worker.
'use strict';

const fs = require('node:fs');

const WIRE_FD = 3;

function read(length) {
  const bytes = Buffer.allocUnsafe(length);
  for (let offset = 0; offset < length; ) {
    const count = fs.readSync(WIRE_FD, bytes, offset, length - offset, null);
    if (count === 0) process.reallyExit(1); // Crossway is gone.
    offset += count;
  }
  return bytes;
}

fs.writeSync(WIRE_FD, '.');
const { environment, directory } = JSON.parse(read(read(4).readUInt32BE()).toString());
// What stays the same is left alone: without `TZ` V8 would look through all time zones of the
// system for the one that is like /etc/localtime, which takes 3.5 ms and more (measured).
const isNew = (name) => process.env[name] !== environment[name];
for (const name of Object.keys(process.env)) if (isNew(name)) delete process.env[name];
for (const name of Object.keys(environment)) if (isNew(name)) process.env[name] = environment[name];
process.chdir(directory);

// Nothing of this file is the function's business.
delete require.cache[__filename];
module.parent.children.length = 0;
