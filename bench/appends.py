"""Events a second, each on the disk before it is answered, on both stores."""

import json
import shutil

import servers
from measure import Row, median, note, run

EVENTS = {1: 2_000, 16: 20_000, 64: 50_000}


def measure(bench):
    rates = {}
    with servers.postgresql(bench.data) as (url, _):
        for number in range(bench.runs):
            for at_once, events in EVENTS.items():
                folder = bench.data / f"ledger-{number}-{at_once}"
                for store, location in (("SQLite", str(folder)), ("PostgreSQL", url)):
                    argv = [bench.program("append_rate"), location, str(events), str(at_once)]
                    rate = json.loads(run(argv).out)["events_per_second"]
                    rates.setdefault((store, at_once), []).append(rate)
                shutil.rmtree(folder)
            note(f"run {number + 1}: " + ", ".join(f"{s} at {n}: {r[-1]:,.0f}/s" for (s, n), r in rates.items()))
    return [
        Row(
            f"appends with full durability, {store}",
            ", ".join(f"{median(rates[store, n]):,.0f}/s at {n} at once" for n in EVENTS),
            "",
            "",
            None,
        )
        for store in ("SQLite", "PostgreSQL")
    ]
