"""A disk that is full, read-only or gone: the message says which file, what is finished is kept, and with room it goes on."""

import resource
import shutil
import signal

import pytest
from harness import DONE, FAILED, Batch, Disk, DiskBatch, BAD_INPUT, clear, record, shown

FULL = r"No space left on device|File too large"
IN_FLIGHT = "0 finished; what was in flight"


def small_files(limit):
    """Where no disk can be mounted: files of at most `limit` bytes."""
    def limits():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return limits


def test_a_full_disk_in_the_rows_keeps_those_before(tmp_path, short):
    with Disk.open(64) as disk:
        if disk is None:
            batch, how = Batch(tmp_path), "RLIMIT_FSIZE 2 MB (mounts are refused here)"
            ended = batch.run(preexec_fn=small_files(2 << 20))
        else:
            batch, how = DiskBatch(disk), disk.how + ", filled in mid-run"
            running = batch.start()
            assert running.until(lambda: batch.n_begun() >= 30, "30 rows")
            disk.fill()
            ended = running.end()
        assert ended.status == FAILED, ended.said
        message = clear(ended.message, FULL, r"rows-.*\.log|\.parts", "--resume")
        n = len(batch.rows())
        assert n >= 10 and not batch.path.exists()
        again = batch.run("--resume", preexec_fn=small_files(16 << 10) if disk is None else None)
        assert again.status == FAILED and len(batch.rows()) >= n, "a second try without room loses nothing"
        if disk is not None:
            disk.empty()
        batch_resumes(batch, disk, short)
    record("disk full in the rows", how, FAILED, shown(message, tmp_path, "/mnt"), IN_FLIGHT)


def batch_resumes(batch, disk, digest):
    """Resumed with room, the result is the undisturbed one."""
    batch.run("--resume", "--quiet", status=DONE)
    assert batch.digest() == digest and not batch.leftovers()
    assert disk is None or batch.path.is_file()


def test_a_full_disk_in_the_assembly_keeps_all_rows(tmp_path, short):
    with Disk.open(64) as disk:
        if disk is None:
            batch, how = Batch(tmp_path), "RLIMIT_FSIZE (mounts are refused here)"
            running = batch.start()
            assert running.until(lambda: batch.n_begun() >= 179, "all rows")
            running.kill(signal.SIGKILL)
            running.end()
            ended = batch.run("--resume", preexec_fn=small_files(6 << 20))
        else:
            batch, how = DiskBatch(disk), disk.how
            running = batch.start()
            assert running.until(lambda: batch.n_begun() >= 180, "all rows")
            running.kill(signal.SIGKILL)
            running.end()
            disk.fill(leave=4 << 20)
            ended = batch.run("--resume")
        assert ended.status == FAILED, ended.said
        message = clear(ended.message, FULL, r"out\.h5", "rows are kept", "--resume")
        assert len(batch.rows()) >= 179 and not batch.path.exists()
        assert not [name for name in batch.leftovers() if ".tmp-" in name], "half a file is left"
        if disk is not None:
            disk.empty()
        batch_resumes(batch, disk, short)
    record("disk full while the file is assembled", how, FAILED, shown(message, tmp_path, "/mnt"), "0")


def test_a_read_only_directory_is_refused_before_anything_is_computed(tmp_path, short):
    with Disk.open(64) as disk:
        if disk is None:
            pytest.fail("no mount is possible here")
        batch = DiskBatch(disk)
        disk.mount("ro")
        ended = batch.run()
        assert ended.status in (FAILED, BAD_INPUT), ended.said
        message = clear(ended.message, r"out\.h5", "Read-only file system")
        disk.mount("rw")
        assert not list(disk.seen.iterdir())
    record("a read-only directory", disk.how + ", remounted ro", ended.status, shown(message, tmp_path, "/mnt"), "0 (nothing was begun)",
           "-")


def test_a_directory_that_becomes_read_only_keeps_the_rows(tmp_path, short):
    with Disk.open(64) as disk:
        if disk is None:
            pytest.fail("no mount is possible here")
        batch = DiskBatch(disk)
        running = batch.start()
        assert running.until(lambda: batch.n_begun() >= 30, "30 rows")
        running.kill(signal.SIGKILL)
        running.end()
        n = len(batch.rows())
        disk.mount("ro")
        ended = batch.run("--resume")
        assert ended.status in (FAILED, BAD_INPUT), ended.said
        message = clear(ended.message, "Read-only file system", r"out\.h5")
        assert len(batch.rows()) == n
        disk.mount("rw")
        batch_resumes(batch, disk, short)
    record("read-only when it is resumed", disk.how + ", remounted ro", ended.status, shown(message, tmp_path, "/mnt"), "0")


def test_parts_that_are_removed_in_mid_run_are_missed_at_once(tmp_path, short):
    batch = Batch(tmp_path)
    running = batch.start()
    assert running.until(lambda: batch.n_begun() >= 30, "30 rows")
    shutil.rmtree(batch.parts)
    ended = running.end()
    assert ended.status == FAILED and not batch.path.exists(), ended.said
    message = clear(ended.message, r"out\.h5\.parts", "removed or moved|No such file")
    batch.resume(short)
    record("the parts vanish in mid-run", "rm -rf OUT.h5.parts after 30 rows", FAILED, shown(message, tmp_path),
           "all that were in them; noticed at the next row")


def test_a_directory_that_is_moved_in_mid_run_is_resumed_where_it_is_now(tmp_path, short):
    (tmp_path / "old").mkdir()
    batch = Batch(tmp_path / "old")
    running = batch.start()
    assert running.until(lambda: batch.n_begun() >= 30, "30 rows")
    (tmp_path / "old").rename(tmp_path / "new")
    ended = running.end()
    assert ended.status == FAILED, ended.said
    message = clear(ended.message, r"out\.h5")
    moved = Batch(tmp_path / "new")
    assert len(moved.rows()) >= 30
    moved.resume(short)
    record("the directory is moved in mid-run", "mv of the directory after 30 rows", FAILED, shown(message, tmp_path),
           "0 (resumed where it is now)")
