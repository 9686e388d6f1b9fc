"""What the scripts of this folder share: their arguments checked before anything is measured, `pamir bench` run, JSON written,
and every way to fail told in one line (status 2), Ctrl-C too (130)."""

import contextlib
import json
import math
import os
import pathlib
import subprocess
import sys

NAME = pathlib.Path(sys.argv[0]).name
LARGEST = 10**7  # households or replicates: a slip of the hand must not fill the memory


class Failure(Exception):
    """What the user is told in one line."""


def main(run):
    """Runs `run()` and ends the process: 0, 2 after a failure, 130 after Ctrl-C, 1 when nobody reads on (| head)."""
    try:
        run()
        sys.stdout.flush()
    except Failure as failure:
        sys.stdout.flush()
        sys.stderr.write(f"{NAME}: {failure}\n")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.stderr.write(f"\n{NAME}: stopped\n")
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that the end of Python does not complain, too
        sys.exit(1)


def sizes(text, option, least):
    """Whole numbers with commas between, as in 1e3,1e4: each once."""
    found = []
    for word in text.split(","):
        try:
            size = float(word)
        except ValueError:
            size = math.nan
        if not least <= size <= LARGEST or size != int(size):
            raise Failure(f"{option}: {text!r}: expected whole numbers from {least} to {LARGEST:.0e} with commas between, as in "
                          "1e3,1e4")
        if int(size) not in found:
            found.append(int(size))
    return found


def check(pamir, target):
    """Refuses a program that cannot be run and a file of JSON that cannot be written, before anything is measured."""
    if not os.path.isfile(pamir) or not os.access(pamir, os.X_OK):
        raise Failure(f"{pamir}: is no program; name the one that was built, as build/release/pamir")
    if target is None:
        return
    folder = os.path.dirname(target) or "."
    if not os.path.isdir(folder):
        raise Failure(f"{target}: its folder does not exist")
    if os.path.exists(target) and not os.path.isfile(target):
        raise Failure(f"{target}: is not a regular file")
    if not os.access(target if os.path.exists(target) else folder, os.W_OK):
        raise Failure(f"{target}: cannot be written")


def run(command, what, place=None):
    """Runs a command and returns its standard output; what it said is told when it fails.  place: where it puts what is only for
    now, so that nothing is left of it when it is killed."""
    try:
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False,
                              env={**os.environ, "TMPDIR": place} if place else None)
    except OSError as error:
        raise Failure(f"{command[0]}: {error.strerror}") from error
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if line and ", run " not in line]
        raise Failure(f"{what} ended with {done.returncode}: {' '.join(said)}")
    return done.stdout


def bench(pamir, path, *words):
    """The file of JSON, read, of `pamir bench WORDS --json path`."""
    run([os.path.abspath(pamir), "bench", *words, "--json", path], f"pamir bench {words[0]}",
        os.path.dirname(path))
    with open(path, encoding="utf-8") as file:
        return json.load(file)


@contextlib.contextmanager
def kept(target):
    """`with kept(FILE) as told`: what is put into told (a dictionary) is written to FILE at the end, also after a failure or
    Ctrl-C, then with "stopped": true.  Nothing is written while there are no measurements, or FILE is None."""
    told = {}
    try:
        yield told
    except BaseException:
        told["stopped"] = True
        raise
    finally:
        if target is not None and told.get("measurements"):
            told["command"] = " ".join(sys.argv)
            try:
                pathlib.Path(target).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
            except OSError as error:
                raise Failure(f"{target}: {error.strerror}") from error
