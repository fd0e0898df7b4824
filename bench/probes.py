"""An HTTP probe: ours beside prometheus-blackbox-exporter, one after the other, several times."""

import http.client
import json
import threading
import time
import urllib.parse

import servers
from measure import Row, cpu_of, median, note, peak_mib, peak_of, run

PROBES, AT_ONCE = 10_000, 64


def measure(bench):
    with servers.nginx(bench.data, "1") as (port, _), servers.blackbox_exporter(bench.data) as (exporter, pid):
        url = f"http://127.0.0.1:{port}/"
        argv = [bench.program("probe_rate"), url, str(PROBES), str(AT_ONCE)]
        theirs(exporter, pid, url, 500)  # both begin warm: its heap, nginx's caches
        pairs = []
        for number in range(bench.runs):
            mine, other = ours(argv), theirs(exporter, pid, url, PROBES)
            pairs.append((mine, other))
            note(f"run {number + 1}: plimsoll {mine[0]:.3f} ms CPU a probe, exporter {other[0]:.3f} ms")
        memory, their_memory = median([peak_mib(argv) for _ in range(bench.runs)]), peak_of(pid)
    mine, other = median([m[0] for m, _ in pairs]), median([o[0] for _, o in pairs])
    ratio = median([m[0] / o[0] for m, o in pairs])
    rates = median([m[1] for m, _ in pairs]), median([o[1] for _, o in pairs])
    return [
        Row(
            f"HTTP probe, {PROBES:,} at {AT_ONCE} at once, no keep-alive: CPU per probe",
            f"{mine:.3f} ms ({rates[0]:,.0f} probes/s)",
            f"blackbox exporter {other:.3f} ms ({rates[1]:,.0f} probes/s): {ratio:.2f}×",
            "≤ 0.33×",
            ratio <= 0.33,
        ),
        Row(
            "the same: peak memory",
            f"{memory:.1f} MiB",
            f"blackbox exporter {their_memory:.1f} MiB: {memory / their_memory:.2f}×",
            "≤ 1×",
            memory <= their_memory,
        ),
    ]


def ours(argv):
    """CPU milliseconds a probe, probes a second."""
    line = json.loads(run(argv).out)
    if line["failures"]:
        raise SystemExit(f"bench: {line['failures']} of our probes failed")
    return line["cpu_ms_per_probe"], line["probes_per_second"]


def theirs(port, pid, url, count):
    """The exporter's own CPU, not that of who asks it."""
    path = "/probe?module=http_2xx&target=" + urllib.parse.quote(url, safe="")
    left, failed, lock = [count], [0], threading.Lock()

    def ask():
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while True:
            with lock:
                if left[0] == 0:
                    return
                left[0] -= 1
            connection.request("GET", path)
            body = connection.getresponse().read()
            if b"\nprobe_success 1\n" not in body:
                with lock:
                    failed[0] += 1

    before, began = cpu_of(pid), time.perf_counter()
    threads = [threading.Thread(target=ask) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed[0] or left[0]:
        raise SystemExit(f"bench: {failed[0]} of the exporter's probes failed")
    seconds = time.perf_counter() - began
    return (cpu_of(pid) - before) * 1_000 / count, count / seconds
