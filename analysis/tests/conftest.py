"""Fixtures: synthetic result files, and the tiny real result that PAMIR_TINY names (skipped only when it is unset)."""

import os
import pathlib

import pytest

import pamir
import synthetic

ANALYSIS = pathlib.Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def whole_path(tmp_path_factory):
    """A complete synthetic result."""
    path = tmp_path_factory.mktemp("results") / "whole.h5"
    synthetic.write(path)
    return path


@pytest.fixture(scope="session")
def lossy_path(tmp_path_factory):
    """A result in which two rows failed and one was never run: replicates 2 and 4 of `all`, 3 of `reference`."""
    path = tmp_path_factory.mktemp("results") / "lossy.h5"
    synthetic.write(path, synthetic.Spec(arms=("reference", "placebo", "land", "all"), lost={("all", 1): -12, ("all", 3): -11, ("reference", 2): -6}))
    return path


@pytest.fixture
def whole(whole_path):
    """The complete synthetic result, opened."""
    with pamir.open(whole_path) as run:
        yield run


@pytest.fixture
def lossy(lossy_path):
    """The synthetic result with lost rows, opened."""
    with pamir.open(lossy_path) as run:
        yield run


@pytest.fixture(scope="session")
def tiny_path():
    """A small result of the simulator itself.  Skips only when PAMIR_TINY is unset; a wrong path fails."""
    path = os.environ.get("PAMIR_TINY")
    if not path:
        pytest.skip("PAMIR_TINY is unset: no result of the simulator to test against")
    path = pathlib.Path(path)
    assert path.exists(), f"PAMIR_TINY names {path}, which does not exist"
    return path
