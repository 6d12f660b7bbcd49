"""How long the console's pages take in a browser: bytes, requests, first paint, time of scripts, time until all is there.

    measure.py DOCKET [DATA [PAGE...]]

Without a data directory a week of an organization is simulated first. Each page is opened five times; the medians are shown.
Without pages, the lists and all dashboards.
"""

import os
import re
import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/Integration"))
os.environ["DOCKET"] = str(Path(sys.argv[1]).resolve())
os.environ.setdefault("DOCKET_DUCKDB_LIBRARY", str(ROOT / ".deps/duckdb/lib/libduckdb.so"))
for name in ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]:
    os.environ.pop(name, None)

from browser import Browser  # noqa: E402
from docket import TOKEN, Docket, eventually, run  # noqa: E402

TURNS = 5
PAGES = [
    "/search?from=now-7d&to=now", "/search?from=now-31d&to=now&by=event.action", "/sessions?from=now-7d&to=now",
    "/people?from=now-31d&to=now", "/inventory?from=now-31d&to=now", "/cost?from=now-31d&to=now", "/fleet?from=now-31d&to=now",
    "/integrity?from=now-31d&to=now",
]


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        data = Path(sys.argv[2]) if len(sys.argv) > 2 else None
        # What the server compares by itself must not stand beside the pages.
        with Docket(folder / "server", settings="integrity:\n  interval: 0s\n", data=data) as docket:
            if data is None:
                told = run(
                    "simulate", "organization", "--people", "60", "--days", "7", "--seed", "7", "--otlp", docket.http,
                    timeout=600,
                )
                assert told.returncode == 0, told.stderr
                eventually(lambda: docket.is_ready(), "all is searchable")
            browser = Browser(folder)
            try:
                measure(docket, browser)
            finally:
                browser.end()


def measure(docket, browser):
    browser.open(f"{docket.console}/sign-in")
    for details in browser.all("details:not([open]) > summary"):
        details.click()
    browser.find("#token").type(TOKEN)
    browser.press("enter")
    eventually(lambda: "/sign-in" not in browser.address, "signed in")
    dashboards = sorted(set(re.findall(r"/dashboards/[a-z-]+", browser.script(
        "return fetch('/dashboards').then(answer => answer.text())"))))
    print(f"{docket.count():,} events")
    print(f"{'page':52} {'requests':>8} {'KiB':>6} {'paint':>7} {'scripts':>8} {'whole':>7}")
    browser.protocol("Performance.enable")
    for page in sys.argv[3:] or PAGES + [f"{one}?from=now-31d&to=now" for one in dashboards]:
        rows = [one(docket, browser, page) for _ in range(TURNS)]
        requests, size, paint, scripts, whole = (statistics.median(row[place] for row in rows) for place in range(5))
        print(f"{page:52} {requests:8.0f} {size / 1024:6.0f} {paint:5.0f}ms {scripts:6.0f}ms {whole:5.0f}ms")


def one(docket, browser, page):
    before = scripts(browser)
    browser.open(docket.console + page)
    found = browser.script("""
        const page = performance.getEntriesByType('navigation')[0];
        const files = performance.getEntriesByType('resource');
        const paint = performance.getEntriesByName('first-contentful-paint')[0];
        return [files.length + 1, page.encodedBodySize + files.reduce((sum, one) => sum + one.encodedBodySize, 0),
                paint ? paint.startTime : -1, page.loadEventEnd];
    """)
    after = scripts(browser)
    # The counter starts anew with a page of another process.
    return [found[0], found[1], found[2], (after - before if after >= before else after) * 1000, found[3]]


def scripts(browser):
    metrics = browser.protocol("Performance.getMetrics")["metrics"]
    return next(metric["value"] for metric in metrics if metric["name"] == "ScriptDuration")


main()
