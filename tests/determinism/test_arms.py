"""Arms of a result: one whose program does nothing equals the reference to the last bit, when no works reach the county.

Needs PAMIR_BIN and PAMIR_TINY, a result of scenarios/tiny/experiment.yaml. Run with /usr/bin/python3 -m pytest.
"""
import os
import re
import shutil
import subprocess
import warnings
from pathlib import Path

import h5py
import numpy as np
import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # "numpy.ndarray size changed" at the import of netCDF4 on Debian 12
    import xarray as xr

ROOT = Path(__file__).resolve().parents[2]
TINY = ROOT / "scenarios" / "tiny" / "experiment.yaml"
# What the money of a program without effect still moves: the sponsor's payments and the works they buy.
SPENDERS = ["sponsors", "projects"]


def group(name, path=None):
    return xr.open_dataset(path or os.environ["PAMIR_TINY"], group=name).load()


def bits(array):
    return np.ascontiguousarray(array.values).tobytes()


def variables(ds):
    return [v for v in ds.data_vars if "arm" in ds[v].dims]


def groups():
    with h5py.File(os.environ["PAMIR_TINY"]) as file:
        return [name for name in file if name not in ("meta", "investment", "ledger") and isinstance(file[name], h5py.Group)]


def run(experiment, out, *more):
    subprocess.run([os.environ["PAMIR_BIN"], "run", str(experiment), "-o", str(out), "--quiet", *more], check=True)
    return out


# Works are done in part by people of the place: builders of the county and casual workers. Without these two shares
# a program without effect pays strangers alone.
WORKS_BY_STRANGERS = ["--set", "parameters.enterprises.works_local=0", "--set", "parameters.labour_market.works_labour=0"]


@pytest.fixture(name="none", scope="module")
def none_fixture(tmp_path_factory):
    """The reference and the program without effect, whose works strangers do."""
    out = tmp_path_factory.mktemp("none") / "none.h5"
    return run(TINY, out, "--arms", "reference,none", *WORKS_BY_STRANGERS)


def test_a_program_that_does_nothing_leaves_every_group_as_in_the_reference(none):
    compared = 0
    for name in groups():
        ds = group(name, none)
        for v in variables(ds):
            assert bits(ds[v].sel(arm="none")) == bits(ds[v].sel(arm="reference")), f"{name}/{v}"
            compared += 1
    assert compared > 100


def test_it_moves_no_money_but_the_sponsors(none):
    ds = group("ledger", none)
    others = [a for a in ds.payer.values if a not in SPENDERS]
    flow = ds.flow.sel(payer=others, payee=others)
    assert bits(flow.sel(arm="none")) == bits(flow.sel(arm="reference"))
    assert float(ds.flow.sel(arm="none", payer="sponsors").sum()) > 0


def test_its_works_reach_people_of_the_place_when_they_may(tmp_path):
    """The test of the two above: with the shares of works as they are, builders are paid, where there are any (so small
    a county has none by the share of Tashkurgan)."""
    tiny = ROOT / "scenarios" / "tiny" / "experiment.yaml"
    result = run(tiny, tmp_path / "builders.h5", "--arms", "reference,none", "--set", "parameters.enterprises.builders=30")
    flow = xr.open_dataset(result, group="ledger").flow.sel(arm="none")
    assert float(flow.sel(payer="projects", payee="enterprises").sum()) > 0
    ds = xr.open_dataset(result, group="county").load()
    assert bits(ds.income_per_capita.sel(arm="none")) != bits(ds.income_per_capita.sel(arm="reference"))


@pytest.mark.parametrize("arm", ["land", "yak", "cattle", "placebo"])
def test_a_program_with_effects_does_not(arm):
    ds = group("county")
    names = [v for v in variables(ds) if "income" in v]
    assert any(bits(ds[v].sel(arm=arm)) != bits(ds[v].sel(arm="reference")) for v in names)


def test_arms_share_their_past():
    """Until the first program begins, all arms are one."""
    ds = group("county")
    first = 2016  # every program of the tiny experiment is approved in March 2016
    for v in variables(ds):
        if "year" in ds[v].dims:
            past = ds[v].sel(year=slice(None, first - 1))
            for arm in ds.arm.values:
                assert bits(past.sel(arm=arm)) == bits(past.sel(arm="reference")), f"{v} {arm}"


def test_a_programs_luck_does_not_depend_on_its_place_among_the_programs(tmp_path):
    """Named last instead of first, behind one that does nothing: the same people accept, gain and lose."""
    folder = tmp_path / "scenarios"
    shutil.copytree(ROOT / "scenarios" / "tiny", folder / "tiny")
    shutil.copy(ROOT / "scenarios" / "claims.csv", folder)
    path = folder / "tiny" / "experiment.yaml"
    text = path.read_text(encoding="utf-8")
    names = re.search(r"^programs:\n((?:  .*\n)+)", text, flags=re.M).group(1)
    turned = "".join(reversed(names.splitlines(keepends=True)))
    assert turned != names
    path.write_text(text.replace(names, turned), encoding="utf-8")
    result = run(path, tmp_path / "turned.h5")
    for name in ("county", "village", "quintile", "panel"):
        before, after = group(name), xr.open_dataset(result, group=name).load()
        for v in variables(before):
            assert bits(before[v]) == bits(after[v]), f"{name}/{v}"


@pytest.mark.parametrize("threads", [2, 8])
def test_a_large_county_is_the_same_when_its_villages_share_out_the_threads(tmp_path, threads):
    """One row alone, so that the threads go to its villages; long enough for tables to grow."""
    experiment = ROOT / "scenarios" / "experiments" / "tashkurgan.yaml"
    some = ["--arms", "reference", "--replicates", "1", "--set", "panel=0", "--set", "to=2035-12"]
    digests = set()
    for n in (1, threads):
        out = run(experiment, tmp_path / f"{n}.h5", *some, "--threads", str(n))
        done = subprocess.run([os.environ["PAMIR_BIN"], "verify", str(out), "--digest"], check=True, capture_output=True)
        digests.add(done.stdout)
    assert len(digests) == 1
