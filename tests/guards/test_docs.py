"""What the documents point at is there: relative links, and paths of the project in backticks."""

import re

from tree import clean

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE_PATH = re.compile(r"`((?:sim|models|scenarios|tests|analysis|\.ci)/[\w./-]+|(?:quickstart|test)\.sh)`")


def dead_pointers(tree):
    found = []
    for name in tree.tracked():
        if not name.endswith(".md"):
            continue
        folder = (tree.root / name).parent
        for number, line in enumerate(tree.text(name).splitlines(), 1):
            for target in LINK.findall(line):
                path = target.split("#")[0]
                if path and "://" not in path and not path.startswith("mailto:") and not (folder / path).exists():
                    found.append(f"{name}:{number}: the link {target} leads nowhere")
            for path in CODE_PATH.findall(line):
                if not (tree.root / path).exists() and not (folder / path).exists():
                    found.append(f"{name}:{number}: there is no {path}")
    return found


def test_links_and_paths_of_the_documents_lead_somewhere(tree):
    clean(dead_pointers(tree))


def test_dead_pointers_are_found(plant):
    tree = plant({"README.md": "[a](sim/a.c) [b](sim/gone.c#here) [c](https://example.org) [d](#up)\n"
                               "`sim/a.c`, `models/gone/`, `sim/*.c`, `tests/NAME.c`, `test.sh`\n",
                  "sim/a.c": "int a;\n"})
    assert [line.rsplit(" ", 1)[-1] for line in dead_pointers(tree)] == [
        "nowhere", "models/gone/", "tests/NAME.c", "test.sh"]


def mangled_titles(tree):
    """A document begins with a title, `# ` and words: a formatter for code that strays into one joins them."""
    return [f"{name}:1: no title: {(tree.text(name).splitlines() or [''])[0][:40]}"
            for name in tree.tracked() if name.endswith(".md") and not re.match(r"# \S", tree.text(name))]


def test_documents_begin_with_a_title(tree):
    clean(mangled_titles(tree))


def test_mangled_titles_are_found(plant):
    tree = plant({"README.md": "# Good\n", "models/README.md": "#Cooperatives : custody\n", "sim/README.md": ""})
    assert [line.split(":")[0] for line in mangled_titles(tree)] == ["models/README.md", "sim/README.md"]
