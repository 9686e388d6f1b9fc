#!/usr/bin/python3
"""Compares two files of `pamir bench --json`: the ratio of the medians, measurement by measurement.

    tests/bench/compare.py BEFORE.json AFTER.json

A ratio is AFTER / BEFORE.  `better` and `worse` stand where each median lies outside the other's spread (least to most of
its runs); `other` where what is counted is neither.  Nothing stands where the spreads cover the difference.  A timing of fewer
than 3 runs has no spread to speak of, and no verdict.  Measurements are the same when all their parameters are: size, study, arm,
months, --set, events.  Measure both files on one machine in one hour, best in turns: a machine drifts by a tenth within minutes.

Exit status: 0 whatever the ratios are (a timing never decides whether a test passes), 2 for files that cannot be read.
"""

import argparse
import json
import numbers

import support

SAME = ("machine", "caches", "memory", "system", "compiler", "flags")  # what a comparison of versions keeps
LESS = ("s", "ns", "MiB", "bytes an entity", "bytes a household", "percent of bytes", "a household-month",
        "bytes a household-month", "ns a household-month")  # units of which less is better
COUNTED = ("bytes an entity", "percent of bytes", "a household-month", "bytes a household-month")  # the same in every run
ABOUT = ("study", "arm", "arms", "months", "set", "events", "from", "to")  # parameters that most measurements share
RUNS = 3  # of fewer, least and most say nothing of what another run would give


def number(value):
    """A figure of the file: a number, or None where it was not taken."""
    if value is not None and (isinstance(value, bool) or not isinstance(value, numbers.Real)):
        raise ValueError(f"{value!r} is no number")
    return value


def read(path):
    """The file's machine, and its measurements (median, least, most, runs) by what they measure."""
    try:
        with open(path, encoding="utf-8") as file:
            told = json.load(file)
        found = {}
        for one in told["measurements"]:
            key = str(one["name"]), tuple(sorted(one["parameters"].items())), int(one["n_threads"]), str(one["unit"])
            found[key] = (*(number(one[figure]) for figure in ("median", "min", "max")), int(one["runs"]))
        return told, found
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise support.Failure(f"{path}: not a file of pamir bench --json: {error!r}") from error


def verdict(unit, before, after):
    """Whether the medians lie outside each other's spreads, and on which side."""
    if unit not in COUNTED and min(before[3], after[3]) < RUNS:
        return ""
    inside = before[1] <= after[0] <= before[2] or after[1] <= before[0] <= after[2]
    if inside:
        return ""
    if "/s" in unit or unit == "times one thread":
        return "better" if after[0] > before[0] else "worse"
    if unit in LESS:
        return "better" if after[0] < before[0] else "worse"
    return "other"


def common(keys):
    """What all measurements that have it share: said once."""
    seen = {}
    for _, parameters, _, _ in keys:
        for name, value in parameters:
            if name in ABOUT:
                seen.setdefault(name, set()).add(value)
    return {name: values.pop() for name, values in seen.items() if len(values) == 1}


def label(key, shared):
    """What is measured, in a line."""
    name, parameters, n_threads, _ = key
    words = [f"{k} {v:,g}" if isinstance(v, numbers.Real) else f"{k} {v}" for k, v in parameters if k not in shared]
    return ", ".join([name, *words, f"{n_threads} thread{'s' * (n_threads != 1)}"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", metavar="BEFORE.json")
    parser.add_argument("after", metavar="AFTER.json")
    arguments = parser.parse_args()
    (told, before), (told_after, after) = read(arguments.before), read(arguments.after)
    print(f"before {told.get('version')} of {told.get('started')}, after {told_after.get('version')} of {told_after.get('started')}")
    for name in SAME:
        if told.get(name) != told_after.get(name):
            print(f"note: another {name}: {told.get(name)} / {told_after.get(name)}")
    for path, file in ((arguments.before, told), (arguments.after, told_after)):
        if file.get("stopped") or file.get("failed"):
            print(f"note: {path} was stopped before all was measured")
    few = sorted({figures[3] for figures in (*before.values(), *after.values()) if figures[3] < RUNS})
    if few:
        print(f"note: timings of {' or '.join(map(str, few))} runs: no verdict on them below {RUNS}")
    shared = common([*before, *after])
    if shared:
        print("of all: " + ", ".join(f"{name} {value}" for name, value in shared.items()))
    print(f"{'':56}{'before':>12}{'after':>12}{'ratio':>9}  unit")
    for key in [*before, *(key for key in after if key not in before)]:
        what, unit = label(key, shared), key[3]
        if key not in after or key not in before:
            print(f"{what:56}{'':33}  {unit}: only {'before' if key in before else 'after'}")
        elif None in before[key] or None in after[key] or before[key][0] == 0:
            print(f"{what:56}{'-':>12}{'-':>12}{'-':>9}  {unit}")
        else:
            x, y = before[key][0], after[key][0]
            print(f"{what:56}{x:12.5g}{y:12.5g}{y / x:9.3f}  {unit}  {verdict(unit, before[key], after[key])}".rstrip())


if __name__ == "__main__":
    support.main(main)
