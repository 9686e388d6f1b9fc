"""The source tree and its release build, as the guards see them."""

import json
import shlex
import subprocess
from pathlib import Path

WALK_EXCLUDES = {".git", "build", "results", "__pycache__", ".pytest_cache", ".ipynb_checkpoints"}


class Tree:
    """Files of a project root, and the objects that its compile_commands.json says they become.

    root: the folder that holds sim/, models/, tests/. build: a configured and built folder, or None.
    Names are relative to the root, with slashes, sorted.
    """

    def __init__(self, root, build=None):
        self.root = Path(root).resolve()
        self.build = Path(build).resolve() if build else None

    def tracked(self):
        """Every file that git tracks or would track; without a repository, every file but the excluded folders."""
        listing = subprocess.run(
            ["git", "-C", str(self.root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            capture_output=True, check=False)
        if listing.returncode == 0:
            names = {name for name in listing.stdout.decode().split("\0") if name}
        else:
            names = {p.relative_to(self.root).as_posix() for p in self.root.rglob("*")
                     if not WALK_EXCLUDES & set(p.relative_to(self.root).parts)}
        return sorted(name for name in names if (self.root / name).is_file())

    def sources(self, *suffixes, under=("sim/", "models/")):
        return [name for name in self.tracked() if name.endswith(suffixes) and name.startswith(tuple(under))]

    def text(self, name):
        return (self.root / name).read_text(encoding="utf-8", errors="replace")

    def commands(self):
        """{source name: (list of arguments, object path)} of sim/ and models/, from compile_commands.json."""
        if self.build is None or not (self.build / "compile_commands.json").is_file():
            raise FileNotFoundError(f"no compile_commands.json in {self.build}: configure the release preset first")
        found = {}
        for entry in json.loads((self.build / "compile_commands.json").read_text()):
            source = Path(entry["directory"], entry["file"]).resolve()
            if not source.is_relative_to(self.root):
                continue
            name = source.relative_to(self.root).as_posix()
            if name.startswith(("sim/", "models/")):
                arguments = shlex.split(entry["command"])
                made = arguments[arguments.index("-o") + 1]
                found[name] = (arguments, Path(entry["directory"], made))
        return found

    def objects(self, under):
        """{source name: object path} of the sources under the given folders; each must have been built."""
        found = {}
        for name, (_, made) in sorted(self.commands().items()):
            if name.startswith(tuple(under)) and (self.root / name).is_file():
                if not made.is_file():
                    raise FileNotFoundError(f"{made} is not built: build the release preset first")
                found[name] = made
        return found

    def include_flags(self):
        """The -I, -isystem, -D and -std flags with which the first source of the engine is compiled."""
        arguments, _ = sorted(self.commands().items())[0][1]
        flags = []
        for i, argument in enumerate(arguments):
            if argument == "-isystem":
                flags += [argument, arguments[i + 1]]
            elif argument.startswith(("-I", "-D", "-std=")):
                flags.append(argument)
        return flags


def planted(root, files, flags=("-std=c17", "-O2", "-ffp-contract=off")):
    """A small tree with the given {name: text}, its .c files compiled: the prey on which a guard shows its teeth."""
    root = Path(root)
    build = root / "build"
    build.mkdir(parents=True)
    commands = []
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        if name.endswith(".c"):
            made = build / (name.replace("/", "_") + ".o")
            command = ["cc", f"-I{root}", *flags, "-o", str(made), "-c", str(path)]
            subprocess.run(command, check=True, capture_output=True)
            commands.append({"directory": str(build), "command": shlex.join(command), "file": str(path)})
    (build / "compile_commands.json").write_text(json.dumps(commands))
    return Tree(root, build)


def clean(found):
    """Fails with one line for each thing a guard has found."""
    assert not found, "\n" + "\n".join(found)
