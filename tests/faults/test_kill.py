"""A batch that is killed or told to stop, at any moment: what was finished stays, and resumed it is the same result."""

import random
import signal
import time

import harness
import pytest
from harness import DONE, STOPPED, THREADS, Batch, clear, record, shown

SEED = 20261122
IN_FLIGHT = f"0 finished, at most {THREADS} in flight"


def test_killed_at_ten_random_moments_it_is_the_same_file(tmp_path, short):
    """kill -9: between rows, in a row, in the log; each time what the logs held is still there."""
    batch, luck, torn = Batch(tmp_path), random.Random(SEED), 0
    for _ in range(10):
        before = batch.n_begun()
        running = batch.start("--resume")
        running.until(lambda before=before, more=luck.randint(1, 14): batch.n_begun() >= before + more, "rows")
        time.sleep(luck.uniform(0, 0.004))
        kept = batch.rows()
        running.kill(signal.SIGKILL)
        assert running.end().status == -signal.SIGKILL
        assert kept <= batch.rows() and len(kept) >= before
        assert not batch.path.exists()
        torn += sum(log.stat().st_size > 0 and not harness.heads(log) for log in batch.logs())
    digest = batch.resume(short)
    record("kill -9 at ten random moments of one batch", f"SIGKILL, seed {SEED}; 180 short rows", "killed", "(nothing can be said)",
           f"0 finished; at most {THREADS} in flight each time", f"the same: {digest[:12]}")


@pytest.mark.parametrize("delay", [0, 0.02, 0.06], ids=["begun", "in the middle", "near the end"])
def test_killed_while_the_file_is_assembled_all_rows_are_kept(tmp_path, short, delay):
    batch = Batch(tmp_path)
    running = batch.start()
    assert running.until(lambda: batch.n_begun() == 180 and list(tmp_path.glob("out.h5.tmp-*")), "the temporary file")
    time.sleep(delay)
    running.kill(signal.SIGKILL)
    if running.end().status == DONE:  # it was quicker
        assert batch.digest() == short
        return
    assert not batch.path.exists() and len(batch.rows()) == 180
    batch.resume(short)
    if not delay:
        record("kill -9 while the file is assembled", "SIGKILL when OUT.h5.tmp-... appears", "killed", "(nothing can be said)",
               "0")


SIGNALS = {
    "SIGTERM": (signal.SIGTERM, False, "SIGTERM, as a machine shuts down"),
    "SIGHUP": (signal.SIGHUP, False, "SIGHUP, as a connection breaks"),
    "Ctrl-C": (signal.SIGINT, True, "SIGINT to the process group"),
}


@pytest.mark.parametrize("name", SIGNALS)
def test_told_to_stop_it_keeps_what_is_finished_and_says_how_to_go_on(tmp_path, short, name):
    number, group, how = SIGNALS[name]
    batch = Batch(tmp_path)
    running = batch.start()
    assert running.until(lambda: batch.n_begun() >= 30, "30 rows")
    (running.kill_group if group else running.kill)(number)
    kept = batch.rows()
    ended = running.end()
    assert ended.status == STOPPED, ended.said
    message = clear(ended.message, "--resume", r"\d+ of 180 rows|180")
    assert kept <= batch.rows() and not batch.path.exists()
    batch.resume(short)
    record(name, how, STOPPED, shown(message, tmp_path), IN_FLIGHT)


def test_a_second_ctrl_c_ends_it_at_once(tmp_path, long):
    batch = Batch(tmp_path, harness.LONG)
    running = batch.start()
    assert running.until(lambda: bool(batch.logs()), "the log")
    running.kill_group(signal.SIGINT)
    running.kill_group(signal.SIGINT)
    began = time.monotonic()
    ended = running.end()
    assert ended.status in (STOPPED, -signal.SIGINT, 128 + signal.SIGINT), ended.said
    assert time.monotonic() - began < 5
    if ended.status == -signal.SIGINT:
        clear(ended.message, "stopped at once", "--resume")
    batch.resume(long)
    record("a second Ctrl-C", "SIGINT twice to the process group, in the first rows", ended.status,
           shown(ended.message, tmp_path) or "(nothing)", IN_FLIGHT)
