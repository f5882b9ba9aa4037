"""Crossway's Python runtime: speaks AWS's Runtime API over the socket on descriptor 3.

One write carries a response and the request for the next event. Log records are framed, so that
one record stays one event whatever newlines it holds; what user code prints travels in the same
pipe, so order is kept. Few imports, because each is milliseconds of a cold start.
"""

import json
import os
import sys
import time

WIRE_FD = 3
OUTPUT_FD = 1
FRAME_TYPE = b"\xa5\x5a\x00\x03"
API = "/2018-06-01/runtime"
LOG_TIME = "%Y-%m-%dT%H:%M:%SZ"
NEXT = f"GET {API}/invocation/next HTTP/1.1\r\nHost: runtime\r\n\r\n".encode()
_clock = time.perf_counter_ns  # As it is before user code can put another one there.

# An event may arrive while another one is worked on. Before the first output for it a boundary is
# written, because that output may leave before Crossway has seen the end of the other.
BOUNDARY_TYPE = b"\xa5\x5a\x00\x04"

_request_id = None
_is_boundary_due = False


def _mark_boundary():
    global _is_boundary_due
    if _is_boundary_due:
        _is_boundary_due = False
        sys.stdout.flush()
        name = _request_id.encode()
        os.write(OUTPUT_FD, BOUNDARY_TYPE + len(name).to_bytes(4, "big") + bytes(8) + name)


def _frame(text):
    message = text.encode("utf-8", "backslashreplace")
    head = FRAME_TYPE + len(message).to_bytes(4, "big") + (time.time_ns() // 1000).to_bytes(8, "big")
    _mark_boundary()
    sys.stdout.flush()
    data = memoryview(head + message)
    while data:
        data = data[os.write(OUTPUT_FD, data) :]


# -------------------------------------------------------------- errors


class Fault(Exception):
    """An error of the function that this runtime names."""

    def __init__(self, kind, message, trace=None):
        super().__init__(message)
        self.kind = "Runtime." + kind
        self.trace = trace


def _error_object(error, request_id):
    import traceback

    if isinstance(error, Fault):
        message, kind, trace = str(error), error.kind, error.trace or []
    else:
        frames = traceback.extract_tb(error.__traceback__)
        own = 0
        while own < len(frames) - 1 and frames[own].filename == __file__:
            own += 1
        tuples = [(f.filename, f.lineno, f.name, f.line) for f in frames[own:]]
        message, kind, trace = str(error), type(error).__name__, traceback.format_list(tuples)
    return {"errorMessage": message, "errorType": kind, "requestId": request_id, "stackTrace": trace}


def _is_json():
    return os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"


def _log_error(error):
    if _is_json():
        now = time.strftime(LOG_TIME, time.gmtime())
        _frame(_to_json({"timestamp": now, "level": "ERROR", **error}).decode("utf-8", "replace"))
        return
    title = "[ERROR]"
    if error["errorType"]:
        title += " " + error["errorType"]
    if error["errorMessage"]:
        title += (":" if error["errorType"] else "") + " " + error["errorMessage"]
    lines = [title, "Traceback (most recent call last):"]
    for entry in error["stackTrace"]:
        for line in entry.splitlines():
            bare = line.lstrip(" ")
            # CloudWatch would trim plain spaces.
            lines.append("\u00a0" * (len(line) - len(bare)) + bare)
    _frame("\n".join(lines))


# -------------------------------------------------------------- JSON

# Since python3.12 AWS answers with plain characters, before it with escapes.
_ENSURE_ASCII = False


def _is_before_plain_characters():
    version = os.environ.get("AWS_EXECUTION_ENV", "").rpartition("python3.")[2]
    return version.isdigit() and int(version) < 12



def _default(value):
    # A Decimal cannot have been made without its module.
    decimal = sys.modules.get("decimal")
    if decimal is not None and isinstance(value, decimal.Decimal):
        if value == value.to_integral_value():
            return int(value)
        return float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _to_json(value):
    return json.dumps(value, ensure_ascii=_ENSURE_ASCII, default=_default).encode(
        "utf-8", "surrogatepass"
    )


# -------------------------------------------------------------- wire


def _vanish():
    """Crossway is gone: so is this worker, and whatever it started."""
    os.killpg(0, 9)
    os._exit(1)


class Wire:
    """The connection to Crossway."""

    def __init__(self):
        os.set_inheritable(WIRE_FD, False)
        self._buffer = bytearray()

    def send(self, data):
        left = memoryview(data)
        try:
            while left:
                left = left[os.write(WIRE_FD, left) :]
        except OSError:
            _vanish()

    def event(self):
        """The next event; answers to what was posted carry nothing to act on."""
        while True:
            headers, body = self._answer()
            if "lambda-runtime-aws-request-id" in headers:
                return headers, body

    def _answer(self):
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            self._fill(65536)
        head = self._buffer[:end].decode("utf-8").split("\r\n")
        headers = {}
        for line in head[1:]:
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        start = end + 4
        stop = start + int(headers["content-length"])
        while len(self._buffer) < stop:
            self._fill(max(65536, stop - len(self._buffer)))
        body = bytes(self._buffer[start:stop])
        del self._buffer[:stop]
        return headers, body

    def _fill(self, size):
        try:
            data = os.read(WIRE_FD, size)
        except OSError:
            data = b""
        if not data:
            _vanish()
        self._buffer += data


def _post(target, body, error_type=None, more=""):
    kind = f"Lambda-Runtime-Function-Error-Type: {error_type}\r\n" if error_type else ""
    head = f"POST {API}/{target} HTTP/1.1\r\nHost: runtime\r\n{kind}{more}Content-Length: {len(body)}\r\n\r\n"
    return head.encode("ascii", "replace") + body


# -------------------------------------------------------------- context


class _Shown:
    """Shows itself with its values, as in AWS's log of a context."""

    __slots__ = []

    def __repr__(self):
        values = ",".join(f"{name}={getattr(self, name)}" for name in self.__slots__)
        return f"{type(self).__name__}([{values}])"


class CognitoIdentity(_Shown):
    """Who calls, for calls through Cognito."""

    __slots__ = ["cognito_identity_id", "cognito_identity_pool_id"]


class Client(_Shown):
    """The mobile application that calls."""

    __slots__ = [
        "installation_id",
        "app_title",
        "app_version_name",
        "app_version_code",
        "app_package_name",
    ]


class ClientContext(_Shown):
    """What a mobile application says about itself."""

    __slots__ = ["custom", "env", "client"]


def _fill_slots(kind, values):
    if values is None:
        return None
    filled = kind()
    for name in kind.__slots__:
        setattr(filled, name, values.get(name))
    return filled


W3C_FIELDS = ("traceparent", "tracestate", "baggage")


def _take_w3c(client):
    """The trace context in a client context; what else is there under `w3c` is nobody's."""
    found = client.pop("w3c", None) if isinstance(client, dict) else None
    if not isinstance(found, dict):
        return {}
    return {name: found[name] for name in W3C_FIELDS if isinstance(found.get(name), str)}


class LambdaContext:
    """What a handler knows of its invocation."""

    def __init__(self, headers):
        environ = os.environ
        self.aws_request_id = headers["lambda-runtime-aws-request-id"]
        self.log_group_name = environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = headers.get("lambda-runtime-invoked-function-arn")
        self.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
        client = self._parse(headers, "lambda-runtime-client-context", "Client Context")
        self._w3c = _take_w3c(client)
        self.client_context = _fill_slots(ClientContext, client)
        if self.client_context is not None:
            self.client_context.client = _fill_slots(Client, self.client_context.client)
        identity = self._parse(headers, "lambda-runtime-cognito-identity", "Cognito Identity") or {}
        self.identity = CognitoIdentity()
        self.identity.cognito_identity_id = identity.get("cognitoIdentityId")
        self.identity.cognito_identity_pool_id = identity.get("cognitoIdentityPoolId")
        self._deadline_ms = int(headers["lambda-runtime-deadline-ms"])

    @staticmethod
    def _parse(headers, name, title):
        if name not in headers:
            return None
        try:
            return json.loads(headers[name])
        except Exception as error:
            message = f"Unable to parse {title} JSON: {error}"
            raise Fault("LambdaContextUnmarshalError", message) from None

    def get_remaining_time_in_millis(self):
        """Milliseconds until this invocation is ended, never negative."""
        return max(0, self._deadline_ms - int(time.time() * 1000))

    def w3c(self):
        """The W3C trace context that the caller sent."""
        return dict(self._w3c)

    def log(self, message):
        """Writes one log event."""
        _frame(str(message))

    def __repr__(self):
        names = (
            "aws_request_id log_group_name log_stream_name function_name memory_limit_in_mb "
            "function_version invoked_function_arn client_context identity tenant_id"
        ).split()
        return "LambdaContext([" + ",".join(f"{n}={getattr(self, n)}" for n in names) + "])"


# -------------------------------------------------------------- logging


class _Unbuffered:
    """What is printed has left the process before the response does."""

    def __init__(self, stream):
        self._stream = stream

    def __getattr__(self, name):
        return getattr(self._stream, name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def write(self, text):
        _mark_boundary()
        written = self._stream.write(text)
        self._stream.flush()
        return written

    def writelines(self, lines):
        _mark_boundary()
        self._stream.writelines(lines)
        self._stream.flush()


class _LoggingFinder:
    """Gives the root logger its handler as soon as somebody imports `logging`, and not before."""

    @staticmethod
    def find_spec(name, path, target=None):
        if name != "logging":
            return None
        sys.meta_path.remove(_LoggingFinder)
        for finder in sys.meta_path:
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                break
        load = spec.loader.exec_module

        def load_and_set_up(module):
            load(module)
            _set_up_logging(module)

        spec.loader.exec_module = load_and_set_up
        return spec


def _json_formatter(logging):
    usual = set(logging.makeLogRecord({}).__dict__) | {"aws_request_id"}

    class JsonFormatter(logging.Formatter):
        def format(self, record):
            is_structured = isinstance(record.msg, dict) and not record.args
            # Levels of one's own are shown as the one below.
            level = min(50, max(0, record.levelno)) // 10 * 10
            entry = {
                "timestamp": self.formatTime(record, LOG_TIME),
                "level": logging.getLevelName(level),
                "message": record.msg if is_structured else record.getMessage(),
                "logger": record.name,
            }
            if record.exc_info:
                import traceback

                kind, error, trace = record.exc_info
                entry["stackTrace"] = traceback.format_tb(trace)
                entry["errorType"] = kind.__name__ if kind else None
                entry["errorMessage"] = str(error)
            entry["requestId"] = record.aws_request_id
            if record.exc_info:
                entry["location"] = f"{record.pathname}:{record.funcName}:{record.lineno}"
            for name, value in record.__dict__.items():
                if name not in usual:
                    entry.setdefault(name, value)
            entry = {name: value for name, value in entry.items() if value is not None}
            return json.dumps(entry, ensure_ascii=False, default=str) + "\n"

    return JsonFormatter()


def _set_up_logging(logging):
    class Handler(logging.Handler):
        def emit(self, entry):
            entry.aws_request_id = _request_id or ""
            _frame(self.format(entry))

    logging.Formatter.converter = time.gmtime
    handler = Handler()
    if _is_json():
        handler.setFormatter(_json_formatter(logging))
    else:
        handler.setFormatter(
            logging.Formatter(
                "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n",
                "%Y-%m-%dT%H:%M:%S",
            )
        )
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "").upper()
    level = "DEBUG" if level == "TRACE" else level
    if level in ("DEBUG", "INFO", "WARN", "ERROR", "FATAL"):
        logging.getLogger().setLevel(level)
    logging.getLogger().addHandler(handler)


# -------------------------------------------------------------- the function's code


def _load_handler(text):
    import importlib

    try:
        module_name, name = text.rsplit(".", 1)
    except ValueError as error:
        raise Fault("MalformedHandlerName", f"Bad handler '{text}': {error}") from None
    try:
        if module_name.split(".")[0] in sys.builtin_module_names:
            message = f"Cannot use built-in module {module_name} as a handler module"
            raise Fault("BuiltInModuleConflict", message)
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        message = f"Unable to import module '{module_name}': {error}"
        raise Fault("ImportModuleError", message) from None
    except SyntaxError as error:
        trace = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        message = f"Syntax error in module '{module_name}': {error}"
        raise Fault("UserCodeSyntaxError", message, trace) from None
    try:
        return getattr(module, name)
    except AttributeError:
        message = f"Handler '{name}' missing on module '{module_name}'"
        raise Fault("HandlerNotFound", message) from None


def _invoke(handler, headers, body):
    try:
        event = json.loads(body)
    except Exception as error:
        raise Fault("UnmarshalError", f"Unable to unmarshal input: {error}") from None
    result = handler(event, LambdaContext(headers))
    if isinstance(result, bytes):
        return result
    try:
        return _to_json(result)
    except Exception as error:
        raise Fault("MarshalError", f"Unable to marshal response: {error}") from None


def _set_trace(headers):
    trace = headers.get("lambda-runtime-trace-id")
    if trace is not None:
        os.environ["_X_AMZN_TRACE_ID"] = trace
    else:
        os.environ.pop("_X_AMZN_TRACE_ID", None)


def main():
    """Loads the function and serves it events, for ever."""
    global _request_id, _is_boundary_due, _ENSURE_ASCII
    wire = Wire()
    # Nothing before this line may look at the environment: it is the function's only from here on.
    if "_CROSSWAY_SPARE" in os.environ:
        import crossway_spare

        crossway_spare.wait(WIRE_FD)
        del crossway_spare
    _ENSURE_ASCII = _is_before_plain_characters()
    sys.stdout = _Unbuffered(sys.stdout)
    sys.stderr = _Unbuffered(sys.stderr)
    sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]
    if os.environ["LAMBDA_RUNTIME_DIR"] == "/var/runtime":
        # Where layers have their packages; below level `container` PYTHONPATH says so.
        version = os.environ.get("AWS_EXECUTION_ENV", "").rpartition("_")[2]
        sys.path[1:1] = [f"/opt/python/lib/{version}/site-packages", "/opt/python"]
    if os.environ["LAMBDA_RUNTIME_DIR"] in sys.path:
        # Before what the host has installed for itself.
        runtime = sys.path.index(os.environ["LAMBDA_RUNTIME_DIR"])
        sys.path.insert(runtime + 1, os.environ["LAMBDA_RUNTIME_DIR"] + "/python")
    sys.meta_path.insert(0, _LoggingFinder)
    sys.dont_write_bytecode = True  # AWS's /var/task is read-only.
    try:
        if "_CROSSWAY_DEBUG" in os.environ:
            import crossway_debug

            crossway_debug.attach()
        handler = _load_handler(os.environ["_HANDLER"])
    except Exception as error:
        problem = _error_object(error, "")
        _log_error(problem)
        wire.send(_post("init/error", _to_json(problem), problem["errorType"]))
        sys.exit(1)

    wire.send(NEXT)
    while True:
        headers, body = wire.event()
        begun = _clock()
        _request_id = headers["lambda-runtime-aws-request-id"]
        _is_boundary_due = "crossway-early" in headers
        _set_trace(headers)
        try:
            result = _invoke(handler, headers, body)
            # For how long this side had the event: what more it took was not the function's.
            took = f"Crossway-Took: {(_clock() - begun) // 1000}\r\n"
            answer = _post(f"invocation/{_request_id}/response", result, more=took)
        except Exception as error:
            problem = _error_object(error, _request_id)
            _log_error(problem)
            target = f"invocation/{_request_id}/error"
            answer = _post(target, _to_json(problem), problem["errorType"])
        wire.send(answer + NEXT)

