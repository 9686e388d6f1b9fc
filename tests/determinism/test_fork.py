"""A batch whose arms live their common past once is, bit for bit, the batch of separate runs.

Rung: definition (design.md, law 1): `pamir verify --digest` of a batch with --no-fork is that of one without, on
one thread and several, on the tiny county and on Tashkurgan, where an arm sets values of its own in programs that
others run as they are. `tests/model/test_fork.c` holds the states of arms against each other, month by month.
"""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAMIR = os.environ.get("PAMIR_BIN", str(ROOT / "build" / "release" / "pamir"))
TINY = ROOT / "scenarios" / "tiny" / "experiment.yaml"
TASHKURGAN = ROOT / "scenarios" / "experiments" / "tashkurgan.yaml"
# Four years in which the three programs come one after the other, so that arms part at several depths.
SHORT = ["to=2018-12", "panel=40", "programs.land.approve=2016-03", "programs.yak.approve=2016-09",
         "programs.cattle.approve=2017-06", "programs.placebo.approve=2018-02"]


def pamir(*arguments, status=0):
    done = subprocess.run([PAMIR, *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode != status:
        pytest.fail(f"pamir {arguments}: {done.returncode}\n{done.stdout}{done.stderr}", pytrace=False)
    return done.stdout + done.stderr


def digest(folder, experiment, *options):
    out = folder / "out.h5"
    pamir("run", experiment, "-o", out, "--quiet", "--overwrite", *options)
    found = re.findall(r"\b[0-9a-f]{64}\b", pamir("verify", out, "--digest"))
    assert len(found) == 1
    return found[0]


@pytest.fixture(scope="module")
def separate(tmp_path_factory):
    """The digest of rows that are each lived from their founding, on one thread."""
    return digest(tmp_path_factory.mktemp("separate"), TINY, "--no-fork", "--threads", 1)


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_forked_arms_are_what_separate_arms_are(tmp_path, separate, threads):
    assert digest(tmp_path, TINY, "--threads", threads) == separate


def test_fewer_arms_fork_elsewhere_and_are_the_same(tmp_path):
    few = ("--arms", "all,cattle")
    assert digest(tmp_path, TINY, *few) == digest(tmp_path, TINY, *few, "--no-fork")


def test_an_override_that_parts_no_arms_from_the_founding_is_the_same_forked(tmp_path, separate):
    other = ("--set", "parameters.shocks.bad_winter=0.5", "--set", "programs.yak.budget=2e6 CNY")
    forked = digest(tmp_path, TINY, *other)
    assert forked == digest(tmp_path, TINY, *other, "--no-fork") != separate


def test_tashkurgans_arms_are_the_same_forked_and_separate(tmp_path):
    options = [word for value in SHORT for word in ("--set", value)] + ["--replicates", 1, "--threads", 2]
    assert digest(tmp_path, TASHKURGAN, *options) == digest(tmp_path, TASHKURGAN, *options, "--no-fork")
