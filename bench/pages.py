"""Fifty page checks with one warm browser, beside fifty cold starts of the same browser."""

import json
import shutil
import subprocess
import tempfile

import servers
from measure import Row, median, note, run

PAGES = 50
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

FILES = {
    "index.html": "<!doctype html><html lang=en><title>Planet</title><link rel=stylesheet href=/s.css>"
    "<script src=/a.js defer></script><h1>Forests</h1><p>Words and more words.<img src=/a.svg alt=''>",
    "s.css": "body{margin:0;font:16px sans-serif}h1{color:#252}",
    "a.js": "document.querySelector('p').append(' And a script.')",
    "a.svg": "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>",
}


def measure(bench):
    browser = next(filter(None, map(shutil.which, NAMES)), None)
    if not browser:
        note("left out: there is no chromium here: apt-get install --no-install-recommends chromium fonts-dejavu-core")
        return []
    folder = bench.data / "pages"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text)
    pairs = []
    with servers.files(bench.data, folder) as port:
        url = f"http://127.0.0.1:{port}"
        cold(browser, url + "/", 1)  # both begin with the browser's files in memory
        for number in range(bench.runs):
            mine = warm(bench, url)
            theirs = cold(browser, url + "/", PAGES)
            pairs.append((mine, theirs))
            note(f"run {number + 1}: plimsoll {mine:.2f} s, cold starts {theirs:.2f} s: {mine / theirs:.2f}×")
    ratio = median([mine / theirs for mine, theirs in pairs])
    return [
        Row(
            f"{PAGES} page checks (facts, style sheets, picture), the browser's start and end in it: wall",
            f"{median([mine for mine, _ in pairs]):.2f} s",
            f"{PAGES} × `chromium --headless --screenshot` {median([theirs for _, theirs in pairs]):.2f} s: {ratio:.2f}×",
            "≤ 0.35×",
            ratio <= 0.35,
        )
    ]


def warm(bench, url):
    done = run([bench.program("page_rate"), url, str(PAGES)])
    said = json.loads(done.out)
    if said["passed"] != PAGES:
        raise SystemExit(f"bench: only {said['passed']} of {PAGES} pages passed: {said['finding']}")
    return done.wall_s


def cold(browser, url, times):
    """One start after the other, each with a fresh profile, as somebody without plimsoll does it."""
    seconds = 0.0
    for _ in range(times):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            picture = f"{profile}/p.png"
            argv = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--window-size=800,600",
                    f"--user-data-dir={profile}", f"--screenshot={picture}", url]
            seconds += run(argv).wall_s
            if subprocess.run(["test", "-s", picture], check=False).returncode:
                raise SystemExit("bench: chromium wrote no picture")
    return seconds
