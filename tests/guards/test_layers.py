"""sim/ includes nothing from models/; only sim/cli/ knows both; and a source includes its own header first."""

import re

from tree import clean

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^">]+)[">]', re.MULTILINE)


def upward_includes(tree):
    found = []
    for name in tree.sources(".c", ".h", ".def"):
        for included in INCLUDE.findall(tree.text(name)):
            if name.startswith("sim/") and not name.startswith("sim/cli/") and "models/" in included:
                found.append(f"{name}: the engine includes {included}")
            if "sim/cli/" in included and not name.startswith("sim/cli/"):
                found.append(f"{name}: includes {included}; nothing stands on the command line")
    return found


def late_own_headers(tree):
    found = []
    for name in tree.sources(".c"):
        own = name[:-2] + ".h"
        included = INCLUDE.findall(tree.text(name))
        if (tree.root / own).is_file() and (not included or included[0] != own):
            found.append(f"{name}: the first include is {included[:1]}, expected {own}")
    return found


def test_the_engine_includes_no_model_and_nothing_includes_the_command_line(tree):
    clean(upward_includes(tree))


def test_upward_include_is_found(plant):
    tree = plant({
        "models/herds.h": "",
        "sim/cli/cli.h": "",
        "sim/a.c": '#include "models/herds.h"\nint a;\n',
        "sim/b.h": '#  include <../models/herds.h>\n',
        "sim/cli/main.c": '#include "models/herds.h"\nint main(void) { return 0; }\n',
        "models/c.c": '#include "sim/cli/cli.h"\nint c;\n'})
    assert [line.split(":")[0] for line in upward_includes(tree)] == ["models/c.c", "sim/a.c", "sim/b.h"]


def test_every_source_includes_its_own_header_first(tree):
    clean(late_own_headers(tree))


def test_late_own_header_is_found(plant):
    tree = plant({
        "sim/a.h": "", "sim/a.c": '#include <stddef.h>\n#include "sim/a.h"\nint a;\n',
        "sim/b.h": "", "sim/b.c": '#include "sim/b.h"\nint b;\n',
        "sim/none.c": "#include <stddef.h>\nint n;\n"})
    assert [line.split(":")[0] for line in late_own_headers(tree)] == ["sim/a.c"]
