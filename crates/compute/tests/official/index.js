// Handlers whose answers, errors and log lines are compared between two runtimes.
'use strict';

exports.text = 'not a function';
exports.answer = async (event) => ({ saw: event });
exports.nothing = async () => {};
exports.nothing_by_callback = (event, context, callback) => callback();
exports.sync_without_callback = () => 'is not waited for';
exports.string = async () => 'ä\u2028😀';
exports.data = async () => Buffer.from('data');
exports.a_date = async () => new Date(0);
exports.a_map = async () => new Map([[1, 2]]);
exports.a_function = async () => () => 1;
exports.a_symbol = async () => Symbol('s');
exports.not_a_number = async () => [NaN, Infinity, -0, undefined];
exports.by_to_json = async () => ({ toJSON: () => 'shown' });
exports.big = async () => 1n;
exports.circle = async () => {
  const circle = {};
  circle.circle = circle;
  return circle;
};
exports.thenable = () => ({ then: (resolve) => resolve('then') });
exports.callback = (event, context, callback) => callback(null, { saw: event });
exports.callback_late = (event, context, callback) => setTimeout(callback, 5, null, 'late');
exports.callback_waits = (event, context, callback) => {
  setTimeout(() => console.log('before the answer'), 20);
  callback(null, 'after');
};
exports.callback_does_not_wait = (event, context, callback) => {
  context.callbackWaitsForEmptyEventLoop = false;
  setTimeout(() => console.log('not seen here'), 2000).unref();
  callback(null, 'at once');
};
exports.callback_twice = (event, context, callback) => {
  callback(null, 1);
  callback(null, 2);
};
exports.callback_error = (event, context, callback) => callback(new TypeError('given'));
exports.callback_text = (event, context, callback) => callback('a text');
exports.callback_object = (event, context, callback) => callback({ name: 'N', message: 'M' });
exports.callback_like_error = (event, context, callback) =>
  callback({ name: 'N', message: 'M', stack: 'S' });
exports.callback_zero = (event, context, callback) => callback(0);
exports.succeed = (event, context) => context.succeed('done');
exports.fail = (event, context) => context.fail(new RangeError('failed'));
exports.fail_without = (event, context) => context.fail();
exports.done = (event, context) => context.done(null, 'done');
exports.done_error = (event, context) => context.done('text');
exports.throws = async () => {
  throw new Error('with a message');
};
exports.throws_sync = () => {
  throw new Error('at once');
};
exports.throws_own = async () => {
  class Own extends Error {
    constructor(message) {
      super(message);
      this.name = 'Own';
      this.code = 'E_OWN';
      this.extra = { a: [1] };
    }
  }
  throw new Own('own');
};
exports.throws_with_cause = async () => {
  throw new Error('outer', { cause: new Error('inner') });
};
exports.throws_aggregate = async () => {
  throw new AggregateError([new Error('a'), new Error('b')], 'many');
};
exports.throws_text = async () => {
  throw 'a text';
};
exports.throws_null = async () => {
  throw null;
};
exports.throws_undefined = async () => {
  throw undefined;
};
exports.throws_object = async () => {
  throw { code: 1 };
};
exports.throws_number = async () => {
  throw 42;
};
exports.throws_two_lines = async () => {
  throw new Error('one\ntwo');
};
exports.throws_unicode = async () => {
  throw new Error('ä 😀 \x7f');
};
exports.throws_without_name = async () => {
  const error = new Error('m');
  error.name = '';
  throw error;
};
exports.throws_without_stack = async () => {
  const error = new Error('m');
  error.stack = undefined;
  throw error;
};
exports.never_settles = () => new Promise(() => {});
exports.never_settles_async = async () => new Promise(() => {});
exports.unhandled = async () => {
  Promise.reject(new Error('nobody catches'));
  await new Promise((resolve) => setTimeout(resolve, 50));
};
exports.uncaught = async () => {
  setTimeout(() => {
    throw new Error('nobody catches');
  }, 1);
  await new Promise((resolve) => setTimeout(resolve, 50));
};
exports.exits = async () => process.exit(0);
exports.exits_with_3 = async () => {
  console.log('leaving');
  process.exit(3);
};
exports.killed = async () => {
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => setTimeout(() => {}, 5000));
};
exports.context_values = async (event, context) => ({
  names: Object.keys(context).sort(),
  values: { ...context, logStreamName: context.logStreamName.length },
  left: context.getRemainingTimeInMillis() > 9000 && context.getRemainingTimeInMillis() <= 10000,
  waits: context.callbackWaitsForEmptyEventLoop,
});
exports.environment = async () => {
  const own = new Set(['AWS_LAMBDA_RUNTIME_API', 'AWS_LAMBDA_LOG_STREAM_NAME', 'AWS_EXECUTION_ENV',
    'LD_LIBRARY_PATH', 'PATH', 'SHLVL', '_', 'OLDPWD', 'NODE_PATH']);
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !own.has(name)).sort(),
  );
};
exports.place = async () => [process.cwd(), __filename, require.main === undefined];
exports.trace_id = async () => process.env._X_AMZN_TRACE_ID;
exports.globals = async () => [
  typeof awslambda.streamifyResponse,
  typeof awslambda.HttpResponseStream.from,
];
exports.logs = async () => {
  console.log('log %s %d', 'text', 1, { a: { b: { c: { d: 1 } } } });
  console.info('two\nlines');
  console.warn([1, 2]);
  console.error(new Error('logged').message);
  console.debug(undefined, null);
  console.trace('trace');
  console.log();
  console.log('');
  process.stdout.write('plain\n');
  process.stderr.write('to error\n');
  console.fatal?.('fatal');
};
exports.streams = awslambda.streamifyResponse(async (event, response, context) => {
  response.setContentType('text/plain');
  response.write('one ');
  response.write(Buffer.from('two'));
  response.end();
});
exports.streams_with_head = awslambda.streamifyResponse(async (event, response) => {
  const stream = awslambda.HttpResponseStream.from(response, { statusCode: 201 });
  stream.write('body');
  stream.end();
});
exports.streams_objects = awslambda.streamifyResponse(async (event, response) => {
  response.write({ a: 1 });
  response.end();
});
exports.streams_then_throws = awslambda.streamifyResponse(async (event, response) => {
  response.write('begun');
  throw new Error('midway');
});
exports.streams_nothing = awslambda.streamifyResponse(async (event, response) => {
  response.end();
});
exports.streams_and_throws_first = awslambda.streamifyResponse(async () => {
  throw new Error('before');
});
exports.streams_never_ends = awslambda.streamifyResponse(async (event, response) => {
  response.write('x');
});
exports.streams_and_returns = awslambda.streamifyResponse(async (event, response) => {
  response.end('x');
  return 1;
});
exports.streams_later = awslambda.streamifyResponse(async (event, response) => {
  setTimeout(() => response.end('written when the handler was done'), 20);
});
exports.streams_synchronously = awslambda.streamifyResponse(() => {});
exports.throws_frozen = async () => {
  throw Object.freeze(new Error('frozen'));
};
exports.reads_this = async function () {
  return [typeof this, this?.constructor?.name];
};
exports.logs_values = async () => {
  const circle = {};
  circle.circle = circle;
  console.log({ a: { b: [1, { c: 2 }] } });
  console.log(new TypeError('alone'));
  console.error('with', new Error('an error'), 'in it');
  console.warn(circle);
  console.info(undefined);
  console.log(5, true, null);
  console.debug('below the level');
};
