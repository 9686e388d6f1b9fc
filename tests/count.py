#!/usr/bin/python3
"""Counts single test cases in ctest's JUnit files: python3 tests/count.py [--broken N] PRESET=FILE...

A ctest entry is a program with many cases; its output says how many (cmocka and pytest both print it). An
entry that failed counts at least one failure, whatever it printed; one whose output names no cases counts as
one. Prints a line for each preset, the failures by name, and last, alone on its line, `N passed, N failed`.
Exit status 0 only when something passed and nothing failed.
"""

import argparse
import re
import sys
import xml.etree.ElementTree as ElementTree

CMOCKA_RUN = re.compile(r"^\[==========\] (\d+) test\(s\) run\.", re.MULTILINE)
CMOCKA_FAILED = re.compile(r"^\[  FAILED  \] (\d+) test\(s\)", re.MULTILINE)
CMOCKA_SKIPPED = re.compile(r"^\[  SKIPPED \] (\d+) test\(s\)", re.MULTILINE)
CMOCKA_NAMES = re.compile(r"^\[  FAILED  \] (test\w+)$", re.MULTILINE)
PYTEST_LINE = re.compile(r"^=* ?((?:\d+ \w+(?:, )?)+) in [\d.]+s", re.MULTILINE)
PYTEST_PART = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed|xpassed)")
PYTEST_NAMES = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


def count_entry(failed_entry, output):
    """(passed, failed, skipped) of one ctest entry, from its state and what it printed."""
    passed = failed = skipped = 0
    for n in CMOCKA_RUN.findall(output):
        passed += int(n)
    for n in CMOCKA_FAILED.findall(output):
        passed -= int(n)
        failed += int(n)
    for n in CMOCKA_SKIPPED.findall(output):
        passed -= int(n)
        skipped += int(n)
    for line in PYTEST_LINE.findall(output):
        for n, kind in PYTEST_PART.findall(line):
            if kind in ("passed", "xfailed"):
                passed += int(n)
            elif kind == "skipped":
                skipped += int(n)
            else:
                failed += int(n)
    if failed_entry:
        failed = max(failed, 1)
    elif passed + failed + skipped == 0:
        passed = 1
    return max(passed, 0), failed, skipped


def count_file(path):
    """Totals of a JUnit file, and the names of what failed and what was skipped."""
    total = [0, 0, 0]
    failures, skips = [], []
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        output = (case.findtext("system-out") or "") + (case.findtext("system-err") or "")
        status = case.get("status")
        if status in ("disabled", "notrun") and case.find("failure") is None:
            counted = (0, 0, 1) if status == "disabled" or case.find("skipped") is not None else (0, 1, 0)
        else:
            counted = count_entry(status == "fail" or case.find("failure") is not None, output)
        total = [a + b for a, b in zip(total, counted)]
        if counted[1]:
            inner = CMOCKA_NAMES.findall(output) + PYTEST_NAMES.findall(output)
            failures += [f"{case.get('name')}: {name}" for name in dict.fromkeys(inner)] or [case.get("name")]
        if counted[2]:
            skips.append(f"{case.get('name')} ({counted[2]})")
    return total, failures, skips


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--broken", type=int, default=0, help="stages that could not run: one failure each")
    parser.add_argument("files", nargs="*", metavar="PRESET=FILE")
    options = parser.parse_args(arguments)
    passed, failed = 0, options.broken
    for item in options.files:
        preset, _, path = item.partition("=")
        (n_passed, n_failed, n_skipped), failures, skips = count_file(path)
        passed += n_passed
        failed += n_failed
        print(f"{preset}: {n_passed} cases passed, {n_failed} failed, {n_skipped} skipped")
        for name in failures:
            print(f"  failed: {name}")
        for name in skips:
            print(f"  skipped: {name}")
    if options.broken:
        print(f"stages that could not be built or run: {options.broken}")
    if passed == 0 and failed == 0:
        failed = 1
        print("nothing was tested")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
