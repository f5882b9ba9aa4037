// Crossway's Node.js runtime: speaks AWS's Runtime API over the socket on descriptor 3.
//
// CommonJS, because Node starts a CommonJS entry about 4 ms sooner than a module. One write carries
// a response and the request for the next event, which saves a system call and a wake-up each.
// Log records are framed, so that one record stays one event whatever newlines it holds; plain
// output of user code travels in the same pipe, so order is kept.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const util = require('node:util');
const { hrtime } = process; // As it is before user code can put another one there.

const WIRE_FD = 3;
const OUTPUT_FD = 1;
const FRAME_TYPE = 0xa55a0003;
const API = '/2018-06-01/runtime';
const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');

let requestId; // The log prefix prints `undefined` until the first event, as AWS does.

// ---------------------------------------------------------------- logs

const pause = new Int32Array(new SharedArrayBuffer(4));

function writeAll(fd, bytes) {
  let offset = 0;
  while (offset < bytes.length) {
    try {
      offset += fs.writeSync(fd, bytes, offset);
    } catch (error) {
      if (error.code !== 'EAGAIN') return; // Nobody reads: a log line must not fail a function.
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}

// An event may arrive while another one is worked on. Before the first output for it a boundary is
// written, because that output may leave before Crossway has seen the end of the other.
const BOUNDARY_TYPE = 0xa55a0004;
let isBoundaryDue = false;

function framed(type, text) {
  const length = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(16 + length);
  frame.writeUInt32BE(type, 0);
  frame.writeUInt32BE(length, 4);
  frame.writeBigUInt64BE(BigInt(Date.now()) * 1000n, 8);
  frame.write(text, 16);
  return frame;
}

function markBoundary() {
  if (!isBoundaryDue) return;
  isBoundaryDue = false;
  writeAll(OUTPUT_FD, framed(BOUNDARY_TYPE, requestId));
}

// `LogFormat` JSON: one object a record, and none below the function's level.
const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
let isJson = false;
let leastLevel = 0;

function readLogSettings() {
  isJson = process.env.AWS_LAMBDA_LOG_FORMAT?.toUpperCase() === 'JSON';
  leastLevel = Math.max(0, LEVELS.indexOf(process.env.AWS_LAMBDA_LOG_LEVEL?.toUpperCase()));
}

function errorMembers(error) {
  return {
    errorType: error?.constructor?.name ?? 'UnknownError',
    errorMessage: error.message,
    stackTrace: typeof error.stack === 'string' ? error.stack.split('\n') : error.stack,
  };
}

function asJson(level, values) {
  const entry = { timestamp: new Date().toISOString(), level, requestId };
  if (values.length !== 1) {
    const message = util.format(...values);
    const error = values.find((value) => value instanceof Error);
    return JSON.stringify({ ...entry, message, ...(error && errorMembers(error)) });
  }
  const visible = (_key, value) =>
    value instanceof Error ? { ...errorMembers(value), ...value } : value;
  try {
    return JSON.stringify({ ...entry, message: values[0] }, visible);
  } catch {
    return JSON.stringify({ ...entry, message: util.format(values[0]) });
  }
}

function record(level, message, ...parameters) {
  if (LEVELS.indexOf(level) < leastLevel) return;
  let text;
  if (isJson) text = asJson(level, [message, ...parameters]);
  else {
    const line = util.format(message, ...parameters);
    text = `${new Date().toISOString()}\t${requestId}\t${level}\t${line}\n`;
  }
  markBoundary();
  writeAll(OUTPUT_FD, framed(FRAME_TYPE, text));
}

for (const [method, level] of [
  ['trace', 'TRACE'],
  ['debug', 'DEBUG'],
  ['info', 'INFO'],
  ['log', 'INFO'],
  ['warn', 'WARN'],
  ['error', 'ERROR'],
  ['fatal', 'FATAL'],
]) {
  console[method] = (...args) => record(level, ...args);
}

// Output to a pipe must have left the process before the response does.
for (const name of ['stdout', 'stderr']) {
  const original = Object.getOwnPropertyDescriptor(process, name);
  let stream;
  Object.defineProperty(process, name, {
    configurable: true,
    enumerable: true,
    get() {
      if (stream === undefined) {
        stream = original.get.call(process);
        stream._handle?.setBlocking?.(true);
        const { write } = stream;
        stream.write = function (...args) {
          markBoundary();
          return write.apply(this, args);
        };
      }
      return stream;
    },
  });
}

// ---------------------------------------------------------------- errors

function runtimeError(type, message, properties) {
  // JSON records name an error by its class.
  const { [type]: Named } = { [type]: class extends Error {} };
  const error = new Named(message);
  Object.defineProperty(error, 'name', { value: `Runtime.${type}`, configurable: true });
  error.stack = `Runtime.${type}: ${message}${error.stack.slice(error.stack.indexOf('\n    at'))}`;
  return Object.assign(error, properties);
}

function isErrorLike(value) {
  return (
    util.types.isNativeError(value) ||
    (value &&
      ['name', 'message', 'stack'].every((key) => value[key] && typeof value[key] === 'string'))
  );
}

function errorObject(error) {
  try {
    if (isErrorLike(error)) {
      const escaped = (text) => text?.replaceAll('\x7F', '%7F');
      return {
        errorType: escaped(error.name),
        errorMessage: escaped(error.message),
        trace: escaped(error.stack).split('\n'),
      };
    }
    return { errorType: typeof error, errorMessage: error.toString(), trace: [] };
  } catch {
    return {
      errorType: 'handled',
      errorMessage:
        'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack',
    };
  }
}

function logError(title, error) {
  const subject = error instanceof Error ? error : new Error(error);
  if (isJson) return console.error(subject);
  const visible = (_key, value) => {
    if (!(value instanceof Error)) return value;
    const shown = { errorType: value.name, errorMessage: value.message, code: value.code, ...value };
    if (typeof value.stack === 'string') shown.stack = value.stack.split('\n');
    return shown;
  };
  let text;
  try {
    text = JSON.stringify(subject, visible);
  } catch {
    text = JSON.stringify(errorObject(subject));
  }
  console.error(title, `\t${text}`);
}

// ---------------------------------------------------------------- wire

const NEXT = `GET ${API}/invocation/next HTTP/1.1\r\nHost: runtime\r\n\r\n`;
const HEAD_END = Buffer.from('\r\n\r\n');

const input = Buffer.allocUnsafe(64 * 1024);

// None in a worker that was started afresh until it has answered its first event, since `node:net`
// takes longer to load than all else that is needed here.
let socket;
let receiver = receive; // Of what the socket has read.

function connect() {
  const net = require('node:net');
  socket = new net.Socket({
    fd: WIRE_FD,
    readable: true,
    writable: true,
    onread: {
      buffer: input,
      callback(length, buffer) {
        receiver(buffer.subarray(0, length));
        return true;
      },
    },
  });
  socket.on('end', vanish);
  socket.on('error', vanish);
  socket.on('close', vanish);
}

// Reads the first event without a socket. If none is there soon (Crossway has set how long this
// waits), signals and timers are not to wait any longer.
function readFirst() {
  let length;
  try {
    length = fs.readSync(WIRE_FD, input);
  } catch {
    return connect();
  }
  if (length === 0) vanish();
  receive(input.subarray(0, length));
  if (!isBusy) connect(); // For the rest of it.
}

// Writes what is the last of this process.
function leave(bytes, status) {
  if (socket !== undefined) return void socket.write(bytes, () => process.exit(status));
  writeAll(WIRE_FD, Buffer.from(bytes));
  process.exit(status);
}

// Crossway is gone: so is this worker, and whatever it started.
function vanish() {
  try {
    process.kill(0, 'SIGKILL');
  } finally {
    process.reallyExit(1);
  }
}

let isBusy = false;
let begunAt;
let early; // The event to begin with when this one is answered.

function begin(headers, body) {
  isBusy = true;
  begunAt = hrtime();
  isBoundaryDue = headers['crossway-early'] !== undefined;
  setImmediate(invoke, headers, body);
}

let chunks = []; // What has arrived of the answer in progress.
let chunksLength = 0;
let wanted = 0; // Do not look again before so many bytes are here.

function receive(bytes) {
  let buffer = bytes;
  if (chunksLength > 0) {
    chunks.push(Buffer.from(bytes));
    chunksLength += bytes.length;
    if (chunksLength < wanted) return;
    buffer = Buffer.concat(chunks, chunksLength);
  }
  let offset = 0;
  for (;;) {
    const headEnd = buffer.indexOf(HEAD_END, offset);
    if (headEnd < 0) break;
    const head = buffer.toString('utf8', offset, headEnd).split('\r\n');
    const headers = {};
    for (let i = 1; i < head.length; i++) {
      const colon = head[i].indexOf(': ');
      headers[head[i].slice(0, colon).toLowerCase()] = head[i].slice(colon + 2);
    }
    const bodyStart = headEnd + 4;
    const bodyEnd = bodyStart + Number(headers['content-length']);
    if (buffer.length < bodyEnd) {
      wanted = bodyEnd - offset;
      break;
    }
    // Answers to what was posted carry nothing that this side could act on.
    if (headers['lambda-runtime-aws-request-id'] !== undefined) {
      const body = buffer.toString('utf8', bodyStart, bodyEnd);
      if (isBusy) early = [headers, body];
      else begin(headers, body);
    }
    offset = bodyEnd;
    wanted = 0;
  }
  const rest = buffer.subarray(offset);
  chunks = rest.length > 0 ? [Buffer.from(rest)] : [];
  chunksLength = rest.length;
}

function post(target, body, extraHeader = '') {
  return (
    `POST ${API}/${target} HTTP/1.1\r\nHost: runtime\r\n${extraHeader}` +
    `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}

// For how long this side had the event, in microseconds: what more it took was not the function's.
function took() {
  const [seconds, nanoseconds] = hrtime(begunAt);
  return `Crossway-Took: ${seconds * 1e6 + Math.trunc(nanoseconds / 1e3)}\r\n`;
}

function postError(target, error) {
  const object = errorObject(error);
  const type = String(object.errorType).replace(/[^\x20-\x7e]/g, '');
  const header = `Lambda-Runtime-Function-Error-Type: ${type}\r\n`;
  return post(target, JSON.stringify(object), header);
}

function next(before = '') {
  onIdle = undefined;
  isBusy = false;
  if (socket !== undefined) {
    socket.ref();
    socket.write(before + NEXT);
  } else {
    writeAll(WIRE_FD, Buffer.from(before + NEXT));
    if (before === '') return readFirst(); // Which may begin with it.
    connect();
  }
  if (early === undefined) return;
  const event = early;
  early = undefined;
  begin(...event);
}

// ---------------------------------------------------------------- one invocation

let onIdle; // What to do when the event loop has nothing left.
process.on('beforeExit', () => {
  const then = onIdle;
  onIdle = undefined;
  then?.();
});

const failInit = (error, status) => leave(postError('init/error', error), status);
let failProcess = failInit;

process.on('uncaughtException', (error) => {
  logError('Uncaught Exception', error);
  failProcess(error, 129);
});
process.on('unhandledRejection', (reason, promise) => {
  const message = reason?.toString() ?? String(reason);
  const error = runtimeError('UnhandledPromiseRejection', message, { reason, promise });
  logError('Unhandled Promise Rejection', error);
  failProcess(error, 128);
});

function parseHeader(text, name) {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`Cannot parse ${name} as json: ${error.toString()}`);
  }
}

function contextOf(headers, completion) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  return Object.assign(completion, {
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: parseHeader(headers['lambda-runtime-client-context'], 'ClientContext'),
    identity: parseHeader(headers['lambda-runtime-cognito-identity'], 'CognitoIdentity'),
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    tenantId: headers['lambda-runtime-aws-tenant-id'],
    getRemainingTimeInMillis: () => deadline - Date.now(),
  });
}

// The three old ways to finish (context.succeed, fail, done), the callback, and what a promise uses.
function completionOf(id) {
  let isFinished = false;
  let waits = true;
  const succeed = (result) => {
    let body;
    try {
      body = JSON.stringify(result === undefined ? null : result);
    } catch {
      throw new Error('Unable to stringify response body');
    }
    // What JSON has no form for, such as a function.
    if (body === undefined) throw new TypeError('Wrong arguments');
    isFinished = true;
    next(post(`invocation/${id}/response`, body, took()));
  };
  const fail = (error) => {
    isFinished = true;
    logError('Invoke Error', error);
    next(postError(`invocation/${id}/error`, error));
  };
  const guarded = (finish) => (error, result) => {
    if (isFinished) return;
    if (error !== undefined && error !== null) return fail(error);
    finish(result);
  };
  const done = guarded(succeed);
  const callback = guarded((result) => {
    if (!waits) return succeed(result);
    isFinished = true; // Only the first call counts, though its answer still waits.
    onIdle = () => {
      try {
        succeed(result);
      } catch (error) {
        fail(error);
      }
    };
  });
  const context = {
    get callbackWaitsForEmptyEventLoop() {
      return waits;
    },
    set callbackWaitsForEmptyEventLoop(value) {
      waits = value;
    },
    succeed: (result) => done(null, result),
    fail: (error) => done(error ?? 'handled'),
    done,
  };
  return { callback, context, fail: (error) => isFinished || fail(error), done };
}

function invoke(headers, body) {
  const id = headers['lambda-runtime-aws-request-id'];
  requestId = id;
  socket?.unref(); // The event loop may become empty; `beforeExit` tells.
  const trace = headers['lambda-runtime-trace-id'];
  if (trace === undefined) delete process.env._X_AMZN_TRACE_ID;
  else process.env._X_AMZN_TRACE_ID = trace;

  const { callback, context, fail, done } = completionOf(id);
  failProcess = (error, status) => leave(postError(`invocation/${id}/error`, error), status);
  onIdle = () => done(null, null);
  try {
    const event = JSON.parse(body);
    const whole = contextOf(headers, context);
    if (runtime.handler[STREAMING]) return void stream(event, whole);
    const result = runtime.handler(event, whole, callback);
    if (typeof result?.then === 'function') {
      result.then(context.succeed, context.fail).catch(fail);
    }
  } catch (error) {
    callback(error);
  }
}

// A streaming handler: each write leaves as a chunk of the response at once.
async function stream(event, context) {
  const { Writable } = require('node:stream');
  if (socket === undefined) {
    connect();
    socket.unref();
  }
  const id = context.awsRequestId;
  let contentType = 'application/octet-stream';
  let hasBegun = false;
  let isOver = false; // The response has its last chunk, or the invocation its error.
  const begin = () => {
    if (hasBegun) return '';
    hasBegun = true;
    return (
      `POST ${API}/invocation/${id}/response HTTP/1.1\r\nHost: runtime\r\n` +
      `Lambda-Runtime-Function-Response-Mode: streaming\r\nContent-Type: ${contentType}\r\n` +
      'Transfer-Encoding: chunked\r\nTrailer: Lambda-Runtime-Function-Error-Type\r\n\r\n'
    );
  };
  const send = (bytes, callback) => {
    if (isOver || bytes.length === 0) return void callback();
    socket.cork();
    socket.write(`${begin()}${bytes.length.toString(16)}\r\n`);
    socket.write(bytes);
    socket.write('\r\n', callback); // Called when the bytes have left: a slow reader slows us.
    socket.uncork();
  };
  const response = new Writable({
    write(chunk, encoding, callback) {
      const before = response._onBeforeFirstWrite;
      response._onBeforeFirstWrite = undefined;
      const head = [];
      before?.((part) => head.push(Buffer.from(part)));
      send(Buffer.concat([...head, Buffer.from(chunk, encoding)]), callback);
    },
    final(callback) {
      const before = response._onBeforeFirstWrite;
      const head = [];
      before?.((part) => head.push(Buffer.from(part)));
      send(Buffer.concat(head), () => {});
      if (isOver) return void callback();
      isOver = true;
      socket.write(`${begin()}0\r\n\r\n`, callback);
    },
  });
  const { write } = response;
  response.write = (chunk, ...rest) => {
    const isPlain = typeof chunk === 'string' || chunk instanceof Uint8Array;
    return write.call(response, isPlain ? chunk : JSON.stringify(chunk), ...rest);
  };
  response.setContentType = (type) => {
    if (hasBegun) throw new Error('Cannot set content-type, too late.');
    contentType = String(type).replace(/[^\x20-\x7e]/g, '');
  };
  const fail = (error) => {
    logError('Invoke Error', error);
    if (isOver) return next();
    isOver = true;
    if (!hasBegun) return next(postError(`invocation/${id}/error`, error));
    const object = errorObject(error);
    const type = String(object.errorType).replace(/[^\x20-\x7e]/g, '');
    const body = Buffer.from(JSON.stringify(object)).toString('base64');
    next(
      `0\r\nLambda-Runtime-Function-Error-Type: ${type}\r\n` +
        `Lambda-Runtime-Function-Error-Body: ${body}\r\n\r\n`,
    );
  };
  failProcess = (error, status) => {
    const bytes = hasBegun ? '' : postError(`invocation/${id}/error`, error);
    leave(bytes, status);
  };
  // A stream that nobody ends is waited for until the invocation's time is over, as on AWS.
  onIdle = () => socket.ref();
  // An error after the answer's end is nobody's any more.
  response.on('error', (error) => isOver || fail(error));
  try {
    const returned = runtime.handler(event, response, context);
    if (typeof returned?.then !== 'function') {
      return fail('Streaming does not support non-async handlers.');
    }
    if ((await returned) !== undefined) console.warn('Streaming handlers ignore return values.');
    // What writes to it may have gone on without the handler.
    if (!response.writableFinished && !response.destroyed) {
      await new Promise((resolve) => response.once('close', resolve));
    }
    if (response.writableFinished) next();
    else if (!isOver) fail('Response stream is not finished.'); // Else its `error` was told.
  } catch (error) {
    fail(error);
  }
}

// ---------------------------------------------------------------- the function's code

globalThis.awslambda = {
  streamifyResponse(streaming) {
    streaming[STREAMING] = 'response';
    return streaming;
  },
  HttpResponseStream: {
    from(stream, prelude) {
      stream.setContentType('application/vnd.awslambda.http-integration-response');
      // With the first write, so that what a handler changes until then counts.
      stream._onBeforeFirstWrite = (write) => {
        write(JSON.stringify(prelude));
        write(Buffer.alloc(8));
      };
      return stream;
    },
  },
};

function isModuleFolder(folder) {
  for (let at = folder; !at.endsWith('/node_modules'); at = path.dirname(at)) {
    const file = path.join(at, 'package.json');
    // Asked first, because an error takes longer to make.
    if (fs.existsSync(file)) {
      try {
        return JSON.parse(fs.readFileSync(file)).type === 'module';
      } catch {
        return false;
      }
    }
    if (at === '/') break;
  }
  return false;
}

// `Require stack` of an error ends with the name of AWS's runtime.
const requireOfAws = () => module.constructor.createRequire(path.join(__dirname, 'index.mjs'));

async function loadModule(root, folder, name) {
  const require = requireOfAws();
  const base = path.resolve(root, folder, name);
  const isFile = (file) => fs.existsSync(file) && fs.statSync(file).isFile();
  const importFile = (file) => import(require('node:url').pathToFileURL(file).href);
  if (isFile(base)) return require(base);
  const isModule = isModuleFolder(path.dirname(base));
  if (isFile(`${base}.js`)) return isModule ? importFile(`${base}.js`) : require(`${base}.js`);
  if (isFile(`${base}.mjs`)) return importFile(`${base}.mjs`);
  if (isFile(`${base}.cjs`)) return require(`${base}.cjs`);
  return require(require.resolve(name, { paths: [root, path.resolve(root, folder)] }));
}

async function loadHandler(root, text) {
  if (process.env._CROSSWAY_DEBUG !== undefined) require('./debug.cjs');
  if (text.includes('..')) {
    throw runtimeError(
      'MalformedHandlerName',
      `'${text}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  const last = path.basename(text);
  const dot = last.indexOf('.');
  if (dot < 0) throw runtimeError('MalformedHandlerName', 'Bad handler');
  const folder = text.slice(0, text.length - last.length);
  let loaded;
  try {
    loaded = await loadModule(root, folder, last.slice(0, dot));
  } catch (error) {
    if (error instanceof SyntaxError) throw runtimeError('UserCodeSyntaxError', String(error));
    if (error?.code === 'MODULE_NOT_FOUND') throw runtimeError('ImportModuleError', String(error));
    throw error;
  }
  const found = last
    .slice(dot + 1)
    .split('.')
    .reduce((nested, key) => nested && nested[key], loaded);
  if (!found) throw runtimeError('HandlerNotFound', `${text} is undefined or not exported`);
  if (typeof found !== 'function') throw runtimeError('HandlerNotFound', `${text} is not a function`);
  return found;
}

/** What a handler sees as `this`, and what its stack traces name: `at Runtime.handler`. */
class Runtime {
  handler;
}
const runtime = new Runtime();
process.mainModule = undefined; // AWS's main module is not CommonJS.

function start() {
  readLogSettings();
  loadHandler(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER).then(
    (found) => {
      runtime.handler = found;
      setImmediate(next); // A rejection that nobody handles is an error of init and told first.
    },
    (error) => {
      logError('Uncaught Exception', error);
      failProcess(error, 1);
    },
  );
}

// ---------------------------------------------------------------- before there is a function

// Takes a handler of nobody's through init and an event, up to its answer; then all is as before.
async function rehearse(root, handler, event) {
  runtime.handler = await loadHandler(root, handler);
  readLogSettings();
  util.format('%s', asJson('INFO', [framed(FRAME_TYPE, '').length]));
  const answer = await new Promise((resolve) => {
    socket.write = resolve;
    receive(event);
  });
  delete socket.write;
  runtime.handler = requestId = onIdle = undefined;
  failProcess = failInit;
  return answer;
}

// Nothing before this line may look at the environment: it is the function's only from here on.
if (process.env._CROSSWAY_SPARE === undefined) start();
else {
  connect();
  const listen = (take) => {
    receiver = take ?? receive;
  };
  require('./spare.cjs')({ socket, listen, rehearse, start });
}
