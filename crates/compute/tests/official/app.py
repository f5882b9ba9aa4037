"""Handlers whose answers, errors and log lines are compared between two runtimes."""

import logging
import os
import sys
from decimal import Decimal


def answer(event, context):
    return {"saw": event, "type": type(event).__name__}


def nothing(event, context):
    pass


def text(event, context):
    return "ä\u2028\U0001f600"


def data(event, context):
    return b'{"raw": "bytes"}'


def numbers(event, context):
    return [Decimal("2"), Decimal("1.5"), 1e300, 2**70, True, None]


def not_a_number(event, context):
    return [float("nan"), float("inf")]


def keys(event, context):
    return {1: "a", None: "b", True: "c", 1.5: "d"}


def a_tuple(event, context):
    return (1, (2, 3))


def a_set(event, context):
    return {1}


def a_circle(event, context):
    circle = []
    circle.append(circle)
    return circle


def lone_surrogate(event, context):
    return "\ud800"


def complex_number(event, context):
    return 1j


def context_values(event, context):
    client = context.client_context
    names = [name for name in dir(context) if not name.startswith("_")]
    return {
        "names": names,
        "id": context.aws_request_id,
        "arn": context.invoked_function_arn,
        "name": context.function_name,
        "version": context.function_version,
        "memory": [context.memory_limit_in_mb, type(context.memory_limit_in_mb).__name__],
        "group": context.log_group_name,
        "stream": len(context.log_stream_name),
        "custom": client.custom,
        "env": client.env,
        "client": [client.client.app_title, client.client.installation_id],
        "identity": [
            context.identity.cognito_identity_id,
            context.identity.cognito_identity_pool_id,
        ],
        "left": 9_000 < context.get_remaining_time_in_millis() <= 10_000,
        "w3c": context.w3c(),
        "tenant": getattr(context, "tenant_id", "none"),
        "shown": str(context).replace(context.log_stream_name, "stream"),
    }


def environment(event, context):
    known = {name for name in os.environ if not name.startswith(("_LAMBDA", "PYTHON"))}
    own = {"AWS_LAMBDA_RUNTIME_API", "OLDPWD", "SHLVL", "_", "LD_LIBRARY_PATH", "PATH"}
    own |= {"AWS_LAMBDA_LOG_STREAM_NAME", "AWS_EXECUTION_ENV"}
    return {name: os.environ[name] for name in sorted(known - own)}


def place(event, context):
    return [os.getcwd(), __file__, __name__, sys.path[0]]


def prints(event, context):
    print("one")
    print("two\nthree")
    sys.stdout.write("no end")
    sys.stderr.write("error\n")
    print("å", "\U0001f600", end="\n\n")
    sys.stdout.writelines(["a\n", "b\n"])


def logs(event, context):
    logger = logging.getLogger()
    logger.setLevel(logging.DEBUG)
    logger.debug("debug %s", 1)
    logger.info("info\nof two lines")
    logging.warning("warning")
    logging.getLogger("named").error("error")
    logger.critical("critical")
    try:
        1 / 0
    except ZeroDivisionError:
        logger.exception("told")


def logs_at_the_default_level(event, context):
    logging.info("not seen")
    logging.warning("seen")


def context_log(event, context):
    context.log("as it is")
    context.log("two\nlines\n")


def raises(event, context):
    raise ValueError("with a message")


def raises_without_message(event, context):
    raise KeyError


def raises_two_lines(event, context):
    raise RuntimeError("one\ntwo")


def raises_unicode(event, context):
    raise RuntimeError("ä \U0001f600")


class _Own(Exception):
    def __str__(self):
        return "own text"


def raises_own(event, context):
    raise _Own("argument")


def _deep(n):
    if n:
        _deep(n - 1)
    raise IndexError(n)


def raises_deep(event, context):
    _deep(3)


def raises_with_cause(event, context):
    try:
        1 / 0
    except ZeroDivisionError as error:
        raise LookupError("because") from error


def exits(event, context):
    sys.exit(0)


def exits_with_3(event, context):
    print("leaving")
    sys.exit(3)


def exits_with_text(event, context):
    sys.exit("a reason")


def ends_at_once(event, context):
    os._exit(7)


def killed(event, context):
    os.kill(os.getpid(), 9)


def trace_id(event, context):
    return os.environ.get("_X_AMZN_TRACE_ID")


async def is_a_coroutine(event, context):
    return 1


def logs_values(event, context):
    logger = logging.getLogger("named")
    logger.warning({"a": [1, {"b": 2}]})
    logger.warning("with %s", "argument", extra={"own": "member", "n": 1})
    logger.log(35, "between levels")
    try:
        {}["missing"]
    except KeyError:
        logger.exception("told %d", 1)
    logger.info("ä \U0001f600")
    logger.debug("below the level")
