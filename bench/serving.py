"""A server over the large ledger: how soon it answers, the gate's one question, and a thousand people
who look at the same page while something happens."""

import asyncio
import json
import random
import re
import subprocess
import time
import urllib.request

import gate
from measure import Row, median, note, peak_of, run
from servers import answers, free_port, running, wanted

VIEWERS, EVENTS, EVERY_S = 1_000, 20, 1.0
# As long as a page waits before it loads itself again: static/live.js.
SOONEST_S, SPREAD_S = 0.4, 0.4
SECONDS = 10


def measure(bench):
    folder, argv = gate.seeded(bench, bench.results)
    plimsoll, candidate = argv[0], argv[2]
    service = candidate.split("@")[0]
    rates, tails, opened, pages, peaks = [], [], [], [], []
    for _ in range(bench.runs):
        port = free_port()
        began = time.perf_counter()
        serve = [plimsoll, "serve", "--listen", f"127.0.0.1:{port}"]
        with running(serve, answers(port, "/healthz"), cwd=folder) as pid:
            opened.append(time.perf_counter() - began)
            rate, tail = asked(port, candidate)
            rates.append(rate)
            tails.append(tail)
            waits = asyncio.run(looked_at(port, service, plimsoll, folder))
            pages.append(waits)
            peaks.append(peak_of(pid))
        note(
            f"open after {opened[-1]:.2f} s; gate {rates[-1]:,.0f}/s, p99 {tails[-1]:.1f} ms; "
            f"{len(waits):,} pages, median {waits[len(waits) // 2]:.1f} ms, p99 {at(waits, 0.99):.1f} ms, "
            f"longest {waits[-1]:.0f} ms; peak {peaks[-1]:.0f} MiB"
        )
    p99 = median([at(waits, 0.99) for waits in pages])
    half = median([at(waits, 0.5) for waits in pages])
    what = f"{bench.results:,} results in the ledger"
    return [
        Row(f"`plimsoll serve`, {what}: until it answers", f"{median(opened):.2f} s", "", "< 1 s", median(opened) < 1),
        Row(
            f"`GET /api/v1/gate`, {what}, wrk with 64 connections on the same two cores",
            f"{median(rates):,.0f}/s, p99 {median(tails):.1f} ms",
            "",
            "≥ 5,000/s",
            median(rates) >= 5000,
        ),
        Row(
            f"{VIEWERS:,} who look at one promotion while an event is written every second: the page, "
            f"{len(pages[0]):,} times",
            f"p99 {p99:.1f} ms (median {half:.1f}), {median(peaks):.0f} MiB at most",
            "",
            "p99 < 50 ms",
            p99 < 50,
        ),
    ]


def at(waits, part):
    return waits[min(len(waits) - 1, int(len(waits) * part))]


def last_promotion(port, service):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/promotions?service={service}&limit=1") as listed:
        return json.load(listed)["promotions"][0]["id"]


def asked(port, candidate):
    """How often a second the gate answers, and its 99th percentile in ms."""
    address = f"http://127.0.0.1:{port}/api/v1/gate?release={candidate}&to=production"
    with urllib.request.urlopen(address) as first:
        decision = json.load(first)
    if decision["decision"] != "allowed":
        raise SystemExit(f"bench: the gate refused {candidate}")
    argv = [wanted("wrk", "wrk"), "-t2", "-c64", f"-d{SECONDS}s", "--latency", address]
    out = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out:
        raise SystemExit(f"bench: not every answer was yes:\n{out}")
    rate = float(re.search(r"Requests/sec:\s*([\d.]+)", out)[1])
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", out).groups()
    return rate, float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


async def looked_at(port, service, plimsoll, folder):
    """How long each page took, in ms, shortest first."""
    waits, over, promotion = [], asyncio.Event(), last_promotion(port, service)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/promotions/{promotion}") as page:
        head = re.search(r"Ledger at event <a[^>]*>([\d\s]+)", page.read().decode())[1]
    head = re.sub(r"\s", "", head)
    viewers = [asyncio.create_task(viewer(port, service, promotion, head, waits, over)) for _ in range(VIEWERS)]
    await asyncio.sleep(2)
    for number in range(EVENTS):
        verb = ["hold", service, "--reason", "a look", *([] if number % 2 == 0 else ["--release", "0"])]
        made = await asyncio.create_subprocess_exec(plimsoll, *verb, cwd=folder, stdout=asyncio.subprocess.DEVNULL)
        if await made.wait():
            raise SystemExit(f"bench: {' '.join(verb)} ended with {made.returncode}")
        await asyncio.sleep(EVERY_S)
    await asyncio.sleep(SOONEST_S + SPREAD_S + 1)
    over.set()
    for task in viewers:
        task.cancel()
    ended = await asyncio.gather(*viewers, return_exceptions=True)
    wrong = [end for end in ended if isinstance(end, Exception) and not isinstance(end, asyncio.CancelledError)]
    if wrong:
        raise SystemExit(f"bench: {len(wrong)} viewers failed: {wrong[0]!r}")
    return sorted(waits)


async def viewer(port, service, promotion, head, waits, over):
    """Listens, and loads the page again when something happened, as the script of the page does."""
    ears, mouth = await asyncio.open_connection("127.0.0.1", port)
    mouth.write(f"GET /live?after={head}&service={service} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    if b" 200 " not in await ears.readline():
        raise RuntimeError("nobody may listen")
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while not over.is_set():
        line = await ears.readline()
        if not line:
            raise RuntimeError("nobody tells any more")
        if not line.startswith(b"data: "):
            continue
        await asyncio.sleep(SOONEST_S + random.random() * SPREAD_S)
        began = time.perf_counter()
        writer.write(f"GET /promotions/{promotion} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        head_lines = await reader.readuntil(b"\r\n\r\n")
        if not head_lines.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head_lines.splitlines()[0].decode())
        length = int(re.search(rb"content-length: (\d+)", head_lines, re.I)[1])
        await reader.readexactly(length)
        waits.append((time.perf_counter() - began) * 1e3)
