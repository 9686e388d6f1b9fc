"""Files stay short, finished and free of the paths of the machine on which they were written."""

import re

from tree import clean

MAX_LINES = 800
LONG_BY_NATURE = ("LICENSE", ".ipynb", ".csv", ".svg", ".png", ".json", ".html")
CODE = (".c", ".h", ".def", ".py", ".sh", ".cmake", ".txt", ".yaml", ".md")
# In two pieces, so that this file does not hold what it looks for.
MACHINE_PATH = re.compile(r"(?<![\w.:/<~-])/(" + "wo" + "rk|ro" + "ot|ho" + r"me|tmp/build-\w+)/")
UNFINISHED = re.compile(r"\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b")


def long_files(tree):
    found = []
    for name in tree.tracked():
        if name.endswith(CODE) and not name.endswith(LONG_BY_NATURE):
            n = len(tree.text(name).splitlines())
            if n > MAX_LINES:
                found.append(f"{name}: {n} lines; look for the seam")
    return found


def lines_with(tree, pattern, suffixes=None):
    found = []
    for name in tree.tracked():
        if suffixes and not name.endswith(suffixes):
            continue
        data = (tree.root / name).read_bytes()
        if b"\0" in data[:4096]:
            continue
        for number, line in enumerate(data.decode(errors="replace").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{name}:{number}: {line.strip()[:120]}")
    return found


def test_no_file_has_more_than_800_lines(tree):
    clean(long_files(tree))


def test_long_file_is_found(plant):
    tree = plant({"sim/a.c": "\n" * 801, "sim/b.c": "\n" * 800, "data/long.csv": "\n" * 900})
    assert [line.split(":")[0] for line in long_files(tree)] == ["sim/a.c"]


def test_no_file_names_a_path_of_a_machine(tree):
    clean(lines_with(tree, MACHINE_PATH))


def test_machine_path_is_found(plant):
    path = "/".join(["", "wo" + "rk", "main", "x"])
    tree = plant({"a.md": f"see {path}\n", "b.sh": 'cd "/' + 'home/me"\n', "c.md": "the folder work/main, ~/x\n",
                  "d.md": "https://example.org/" + "home/page\n"})
    assert [line.split(":")[0] for line in lines_with(tree, MACHINE_PATH)] == ["a.md", "b.sh"]


def test_nothing_is_left_unfinished(tree):
    clean(lines_with(tree, UNFINISHED, CODE))


def test_unfinished_mark_is_found(plant):
    tree = plant({"sim/a.c": "/* TO" + "DO */\n", "sim/b.c": "/* done */\n"})
    assert [line.split(":")[0] for line in lines_with(tree, UNFINISHED, CODE)] == ["sim/a.c"]
