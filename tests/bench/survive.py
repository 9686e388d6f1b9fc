#!/usr/bin/python3
"""What it costs to survive: kills, checkpoints, forks, many short rows, the size of the file. A Markdown table.

    tests/bench/survive.py PAMIR [--quick] [--runs 3] [--rows 10000] [--persons 16000] [--threads 2] [--experiment FILE]
                         [--only PART ...] [--json FILE]

kills        one batch killed ten times at random (seeded) and resumed, beside an undisturbed one: their digests
checkpoints  a batch with checkpoints every second, against none, in turns: medians, MB a checkpoint, MB/s
fork         an experiment's arms with their common past lived once, against --no-fork, in turns: medians
batch        `--rows` rows of half a millisecond: before the first row, after the last, file, peak memory
size         bytes of that file against the values it holds, raw and under xz -9

Experiments are those of scenarios/tiny, with more persons where rows must be long. --quick: small sizes, one run, to see that
it works. No timing decides whether a test passes. Exit status: 0, 2 when something cannot be measured, 130 after Ctrl-C.
"""

import argparse
import lzma
import os
import pathlib
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time

import support

TINY = pathlib.Path(__file__).resolve().parents[2] / "scenarios" / "tiny" / "experiment.yaml"
KILLS, SEED = 10, 20261122


class Meter:
    """Runs batches, and keeps what was found: lines for the table, measurements for JSON."""

    def __init__(self, arguments, place, told):
        self.arguments, self.place, self.told = arguments, pathlib.Path(place), told
        self.lines, self.long = [], ("--set", "panel=0", "--set", "to=2050-12", "--set", f"county.persons={arguments.persons} person")

    def say(self, text):
        print(f"{support.NAME}: {text}", file=sys.stderr)

    def line(self, what, found):
        self.lines.append((what, found))

    def keep(self, name, unit, values, **parameters):
        """One measurement, in the form of `pamir bench --json`. Returns the median."""
        middle = statistics.median(values)
        self.told["measurements"].append({"name": f"survive/{name}", "parameters": parameters, "unit": unit, "median": middle, "min": min(values),
                                          "max": max(values), "runs": len(values), "n_threads": self.arguments.threads})
        return middle

    def command(self, name, *words, experiment=None):
        return [os.path.abspath(self.arguments.pamir), "run", experiment or TINY, "-o", self.place / name, "--threads", self.arguments.threads, *words]

    def run(self, name, *words, experiment=None):
        """A whole batch. Returns (seconds, what it printed)."""
        began = time.monotonic()
        said = support.run(self.command(name, "--overwrite", *words, experiment=experiment), "pamir run")
        return time.monotonic() - began, said

    def digest(self, name):
        return support.run([os.path.abspath(self.arguments.pamir), "verify", self.place / name, "--digest"], "pamir verify").strip()


def killed(meter, words, luck, most):
    """A batch killed KILLS times, each time after up to `most` seconds, then finished. False when it was done sooner."""
    target = meter.place / "killed.h5"
    target.unlink(missing_ok=True)
    for _ in range(KILLS):
        process = subprocess.Popen(list(map(str, meter.command(target.name, "--resume", "--checkpoint", "0.1", *words))),
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            if process.wait(luck.uniform(0.02, max(most, 0.03))) == 0:
                return False
            raise support.Failure("a batch that was killed could not be resumed")
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    support.run(meter.command(target.name, "--resume", *words), "pamir run --resume")
    return True


def kills(meter):
    """Ten kills at moments drawn over the time of a whole run, beside a run without."""
    words, luck = (*meter.long, "--arms", "land", "--replicates", "4"), random.Random(SEED)
    seconds, _ = meter.run("whole.h5", *words)
    most = 2 * seconds / KILLS
    while not killed(meter, words, luck, most):
        most /= 2  # it was done before the tenth kill: shorter lives
    both = meter.digest("whole.h5"), meter.digest("killed.h5")
    meter.line("digest, undisturbed", f"`{both[0]}`")
    meter.line(f"digest, killed {KILLS} times at random", f"`{both[1]}`" + (" (the same)" if both[0] == both[1] else " **differs**"))
    meter.keep("killed, same digest", "1", [float(both[0] == both[1])], kills=KILLS)
    if both[0] != both[1]:
        raise support.Failure("the batch that was killed has another digest")


def in_turns(meter, words, variants, experiment=None):
    """Runs variants in turns. Returns {name: (seconds of each run, what the last printed)}."""
    found = {name: [] for name in variants}
    said = {}
    for _ in range(meter.arguments.runs):
        for name, more in variants.items():
            seconds, said[name] = meter.run("turn.h5", *words, *more, experiment=experiment)
            found[name].append(seconds)
    return {name: (found[name], said[name]) for name in variants}


def checkpoints(meter):
    """Every second against never; sizes by watching the parts directory in one more run."""
    words, step = (*meter.long, "--arms", "land", "--replicates", "4"), "0.2" if meter.arguments.quick else "1"
    found = in_turns(meter, words, {"never": ("--checkpoint", "never"), "each": ("--checkpoint", step)})
    never, each = (meter.keep(f"checkpoints {name}", "s", found[name][0]) for name in ("never", "each"))
    meter.line(f"a run without checkpoints; with one every {step} s", f"{never:.2f} s; {each:.2f} s: {100 * (each / never - 1):+.1f} percent")
    sizes = set()
    process = subprocess.Popen(list(map(str, meter.command("watch.h5", "--overwrite", "--checkpoint", step, *words))),
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    while process.poll() is None:
        for path in (meter.place / "watch.h5.parts").glob("state-*.ckpt"):
            try:
                sizes.add((path.name, path.stat().st_size))
            except OSError:
                pass
        time.sleep(0.005)
    said = process.stdout.read()
    if sizes:
        megabytes = statistics.median(size for _, size in sizes) / 1e6
        meter.keep("checkpoint", "MB", [megabytes], persons=meter.arguments.persons)
        meter.line("checkpoints seen; size of one", f"{len(sizes)}; {megabytes:.2f} MB")
    told = re.search(r"^.*checkpoints?\b.*$", said, re.MULTILINE)
    if told:
        meter.line("what the run says of them", told[0].strip().replace("|", "\\|"))
        cost = re.search(r"([\d,]+) written in ([\d.]+) s", told[0])
        if cost and sizes and float(cost[2]) > 0:
            each = float(cost[2]) / int(cost[1].replace(",", ""))
            meter.keep("checkpoint", "s", [each])
            meter.line("seconds a checkpoint; MB/s", f"{each:.4f}; {megabytes / each:.0f}" if each else "-")


def fork(meter):
    """All arms, their past lived once or by each for itself."""
    words = ("--replicates", "2")
    if meter.arguments.experiment is None:
        words += (*meter.long[:2], *meter.long[4:], "--set", "to=2017-12")
    found = in_turns(meter, words, {"fork": (), "no fork": ("--no-fork",)}, meter.arguments.experiment)
    with_fork, without = (meter.keep(name, "s", found[name][0]) for name in ("fork", "no fork"))
    meter.line("all arms, past lived once; by each for itself", f"{with_fork:.2f} s; {without:.2f} s: {without / with_fork:.2f} times as fast")
    told = re.search(r"^forks?:.*$", found["fork"][1], re.MULTILINE)
    spared = re.search(r"spared ([\d.]+) s", told[0]) if told else None
    if spared:
        meter.keep("fork, spared", "s of a thread", [float(spared[1])])
        share = 100 * float(spared[1]) / (without * meter.arguments.threads)
        meter.line("share of the threads' time spared, about", f"{share:.0f} percent")
        meter.line("forks, as the run says", told[0].strip().replace("|", "\\|"))


def short_rows(meter):
    """Many short rows: what the batch itself costs; then the file against what it holds."""
    words = ("--arms", "land", "--set", "panel=0", "--set", "to=2016-12", "--replicates", max(1, meter.arguments.rows // 2))
    began, first, last = time.monotonic(), None, None
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(list(map(str, meter.command("many.h5", "--overwrite", *words))), stdout=said, stderr=subprocess.DEVNULL)
        size = 0
        while True:
            done, status, usage = os.wait4(process.pid, os.WNOHANG)
            grown = sum(path.stat().st_size for path in (meter.place / "many.h5.parts").glob("rows-*.log") if path.exists())
            if grown > size:
                size, last = grown, time.monotonic()
                first = first or (last if grown > 1000 else None)
            if done:
                break
            time.sleep(0.001)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - began
        if process.returncode:
            raise support.Failure(f"the batch of many rows ended with {process.returncode}")
    n, path = 2 * max(1, meter.arguments.rows // 2), meter.place / "many.h5"
    first, last = first or began, last or began
    for name, value, unit in (("all", seconds, "s"), ("before the first row", first - began, "s"), ("after the last row", began + seconds - last, "s"),
                              ("peak memory", usage.ru_maxrss / 1024, "MiB"), ("file", path.stat().st_size / 1e6, "MB")):
        meter.keep(f"short rows, {name}", unit, [value], rows=n)
        meter.line(f"{n:,} short rows: {name}", f"{value:.2f} {unit}")
    information(meter, path)


def information(meter, path):
    """The values of a file, raw and compressed, against its bytes."""
    import h5py  # Debian: python3-h5py

    n_values, packed, raw = 0, lzma.LZMACompressor(preset=9), 0
    small = 0
    with h5py.File(path, "r") as file:
        def add(_, item):
            nonlocal n_values, raw, small
            if isinstance(item, h5py.Dataset) and item.dtype.kind in "fiu" and "replicate" in [d.label or (d[0].name.split("/")[-1] if len(d) else "") for d in item.dims]:
                data = item[()].tobytes()
                n_values, raw = n_values + int(item.size), raw + len(data)
                small += len(packed.compress(data))

        file.visititems(add)
    small += len(packed.flush())
    size = path.stat().st_size
    if not n_values:
        raise support.Failure(f"{path}: holds no values by replicate")
    meter.line("its values, raw; under xz -9; the file", f"{raw / 1e6:.2f} MB; {small / 1e6:.2f} MB; {size / 1e6:.2f} MB")
    meter.line("bytes a value: raw; under xz -9; in the file", f"{raw / n_values:.2f}; {small / n_values:.2f}; {size / n_values:.2f}")
    for name, value in (("raw", raw), ("xz -9", small), ("file", size)):
        meter.keep(f"size, {name}", "bytes a value", [value / n_values], n_values=n_values)


PARTS = {"kills": kills, "checkpoints": checkpoints, "fork": fork, "batch": short_rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pamir", metavar="PAMIR")
    parser.add_argument("--quick", action="store_true", help="small sizes, one run: to see that it works")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--rows", type=int, default=10000, help="of the batch of short rows")
    parser.add_argument("--persons", type=int, default=16000, help="of the county with long rows")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--experiment", metavar="FILE", help="of fork: whose arms (tiny, three years, many persons)")
    parser.add_argument("--only", choices=tuple(PARTS), nargs="+", default=list(PARTS))
    parser.add_argument("--json", metavar="FILE")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.runs, arguments.rows, arguments.persons = 1, min(arguments.rows, 200), min(arguments.persons, 4000)
    if min(arguments.runs, arguments.threads) < 1 or not 2 <= arguments.rows <= support.LARGEST or arguments.persons < 100:
        parser.error("--runs and --threads begin at 1, --rows at 2, --persons at 100")
    support.check(arguments.pamir, arguments.json)
    with support.kept(arguments.json) as told, tempfile.TemporaryDirectory() as place:
        told.update({"version": support.run([arguments.pamir, "--version"], "pamir --version").strip(), "measurements": []})
        meter = Meter(arguments, place, told)
        try:
            for part in arguments.only:
                meter.say(part)
                PARTS[part](meter)
        finally:
            if meter.lines:
                print("| what | found |\n|---|---|")
                for what, found in meter.lines:
                    print(f"| {what} | {found} |")


if __name__ == "__main__":
    support.main(main)
