"""A Slurm of two nodes on this machine, for tests: all of its state in one folder, its own ports, no systemd.

Nothing on the machine is touched, and several such clusters may run at a time. It is what a cluster is to pamir:
sbatch, squeue, scontrol. It has no accounting, no limits of memory, and its nodes share one machine.
"""

import getpass
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PROGRAMS = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "scancel", "sinfo"]
SBIN = os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"])
NODES = ["n1", "n2"]


def absent():
    """The programs of Slurm and munge that are not installed."""
    return [name for name in PROGRAMS if shutil.which(name, path=SBIN) is None]


def free_ports(n):
    """Ports on which nobody listens now, below those that the system gives to whoever asks for any."""
    found = []
    port = 20000 + os.getpid() * 7 % 10000
    while len(found) < n:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                found.append(port)
            except OSError:
                pass
        port += 1
    return found


class Cluster:
    """Started by `with Cluster() as cluster:`; every call that a user would make is a method."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="pamir-slurm-"))
        self.daemons = {}
        self.environment = {**os.environ, "PATH": SBIN, "SLURM_CONF": str(self.folder / "slurm.conf"),
                            "HOME": str(self.folder), "TMPDIR": str(self.folder / "tmp")}
        for name in [name for name in self.environment if name.startswith(("SLURM_", "SBATCH_", "PAMIR_SITE"))]:
            if name != "SLURM_CONF":
                del self.environment[name]

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    # Daemons.

    def write_configuration(self):
        host, user = socket.gethostname().split(".")[0], getpass.getuser()
        ports = free_ports(1 + len(NODES))
        folder = self.folder
        lines = [
            "ClusterName=pamir", f"SlurmctldHost={host}(127.0.0.1)", f"SlurmctldPort={ports[0]}",
            f"SlurmUser={user}", f"SlurmdUser={user}", "AuthType=auth/munge",
            f"AuthInfo=socket={folder}/munge/socket", f"StateSaveLocation={folder}/state",
            f"SlurmdSpoolDir={folder}/spool.%n", f"SlurmctldPidFile={folder}/slurmctld.pid",
            f"SlurmdPidFile={folder}/slurmd.%n.pid", f"SlurmctldLogFile={folder}/slurmctld.log",
            f"SlurmdLogFile={folder}/slurmd.%n.log", "CommunicationParameters=NoCtldInAddrAny,NoInAddrAny",
            "ProctrackType=proctrack/linuxproc", "TaskPlugin=task/none", "JobAcctGatherType=jobacct_gather/none",
            "AccountingStorageType=accounting_storage/none", "JobCompType=jobcomp/none", "ReturnToService=2",
            "SelectType=select/cons_tres", "SelectTypeParameters=CR_CPU", "MpiDefault=none", "KillWait=5",
            "SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,bf_interval=1",
            "SlurmdParameters=config_overrides",
            *[f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs=2"
              for node, port in zip(NODES, ports[1:])],
            f"PartitionName=main Nodes={','.join(NODES)} Default=YES MaxTime=INFINITE State=UP"]
        (folder / "slurm.conf").write_text("\n".join(lines) + "\n")

    def start(self):
        folder = self.folder
        folder.chmod(0o755)
        for name in ["state", "tmp", *[f"spool.{node}" for node in NODES]]:
            (folder / name).mkdir()
        (folder / "munge").mkdir(mode=0o711)
        (folder / "key").write_bytes(os.urandom(128))
        (folder / "key").chmod(0o600)
        self.write_configuration()
        self.daemon("munged", "--foreground", "--force", f"--key-file={folder}/key",
                    f"--socket={folder}/munge/socket", f"--pid-file={folder}/munge/pid",
                    f"--log-file={folder}/munge.log", f"--seed-file={folder}/munge/seed", "--num-threads=2")
        self.until(lambda: (folder / "munge" / "socket").exists(), "munged to listen", 10)
        self.daemon("slurmctld", "-D", "-c")
        for node in NODES:
            self.daemon("slurmd", "-D", "-N", node, name=node)
        self.until(lambda: self.states() == ["idle"] * len(NODES), "both nodes to be idle", 20)

    def daemon(self, program, *arguments, name=None):
        output = open(self.folder / f"{name or program}.out", "wb")
        self.daemons[name or program] = subprocess.Popen(
            [shutil.which(program, path=SBIN), *arguments], env=self.environment, stdin=subprocess.DEVNULL,
            stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        output.close()

    def cancel_all(self):
        """Ends every job, and waits for that; a Slurm that does not answer is let be."""
        if "slurmctld" not in self.daemons:
            return
        try:
            if self.queue():
                self.cancel("--user", getpass.getuser())
                self.until(lambda: not self.queue(), "the queue to be empty", 10)
        except (AssertionError, subprocess.SubprocessError):
            pass

    def stop(self):
        """Ends every job and daemon, waits for them, and removes the folder."""
        self.cancel_all()
        for name in [*NODES, "slurmctld", "munged"]:
            daemon = self.daemons.pop(name, None)
            if daemon is None:
                continue
            daemon.send_signal(signal.SIGTERM)
            try:
                daemon.wait(10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def logs(self):
        """The ends of all logs, for a message."""
        texts = []
        for path in sorted(self.folder.glob("*.log")):
            lines = path.read_text(errors="replace").splitlines()
            texts += [f"== {path.name}", *lines[-10:]]
        return "\n".join(texts)

    # What a user asks.

    def call(self, *command, check=True, timeout=60):
        done = subprocess.run([str(word) for word in command], env=self.environment, capture_output=True, text=True,
                              check=False, timeout=timeout)
        assert not check or done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def states(self):
        return self.call("sinfo", "--noheader", "--Node", "--format=%t", check=False).stdout.split()

    def bring_up(self, node):
        """A node that was set down serves again."""
        def serves():
            self.call("scontrol", "update", f"nodename={node}", "state=resume", check=False)
            return self.call("sinfo", "--noheader", f"--nodes={node}", "--format=%t").stdout.strip() in (
                "idle", "mix", "alloc")
        self.until(serves, f"{node} to serve again", 20, 0.2)

    def queue(self, job=None, form="%i %T"):
        """Lines of squeue, a task each; of one job when given."""
        done = self.call("squeue", "--noheader", "--array", f"--format=%F {form}", check=False)
        rows = [line.split(" ", 1) for line in done.stdout.splitlines()]
        return [rest for array, rest in rows if job is None or int(array) == job]

    def until(self, holds, what, seconds=30, every=0.05):
        end = time.monotonic() + seconds
        while not holds():
            for name, daemon in self.daemons.items():
                assert daemon.poll() is None, f"{name} has ended with {daemon.returncode}\n{self.logs()}"
            assert time.monotonic() < end, f"waited {seconds} s for {what}\n{self.logs()}"
            time.sleep(every)

    def waiting(self, job):
        """The tasks of a job that wait for a time, with how often they were queued again."""
        done = self.call("squeue", "--noheader", "--array", "--Format=ArrayJobID:20,JobArrayID:40,RestartCnt:20,"
                         "State:20,Reason:40", check=False)
        rows = [line.split() for line in done.stdout.splitlines()]
        return [(row[1], row[2]) for row in rows
                if len(row) == 5 and int(row[0]) == job and row[3:] == ["PENDING", "BeginTime"]]

    def finish(self, *jobs, seconds=60):
        """Waits until these jobs have left the queue. A task that was queued again would wait two minutes, so it
        is told to start now; once, and not before it has waited for two seconds: a node refuses a job that it was
        told to end within the same second, and Slurm drops the job then."""
        since = {}

        def is_over():
            for task in [task for job in jobs for task in self.waiting(job)]:
                begun = since.setdefault(task, time.monotonic())
                if begun is not None and time.monotonic() - begun >= 2:
                    self.call("scontrol", "update", f"JobId={task[0]}", "StartTime=now", check=False)
                    since[task] = None
            return not any(self.queue(job) for job in jobs)
        self.until(is_over, f"jobs {jobs} to end", seconds, 0.2)

    def cancel(self, *arguments):
        """scancel, which may hang while the daemons are busy with each other: asked a second time then."""
        try:
            return self.call("scancel", *arguments, timeout=10)
        except subprocess.TimeoutExpired:
            return self.call("scancel", *arguments, timeout=30)
