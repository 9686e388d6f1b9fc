"""Files that were made to harm, or by a machine gone wrong: each is refused within a second with its place, in
little memory, and nothing is written.

Each case stands in for one file of scenarios/tiny; `check` and `run` must both refuse. Rung: definition.
"""

import os
import resource
import shutil
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAMIR = os.environ.get("PAMIR_BIN", str(ROOT / "build" / "release" / "pamir"))
TINY = ROOT / "scenarios" / "tiny"
MEMORY = 600_000_000  # bytes of address space
SECONDS = 1.0  # of the processor: the clock also runs while others work


@pytest.fixture(name="tiny")
def tiny_fixture(tmp_path):
    """scenarios/tiny in a folder that holds it alone, so that a path has somewhere to climb to."""
    folder = tmp_path / "scenario"
    folder.mkdir()
    for path in [*TINY.glob("*.yaml"), ROOT / "scenarios" / "claims.csv"]:
        shutil.copy(path, folder)
    return folder


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def confined():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def refuse(folder, *arguments):
    """Both commands refuse with one text, within a second, and leave the folder as it was. Returns the text."""
    before, texts = files(folder.parent), []
    for command in (["check"], ["run", "-o", "out.h5"]):
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.monotonic()
        done = subprocess.run([PAMIR, *command, *arguments], cwd=folder, capture_output=True, check=False,
                              timeout=20, preexec_fn=confined, stdin=subprocess.DEVNULL)
        elapsed = time.monotonic() - started
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
        text = done.stderr.decode()  # whatever the file holds, messages are UTF-8
        assert done.returncode == 2, (done.returncode, text[:2000])
        assert done.stdout == b""
        assert spent < SECONDS, f"{spent:.2f} s of the processor, {elapsed:.2f} s by the clock"
        assert len(text) < 400_000
        texts.append(text)
    assert files(folder.parent) == before
    assert texts[0] == texts[1]
    return texts[0]


def experiment(folder):
    return (folder / "experiment.yaml").read_text()


def lines_of(text):
    return text.count("\n") + 1


BOMB = "b0: &b0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"b{i}: &b{i} [" + ", ".join([f"*b{i - 1}"] * 10) + "]\n" for i in range(1, 12))

# What is put at the end of experiment.yaml, and where (lines and columns behind its last line) and what must be said.
APPENDED = {
    "brackets": (b"x: " + b"[" * 100_000, "1:67: error: nested more than 64 deep"),
    "braces": (b"x: " + b"{a: " * 100_000, ":1:256: error: nested more than 64 deep"),
    "closed brackets": (b"x: " + b"[" * 100_000 + b"]" * 100_000, "1:67: error: nested more than 64 deep"),
    "dashes": (b"x:\n" + b"- " * 100_000, "2:127: error: nested more than 64 deep"),
    "cycle of a list": (b"x: &x [*x]", "1:8: error: an alias within what it stands for"),
    "cycle of a map": (b"x: &x {a: {b: *x}}", "1:15: error: an alias within what it stands for"),
    "alias to nothing": (b"x: *nobody", "1:4: error: no anchor '&nobody'"),
    "billion laughs": (BOMB.encode(), "more than 200,000 values, aliases written out"),
    "a million aliases": (b"x: &x [1, 2, 3]\ny: [" + b"*x, " * 500_000 + b"]", "more than 200,000 values"),
    "a thousand anchors": (b"".join(b"k%d: &a%d 1\n" % (i, i) for i in range(1002)), "1001:8: error: more than 1000 anchors"),
    "merge key": (b"x: &x {a: 1}\ny: {<<: *x}", "2:5: error: merge keys ('<<') are not read"),
    "tag that builds": (b"x: !!python/object/apply:os.system [id]", "1:4: error: tags ('!!str' and the like) are not read"),
    "second document": (b"---\nx: 1", "1:1: error: a second document begins here"),
    "invalid UTF-8": (b"# good: \xe5\x96\x80\nx: \xff", "2:4: error: the byte 0xFF is not UTF-8"),
    "overlong UTF-8": (b"x: \xc0\xaf", "1:4: error: the byte 0xC0 is not UTF-8"),
    "surrogate": (b"x: \xed\xa0\x80", "1:4: error: the byte 0xED is not UTF-8"),
    "cut character": (b"x: \xe5\x96", "1:4: error: the byte 0xE5 is not UTF-8"),
    "NUL byte": (b"x: a\0b", "1:5: error: the byte 0x00 is NUL"),
    "escaped NUL": (b'x: "a\\0b"', "1:4: error: a NUL character within a text"),
    "terminal escape": (b"x: \x1b[2J", "1:4: error: the byte 0x1B is a control character"),
    "tab": (b"x:\n\ty: 1", "2:1: error: YAML: "),
    "long key": (b"k" * 3_000_000 + b": 1", "could not find expected ':'"),
    "long key in quotes": (b'? "' + b"k" * 100_000 + b'"\n: 1', "1:3: error: a key of more than 200 bytes"),
    "long text": (b"name2: " + b"n" * 3_000_000, "1:1: error: experiment: unknown key 'name2'"),
    "key given twice": (b"seed: 1", "1:1: error: key 'seed' given twice"),
    "a key ten thousand times": (b"zz: 1\n" * 9_000, "2:1: error: key 'zz' given twice"),
    "many unknown keys": (b"".join(b"key%06d: 1\n" % i for i in range(9_000)), "1:1: error: experiment: unknown key 'key000000'"),
    "too many keys": (b"".join(b"key%06d: 1\n" % i for i in range(200_000)), "more than 10000 keys in one map"),
    "unknown keys far right": (b"parameters: {" + b"".join(b"key%06d: 1, " % i for i in range(9_990)) + b"}", ":14: error: parameters: unknown key 'key000000'"),
    "many items": (b"x: [" + b"1," * 1_200_000 + b"]", "more than 200,000 values"),
    "not closed": (b"x: [1, 2", "error: YAML: "),
    "quote not closed": (b"x: '" + b"a\n" * 100_000, "error: YAML: "),
}


@pytest.mark.parametrize("case", APPENDED)
def test_hostile_yaml_is_refused_at_its_place(tiny, case):
    added, expected = APPENDED[case]
    path = tiny / "experiment.yaml"
    text = experiment(tiny).rstrip("\n") + "\n"
    path.write_bytes(text.encode() + added)
    place, colon, message = expected.partition(": error: ")
    if colon and place[0].isdigit():
        line, column = place.split(":")
        expected = f"experiment.yaml:{text.count(chr(10)) + int(line)}:{column}: error: {message}"
    elif colon:
        expected = f"{place.lstrip(':').split(':')[-1]}: error: {message}"
    assert expected in refuse(tiny, "experiment.yaml")


NUMBERS = {
    "1e400": "out of range", "-1e400": "", "1e-400": "", "9" * 10_000: "", "1" + "0" * 10_000: "", "0x10": "", "0o17": "",
    "0b1": "", "1_000": "", "017": "", ".inf": "", "-.inf": "", ".nan": "", "NaN": "", "1e": "", "1.5": "", "--1": "",
    "1 000": "", "１２": "", "9223372036854775808": "", "-1": "", "1e5.5": "", "yes": "", "0": "",
}


@pytest.mark.parametrize("number", NUMBERS, ids=lambda text: text if len(text) < 30 else text[:5] + "...")
def test_number_that_is_none_or_absurd_is_refused_at_its_place(tiny, number):
    path = tiny / "experiment.yaml"
    lines = experiment(tiny).splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("replicates: "))
    lines[at] = "replicates: " + number
    path.write_text("\n".join(lines) + "\n")
    assert f"experiment.yaml:{at + 1}:13: error: experiment.replicates: " in refuse(tiny, "experiment.yaml")


@pytest.mark.parametrize("number", ["1e400 person", "9" * 10_000 + " person", "-5 person", "0x7f person", "nan person",
                                    "1e300 1e300", "5 " + "m" * 100_000, "5 (((((((((((m", "5 m^99999999999"],
                         ids=lambda text: text if len(text) < 30 else text[:5] + "...")
def test_quantity_that_is_none_or_absurd_is_refused_at_its_place(tiny, number):
    path = tiny / "county.yaml"
    lines = path.read_text().splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("  persons: "))
    lines[at] = "  persons: " + number
    path.write_text("\n".join(lines) + "\n")
    assert f"county.yaml:{at + 1}:12: error: county.persons: " in refuse(tiny, "experiment.yaml")


def county_named(tiny, name):
    """experiment.yaml with another county; the line and column of its name."""
    lines = experiment(tiny).splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("county: "))
    lines[at] = "county: " + name
    (tiny / "experiment.yaml").write_text("\n".join(lines) + "\n")
    return f"experiment.yaml:{at + 1}:9: error: "


@pytest.mark.parametrize("name", ["../secret.yaml", "/etc/passwd", "./a/../../secret.yaml", "../scenario2/x.yaml",
                                  "~/../../../../etc/passwd", "a/" * 300 + "x.yaml", "x" * 300 + ".yaml",
                                  "x" * 100_000, "''", "county.yaml/x", "\"county.yaml\\n\""],
                         ids=lambda text: text if len(text) < 30 else text[:5] + "...")
def test_path_that_leads_out_or_nowhere_is_refused_where_it_is_named(tiny, name):
    (tiny.parent / "secret.yaml").write_text("password: 1\n")
    place = county_named(tiny, name)
    text = refuse(tiny, "experiment.yaml")
    assert place in text and "password" not in text


def test_link_that_leads_out_of_the_scenario_is_refused(tiny):
    """To a file, and by way of a folder."""
    outside = tiny.parent / "outside"
    outside.mkdir()
    (tiny / "county.yaml").rename(outside / "county.yaml")
    (tiny / "county.yaml").symlink_to("../outside/county.yaml")
    place = county_named(tiny, "county.yaml")
    assert place + "'county.yaml' is a link that leads out of '.'" in refuse(tiny, "experiment.yaml")
    (tiny / "folder").symlink_to(outside)
    place = county_named(tiny, "folder/county.yaml")
    assert place + "'folder/county.yaml' is a link that leads out of '.'" in refuse(tiny, "experiment.yaml")


def test_link_within_the_scenario_is_followed(tiny):
    """And so is one by which the whole folder is reached: else the refusals above would say little."""
    (tiny / "county.yaml").rename(tiny / "other.yaml")
    (tiny / "county.yaml").symlink_to("other.yaml")
    (tiny.parent / "door").symlink_to(tiny)
    for path in ("experiment.yaml", "../door/experiment.yaml"):
        done = subprocess.run([PAMIR, "check", path], cwd=tiny, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr


def test_link_in_a_circle_is_refused(tiny):
    (tiny / "county.yaml").unlink()
    (tiny / "county.yaml").symlink_to("county.yaml")
    place = county_named(tiny, "county.yaml")
    assert place + "'county.yaml' cannot be read: Too many levels" in refuse(tiny, "experiment.yaml")


@pytest.mark.parametrize("kind", ["folder", "pipe", "socket", "device"])
def test_what_is_no_file_is_refused_where_it_is_named(tiny, kind):
    path = tiny / "county.yaml"
    path.unlink()
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        import socket  # pylint: disable=import-outside-toplevel
        here = os.getcwd()
        os.chdir(tiny)  # the name of a socket is short
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("county.yaml")
        os.chdir(here)
    else:
        try:
            os.mknod(path, 0o600 | 0o020000, os.makedev(1, 5))  # /dev/zero
        except PermissionError:
            pytest.skip("only root makes devices")
    assert county_named(tiny, "county.yaml") + f"'county.yaml' is a {kind}" in refuse(tiny, "experiment.yaml")


@pytest.mark.parametrize("path, kind", [("/dev/zero", "device"), ("/dev/stdin", "device"), ("pipe", "pipe"), (".", "folder")])
def test_experiment_that_is_no_file_is_refused(tiny, path, kind):
    os.mkfifo(tiny / "pipe")
    assert f"is a {kind}" in refuse(tiny, path)


def test_file_that_may_not_be_read_is_refused(tiny):
    (tiny / "county.yaml").chmod(0)
    if os.access(tiny / "county.yaml", os.R_OK):
        pytest.skip("this user may read everything")
    place = county_named(tiny, "county.yaml")
    assert place + "'county.yaml' cannot be read: Permission denied" in refuse(tiny, "experiment.yaml")


def test_more_arms_than_memory_holds_are_refused(tiny):
    lines = experiment(tiny).splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("arms:"))
    lines[at + 1:at + 1] = [f"  a{i}: {{programs: [yak]}}" for i in range(9000)]
    (tiny / "experiment.yaml").write_text("\n".join(lines) + "\n")
    assert f"experiment.yaml:{at + 258}:3: error: arms: more than 256 of them" in refuse(tiny, "experiment.yaml")


def test_county_that_is_the_experiment_itself_is_refused(tiny):
    county_named(tiny, "experiment.yaml")
    assert "experiment.yaml:" in refuse(tiny, "experiment.yaml")


@pytest.mark.parametrize("make", [
    lambda file: file.truncate(100_000_000),
    lambda file: file.write(b"x: " + b"y" * 100_000_000),
    lambda file: file.write(b"# a line\n" * 11_000_000),
    lambda file: file.write(b"".join(b"key%07d: 1\n" % i for i in range(1_000_000)) * 7),
], ids=["hole", "one line", "comments", "keys"])
def test_a_hundred_megabytes_are_refused_with_the_limit(tiny, make):
    with open(tiny / "county.yaml", "wb") as file:
        make(file)
    text = refuse(tiny, "experiment.yaml")
    assert "MB; a scenario file has at most 4.0 MB" in text and "experiment.yaml:" in text
    (tiny / "county.yaml").rename(tiny / "large.yaml")
    assert "large.yaml: error: 'large.yaml' has " in refuse(tiny, "large.yaml")


@pytest.mark.parametrize("data", [
    b"x: [" + b"a," * 1_990_000 + b"]", b"".join(b"k%06d: 1\n" % i for i in range(360_000)), b"- " * 1_990_000,
    b"# \n" * 1_300_000, b"\n" * 3_990_000, b"x: |\n" + b"  y\n" * 900_000, b"x: \"" + b"\\\n" * 1_900_000 + b"\"",
    b"[" * 3_990_000, b"? " * 1_990_000, b"&a " * 1_300_000, b"x: '" + b"''" * 1_990_000, b"{" + b"a:," * 1_300_000,
    b"a: b: " * 600_000, b"%TAG ! tag:x\n" * 300_000, b"x: " + b"\xe5\x96\x80" * 1_300_000, b"*a " * 1_300_000,
    b"a\n" * 1_990_000, b"a: " + b" " * 3_900_000 + b"b", b"\t" * 3_990_000, b"a:\n" + b" b:\n" * 900_000,
], ids=["items", "keys", "dashes", "comments", "breaks", "block", "escapes", "brackets", "questions", "anchors", "quotes",
        "flow", "colons", "directives", "characters", "aliases", "words", "spaces", "tabs", "same key"])
def test_the_largest_file_that_is_read_takes_no_second(tiny, data):
    """Just under the limit, each of another sort that could make a parser slow."""
    assert len(data) < 4_000_000
    (tiny / "large.yaml").write_bytes(data)
    assert "error" in refuse(tiny, "large.yaml")


def test_lines_that_end_in_cr_lf_are_read_and_counted_as_one(tiny):
    path = tiny / "experiment.yaml"
    text = experiment(tiny).replace("\n", "\r\n")
    path.write_bytes(text.encode())
    done = subprocess.run([PAMIR, "check", "experiment.yaml"], cwd=tiny, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    path.write_bytes(text.encode() + b"seeed: 1\r\n")
    assert f"experiment.yaml:{lines_of(text)}:1: error: experiment: unknown key 'seeed'" in refuse(tiny, "experiment.yaml")
