"""Flags, pragmas and attributes that would let a processor or a compiler choose the bits of a result (law 1).

Functions cloned for several processors come by one macro alone, SIM_CLONES of sim/core/lanes.h: sanitized builds have no
clones, and tests/model/test_run.c wants the same state of them as of release builds.
"""

import re

from tree import clean

FORBIDDEN_FLAGS = re.compile(
    r"-(Ofast|ffast-math|funsafe-math-optimizations|fassociative-math|freciprocal-math|ffinite-math-only"
    r"|ffp-contract=(?!off)\S+|march=\S+|mcpu=\S+|mfma4?|mavx\S*|mfpmath=\S+|DNDEBUG\S*)$")
FORBIDDEN_TEXT = re.compile(
    r"FP_CONTRACT\s+(ON|DEFAULT)|float_control|fast-math|associative-math|unsafe-math|#\s*include\s*<tgmath\.h>"
    r"|fenv\.h>"
    r"|target_clones|__attribute__\s*\(\(\s*target\b|\bifunc\b|__builtin_cpu_")


CLONES = ("sim/core/lanes.h", "#define SIM_CLONES ")


def loose_flags(tree):
    found = []
    for name, (arguments, _) in sorted(tree.commands().items()):
        if "-ffp-contract=off" not in arguments:
            found.append(f"{name}: compiled without -ffp-contract=off")
        found += [f"{name}: compiled with {flag}" for flag in arguments if FORBIDDEN_FLAGS.match(flag)]
    return found


def loose_pragmas(tree):
    found = []
    for name in tree.sources(".c", ".h", ".def"):
        for number, line in enumerate(tree.text(name).splitlines(), 1):
            code = re.sub(r"/\*.*?\*/|//.*", "", line)
            if name == CLONES[0] and line.startswith(CLONES[1]):
                continue
            if not code.lstrip().startswith(("*", "/*")) and FORBIDDEN_TEXT.search(code):
                found.append(f"{name}:{number}: {line.strip()}")
    return found


def test_every_source_is_compiled_without_contraction_or_fast_math_and_with_guards(tree):
    clean(loose_flags(tree))


def test_loose_flags_are_found(plant):
    text = {"sim/a.c": "int a;\n"}
    assert loose_flags(plant(text)) == []


def test_each_loose_flag_is_found(plant):
    tree = plant({"sim/a.c": "int a;\n"},
                 flags=("-O2", "-ffp-contract=fast", "-ffast-math", "-march=x86-64", "-DNDEBUG", "-mfma"))
    found = " ".join(loose_flags(tree))
    for flag in ("without -ffp-contract=off", "-ffp-contract=fast", "-ffast-math", "-march=x86-64", "-DNDEBUG",
                 "-mfma"):
        assert flag in found


def test_no_source_turns_contraction_or_fast_math_on_for_itself(tree):
    clean(loose_pragmas(tree))


def test_loose_pragma_is_found_and_a_comment_is_not(plant):
    tree = plant({"sim/a.c": '#pragma STDC FP_CONTRACT ON\n/* no fast-math here */\nint a;\n',
                  "sim/b.c": '__attribute__((optimize("fast-math"))) double b(double x)\n{\n    return x;\n}\n',
                  "sim/c.c": '__attribute__((target_clones("avx2", "default"))) int c(void)\n{\n    return 1;\n}\n'})
    assert [line.split(": ")[0] for line in loose_pragmas(tree)] == ["sim/a.c:1", "sim/b.c:1", "sim/c.c:1"]
