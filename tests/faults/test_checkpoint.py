"""States of rows under way: saved on signals and by the clock, killed while they are written, damaged, and gone on from."""

import random
import shutil
import signal
import time

import pytest
from harness import DONE, FAILED, LONG, STOPPED, Batch, Disk, DiskBatch, clear, copy_parts, record, shown

SEED = 20261122


def under_way(batch, *more):
    """The batch, begun, in its first rows."""
    running = batch.start(*more)
    assert running.until(lambda: bool(batch.logs()) or batch.parts.is_dir(), "the parts")
    time.sleep(0.2)
    return running


@pytest.fixture(name="saved", scope="module")
def saved_fixture(tmp_path_factory):
    """A batch that was killed with at least two checkpoints of a row; its parts are copied, never used."""
    batch = Batch(tmp_path_factory.mktemp("saved"), LONG)
    running = batch.start("--checkpoint", "0.05")
    assert running.until(lambda: len(batch.checkpoints()) >= 4, "checkpoints")
    running.kill(signal.SIGKILL)
    running.end()
    assert len(batch.checkpoints()) >= 2
    return batch


@pytest.fixture(name="again")
def again_fixture(saved, tmp_path):
    """A copy of that batch."""
    return copy_parts(saved, Batch(tmp_path, LONG))


def found(ended):
    """The line on what a resume found."""
    return next((line for line in (ended.out + ended.said).splitlines() if "found in" in line), "")


def test_told_to_stop_it_saves_the_rows_under_way_and_goes_on_from_them(tmp_path, long):
    batch = Batch(tmp_path, LONG)
    running = under_way(batch)
    running.kill(signal.SIGTERM)
    ended = running.end()
    assert ended.status == STOPPED, ended.said
    states = batch.checkpoints()
    assert states, "no row under way was saved"
    resumed = batch.run("--resume", status=DONE)
    assert "checkpoint" in found(resumed), resumed.out + resumed.said
    assert batch.digest() == long and not batch.leftovers()
    record("SIGTERM inside long rows", f"SIGTERM; {len(states)} states were saved", STOPPED, shown(ended.message, tmp_path),
           "0 finished; of rows under way at most a month")


def test_sigusr1_saves_and_the_batch_goes_on(tmp_path, long):
    batch = Batch(tmp_path, LONG)
    running = under_way(batch, "--checkpoint", "0")
    assert not batch.checkpoints()
    running.kill(signal.SIGUSR1)
    assert running.until(lambda: bool(batch.checkpoints()), "a checkpoint") and running.is_running()
    ended = running.end()
    assert ended.status == DONE, ended.said
    assert batch.digest() == long and not batch.leftovers()
    record("SIGUSR1", "SIGUSR1 in the first rows", DONE, "(it goes on)", "0")


def test_killed_while_checkpoints_are_written_it_uses_those_that_are_whole(tmp_path, long):
    batch, luck = Batch(tmp_path, LONG), random.Random(SEED)
    for _ in range(3):
        running = batch.start("--resume", "--checkpoint", "0.02")
        met = running.until(lambda: bool(list(batch.parts.glob("*.ckpt.tmp*")) + list(batch.parts.glob("state-*.tmp*"))), "a state")
        time.sleep(luck.uniform(0, 0.002))
        running.kill(signal.SIGKILL)
        running.end()
        assert met
    batch.resume(long)
    record("kill -9 while a checkpoint is written", "SIGKILL when its temporary file appears, three times", "killed",
           "(nothing can be said)", "0 finished; of rows under way what came after the last whole checkpoint")


@pytest.mark.parametrize("damage", ["flipped", "cut", "empty"])
def test_a_damaged_newest_checkpoint_is_noticed_and_an_older_state_used(again, long, damage):
    newest = max(again.checkpoints(), key=lambda path: path.stat().st_mtime_ns)
    data = bytearray(newest.read_bytes())
    data[len(data) // 2] ^= 0x20
    newest.write_bytes({"flipped": data, "cut": data[: len(data) // 2], "empty": b""}[damage])
    ended = again.run("--resume", status=DONE)
    message = clear(ended.said, r"state-.*\.ckpt")
    assert again.digest() == long and not again.leftovers()
    line = next(line for line in message.splitlines() if ".ckpt" in line)
    if damage == "flipped":
        record("a damaged newest checkpoint", "one bit; cut; empty", DONE, shown(line, again.place), "0; the older state is used")


def test_when_all_checkpoints_are_damaged_rows_begin_anew(again, long):
    for path in again.checkpoints():
        data = bytearray(path.read_bytes())
        data[-40] ^= 0x01
        path.write_bytes(data)
    ended = again.run("--resume", status=DONE)
    clear(ended.said, r"state-.*\.ckpt")
    assert again.digest() == long and not again.leftovers()
    line = next(line for line in ended.said.splitlines() if ".ckpt" in line)
    record("all checkpoints damaged", "one bit in each", DONE, shown(line, again.place), "0 finished; rows under way begin anew")


def test_a_checkpoint_of_another_batch_is_not_taken(again, tmp_path, long):
    """A state of another seed under the right name: it would alter the result without a word."""
    other = Batch(tmp_path / "other", (*LONG, "--seed", "99"))
    other.place.mkdir()
    running = other.start("--checkpoint", "0.05")
    assert running.until(lambda: bool(other.checkpoints()), "a checkpoint")
    running.kill(signal.SIGKILL)
    running.end()
    foreign = other.checkpoints()[0]
    for mine in again.checkpoints():
        shutil.copy(foreign, mine)
    ended = again.run("--resume", status=DONE)
    clear(ended.said, r"\.ckpt")
    assert again.digest() == long
    record("a checkpoint of another batch", "another seed's, under the right name", DONE,
           shown(next(line for line in ended.said.splitlines() if ".ckpt" in line), again.place), "0 finished; rows begin anew")


def test_a_full_disk_under_a_checkpoint_stops_no_row(tmp_path, long):
    with Disk.open(64) as disk:
        if disk is None:
            pytest.fail("no mount is possible here")
        batch = DiskBatch(disk, LONG)
        running = batch.start("--checkpoint", "0.1")
        assert running.until(lambda: bool(batch.checkpoints()), "a checkpoint")
        disk.fill(leave=1 << 19)
        running.until(lambda: "No space left on device" in running.text(), "a checkpoint without room")
        disk.empty()
        ended = running.end()
        assert ended.status in (DONE, FAILED), ended.said
        message = clear(ended.said, "No space left on device")
        line = next(line for line in message.splitlines() if "No space" in line)
        if ended.status != DONE:
            batch.run("--resume", "--quiet", status=DONE)
        assert batch.digest() == long and not batch.leftovers()
    record("disk full during a checkpoint", disk.how + ", filled until it is said", ended.status, shown(line, "/mnt"), "0")
