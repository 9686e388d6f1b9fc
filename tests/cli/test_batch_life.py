"""The life of a batch as a user meets it: status in every state, expand, rerun, resumes that are refused."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAMIR = os.environ.get("PAMIR_BIN", str(ROOT / "build" / "release" / "pamir"))
TINY = ROOT / "scenarios" / "tiny"
EXPERIMENT = TINY / "experiment.yaml"
# Prices that rise by 30 percent a year: after some eighty years a household's money does not fit any more. When, hangs on
# its luck; to 2092 two of the first four replicates come through.
FAILING = ["--arms", "land", "--replicates", 4, "--set", "to=2092-12", "--set", "parameters.markets.outside_growth=0.3 1/year"]


def pamir(*arguments, status=0, cwd=None, **environment):
    done = subprocess.run([PAMIR, *map(str, arguments)], capture_output=True, text=True, check=False, cwd=cwd,
                          env={**os.environ, **environment})
    if done.returncode != status:
        pytest.fail(f"pamir {arguments}: {done.returncode}\n{done.stdout}{done.stderr}", pytrace=False)
    return done


def digest(path):
    return pamir("verify", path, "--digest").stdout.strip()


def look(path, status=0):
    return json.loads(pamir("status", path, "--json", "-", status=status).stdout)


def stop_early(folder, *extra, after=1):
    """A run that Ctrl-C ended when some rows were done: its name, OUT.h5. `after`: rows to wait for."""
    out = folder / "out.h5"
    with subprocess.Popen([PAMIR, "run", EXPERIMENT, "-o", out, "--replicates", "3000", "--arms", "land,all", "--threads", "1", "--quiet",
                           *extra], stderr=subprocess.PIPE, text=True) as run:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            done = subprocess.run([PAMIR, "status", out, "--json", "-"], capture_output=True, text=True, check=False)
            if done.returncode == 3 and json.loads(done.stdout)["rows"]["done"] >= after:
                break
            time.sleep(0.02)
        at_work = json.loads(done.stdout)
        run.send_signal(signal.SIGINT)
        said = run.communicate(timeout=60)[1]
        assert run.returncode == 3, said
    return out, at_work


@pytest.fixture(name="result", scope="module")
def result_fixture(tmp_path_factory):
    path = tmp_path_factory.mktemp("life") / "tiny.h5"
    pamir("run", EXPERIMENT, "-o", path, "--replicates", 2, "--arms", "land,all", "--quiet")
    return path


@pytest.fixture(name="failed", scope="module")
def failed_fixture(tmp_path_factory):
    path = tmp_path_factory.mktemp("failed") / "failed.h5"
    pamir("run", EXPERIMENT, "-o", path, *FAILING, "--quiet", status=1)
    return path


@pytest.fixture(name="sweep", scope="module")
def sweep_fixture(tmp_path_factory):
    path = tmp_path_factory.mktemp("sweep") / "sweep.h5"
    pamir("run", TINY / "sweep.yaml", "-o", path, "--replicates", 2, "--quiet")
    return path


# ---- status ----


def test_resuming_what_is_complete_has_nothing_to_do(tmp_path):
    out = tmp_path / "done.h5"
    words = ["run", EXPERIMENT, "-o", out, "--arms", "yak", "--set", "to=2016-12"]
    pamir(*words, "--replicates", 2, "--quiet")
    before = out.stat()
    assert "is complete: nothing to do" in pamir(*words, "--replicates", 2, "--resume").stdout
    assert "for more: pamir expand" in pamir(*words, "--replicates", 3, "--resume", status=2).stderr
    assert "another batch: its seed is '1' there and '7' now" in pamir(*words, "--replicates", 2, "--seed", 7, "--resume", status=2).stderr
    assert (out.stat().st_ino, out.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_resume_with_another_program_shows_the_line_that_changed(tmp_path):
    shutil.copytree(EXPERIMENT.parent, tmp_path / "tiny")
    experiment, out = tmp_path / "tiny" / "experiment.yaml", tmp_path / "out.h5"
    pamir("slice", experiment, "0:7", "-o", tmp_path / "cut", "--quiet")
    os.rename(next((tmp_path / "cut").glob("slice-*.parts")), f"{out}.parts")
    program = tmp_path / "tiny" / "placebo.yaml"
    program.write_text(program.read_text().replace("budget: 100 CNY", "budget: 123 CNY"))
    said = pamir("run", experiment, "-o", out, "--resume", status=2).stderr
    assert "was 'budget: 100 CNY' there and is 'budget: 123 CNY' now" in said


def test_status_of_a_finished_result_is_complete(result):
    text = pamir("status", result).stdout
    assert f"{result}: complete, 3 arms x 2 replicates" in text and "6 of 6 rows done" in text
    assert f"next: pamir summary {result}" in text
    seen = look(result)
    assert (seen["kind"], seen["complete"], seen["replicates"]) == ("result", True, 2)
    assert seen["rows"] == {"all": 6, "done": 6, "failed": 0, "missing": 0}
    assert [arm["arm"] for arm in seen["arms"]] == ["reference", "land", "all"]
    assert seen["processes"] == seen["checkpoints"] == seen["failures"] == seen["slices"] == []


def test_status_of_a_run_that_was_stopped_says_what_is_saved_and_how_to_go_on(tmp_path):
    out, at_work = stop_early(tmp_path)
    assert at_work["kind"] == "parts" and not at_work["complete"]
    assert at_work["processes"][0]["threads"] == 1 and at_work["processes"][0]["certain"]
    assert at_work["next"] == f"pamir status {out}"
    text = pamir("status", out, status=3).stdout
    assert "not complete, 3 arms x 3000 replicates" in text and "at work     nobody" in text
    assert f"next: pamir expand {out} --resume" in text
    rows = re.search(r"rows +(\d+) of 9000 rows done, (\d+) missing", text)
    assert int(rows[1]) + int(rows[2]) == 9000 and int(rows[1]) >= 1
    # By its name, and as the directory that it is.
    seen, same = look(out, status=3), look(f"{out}.parts", status=3)
    assert seen["rows"] == same["rows"] and seen["rows"]["done"] == int(rows[1])
    assert sum(arm["done"] for arm in seen["arms"]) == seen["rows"]["done"]
    assert not out.exists()


def test_status_locks_and_changes_nothing(tmp_path):
    out, _ = stop_early(tmp_path)
    parts = Path(f"{out}.parts")
    before = {path.name: (path.stat().st_size, path.stat().st_mtime_ns) for path in parts.iterdir()}
    for _ in range(3):
        pamir("status", out, "--all", status=3)
    assert before == {path.name: (path.stat().st_size, path.stat().st_mtime_ns) for path in parts.iterdir()}


def test_status_tells_failed_rows_from_done_ones(failed):
    text = pamir("status", failed, status=1).stdout
    seen = json.loads(pamir("status", failed, "--json", "-", status=1).stdout)
    assert seen["complete"] and seen["rows"]["failed"] == len(seen["failures"]) == 4 and seen["rows"]["done"] == 8
    for failure in seen["failures"]:
        assert "too large a stock of money" in failure["message"] and failure["rerun"] in text
        assert re.match(r"20\d\d-\d\d, village (Ford|Pass), household [0-9a-f]{16}", failure["message"])


def test_status_of_a_folder_of_slices_counts_them(tmp_path):
    folder = tmp_path / "batch"
    pamir("slice", EXPERIMENT, "0:2", "-o", folder, "--replicates", 2, "--arms", "land", "--quiet")
    seen = look(folder, status=3)
    assert seen["kind"] == "folder" and seen["rows"] == {"all": 4, "done": 2, "failed": 0, "missing": 2}
    assert [(x["first"], x["end"], x["state"]) for x in seen["slices"]] == [(0, 2, "complete")]
    pamir("slice", EXPERIMENT, "2:4", "-o", folder, "--replicates", 2, "--arms", "land", "--quiet")
    seen = look(folder)
    assert seen["complete"] and seen["next"].startswith(f"pamir merge {folder} -o ")
    assert "2: 2 complete" in pamir("status", folder).stdout


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.mkdir()])
def test_status_of_what_is_not_there_is_bad_input(tmp_path, make):
    make(tmp_path / "nothing")
    said = pamir("status", "nothing", status=2, cwd=tmp_path)
    assert "nothing" in said.stderr and said.stdout == ""


def test_status_of_another_file_is_an_error():
    assert pamir("status", EXPERIMENT, status=1).stderr.startswith("pamir status: ")


# ---- expand ----


def test_expanded_result_equals_a_run_with_as_many_from_the_beginning(tmp_path):
    small, large = tmp_path / "small.h5", tmp_path / "large.h5"
    mine = tmp_path / "mine"
    mine.mkdir()
    for file in TINY.iterdir():
        (mine / file.name).write_bytes(file.read_bytes())
    options = ["--arms", "land", "--seed", 7, "--set", "parameters.shocks.bad_winter=0.3", "--quiet"]
    pamir("run", mine / "experiment.yaml", "-o", small, "--replicates", 2, *options)
    pamir("run", mine / "experiment.yaml", "-o", large, "--replicates", 5, *options)
    for file in mine.iterdir():  # the result carries all it needs
        file.unlink()
    assert digest(small) != digest(large)
    text = pamir("expand", small, "--replicates", 5).stdout
    assert "10 rows (2 arms x 5 replicates)" in text
    assert digest(small) == digest(large)
    assert not Path(f"{small}.parts").exists()


def test_expand_of_a_sweep_adds_to_every_point(tmp_path, sweep):
    out, whole = tmp_path / "sweep.h5", tmp_path / "whole.h5"
    out.write_bytes(sweep.read_bytes())
    pamir("expand", out, "--replicates", 3, "--quiet")
    pamir("run", TINY / "sweep.yaml", "-o", whole, "--replicates", 3, "--quiet")
    assert digest(out) == digest(whole)


def test_a_stopped_expansion_keeps_the_result_and_goes_on_with_resume(tmp_path, result):
    out, whole = tmp_path / "out.h5", tmp_path / "whole.h5"
    out.write_bytes(result.read_bytes())
    with subprocess.Popen([PAMIR, "expand", out, "--replicates", "150", "--threads", "1", "--quiet"], stderr=subprocess.DEVNULL) as run:
        deadline = time.monotonic() + 60
        while not list(Path(f"{out}.parts").glob("rows-*")) and time.monotonic() < deadline:
            time.sleep(0.01)
        run.send_signal(signal.SIGTERM)
        assert run.wait(timeout=60) == 3
    assert out.read_bytes() == result.read_bytes()
    assert f"{out} is a finished result of its own and stays" in pamir("status", out, status=3).stdout
    assert "--resume goes on with it" in pamir("expand", out, "--replicates", 150, status=2).stderr
    pamir("expand", out, "--resume", "--quiet")
    pamir("run", EXPERIMENT, "-o", whole, "--replicates", 150, "--arms", "land,all", "--quiet")
    assert digest(out) == digest(whole) and not Path(f"{out}.parts").exists()


def test_a_sure_batch_ends_early_and_expand_takes_it_to_the_end(tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    for file in TINY.iterdir():
        (mine / file.name).write_bytes(file.read_bytes())
    with open(mine / "experiment.yaml", "a", encoding="utf-8") as file:
        file.write("stop_when: {variable: county.income_real_per_capita, arm: land, half_width: 60 CNY/person/year, least: 4, step: 2}\n")
    sure, whole = tmp_path / "sure.h5", tmp_path / "whole.h5"
    common = [mine / "experiment.yaml", "--replicates", 60, "--arms", "land"]
    text = pamir("check", *common).stdout
    assert "at most 60 of each arm" in text and "looked at after 4 replicates and every 2 more" in text
    text = pamir("run", *common, "-o", sure).stdout
    said = re.search(r"stop_when: sure after (\d+) of at most 60 replicates: .* is known to \+- ([\d.]+) \(asked: 60 ", text)
    assert 4 <= int(said[1]) < 60 and float(said[2]) <= 60 and look(sure)["replicates"] == int(said[1])
    pamir("run", *common, "-o", whole, "--all-replicates", "--quiet")
    assert look(whole)["replicates"] == 60
    pamir("expand", sure, "--replicates", 60, "--quiet")
    assert digest(sure) == digest(whole)


@pytest.mark.parametrize("arguments, message", [
    ([], "how many should it have?"),
    (["--replicates", "2"], "has 2 replicates; --replicates 2 adds none"),
    (["--replicates", "1"], "adds none"),
    (["--replicates", "0"], "out of range"),
    (["--replicates", "3", "--checkpoint", "soon"], "expected seconds"),
])
def test_expand_that_adds_nothing_is_refused(result, arguments, message):
    before = result.read_bytes()
    assert message in pamir("expand", result, *arguments, status=2).stderr
    assert result.read_bytes() == before and not Path(f"{result}.parts").exists()


def test_expand_by_another_version_is_refused_with_both(result, tmp_path):
    h5py = pytest.importorskip("h5py")
    old = tmp_path / "old.h5"
    old.write_bytes(result.read_bytes())
    with h5py.File(old, "r+") as file:
        file["meta/version"][...] = "0.0.1+old"
    said = pamir("expand", old, "--replicates", 3, status=2).stderr
    assert "was made by version 0.0.1+old, and this is " + pamir("--version").stdout.split()[1] in said


def test_a_stopped_run_is_finished_by_expand_without_its_files(tmp_path):
    """Only the missing rows are computed, and the result is that of a run that nobody stopped."""
    out, whole = tmp_path / "out.h5", tmp_path / "whole.h5"
    common = [EXPERIMENT, "--replicates", 200, "--arms", "land", "--threads", 1, "--quiet"]
    with subprocess.Popen([PAMIR, "run", *map(str, common), "-o", str(out)], stderr=subprocess.DEVNULL) as run:
        deadline = time.monotonic() + 60
        while not list(Path(f"{out}.parts").glob("rows-*")) and time.monotonic() < deadline:
            time.sleep(0.01)
        run.send_signal(signal.SIGTERM)
        assert run.wait(timeout=60) == 3
    assert "--resume does the rest" in pamir("expand", out, status=2).stderr
    assert re.search(r"found in .*: \d+ of 400 rows", pamir("expand", out, "--resume").stdout)
    pamir("run", *common, "-o", whole)
    assert digest(out) == digest(whole)


# ---- rerun ----


@pytest.mark.parametrize("arm, replicate", [("reference", 1), ("all", 2)])
def test_rerun_lives_the_same_row_bit_for_bit(result, tmp_path, arm, replicate):
    log = tmp_path / "row.log"
    text = pamir("rerun", result, "--arm", arm, "--replicate", replicate, "--log", log).stdout
    assert f"arm '{arm}', replicate {replicate}: the same, bit for bit" in text
    kept, now = (re.search(rf"^{word} +([0-9a-f]{{64}})$", text, re.MULTILINE)[1] for word in ("kept", "now"))
    assert kept == now
    lines = log.read_text().splitlines()
    months = [line for line in lines if re.match(r"\d{4}-\d\d +month ", line)]
    assert len(months) == 72 and "persons=98" in months[0] and "money.households=" in months[0] and "price.grain=" in months[0]
    assert sum("county: round of the county" in line for line in lines) == 72
    assert any("program" in line and "completed 20" in line for line in lines) == (arm == "all")
    assert not any(" event   village " in line for line in lines)


def test_rerun_logs_the_months_asked_for_with_the_villages(result, tmp_path):
    log = tmp_path / "row.log"
    pamir("rerun", result, "--arm", "land", "--replicate", 1, "--log", log, "--from", "2016-03", "--to", "2016-05", "--events")
    text = log.read_text()
    assert {line[:7] for line in text.splitlines()} == {"2016-03", "2016-04", "2016-05"}
    assert "event   village Ford: end of the round" in text and "event   county: tranche, program land" in text


def test_rerun_prints_every_table_at_a_months_end(result):
    text = pamir("rerun", result, "--arm", "land", "--replicate", 1, "--from", "2015-01", "--to", "2015-01", "--state", "2017-06").stdout
    assert "2017-06    state" in text and "county: treasury" in text and text.count("check: good") >= 1
    assert "the same, bit for bit" in text


def test_rerun_of_a_failed_row_fails_again_in_the_same_words(failed, tmp_path):
    failure = look(failed, status=1)["failures"][0]
    log = tmp_path / "row.log"
    text = pamir("rerun", failed, "--arm", failure["arm"], "--replicate", failure["replicate"], "--log", log).stdout
    assert "it failed again, with the same words" in text
    village = re.search(r"village \w+", failure["message"])[0]
    tail = log.read_text().split("FAILED  ")[1]
    assert tail.startswith(failure["message"][:60]) and f"{village} as it stood:" in tail
    good = next(r for r in range(1, 5) if ("reference", r) not in {(f["arm"], f["replicate"]) for f in look(failed, 1)["failures"]})
    assert "the same, bit for bit" in pamir("rerun", failed, "--arm", "reference", "--replicate", good, "--log", log, "--overwrite").stdout


def test_rerun_of_a_point_is_that_points_row(sweep, tmp_path):
    seen = {pamir("rerun", sweep, "--arm", "yak", "--replicate", 1, "--point", point, "--log", tmp_path / f"log-{point}").stdout.split("now")[1]
            for point in range(4)}
    assert len(seen) == 4 and all("the same, bit for bit" in text for text in seen)


def test_rerun_of_a_row_that_was_not_computed_compares_with_nothing(tmp_path):
    out, _ = stop_early(tmp_path)
    log = tmp_path / "log"
    assert "the same, bit for bit" in pamir("rerun", out, "--arm", "reference", "--replicate", 1, "--log", log).stdout
    assert "nothing to hold it against" in pamir("rerun", out, "--arm", "land", "--replicate", 3000, "--log", log, "--overwrite").stdout


def test_rerun_sees_a_row_that_is_another(result, tmp_path):
    """The guard bites: a result whose row was made with another seed does not replay."""
    h5py = pytest.importorskip("h5py")
    changed = tmp_path / "changed.h5"
    changed.write_bytes(result.read_bytes())
    with h5py.File(changed, "r+") as file:
        digests = file["meta/row_digest"][()]
        digests[1, 0] = digests[0, 0]
        file["meta/row_digest"][...] = digests
    said = pamir("rerun", changed, "--arm", "land", "--replicate", 1, "--log", tmp_path / "log", status=1)
    assert "is not the row that is kept" in said.stderr


@pytest.mark.parametrize("arguments, message", [
    ([], "which row? Name its arm and replicate"),
    (["--arm", "land"], "which row?"),
    (["--arm", "lnd", "--replicate", "1"], "there is no arm 'lnd'; did you mean 'land'?"),
    (["--arm", "land", "--replicate", "3"], "expected 1 to 2"),
    (["--arm", "land", "--replicate", "1", "--point", "1"], "without a sweep there is only 0"),
    (["--arm", "land", "--replicate", "1", "--from", "march"], "is not a month; expected one like 2018-03"),
    (["--arm", "land", "--replicate", "1", "--to", "2031-01"], "outside the experiment, 2015-01 to 2020-12"),
    (["--arm", "land", "--replicate", "1", "--from", "2016-03", "--to", "2016-02"], "lies before --from 2016-03"),
    (["--arm", "land", "--replicate", "1", "--log", "/nowhere/log"], "/nowhere/log: cannot be written: No such file"),
])
def test_rerun_of_no_row_is_bad_input(result, arguments, message):
    assert message in pamir("rerun", result, *arguments, status=2).stderr


# ---- resume, check, summary ----


def kept(out):
    """What lies in the parts, but for the name of who held them last."""
    return {path.name: path.read_bytes() for path in Path(f"{out}.parts").iterdir() if path.name != "lock"}


@pytest.mark.parametrize("change, difference", [
    (["--seed", 9], r"seed.*1.*9|9.*1"),
    (["--set", "parameters.shocks.bad_winter=0.5"], r"bad_winter"),
    (["--arms", "land,yak"], r"arms?"),
])
def test_resume_with_other_inputs_is_refused_with_the_difference(tmp_path, change, difference):
    out, _ = stop_early(tmp_path)
    before = kept(out)
    arms = [] if "--arms" in change else ["--arms", "land,all"]
    said = pamir("run", EXPERIMENT, "-o", out, "--replicates", 3000, *arms, *change, "--resume", "--quiet", status=2).stderr
    assert re.search(difference, said), said
    assert before == kept(out)


def test_resume_with_an_edited_program_shows_the_line(tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    for file in TINY.iterdir():
        (mine / file.name).write_bytes(file.read_bytes())
    out = tmp_path / "out.h5"
    command = ["run", mine / "experiment.yaml", "-o", out, "--replicates", 3000, "--arms", "land", "--threads", 1, "--quiet"]
    with subprocess.Popen([PAMIR, *map(str, command)], stderr=subprocess.DEVNULL) as run:
        while not list(Path(f"{out}.parts").glob("rows-*")):
            time.sleep(0.01)
        run.send_signal(signal.SIGINT)
        assert run.wait(timeout=60) == 3
    program = mine / "land.yaml"
    program.write_text(program.read_text().replace("budget: 84000 CNY", "budget: 85000 CNY"))
    said = pamir(*command, "--resume", status=2).stderr
    assert "budget: 84000 CNY" in said and "budget: 85000 CNY" in said, said


@pytest.mark.parametrize("value", ["soon", "-1", "1x", "nan"])
def test_a_checkpoint_is_seconds_or_never(tmp_path, value):
    said = pamir("run", EXPERIMENT, "-o", "x.h5", f"--checkpoint={value}", status=2, cwd=tmp_path).stderr
    assert "expected seconds (0: on signals only), or never" in said and not list(tmp_path.iterdir())


def test_no_fork_and_no_checkpoint_change_no_result(result, tmp_path):
    for options in (["--no-fork"], ["--checkpoint", "never"], ["--checkpoint", "0.001"]):
        out = tmp_path / "out.h5"
        pamir("run", EXPERIMENT, "-o", out, "--replicates", 2, "--arms", "land,all", "--quiet", "--overwrite", *options)
        assert digest(out) == digest(result), options


def test_check_says_where_arms_part_and_lists_points():
    text = pamir("check", EXPERIMENT).stdout
    assert re.search(r"shared past lived once: spares \d+ of 100 months\n +reference, .*, all until 2016-03\n", text)
    text = pamir("check", TINY / "sweep.yaml").stdout
    assert "points      4 of the sweep" in text and "3: parameters.livestock.yak.births = 0.6 1/year" in text
    assert re.search(r"^rows +32 of ", text, re.MULTILINE)


def test_summary_of_a_sweep_is_a_table_by_point_and_one_point_is_whole(sweep):
    text = pamir("summary", sweep).stdout
    assert "2 arms x 4 points x 2 replicates" in text and "a sweep of 4 points" in text
    table = text[text.index("Real income a head by point"):].splitlines()[1:]
    assert re.split(r"  +", table[0].strip()) == ["point", "yak.births", "contract.premium", "yak"]
    cells = [re.split(r"  +", line.strip()) for line in table[1:5]]
    assert [row[:3] for row in cells] == [[str(p), f"{b} 1/year", f"{c} percent"] for p, (b, c) in
                                          enumerate((b, c) for b in (0.5, 0.6) for c in (5, 20))]
    for point in range(4):
        one = pamir("summary", sweep, "--point", point, "--width", 200).stdout
        difference = re.search(r"Differences from 'reference', mean of 2016 to 2020.*?\n  income, real +(\S+ ± \S+)", one, re.DOTALL)[1]
        assert cells[point][3] == difference and f"point {point} of 0 to 3: parameters.livestock.yak.births" in one
    assert "expected 0 to 3" in pamir("summary", sweep, "--point", 4, status=2).stderr


def test_summary_lists_failed_rows_with_the_command_that_lives_them_again(failed):
    text = pamir("summary", failed).stdout
    assert "4 of 8 rows failed" in text and text.count("failed: 20") == 4
    commands = re.findall(r"^  (pamir rerun .*)$", text, re.MULTILINE)
    assert commands == [failure["rerun"] for failure in look(failed, 1)["failures"]]
