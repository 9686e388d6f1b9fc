"""pamir submit on a real Slurm of two nodes, which the tests start: what happens to tasks that are killed, lose
their node, or meet their time limit. In every case the result has the digest of pamir run.

Skipped where Slurm or munge is not installed; a Slurm that does not start is a failure.
"""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

import cluster as slurm

ROOT = Path(__file__).resolve().parents[2]
PAMIR = os.environ.get("PAMIR_BIN", str(ROOT / "build" / "release" / "pamir"))
EXPERIMENT = ROOT / "scenarios" / "tiny" / "experiment.yaml"
# Rows of about a third of a second, and tasks of some seconds.
SLOW = ["--replicates", 8, "--arms", "land", "--set", "county.persons=20000 person", "--set", "to=2024-12"]

if slurm.absent():
    pytest.skip(f"not installed: {', '.join(slurm.absent())}", allow_module_level=True)


def digest_of(printed):
    found = re.search(r"^digest (\w{64})$", printed, re.MULTILINE)
    assert found, printed
    return found[1]


@pytest.fixture(name="cluster", scope="module")
def cluster_fixture():
    with slurm.Cluster() as cluster:
        yield cluster


@pytest.fixture(autouse=True)
def nothing_left_over(cluster):
    """A test that fails leaves no jobs to the next."""
    yield
    cluster.cancel_all()


@pytest.fixture(name="digest", scope="module")
def digest_fixture(tmp_path_factory):
    """Of the undisturbed run, by one process."""
    path = tmp_path_factory.mktemp("run") / "tiny.h5"
    done = subprocess.run([PAMIR, "run", EXPERIMENT, "-o", path, *map(str, SLOW)], capture_output=True, text=True,
                          check=True)
    return digest_of(done.stdout)


class Batch:
    """A batch that was submitted, in a folder of its own."""

    def __init__(self, cluster, folder, *options):
        self.cluster, self.folder = cluster, folder
        self.read(cluster.call(PAMIR, "submit", EXPERIMENT, "-o", folder, *options).stdout)

    def read(self, printed):
        found = re.search(r"^array (\d+): (\d+) task", printed, re.MULTILINE)
        self.array, self.n_tasks = (int(found[1]), int(found[2])) if found else (None, 0)
        self.merge = int(re.search(r"merge (\d+):", printed)[1])

    def resume(self, *options, **how):
        done = self.cluster.call(PAMIR, "submit", "--resume", "-o", self.folder, *options, **how)
        if re.search(r"merge \d+:", done.stdout):
            self.read(done.stdout)
        return done

    def finish(self):
        jobs = [self.merge] if self.array is None else [self.array, self.merge]
        self.cluster.finish(*jobs)
        return self.log(f"{self.merge}-merge")

    def log(self, name):
        path = self.folder / "logs" / f"{name}.log"
        return path.read_text() if path.exists() else ""

    def slice_of(self, task):
        """The directory of a task's slice; 16 rows in 4 tasks."""
        return self.folder / f"slice-{4 * task - 4}-{4 * task}.parts"

    def logs_of(self, task):
        return {path.name: path.read_bytes() for path in self.slice_of(task).glob("rows-*.log")}

    def pids(self, task):
        """The processes of pamir at a task."""
        wanted = f"slice\0{task}/4\0-o\0{self.folder}\0".encode()
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if wanted in path.read_bytes():
                    found.append(int(path.parent.name))
            except OSError:
                pass
        return found

    def until_at_work(self, task):
        """Until a row of the task is done, so that there is something to lose, and the next is under way."""
        self.cluster.until(lambda: any(self.logs_of(task).values()), f"a row of task {task}", 20, 0.02)
        pids = self.pids(task)
        assert len(pids) == 1, f"task {task} is at work in {pids}"
        return pids[0]


def test_array_and_merge_give_the_digest_of_a_run_in_a_folder_with_any_name(cluster, tmp_path):
    run = cluster.call(PAMIR, "run", EXPERIMENT, "-o", tmp_path / "run.h5")
    batch = Batch(cluster, tmp_path / """it's a "folder" $(x) & `y`; 1%""", "--shards", 3, "--cpus", 2)
    said = batch.finish()
    assert digest_of(said) == digest_of(run.stdout)
    assert (batch.folder / "tiny.h5").is_file() and not (tmp_path / "x").exists()
    assert all("attempt 1, on " in batch.log(f"{batch.array}_{task}") for task in (1, 2, 3))
    assert "is complete, and merged into" in batch.resume().stdout and not cluster.queue()


def test_a_task_killed_is_reported_missing_and_resubmitted_by_one_command(cluster, tmp_path, digest):
    batch = Batch(cluster, tmp_path / "batch", "--shards", 4, *SLOW)
    os.kill(batch.until_at_work(2), signal.SIGKILL)
    refused = batch.resume(check=False)
    assert refused.returncode == 2 and "still in the queue" in refused.stderr
    said = batch.finish()
    assert "rows are missing; nothing is written" in said and re.search(r"^  task 2: \d of its rows 4 to 7", said,
                                                                        re.MULTILINE)
    assert f"pamir submit --resume -o '{batch.folder}'" in said and not (batch.folder / "tiny.h5").exists()
    kept = batch.logs_of(2)
    batch.resume()
    assert batch.n_tasks == 1 and cluster.queue(batch.array)[0].startswith(f"{batch.array}_2 ")
    assert digest_of(batch.finish()) == digest
    assert {name: batch.logs_of(2)[name] for name in kept} == kept  # what was done was kept, and not done again


def test_a_node_that_goes_down_costs_nothing_and_no_file_is_written_by_two(cluster, tmp_path, digest):
    batch = Batch(cluster, tmp_path / "batch", "--shards", 4, *SLOW)
    cluster.until(lambda: [line.split()[1] for line in cluster.queue(batch.array)] == ["RUNNING"] * 4,
                  "four tasks to run")
    nodes = dict(line.split(" ", 1) for line in cluster.queue(batch.array, "%K %N"))
    lost = [int(task) for task, node in nodes.items() if node == "n2"]
    assert lost, nodes
    for task in lost:
        batch.until_at_work(task)
    cluster.call("scontrol", "update", "nodename=n2", "state=down", "reason=test")
    cluster.until(lambda: not any(batch.pids(task) for task in lost), "the tasks of n2 to end")
    kept = {task: batch.logs_of(task) for task in lost}
    cluster.bring_up("n2")
    assert digest_of(batch.finish()) == digest
    for task in lost:
        now = batch.logs_of(task)
        assert {name: now[name] for name in kept[task]} == kept[task]
        assert len(now) == len(kept[task]) + 1
        assert "attempt 2, on " in batch.log(f"{batch.array}_{task}")


def test_near_the_time_limit_a_task_is_saved_queued_again_and_goes_on(cluster, tmp_path, digest):
    batch = Batch(cluster, tmp_path / "batch", "--shards", 4, *SLOW)
    batch.until_at_work(1)
    cluster.cancel("--signal=USR1", "--batch", f"{batch.array}_1")
    cluster.until(lambda: not batch.pids(1), "task 1 to be saved", 10)
    saved = list(batch.slice_of(1).glob("state-*.ckpt"))
    kept = batch.logs_of(1)
    assert saved, "no row under way was saved"
    assert digest_of(batch.finish()) == digest
    said = batch.log(f"{batch.array}_1")
    assert "queued again" in said and "attempt 2, on " in said
    assert not list(batch.slice_of(1).glob("state-*.ckpt"))
    assert {name: batch.logs_of(1)[name] for name in kept} == kept


def test_a_cancelled_batch_is_saved_and_goes_on_by_one_command(cluster, tmp_path, digest):
    batch = Batch(cluster, tmp_path / "batch", "--shards", 4, *SLOW)
    batch.until_at_work(3)
    cluster.cancel(batch.array, batch.merge)
    cluster.finish(batch.array, batch.merge)
    cluster.until(lambda: not any(batch.pids(task) for task in range(1, 5)), "all processes to end", 10)
    assert list(batch.slice_of(3).glob("state-*.ckpt"))
    batch.resume()
    assert digest_of(batch.finish()) == digest


def test_what_slurm_refuses_leaves_nothing_behind(cluster, tmp_path):
    site = tmp_path / "site.yaml"
    site.write_text("pamir: site\npartition: nowhere\n")
    done = cluster.call(PAMIR, "submit", EXPERIMENT, "-o", tmp_path / "batch", "--site", site, check=False)
    assert done.returncode == 1 and "invalid partition" in done.stderr.lower()
    assert not (tmp_path / "batch").exists()


def test_more_tasks_than_an_array_takes_are_packed(cluster, tmp_path):
    done = cluster.call(PAMIR, "submit", EXPERIMENT, "-o", tmp_path / "batch", "--shards", 5000, "--replicates", 2000,
                        "--dry-run")
    assert "#SBATCH --array=1-1000\n" in done.stdout and "1000 tasks, which is as many" in done.stderr


def test_the_cluster_is_torn_down(cluster):
    """Comes last: no daemon, no process, no file is left."""
    pids = [daemon.pid for daemon in cluster.daemons.values()]
    start = time.monotonic()
    cluster.stop()
    assert pids and not cluster.folder.exists() and time.monotonic() - start < 20
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
