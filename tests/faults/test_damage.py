"""Files that are torn, corrupted, foreign or of the wrong kind: noticed, said, and computed again or refused."""

import random
import shutil

import pytest
from harness import BAD_INPUT, DONE, FAILED, HEAD, QUICK, ROW, Batch, Disk, DiskBatch, clear, frames, record, run, shown

SEED = 20261122


def one_log(batch):
    logs = batch.logs()
    assert len(logs) == 1
    return logs[0]


def flip(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 0x20
    path.write_bytes(data)


def test_a_torn_tail_is_dropped_and_its_row_computed_again(stopped, quick):
    batch = stopped()
    log = one_log(batch)
    n = len(frames(log))
    frame = log.stat().st_size // n
    with open(log, "r+b") as file:
        file.truncate(log.stat().st_size - frame // 3)
    left = len(frames(log))
    assert left == n - 1
    ended = batch.run("--resume", status=DONE)
    message = clear(ended.said, r"rows-.*\.log")
    assert batch.digest() == quick and not batch.leftovers()
    line = next(line for line in message.splitlines() if "rows-" in line)
    record("a log whose tail is torn", "truncate in the last row", DONE, shown(line, batch.place), "1 (the torn one), computed again")


def test_a_flipped_byte_in_a_log_costs_its_row_alone(stopped, quick):
    batch = stopped()
    log = one_log(batch)
    flip(log, log.stat().st_size // 2)
    assert len(frames(log)) < len(frames(one_log(stopped())))
    ended = batch.run("--resume", status=DONE)
    message = clear(ended.said, r"rows-.*\.log")
    assert batch.digest() == quick and not batch.leftovers()
    line = next(line for line in message.splitlines() if "rows-" in line)
    record("a flipped byte in a log", "one bit in the middle", DONE, shown(line, batch.place), "1 (the damaged one), computed again")


@pytest.mark.parametrize("where", [0, 8, 24, 32, 40, 48], ids=["magic", "point", "message", "length", "time", "payload"])
def test_a_flipped_byte_in_any_field_of_a_frame_is_noticed(stopped, quick, where):
    batch = stopped()
    log = one_log(batch)
    flip(log, frames(log)[7][4] + where)
    batch.resume(quick)


def test_garbage_with_a_logs_name_is_left_out(stopped, quick):
    batch = stopped()
    kept = batch.rows()
    (batch.parts / "rows-nowhere-1-1.log").write_bytes(random.Random(SEED).randbytes(100_000))
    (batch.parts / "rows-nowhere-2-1.log").write_bytes(b"")
    (batch.parts / "rows-nowhere-3-1.log").write_bytes(HEAD.pack(ROW, 0, 0, 0, 0, 2**31 - 1, 0, 2**62, 0.0) * 20)
    ended = batch.run("--resume", status=DONE)
    message = clear(ended.said, r"rows-nowhere")
    assert batch.digest() == quick and kept
    assert not [name for name in batch.leftovers() if ".tmp-" in name]
    line = next(line for line in message.splitlines() if "rows-nowhere" in line)
    record("garbage with a log's name", "100 kB of noise; an empty file; heads that promise exabytes", DONE, shown(line, batch.place),
           "0")


def test_a_directory_with_a_logs_name_does_no_harm(stopped, quick):
    batch = stopped()
    (batch.parts / "rows-nowhere-1-1.log").mkdir()
    ended = batch.run("--resume")
    clear(ended.said, "rows-nowhere")
    assert ended.status in (DONE, FAILED, BAD_INPUT)
    if ended.status != DONE:
        (batch.parts / "rows-nowhere-1-1.log").rmdir()
        batch.resume(quick)
    assert batch.digest() == quick


@pytest.mark.parametrize("damage", ["flipped", "cut", "empty", "noise"])
def test_a_damaged_manifest_is_refused_and_nothing_is_touched(stopped, quick, damage):
    batch = stopped()
    manifest = batch.parts / "manifest.txt"
    whole = manifest.read_bytes()
    if damage == "flipped":
        flip(manifest, len(whole) * 2 // 3)
    else:
        manifest.write_bytes({"cut": whole[: len(whole) // 2], "empty": b"", "noise": random.Random(SEED).randbytes(5000)}[damage])
    damaged = manifest.read_bytes()
    kept = batch.rows()
    ended = batch.run("--resume")
    assert ended.status in (FAILED, BAD_INPUT), ended.said
    message = clear(ended.message, "manifest|parts")
    assert manifest.read_bytes() == damaged and batch.rows() == kept
    manifest.write_bytes(whole)
    batch.resume(quick)
    if damage == "flipped":
        record("a damaged manifest", "a flipped byte; cut; empty; noise", ended.status, shown(message, batch.place), "0",
               "the same, once the manifest is back")


@pytest.mark.parametrize("damage", ["flipped", "cut", "longer"])
def test_a_damaged_result_is_refused_by_all_who_read_it(tmp_path, undisturbed, damage):
    batch, _ = undisturbed(QUICK)
    copy = tmp_path / "out.h5"
    data = bytearray(batch.path.read_bytes())
    if damage == "flipped":
        data[len(data) // 2] ^= 0x20
    elif damage == "cut":
        data = data[: len(data) * 9 // 10]
    else:
        data += b"\0" * 64
    copy.write_bytes(data)
    said = []
    for command in readers(copy) if damage != "longer" else [("verify", copy)]:
        ended = run(*command)
        assert ended.status in (FAILED, BAD_INPUT), (command, ended)
        said.append(clear(ended.said, r"out\.h5"))
        assert copy.read_bytes() == bytes(data)
    if damage == "flipped":
        record("a corrupted result", f"a flipped bit; cut; 64 bytes more; read by {', '.join(c[0] for c in readers(copy))}", FAILED,
               shown(said[0].splitlines()[-1], tmp_path), "- (refused; nothing is written)", "-")


def readers(path):
    commands = [("verify", path), ("summary", path), ("verify", path, "--digest")]
    if "\n  expand " in run("--help").out:
        commands.append(("expand", path, "--replicates", "61"))
    return commands


def test_an_output_that_is_a_directory_is_refused(tmp_path):
    (tmp_path / "out.h5").mkdir()
    batch = Batch(tmp_path, QUICK)
    for extra in ((), ("--resume",), ("--overwrite",)):
        ended = batch.run(*extra)
        assert ended.status in (FAILED, BAD_INPUT), ended.said
        message = clear(ended.message, r"out\.h5", "directory|exists already")
    assert not list(batch.path.iterdir()) and not batch.leftovers()
    record("the output is a directory", "mkdir OUT.h5", ended.status, shown(message, tmp_path), "0 (nothing was begun)", "-")


def test_an_output_that_is_a_link_is_written_where_it_points(tmp_path, quick):
    place = tmp_path / "elsewhere"
    place.mkdir()
    batch = Batch(tmp_path, QUICK)
    batch.path.symlink_to(place / "real.h5")
    ended = batch.run()
    if ended.status == BAD_INPUT:
        message = clear(ended.message, r"out\.h5|real\.h5")
        assert batch.path.is_symlink() and not list(place.iterdir())
    else:
        assert ended.status == DONE, ended.said
        message = "(nothing)"
        assert batch.digest() == quick
        assert not list(place.glob("*.parts")) and not list(tmp_path.glob("*.parts"))
    record("the output is a symbolic link", "ln -s elsewhere/real.h5 OUT.h5", ended.status, shown(message, tmp_path), "0",
           "the same" if ended.status == DONE else "-")


def test_a_link_to_an_existing_result_is_replaced_only_when_told(tmp_path, undisturbed, quick):
    place = tmp_path / "elsewhere"
    place.mkdir()
    shutil.copy(undisturbed(QUICK)[0].path, place / "real.h5")
    before = (place / "real.h5").read_bytes()
    batch = Batch(tmp_path, QUICK)
    batch.path.symlink_to(place / "real.h5")
    assert batch.run().status == BAD_INPUT
    assert (place / "real.h5").read_bytes() == before
    batch.run("--overwrite", "--quiet", status=DONE)
    assert batch.digest() == quick


def test_a_result_on_another_file_system_than_the_temporary_one_is_whole(tmp_path, quick):
    with Disk.open(64) as disk:
        if disk is None:
            pytest.fail("no mount is possible here")
        batch = DiskBatch(disk, QUICK)
        batch.run("--quiet", status=DONE)
        assert batch.digest() == quick and not batch.leftovers()
    record("the output is on another file system", disk.how, DONE, "(nothing)", "0")
