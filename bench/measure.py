"""Running a program and counting what it costs: wall time, CPU (user and system), peak memory."""

import dataclasses
import os
import pathlib
import statistics
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")
CORES = len(os.sched_getaffinity(0))


@dataclasses.dataclass(frozen=True)
class Bench:
    """What every part needs."""

    root: pathlib.Path
    data: pathlib.Path
    runs: int
    results: int

    def program(self, name):
        """A program of the release build."""
        release = self.root / "target" / "release"
        found = release / "plimsoll" if name == "plimsoll" else release / "examples" / name
        if not found.exists():
            raise SystemExit(f"bench: {found} is not there; run it by `make bench`")
        return str(found)


@dataclasses.dataclass
class Cost:
    """What one run cost."""

    wall_s: float
    cpu_s: float
    out: str


@dataclasses.dataclass
class Row:
    """A line of the table. `met` is None where there is no bar."""

    what: str
    ours: str
    beside: str
    bar: str
    met: bool | None


def run(argv, cwd=None, allowed=(0,)):
    """Runs to the end; CPU is that of the process and all its children that it waited for."""
    began = time.perf_counter()
    child = subprocess.Popen(argv, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out, err = child.stdout.read(), child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall_s = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in allowed:
        raise SystemExit(f"bench: {' '.join(argv)} ended with {child.returncode}:\n{out[-2000:]}\n{err[-2000:]}")
    return Cost(wall_s, usage.ru_utime + usage.ru_stime, out)


def peak_mib(argv, cwd=None):
    """The most memory that a run had at once. `time` starts it, so that this process's own size
    is not counted."""
    done = subprocess.run(
        ["/usr/bin/time", "-f", "peak %M", *argv], cwd=cwd, capture_output=True, text=True, check=False
    )
    return int(done.stderr.rsplit("peak ", 1)[1]) / 1024


def cpu_of(pid):
    """User and system seconds of a running process and its children so far."""
    seconds = 0.0
    for one in [pid, *children_of(pid)]:
        fields = pathlib.Path(f"/proc/{one}/stat").read_text().rsplit(") ", 1)[1].split()
        seconds += (int(fields[11]) + int(fields[12])) / TICKS
    return seconds


def children_of(pid):
    listed = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in listed]


def peak_of(pid):
    """The most memory that a running process had at once so far, in MiB."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise SystemExit(f"bench: no memory figure for process {pid}")


def median(numbers):
    return statistics.median(numbers)


def note(words):
    print("   " + words, flush=True)
