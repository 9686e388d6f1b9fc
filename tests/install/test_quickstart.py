"""./quickstart.sh does what the README says of it: from any folder, twice, and says what is wrong with a call."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "quickstart.sh"


def quickstart(*arguments, cwd):
    return subprocess.run([str(SCRIPT), *map(str, arguments)], cwd=cwd, capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, env={**os.environ, "PAMIR_NO_INSTALL": "1"})


def test_help_names_the_options(tmp_path):
    done = quickstart("--help", cwd=tmp_path)
    assert done.returncode == 0
    assert all(word in done.stdout for word in ("--threads", "--replicates", "-o FOLDER", "3 stopped early"))


@pytest.mark.parametrize("arguments", [["--thread", "2"], ["--threads"], ["--threads", "two"], ["--replicates", "0"],
                                       ["--threads", "9999"], ["--threads", "99999999999999999999"]])
def test_wrong_call_ends_with_2_and_says_so(tmp_path, arguments):
    done = quickstart(*arguments, cwd=tmp_path)
    assert done.returncode == 2 and done.stderr.startswith("quickstart: ")


BUILDS_RELEASE = pytest.mark.skipif(Path(os.environ.get("PAMIR_BUILD_DIR", "")).resolve() != ROOT / "build" / "release",
                                    reason="quickstart builds in build/release; these tests run from another build folder")


@BUILDS_RELEASE
def test_both_results_are_written_and_replaced_by_a_second_call(tmp_path):
    out = tmp_path / "my results"
    for call in range(2):
        done = quickstart("--replicates", 1, "-o", out.name, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert ("will be replaced" in done.stdout) == (call == 1)
        assert sorted(path.name for path in out.iterdir()) == ["tashkurgan.h5", "tashkurgan.html"]
        assert "</html>" in (out / "tashkurgan.html").read_text()
    # Rows of a stopped run of another experiment are in nobody's way.
    parts = out / "tashkurgan.h5.parts"
    pamir = ROOT / "build" / "release" / "pamir"
    experiment = ROOT / "scenarios" / "experiments" / "tashkurgan.yaml"
    process = subprocess.Popen([pamir, "run", experiment, "-o", out / "tashkurgan.h5", "--overwrite", "--quiet",
                                "--replicates", "40"], stderr=subprocess.DEVNULL)
    while not (parts / "manifest.txt").is_file() and process.poll() is None:
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert parts.is_dir()
    rows = {path.name: path.stat().st_size for path in parts.iterdir()}
    done = quickstart("--replicates", 1, "-o", out.name, cwd=tmp_path)
    assert done.returncode == 0 and "begins anew" in done.stdout, done.stdout + done.stderr
    assert sorted(path.name for path in out.iterdir()) == ["kept-1.parts", "tashkurgan.h5", "tashkurgan.html"]
    assert {path.name: path.stat().st_size for path in (out / "kept-1.parts").iterdir()} == rows


@BUILDS_RELEASE
def test_control_c_ends_with_3_and_the_next_call_goes_on(tmp_path):
    process = subprocess.Popen([str(SCRIPT), "--replicates", "2", "-o", str(tmp_path)], text=True, start_new_session=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                               env={**os.environ, "PAMIR_NO_INSTALL": "1"})
    parts = tmp_path / "tashkurgan.h5.parts"
    while not list(parts.glob("rows-*")) and process.poll() is None:
        time.sleep(0.01)
    assert quickstart("--replicates", 2, "-o", tmp_path, cwd=tmp_path).returncode == 2  # while the first is at work
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the script and to what it runs
    out, err = process.communicate(timeout=60)
    assert process.returncode == 3 and "again, in the same way" in err, out + err
    done = quickstart("--replicates", 2, "-o", tmp_path, cwd=tmp_path)
    assert done.returncode == 0 and "it is resumed" in done.stdout, done.stdout + done.stderr
    assert not parts.exists()
