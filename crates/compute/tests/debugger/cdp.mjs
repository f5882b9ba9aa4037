// A debugger, of the Chrome DevTools protocol: `node --experimental-websocket cdp.mjs PORT LINE [MS]`.
// Sets a breakpoint in line LINE, from 0, of the function's index.js; lets a function that waits for
// it begin; says `attached`, and `paused VALUE` with the value of `event.n` at each stop; computes
// there for so many milliseconds and says `computed`; goes on when a line comes in.
const [port, line, busy] = process.argv.slice(2);
const [target] = await (await fetch(`http://127.0.0.1:${port}/json/list`)).json();
const socket = new WebSocket(target.webSocketDebuggerUrl);
const answers = new Map();
let last = 0;

function call(method, params = {}) {
  const id = ++last;
  socket.send(JSON.stringify({ id, method, params }));
  return new Promise((resolve) => answers.set(id, resolve));
}

socket.onmessage = async ({ data }) => {
  const { id, method, params, result } = JSON.parse(data);
  if (id !== undefined) answers.get(id)(result);
  if (method !== 'Debugger.paused') return;
  const callFrameId = params.callFrames[0].callFrameId;
  const { result: value } = await call('Debugger.evaluateOnCallFrame', {
    callFrameId,
    expression: 'typeof event === "undefined" ? "none" : event.n',
  });
  console.log(`paused ${value.value}`);
  if (busy === undefined) return;
  const expression = `for (const end = Date.now() + ${busy}; Date.now() < end; );`;
  await call('Debugger.evaluateOnCallFrame', { callFrameId, expression });
  console.log('computed');
};
await new Promise((resolve) => (socket.onopen = resolve));
await call('Runtime.enable');
await call('Debugger.enable');
await call('Debugger.setBreakpointByUrl', { lineNumber: Number(line), urlRegex: '.*/index\\.js$' });
await call('Runtime.runIfWaitingForDebugger');
console.log('attached');
socket.onclose = () => console.log('detached');
for await (const _ of (await import('node:readline')).createInterface({ input: process.stdin })) {
  await call('Debugger.resume');
}
process.exit();
