"""How fast the binary is there, and reads a large configuration."""

import configurations
from measure import Row, median, run

TARGETS, TIMES = 1_000, 21


def measure(bench):
    plimsoll = bench.program("plimsoll")
    config = bench.data / "wide.yaml"
    config.write_text(configurations.wide(TARGETS))
    version, check, nothing = [], [], []
    for _ in range(TIMES):
        version.append(run([plimsoll, "--version"]))
        check.append(run([plimsoll, "check", "--config", str(config)]))
        nothing.append(run(["/bin/true"]))
    floor = f"starting /bin/true the same way: {ms(nothing):.1f} ms"
    return [
        Row("`plimsoll --version`", shown(version), floor, "< 10 ms", ms(version) < 10),
        Row(
            f"`plimsoll check` on a file of {TARGETS:,} targets ({config.stat().st_size / 1000:.0f} kB)",
            shown(check),
            floor,
            "< 50 ms",
            ms(check) < 50,
        ),
    ]


def ms(costs):
    return median([cost.wall_s for cost in costs]) * 1e3


def shown(costs):
    return f"{ms(costs):.1f} ms ({median([cost.cpu_s for cost in costs]) * 1e3:.1f} ms CPU)"
