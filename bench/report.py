"""The table, and the place where it stands."""

import datetime
import os
import pathlib
import platform
import subprocess

from measure import CORES

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def table(rows):
    lines = ["| what | plimsoll | beside | bar | |", "|---|---|---|---|---|"]
    marks = {True: "met", False: "**missed**", None: ""}
    lines += [f"| {row.what} | {row.ours} | {row.beside} | {row.bar} | {marks[row.met]} |" for row in rows]
    return "\n".join(lines)


def write(root, rows):
    file = root / "docs" / "benchmarks.md"
    text = file.read_text()
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    file.write_text(f"{before}{BEGIN}\n{table(rows)}\n\n{machine(root)}\n{END}{after}")
    print(f"written: {file}")


def machine(root):
    info = pathlib.Path("/proc/cpuinfo").read_text()
    model = next((line.split(": ")[1] for line in info.splitlines() if line.startswith("model name")), "?")
    memory = int(pathlib.Path("/proc/meminfo").read_text().split()[1]) / 2**20
    versions = [
        first_line(["rustc", "--version"]),
        first_line(["nginx", "-v"]),
        first_line(["postgres", "--version"]),
        first_line(["prometheus-blackbox-exporter", "--version"]),
    ]
    # Says `-dirty` when the tree holds more than the commit.
    commit = first_line(["git", "-C", str(root), "describe", "--always", "--dirty"])
    load = os.getloadavg()
    return (
        f"Measured on {datetime.date.today()}, the tree at {commit} (nice {os.nice(0)}): {CORES} cores of {model}, {memory:.0f} GiB, "
        f"Linux {platform.release()}; {'; '.join(v for v in versions if v)}. Load average at the end: "
        f"{load[0]:.1f} (1 min), {load[2]:.1f} (15 min)."
    )


def first_line(argv):
    try:
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return (done.stdout + done.stderr).strip().splitlines()[0].split(" (branch")[0]
