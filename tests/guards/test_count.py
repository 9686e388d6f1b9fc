"""tests/count.py says what happened: a crash, a skip and an empty run never pass for green."""

import subprocess
import sys
from pathlib import Path

import pytest

COUNT = Path(__file__).resolve().parents[1] / "count.py"
GREEN = "[==========] Running 3 test(s).\n[==========] 3 test(s) run.\n[  PASSED  ] 3 test(s).\n"
RED = ("[==========] 3 test(s) run.\n[  PASSED  ] 2 test(s).\n[  FAILED  ] 1 test(s), listed below:\n"
       "[  FAILED  ] test_books_close\n\n 1 FAILED TEST(S)\n")


def last_line(tmp_path, *cases, broken=0):
    """Counts a JUnit file with the given (status, output) entries; gives the last line and the exit status."""
    body = "".join(
        f'<testcase name="entry{i}" status="{status}">{"<failure/>" if status == "fail" else ""}'
        f"<system-out>{output}</system-out></testcase>" for i, (status, output) in enumerate(cases))
    path = tmp_path / "junit.xml"
    path.write_text(f'<?xml version="1.0"?><testsuite name="t">{body}</testsuite>')
    run = subprocess.run([sys.executable, COUNT, "--broken", str(broken), f"release={path}"], capture_output=True,
                         text=True, check=False)
    assert run.stderr == ""
    return run.stdout.splitlines()[-1], run.returncode


@pytest.mark.parametrize("cases, expected", [
    ([("run", GREEN)], "3 passed, 0 failed"),
    ([("run", GREEN), ("fail", RED)], "5 passed, 1 failed"),
    ([("run", "a script that prints nothing we know\n")], "1 passed, 0 failed"),
    ([("fail", "Segmentation fault\n")], "0 passed, 1 failed"),
    ([("fail", GREEN)], "3 passed, 1 failed"),  # all cases green, then a leak at exit
    ([("run", "....\n4 passed, 1 warning in 0.52s\n")], "4 passed, 0 failed"),
    ([("fail", "=== 2 failed, 3 passed, 1 skipped in 1.5s ===\n")], "3 passed, 2 failed"),
    ([("fail", "1 passed, 2 errors in 0.1s\n")], "1 passed, 2 failed"),
    ([("run", "2 passed, 1 xpassed in 61.25s (0:01:01)\n")], "2 passed, 1 failed"),
    ([("notrun", "Unable to find executable\n")], "0 passed, 1 failed"),
])
def test_cases_of_each_kind_of_program_are_counted(tmp_path, cases, expected):
    line, status = last_line(tmp_path, *cases)
    assert line == expected
    assert (status == 0) == expected.endswith(" 0 failed")


def test_stage_that_did_not_build_is_a_failure(tmp_path):
    assert last_line(tmp_path, ("run", GREEN), broken=1) == ("3 passed, 1 failed", 1)


def test_empty_run_is_a_failure(tmp_path):
    assert last_line(tmp_path) == ("0 passed, 1 failed", 1)
