"""Files that status and rerun read or write: nothing is replaced that nobody named, nothing crafted is believed."""

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAMIR = os.environ.get("PAMIR_BIN", str(ROOT / "build" / "release" / "pamir"))
EXPERIMENT = ROOT / "scenarios" / "tiny" / "experiment.yaml"
ROW = ["--arm", "land", "--replicate", 1]


def pamir(*arguments, status=0, cwd=None):
    done = subprocess.run([PAMIR, *map(str, arguments)], capture_output=True, text=True, check=False, cwd=cwd)
    if done.returncode != status:
        pytest.fail(f"pamir {arguments}: {done.returncode}\n{done.stdout}{done.stderr}", pytrace=False)
    return done


@pytest.fixture(name="made", scope="module")
def made_fixture(tmp_path_factory):
    """A result, and beside it a folder with one slice."""
    folder = tmp_path_factory.mktemp("made")
    pamir("run", EXPERIMENT, "-o", folder / "out.h5", "--replicates", 2, "--arms", "land", "--quiet")
    pamir("slice", EXPERIMENT, "0:2", "-o", folder / "batch", "--replicates", 2, "--arms", "land", "--quiet")
    return folder


def writer(command, path):
    return ["status", path, "--json"] if command == "status" else ["rerun", path, *ROW, "--quiet", "--log"]


@pytest.mark.parametrize("command", ["status", "rerun"])
def test_a_file_that_exists_is_replaced_only_when_told(made, tmp_path, command):
    mine = tmp_path / "land.yaml"
    mine.write_text("precious")
    before = (made / "out.h5").read_bytes()
    assert "exists already; choose another name" in pamir(*writer(command, made / "out.h5"), mine, status=2).stderr
    assert mine.read_text() == "precious"
    pamir(*writer(command, made / "out.h5"), mine, "--overwrite")
    assert "precious" not in mine.read_text() and len(mine.read_text()) > 300
    assert [path.name for path in tmp_path.iterdir()] == ["land.yaml"] and (made / "out.h5").read_bytes() == before


@pytest.mark.parametrize("command", ["status", "rerun"])
def test_neither_the_result_nor_its_parts_are_written_over(made, tmp_path, command):
    link = tmp_path / "link"
    link.symlink_to(made / "out.h5")
    slices = next((made / "batch").glob("slice-*.parts"))
    before = {path: path.read_bytes() for path in made.rglob("*") if path.is_file()}
    for source, target in [("out.h5", made / "out.h5"), ("out.h5", link), ("out.h5", made / "batch" / ".." / "out.h5"),
                           ("batch", slices / "manifest.txt"), ("batch", slices / "rows-new.log"), ("batch", made / "batch" / "manifest.txt")]:
        end = 3 if source == "batch" and command == "status" else 0
        assert "of this batch; choose another name" in pamir(*writer(command, made / source), target, "--overwrite", status=2).stderr
        pamir(*writer(command, made / source), "/dev/stdout", status=end)
    assert "no regular file" in pamir(*writer(command, made / "out.h5"), tmp_path, "--overwrite", status=2).stderr
    assert before == {path: path.read_bytes() for path in made.rglob("*") if path.is_file()}


@pytest.mark.parametrize("command", ["status", "rerun"])
def test_an_unfinished_batch_keeps_the_name_of_its_result_free(made, tmp_path, command):
    (made / "batch" / next((made / "batch").glob("slice-*.parts")).name).rename(tmp_path / "new.h5.parts")
    try:
        pamir(*writer(command, tmp_path / "new.h5"), tmp_path / "new.h5", status=2)
        assert not (tmp_path / "new.h5").exists()
    finally:
        (tmp_path / "new.h5.parts").rename(made / "batch" / "slice-0-2.parts")


def test_a_pipe_is_written_to_as_it_is(made, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE, text=True) as cat:
        pamir("status", made / "out.h5", "--json", pipe, "--quiet")
        assert json.loads(cat.communicate(timeout=20)[0])["complete"]


def test_quiet_rerun_says_nothing(made, tmp_path):
    done = pamir("rerun", made / "out.h5", *ROW, "--quiet")
    assert done.stdout == done.stderr == ""
    pamir("rerun", made / "out.h5", *ROW, "--quiet", "--log", tmp_path / "log")
    assert "FAILED" not in (tmp_path / "log").read_text() and "month" in (tmp_path / "log").read_text()


# ---- crafted results ----


def reshape(path, names, dims, lengths):
    """Writes tables of /meta anew, with other dimensions; without the seal, as another program's file has none."""
    h5py = pytest.importorskip("h5py")
    with h5py.File(path, "r+") as file:
        for dim, length in zip(dims, lengths, strict=True):
            if dim not in file["meta"]:
                scale = file["meta"].create_dataset(dim, data=list(range(length)))
                scale.make_scale(dim)
        for name in names:
            old = file["meta"][name]
            value = 0 if name == "row_status" else old[0, 0]
            kind = old.dtype
            del file["meta"][name]
            new = file["meta"].create_dataset(name, shape=lengths, dtype=kind)
            new[...] = value
            for i, dim in enumerate(dims):
                new.dims[i].attach_scale(file["meta"][dim])


TABLES = ["row_status", "row_message", "row_digest"]


@pytest.mark.parametrize("names, dims, lengths", [
    (["row_status"], ["arm", "foo", "replicate"], [2, 9, 2]),
    (TABLES, ["arm", "foo", "replicate"], [2, 9, 2]),
    (TABLES, ["foo", "arm", "replicate"], [9, 2, 2]),
    (TABLES, ["replicate", "arm"], [2, 2]),
    (["row_digest"], ["replicate", "arm"], [2, 2]),
    (["row_message"], ["arm"], [2]),
])
def test_rows_by_other_dimensions_are_refused(made, tmp_path, names, dims, lengths):
    path = tmp_path / "crafted.h5"
    path.write_bytes((made / "out.h5").read_bytes())
    reshape(path, names, dims, lengths)
    for command in (["status", path], ["rerun", path, *ROW]):
        assert "/meta does not say how the rows ended" in pamir(*command, status=1).stderr


def test_a_status_that_is_no_code_is_refused(made, tmp_path):
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "crafted.h5"
    path.write_bytes((made / "out.h5").read_bytes())
    with h5py.File(path, "r+") as file:
        file["meta/row_status"][0, 0] = 77
    assert "/meta does not say how the rows ended" in pamir("status", path, status=1).stderr
