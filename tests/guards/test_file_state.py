"""No mutable state at file scope, nor hidden in a function: all state of a run lies in its tables.

Read from the objects' symbol tables: whatever stands in .data, .bss, .tdata, .tbss or as a common symbol can
change; constants stand in .rodata or, when they hold addresses, in .data.rel.ro.
"""

import re
import subprocess

from tree import clean

# source: (pattern of symbols, reason)
ALLOWED = {
    "sim/run/signals.c": (r"stop_flag|n_saves|which_signal|saying|depth|before",
                          "what a signal handler reaches; a process has one set of handlers"),
}
# Locks of `omp critical` sections: named by the compiler, hold no state of a run.
LOCK = re.compile(r"\.gomp_critical_user_\w+")
SYMBOL = re.compile(r"^[0-9a-f]+ (.{7}) (\S+)\t[0-9a-f]+ (?:\.hidden )?(\S+)$")


def mutable_symbols(path):
    listing = subprocess.run(["objdump", "-t", str(path)], capture_output=True, text=True, check=True).stdout
    for line in listing.splitlines():
        match = SYMBOL.match(line)
        if not match or "d" in match[1]:  # d: section and debugging symbols
            continue
        section, symbol = match[2], match[3]
        writable = re.match(r"\.(data|bss|tdata|tbss|sdata|sbss|ldata|lbss)(\.|$)", section) or section == "*COM*"
        if writable and not section.startswith(".data.rel.ro"):
            yield section, symbol


def file_state(tree, allowed=None):
    allowed = ALLOWED if allowed is None else allowed
    found = []
    for name, made in tree.objects(("sim/", "models/")).items():
        pattern = allowed.get(name, (r"(?!)",))[0]
        found += [f"{name}: {symbol} is mutable ({section})" for section, symbol in mutable_symbols(made)
                  if not re.fullmatch(pattern, symbol) and not LOCK.fullmatch(symbol)]
    return found


def test_no_file_holds_mutable_state(tree):
    clean(file_state(tree))


def test_every_file_on_the_allow_list_exists_and_needs_its_place(tree):
    """An exception that nobody uses any more is taken off the list."""
    objects = tree.objects(("sim/", "models/"))
    idle = [name for name, (pattern, _) in ALLOWED.items() if name not in objects or not any(
        re.fullmatch(pattern, symbol) for _, symbol in mutable_symbols(objects[name]))]
    clean(idle)


def test_each_kind_of_mutable_state_is_found_and_constants_are_not(plant):
    tree = plant({
        "sim/a.c": "static int n_calls;\nint a(void)\n{\n    return ++n_calls;\n}\n",
        "sim/b.c": "int b(void)\n{\n    static int n = 3;\n    return ++n;\n}\n",
        "sim/c.c": "_Thread_local double c;\n",
        "models/d.c": "int d = 1;\n",
        "models/e.c": "const char *e[] = {\"one\", \"two\"};\n",
        "models/good.c": "static const char *const names[] = {\"one\", \"two\"};\nstatic const double w[] = {1, 2};\n"
                         "const char *good(int i)\n{\n    return w[i] > 1 ? names[i] : 0;\n}\n"})
    assert [line.split(":")[0] for line in file_state(tree)] == [
        "models/d.c", "models/e.c", "sim/a.c", "sim/b.c", "sim/c.c"]
