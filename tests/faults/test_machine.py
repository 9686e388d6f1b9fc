"""A machine that is short of memory or files, whose clock jumps, or that is asked to do one thing twice at a time."""

import glob
import re
import resource
import signal
import subprocess
import time

import pytest
from harness import BAD_INPUT, DONE, FAILED, LONG, PAMIR, STOPPED, THREADS, Batch, clear, record, run, shown


def test_without_memory_for_a_row_it_says_so_and_keeps_the_rest(tmp_path, long):
    """More and more memory until it does: whatever the limit, it ends in words, and costs no row."""
    batch = Batch(tmp_path, LONG)
    running = batch.start()
    running.until(lambda: batch.n_begun() >= 1, "the first row")
    running.kill(signal.SIGKILL)
    running.end()
    kept, refused = batch.rows(), {}
    assert kept
    for megabytes in range(24, 400, 4):
        limit = megabytes << 20
        ended = batch.run("--resume", preexec_fn=lambda limit=limit: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
                          env=dict(small_environment()))
        if ended.status == DONE:
            break
        assert kept <= batch.rows(), f"{megabytes} MB"
        if "shared libraries" in ended.said or "libgomp" in ended.said:
            continue  # so little that the program itself is not begun
        assert ended.status == FAILED, (megabytes, ended)
        refused[megabytes] = clear(ended.message, "memory|ENOMEM")
    assert ended.status == DONE and batch.digest() == long and not batch.leftovers()
    rows = {megabytes: message for megabytes, message in refused.items() if "missing" in message}
    assert rows, f"no limit was one for the rows: {refused}"
    megabytes, message = rows.popitem()
    record("no memory for a row", f"RLIMIT_AS of {megabytes} MB", FAILED, shown(message, tmp_path), "0")


def small_environment():
    """Threads that set little memory aside, so that a limit on addresses is one on memory."""
    yield "PATH", "/usr/bin:/bin"
    yield "MALLOC_ARENA_MAX", "1"
    yield "OMP_STACKSIZE", "512k"


def test_with_too_few_open_files_it_says_so(tmp_path, stopped, quick):
    batch = stopped()
    kept = batch.rows()
    for limit in (4, 5, 6, 8, 10):
        ended = batch.run("--resume", preexec_fn=lambda limit=limit: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)))
        if ended.status == DONE:
            break
        if "shared libraries" in ended.said:
            continue
        assert ended.status in (FAILED, BAD_INPUT), ended
        last = limit, ended.status, clear(ended.message, "Too many open files|open files|cannot be (opened|read|written)")
        assert kept <= batch.rows()
    if ended.status != DONE:
        batch.resume(quick)
    assert batch.digest() == quick
    record("too few open files", f"RLIMIT_NOFILE of {last[0]}", last[1], shown(last[2], batch.place), "0")


def test_a_second_process_on_one_output_is_refused_and_told_who_has_it(tmp_path, short):
    batch = Batch(tmp_path)
    running = batch.start()
    assert running.until(lambda: batch.n_begun() >= 1, "a row")
    running.kill(signal.SIGSTOP)
    try:
        for extra in ((), ("--resume",), ("--overwrite",), ("--overwrite", "--resume")):
            ended = batch.run(*extra)
            assert ended.status == BAD_INPUT, (extra, ended.said)
            message = clear(ended.message, r"out\.h5")
            if "--resume" in extra:
                message = clear(message, str(running.process.pid))
    finally:
        running.kill(signal.SIGCONT)
    assert running.end().status == DONE
    assert batch.digest() == short and not batch.leftovers()
    record("two processes on one output", "a second `pamir run --resume` beside the first", BAD_INPUT,
           shown(message, tmp_path).replace(str(running.process.pid), "PID"), "0 (the first is unharmed)", "the same, of the first")


def test_the_lock_of_a_dead_process_is_void(stopped, quick):
    batch = stopped()
    assert (batch.parts / "lock").exists()
    batch.resume(quick)


def faketime():
    found = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1") + glob.glob("/usr/lib/faketime/libfaketimeMT.so.1")
    if not found:
        pytest.fail("libfaketime is not installed: apt-get install faketime")
    return found[0]


@pytest.mark.parametrize("jump", ["+5d", "-5d"], ids=["forward", "back"])
def test_a_clock_that_jumps_by_days_harms_neither_rows_nor_rates(tmp_path, short, jump):
    """The wall clock jumps (somebody sets it, a server of time corrects it); the monotonic one does not, as in Linux."""
    batch, stamp = Batch(tmp_path / "out"), tmp_path / "clock"
    batch.place.mkdir()
    stamp.write_text("+0")
    environment = {"PATH": "/usr/bin:/bin", "LD_PRELOAD": faketime(), "FAKETIME_TIMESTAMP_FILE": str(stamp), "FAKETIME_NO_CACHE": "1",
                   "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
    seen = subprocess.run(["date", "+%s"], env={**environment, "FAKETIME_TIMESTAMP_FILE": "", "FAKETIME": jump}, capture_output=True,
                          text=True, check=True).stdout
    assert abs(int(seen) - time.time()) > 4 * 86400, "the clock does not jump here: this test would say nothing"
    running = batch.start(env=environment)
    assert running.until(lambda: batch.n_begun() >= 40, "40 rows")
    stamp.write_text(jump)
    assert running.until(lambda: batch.n_begun() >= 120, "120 rows")
    stamp.write_text("+0")
    ended = running.end()
    assert ended.status == DONE, ended.said
    assert batch.digest() == short and not batch.leftovers()
    numbers = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)? (?=s\b|percent|million|thousand|household)", ended.said)]
    assert numbers and all(0 <= n < 86400 for n in numbers), ended.said
    assert not re.search(r"-\d|\bnan\b|\binf\b| d \d+ h", ended.said.replace(str(tmp_path), "")), ended.said
    if jump == "+5d":
        record("a clock that jumps", "libfaketime: forward 5 days and back, and the other way round", DONE,
               "(nothing: rates and shares of time are right)", "0", "the same")


def test_a_reader_that_goes_away_ends_it_quietly(tmp_path, undisturbed):
    """`pamir summary OUT | head -1`: no crash, no heap of errors."""
    batch, _ = undisturbed(Batch(tmp_path).shape)
    for command in (["summary", batch.path], ["describe", "households"], ["--help"]):
        line = " ".join([PAMIR, *map(str, command)])
        done = subprocess.run(["bash", "-c", f"{line} | head -1; echo ${{PIPESTATUS[0]}}"], capture_output=True, text=True, check=True)
        status = int(done.stdout.splitlines()[-1])
        assert status in (DONE, FAILED, 128 + signal.SIGPIPE), done
        clear(done.stdout + done.stderr)
        assert len(done.stderr.splitlines()) <= 1, done.stderr
    record("a reader that goes away", "`pamir summary OUT.h5 \\| head -1`", status, "(nothing)", "0 (nothing is written)", "-")


def test_nobody_left_to_read_the_progress_stops_no_batch(tmp_path, short):
    batch = Batch(tmp_path)
    command = " ".join([PAMIR, *(f"'{word}'" for word in batch.command())])
    done = subprocess.run(["bash", "-c", f"{command} 2>&1 | true; echo ${{PIPESTATUS[0]}}"], capture_output=True, text=True, check=True)
    status = int(done.stdout.split()[-1])
    if status != DONE:
        batch.resume(short)
    assert batch.digest() == short
    record("nobody reads the progress", "`pamir run ... 2>&1 \\| true`", status, "(nothing)", "0" if status == DONE else "at most what was in flight")
