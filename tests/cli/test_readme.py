"""What the README quotes works: its program, its commands, its Python; and the Python of scenarios/README.md.

Needs PAMIR_BIN and PAMIR_TINY. Run with /usr/bin/python3 -m pytest.
"""
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language, containing, text=TEXT):
    for tongue, found in re.findall(r"^```(\w*)\n(.*?)^```$", text, flags=re.S | re.M):
        if tongue == language and containing in found:
            return found
    raise AssertionError(f"README has no {language} block with {containing!r}")


def pamir(*arguments):
    return subprocess.run([os.environ["PAMIR_BIN"], *map(str, arguments)], capture_output=True, text=True, cwd=ROOT)


def test_the_program_of_the_readme_is_accepted_and_runs(tmp_path):
    folder = tmp_path / "scenarios"
    shutil.copytree(ROOT / "scenarios" / "tiny", folder / "tiny")
    shutil.copy(ROOT / "scenarios" / "claims.csv", folder)
    (folder / "tiny" / "cash.yaml").write_text(block("yaml", "pamir: program"), encoding="utf-8")
    experiment = folder / "tiny" / "experiment.yaml"
    text = experiment.read_text(encoding="utf-8")
    text = text.replace("programs:\n", "programs:\n  cash: cash.yaml\n", 1).replace("arms:\n", "arms:\n  cash: {programs: [cash]}\n", 1)
    experiment.write_text(text, encoding="utf-8")
    done = pamir("run", experiment, "-o", tmp_path / "out.h5", "--arms", "cash", "--replicates", 1, "--quiet")
    assert done.returncode == 0, done.stderr


def commands():
    lines = [line.split("#")[0].strip() for line in block("", "pamir check").splitlines()]
    return [shlex.split(line)[1:] for line in lines if line.startswith("build/release/pamir ")]


# What a run is cut to, by the result that it writes.
CUT = {"out.h5": ["--arms", "yak", "--set", "to=2016-12"], "behaviour.h5": ["--set", "to=2018-12"]}


@pytest.fixture(name="behaviour", scope="module")
def behaviour_fixture(tmp_path_factory):
    out = tmp_path_factory.mktemp("readme") / "behaviour.h5"
    done = pamir("run", "scenarios/experiments/behaviour.yaml", "-o", out, "--replicates", 1, "--quiet", *CUT[out.name])
    assert done.returncode == 0, done.stderr
    return out


@pytest.mark.parametrize("words", commands(), ids=lambda words: words[0])
def test_a_command_of_the_readme_does_what_it_says(words, tmp_path, request):
    """As quoted, but for the size of a run and the names of files."""
    if words[0] == "run":
        words[words.index("--replicates") + 1] = "1"
        words = [*words, *CUT[words[words.index("-o") + 1]], "--quiet"]
    elif "out.h5" in words:
        shutil.copy(os.environ["PAMIR_TINY"], tmp_path / "out.h5")
    elif "behaviour.h5" in words:
        shutil.copy(request.getfixturevalue("behaviour"), tmp_path / "behaviour.h5")
    ours = ("out.", "behaviour.h5", "figures")
    words = [str(tmp_path / word) if word.startswith(ours) else word for word in words]
    done = pamir(*words)
    assert done.returncode == 0, done.stderr
    if words[0] != "run":
        assert done.stdout.strip()


def test_the_life_of_a_batch_goes_as_the_readme_says(tmp_path):
    """The commands of one block, in their order, on the tiny experiment; those for a cluster are printed alone."""
    lines = [line.split("#")[0].strip() for line in block("", "pamir expand").splitlines()]
    given = {"EXP.yaml": str(ROOT / "scenarios/tiny/experiment.yaml")}
    cut = {"run": ["--replicates", "4"], "slice": ["--replicates", "4"], "submit": ["--dry-run"], "merge": ["--overwrite"]}
    digests = {}
    for line in lines:
        name, *words = shlex.split(line)[1:]
        words = [given.get(word, str(tmp_path / word) if word.endswith(".h5") or word == "DIR" else word) for word in words]
        if name == "summary":
            done = pamir("run", "scenarios/tiny/sweep.yaml", "-o", tmp_path / "SWEEP.h5", "--replicates", 2, "--quiet")
            assert done.returncode == 0, done.stderr
        if name == "slice":
            for k in ("2/3", "3/3"):
                assert pamir(name, *(k if word == "1/3" else word for word in words), *cut[name]).returncode == 0
        done = pamir(name, *words, *cut.get(name, []))
        assert done.returncode == 0, f"{line}: {done.stderr}"
        digests[name] = re.search(r"^digest (\w{64})$", done.stdout, re.MULTILINE)
    assert digests["merge"][1] == digests["run"][1] != digests["expand"][1]


def test_the_python_of_the_readme_runs():
    code = block("python", "import pamir").replace("results/tashkurgan.h5", os.environ["PAMIR_TINY"])
    done = subprocess.run(["/usr/bin/python3", "-c", code], capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(ROOT / "analysis")})
    assert done.returncode == 0, done.stderr
    assert "income_per_capita" in done.stdout


def test_the_python_of_a_sweep_joins_its_points_to_the_results(tmp_path, monkeypatch):
    sample = block("python", 'group="sweep"', (ROOT / "scenarios" / "README.md").read_text(encoding="utf-8"))
    done = pamir("run", "scenarios/tiny/sweep.yaml", "-o", tmp_path / "sweep.h5", "--replicates", 1, "--set", "to=2016-12", "--quiet")
    assert done.returncode == 0, done.stderr
    monkeypatch.chdir(tmp_path)
    names = {"xarray": pytest.importorskip("xarray")}
    exec(compile(sample, "scenarios/README.md", "exec"), names)  # pylint: disable=exec-used
    assert names["effect"].dims == names["premium"].dims == ("point",)
    assert list(names["premium"].values) == [5, 20, 5, 20]
    together = names["effect"].to_dataset(name="effect").assign(premium=names["premium"])
    assert together.sizes["point"] == 4 and names["effect"].notnull().all()
    assert pamir("verify", tmp_path / "sweep.h5").returncode == 0
