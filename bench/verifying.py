"""`plimsoll verify` on 50 targets × 20 checks, beside the shortest time that it can take."""

import json

import configurations
import servers
from measure import CORES, Row, cpu_of, median, note, run

TARGETS, PAGES = 50, 14
SLEEPS = [0.1, 0.2, 0.3, 0.5, 1, 2]
CASES = {
    "wide limits": {"checks-at-once": 1000, "per-host": 8},
    "usual limits": {"checks-at-once": 32, "per-host": 8},
}


def measure(bench):
    rows = []
    with servers.nginx(bench.data, "1") as (port, pid):
        for name, limits in CASES.items():
            folder = bench.data / name.replace(" ", "-")
            plimsoll = prepared(bench, folder, port, limits)
            runs = [verified(plimsoll, folder, pid, limits) for _ in range(bench.runs + 1)]
            # The first one does not know yet which checks are long.
            wall, critical, ratio = (median([one[index] for one in runs[1:]]) for index in range(3))
            rows.append(
                Row(
                    f"verify {TARGETS} targets × {PAGES + len(SLEEPS)} checks, {name}: wall",
                    f"{wall:.2f} s (the very first time {runs[0][0]:.2f} s)",
                    f"critical path {critical:.2f} s ({runs[-1][3]}): {ratio:.2f}×",
                    "≤ 1.10×",
                    ratio <= 1.10,
                )
            )
    return rows


def prepared(bench, folder, port, limits):
    folder.mkdir()
    text = configurations.verification(port, TARGETS, PAGES, SLEEPS, json.dumps(limits))
    (folder / "plimsoll.yaml").write_text(text)
    (folder / "content").write_text("1\n")
    plimsoll = bench.program("plimsoll")
    run([plimsoll, "release", "add", "site@1", "content"], folder)
    run([plimsoll, "deploy", "site@1", "--to", "staging", "--quiet"], folder)
    return plimsoll


def verified(plimsoll, folder, nginx, limits):
    """Wall, critical path, their ratio, and what the path is."""
    before = cpu_of(nginx)
    cost = run([plimsoll, "verify", "site@1", "--on", "staging", "--quiet", "--format", "json"], folder)
    cpu_s = cost.cpu_s + cpu_of(nginx) - before
    path, why = critical_path(limits, cpu_s)
    note(
        f"wall {cost.wall_s:.2f} s, plimsoll and its children {cost.cpu_s:.2f} s CPU, "
        f"with nginx {cpu_s:.2f} s; critical path {path:.2f} s ({why})"
    )
    return cost.wall_s, path, cost.wall_s / path, why


def critical_path(limits, cpu_s):
    """Nothing can be faster than the slowest check; than what one host must do, so many at once;
    than what all must do, so many at once; than all CPU on all cores. Only the known sleeps count
    as a check's time, not the milliseconds of the HTTP checks."""
    one_target = sum(SLEEPS)
    bounds = {
        "the slowest check": max(SLEEPS),
        "one host's checks, per-host at once": one_target / limits["per-host"],
        "all checks, checks-at-once": one_target * TARGETS / limits["checks-at-once"],
        f"CPU on {CORES} cores": cpu_s / CORES,
    }
    why = max(bounds, key=bounds.get)
    return bounds[why], why
