#!/usr/bin/python3
"""The engine beside SimPy (Debian: python3-simpy3), in turns, in one session: hold and M/M/1, with the ratio.

    tests/bench/peers.py PAMIR [--sizes 1e3,1e4,1e5] [--runs 5] [--events 200000] [--customers 100000] [--json FILE]

PAMIR is the program (build/release/pamir).  SimPy does --events holds a run and --customers customers; ours does as many as
`pamir bench` takes by itself, since a speed is a speed.  One thread each.  Neither counts the time in which entities are
made.  Without SimPy it says so, measures ours alone, and ends with 0: no timing decides whether a test passes.
"""

import argparse
import random
import statistics
import tempfile
import time

import support

try:
    import simpy
except ImportError:
    simpy = None


def simpy_hold(n_entities, n_events):
    """Million holds a second: each entity waits Exp(mean 1) again and again."""
    draw = random.Random(1).expovariate
    environment = simpy.Environment()
    n_holds = 0

    def entity():
        nonlocal n_holds
        while True:
            yield environment.timeout(draw(1.0))
            n_holds += 1

    for _ in range(n_entities):
        environment.process(entity())
    environment.run(until=1.0)  # every entity has begun
    before = n_holds
    start = time.perf_counter()
    environment.run(until=1.0 + max(n_events / n_entities, 0.01))
    return 1e-6 * (n_holds - before) / (time.perf_counter() - start)


def simpy_mm1(n_customers):
    """Million customers a second: one server, arrivals at 0.9, services of mean 1."""
    draw = random.Random(1).expovariate
    environment = simpy.Environment()
    server = simpy.Resource(environment, capacity=1)
    total = 0.0

    def customer():
        nonlocal total
        came = environment.now
        with server.request() as request:
            yield request
            yield environment.timeout(draw(1.0))
        total += environment.now - came

    def source():
        for _ in range(n_customers):
            yield environment.timeout(draw(0.9))
            environment.process(customer())

    environment.process(source())
    start = time.perf_counter()
    environment.run()
    rate = 1e-6 * n_customers / (time.perf_counter() - start)
    if n_customers >= 100000 and not 5 < total / n_customers < 20:
        raise support.Failure(f"SimPy's customers stay {total / n_customers:.2f}, theory says 10")
    return rate


def ours(pamir, *arguments):
    """The file of one run of `pamir bench`, and its speed."""
    with tempfile.TemporaryDirectory() as place:
        told = support.bench(pamir, f"{place}/one.json", *arguments, "--runs", 1, "--threads", 1)
    return told, next(one["median"] for one in told["measurements"] if one["unit"].startswith("million "))


def measurement(name, parameters, unit, values):
    return {"name": f"peers/{name}", "parameters": parameters, "unit": unit, "n_threads": 1, "runs": len(values),
            "median": statistics.median(values), "min": min(values), "max": max(values)}


def spread(values):
    return f"{statistics.median(values):8.3f} ({min(values):.3f} to {max(values):.3f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pamir", metavar="PAMIR")
    parser.add_argument("--sizes", default="1e3,1e4,1e5")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--events", type=int, default=200000)
    parser.add_argument("--customers", type=int, default=100000)
    parser.add_argument("--json", metavar="FILE")
    arguments = parser.parse_args()
    if not 1 <= arguments.runs <= 100 or arguments.events < 1 or arguments.customers < 1:
        parser.error("--runs is 1 to 100; --events and --customers are at least 1")
    sizes = support.sizes(arguments.sizes, "--sizes", 1)
    support.check(arguments.pamir, arguments.json)
    cases = [("hold", {"entities": n}, "million holds/s", ["hold", "--sizes", n], lambda n=n: simpy_hold(n, arguments.events))
             for n in sizes]
    cases.append(("mm1", {}, "million customers/s", ["mm1"], lambda: simpy_mm1(arguments.customers)))
    if simpy is None:
        print("SimPy is not installed (Debian: apt install python3-simpy3, for /usr/bin/python3); ours alone is measured", flush=True)
    with support.kept(arguments.json) as kept:
        compare(arguments, cases, kept)


def compare(arguments, cases, kept):
    """Each case in turns, ours and the peer's; what is found is put into `kept`."""
    found = []
    for name, parameters, unit, words, peer in cases:
        fast, slow = [], []
        for _ in range(arguments.runs):
            told, speed = ours(arguments.pamir, *words)
            fast.append(speed)
            if simpy is not None:
                slow.append(peer())
        label = ", ".join([name, *(f"{n:,} {k}" for k, n in parameters.items())])
        found.append(measurement(f"{name} ours", parameters, unit, fast))
        print(f"{label:24} ours  {spread(fast)} {unit}", flush=True)
        if simpy is not None:
            ratios = [x / y for x, y in zip(fast, slow)]
            found.append(measurement(f"{name} SimPy {simpy.__version__}", parameters, unit, slow))
            found.append(measurement(f"{name} ours", parameters, "times SimPy", ratios))
            print(f"{'':24} SimPy {spread(slow)} {unit}; ours is {statistics.median(ratios):.0f} times as fast "
                  f"({min(ratios):.0f} to {max(ratios):.0f})", flush=True)
        kept.update(told, measurements=found)


if __name__ == "__main__":
    support.main(main)
