"""Lets a debugger attach, before the function's code is loaded: only while somebody debugs this
function. It listens on loopback, and whoever reaches that can attach."""

import os
import sys


def attach():
    """Returns when debugpy listens and, where that is asked for, a debugger is attached."""
    port, _, wait = os.environ.pop("_CROSSWAY_DEBUG").partition(",")
    # Where `crossway runtime add python-debugger` puts it; last, so that a layer's own goes before.
    sys.path.append(os.environ["LAMBDA_RUNTIME_DIR"] + "/python-debugger")
    # It would warn about the interpreter's own modules, in the function's log.
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    try:
        import debugpy
    except ImportError:
        raise ImportError(
            "debugpy is not installed: `crossway runtime add python-debugger` installs it"
        ) from None
    finally:
        del os.environ["PYDEVD_DISABLE_FILE_VALIDATION"]
    # In this process: one of its own would be a second one to keep inside and to put away.
    debugpy.listen(("127.0.0.1", int(port)), in_process_debug_adapter=True)
    if wait:
        debugpy.wait_for_client()
