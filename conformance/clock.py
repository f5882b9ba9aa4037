"""A server whose clock is ahead, for what takes longer than a test may."""

import shutil
import subprocess

import pytest

# The wall clock alone: timers go by the other clock, and stay as they are.
SOURCE = """#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
int clock_gettime(clockid_t id, struct timespec *now) {
  int (*real)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "clock_gettime");
  int result = real(id, now);
  if (result == 0 && id == CLOCK_REALTIME) now->tv_sec += atol(getenv("CLOCK_AHEAD_S"));
  return result;
}
"""


def ahead(folder, seconds):
    """The environment of a program that sees the time of `seconds` later."""
    compiler = shutil.which("cc")
    if not compiler:
        pytest.skip("there is no C compiler to put a clock ahead with")
    source, library = folder / "clock.c", folder / "clock.so"
    source.write_text(SOURCE)
    command = [compiler, "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"]
    subprocess.run(command, check=True)
    return {"LD_PRELOAD": str(library), "CLOCK_AHEAD_S": str(seconds)}
