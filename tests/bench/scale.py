#!/usr/bin/python3
"""How cost grows with the county: bench_model on counties of more and more villages of about 190 households.

    tests/bench/scale.py BUILD [--factors 1,4,16] [--arm all] [--runs 3] [--json FILE]

BUILD is a build folder (build/release).  Writes each scaled county beside a copy of the scenarios in a temporary folder:
persons, pasture and townships with their villages times the factor, programs as they are.  Prints one line a factor:
households, seconds, million household-months a second on one thread and two, bytes a household.  No timing decides
whether a test passes.
"""

import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def times(text, pattern, factor):
    """Multiplies the number in the first match of `pattern` (one group)."""
    match = re.search(pattern, text)
    if not match:
        sys.exit(f"scale.py: {pattern!r} is not in the county's file")
    value = float(match.group(1)) * factor
    return text[: match.start(1)] + f"{value:.10g}" + text[match.end(1) :]


def scaled(folder, factor):
    """Copies the scenarios and makes the county `factor` times as large.  Returns the experiment's path."""
    shutil.copytree(ROOT / "scenarios", folder)
    county = folder / "counties" / "tashkurgan.yaml"
    text = county.read_text(encoding="utf-8")
    text = times(text, r"persons: \{value: (\d+) person", factor)
    text = times(text, r"pasture: \{value: (\d+) km\^2", factor)
    townships = re.findall(r"^  - \{name: .*\n", text, flags=re.M)
    more = [re.sub(r"name: ([\w-]+)", rf"name: \1-{k}", line) for k in range(2, factor + 1) for line in townships]
    text = text.replace(townships[-1], townships[-1] + "".join(more))
    county.write_text(text, encoding="utf-8")
    return folder / "experiments" / "tashkurgan.yaml"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", metavar="BUILD")
    parser.add_argument("--factors", default="1,4,16")
    parser.add_argument("--arm", default="all")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", metavar="FILE")
    arguments = parser.parse_args()
    bench = pathlib.Path(arguments.build) / "tests" / "bench_model"
    found = []
    for factor in (int(f) for f in arguments.factors.split(",")):
        with tempfile.TemporaryDirectory() as place:
            experiment = scaled(pathlib.Path(place) / "scenarios", factor)
            done = subprocess.run(
                [bench, experiment, arguments.arm, str(arguments.runs)], check=True, capture_output=True, text=True
            ).stdout
        villages, households = re.search(r"(\d+) villages, (\d+) households", done).groups()
        speeds = [float(s) for s in re.findall(r"([\d.]+) million household-months", done)]
        seconds = [float(s) for s in re.findall(r"median ([\d.]+) s", done)]
        weight = int(re.search(r"(\d+) bytes a household", done).group(1))
        row = {
            "villages": int(villages),
            "households": int(households),
            "seconds_1_thread": seconds[0],
            "seconds_2_threads": seconds[1],
            "million_household_months_per_second_1_thread": speeds[0],
            "million_household_months_per_second_2_threads": speeds[1],
            "bytes_per_household": weight,
        }
        found.append(row)
        print(
            f"{row['villages']:6d} villages {row['households']:8d} households: {seconds[0]:7.2f} s, {speeds[0]:5.2f} million "
            f"household-months/s on one thread; {seconds[1]:7.2f} s, {speeds[1]:5.2f} on two; {weight} bytes a household",
            flush=True,
        )
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
