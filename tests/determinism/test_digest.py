"""A run is a pure function of (experiment, seed, version): `pamir verify --digest` says one thing, whatever the
threads, the processor's features, the order of work, a kill, and the way the replicates were asked for.

Rung: definition (design.md, law 1). The experiment is scenarios/tiny; two runs that must differ show that the
digest can.
"""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAMIR = os.environ.get("PAMIR_BIN", str(ROOT / "build" / "release" / "pamir"))
EXPERIMENT = ROOT / "scenarios" / "tiny" / "experiment.yaml"
OLD_PROCESSOR = "glibc.cpu.hwcaps=-FMA,-AVX2,-FMA4"
# The C library's own functions over a range, as one hash: what the state path may not use.
C_LIBRARY = """
import hashlib, math, struct
h = hashlib.sha256()
for i in range(20000):
    x = i * 0.0123 - 100
    h.update(struct.pack("<ddd", math.exp(x), math.log(abs(x) + 0.1), math.pow(1 + i / 7e3, x / 9)))
print(h.hexdigest())
"""


def pamir(*arguments, status=0, **environment):
    done = subprocess.run([PAMIR, *map(str, arguments)], capture_output=True, text=True, check=False,
                          env={**os.environ, **environment})
    if done.returncode != status:
        pytest.fail(f"pamir {arguments}: {done.returncode}\n{done.stdout}{done.stderr}", pytrace=False)
    return done.stdout


def digest(path):
    text = pamir("verify", path, "--digest").strip()
    found = re.findall(r"\b[0-9a-f]{64}\b", text)
    assert len(found) == 1 and len(text.splitlines()) == 1, f"expected one line with one SHA-256: {text!r}"
    return found[0]


def run(folder, *options, **environment):
    out = folder / "out.h5"
    pamir("run", EXPERIMENT, "-o", out, "--quiet", *options, **environment)
    return digest(out)


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """The digest of one thread."""
    return run(tmp_path_factory.mktemp("reference"), "--threads", 1)


@pytest.mark.parametrize("threads", [2, 8])
def test_digest_is_the_same_on_more_threads(tmp_path, reference, threads):
    assert run(tmp_path, "--threads", threads) == reference


@pytest.mark.parametrize("threads", [1, 2])
def test_digest_is_the_same_on_a_processor_without_fma_and_avx2(tmp_path, reference, threads):
    assert run(tmp_path, "--threads", threads, GLIBC_TUNABLES=OLD_PROCESSOR) == reference


def test_tunable_changes_the_c_librarys_own_functions():
    """Without this the equality above would say nothing: the tunable does pick other variants here."""
    if " fma " not in Path("/proc/cpuinfo").read_text().replace("\n", " "):
        pytest.skip("this processor has no FMA to switch off")
    now, old = (subprocess.run(["/usr/bin/python3", "-c", C_LIBRARY], capture_output=True, check=True,
                               env={**os.environ, **more}).stdout
                for more in ({}, {"GLIBC_TUNABLES": OLD_PROCESSOR}))
    assert now != old


def test_digest_is_the_same_whatever_openmp_is_told(tmp_path, reference):
    assert run(tmp_path, OMP_NUM_THREADS="3", OMP_SCHEDULE="dynamic,1", OMP_DYNAMIC="true") == reference


def test_digest_is_the_same_when_run_again_from_another_folder(tmp_path, reference, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(tmp_path, "--threads", 2, TZ="Asia/Tokyo", LC_ALL="C") == reference


def test_digest_differs_with_the_seed(tmp_path, reference):
    """The test of the test: equality above would be worth nothing if nothing could differ."""
    assert run(tmp_path, "--threads", 2, "--seed", 987654321) != reference


def test_one_row_of_a_larger_batch_is_the_row_of_a_smaller_one(tmp_path):
    """Replicates do not know how many they are: replicate 0 of 1 equals replicate 0 of 3."""
    import h5py
    import numpy

    few, many = tmp_path / "few.h5", tmp_path / "many.h5"
    pamir("run", EXPERIMENT, "-o", few, "--quiet", "--threads", 2, "--replicates", 1)
    pamir("run", EXPERIMENT, "-o", many, "--quiet", "--threads", 2, "--replicates", 3)
    n_compared = 0
    with h5py.File(few) as a, h5py.File(many) as b:
        def compare(name, item):
            nonlocal n_compared
            if not isinstance(item, h5py.Dataset) or name.startswith("meta/") or "DIMENSION_LIST" not in item.attrs:
                return
            dims = [item.file[axis[0]].name.rsplit("/", 1)[1] for axis in item.attrs["DIMENSION_LIST"]]
            if dims[:2] != ["arm", "replicate"]:
                return
            numpy.testing.assert_array_equal(item[:, 0], b[name][:, 0], err_msg=name)
            n_compared += 1
        a.visititems(compare)
    assert n_compared > 10


def rows_in_parts(out):
    parts = Path(f"{out}.parts")
    return sum(path.stat().st_size for path in parts.rglob("*") if path.is_file()) if parts.is_dir() else 0


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_digest_is_the_same_after_a_kill_and_a_resume(tmp_path, how):
    """Killed as soon as rows appear in the log, resumed on another number of threads."""
    options = ["--replicates", 40]
    whole = tmp_path / "whole.h5"
    pamir("run", EXPERIMENT, "-o", whole, "--quiet", "--threads", 2, *options)

    out = tmp_path / "out.h5"
    command = [PAMIR, "run", EXPERIMENT, "-o", out, "--quiet", "--threads", 1, *options]
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    first = None
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        size = rows_in_parts(out)
        first = first if first is not None else size or None
        if first is not None and size > first:
            break
        time.sleep(0.002)
    process.send_signal(how)
    status = process.wait(60)
    assert not out.exists(), "the run ended before it could be stopped: ask for more replicates"
    assert status == (-signal.SIGKILL if how == signal.SIGKILL else 3)
    assert rows_in_parts(out) > 0

    pamir("run", EXPERIMENT, "-o", out, "--quiet", "--threads", 2, "--resume", *options)
    assert digest(out) == digest(whole)


def test_digest_is_the_same_when_stopped_again_and_again(tmp_path, reference):
    """Interrupted whenever a row has come to the log, resumed until nothing is left: rows one at a time, in effect."""
    out = tmp_path / "out.h5"
    n_stops, more = 0, []
    while not out.exists():
        process = subprocess.Popen([PAMIR, "run", str(EXPERIMENT), "-o", str(out), "--quiet", "--threads", "1", *more],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        before = rows_in_parts(out)
        while process.poll() is None and (rows_in_parts(out) <= before or not before and rows_in_parts(out) < 1000):
            time.sleep(0.001)
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        status = process.wait(60)
        assert status in (0, 3)
        n_stops += status == 3
        more = ["--resume"]
        assert n_stops < 200, "the run does not get on"
    assert n_stops >= 3, "the run was too quick to be stopped often"
    assert digest(out) == reference
