#!/usr/bin/python3
"""How cost grows: with the county (households), and with the experiment (replicates), on one thread and on several.

    tests/bench/scale.py PAMIR households [--sizes 1e3,1e4,1e5,1e6] [--arm all] ...
    tests/bench/scale.py PAMIR replicates [--counts 1,10,100,1000] [--experiment FILE] ...
    both: [--runs 3] [--threads 2] [--set PATH=VALUE ...] [--json FILE]

PAMIR is the program (build/release/pamir), whose `bench model` and `bench experiment` do the work.  A scaled county is written
beside a copy of the scenarios in a temporary folder: Tashkurgan with its persons and pasture times a factor, in villages
of about 190 households as they are, townships as many as that takes, programs as they are.  replicates takes
scenarios/tiny/experiment.yaml by itself: what an experiment costs beside its model shows best in short rows.  A million
households take minutes: `--runs 1`, or fewer years (`--set to=2016-12`).  No timing decides whether a test passes.
"""

import argparse
import os
import pathlib
import re
import shutil
import tempfile

import support

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOUSEHOLDS = 10145  # of Tashkurgan, about
VILLAGES = 53


def times(text, pattern, factor):
    """Multiplies the number in the first match of `pattern` (one group)."""
    match = re.search(pattern, text)
    if not match:
        raise support.Failure(f"{pattern!r} is not in the county's file")
    value = round(float(match.group(1)) * factor)
    return text[: match.start(1)] + f"{value}" + text[match.end(1):]


def townships(lines, factor):
    """The townships' lines, as many as `factor` asks for: again under other names, or fewer with fewer villages."""
    if factor >= 1:
        n = round(len(lines) * factor)
        return [line if k < len(lines) else re.sub(r"name: ([\w-]+)", rf"name: \1-{k // len(lines) + 1}", line)
                for k, line in ((k, lines[k % len(lines)]) for k in range(n))]
    n = max(2, round(len(lines) * factor))
    villages = max(n, round(VILLAGES * factor))
    return [re.sub(r"villages: \d+", f"villages: {villages // n + (k < villages % n)}", lines[k]) for k in range(n)]


def scaled(folder, factor):
    """Copies the scenarios and makes the county `factor` times as large.  Returns the experiment's path."""
    shutil.copytree(ROOT / "scenarios", folder)
    county = folder / "counties" / "tashkurgan.yaml"
    text = county.read_text(encoding="utf-8")
    text = times(text, r"persons: \{value: (\d+) person", factor)
    text = times(text, r"pasture: \{value: (\d+) km\^2", factor)
    lines = re.findall(r"^  - \{name: .*\n", text, flags=re.M)
    text = text.replace("".join(lines), "".join(townships(lines, factor)))
    county.write_text(text, encoding="utf-8")
    return folder / "experiments" / "tashkurgan.yaml"


def measure(arguments, part, place, *words):
    """One file of `pamir bench PART`."""
    sets = [word for value in arguments.set for word in ("--set", value)]
    return support.bench(arguments.pamir, f"{place}/one.json", part, "--runs", arguments.runs, "--threads", arguments.threads, *sets,
                         *words)


def figure(told, name, unit, n_threads):
    """The median of a measurement, as text; '-' where it was not taken."""
    found = [one["median"] for one in told["measurements"]
             if (one["name"], one["unit"], one["n_threads"]) == (name, unit, n_threads)]
    return f"{found[0]:.4g}" if found and found[0] is not None else "-"


def row(arguments, told, part, label, names):
    """A line of the table: seconds and speed by threads, what threads give, and the sizes named."""
    cells = [label]
    for n in sorted({1, arguments.threads}):
        cells += [figure(told, f"{part}/{part}", "s", n), figure(told, f"{part}/{part}", "million household-months/s", n)]
    cells.append(figure(told, f"{part}/{part}", "times one thread", arguments.threads))
    return cells + [figure(told, f"{part}/{name}", unit, 1) for name, unit in names]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pamir", metavar="PAMIR")
    parser.add_argument("table", choices=("households", "replicates"))
    parser.add_argument("--sizes", help="of households (1e3,1e4,1e5,1e6)")
    parser.add_argument("--arm", help="of households (all)")
    parser.add_argument("--counts", help="of replicates (1,10,100,1000)")
    parser.add_argument("--experiment", help="of replicates (scenarios/tiny/experiment.yaml)")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE")
    parser.add_argument("--json", metavar="FILE")
    arguments = parser.parse_args()
    households = arguments.table == "households"
    for option in ("counts", "experiment") if households else ("sizes", "arm"):
        if getattr(arguments, option) is not None:
            parser.error(f"--{option} is for {'replicates' if households else 'households'}")
    if not 1 <= arguments.runs <= 100 or not 1 <= arguments.threads <= 4096:
        parser.error("--runs is 1 to 100, --threads 1 to 4096")
    if households:  # at least two townships of a village
        sizes = support.sizes(arguments.sizes or "1e3,1e4,1e5,1e6", "--sizes", 500)
    else:
        sizes = support.sizes(arguments.counts or "1,10,100,1000", "--counts", 1)
    support.check(arguments.pamir, arguments.json)
    if arguments.threads > (os.cpu_count() or 1):
        print(f"note: {arguments.threads} threads share {os.cpu_count()} cores")
    with support.kept(arguments.json) as kept:
        grow(arguments, sizes, kept)


def grow(arguments, sizes, kept):
    """A line of the table for each size, put into `kept` as it comes."""
    households = arguments.table == "households"
    memory = [("in tables", "bytes a household"), ("resident, of the run", "bytes a household")] if households else []
    memory.append(("resident, in all", "MiB"))
    heads = [arguments.table]
    for n in sorted({1, arguments.threads}):
        heads += [f"s on {n}", "million/s"]
    heads += ["times"] + [f"{unit}, {name}" for name, unit in memory]
    print("s on T: seconds of a run on T threads; million/s: million household-months a second; times: speed in one thread's")
    print("  ".join(heads), flush=True)
    found = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as place:
            if households:
                experiment = scaled(pathlib.Path(place) / "scenarios", size / HOUSEHOLDS)
                told = measure(arguments, "model", place, "--experiment", experiment, "--arm", arguments.arm or "all")
                label = f"{told['measurements'][0]['parameters']['households']:,.0f}"
            else:
                experiment = arguments.experiment or ROOT / "scenarios" / "tiny" / "experiment.yaml"
                told = measure(arguments, "experiment", place, "--experiment", experiment, "--replicates", size)
                label = f"{size:,}"
        found += told["measurements"]
        kept.update(told, measurements=found)
        cells = row(arguments, told, "model" if households else "experiment", label, memory)
        print("  ".join(cell.rjust(len(head)) for cell, head in zip(cells, heads)), flush=True)


if __name__ == "__main__":
    support.main(main)
