# frozen_string_literal: true

# Handlers whose answers, errors and log lines are compared between two runtimes.

require 'json'
require 'logger'
require 'stringio'

LOGGER = Logger.new($stdout)

def answer(event:, context:)
  { saw: event, type: event.class.name }
end

def nothing(event:, context:); end

def text(event:, context:)
  "ä\u2028\u{1f600}"
end

def symbols(event:, context:)
  { a: :b, 1 => nil, nil => true, 1.5 => [1.0, 2**70, 1e300] }
end

def raw_text(event:, context:)
  StringIO.new('{"raw": "bytes"}')
end

def not_a_number(event:, context:)
  [Float::NAN]
end

def a_time(event:, context:)
  Time.at(0).utc
end

def a_range(event:, context:)
  (1..3)
end

def a_rational(event:, context:)
  [Rational(1, 3), Complex(1, 2)]
end

def a_circle(event:, context:)
  circle = []
  circle << circle
end

def broken_text(event:, context:)
  "\xff"
end

def context_values(event:, context:)
  {
    id: context.aws_request_id, arn: context.invoked_function_arn, name: context.function_name,
    version: context.function_version, memory: context.memory_limit_in_mb,
    group: context.log_group_name, stream: context.log_stream_name.size,
    client: context.client_context, identity: context.identity, deadline: context.deadline_ms.class.name,
    left: (9_001..10_000).cover?(context.get_remaining_time_in_millis), shown: context.class.name
  }
end

def environment(event:, context:)
  own = %w[AWS_LAMBDA_RUNTIME_API OLDPWD SHLVL _ LD_LIBRARY_PATH PATH AWS_LAMBDA_LOG_STREAM_NAME
           AWS_EXECUTION_ENV GEM_PATH GEM_HOME RUBYLIB PWD]
  ENV.to_h.except(*own).sort
end

def place(event:, context:)
  [Dir.pwd, __FILE__, __method__, $LOAD_PATH.first, $PROGRAM_NAME == __FILE__, self.class.name]
end

def trace_id(event:, context:)
  ENV.fetch('_X_AMZN_TRACE_ID', nil)
end

def prints(event:, context:)
  puts 'one'
  puts "two\nthree", ['four', [5]]
  puts 'ends', "itself\n"
  puts
  print "plain\n"
  $stdout.write("written\n")
  $stderr.puts 'to error'
  p :six, { a: 1 }
  pp [1]
  warn 'warned'
  puts.inspect
end

def prints_nothing_in_between(event:, context:)
  print 'a', 'b'
  puts 'c'
  nil
end

def logs(event:, context:)
  LOGGER.debug('debug')
  LOGGER.info("info\nof two lines")
  LOGGER.warn('named') { 'in a block' }
  LOGGER.error({ a: [1, nil] })
  LOGGER.fatal(StandardError.new('not raised'))
  LOGGER.unknown('unknown')
  LOGGER.add(Logger::INFO, 'added', 'program')
  begin
    raise KeyError, 'raised'
  rescue KeyError => e
    LOGGER.error(e)
  end
  LOGGER << "as it is\n"
end

def logs_own_format(event:, context:)
  logger = Logger.new($stderr, level: :warn, progname: 'own')
  logger.info('not seen')
  logger.warn('seen')
  logger.formatter = proc { |severity, _, _, message| "#{severity} #{message}\n" }
  logger.error('formatted')
  Logger.new($stdout, formatter: ->(*, message) { "lambda #{message}\n" }).info('by an argument')
end

def logs_elsewhere(event:, context:)
  text = StringIO.new
  Logger.new(text).info('held')
  text.string.gsub(/\d+/, '#')
end

def raises(event:, context:)
  raise ArgumentError, 'with a message'
end

def raises_without_message(event:, context:)
  raise IOError
end

def raises_two_lines(event:, context:)
  raise "one\ntwo"
end

def raises_unicode(event:, context:)
  raise "ä \u{1f600}"
end

# An error of the function's own.
class Own < StandardError
  def message
    'own text'
  end
end

def raises_own(event:, context:)
  raise Own, 'argument'
end

def _deep(count)
  raise IndexError, count.to_s if count.zero?

  _deep(count - 1)
end

def raises_deep(event:, context:)
  _deep(3)
end

def raises_with_cause(event:, context:)
  Integer('x')
rescue ArgumentError
  raise 'because'
end

def raises_no_method(event:, context:)
  nil.missing
end

def raises_name(event:, context:)
  NOT_THERE
end

def raises_script_error(event:, context:)
  raise NotImplementedError, 'not a standard error'
end

def raises_load_error(event:, context:)
  require 'nothing_like_this'
end

def raises_overflow(event:, context:)
  raises_overflow(event: event, context: context)
end

def throws(event:, context:)
  throw :nobody_catches
end

def wants_other_arguments(event, context)
  [event, context]
end

def wants_less(event:)
  event
end

def exits(event:, context:)
  exit
end

def exits_with_3(event:, context:)
  at_exit { puts 'told at the exit' }
  puts 'leaving'
  exit(3)
end

def exits_at_once(event:, context:)
  exit!(7)
end

def aborts(event:, context:)
  abort('a reason')
end

def killed(event:, context:)
  Process.kill(:KILL, Process.pid)
  sleep
end

# Methods of a class.
class Methods
  def self.answer(event:, context:)
    [name, event]
  end

  def not_of_the_class(event:, context:); end
end
