"""What a spare worker does before it is a function's: it says that it is up, waits to be told its
function, and takes that function's variables and folder in place of its own."""

import json
import os
import sys


def _read(wire, length):
    data = bytearray()
    while len(data) < length:
        piece = os.read(wire, length - len(data))
        if not piece:
            os._exit(1)  # Crossway is gone.
        data += piece
    return data


def wait(wire):
    """Returns as the worker of a function."""
    os.write(wire, b".")
    told = json.loads(_read(wire, int.from_bytes(_read(wire, 4), "big")))
    # Python has set it for itself, where the host has not AWS's locale.
    own = {name: os.environ[name] for name in ("LC_CTYPE",) if name in os.environ}
    os.environ.clear()
    os.environ.update({**told["environment"], **own})
    os.chdir(told["directory"])
    # Nothing of this file is the function's business.
    del sys.modules[__name__]
