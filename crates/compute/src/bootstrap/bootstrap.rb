# frozen_string_literal: true

# Crossway's Ruby runtime: speaks AWS's Runtime API over the socket on descriptor 3.
#
# One write carries a response and the request for the next event. Log records are framed, so that
# one record stays one event whatever newlines it holds; what user code prints travels in the same
# pipe, so order is kept. What it answers and logs is what AWS's own client (aws_lambda_ric) does.

require "json"
require "logger"

# Everything of ours; what functions may rely on stands outside of it under AWS's names.
module CrosswayRuntime
  WIRE_FD = 3
  API = "/2018-06-01/runtime"
  NEXT = "GET #{API}/invocation/next HTTP/1.1\r\nHost: runtime\r\n\r\n"
  TEXT_FRAME = "\xA5\x5A\x00\x03".b.freeze
  BOUNDARY_FRAME = "\xA5\x5A\x00\x04".b.freeze
  TRACE_LINES_MAX = 100

  class << self
    attr_accessor :request_id
  end

  # The log: frames on standard output.
  module Log
    LOCK = Mutex.new
    PIPE = IO.for_fd(1, "wb", autoclose: false)
    PIPE.sync = true

    module_function

    def write(text)
      now = Process.clock_gettime(Process::CLOCK_REALTIME, :microsecond)
      frame(TEXT_FRAME, now, utf8(text))
    end

    # An event that came while another was worked on is told apart before its first output, which may
    # leave before Crossway has seen the end of the other.
    def boundary(request_id)
      frame(BOUNDARY_FRAME, 0, request_id)
    end

    def utf8(text)
      text.to_s.encode("UTF-8", invalid: :replace, undef: :replace)
    end

    def frame(kind, microseconds, text)
      bytes = text.b
      LOCK.synchronize { PIPE.write(kind + [bytes.bytesize, microseconds].pack("NQ>") + bytes) }
    end

    def json?
      ENV["AWS_LAMBDA_LOG_FORMAT"].to_s.casecmp?("JSON")
    end

    # What went wrong, as AWS's client puts it: a sentence, and the error object.
    def error(title, object)
      return record(title, object) if json?

      write(title)
      write(JSON.pretty_generate(object))
    end

    def record(title, object)
      now = Time.now.utc.strftime(JsonFormatter::TIME)
      entry = { timestamp: now, level: "ERROR", message: title, requestId: CrosswayRuntime.request_id }
      write(JSON.generate(entry.merge(object).compact))
    end
  end

  # What a `Logger` for standard output writes to.
  class LogDevice
    def write(text)
      Log.write(text)
      text.bytesize
    end

    def close; end
  end

  # AWS's form of Ruby's own format: with the request's id.
  class TextFormatter < Logger::Formatter
    def call(severity, time, progname, message)
      id = CrosswayRuntime.request_id
      line = "#{severity[0]}, [#{format_datetime(time)} ##{Process.pid}] #{severity.rjust(5)} #{id} -- "
      "#{line}#{progname}: #{msg2str(message)}\n"
    end
  end

  # One JSON object a record.
  class JsonFormatter < Logger::Formatter
    TIME = "%Y-%m-%dT%H:%M:%S.%6NZ"

    def call(severity, time, progname, message)
      is_error = message.is_a?(Exception)
      entry = {
        timestamp: time.utc.strftime(TIME), level: severity,
        message: Log.utf8(is_error ? message.message : msg2str(message)),
        requestId: CrosswayRuntime.request_id, logger: progname && Log.utf8(progname)
      }
      entry.merge!(described(message)) if is_error
      "#{JSON.generate(entry.compact)}\n"
    end

    private

    def described(error)
      trace = Array(error.backtrace).map { |line| Log.utf8(line) }
      { errorType: error.class.to_s, errorMessage: Log.utf8(error.message), stackTrace: trace,
        location: trace.first && place(trace.first) }
    end

    # `file:method:line` of a line of a stack trace.
    def place(line)
      parts = line.match(/\A(?<file>.+):(?<number>\d+):in [`'](?<method>.+)'\z/)
      parts ? "#{parts[:file]}:#{parts[:method]}:#{parts[:number]}" : line
    end
  end

  # Loggers for standard output write whole records, in the format that the function is set to.
  module LoggerForEvents
    LEVELS = { "TRACE" => "DEBUG" }.freeze

    def initialize(device = nil, *rest, **options)
      return super unless device.nil? || device == $stdout || device == $stderr

      level = ENV["AWS_LAMBDA_LOG_LEVEL"].to_s.upcase
      options[:level] ||= LEVELS.fetch(level, level) unless level.empty?
      super(LogDevice.new, *rest, **options)
      @default_formatter = Log.json? ? JsonFormatter.new : TextFormatter.new
    end
  end

  # The connection to Crossway.
  class Wire
    def initialize
      @io = IO.for_fd(WIRE_FD, "r+b", autoclose: false)
      @io.close_on_exec = true
      @io.sync = true
      @buffer = String.new(encoding: Encoding::BINARY)
    end

    def post(target, body, error_type: nil, asks_for_next: true)
      kind = error_type ? "Lambda-Runtime-Function-Error-Type: #{error_type}\r\n" : ""
      bytes = body.b
      head = "POST #{API}/#{target} HTTP/1.1\r\nHost: runtime\r\n#{kind}Content-Length: #{bytes.bytesize}\r\n\r\n"
      send_all(head.b + bytes + (asks_for_next ? NEXT : ""))
    end

    def send_all(bytes)
      bytes = bytes.byteslice(@io.syswrite(bytes)..) until bytes.empty?
    rescue SystemCallError
      vanish
    end

    # The next event; answers to what was posted carry nothing to act on.
    def event
      loop do
        headers, body = answer
        return headers, body if headers.key?("lambda-runtime-aws-request-id")
      end
    end

    private

    def answer
      fill until (stop = @buffer.index("\r\n\r\n"))
      lines = @buffer.byteslice(0, stop).force_encoding(Encoding::UTF_8).split("\r\n").drop(1)
      headers = lines.to_h { |line| line.split(": ", 2) }.transform_keys(&:downcase)
      from = stop + 4
      size = headers.fetch("content-length", "0").to_i
      fill while @buffer.bytesize < from + size
      body = @buffer.byteslice(from, size)
      @buffer = @buffer.byteslice((from + size)..)
      [headers, body]
    end

    def fill
      @buffer << @io.readpartial(65_536)
    rescue EOFError, SystemCallError
      vanish
    end

    # Crossway is gone: so is this worker, and whatever it started.
    def vanish
      Process.kill(:KILL, 0)
      exit!(1)
    end
  end

  # What is wrong, as the caller is told.
  module Faults
    # Errors that are named to AWS; others are `UserException`.
    NAMED = %w[ArgumentError NoMethodError Exception StandardError NameError LoadError SystemExit
               SystemStackError].freeze

    module_function

    def object(error, phase)
      { errorMessage: Log.utf8(error.message), errorType: "#{phase}<#{error.class}>",
        stackTrace: trace(error) }
    end

    def kind(error, phase)
      NAMED.include?(error.class.to_s) ? "#{phase}<#{error.class}>" : "Function<UserException>"
    end

    def trace(error)
      lines = Array(error.backtrace).first(TRACE_LINES_MAX)
      lines.take_while { |line| !line.start_with?(__FILE__) }
    end
  end

  # Loads the function and serves it events, for ever.
  class Runner
    CRITICAL_STATUS = 255
    INIT_STATUS = 252

    def initialize
      @wire = Wire.new
    end

    def run
      handler = load
      @wire.send_all(NEXT)
      loop do
        headers, body = @wire.event
        serve(handler, headers, body)
      end
    end

    private

    def load
      $LOAD_PATH.unshift(ENV.fetch("LAMBDA_TASK_ROOT"))
      LambdaHandler.new(ENV.fetch("_HANDLER"))
    rescue Exception => error # rubocop:disable Lint/RescueException -- whatever code may raise
      object = Faults.object(error, "Init")
      # AWS's client means to name the handler here, and never does.
      Log.error("Init error when loading handler ", object)
      kind = Faults.kind(error, "Init")
      @wire.post("init/error", JSON.generate(object), error_type: kind, asks_for_next: false)
      exit(INIT_STATUS)
    end

    def serve(handler, headers, body)
      id = headers["lambda-runtime-aws-request-id"]
      CrosswayRuntime.request_id = id
      Log.boundary(id) if headers.key?("crossway-early")
      ENV["_X_AMZN_TRACE_ID"] = headers["lambda-runtime-trace-id"]
      event = JSON.parse(body.force_encoding(Encoding::UTF_8))
      @wire.post("invocation/#{id}/response", handler.call(event, LambdaContext.new(headers)))
    # These are hard failures: the worker ends when it has told of them.
    rescue NameError => error
      critical(id, error)
    rescue StandardError => error
      fail_with(id, error, "Error raised from handler method", true)
    rescue Exception => error # rubocop:disable Lint/RescueException -- whatever code may raise
      critical(id, error)
    end

    def critical(id, error)
      fail_with(id, error, "Critical exception from handler", false)
      exit(CRITICAL_STATUS)
    end

    def fail_with(id, error, title, goes_on)
      object = Faults.object(error, "Function")
      Log.error(title, object)
      kind = Faults.kind(error, "Function")
      target = "invocation/#{id}/error"
      @wire.post(target, JSON.generate(object), error_type: kind, asks_for_next: goes_on)
    end
  end
end

# The function: `file.method`, or `file.Class.method`. What stands outside of classes runs as a method
# of this, under the names that AWS's client has.
class LambdaHandler
  FORMS = "must be of form FILENAME.METHOD or FILENAME.CLASS.METHOD where FILENAME corresponds " \
          "with an existing Ruby source file FILENAME.rb, CLASS is an optional module/class " \
          "namespace and METHOD is a callable method. If using CLASS, METHOD must be a " \
          "class-level method."

  attr_reader :handler_file_name, :handler_method_name

  def initialize(text)
    parts = text.split(".")
    raise ArgumentError, "Invalid handler #{parts}, #{FORMS}" unless [2, 3].include?(parts.size)

    @handler_file_name = parts.first
    @handler_class = parts[1] if parts.size == 3
    @handler_method_name = parts.last
    require @handler_file_name
  end

  def call(event, context)
    callee = @handler_class ? Kernel.const_get(@handler_class) : self
    response = callee.__send__(@handler_method_name, event: event, context: context)
    raw?(response) ? response.read : response.to_json
  end

  private

  # What is sent as it is, not as JSON.
  def raw?(response)
    response.is_a?(IO) || (defined?(StringIO) && response.is_a?(StringIO))
  end
end

# What a handler knows of its invocation.
class LambdaContext
  attr_reader :aws_request_id, :invoked_function_arn, :log_group_name, :log_stream_name,
              :function_name, :memory_limit_in_mb, :function_version, :identity, :client_context,
              :deadline_ms, :tenant_id

  def initialize(headers)
    @aws_request_id = headers["lambda-runtime-aws-request-id"]
    @invoked_function_arn = headers["lambda-runtime-invoked-function-arn"]
    @deadline_ms = headers["lambda-runtime-deadline-ms"].to_i
    @log_group_name = ENV["AWS_LAMBDA_LOG_GROUP_NAME"]
    @log_stream_name = ENV["AWS_LAMBDA_LOG_STREAM_NAME"]
    @function_name = ENV["AWS_LAMBDA_FUNCTION_NAME"]
    @memory_limit_in_mb = ENV["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
    @function_version = ENV["AWS_LAMBDA_FUNCTION_VERSION"]
    @tenant_id = headers["lambda-runtime-aws-tenant-id"]
    @identity = parsed(headers["lambda-runtime-cognito-identity"])
    @client_context = parsed(headers["lambda-runtime-client-context"])
  end

  # Milliseconds until this invocation is ended, never negative.
  def get_remaining_time_in_millis
    now = Process.clock_gettime(Process::CLOCK_REALTIME, :millisecond)
    [0, @deadline_ms - now].max
  end

  private

  def parsed(text)
    JSON.parse(text) if text
  end
end

Logger.prepend(CrosswayRuntime::LoggerForEvents)

# What is put is one event, whatever newlines it holds.
module Kernel
  def puts(*values)
    CrosswayRuntime::Log.write(values.flatten.map(&:to_s).join("\n"))
    nil
  end
end

# What is printed has left the process before the response does.
$stdout.sync = true
$stderr.sync = true

# Nothing before this line may look at the environment: it is the function's only from here on.
load File.join(__dir__, "crossway_spare.rb"), true if ENV.key?("_CROSSWAY_SPARE")

CrosswayRuntime::Runner.new.run
