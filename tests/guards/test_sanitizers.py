"""The sanitizers see what they are there for, with the compilers, flags and environment of the presets."""

import json
import os
import subprocess

import pytest

RACE = r"""
#include <stdio.h>
int main(void)
{
    long sum = 0;
#pragma omp parallel for num_threads(4) %s
    for (int i = 0; i < 100000; i++)
        sum += i;
    printf("%%ld\n", sum);
    return 0;
}
"""
FREED = "#include <stdlib.h>\nint main(int c, char **v)\n{\n    (void)v;\n    volatile int *p = malloc(sizeof *p);\n" \
        "    *p = c;\n    free((void *)p);\n    return *p == 7;\n}\n"
LEAK = "#include <stdlib.h>\nint main(int c, char **v)\n{\n    (void)v;\n    void *volatile p = malloc(c * 64);\n" \
       "    p = 0;\n    return p != 0;\n}\n"
SIGNED = "#include <limits.h>\nint main(int c, char **v)\n{\n    (void)v;\n    return INT_MAX - 5 + 6 * c == 3;\n}\n"
SOUND = "int main(void)\n{\n    return 0;\n}\n"


def preset(tree, name):
    """(compiler, flags, environment) that CMakePresets.json gives a preset."""
    presets = json.loads(tree.text("CMakePresets.json"))
    variables = next(p for p in presets["configurePresets"] if p["name"] == name)["cacheVariables"]
    environment = next(p for p in presets["testPresets"] if p["name"] == name).get("environment", {})
    flags = [variables["CMAKE_C_FLAGS"], "-g", f"-fsanitize={variables['PAMIR_SANITIZE']}",
             "-fno-sanitize-recover=all"]
    return variables.get("CMAKE_C_COMPILER", "gcc"), flags, environment


def outcome(tree, tmp_path, name, source, *more):
    """Exit status and messages of a program built as the preset builds."""
    compiler, flags, environment = preset(tree, name)
    (tmp_path / "p.c").write_text(source)
    subprocess.run([compiler, "-std=c17", *flags, *more, "-o", tmp_path / "p", tmp_path / "p.c"], check=True)
    done = subprocess.run([tmp_path / "p"], capture_output=True, text=True, check=False,
                          env={**os.environ, **environment})
    return done.returncode, done.stderr


def test_thread_sanitizer_finds_a_planted_race(tree, tmp_path):
    status, messages = outcome(tree, tmp_path, "tsan", RACE % "", "-fopenmp")
    assert status == 66 and "data race" in messages


def test_thread_sanitizer_is_silent_on_a_sound_reduction(tree, tmp_path):
    assert outcome(tree, tmp_path, "tsan", RACE % "reduction(+:sum)", "-fopenmp") == (0, "")


@pytest.mark.parametrize("source, message", [
    (FREED, "heap-use-after-free"), (LEAK, "detected memory leaks"), (SIGNED, "signed integer overflow")],
    ids=["freed", "leak", "signed"])
def test_address_and_undefined_sanitizers_find_what_is_planted(tree, tmp_path, source, message):
    status, messages = outcome(tree, tmp_path, "asan", source)
    assert status != 0 and message in messages


def test_address_sanitizer_is_silent_on_a_sound_program(tree, tmp_path):
    assert outcome(tree, tmp_path, "asan", SOUND) == (0, "")
