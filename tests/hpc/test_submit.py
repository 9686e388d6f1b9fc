"""pamir submit without a Slurm: the scripts that it would submit, what they do with signals, and the site file.

Where Slurm is asked, small programs of the same names stand on PATH and note how they were called.
"""

import os
import re
import shlex
import signal
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAMIR = os.environ.get("PAMIR_BIN", str(ROOT / "build" / "release" / "pamir"))
EXPERIMENT = ROOT / "scenarios" / "tiny" / "experiment.yaml"
EXAMPLE = ROOT / "sim" / "hpc" / "site-example.yaml"
HARD = """it's a "folder" $(touch oh) & `x`; %A"""


def write_program(path, text):
    path.write_text("#!/bin/bash\n" + text)
    path.chmod(0o755)
    return path


@pytest.fixture(name="slurm")
def slurm_fixture(tmp_path, monkeypatch):
    """A folder of stand-ins for Slurm's programs. `calls` lists how they were called, `queue` what is waiting."""
    folder = tmp_path / "slurm"
    folder.mkdir()
    (folder / "queue").write_text("")
    note = f'(printf "%s" "$(basename "$0")"; printf "\\t%s" "$@"; echo) >> {folder}/calls\n'
    write_program(folder / "sbatch", note + f'[ -e {folder}/refuse ] && {{ echo refused >&2; exit 1; }}\n'
                  f'n=$(cat {folder}/n 2> /dev/null || echo 100); n=$((n + 1)); echo $n > {folder}/n; echo $n\n')
    write_program(folder / "squeue", note + f"cat {folder}/queue\n")
    write_program(folder / "scontrol", note + 'echo "MaxArraySize            = 6"\n')
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return folder


@pytest.fixture(autouse=True)
def no_site(monkeypatch, tmp_path):
    """No site file of the user who runs the tests."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PAMIR_SITE", "")
    monkeypatch.setenv("XDG_CONFIG_HOME", "")


def calls(slurm, name):
    lines = (slurm / "calls").read_text().splitlines() if (slurm / "calls").exists() else []
    return [line.split("\t")[1:] for line in lines if line.split("\t")[0] == name]


def pamir(*arguments, status=0, cwd=None, **environment):
    done = subprocess.run([PAMIR, *map(str, arguments)], capture_output=True, text=True, check=False, cwd=cwd,
                          env={**os.environ, **environment})
    if done.returncode != status:
        pytest.fail(f"pamir {arguments}: {done.returncode}\n{done.stdout}{done.stderr}", pytrace=False)
    return done


def site_file(folder, text):
    path = folder / "site.yaml"
    path.write_text("pamir: site\n" + text)
    return path


def parts_of(printed):
    """The files that --dry-run prints, by name."""
    pieces = re.split(r"^# (plan\.txt|array\.sh|merge\.sh|would be submitted by)$", printed, flags=re.MULTILINE)
    return dict(zip(pieces[1::2], [text.strip("\n") + "\n" for text in pieces[2::2]]))


# What is printed and written.

def test_dry_run_prints_scripts_and_writes_and_submits_nothing(tmp_path, slurm):
    done = pamir("submit", EXPERIMENT, "--shards", 3, "-o", "batch", "--dry-run", cwd=tmp_path)
    parts = parts_of(done.stdout)
    assert "#SBATCH --array=1-3\n" in parts["array.sh"] and "#SBATCH --requeue\n" in parts["array.sh"]
    assert "--dependency=afterany:ID merge.sh" in parts["would be submitted by"]
    assert not (tmp_path / "batch").exists() and not calls(slurm, "sbatch")


def test_dry_run_needs_no_slurm(tmp_path):
    done = pamir("submit", EXPERIMENT, "--shards", 3, "-o", tmp_path / "batch", "--dry-run", PATH="/nowhere")
    assert "#SBATCH --array=1-3\n" in done.stdout and done.stderr == ""


def test_without_slurm_nothing_is_written(tmp_path):
    done = pamir("submit", EXPERIMENT, "-o", tmp_path / "batch", status=1, PATH="/nowhere")
    assert "there is no sbatch here" in done.stderr and not (tmp_path / "batch").exists()


@pytest.mark.parametrize("site", ["", EXAMPLE.read_text().split("pamir: site\n")[1]], ids=["bare", "example"])
def test_scripts_are_shell_that_bash_reads(tmp_path, site):
    done = pamir("submit", EXPERIMENT, "-o", tmp_path / HARD, "--dry-run", "--site", site_file(tmp_path, site),
                 PATH="/nowhere")
    for name in ("array.sh", "merge.sh"):
        text = parts_of(done.stdout)[name]
        checked = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
        assert checked.returncode == 0 and not checked.stderr, checked.stderr


def test_every_value_of_the_example_stands_in_the_scripts(tmp_path):
    done = pamir("submit", EXPERIMENT, "-o", tmp_path / "batch", "--dry-run", "--site", EXAMPLE, PATH="/nowhere")
    text = parts_of(done.stdout)["array.sh"]
    for line in ["#SBATCH --partition=normal", "#SBATCH --account=project-123", "#SBATCH --qos=standard",
                 "#SBATCH --time=4:00:00", "#SBATCH --mem=4G", "#SBATCH --cpus-per-task=4",
                 "#SBATCH --array=1-4%50", "#SBATCH --signal=B:USR1@180", "requeues=20", "checkpoint=900",
                 "TMPDIR='/tmp'", "program='/usr/bin/pamir'", "module load 'gcc/12' || exit 1", "umask 027",
                 "#SBATCH --constraint=avx2"]:
        assert line in text.splitlines(), line


def test_help_and_example_name_every_key_of_the_site_file():
    source = (ROOT / "sim" / "hpc" / "site.h").read_text()
    keys = re.findall(r"P\((?:TEXT|INTEGER), (\w+),", source) + ["modules", "setup", "extra"]
    text, example = pamir("submit", "--help").stdout, EXAMPLE.read_text()
    assert len(keys) > 10
    assert [key for key in keys if not re.search(rf"\b{key}\b", text)] == []
    assert [key for key in keys if not re.search(rf"^{key}:", example, re.MULTILINE)] == []


def test_more_tasks_than_rows_are_as_many_as_rows(tmp_path):
    done = pamir("submit", EXPERIMENT, "--shards", 1000, "-o", tmp_path / "batch", "--dry-run", "--replicates", 2,
                 "--arms", "land", PATH="/nowhere")
    assert "#SBATCH --array=1-4\n" in done.stdout and "no more rows than that" in done.stderr


def test_more_tasks_than_slurm_takes_are_packed(tmp_path, slurm):
    done = pamir("submit", EXPERIMENT, "--shards", 20, "-o", tmp_path / "batch", "--dry-run")
    assert "#SBATCH --array=1-5\n" in done.stdout and "5 tasks, which is as many" in done.stderr
    assert ["show", "config"] in calls(slurm, "scontrol")


def test_slices_hold_every_row_once_and_whole_sets_of_arms(tmp_path):
    done = pamir("submit", EXPERIMENT, "--shards", 3, "-o", tmp_path / "batch", "--dry-run", PATH="/nowhere")
    assert "shards: 3 # of 7 to 14 rows\n" in done.stdout
    done = pamir("submit", EXPERIMENT, "--shards", 9, "-o", tmp_path / "batch", "--dry-run", PATH="/nowhere")
    assert "shards: 9 # of 3 to 4 rows\n" in done.stdout


def test_submit_writes_the_folder_and_submits_array_then_merge(tmp_path, slurm):
    batch = tmp_path / HARD
    done = pamir("submit", EXPERIMENT, "--shards", 2, "-o", HARD, cwd=tmp_path)
    assert calls(slurm, "sbatch") == [
        ["--parsable", f"--chdir={batch}", f"{batch}/array.sh"],
        ["--parsable", f"--chdir={batch}", "--dependency=afterany:101", f"{batch}/merge.sh"]]
    assert sorted(p.name for p in batch.iterdir()) == [
        "array.sh", "jobs.txt", "logs", "manifest.txt", "merge.sh", "plan.txt"]
    assert (batch / "jobs.txt").read_text() == "101 array\n102 merge\n"
    assert "array 101: 2 tasks" in done.stdout and "merge 102" in done.stdout
    assert shlex.quote(HARD) in done.stdout.replace("'\\''", "'\"'\"'")
    assert "title: Four small programs" in (batch / "manifest.txt").read_text()


def test_a_folder_is_one_batch(tmp_path, slurm):
    pamir("submit", EXPERIMENT, "--shards", 2, "-o", tmp_path / "batch")
    done = pamir("submit", EXPERIMENT, "--shards", 2, "-o", tmp_path / "batch", status=2)
    assert "a batch gets a folder of its own" in done.stderr and len(calls(slurm, "sbatch")) == 2


@pytest.mark.parametrize("was_there", [False, True])
def test_a_refused_submission_leaves_the_place_as_it_was(tmp_path, slurm, was_there):
    (slurm / "refuse").touch()
    if was_there:
        (tmp_path / "batch").mkdir()
    done = pamir("submit", EXPERIMENT, "-o", tmp_path / "batch", status=1)
    assert "refused\n" in done.stderr and "sbatch failed, with status 1" in done.stderr
    assert (tmp_path / "batch").exists() == was_there and not list(tmp_path.glob("batch/*"))


@pytest.mark.parametrize("arguments, message", [
    (["-o", "batch"], "EXPERIMENT.yaml is missing; or --resume"),
    ([EXPERIMENT], "Name a folder: pamir submit"),
    ([EXPERIMENT, "-o", "batch", "--resume"], "leave EXPERIMENT.yaml out"),
    (["-o", "batch", "--resume"], "batch: No such file"),
    (["-o", "batch", "--resume", "--shards", 3], "as it is; of the other options it takes"),
    ([EXPERIMENT, "-o", "nowhere/batch"], "nowhere"),
    ([EXPERIMENT, "-o", "a\nb"], "a character that no script takes"),
    ([EXPERIMENT, "-o", "batch", "--time", "1:00; rm"], "expected a time as Slurm writes it"),
    ([EXPERIMENT, "-o", "batch", "--site", "nowhere.yaml"], "nowhere.yaml"),
])
def test_wrong_calls_end_with_2_and_write_nothing(tmp_path, slurm, arguments, message):
    folder = tmp_path / "here"
    folder.mkdir()
    done = pamir("submit", *arguments, status=2, cwd=folder)
    assert message in done.stderr and done.stdout == "" and not list(folder.iterdir())
    assert not calls(slurm, "sbatch")


def test_a_result_that_is_there_is_refused_before_anything_is_submitted(tmp_path, slurm):
    (tmp_path / "out.h5").write_text("mine")
    done = pamir("submit", EXPERIMENT, "-o", tmp_path / "batch", "--result", tmp_path / "out.h5", status=2)
    assert "out.h5 exists already" in done.stderr and not (tmp_path / "batch").exists()
    assert not calls(slurm, "sbatch")


def resume(batch, *options, **how):
    return pamir("submit", "--resume", "-o", batch, *options, **how)


@pytest.fixture(name="batch")
def batch_fixture(tmp_path, slurm):
    """A batch of 7 rows in 3 tasks (0:3, 3:5, 5:7) that was submitted, as jobs 101 and 102, and never ran."""
    pamir("submit", EXPERIMENT, "--shards", 3, "-o", tmp_path / "batch", "--replicates", 1)
    (slurm / "calls").unlink()
    return tmp_path / "batch"


def test_resume_sends_the_tasks_that_lack_any_row(batch, slurm):
    pamir("slice", "1/3", "-o", batch, "--quiet")
    pamir("slice", "5:7", "-o", batch, "--quiet")
    log = next((batch / "slice-5-7.parts").glob("rows-*.log"))
    log.write_bytes(log.read_bytes()[:-10])  # one of its two rows is lost
    resume(batch)
    assert calls(slurm, "sbatch")[0][2] == "--array=2-3"


@pytest.mark.parametrize("waiting", [101, 102])
def test_resume_waits_for_every_job_of_the_folder(batch, slurm, waiting):
    (slurm / "queue").write_text(f"55\n{waiting}\n")
    assert f"still in the queue ({waiting})" in resume(batch, status=2).stderr and not calls(slurm, "sbatch")
    (slurm / "queue").write_text("55\n1012\n")
    resume(batch)
    assert len(calls(slurm, "sbatch")) == 2


def test_resume_takes_no_result_of_another_batch_for_its_own(tmp_path, batch, slurm):
    pamir("slice", "0:7", "-o", batch, "--quiet")
    for seed in (8, None):
        other = ["--seed", seed] if seed else []
        pamir("run", EXPERIMENT, "-o", batch / "tiny.h5", "--replicates", 1, "--quiet", "--overwrite", *other)
        done = resume(batch, status=2 if seed else 0)
        assert ("is a result of another batch" in done.stderr) == bool(seed)
        assert ("is complete, and merged into" in done.stdout) == (not seed)
    (batch / "tiny.h5").write_text("mine")
    assert "move it away first" in resume(batch, status=2).stderr and not calls(slurm, "sbatch")


def test_a_job_that_cannot_be_noted_is_named_and_its_folder_stays(tmp_path, slurm):
    """sbatch puts a full disk in the place of jobs.txt."""
    with (slurm / "sbatch").open("a") as program:
        program.write('ln -sfn /dev/full "${2#--chdir=}/jobs.txt"\n')
    done = pamir("submit", EXPERIMENT, "-o", tmp_path / "batch", status=3)
    assert "job 102 (merge) is submitted" in done.stderr and (tmp_path / "batch" / "manifest.txt").exists()
    assert (tmp_path / "batch" / "array.sh").exists()


# The site file.

@pytest.mark.parametrize("line, message", [
    ("partitoin: normal", "2:1: error: site: unknown key 'partitoin'; did you mean 'partition'?"),
    ("partition: a b", "2:12: error: partition: 'a b' is not a name"),
    ("partition: -x", "2:12: error: partition: '-x' is not a name"),
    ("account: $(x)", "2:10: error: account: '$(x)' is not a name"),
    ("time: 1 hour", "2:7: error: time: '1 hour' is not a time"),
    ("memory: 4 GB", "2:9: error: memory: '4 GB' is not a number and K, M, G or T"),
    ("memory: 4GB", "2:9: error: memory: '4GB' is not a number and K, M, G or T"),
    ("cpus: 0", "2:7: error:"),
    ("cpus: many", "2:7: error:"),
    ("notice: 120", "2:9: error:"),
    ("scratch: $TMP", "2:10: error: scratch: '$TMP' is not a path that begins with '/'"),
    ("program: pamir", "2:10: error: program: 'pamir' is not a path"),
    ("modules: gcc", "2:10: error: modules is"),
    ("extra: [hold]", "2:9: error: extra[0]: 'hold' is not a long option of sbatch"),
    ('extra: ["--hold\\nrm -rf"]', "2:9: error: extra[0]"),
    ('scratch: "/tmp\\nrm"', "2:10: error: scratch:"),
])
def test_wrong_site_files_are_refused_with_the_place(tmp_path, line, message):
    site = site_file(tmp_path, line + "\n")
    done = pamir("submit", EXPERIMENT, "-o", tmp_path / "batch", "--dry-run", "--site", site, status=2)
    assert f"{site}:{message}" in done.stderr and done.stdout == ""


def test_all_errors_of_a_site_file_come_at_once_and_its_kind_is_checked(tmp_path):
    site = tmp_path / "site.yaml"
    site.write_text("pamir: experiment\ntime: soon\nmemory: much\n")
    done = pamir("submit", EXPERIMENT, "-o", tmp_path / "batch", "--dry-run", "--site", site, status=2)
    assert "expected 'pamir: site'" in done.stderr and "'soon'" in done.stderr and "'much'" in done.stderr


def test_site_file_is_looked_for_in_three_places_and_the_call_has_the_last_word(tmp_path):
    homes = {}
    for name in ("given", "named", "config"):
        path = tmp_path / name / "pamir" / "site.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(f"pamir: site\npartition: {name}\ntime: 60\n")
        homes[name] = path
    common = ["submit", EXPERIMENT, "-o", tmp_path / "batch", "--dry-run"]
    environment = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "PATH": "/nowhere"}
    assert "--partition=config\n" in pamir(*common, **environment).stdout
    environment["PAMIR_SITE"] = str(homes["named"])
    assert "--partition=named\n" in pamir(*common, **environment).stdout
    text = pamir(*common, "--site", homes["given"], "--time", "2-12", "--cpus", 3, **environment).stdout
    assert "--partition=given\n" in text and "--time=2-12\n" in text and "--cpus-per-task=3\n" in text


# What the script of a task does. pamir is a stand-in that notes what it is called with and hears.

STAND_IN = """
dir={folder}
[ "$1" != status ] || {{ cat $dir/standing; exit; }}
printf '%s\\n' "$@" > $dir/arguments
trap 'echo TERM >> $dir/heard' TERM
trap 'echo HUP >> $dir/heard; sleep 0.3; exit 3' HUP
touch $dir/begun
for i in $(seq 100); do [ -e $dir/finish ] && exit "$(cat $dir/finish)"; sleep 0.05; done
exit 9
"""


class Task:
    """A run of array.sh outside of Slurm."""

    def __init__(self, folder, restarts=0, done=0):
        self.folder = folder
        (folder / HARD / "logs").mkdir(parents=True, exist_ok=True)
        (folder / "standing").write_text(f'  "rows": {{"done": {done}}},\n')
        for name in ("begun", "heard"):
            (folder / name).unlink(missing_ok=True)
        write_program(folder / "pamir", STAND_IN.format(folder=folder))
        site = site_file(folder, f"program: {folder}/pamir\nrequeues: 2\n")
        printed = pamir("submit", EXPERIMENT, "--shards", 3, "-o", folder / HARD, "--dry-run", "--site", site).stdout
        script = write_program(folder / "array.sh", parts_of(printed)["array.sh"].split("\n", 1)[1])
        self.process = subprocess.Popen(
            [script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
            env={**os.environ, "SLURM_ARRAY_TASK_ID": "2", "SLURM_ARRAY_JOB_ID": "77", "SLURM_CPUS_PER_TASK": "4",
                 "SLURM_RESTART_COUNT": str(restarts)})
        end = time.monotonic() + 10
        while not (folder / "begun").exists():
            assert time.monotonic() < end, "pamir was not begun"
            time.sleep(0.01)

    def tell(self, number):
        self.process.send_signal(number)
        return self

    def until_heard(self):
        end = time.monotonic() + 10
        while not (self.folder / "heard").exists():
            assert time.monotonic() < end, "pamir was not told"
            time.sleep(0.01)
        return self

    def tell_all(self, number):
        """As Slurm does at the end of a job: every process of it."""
        os.killpg(self.process.pid, number)
        return self

    def end(self):
        output, _ = self.process.communicate(timeout=10)
        heard = self.folder / "heard"
        return self.process.returncode, output, heard.read_text().split() if heard.exists() else []


@pytest.mark.parametrize("status", [0, 1, 2, 3])
def test_a_task_ends_as_pamir_ended(tmp_path, slurm, status):
    task = Task(tmp_path)
    (tmp_path / "finish").write_text(f"{status}")
    code, _, heard = task.end()
    assert code == status and heard == [] and not calls(slurm, "scontrol")[1:]
    assert (tmp_path / "arguments").read_text().splitlines() == [
        "slice", "2/3", "-o", str(tmp_path / HARD), "--checkpoint", "600", "--threads", "4"]


def test_near_the_time_limit_pamir_is_told_once_and_the_task_is_queued_again(tmp_path, slurm):
    code, output, heard = Task(tmp_path).tell(signal.SIGUSR1).end()
    assert (code, heard) == (0, ["HUP"]) and "queued again" in output
    assert calls(slurm, "scontrol")[-1] == ["requeue", "77_2"]


def requeues(slurm):
    return calls(slurm, "scontrol").count(["requeue", "77_2"])


def test_a_task_that_meets_its_limit_again_and_again_without_getting_further_ends(tmp_path, slurm):
    for n in (1, 2):
        assert Task(tmp_path).tell(signal.SIGUSR1).end()[0] == 0 and requeues(slurm) == n
    code, output, heard = Task(tmp_path).tell(signal.SIGUSR1).end()
    assert (code, heard) == (3, ["HUP"]) and "queued again 2 times for nothing" in output and requeues(slurm) == 2


def test_a_task_that_gets_further_is_queued_again_as_often_as_it_takes(tmp_path, slurm):
    """A row more, or a later state; another state of the same row and month is none."""
    parts = tmp_path / HARD / "slice-14-21.parts"  # 28 rows of 7 arms in 3 tasks: 14, 7 and 7
    parts.mkdir(parents=True)
    for done in range(4):
        assert Task(tmp_path, done=done).tell(signal.SIGUSR1).end()[0] == 0
    for boundary in range(3):
        (parts / f"state-0-1-2-{boundary}-host-77-1.ckpt").touch()
        assert Task(tmp_path, done=3).tell(signal.SIGUSR1).end()[0] == 0
    assert requeues(slurm) == 7
    (parts / "state-0-1-2-2-host-88-1.ckpt").touch()
    assert [Task(tmp_path, done=3).tell(signal.SIGUSR1).end()[0] for _ in range(2)] == [0, 3]


def test_requeues_by_slurm_itself_do_not_count(tmp_path, slurm):
    """Preemption and lost nodes raise SLURM_RESTART_COUNT."""
    assert Task(tmp_path, restarts=50).tell(signal.SIGUSR1).end()[0] == 0 and requeues(slurm) == 1


def test_a_task_that_has_to_go_saves_and_is_not_queued_a_second_time(tmp_path, slurm):
    code, _, heard = Task(tmp_path).tell_all(signal.SIGTERM).end()
    assert (code, heard) == (3, ["HUP"])
    assert ["requeue", "77_2"] not in calls(slurm, "scontrol")


def test_time_that_is_up_and_then_having_to_go_is_told_once(tmp_path, slurm):
    code, _, heard = Task(tmp_path).tell(signal.SIGUSR1).until_heard().tell(signal.SIGTERM).end()
    assert (code, heard) == (3, ["HUP"])
    assert ["requeue", "77_2"] not in calls(slurm, "scontrol")
