"""Pictures compared beside odiff 4.5.0: a full page, equal ones, and two hundred pairs."""

import json
import os
import pathlib
import subprocess
import time

import page_pairs
from measure import Row, median, note, peak_mib, run

HOW = """left out: odiff and its pictures are not here. To have them:
     npm install --prefix target/peers odiff-bin@4.5.0
     git clone --depth 1 https://github.com/dmtrKovalenko/odiff target/peers/odiff
   or name the binary itself in ODIFF and a folder with www.cypress.io.png and www.cypress.io-1.png in ODIFF_PICTURES"""


def peer(bench):
    """odiff's own binary (what npm puts on the path is a script that starts it), and the pair of full
    pages that its repository holds; None when one of them is missing."""
    peers = bench.root / "target" / "peers"
    named = [pathlib.Path(os.environ["ODIFF"])] if "ODIFF" in os.environ else []
    binary = next((p for p in [*named, *peers.glob("node_modules/@odiff/linux-*/odiff")] if p.is_file()), None)
    folder = pathlib.Path(os.environ.get("ODIFF_PICTURES", peers / "odiff"))
    names = ("www.cypress.io.png", "www.cypress.io-1.png")
    pair = [next(folder.glob(f"**/{name}"), None) for name in names]
    return (str(binary), [str(one) for one in pair]) if binary and all(pair) else None


def measure(bench):
    found = peer(bench)
    if not found:
        note(HOW)
        return []
    odiff, (first, second) = found
    return [*full_page(bench, odiff, first, second), pairs(bench, odiff)]


def full_page(bench, odiff, first, second):
    diff = [bench.program("plimsoll"), "picture", "diff", "--format", "json"]
    tasks = {
        "odiff": [odiff, first, second, "--parsable-stdout"],
        "plain=odiff": [*diff, "--plain=odiff", first, second],
        "plain": [*diff, "--plain", first, second],
        "aligned": [*diff, first, second],
        "odiff, equal": [odiff, first, first, "--parsable-stdout"],
        "equal": [*diff, first, first],
    }
    costs = {name: [] for name in tasks}
    for _ in range(bench.runs):
        for name, argv in tasks.items():
            costs[name].append(run(argv, allowed=(0, 10, 22)))
    theirs = int(costs["odiff"][0].out.split(";")[0])
    ours = json.loads(costs["plain=odiff"][0].out)["different-pixels"]
    if ours != theirs:
        raise SystemExit(f"bench: odiff counts {theirs} pixels, plimsoll {ours}")
    cpu = {name: median([cost.cpu_s for cost in all]) for name, all in costs.items()}
    wall = {name: median([cost.wall_s for cost in all]) for name, all in costs.items()}
    peak = {name: peak_mib(argv) for name, argv in tasks.items()}
    rows = []
    for name, words in (
        ("plain=odiff", "counted as odiff counts"),
        ("plain", "soft edges left out, as pixelmatch counts"),
        ("aligned", "rows aligned, boxes, kinds, verdict"),
    ):
        ratio = median([a.cpu_s / b.cpu_s for a, b in zip(costs[name], costs["odiff"])])
        note(f"{name}: CPU {cpu[name] * 1e3:.0f} ms, odiff {cpu['odiff'] * 1e3:.0f} ms: {ratio:.2f}×")
        rows.append(Row(
            f"full page 3446×10728, {words}: CPU and peak memory",
            f"{cpu[name] * 1e3:.0f} ms, {peak[name]:.0f} MiB ({wall[name] * 1e3:.0f} ms wall)",
            f"odiff {cpu['odiff'] * 1e3:.0f} ms, {peak['odiff']:.0f} MiB: {ratio:.2f}×, {peak[name] / peak['odiff']:.2f}×",
            "≤ 0.7×, ≤ 0.15×",
            ratio <= 0.7 and peak[name] / peak["odiff"] <= 0.15,
        ))
    ratio = median([a.wall_s / b.wall_s for a, b in zip(costs["equal"], costs["odiff, equal"])])
    rows.append(Row(
        "the same full page twice: wall, the start of the program in it",
        f"{wall['equal'] * 1e3:.1f} ms",
        f"odiff {wall['odiff, equal'] * 1e3:.0f} ms: {ratio:.3f}×",
        "≤ 0.02×",
        ratio <= 0.02,
    ))
    return rows


def pairs(bench, odiff):
    listed, all_pairs = page_pairs.prepare(bench.data / "pairs")
    batch = [bench.program("plimsoll"), "picture", "batch", listed, "--jobs", "2", "--format", "json"]
    ours, theirs = [], []
    for number in range(bench.runs):
        done = run(batch, allowed=(10,))
        same = json.loads(done.out)["same"]
        seconds, different = serve(odiff, all_pairs, bench.data / "odiff.png")
        if same != page_pairs.PAIRS - different:
            raise SystemExit(f"bench: plimsoll finds {same} equal pairs, odiff {page_pairs.PAIRS - different}")
        ours.append(done.wall_s)
        theirs.append(seconds)
        note(f"run {number + 1}: {page_pairs.PAIRS} pairs in {done.wall_s * 1e3:.0f} ms, odiff's server {seconds * 1e3:.0f} ms")
    ratio = median([b / a for a, b in zip(ours, theirs)])
    return Row(
        f"{page_pairs.PAIRS} pairs of 1280×720, {page_pairs.EQUAL} of them equal, two threads: wall",
        f"{median(ours) * 1e3:.0f} ms",
        f"odiff's server {median(theirs) * 1e3:,.0f} ms: {ratio:.1f}× as fast",
        "≥ 5×",
        ratio >= 5,
    )


def serve(odiff, all_pairs, output):
    """All pairs through one odiff server: a JSON line each way."""
    began = time.perf_counter()
    server = subprocess.Popen([odiff, "--server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True)
    server.stdout.readline()
    different = 0
    for n, (first, second) in enumerate(all_pairs):
        ask = {"requestId": n, "base": first, "compare": second, "output": str(output), "options": {"captureDiff": False}}
        server.stdin.write(json.dumps(ask) + "\n")
        server.stdin.flush()
        answer = json.loads(server.stdout.readline())
        if "match" not in answer:
            raise SystemExit(f"bench: odiff's server says {answer}")
        different += not answer["match"]
    server.stdin.close()
    server.wait()
    return time.perf_counter() - began, different
