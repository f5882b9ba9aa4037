"""`README.md` beside this file names a test for each row, and every test that it names is there."""

import pathlib
import re

HERE = pathlib.Path(__file__).parent


def names_in(file):
    found = [folder / file for folder in (HERE, HERE.parent) if (folder / file).exists()]
    assert len(found) == 1, f"{file} lies in {found}"
    return set(re.findall(r"^def (test_\w+)", found[0].read_text(), re.M))


def test_every_row_names_tests_that_are_there():
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", (HERE / "README.md").read_text(), re.M)
    rows = [(row, tests) for row, tests in rows if row != "row"]
    assert len(rows) > 70
    for row, tests in rows:
        named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", tests)
        says_why = re.match(r"(differs|not there|no test)", tests)
        assert named or says_why, row
        for file, name in named:
            assert name in names_in(file), f"{row}: {file}::{name}"
