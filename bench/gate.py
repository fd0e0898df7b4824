"""The gate's decision on 100 targets × 20 checks, with a small and a large ledger."""

import functools
import json

import configurations
from measure import Row, median, note, peak_mib, run

TARGETS, CHECKS, SMALL, ASKED = 100, 20, 10_000, 300


def measure(bench):
    ledgers = {results: seeded(bench, results) for results in (SMALL, bench.results)}
    walls, cpus, peaks, inside = ({results: [] for results in ledgers} for _ in range(4))
    for _ in range(bench.runs):
        for results, (folder, argv) in ledgers.items():
            cost = run(argv, folder)
            walls[results].append(cost.wall_s * 1e3)
            cpus[results].append(cost.cpu_s * 1e3)
            peaks[results].append(peak_mib(argv, folder))
            inside[results].append(asked(bench, folder, argv))
    small, large = SMALL, bench.results
    for results in ledgers:
        note(
            f"{results:,} results: command {median(walls[results]):.0f} ms wall, {median(cpus[results]):.0f} ms CPU, "
            f"{median(peaks[results]):.1f} MiB; inside (medians of {bench.runs} runs): {summary(inside[results])}"
        )
    p99 = median([line["ask"]["p99_ms"] for line in inside[large]])
    medians = {part: median([line[part]["median_ms"] for line in inside[large]]) for part in ("load", "decide", "ask")}
    wall, peak, small_peak = median(walls[large]), median(peaks[large]), median(peaks[small])
    resident = {n: median([line["peak_bytes"] for line in inside[n]]) / 2**20 for n in ledgers}
    what = f"gate, {TARGETS} targets × {CHECKS} checks, {large:,} results in the ledger"
    return [
        Row(
            f"{what}: inside a running process, p99 of {ASKED}",
            f"{p99:.1f} ms (median {medians['ask']:.1f}, of which loading {medians['load']:.2f}, "
            f"deciding {medians['decide']:.1f}; the rest looks at 200 targets and 100 ways back)",
            "",
            "< 50 ms",
            p99 < 50,
        ),
        Row(
            "the same: the whole command `plimsoll gate`",
            f"{wall:.0f} ms ({median(cpus[large]):.0f} ms CPU)",
            f"{small:,} results: {median(walls[small]):.0f} ms ({median(cpus[small]):.0f} ms CPU)",
            "< 150 ms",
            wall < 150,
        ),
        Row(
            "the same: peak memory of the command",
            f"{peak:.1f} MiB",
            f"{small:,} results: {small_peak:.1f} MiB: {peak / small_peak:.2f}×; "
            f"of a process that stays {resident[large]:.1f} and {resident[small]:.1f} MiB",
            "does not grow",
            peak <= small_peak * 1.1,
        ),
    ]


@functools.cache
def seeded(bench, results):
    """A folder with a configuration and a ledger of that size; how to ask the gate there. Made once."""
    folder = bench.data / f"gate-{results}"
    folder.mkdir()
    (folder / "plimsoll.yaml").write_text(configurations.gated(TARGETS, CHECKS))
    line = json.loads(run([bench.program("seed_ledger"), "plimsoll.yaml", str(results)], folder).out)
    plimsoll = bench.program("plimsoll")
    argv = [plimsoll, "gate", line["candidate"], "--to", "production", "--quiet"]
    first = run(argv, folder)
    size = (folder / ".plimsoll" / "ledger.db").stat().st_size / 2**20
    note(
        f"{line['results']:,} results, {line['events']:,} events of {line['releases']} releases, {size:,.0f} MiB, "
        f"written in {line['seconds']:.1f} s; the first command folds all of them once: {first.wall_s:.1f} s, "
        f"allowed"
    )
    if results == bench.results:
        proof = run([plimsoll, "ledger", "verify", "--quiet"], folder)
        note(f"ledger verify: {proof.wall_s:.1f} s, {' '.join(proof.out.split())}")
    return folder, argv


def asked(bench, folder, argv):
    candidate = argv[2]
    line = json.loads(run([bench.program("gate_latency"), "plimsoll.yaml", candidate, "production", str(ASKED)], folder).out)
    if line["verdict"] != "allowed":
        raise SystemExit(f"bench: the gate refused {candidate}")
    return line


def summary(lines):
    parts = ("load", "decide", "ask")
    words = [
        f"{part} median {median([line[part]['median_ms'] for line in lines]):.2f} ms, "
        f"p99 {median([line[part]['p99_ms'] for line in lines]):.2f} ms"
        for part in parts
    ]
    return "; ".join(words)
