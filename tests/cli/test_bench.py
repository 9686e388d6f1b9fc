"""pamir bench and the scripts of tests/bench, each option once on something tiny.  What they measure is looked at for its
form alone: no timing decides whether a test passes."""

import json
import math
import os
import re
import shutil
import signal
import subprocess
import sys

import pytest
from test_commands import EXPERIMENT, PAMIR, ROOT, examples, pamir

BENCH = ROOT / "tests" / "bench"
STUDY = {"study": "tiny", "months": 24, "set": "to=2016-12"}


def measured(path):
    """The measurements of a file, after a look at their form."""
    told = json.loads(path.read_text(encoding="utf-8"))
    assert told["pamir_bench"] == 1
    for name in ("version", "compiler", "flags", "machine", "caches", "memory", "system", "started", "command"):
        assert told[name], name
    for one in told["measurements"]:
        assert set(one) == {"name", "parameters", "unit", "n_threads", "runs", "median", "min", "max"}
        assert one["n_threads"] >= 1 and one["runs"] >= 1
        if one["median"] is not None:
            assert one["min"] <= one["median"] <= one["max"] and math.isfinite(one["median"]), one
    return told["measurements"]


def script(name, *arguments, status=0, **environment):
    done = subprocess.run([sys.executable, BENCH / name, *map(str, arguments)], capture_output=True, text=True, check=False,
                          env={**os.environ, **environment})
    assert done.returncode == status, done.stdout + done.stderr
    return done


@pytest.fixture(name="county", scope="module")
def county_fixture(tmp_path_factory):
    path = tmp_path_factory.mktemp("bench") / "county.json"
    text = pamir("bench", "model", "output", "experiment", "--experiment", EXPERIMENT, "--arm", "land", "--arms", "land,cattle",
                 "--replicates", 2, "--set", "to=2016-12", "--runs", 2, "--threads", 2, "--profile", "--json", path).stdout
    return text, measured(path)


def test_engine_is_measured_at_each_size_and_on_threads(tmp_path):
    path = tmp_path / "engine.json"
    text = pamir("bench", "engine", "--sizes", "50,1e2", "--events", 2000, "--runs", 3, "--threads", 2, "--json", path).stdout
    found = measured(path)
    for name, unit, parameter in (("hold", "million holds/s", "entities"), ("phold", "million events/s", "processes")):
        speeds = [one for one in found if one["name"] == f"{name}/{name}" and one["unit"] == unit]
        assert sorted((one["parameters"][parameter], one["n_threads"]) for one in speeds) == [(50, 1), (50, 2), (100, 1), (100, 2)]
        assert all(one["median"] > 0 and one["runs"] == 3 for one in speeds)
        assert f"{name}, {parameter} 100" in text and unit in text
    customers = {one["n_threads"]: one for one in found if one["name"] == "mm1/mm1"}
    assert set(customers) == {1, 2} and customers[1]["parameters"] == {"customers": 2000}
    assert all(one["parameters"]["events"] == 2000 for one in found if one["name"] == "hold/hold")
    for line in ("compiler", "flags", "machine", "caches", "memory", "version"):
        assert f"\n{line}" in f"\n{text}"


def test_a_mean_of_too_few_customers_is_said_not_to_be_checked():
    done = pamir("bench", "mm1", "--events", 2000, "--runs", 2, "--threads", 1)
    assert done.stderr.count("mm1 of 2000 customers: too few for their mean") == 1
    done = pamir("bench", "mm1", "--events", 400000, "--runs", 1, "--threads", 1)
    assert "too few" not in done.stderr


def test_sizes_count_once_and_events_may_be_written_as_1e3(tmp_path):
    path = tmp_path / "hold.json"
    done = pamir("bench", "hold", "--sizes", "50,50,5e1", "--events", "1e3", "--runs", 2, "--threads", 1000, "--json", path)
    assert {one["runs"] for one in measured(path)} == {2} and measured(path)[0]["parameters"]["events"] == 1000
    assert "pamir bench: hold, run 2 of 2\n" in done.stderr
    assert re.search(r"^threads +1 and 1000 \(\d+ cores?, which the threads share\)$", done.stdout, re.M)


@pytest.mark.parametrize("arguments", [
    ["hold", "--sizes", "1e4", "--events", "1e6"],
    ["model", "--experiment", EXPERIMENT],
    ["output", "--experiment", EXPERIMENT],
    ["experiment", "--experiment", EXPERIMENT],
])
def test_what_was_measured_before_a_stop_is_kept(tmp_path, arguments):
    path = tmp_path / "stopped.json"
    call = [PAMIR, "bench", *arguments, "--runs", "100", "--threads", "1", "--json", path]
    with subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        while f"{arguments[0]}, run 3 of" not in running.stderr.readline():
            assert running.poll() is None
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 3
    assert "what is measured so far is kept" in said and f"{arguments[0]}: stopped" in said
    assert json.loads(path.read_text())["stopped"] is True
    names = {one["name"].split("/")[0]: one["runs"] for one in measured(path)}
    assert 2 <= names[arguments[0]] < 100


def test_nothing_measured_replaces_nothing(tmp_path):
    path = tmp_path / "old.json"
    path.write_text("{}")
    pamir("bench", "output", "--experiment", EXPERIMENT, "--json", path, status=1, TMPDIR=str(tmp_path / "nowhere"))
    assert path.read_text() == "{}"


def test_a_part_that_fails_leaves_what_others_measured(tmp_path):
    path = tmp_path / "failed.json"
    done = pamir("bench", "machine", "output", "--experiment", EXPERIMENT, "--runs", 1, "--threads", 1, "--json", path, status=1,
                 TMPDIR=str(tmp_path / "nowhere"))
    assert "output: " in done.stderr and "cannot be made" in done.stderr
    assert json.loads(path.read_text())["failed"] == "output"
    assert {one["name"].split("/")[0] for one in measured(path)} == {"machine"}


def test_replicates_of_set_are_those_of_the_experiment(tmp_path):
    path = tmp_path / "two.json"
    pamir("bench", "experiment", "--experiment", EXPERIMENT, "--set", "replicates=2", "--arms", "land", "--runs", 1, "--threads", 1,
          "--json", path)
    assert {one["parameters"]["rows"] for one in measured(path)} == {4}


def test_machine_is_measured():
    text = pamir("bench", "machine", "--runs", 1, "--threads", 1).stdout
    for line in ("triad in memory", "triad in the second cache", "dependent operation", "philox4x64 word"):
        assert line in text
    assert "hold" not in text


def test_model_tells_speed_and_memory(county):
    text, found = county
    assert "model lives arm 'land'" in text
    one = {(each["name"], each["unit"], each["n_threads"]): each for each in found}
    for n_threads in (1, 2):
        speed = one["model/model", "million household-months/s", n_threads]
        assert speed["runs"] == 2 and speed["parameters"] == {**STUDY, "households": 24, "arm": "land"}
        work = speed["max"] * one["model/model", "s", n_threads]["min"] * 1e6
        assert work == pytest.approx(24 * 24, rel=0.01)  # two years of 24 households
    assert one["model/in tables", "bytes a household", 1]["median"] > 100
    assert ("model/model", "times one thread", 2) in one


def test_profile_shares_out_the_whole_time(county):
    shares = [one["median"] for one in county[1] if one["name"].startswith("profile/")]
    assert len(shares) > 10 and shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(100, abs=0.01)


def test_output_and_experiment_have_the_rows_asked_for(county):
    for name in ("output", "experiment"):
        found = [one for one in county[1] if one["name"].startswith(f"{name}/")]
        assert found and all(one["parameters"] == {**STUDY, "rows": 6, "arms": "land,cattle"} for one in found)  # land, cattle and the reference, twice
        assert {one["n_threads"] for one in found} == {1, 2}


@pytest.mark.parametrize("n_threads", [1, 2])
def test_time_of_an_experiment_is_shared_out(county, n_threads):
    shares = {one["name"].split("/")[1]: one["median"] for one in county[1]
              if one["name"].startswith("experiment/") and one["unit"] == "percent of time" and one["n_threads"] == n_threads}
    parts = ("start-up", "founding of runs", "the model itself", "observer", "threads without a row", "output, in all")
    assert all(shares[name] >= 0 for name in parts)
    assert 0 < sum(shares[name] for name in parts) < 150  # medians, each of its own run; the rest: texts of /meta


def test_examples_of_the_help_work(tmp_path):
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    shown = [example for example in examples("bench") if "--runs" in example]
    assert len(shown) == 2
    for example in shown:
        pamir(*example[1:], cwd=tmp_path)


@pytest.mark.parametrize("arguments, message", [
    (["modl"], "there is no part 'modl'; did you mean 'model'?"),
    (["hold", "--sizes", "1e3,x"], "expected whole numbers"),
    (["hold", "--sizes", "0"], "expected whole numbers"),
    (["hold", "--sizes", "1,2,"], "expected whole numbers"),
    (["hold", "--sizes", ",".join(map(str, range(1, 18)))], "more than 16"),
    (["hold", "--runs", "0"], "out of range; expected 1 to 100"),
    (["hold", "--runs", "101"], "out of range"),
    (["hold", "--threads", "0"], "out of range"),
    (["hold", "--events", "0"], "out of range"),
    (["output", "--replicates", "0"], "out of range"),
    (["model", "--experiment", "nothing.yaml"], "no such file"),
    (["model", "--experiment", EXPERIMENT, "--arm", "catle"], "--arm: there is no 'catle'; did you mean 'cattle'; there are: reference, "),
    (["hold", "--events", "1.5e1"], "is not an integer"),
    (["mm1", "--sizes", "1e3"], "--sizes is for hold and phold"),
    (["phold", "machine", "--profile"], "--profile is for model"),
    (["engine", "--arm", "all"], "--arm is for model and output"),
    (["model", "--replicates", "2"], "--replicates is for output and experiment"),
    (["hold", "--set", "to=2016-12"], "--set is for model, output and experiment"),
    (["model", "--experiment", EXPERIMENT, "--set", "seed"], "expected PATH=VALUE"),
    (["hold", "--jsn", "x"], "did you mean '--json'?"),
    (["hold", "--json", "nowhere/x.json", "--sizes", "10", "--events", "10"], "nowhere"),
])
def test_wrong_calls_end_with_2_and_write_nothing(tmp_path, arguments, message):
    done = pamir("bench", *arguments, status=2, cwd=tmp_path)
    assert message in done.stderr and done.stdout == ""
    assert not list(tmp_path.iterdir())


def test_an_experiment_is_found_where_it_is_installed_or_must_be_named(tmp_path):
    (tmp_path / "bin").mkdir()
    program = shutil.copy(PAMIR, tmp_path / "bin" / "pamir")
    call = [program, "bench", "model", "--runs", "1", "--threads", "1", "--set", "to=2015-12"]
    done = subprocess.run(call, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 2 and "name one: --experiment" in done.stderr
    (tmp_path / "share" / "pamir").mkdir(parents=True)
    (tmp_path / "share" / "pamir" / "scenarios").symlink_to(ROOT / "scenarios")
    done = subprocess.run(call, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert "tashkurgan.yaml: " in done.stdout and "in tables" in done.stdout


def planted(path, median, spread, unit="million holds/s", runs=5, events=100, **machine):
    one = {"name": "hold/hold", "parameters": {"entities": 1000, "events": events}, "unit": unit, "n_threads": 1, "runs": runs,
           "median": median, "min": median - spread, "max": median + spread}
    path.write_text(json.dumps({"version": path.stem, "machine": "a", **machine, "measurements": [one]}))
    return path


def test_compare_marks_what_lies_outside_both_spreads(tmp_path):
    before = planted(tmp_path / "before.json", 10, 1)
    for median, spread, unit, mark in ((20, 1, "million holds/s", "better"), (5, 1, "million holds/s", "worse"),
                                       (10.5, 1, "million holds/s", ""), (20, 15, "million holds/s", ""),
                                       (5, 1, "s", "better"), (5, 1, "ns a household-month", "better"),
                                       (20, 1, "bytes an entity", "worse"), (20, 1, "percent, step", "other")):
        planted(before, 10, 1, unit)
        done = script("compare.py", before, planted(tmp_path / "after.json", median, spread, unit))
        line = next(line for line in done.stdout.splitlines() if line.startswith("hold/hold, entities 1,000, 1 thread"))
        assert line.split(f"  {unit}")[1].strip() == mark and f"{median / 10:.3f}" in line
        assert "note" not in done.stdout


def test_compare_says_what_differs_of_the_machine_and_what_stands_in_one_file(tmp_path):
    before = planted(tmp_path / "before.json", 10, 1)
    after = planted(tmp_path / "after.json", 10, 1, "s", machine="b")
    text = script("compare.py", before, after).stdout
    assert "note: another machine: a / b" in text
    for side, unit in (("before", "million holds/s"), ("after", "s")):
        assert re.search(rf"^hold/hold, entities 1,000, 1 thread +{unit}: only {side}$", text, re.M)


def test_compare_pairs_only_what_was_asked_alike(tmp_path):
    before, after = planted(tmp_path / "before.json", 10, 1), planted(tmp_path / "after.json", 20, 1, events=200)
    text = script("compare.py", before, after).stdout
    assert "events 100, 1 thread" in text and "only before" in text and "events 200, 1 thread" in text and "better" not in text


def test_compare_gives_no_verdict_on_timings_of_few_runs(tmp_path):
    for unit, mark in (("s", ""), ("bytes a household", ""), ("bytes an entity", "worse"), ("a household-month", "worse")):
        text = script("compare.py", planted(tmp_path / "a.json", 10, 0, unit), planted(tmp_path / "b.json", 20, 0, unit, 2)).stdout
        assert text.splitlines()[-1].split(f"  {unit}")[1].strip() == mark
        assert "note: timings of 2 runs: no verdict on them below 3" in text


def test_compare_says_that_a_file_was_stopped_and_bears_a_closed_pipe(tmp_path):
    good, half = planted(tmp_path / "good.json", 1, 0), planted(tmp_path / "half.json", 1, 0, stopped=True)
    assert "half.json was stopped" in script("compare.py", good, half).stdout
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([sys.executable, BENCH / "compare.py", good, half], stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert done.returncode == 1 and done.stderr == ""


def test_compare_ends_with_2_for_what_it_cannot_read(tmp_path):
    good, bad = planted(tmp_path / "good.json", 1, 0), tmp_path / "bad.json"
    bad.write_text('{"measurements": [1]}')
    text = planted(tmp_path / "text.json", 1, 0)
    text.write_text(text.read_text().replace('"median": 1', '"median": "fast"'))
    for wrong in (bad, text, tmp_path / "gone.json", EXPERIMENT):
        said = script("compare.py", good, wrong, status=2).stderr
        assert "not a file of pamir bench" in said and said.count("\n") == 1


@pytest.mark.parametrize("name, arguments, message", [
    ("peers.py", [PAMIR, "--sizes", "0,-5"], "--sizes: '0,-5': expected whole numbers from 1"),
    ("peers.py", [PAMIR, "--sizes", "inf"], "expected whole numbers"),
    ("peers.py", ["nowhere/pamir"], "nowhere/pamir: is no program"),
    ("peers.py", [PAMIR, "--json", "nowhere/x.json"], "its folder does not exist"),
    ("scale.py", [".", "households"], ".: is no program"),
    ("scale.py", [PAMIR, "households", "--sizes", "1e12"], "whole numbers from 500 to 1e+07"),
    ("scale.py", [PAMIR, "households", "--sizes", "nan"], "whole numbers from 500"),
    ("scale.py", [PAMIR, "households", "--sizes", "600", "--arm", "nosuch"], "there is no 'nosuch'"),
    ("scale.py", [PAMIR, "households", "--json", "."], "is not a regular file"),
    ("scale.py", [PAMIR, "households", "--experiment", "x.yaml"], "--experiment is for replicates"),
    ("scale.py", [PAMIR, "replicates", "--arm", "all"], "--arm is for households"),
    ("scale.py", [PAMIR, "replicates", "--json", "/dev/full"], "is not a regular file"),
    ("scale.py", [PAMIR, "replicates", "--threads", "0"], "--threads 1 to 4096"),
    ("roofline.py", [PAMIR, "--per-cycle", "0"], "--per-cycle is a number above 0"),
    ("roofline.py", [PAMIR, "--per-cycle", "nan"], "--per-cycle is a number above 0"),
    ("roofline.py", [PAMIR, "--functions", "-1"], "--functions at least 0"),
    ("roofline.py", [PAMIR, "--experiment", EXPERIMENT, "--arm", "catle"], "did you mean 'cattle'"),
])
def test_scripts_say_in_a_line_what_is_wrong(tmp_path, name, arguments, message):
    if name == "roofline.py" and shutil.which("valgrind") is None:
        pytest.skip("valgrind is not installed")
    said = script(name, *arguments, status=2).stderr
    assert message in said and "Traceback" not in said and said.splitlines()[-1].startswith(f"{name}: ")
    assert not list(tmp_path.iterdir())


def test_scale_keeps_the_rows_that_were_finished_before_a_stop(tmp_path):
    path = tmp_path / "scale.json"
    call = [sys.executable, BENCH / "scale.py", PAMIR, "replicates", "--counts", "1,100000", "--runs", "1", "--json", path]
    with subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        for _ in range(3):
            running.stdout.readline()
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 130 and said.splitlines()[-1] == "scale.py: stopped"
    assert json.loads(path.read_text())["stopped"] is True and measured(path)[0]["parameters"]["rows"] == 7


def test_peers_run_beside_ours_and_their_absence_is_said(tmp_path):
    path = tmp_path / "peers.json"
    common = (PAMIR, "--sizes", "50", "--events", 500, "--customers", 200, "--runs", 2, "--json", path)
    try:
        import simpy  # noqa: F401, pylint: disable=import-outside-toplevel,unused-import
    except ImportError:
        assert "SimPy is not installed" in script("peers.py", *common).stdout
    else:
        assert "times as fast" in script("peers.py", *common).stdout
        assert any(one["unit"] == "times SimPy" for one in measured(path))
    (tmp_path / "simpy.py").write_text("raise ImportError\n")
    text = script("peers.py", *common, PYTHONPATH=str(tmp_path)).stdout
    assert "SimPy is not installed" in text and "times as fast" not in text
    assert {one["name"] for one in measured(path)} == {"peers/hold ours", "peers/mm1 ours"}


@pytest.mark.parametrize("table, arguments, sizes", [
    ("households", ["--sizes", "6e2,2e4", "--set", "to=2015-12"], (600, 20000)),
    ("replicates", ["--counts", "1,2", "--set", "to=2015-12"], (1, 2)),
])
def test_scale_makes_counties_and_experiments_of_the_size_asked_for(tmp_path, table, arguments, sizes):
    path = tmp_path / "scale.json"
    text = script("scale.py", PAMIR, table, *arguments, "--runs", 1, "--threads", 1, "--json", path).stdout
    assert len(text.splitlines()) == 2 + len(sizes)
    assert "scale.py" in json.loads(path.read_text())["command"]
    found = [one for one in measured(path) if one["unit"] == "million household-months/s"]
    seen = [one["parameters"].get("households", one["parameters"].get("rows", 0) / 7) for one in found]
    assert seen == pytest.approx(sizes, rel=0.05)


def test_roofline_counts_what_a_month_needs(tmp_path):
    if shutil.which("valgrind") is None:
        pytest.skip("valgrind is not installed")
    path = tmp_path / "roofline.json"
    script("roofline.py", PAMIR, "--experiment", EXPERIMENT, "--between", "2015-12", "2016-12", "--runs", 1, "--json", path)
    found = {one["name"]: one["median"] for one in measured(path)}
    assert 100 < found["roofline/instructions"] < 100000
    assert {"roofline/touched", "roofline/resident", "roofline/share of the roof"} <= set(found)
