"""Batches that are disturbed: started, watched from outside until the moment has come, hit, and resumed.

The rows that a batch has finished are counted here by reading its logs (48 bytes of head, message, payload, checksum; see
sim/io/frame.h), not by asking the program. What came of each fault is recorded; table.py prints it.
"""

import contextlib
import dataclasses
import hashlib
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAMIR = os.path.abspath(os.environ.get("PAMIR_BIN", str(ROOT / "build" / "release" / "pamir")))
TINY = ROOT / "scenarios" / "tiny" / "experiment.yaml"
THREADS = 2
PATIENCE = 120  # seconds until a batch that does not come to its point is given up

# Many short rows: the moment of a kill falls anywhere, between rows, in a row, in the log.
SHORT = ("--arms", "land,all", "--replicates", "60", "--set", "panel=0", "--set", "to=2040-12")
# A quick one, for what is done to files that lie still.
QUICK = ("--arms", "land,all", "--replicates", "40", "--set", "panel=0")
# Few long rows, of about a second: for what happens inside a row.
LONG = ("--arms", "land", "--replicates", "2", "--set", "panel=0", "--set", "to=2050-12", "--set", "county.persons=16000 person")

DONE, FAILED, BAD_INPUT, STOPPED = 0, 1, 2, 3
ROW, BEGIN = b"PMIRROW2", b"PMIRLOG2"  # a row; who writes the log
HEAD = struct.Struct("<8s4i2iqd")
CRASHES = ("Segmentation", "Assertion", "assert", "AddressSanitizer", "core dumped", "terminate called")


def frames(log):
    """The whole rows of one log: [(point, arm, replicate, status, offset)]. Stops at the first that is torn or damaged."""
    found = []
    try:
        data = Path(log).read_bytes()
    except OSError:
        return found
    at = 0
    while at + HEAD.size <= len(data):
        magic, *key, message, _, payload, _ = HEAD.unpack_from(data, at)
        end = at + HEAD.size + message + payload
        if magic not in (ROW, BEGIN) or message < 0 or payload < 0 or end + 32 > len(data):
            break
        row = hashlib.sha256(struct.pack("<4i", *key) + data[end - payload : end]).digest()
        if hashlib.sha256(data[at : end - payload] + row).digest() != data[end : end + 32]:
            break
        if magic == ROW:
            found.append((*key, at))
        at = end + 32
    return found


def heads(log):
    """As frames, by the heads alone: how many rows have been begun and have their length."""
    n, at = 0, 0
    try:
        with open(log, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            while at + HEAD.size <= size:
                file.seek(at)
                magic, *_, message, _, payload, _ = HEAD.unpack(file.read(HEAD.size))
                if magic not in (ROW, BEGIN):
                    break
                at += HEAD.size + message + payload + 32
                n += at <= size and magic == ROW
    except (OSError, struct.error):
        pass
    return n


@dataclasses.dataclass
class Ended:
    """How a process ended: exit status (negative: the signal that ended it), what it printed, what it said."""

    status: int
    out: str
    said: str

    @property
    def message(self):
        """What it said of its end: the last line that is no progress."""
        lines = [line for line in self.said.splitlines() if line.strip() and not re.search(r"\d+/\d+ rows", line)
                 and "writing and verifying" not in line]
        return lines[-1] if lines else ""


def run(*arguments, status=None, **options):
    """Runs pamir to its end. status: what is expected, None for anything."""
    done = subprocess.run([PAMIR, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=PATIENCE, **options)
    ended = Ended(done.returncode, done.stdout, done.stderr)
    if status is not None and ended.status != status:
        pytest.fail(f"pamir {' '.join(map(str, arguments))}: {ended.status}, expected {status}\n{ended.out}{ended.said}", False)
    return ended


class Process:
    """A batch that is running. Its words go to a file, so that no pipe can hold it up."""

    def __init__(self, command, **options):
        self.words = tempfile.TemporaryFile("w+", encoding="utf-8")  # closed by end()
        self.process = subprocess.Popen(command, stdout=self.words, stderr=subprocess.STDOUT, start_new_session=True, **options)

    def is_running(self):
        return self.process.poll() is None

    def until(self, ready, what):
        """Waits until ready() is true. False when the process ended first."""
        give_up = time.monotonic() + PATIENCE
        while not ready():
            if not self.is_running():
                return ready()
            if time.monotonic() > give_up:
                self.kill(signal.SIGKILL)
                pytest.fail(f"waited {PATIENCE} s for {what}", False)
            time.sleep(0.0005)
        return True

    def kill(self, number):
        """Sends a signal; a process that has ended already takes none."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process.pid, number)

    def kill_group(self, number):
        """Sends a signal to the whole process group, as Ctrl-C on a terminal does."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def end(self):
        """Waits for the end. Returns Ended."""
        try:
            status = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill(signal.SIGKILL)
            self.process.wait()
            pytest.fail("the batch did not end\n" + self.text(), False)
        said = self.text()
        self.words.close()
        return Ended(status, "", said)

    def text(self):
        with open(f"/proc/self/fd/{self.words.fileno()}", encoding="utf-8", errors="replace") as words:
            return words.read()


class Batch:
    """One batch with its output: `shape` is the command's options that make it what it is."""

    def __init__(self, place, shape=SHORT, output="out.h5", extra=()):
        self.place = Path(place)
        self.shape = tuple(shape)
        self.path = self.place / output
        self.extra = tuple(extra)

    @property
    def parts(self):
        return self.path.with_name(self.path.name + ".parts")

    def command(self, *more):
        return ["run", TINY, "-o", self.path, *self.shape, "--threads", THREADS, *self.extra, *more]

    def start(self, *more, prefix=(), **options):
        """Begins the batch, or goes on with --resume. prefix: a command to run it by."""
        return Process([*prefix, PAMIR, *map(str, self.command(*more))], **options)

    def run(self, *more, status=None, **options):
        return run(*self.command(*more), status=status, **options)

    def logs(self):
        return sorted(self.parts.glob("rows-*.log")) if self.parts.is_dir() else []

    def n_begun(self):
        """Rows in the logs, by their heads: quick, for watching."""
        return sum(heads(log) for log in self.logs())

    def rows(self):
        """Rows in the logs whose frames are whole: a set of (point, arm, replicate)."""
        return {frame[:3] for log in self.logs() for frame in frames(log)}

    def checkpoints(self):
        return sorted(self.parts.glob("state-*.ckpt")) if self.parts.is_dir() else []

    def leftovers(self):
        """What lies beside the output that should not after the end."""
        return sorted(p.name for p in self.place.iterdir() if p.name.startswith(self.path.name) and p != self.path)

    def digest(self):
        return run("verify", self.path, "--digest", status=DONE).out.strip()

    def resume(self, undisturbed, *more):
        """Goes on, to the end; the result must be the undisturbed one's, whole, with nothing left beside it."""
        self.run("--resume", "--quiet", *more, status=DONE)
        digest = self.digest()
        assert digest == undisturbed, "resumed, it is another result"
        assert not self.leftovers(), self.leftovers()
        return digest



def clear(message, *words):
    """A message that a reader can do something with: it holds the words, and no crash."""
    assert message.strip(), "nothing was said"
    for crash in CRASHES:
        assert crash not in message, message
    for word in words:
        assert re.search(str(word), message), f"{word!r} is not in: {message}"
    return message


def shown(message, *places):
    """A message without the names that differ from run to run."""
    for place in places:
        message = message.replace(str(place) + "/", "")
    message = re.sub(r"rows-[\w.-]+?-\d+-(\d+)\.log", r"rows-HOST-PID-\1.log", message)
    message = re.sub(r"\.tmp-[\w.-]+", ".tmp-...", message)
    message = re.sub(r"state-[\w.-]+\.ckpt", "state-....ckpt", message)
    return re.sub(r"process \d+", "process PID", message).replace("|", "\\|").strip()


@dataclasses.dataclass
class Outcome:
    """A line of the table: what was done, how it ended, what it cost."""

    fault: str
    how: str
    status: str
    said: str
    lost: str  # finished rows lost, and what was in flight
    digest: str


def record(fault, how, status, said, lost, digest="the same"):
    """Keeps a line for the table when table.py asks for it (PAMIR_FAULTS_TABLE, a file of JSON lines)."""
    target = os.environ.get("PAMIR_FAULTS_TABLE")
    if target:
        with open(target, "a", encoding="utf-8") as file:
            file.write(json.dumps(dataclasses.asdict(Outcome(fault, how, str(status), said, lost, digest))) + "\n")


class Disk:
    """A small disk of its own, in a mount namespace that nobody else sees: a tmpfs that can be made full, grown, or read-only.

    `how` says what was used. Where mounts are refused there is none: `Disk.open` returns None, and the test takes another way.
    """

    def __init__(self, holder, how, namespaces):
        self.holder, self.how, self.namespaces = holder, how, namespaces
        self.seen = Path("/proc", str(holder.pid), "root", "mnt")  # from outside
        self.inside = Path("/mnt")

    @classmethod
    @contextlib.contextmanager
    def open(cls, megabytes):
        for flags, namespaces, how in ((("-m",), ("-m",), "a tmpfs (unshare -m)"),
                                       (("-r", "-m"), ("-U", "-m", "--preserve-credentials"), "a tmpfs (unshare -rm)")):
            script = f"mount -t tmpfs -o size={megabytes}m none /mnt && echo ready && exec cat"
            try:
                holder = subprocess.Popen(["unshare", *flags, "sh", "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                          stderr=subprocess.DEVNULL, text=True)
            except OSError:
                continue
            if holder.stdout.readline().strip() != "ready":
                holder.kill()
                holder.wait()
                continue
            disk = cls(holder, how, namespaces)
            try:
                if subprocess.run([*disk.prefix, "true"], capture_output=True, check=False).returncode == 0 and disk.seen.is_dir():
                    yield disk
                    return
            finally:
                holder.stdin.close()
                holder.stdout.close()
                holder.wait()
        yield None

    @property
    def prefix(self):
        return ["nsenter", "-t", str(self.holder.pid), *self.namespaces, f"--wd={ROOT}"]

    def mount(self, options):
        """Mounts it again with other options: `size=64m`, `ro`, `rw`."""
        subprocess.run([*self.prefix, "mount", "-o", f"remount,{options}", "/mnt"], check=True, capture_output=True)

    def fill(self, leave=0):
        """A file that takes all room but `leave` bytes."""
        room = os.statvfs(self.seen)
        free = room.f_bavail * room.f_frsize - leave
        with open(self.seen / "ballast", "wb") as file, contextlib.suppress(OSError):
            while free > 0:
                free -= file.write(b"\0" * min(free, 1 << 16))

    def empty(self):
        (self.seen / "ballast").unlink()


class DiskBatch(Batch):
    """A batch on a Disk: written inside, looked at from outside."""

    def __init__(self, disk, shape=SHORT, extra=()):
        super().__init__(disk.seen, shape, extra=extra)
        self.disk = disk

    def command(self, *more):
        return ["run", TINY, "-o", self.disk.inside / self.path.name, *self.shape, "--threads", THREADS, *self.extra, *more]

    def start(self, *more, prefix=(), **options):
        return Process([*self.disk.prefix, *prefix, PAMIR, *map(str, self.command(*more))], **options)

    def run(self, *more, status=None, **options):
        done = subprocess.run([*self.disk.prefix, PAMIR, *map(str, self.command(*more))], capture_output=True, text=True,
                              check=False, timeout=PATIENCE, **options)
        ended = Ended(done.returncode, done.stdout, done.stderr)
        if status is not None and ended.status != status:
            pytest.fail(f"{ended.status}, expected {status}\n{ended.out}{ended.said}", False)
        return ended


def copy_parts(source, batch):
    """A batch whose parts are a copy of another's."""
    shutil.copytree(source.parts, batch.parts)
    return batch
