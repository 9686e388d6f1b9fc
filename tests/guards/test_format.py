"""Sources stand as clang-format 14 with .clang-format would write them."""

import re
import shutil
import subprocess

from tree import clean

FOLDERS = ("sim/", "models/", "tests/")


def formatter():
    path = shutil.which("clang-format-14") or shutil.which("clang-format")
    assert path, "clang-format 14 is missing: .ci/install test"
    version = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    assert re.search(r"version 14\.", version), f"the formatter is pinned to version 14, this is {version}"
    return path


def misformatted(tree):
    """First place in each file that the formatter would change."""
    names = tree.sources(".c", ".h", under=FOLDERS)
    if not names:
        return []
    run = subprocess.run([formatter(), "--dry-run", "-Werror", "--style=file", *names], cwd=tree.root,
                         capture_output=True, text=True, check=False)
    places = [line for line in run.stderr.splitlines() if "error:" in line]
    assert (run.returncode != 0) == bool(places), run.stderr
    first = {}
    for place in places:
        first.setdefault(place.split(":")[0], place)
    return list(first.values())


def test_sources_are_formatted(tree):
    clean(misformatted(tree))


def test_misformatted_source_is_found(tree, plant):
    other = plant({".clang-format": tree.text(".clang-format"),
                   "sim/good.c": "int a(void)\n{\n    return 1;\n}\n",
                   "sim/bad.c": "int b(void) { return 1; }\n"})
    assert [place.split(":")[0] for place in misformatted(other)] == ["sim/bad.c"]
