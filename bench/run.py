#!/usr/bin/env python3
"""Measures what docs/benchmarks.md says, and writes its table anew.

    bench/run.py [--only NAME,…] [--runs N] [--results N] [--write]

Needs a release build with its examples (`make bench` makes it), nginx, PostgreSQL,
prometheus-blackbox-exporter, wrk and GNU time; chromium for `pages`, and odiff for `pictures`. Everything listens on 127.0.0.1 and is stopped at the
end; data lies in target/bench, on the same disk as the build.
"""

import argparse
import pathlib
import shutil
import signal
import sys

import appends
import gate
import pages
import pictures
import probes
import report
import serving
import starting
import verifying
from measure import Bench

ROOT = pathlib.Path(__file__).resolve().parent.parent
PARTS = {
    "probes": probes.measure,
    "verify": verifying.measure,
    "gate": gate.measure,
    "serving": serving.measure,
    "pages": pages.measure,
    "pictures": pictures.measure,
    "start": starting.measure,
    "appends": appends.measure,
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default=",".join(PARTS), help="some of: %(default)s")
    parser.add_argument("--runs", type=int, default=5, help="interleaved runs (default %(default)s)")
    parser.add_argument("--results", type=int, default=1_000_000, help="results in the large ledger")
    parser.add_argument("--write", action="store_true", help="write the table into docs/benchmarks.md")
    args = parser.parse_args()
    unknown = [name for name in args.only.split(",") if name not in PARTS]
    if unknown:
        parser.error(f"no part is named {', '.join(unknown)}; there are {', '.join(PARTS)}")
    return args


def main():
    args = arguments()
    # So that `finally` stops the servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    data = ROOT / "target" / "bench"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    bench = Bench(root=ROOT, data=data, runs=args.runs, results=args.results)
    rows = []
    try:
        for name in args.only.split(","):
            print(f"\n== {name}", flush=True)
            rows += PARTS[name](bench)
    finally:
        shutil.rmtree(data, ignore_errors=True)
    print("\n" + report.table(rows))
    if args.write:
        report.write(ROOT, rows)
    missed = [row for row in rows if row.met is False]
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
