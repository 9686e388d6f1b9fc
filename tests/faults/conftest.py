"""What the tests of faults share: batches that nothing disturbed, once a session."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

import harness  # noqa: E402 - the folder must be on the path first


@pytest.fixture(name="undisturbed", scope="session")
def undisturbed_fixture(tmp_path_factory):
    """undisturbed(shape): a finished batch of that shape, run once, with its digest and the seconds it took."""
    made = {}

    def get(shape):
        if shape not in made:
            batch = harness.Batch(tmp_path_factory.mktemp("undisturbed"), shape)
            batch.run("--quiet", status=harness.DONE)
            made[shape] = batch, batch.digest()
        return made[shape]

    return get


@pytest.fixture(name="short")
def short_fixture(undisturbed):
    """Digest of the undisturbed batch of many short rows."""
    return undisturbed(harness.SHORT)[1]


@pytest.fixture(name="long")
def long_fixture(undisturbed):
    """Digest of the undisturbed batch of few long rows."""
    return undisturbed(harness.LONG)[1]


@pytest.fixture(name="quick")
def quick_fixture(undisturbed):
    """Digest of the undisturbed batch of `stopped`."""
    return undisturbed(harness.QUICK)[1]


@pytest.fixture(name="half", scope="session")
def half_fixture(tmp_path_factory):
    """A batch that was killed, its log cut behind the 60th of 120 rows; its parts are copied, never used."""
    batch = harness.Batch(tmp_path_factory.mktemp("half"), harness.QUICK)
    running = batch.start()
    assert running.until(lambda: batch.n_begun() >= 61, "61 rows")
    running.kill(9)
    running.end()
    (log,) = batch.logs()
    with open(log, "r+b") as file:
        file.truncate(harness.frames(log)[60][4])
    assert len(batch.rows()) == 60
    return batch


@pytest.fixture(name="stopped")
def stopped_fixture(tmp_path_factory, half):
    """stopped(): a batch that ended half way, in a place of its own."""

    def get():
        return harness.copy_parts(half, harness.Batch(tmp_path_factory.mktemp("stopped"), harness.QUICK))

    return get
