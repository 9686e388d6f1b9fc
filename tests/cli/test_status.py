"""What status tells of batches that end early, of cluster folders and of many points; commands that can be copied."""

import json
import os
import shlex
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAMIR = os.environ.get("PAMIR_BIN", str(ROOT / "build" / "release" / "pamir"))
TINY = ROOT / "scenarios" / "tiny"
EXPERIMENT = TINY / "experiment.yaml"
PLAN = "pamir: plan\nname: tiny\nrows: {rows}\narms: {arms}\nshards: {shards}\nat_once: 0\ncpus: 1\nprogram: '/usr/bin/pamir'\nresult: '{result}'\n"


def pamir(*arguments, status=0, cwd=None):
    done = subprocess.run([PAMIR, *map(str, arguments)], capture_output=True, text=True, check=False, cwd=cwd)
    if done.returncode != status:
        pytest.fail(f"pamir {arguments}: {done.returncode}\n{done.stdout}{done.stderr}", pytrace=False)
    return done


def look(path, status=0):
    return json.loads(pamir("status", path, "--json", "-", status=status).stdout)


def copy_of_tiny(folder, more=""):
    folder.mkdir()
    for file in TINY.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    with open(folder / "experiment.yaml", "a", encoding="utf-8") as file:
        file.write(more)
    return folder / "experiment.yaml"


def slices(folder, *rows, experiment=EXPERIMENT, replicates=2):
    for part in rows:
        pamir("slice", experiment, part, "-o", folder, "--replicates", replicates, "--arms", "land", "--quiet")


# ---- commands to copy ----


def test_printed_commands_are_words_of_the_shell_whatever_the_path(tmp_path):
    h5py = pytest.importorskip("h5py")
    folder = tmp_path / "my county"
    folder.mkdir()
    out = folder / "it's.h5"
    text = pamir("run", EXPERIMENT, "-o", out, "--replicates", 2, "--arms", "land").stdout
    assert shlex.split(text.split("next: ")[1]) == ["pamir", "summary", str(out)]
    assert shlex.split(look(out)["next"]) == ["pamir", "summary", str(out)]
    said = pamir("expand", out, status=2).stderr
    assert shlex.split(said.split("how many should it have? ")[1]) == ["pamir", "expand", str(out), "--replicates", "4"]
    said = pamir("rerun", out, status=2).stderr
    assert shlex.split(said.split("replicate: ")[1]) == ["pamir", "rerun", str(out), "--arm", "reference", "--replicate", "1"]
    with h5py.File(out, "r+") as file:
        file["meta/row_status"][1, 0] = -12
    replay = ["pamir", "rerun", str(out), "--arm", "land", "--replicate", "1"]
    assert shlex.split(look(out, status=1)["failures"][0]["rerun"]) == replay
    text = pamir("summary", out).stdout
    assert shlex.split(next(line for line in text.splitlines() if "pamir rerun" in line)) == replay
    slices(folder / "a batch", "0:2", "2:4")
    assert shlex.split(look(folder / "a batch")["next"]) == ["pamir", "merge", str(folder / "a batch"), "-o", "OUT.h5"]


def test_a_plain_path_stays_as_it_is(tmp_path):
    slices(tmp_path / "batch", "0:4")
    assert look(tmp_path / "batch")["next"] == f"pamir merge {tmp_path}/batch -o OUT.h5"


# ---- a cluster's folder ----


def test_a_folder_that_is_merged_says_so(tmp_path):
    folder, out = tmp_path / "batch", tmp_path / "out.h5"
    slices(folder, "0:2", "2:4")
    (folder / "plan.txt").write_text(PLAN.format(rows=4, arms=2, shards=2, result=out))
    text = pamir("status", folder).stdout
    assert "complete, to be merged" in text and f"next: pamir merge {folder} -o {out}" in text
    pamir("merge", folder, "-o", out, "--quiet")
    text = pamir("status", folder).stdout
    assert f"complete, merged into {out}" in text and f"next: pamir summary {out}" in text
    assert look(folder)["merged"] == str(out)


def test_jobs_that_are_queued_are_waited_for(tmp_path):
    folder = tmp_path / "batch"
    slices(folder, "0:2")
    (folder / "plan.txt").write_text(PLAN.format(rows=4, arms=2, shards=2, result=tmp_path / "out.h5"))
    assert f"next: pamir submit --resume -o {folder}\n" in pamir("status", folder, status=3).stdout
    (folder / "jobs.txt").write_text("71 array\n72 merge\n")
    text = pamir("status", folder, status=3).stdout
    assert "next: wait, while the jobs that were submitted are queued (squeue -j 71,72)" in text
    assert f"where tasks were lost: pamir submit --resume -o {folder}" in text


@pytest.mark.parametrize("change", [{"rows": 5}, {"arms": 4}, {"shards": 5}, {"rows": 10**15, "shards": 10**9}])
def test_a_plan_that_is_not_the_manifests_is_an_error(tmp_path, change):
    folder = tmp_path / "batch"
    slices(folder, "0:2")
    (folder / "plan.txt").write_text(PLAN.format(**{"rows": 4, "arms": 2, "shards": 2, "result": "/x.h5", **change}))
    said = pamir("status", folder, status=1).stderr
    assert "plan.txt is not of this batch" in said or ("shards" in change and "plan.txt: the plan is wrong" in said)


# ---- ends early ----


def test_stop_when_is_told_before_the_end_and_at_it(tmp_path):
    rule = "stop_when: {variable: county.income_real_per_capita, arm: land, half_width: 6000 CNY/person/year, least: 2, step: 2}\n"
    mine = copy_of_tiny(tmp_path / "mine", rule)
    slices(tmp_path / "batch", "0:2", experiment=mine, replicates=6)
    text = pamir("status", tmp_path / "batch", status=3).stdout
    assert "at most 6 replicates" in text and "of at most 6 replicates (stop_when may end earlier)" in text
    assert look(tmp_path / "batch", status=3)["may_stop"]
    out = tmp_path / "out.h5"
    next((tmp_path / "batch").glob("slice-*")).rename(f"{out}.parts")
    assert "has at most 6 replicates; --replicates 5 adds none" in pamir("expand", out, "--replicates", 5, status=2).stderr
    Path(f"{out}.parts").rename(tmp_path / "away.parts")
    pamir("run", mine, "-o", out, "--replicates", 6, "--arms", "land", "--quiet")
    seen = look(out)
    assert not seen["may_stop"] and seen["stopped"].startswith("after 2 of at most 6 replicates: ")
    for command in ("status", "summary"):
        assert seen["stopped"] in pamir(command, out).stdout
    slices(tmp_path / "plain", "0:2")
    assert not look(tmp_path / "plain", status=3)["may_stop"]


# ---- many points ----


def test_many_points_are_told_in_few_lines_and_all_when_asked(tmp_path):
    values = ", ".join(f"{0.4 + i / 1000:.3f} 1/year" for i in range(30))
    mine = tmp_path / "mine"
    copy_of_tiny(mine)
    sweep = (mine / "sweep.yaml").read_text()
    assert "[0.5 1/year, 0.6 1/year]" in sweep
    (mine / "many.yaml").write_text(sweep.replace("[0.5 1/year, 0.6 1/year]", f"[{values}]"))
    pamir("slice", mine / "many.yaml", "0:2", "-o", tmp_path / "batch", "--replicates", 1, "--quiet")
    text = pamir("status", tmp_path / "batch", status=3).stdout
    assert sum(line.startswith("  point ") for line in text.splitlines()) == 20 and "and 39 points more (--all)" in text
    text = pamir("status", tmp_path / "batch", "--all", status=3).stdout
    assert sum(line.startswith("  point ") for line in text.splitlines()) == 59
    seen = look(tmp_path / "batch", status=3)
    assert len(seen["by_point"]) == 60 and sum(point["done"] for point in seen["by_point"]) == 2 == seen["rows"]["done"]
    assert sum(arm["missing"] for arm in seen["arms"]) == seen["rows"]["missing"]
