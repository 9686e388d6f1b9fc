"""Every header compiles alone, and twice, without a warning."""

import subprocess
from concurrent.futures import ThreadPoolExecutor

from tree import clean

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wstrict-prototypes", "-Werror", "-Wno-unknown-pragmas",
            "-Wno-unused-function"]


def broken_headers(tree, under=("sim/", "models/")):
    """First message of the compiler for each header that does not stand alone."""
    flags = [*tree.include_flags(), *WARNINGS]

    def compile_alone(name):
        unit = f'#include "{name}"\n#include "{name}"\n'
        run = subprocess.run(["gcc", *flags, "-ffp-contract=off", "-fsyntax-only", "-x", "c", "-"], input=unit,
                             capture_output=True, text=True, cwd=tree.root, check=False)
        first = next((line for line in run.stderr.splitlines() if "error" in line), run.stderr.strip())
        return None if run.returncode == 0 else f"{name}: {first}"

    with ThreadPoolExecutor(2) as pool:
        return [line for line in pool.map(compile_alone, tree.sources(".h", under=under)) if line]


def quarrelling_headers(tree, under=("sim/", "models/")):
    """Messages of the compiler for all headers in one unit, in either order: no two declare one name twice."""
    headers = tree.sources(".h", under=under)
    found = []
    for order in (headers, headers[::-1]):
        unit = "".join(f'#include "{name}"\n' for name in order)
        run = subprocess.run(["gcc", *tree.include_flags(), *WARNINGS, "-fsyntax-only", "-x", "c", "-"], input=unit,
                             capture_output=True, text=True, cwd=tree.root, check=False)
        found += [line for line in run.stderr.splitlines() if ": error:" in line]
    return sorted(set(found))


def test_every_header_compiles_alone_and_twice(tree):
    clean(broken_headers(tree))


def test_leaning_and_unguarded_headers_are_found(plant):
    tree = plant({
        "sim/a.c": "int a;\n",
        "sim/good.h": "#ifndef GOOD_H\n#define GOOD_H\nstruct good {\n    int n;\n};\n#endif\n",
        "sim/leaning.h": "#ifndef LEANING_H\n#define LEANING_H\nuint64_t leaning(void);\n#endif\n",
        "models/unguarded.h": "struct unguarded {\n    int n;\n};\n"})
    assert [line.split(":")[0] for line in broken_headers(tree)] == ["models/unguarded.h", "sim/leaning.h"]


def test_all_headers_compile_together(tree):
    clean(quarrelling_headers(tree))


def test_name_that_two_headers_declare_differently_is_found(plant):
    tree = plant({
        "sim/a.c": "int a;\n",
        "sim/a.h": "#ifndef A_H\n#define A_H\nint sim_file_read(int n);\n#endif\n",
        "sim/b.h": "#ifndef B_H\n#define B_H\nint sim_file_read(double x);\n#endif\n"})
    assert "conflicting types" in quarrelling_headers(tree)[0]
