#!/usr/bin/python3
"""How near the model comes to the machine: instructions and bytes of a household's month against what the machine can do.

    tests/bench/roofline.py PAMIR [--between 2016-12 2017-12] [--experiment FILE] [--arm A] [--runs 5] [--per-cycle 4]
                            [--functions 12] [--json FILE]

PAMIR is the program (build/release/pamir).  valgrind's callgrind (Debian: valgrind) runs `pamir bench model` to the end of two
months; the difference is the months between them, without reading, synthesis and founding.  It counts
- instructions;
- lines of 64 bytes that come into a second cache of 1 MiB (16 ways): since the villages take turns and the county is
  many times that cache, nothing stays in it from one month to the next, so these are the bytes that a month touches,
  counted once, however often; with those that are written back they are the bytes moved (of a tiny county the
  difference is noise);
- lines that come into a first cache of 32 KiB.
--functions names those in which most of it happens (exclusive; what the compiler has put inside another counts there).
The machine's figures (triad, clock) and the model's speed and resident bytes are measured in the same session by
`pamir bench machine model`.  The roof is the longer of: bytes moved at the triad's rate, and instructions at --per-cycle
a cycle (what scalar code reaches at best).  No timing decides whether a test passes.
"""

import argparse
import json
import math
import pathlib
import re
import shutil
import tempfile

import support

ROOT = pathlib.Path(__file__).resolve().parents[2]
LINE = 64
CACHES = ("--I1=32768,8,64", "--D1=32768,8,64", "--LL=1048576,16,64")
FUNCTION = re.compile(r"^ *([\d,.]+)(?: \([^)]*\))? +([\d,.]+)(?: \([^)]*\))? +([\d,.]+)(?: \([^)]*\))? +(\S+:\S+)", re.M)
TARGETS = {"resident": 1024, "touched": 512}
ENOUGH = 100000  # household-months: of fewer, what a month touches drowns in what is there anyhow


def number(text):
    return int(text.replace(",", "").replace(".", "0"))


def print_functions(first, last, work, n):
    """Those in which most instructions and bytes of the months between happen."""
    each = {}
    for name, counts in last["functions"].items():
        before = first["functions"].get(name, (0, 0))
        each[name] = (counts[0] - before[0]) / work, LINE * (counts[1] - before[1]) / work
    print(f"\n{'':40}{'instructions':>14}{'bytes touched':>15}")
    for name, (instructions, touched) in sorted(each.items(), key=lambda one: -one[1][0] - 4 * one[1][1])[:n]:
        print(f"  {name:38}{round(instructions, 1) + 0:14,.1f}{round(touched, 1) + 0:15,.1f}")


def counted(words, until, place):
    """What callgrind counts in a run to the end of a month, by name of event, with the household-months lived."""
    out, told = pathlib.Path(place) / "callgrind.out", pathlib.Path(place) / "one.json"
    support.run(["valgrind", "--tool=callgrind", "--vgdb=no", f"--callgrind-out-file={out}", "--cache-sim=yes", "--simulate-wb=yes", *CACHES, *words,
         "--runs", 1, "--threads", 1, "--set", f"to={until}", "--json", told], "callgrind")
    text = out.read_text(encoding="utf-8")
    names = re.search(r"^events: (.*)$", text, re.M)[1].split()
    totals = re.search(r"^(?:totals|summary): (.*)$", text, re.M)[1].split()
    found = dict(zip(names, map(int, totals)))
    found.update({name: 0 for name in names if name not in found})  # callgrind leaves out zeros at the end
    measured = {one["unit"]: one["median"] for one in json.loads(told.read_text(encoding="utf-8"))["measurements"]
                if one["name"] == "model/model"}
    listing = support.run(["callgrind_annotate", "--threshold=100", "--show=Ir,DLmr,DLmw", out], "callgrind_annotate")
    found["functions"] = {name.split(":", 1)[1]: (number(instructions), number(reads) + number(writes))
                          for instructions, reads, writes, name in FUNCTION.findall(listing)}
    found["work"] = measured["million household-months/s"] * measured["s"] * 1e6
    return found


def medians(told):
    return {(one["name"], one["unit"], one["n_threads"]): one["median"] for one in told["measurements"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pamir", metavar="PAMIR")
    parser.add_argument("--between", nargs=2, default=["2016-12", "2017-12"], metavar="YYYY-MM")
    parser.add_argument("--experiment", default=str(ROOT / "scenarios" / "experiments" / "tashkurgan.yaml"))
    parser.add_argument("--arm", default="all")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--per-cycle", type=float, default=4.0)
    parser.add_argument("--functions", type=int, default=12)
    parser.add_argument("--json", metavar="FILE")
    arguments = parser.parse_args()
    if not 1 <= arguments.runs <= 100 or arguments.functions < 0:
        parser.error("--runs is 1 to 100, --functions at least 0")
    if not (math.isfinite(arguments.per_cycle) and arguments.per_cycle > 0):
        parser.error("--per-cycle is a number above 0")
    support.check(arguments.pamir, arguments.json)
    if shutil.which("valgrind") is None:
        print("valgrind is not installed (Debian: apt install valgrind); nothing is counted")
        return
    with support.kept(arguments.json) as kept, tempfile.TemporaryDirectory() as place:
        weigh(arguments, place, kept)


def weigh(arguments, place, kept):
    """Counts, measures, tells; what is found is put into `kept`."""
    study = ["model", "--experiment", arguments.experiment, "--arm", arguments.arm]
    words = [arguments.pamir, "bench", *study]
    for until in arguments.between:  # once without callgrind: what is wrong is told at once, and in few words
        support.bench(arguments.pamir, f"{place}/dry.json", *study, "--runs", 1, "--threads", 1, "--set", f"to={until}")
    first, last = (counted(words, until, place) for until in arguments.between)
    told = support.bench(arguments.pamir, f"{place}/machine.json", *study, "machine", "--threads", 1, "--runs", arguments.runs)
    work = last["work"] - first["work"]
    if work <= 0:
        raise support.Failure("--between: the second month is not later than the first")
    each = {name: (last[name] - first[name]) / work for name in first if name not in ("work", "functions")}
    speed = medians(told)
    triad = next(value for (name, _, n), value in speed.items() if name == "machine/triad in memory" and n == 1)
    inside = next(value for (name, _, n), value in speed.items() if name == "machine/triad in the second cache")
    # The least: a clock that others share seems slower than it is, never faster.
    cycle = next(one["min"] for one in told["measurements"] if one["name"] == "machine/dependent operation")
    taken = 1e3 / speed["model/model", "million household-months/s", 1]
    resident = speed["model/resident, of the run", "bytes a household", 1]
    touched = LINE * (each["DLmr"] + each["DLmw"])
    moved = touched + LINE * (each.get("DLdmr", 0) + each.get("DLdmw", 0))
    first_cache = LINE * (each["D1mr"] + each["D1mw"])
    by_bytes, by_instructions = moved / triad, each["Ir"] * cycle / arguments.per_cycle
    roof = max(by_bytes, by_instructions)
    rows = [
        ("instructions", each["Ir"], "a household-month", ""),
        ("loads and stores", each["Dr"] + each["Dw"], "a household-month", ""),
        ("touched", touched, "bytes a household-month", f"target {TARGETS['touched']}"),
        ("moved to and from memory", moved, "bytes a household-month", "written back included"),
        ("moved into the first cache", first_cache, "bytes a household-month", ""),
        ("resident", resident, "bytes a household", f"target {TARGETS['resident']}"),
        ("time", taken, "ns a household-month", f"{each['Ir'] * cycle / taken:.2f} instructions a cycle of {cycle:.3f} ns"),
        ("roof of memory", by_bytes, "ns a household-month", f"triad {triad:.1f} GB/s; {inside:.1f} in the second cache"),
        ("roof of instructions", by_instructions, "ns a household-month", f"at {arguments.per_cycle:g} a cycle"),
        ("share of the roof", 100 * roof / taken, "percent", "memory" if roof == by_bytes else "instructions"),
    ]
    print(f"{arguments.experiment}, arm {arguments.arm}, {work:,.0f} household-months after {arguments.between[0]}")
    small = ("touched", "moved to and from memory", "roof of memory") if work < ENOUGH else ()
    for name, value, unit, note in rows:
        print(f"{name:28}{'':12} too small to tell" if name in small else f"{name:28}{value:12,.1f} {unit:24} {note}".rstrip())
    if arguments.functions > 0:
        print_functions(first, last, work, arguments.functions)
    parameters = {"study": next(one["parameters"]["study"] for one in told["measurements"] if one["name"] == "model/model"),
                  "arm": arguments.arm, "from": arguments.between[0], "to": arguments.between[1]}
    values = [(name, None if name in small else value, unit) for name, value, unit, _ in rows]
    kept.update(told, measurements=[{"name": f"roofline/{name}", "parameters": parameters, "unit": unit, "n_threads": 1, "runs": 1,
                                     "median": value, "min": value, "max": value} for name, value, unit in values])


if __name__ == "__main__":
    support.main(main)
