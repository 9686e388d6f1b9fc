#!/usr/bin/python3
"""Compares two files of `pamir bench --json`: the ratio of the medians, measurement by measurement.

    tests/bench/compare.py BEFORE.json AFTER.json

A ratio is AFTER / BEFORE.  `better` and `worse` stand where each median lies outside the other's spread (least to most of
its runs); `other` where what is counted is neither.  Nothing stands where the spreads cover the difference.  Measure both
files on one machine in one hour, best in turns: a machine drifts by a tenth within minutes.

Exit status: 0 whatever the ratios are (a timing never decides whether a test passes), 2 for files that cannot be read.
"""

import argparse
import json
import sys

SAME = ("machine", "caches", "memory", "system", "compiler", "flags")  # what a comparison of versions keeps
LESS = ("s", "ns", "MiB", "bytes an entity", "bytes a household", "percent of bytes")  # units of which less is better


def read(path):
    """The file's machine and its measurements by what they measure."""
    try:
        with open(path, encoding="utf-8") as file:
            told = json.load(file)
        found = {}
        for one in told["measurements"]:
            parameters = tuple(sorted(one["parameters"].items()))
            found[one["name"], parameters, one["n_threads"], one["unit"]] = tuple(
                one[figure] for figure in ("median", "min", "max"))
        return told, found
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        sys.stderr.write(f"compare.py: {path}: not a file of pamir bench --json: {error!r}\n")
        sys.exit(2)


def verdict(unit, before, after):
    """Whether the medians lie outside each other's spreads, and on which side."""
    inside = before[1] <= after[0] <= before[2] or after[1] <= before[0] <= after[2]
    if inside:
        return ""
    if "/s" in unit or unit == "times one thread":
        return "better" if after[0] > before[0] else "worse"
    if unit in LESS:
        return "better" if after[0] < before[0] else "worse"
    return "other"


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
    print(f"{'':56}{'before':>12}{'after':>12}{'ratio':>9}  unit")
    for key in before:
        name, parameters, n_threads, unit = key
        label = ", ".join([name, *(f"{k} {v:,g}" for k, v in parameters), f"{n_threads} thread{'s' * (n_threads != 1)}"])
        if key not in after:
            print(f"{label:56}{'':33}  {unit}: only before")
        elif None in before[key] or None in after[key] or before[key][0] == 0:
            print(f"{label:56}{'-':>12}{'-':>12}{'-':>9}  {unit}")
        else:
            x, y = before[key][0], after[key][0]
            print(f"{label:56}{x:12.5g}{y:12.5g}{y / x:9.3f}  {unit}  {verdict(unit, before[key], after[key])}".rstrip())
    for key in after:
        if key not in before:
            print(f"{key[0]}, {key[3]}: only after")


if __name__ == "__main__":
    main()
