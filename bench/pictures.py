#!/usr/bin/env python3
"""Compares pictures beside odiff and says what both cost.

    bench/pictures.py ODIFF A.png B.png [--runs N]

ODIFF is the binary of npm's odiff-bin 4.5.0 itself, A and B are two full pages (its own repository
has a pair of 3446×10728). Runs are interleaved; figures are medians. Needs a release build of
plimsoll and GNU time. Data lies in target/bench/pictures.
"""

import argparse
import json
import pathlib
import random
import statistics
import struct
import subprocess
import time
import zlib

from measure import peak_mib, run

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAIRS, EQUAL, WIDTH, HEIGHT = 200, 180, 1280, 720


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def page(words, changed):
    """A screenshot-like picture: bands of colour, lines of made-up letters."""
    chance, rows, letters = random.Random(words), [], []
    for y in range(HEIGHT):
        row = bytearray(b"\xff\xff\xff\xff" * WIDTH)
        if y < 60:
            row = bytearray(b"\x0b\x7a\x3b\xff" * WIDTH)
        elif y % 24 < 13:
            if y % 24 == 0:
                letters = [chance.randrange(1 << 13 * 6) for _ in range(120)]
            for at, letter in enumerate(letters):
                for dot in range(6):
                    if letter >> (y % 24 * 6 + dot) & 1:
                        x = 40 + at * 10 + dot
                        row[x * 4:x * 4 + 3] = b"\x22\x22\x22"
        if changed and 300 <= y < 380:
            row[400 * 4:900 * 4] = b"\xf3\x6d\x3a\xff" * 500
        rows.append(b"\0" + bytes(row))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"".join(rows), 6)) + chunk(b"IEND", b"")


def prepare(folder):
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for n in range(PAIRS):
        names = [folder / f"{n}-{side}.png" for side in "ab"]
        if not names[1].exists():
            names[0].write_bytes(page(n, False))
            names[1].write_bytes(page(n, n >= EQUAL))
        lines.append("\t".join(map(str, names)))
    (folder / "pairs.tsv").write_text("\n".join(lines) + "\n")
    return folder / "pairs.tsv", [line.split("\t") for line in lines]


def serve(odiff, pairs):
    """All pairs through one odiff server: a JSON line each way."""
    began = time.perf_counter()
    server = subprocess.Popen([odiff, "--server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True)
    server.stdout.readline()
    different, out = 0, str(ROOT / "target/bench/pictures/odiff.png")
    for n, (first, second) in enumerate(pairs):
        ask = {"requestId": n, "base": first, "compare": second, "output": out, "options": {"captureDiff": False}}
        server.stdin.write(json.dumps(ask) + "\n")
        server.stdin.flush()
        answer = json.loads(server.stdout.readline())
        if "match" not in answer:
            raise SystemExit(f"bench: odiff's server says {answer}")
        different += not answer["match"]
    server.stdin.close()
    server.wait()
    return time.perf_counter() - began, different


def medians(runs, tasks):
    """Interleaved: every task once, then again."""
    costs = {name: [] for name in tasks}
    for _ in range(runs):
        for name, argv in tasks.items():
            costs[name].append(run(argv, allowed=(0, 10, 22)))
    middle = lambda name, of: statistics.median(getattr(cost, of) for cost in costs[name])
    return {name: (middle(name, "wall_s"), middle(name, "cpu_s"), costs[name][0].out) for name in tasks}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("odiff")
    parser.add_argument("first")
    parser.add_argument("second")
    parser.add_argument("--runs", type=int, default=7)
    asked = parser.parse_args()
    odiff, first, second = asked.odiff, asked.first, asked.second
    ours = [str(ROOT / "target/release/plimsoll"), "picture"]
    diff = [*ours, "diff", "--format", "json"]
    tasks = {
        "odiff": [odiff, first, second, "--parsable-stdout"],
        "plain=odiff": [*diff, "--plain=odiff", first, second],
        "plain": [*diff, "--plain", first, second],
        "aligned": [*diff, first, second],
        "odiff, equal": [odiff, first, first, "--parsable-stdout"],
        "equal": [*diff, first, first],
    }
    cost = medians(asked.runs, tasks)
    count = int(cost["odiff"][2].split(";")[0])
    counted = json.loads(cost["plain=odiff"][2])["different-pixels"]
    print(f"different pixels: odiff {count}, plain=odiff {counted}")
    for name, (wall_s, cpu_s, _) in cost.items():
        beside = "odiff, equal" if "equal" in name else "odiff"
        mib = peak_mib(tasks[name])
        ratios = f"wall {wall_s / cost[beside][0]:.3f}, CPU {cpu_s / cost[beside][1]:.2f}"
        print(f"{name:14} wall {wall_s * 1000:7.1f} ms  CPU {cpu_s * 1000:7.1f} ms  peak {mib:6.1f} MiB   of {beside}: {ratios}")
    listed, pairs = prepare(ROOT / "target/bench/pictures")
    batch, server, starts = [], [], []
    for _ in range(asked.runs):
        done = run([*ours, "batch", str(listed), "--jobs", "2", "--format", "json"], allowed=(10,))
        said = json.loads(done.out)
        batch.append(done.wall_s)
        seconds, different = serve(odiff, pairs)
        server.append(seconds)
        began = time.perf_counter()
        for a, b in pairs:
            subprocess.run([odiff, a, b], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        starts.append(time.perf_counter() - began)
    print(f"{PAIRS} pairs, {said['same']} the same (odiff's server: {PAIRS - different})")
    ours_s, server_s, starts_s = map(statistics.median, (batch, server, starts))
    print(f"batch {ours_s * 1000:.0f} ms, odiff's server {server_s * 1000:.0f} ms ({server_s / ours_s:.1f}×), "
          f"{PAIRS} starts {starts_s * 1000:.0f} ms ({starts_s / ours_s:.1f}×)")


main()
