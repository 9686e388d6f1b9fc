"""Docstrings state the contract; no module outgrows its room; the README's lines run."""

import importlib
import inspect
import pkgutil
import re

import pytest

import conftest
import pamir

MODULES = ["pamir"] + [f"pamir.{m.name}" for m in pkgutil.iter_modules(pamir.__path__)]


def functions(module):
    """Public functions of a module and public methods of its public classes."""
    for name, thing in vars(module).items():
        if name.startswith("_") or getattr(thing, "__module__", None) != module.__name__:
            continue
        if inspect.isfunction(thing):
            yield name, thing
        elif inspect.isclass(thing):
            for inner, method in vars(thing).items():
                if not inner.startswith("_") and inspect.isfunction(method):
                    yield f"{name}.{inner}", method


@pytest.mark.parametrize("name", MODULES)
def test_every_module_says_what_it_is_for(name):
    assert (importlib.import_module(name).__doc__ or "").strip()


@pytest.mark.parametrize("name", [m for m in MODULES if not m.endswith("__main__")])
def test_every_public_function_states_result_and_errors(name):
    for label, function in functions(importlib.import_module(name)):
        text = function.__doc__ or ""
        assert text.strip(), f"{name}.{label} has no docstring"
        source = inspect.getsource(function)
        if not text.strip().count("\n") and "; see `pamir." in text:
            continue  # a method that hands on to the function named
        assert re.search(r"Returns|\(low, high\)|None when|The value of", text), f"{name}.{label} does not say what it returns"
        if re.search(r"^\s+raise PamirError", source, re.M):
            assert "Raises" in text, f"{name}.{label} raises and does not say so"


def test_no_file_is_longer_than_800_lines():
    for path in conftest.ANALYSIS.rglob("*.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) < 800, path


def test_five_lines_of_the_readme_run(whole_path, monkeypatch, capsys):
    text = (conftest.ANALYSIS / "README.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", text, re.S).group(1)
    exec(compile(code.replace("results/tashkurgan.h5", str(whole_path)), "README.md", "exec"), {})
    assert "all minus reference" in capsys.readouterr().out
