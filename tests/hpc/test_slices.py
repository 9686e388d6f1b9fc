"""pamir slice and pamir merge: a batch in slices is the batch of one machine, or an error; never a silent hole."""

import fcntl
import os
import re
import shlex
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAMIR = os.environ.get("PAMIR_BIN", str(ROOT / "build" / "release" / "pamir"))
EXPERIMENT = ROOT / "scenarios" / "tiny" / "experiment.yaml"
ROWS = 28
SLOW = ["--replicates", 3, "--arms", "land", "--set", "county.persons=20000 person"]  # tenths of a second a row


def pamir(*arguments, status=0, cwd=None):
    done = subprocess.run([PAMIR, *map(str, arguments)], capture_output=True, text=True, check=False, cwd=cwd)
    if done.returncode != status:
        pytest.fail(f"pamir {arguments}: {done.returncode}\n{done.stdout}{done.stderr}", pytrace=False)
    return done


def digest_of(printed):
    return re.search(r"^digest (\w{64})$", printed, re.MULTILINE)[1]


def begin_slice(*arguments):
    return subprocess.Popen([PAMIR, "slice", *map(str, arguments), "--quiet"], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)


@pytest.fixture(name="digest", scope="module")
def digest_fixture(tmp_path_factory):
    return digest_of(pamir("run", EXPERIMENT, "-o", tmp_path_factory.mktemp("run") / "tiny.h5").stdout)


@pytest.fixture(name="slow_digest", scope="module")
def slow_digest_fixture(tmp_path_factory):
    path = tmp_path_factory.mktemp("slow") / "run.h5"
    return digest_of(pamir("run", EXPERIMENT, "-o", path, *SLOW).stdout)


@pytest.fixture(name="halves", scope="module")
def halves_fixture(tmp_path_factory):
    """The two halves of the batch in one folder; tests work on copies."""
    folder = tmp_path_factory.mktemp("halves") / "parts"
    pamir("slice", EXPERIMENT, "0:14", "-o", folder, "--quiet")
    pamir("slice", EXPERIMENT, "14:28", "-o", folder, "--quiet")
    return folder


@pytest.fixture(name="parts")
def parts_fixture(tmp_path, halves):
    return Path(shutil.copytree(halves, tmp_path / "parts"))


def test_merged_slices_have_the_digest_of_a_run_and_stay(tmp_path, parts, digest):
    done = pamir("merge", parts, "-o", tmp_path / "out.h5")
    assert digest_of(done.stdout) == digest
    assert pamir("verify", tmp_path / "out.h5", "--digest").stdout.split()[-1] == digest
    assert len(list(parts.glob("slice-*.parts"))) == 2


def test_slices_of_any_cut_overlapping_and_by_part_are_one_batch(tmp_path, digest):
    pamir("slice", EXPERIMENT, "1/3", "-o", tmp_path / "a", "--quiet")
    pamir("slice", "10:21", "-o", tmp_path / "a", "--quiet")
    pamir("slice", EXPERIMENT, "3/3", "-o", tmp_path / "b", "--quiet")
    done = pamir("merge", tmp_path / "a", tmp_path / "b", "-o", tmp_path / "out.h5")
    assert digest_of(done.stdout) == digest


def test_experiment_may_change_or_go_once_the_batch_has_begun(tmp_path, digest):
    copy = shutil.copytree(EXPERIMENT.parent, tmp_path / "tiny")
    pamir("slice", copy / "experiment.yaml", "0:7", "-o", tmp_path / "parts", "--quiet")
    shutil.rmtree(copy)
    pamir("slice", "7:28", "-o", tmp_path / "parts", "--quiet")
    assert digest_of(pamir("merge", tmp_path / "parts", "-o", tmp_path / "out.h5").stdout) == digest


def stop_a_run(path, *options):
    """A run that has begun and is told to stop: the first of ten that was caught in time."""
    for _ in range(10):
        shutil.rmtree(f"{path}.parts", ignore_errors=True)
        path.unlink(missing_ok=True)
        run = subprocess.Popen([PAMIR, "run", EXPERIMENT, "-o", path, "--threads", "1", "--quiet",
                                *map(str, options)], stderr=subprocess.PIPE)
        while run.poll() is None and not list(path.parent.glob(f"{path.name}.parts/rows-*")):
            time.sleep(0.001)
        run.send_signal(signal.SIGINT)
        run.communicate()
        if run.returncode == 3:
            break
    return run


def test_parts_of_a_stopped_run_are_merged_with_slices(tmp_path, digest):
    """A run that is stopped, and the rows that it lacks as slices."""
    run = stop_a_run(tmp_path / "out.h5")
    assert run.returncode == 3
    pamir("slice", EXPERIMENT, "0:28", "-o", tmp_path / "parts", "--quiet")
    done = pamir("merge", tmp_path / "out.h5.parts", tmp_path / "parts", "-o", tmp_path / "merged.h5")
    assert digest_of(done.stdout) == digest


def test_a_slice_does_not_get_into_the_parts_of_a_run(tmp_path):
    out = tmp_path / "my out.h5"
    assert stop_a_run(out, *SLOW).returncode == 3
    parts = tmp_path / "my out.h5.parts"
    before = sorted(parts.rglob("*"))
    for arguments in (["0:2"], [EXPERIMENT, "0:2", *SLOW]):
        done = pamir("slice", *arguments, "-o", parts, status=2)
        assert "holds the rows of a run" in done.stderr and "--resume" in done.stderr
    assert sorted(parts.rglob("*")) == before
    done = pamir("merge", parts, "-o", tmp_path / "merged.h5", status=1)
    assert "pamir slice" not in done.stderr
    command = re.search(r"^  pamir (expand .* --resume)$", done.stderr, re.MULTILINE)[1]
    pamir(*shlex.split(command), "--quiet")
    assert out.exists() and not parts.exists()


def test_merge_keeps_as_many_replicates_as_stop_when_would_have_computed(tmp_path):
    scenarios = Path(shutil.copytree(ROOT / "scenarios" / "tiny", tmp_path / "tiny"))
    experiment = scenarios / "experiment.yaml"
    experiment.write_text(experiment.read_text() + "stop_when: {variable: county.income_real_per_capita, arm: yak, "
                          "half_width: 60 CNY/person/year, least: 4, step: 2}\n")
    options = ["--replicates", 12]
    alone = pamir("run", experiment, "-o", tmp_path / "alone.h5", *options)
    used = int(re.search(r"x (\d+) replicates", alone.stdout)[1])
    assert 4 <= used < 12
    for k in (1, 2, 3):
        pamir("slice", experiment, f"{k}/3", "-o", tmp_path / "cut", "--quiet", *options)
    merged = pamir("merge", tmp_path / "cut", "-o", tmp_path / "merged.h5")
    assert digest_of(merged.stdout) == digest_of(alone.stdout)
    whole = pamir("merge", tmp_path / "cut", "--all-replicates", "-o", tmp_path / "whole.h5")
    assert f"{12 * 7} rows" in whole.stdout


def test_a_missing_slice_is_named_with_the_command_that_computes_it(tmp_path, parts, digest):
    parts = parts.rename(tmp_path / "it's $HOME")
    shutil.rmtree(parts / "slice-14-28.parts")
    done = pamir("merge", parts, "-o", tmp_path / "out.h5", status=1)
    assert f"14 of {ROWS} rows are missing; nothing is written" in done.stderr
    command = re.search(r"^  pamir (slice 14:28 -o .*)$", done.stderr, re.MULTILINE)[1]
    assert not list(tmp_path.glob("out.h5*"))
    pamir(*shlex.split(command))
    assert digest_of(pamir("merge", parts, "-o", tmp_path / "out.h5").stdout) == digest


def test_a_torn_log_is_missing_rows_and_not_a_hole(tmp_path, parts):
    log = next((parts / "slice-0-14.parts").glob("rows-*.log"))
    log.write_bytes(log.read_bytes()[:-10])
    done = pamir("merge", parts, "-o", tmp_path / "out.h5", status=1)
    assert f"1 of {ROWS} rows are missing" in done.stderr and not list(tmp_path.glob("out.h5*"))
    row = re.search(r"pamir slice (\d+):(\d+) -o", done.stderr)
    assert int(row[2]) - int(row[1]) == 1 and int(row[1]) < 14


@pytest.mark.parametrize("options, difference", [
    (["--seed", "5"], "'seed' was '5' there and is '1' now"),
    (["--arms", "land"], "'overrides' was '--arm"),
    (["--set", "parameters.shocks.bad_winter=0.3"], "bad_winter=0.3' there and is '' now"),
])
def test_a_foreign_slice_is_refused_with_the_difference(tmp_path, parts, options, difference):
    pamir("slice", EXPERIMENT, "0:3", "-o", tmp_path / "other", "--quiet", *options)
    for arguments in ([parts, tmp_path / "other"], [parts]):
        done = pamir("merge", *arguments, "-o", tmp_path / "out.h5", status=2)
        assert "belongs to another batch" in done.stderr and difference in done.stderr
        assert not list(tmp_path.glob("out.h5*"))
        if len(arguments) == 2:  # and when it has strayed into the folder
            shutil.copytree(tmp_path / "other" / "slice-0-3.parts", parts / "slice-0-3.parts")


@pytest.mark.parametrize("options", [["--seed", "5"], ["--replicates", "5"]])
def test_a_slice_of_another_batch_does_not_get_into_a_folder(parts, options):
    before = sorted(parts.rglob("*"))
    done = pamir("slice", EXPERIMENT, "0:3", "-o", parts, *options, status=2)
    assert "belongs to another batch" in done.stderr and sorted(parts.rglob("*")) == before


def test_a_row_that_differs_between_slices_is_an_error(tmp_path, parts):
    """Equal rows may lie in several slices; rows of one place that differ break the first law."""
    pamir("slice", "0:7", "-o", parts, "--quiet")
    manifest = (parts / "slice-0-7.parts" / "manifest.txt").read_bytes()
    pamir("slice", EXPERIMENT, "0:7", "-o", tmp_path / "other", "--quiet", "--seed", 9)
    shutil.rmtree(parts / "slice-0-7.parts")
    shutil.copytree(tmp_path / "other" / "slice-0-7.parts", parts / "slice-0-7.parts")
    (parts / "slice-0-7.parts" / "manifest.txt").write_bytes(manifest)
    done = pamir("merge", parts, "-o", tmp_path / "out.h5", status=1)
    assert "differ" in done.stderr and not list(tmp_path.glob("out.h5*"))


def test_existing_results_are_kept_unless_told(tmp_path, parts, digest):
    (tmp_path / "out.h5").write_text("mine")
    assert "exists already" in pamir("merge", parts, "-o", tmp_path / "out.h5", status=2).stderr
    assert (tmp_path / "out.h5").read_text() == "mine"
    pamir("merge", parts, "-o", tmp_path / "good.h5", "--quiet")
    done = pamir("merge", parts, "-o", tmp_path / "good.h5", "--overwrite", "--remove")
    assert digest_of(done.stdout) == digest and not list(parts.glob("slice-*"))


def test_slices_that_somebody_holds_stay_with_a_word(tmp_path, parts):
    held = parts / "slice-0-14.parts"
    lock = held / "lock"
    with lock.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        done = pamir("merge", parts, "-o", tmp_path / "out.h5", "--remove")
    assert f"{held} stays: " in done.stderr and "digest" in done.stdout
    assert [path.name for path in parts.glob("slice-*")] == [held.name]


@pytest.mark.parametrize("arguments, message", [
    (["slice", EXPERIMENT, "0:29", "-o", "parts"], "the batch has 28 rows"),
    (["slice", EXPERIMENT, "5:5", "-o", "parts"], "no rows"),
    (["slice", EXPERIMENT, "0-5", "-o", "parts"], "is no slice; expected I:J"),
    (["slice", EXPERIMENT, "5/4", "-o", "parts"], "expected a part K/N with 1 <= K <= N"),
    (["slice", EXPERIMENT, "1/0", "-o", "parts"], "expected a part K/N with 1 <= K <= N"),
    (["slice", EXPERIMENT, "0:5"], "Name a folder"),
    (["slice", "0:5", "-o", "parts"], "parts: No such file"),
    (["slice", "0:5", "-o", "parts", "--seed", "3"], "go with EXPERIMENT.yaml"),
    (["slice", EXPERIMENT, "0:5", "-o", "no/parts"], "no/parts: No such file"),
    (["merge", "parts", "-o", "out.h5"], "parts: No such file"),
    (["merge", ".", "-o", "out.h5"], "it is no folder of pamir slice, submit or run"),
    (["merge", "."], "Name a file: pamir merge"),
])
def test_wrong_calls_end_with_2_and_write_nothing(tmp_path, arguments, message):
    done = pamir(*arguments, status=2, cwd=tmp_path)
    assert message in done.stderr and done.stdout == "" and not list(tmp_path.iterdir())


def test_two_attempts_at_one_slice_write_no_file_in_common(tmp_path, digest):
    pamir("slice", EXPERIMENT, "0:1", "-o", tmp_path / "parts", "--quiet")
    attempts = [begin_slice("0:28", "-o", tmp_path / "parts", "--threads", 1) for _ in range(2)]
    for attempt in attempts:
        _, said = attempt.communicate(timeout=60)
        assert attempt.returncode == 0, said
    logs = [path.name for path in (tmp_path / "parts" / "slice-0-28.parts").glob("rows-*.log")]
    pids = {re.fullmatch(r"rows-.*-(\d+)-\d+\.log", name)[1] for name in logs}
    assert pids <= {str(attempt.pid) for attempt in attempts} and pids
    assert digest_of(pamir("merge", tmp_path / "parts", "-o", tmp_path / "out.h5").stdout) == digest


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_slice_that_is_stopped_goes_on_where_it_was(tmp_path, slow_digest, number):
    attempt = begin_slice(EXPERIMENT, "0:6", "-o", tmp_path / "parts", "--threads", 1, *SLOW)
    while attempt.poll() is None and not list(tmp_path.glob("parts/*/rows-*.log")):
        time.sleep(0.005)
    attempt.send_signal(number)
    attempt.communicate(timeout=30)
    assert attempt.returncode == (-9 if number == signal.SIGKILL else 3)
    pamir("slice", "0:6", "-o", tmp_path / "parts", "--quiet")
    assert digest_of(pamir("merge", tmp_path / "parts", "-o", tmp_path / "out.h5").stdout) == slow_digest
