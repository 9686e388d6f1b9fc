"""Wrong scenario files get every error in its place, status 2, and nothing is written.

Each file of tests/scenario/bad/ is one of scenarios/tiny with a mistake; its name says which. Its first lines say what
must come out:

    # A word on the mistake.
    # in place of: county.yaml           the file of scenarios/tiny whose place it takes (experiment.yaml where not said)
    # without: claims.csv                a file that is taken away
    # with: --arms land,yack             arguments beside the experiment
    # expect: county.yaml:12:5: error: ...     the errors, all of them, in order, word for word

Rung: definition (design.md, section 4).
"""

import os
import re
import shlex
import shutil
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAMIR = os.environ.get("PAMIR_BIN", str(ROOT / "build" / "release" / "pamir"))
TINY = ROOT / "scenarios" / "tiny"
BAD = sorted((ROOT / "tests" / "scenario" / "bad").glob("*.yaml"))
MESSAGE = re.compile(r"^(--set )?\S*: error: ")


def directives(data):
    """{"expect": [...], ...} of the comment at a file's head."""
    found = {"in place of": [], "without": [], "with": [], "expect": []}
    for line in data.removeprefix(b"\xef\xbb\xbf").decode(errors="replace").splitlines():
        if not line.startswith("#"):
            break
        key, _, value = line[1:].strip().partition(": ")
        if key in found:
            found[key].append(value)
    return found


def pamir(folder, *arguments, timeout=20):
    return subprocess.run([PAMIR, *map(str, arguments)], cwd=folder, capture_output=True, check=False, timeout=timeout)


def messages(done):
    text = done.stderr.decode(errors="replace")
    return [line for line in text.splitlines() if MESSAGE.match(line)]


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.fixture(name="tiny")
def tiny_fixture(tmp_path):
    """A copy of scenarios/tiny with the published figures, in a folder out of which no path may climb."""
    for path in [*TINY.glob("*.yaml"), ROOT / "scenarios" / "claims.csv"]:
        shutil.copy(path, tmp_path)
    return tmp_path


def refuse(folder, *arguments):
    """Both check and run refuse, with the same words, and leave the folder as it was. Returns the messages."""
    before = files(folder)
    check = pamir(folder, "check", *arguments)
    run = pamir(folder, "run", *arguments, "-o", "out.h5")
    assert (check.returncode, run.returncode) == (2, 2), check.stderr + run.stderr
    assert check.stderr == run.stderr
    assert check.stdout == b"" and run.stdout == b""
    assert files(folder) == before
    return messages(check)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_wrong_file_is_refused_word_for_word(tiny, path):
    data = path.read_bytes()
    said = directives(data)
    assert said["expect"], "the head of the file says nothing of what must come out"
    for name in said["without"]:
        (tiny / name).unlink()
    (tiny / (said["in place of"] or ["experiment.yaml"])[0]).write_bytes(data)
    arguments = shlex.split(" ".join(said["with"]))
    assert refuse(tiny, "experiment.yaml", *arguments) == said["expect"]


def test_without_a_mistake_all_is_well(tiny):
    """Else the refusals above would say nothing."""
    done = pamir(tiny, "check", "experiment.yaml")
    assert done.returncode == 0 and done.stderr == b"", done.stderr


def test_source_line_and_caret_are_shown(tiny):
    path = tiny / "experiment.yaml"
    path.write_text(path.read_text().replace("seed: 1", "seeed: 1"))
    lines = pamir(tiny, "check", "experiment.yaml").stderr.decode().splitlines()
    at = next(i for i, line in enumerate(lines) if MESSAGE.match(line))
    assert lines[at + 1].endswith("| seeed: 1") and lines[at + 2].endswith("| ^^^^^")
    assert lines[-1] == "1 error"


@pytest.mark.parametrize("make, message", [
    (lambda path: None, "no such file"),
    (lambda path: path.mkdir(), "is a folder"),
    (lambda path: path.write_bytes(b""), "nothing in it"),
    (lambda path: path.write_bytes(b"# a comment\n"), "nothing in it"),
    (lambda path: path.write_bytes("seed: 1\n".encode("utf-16")), "is UTF-16"),
    (lambda path: path.write_bytes(b"\x89HDF\r\n\x1a\n"), "this is an HDF5 file"),
    (lambda path: path.write_bytes(b"- a\n- b\n"), "expected a map"),
    (lambda path: path.write_bytes(b"seed: 1\n"), "'pamir' is missing"),
    (lambda path: path.write_bytes(b"[" * 1000000), "nested more than 64 deep"),
    (lambda path: path.write_bytes(b"{a: " * 250000), "nested more than 64 deep"),
    (lambda path: path.write_bytes(b"? " * 500000), "nested more than 64 deep"),
], ids=["missing", "folder", "empty", "comment", "utf16", "hdf5", "list", "foreign", "brackets", "braces", "keys"])
def test_what_is_no_experiment_is_refused(tmp_path, make, message):
    make(tmp_path / "wrong.yaml")
    assert any(message in line for line in refuse(tmp_path, "wrong.yaml"))


def test_a_hundred_megabytes_are_refused_at_once(tmp_path):
    with open(tmp_path / "large.yaml", "wb") as file:
        file.truncate(100_000_000)
    start = time.monotonic()
    found = refuse(tmp_path, "large.yaml")
    assert "has 100.0 MB" in found[0] and time.monotonic() - start < 2


def test_an_endless_file_is_refused(tmp_path):
    assert "is a device" in refuse(tmp_path, "/dev/zero")[0]


@pytest.mark.parametrize("arguments, message", [
    (["--set", "seeed=3"], "unknown key 'seeed'; did you mean 'seed'?"),
    (["--set", "seed=three"], "'three' is not an integer"),
    (["--set", "programs.cattle.effects[3].herd.rate=1 percent/year"], "[3] is beyond the list"),
    (["--set", "programs.cattle.effects[0].herd.rate=1 kg"], "'kg' is not a '1/year'"),
    (["--set", "parameters.livestock.yak.births=3"],
     "--set parameters.livestock.yak.births: error: yak.births: '3' has no unit"),
    (["--set", "migration.away_cost=0.5"], "unknown key 'migration'; did you mean 'parameters.migration.away_cost'?"),
    (["--set", "yak.births=0.5 1/year"], "unknown key 'yak'; did you mean 'parameters.livestock.yak.births'?"),
    (["--set", "parameters.livestock.disease=none"],
     "livestock: unknown key 'disease'; did you mean 'parameters.disease.disease'?"),
    (["--set", "parameters.demography.births=1"],
     "did you mean 'parameters.livestock.sheep.births' or 'parameters.livestock.yak.births' or"),
    (["--set", "parameters.disease.disease=off"], "'off' is not one of: none or sir; did you mean 'none'?"),
    (["--set", "parameters.disease.disease=false"], "did you mean 'none'?"),
    (["--set", "parameters.disease.disease=true"], "did you mean 'sir'?"),
    (["--set", "parameters.migration.remitted=0.7"],
     "--set parameters.migration.remitted: error: migration.remitted and away_cost are 0.7 and 0.45, together 1.15; "
     "expected at most 1"),
    (["--set", "parameters.markets.basket_grain=0.9"], "basket_grain and basket_meat are 0.9 and 0.14"),
    (["--set", "arms.yack.programs=[yak]"], "the experiment has no arm 'yack' (did you mean 'yak'?); --set changes arms"),
    (["--set", "arms={a: {}}"], "'arms' is the file's"),
    (["--set", "name.x=1"], "where there is a single value"),
    (["--set", "a..b=1"], "is not a path"),
    (["--set", "seed=[1"], "a bracket is not closed"),
    (["--arms", "cattel"], "did you mean 'cattle'?"),
])
def test_wrong_override_is_refused(tiny, arguments, message):
    found = refuse(tiny, "experiment.yaml", *arguments)
    assert any(message in line for line in found), found


def test_an_override_is_taken(tiny):
    done = pamir(tiny, "check", "experiment.yaml", "--set", "replicates=7", "--set",
                 "programs.cattle.effects[0].herd.rate=5 percent/year", "--arms", "cattle", "--resolved")
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode()
    assert "replicates: 7" in text and "rate: 5 percent/year" in text


def test_an_arm_that_is_there_may_be_changed(tiny):
    done = pamir(tiny, "check", "experiment.yaml", "--set", "arms.land.programs=[yak]", "--resolved")
    assert done.returncode == 0, done.stderr
    assert re.search(r"^  land:\n    programs: \[yak\]", done.stdout.decode(), re.MULTILINE)


def test_set_over_an_arms_own_set_is_warned_of_with_the_arms(tiny):
    """Such an arm may be the reference over again."""
    path = tiny / "experiment.yaml"
    path.write_text(path.read_text().replace("arms:\n", """arms:
  narrow: {set: {parameters.migration.away_cost: 0.55}}
  wide: {set: {parameters.migration.away_cost: 0.35}}
""", 1))
    both = ["--set", "parameters.migration.away_cost=0.5"]
    done = pamir(tiny, "check", "experiment.yaml", *both)
    assert done.returncode == 0
    assert b"--set parameters.migration.away_cost: warning: this wins over what the arms 'narrow', 'wide' set" in done.stderr
    assert b"the arm 'wide' sets for itself" in pamir(tiny, "check", "experiment.yaml", "--arms", "wide", *both).stderr
    for other in (["--set", "parameters.migration.stay=20 month"], [*both, "--arms", "land"]):
        assert pamir(tiny, "check", "experiment.yaml", *other).stderr == b""


def test_more_firms_than_a_job_can_name_are_refused_before_the_run():
    """As many as fit are at most warned of; nothing is run."""
    path = ROOT / "scenarios" / "experiments" / "behaviour.yaml"
    for shops, code, message in ((1000, 2, b"expected at most 32704"), (800, 0, b"warning: enterprises.shops: "),
                                 (400, 0, b"")):
        others = ["--set", "parameters.enterprises.workshops=1.1", "--set", "parameters.enterprises.builders=0.4",
                  "--set", "county.persons=350000 person"]  # a job is told apart within its township
        done = pamir(ROOT, "check", path, "--set", f"parameters.enterprises.shops={shops}", *others)
        assert done.returncode == code and message in done.stderr, done.stderr
        assert message or not done.stderr
    none = ["--set", "parameters.enterprises.firms=none"]
    assert pamir(ROOT, "check", path, "--set", "parameters.enterprises.shops=1000", *others, *none).stderr == b""
    none = ["--set", "parameters.local.spending=none"]  # without spending no shop is founded
    assert pamir(ROOT, "check", path, "--set", "parameters.enterprises.shops=1000", *others, *none).stderr == b""
