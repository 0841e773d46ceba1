"""Load pages in Chromium with an empty cache: until the first row is there, and what came over the wire."""

import http.client
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PORT, LOADS = 18_120, 9
# What a person waits for on each page.
FIRST = {
    "overview 90d": ".tile-value",
    "overview 7d": ".tile-value",
    "sessions": "[data-list=sessions] tbody tr",
    "session of 50 messages": "#m1",
    "session of 5,000 messages": "#m1",
    "tasks": "[data-list=tasks] tbody tr",
    "task": "main h1",
    "users": "[data-list=users] tbody tr",
    "runs": "[data-list=runs] tbody tr",
    "search, the": ".hit",
    "search, Chinese": ".hit",
}
BUDGET_MS, BUDGET_KB = 300, 150
# When the first row was painted, as the browser itself says of elements that ask for it; and when two frames more had
# begun, which includes whatever the scripts did in between.
WATCH = """
new MutationObserver(() => {
  const row = document.querySelector(%r);
  if (!row) return;
  // The parser may stop for a while inside of the row, whose words then come with a later change.
  for (const part of [row, ...row.querySelectorAll("*")]) part.setAttribute("elementtiming", "row");
  if (window.isThere) return;
  window.isThere = true;
  requestAnimationFrame(() => requestAnimationFrame(() => { window.settled = performance.now(); }));
}).observe(document, {childList: true, subtree: true});
new PerformanceObserver((list) => {
  for (const { renderTime } of list.getEntries()) window.painted = Math.min(window.painted ?? Infinity, renderTime);
}).observe({type: "element", buffered: true});
"""
SENT = """performance.getEntriesByType("navigation").concat(performance.getEntriesByType("resource"))
  .reduce((sum, entry) => sum + entry.transferSize, 0)"""


def main(name: str, password: str, addresses: dict[str, str]) -> None:
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        sys.exit("no Chromium here: BROWSER=0 leaves this out")
    # In a process of its own: this one has made do with plain names of static files.
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(collect, cwd=ROOT, check=True)
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(PORT), "--workers", "1"]
    command += ["--blocking-threads", "4", "--log-level", "error", "acontext_site.wsgi:application"]
    server = subprocess.Popen(command, cwd=ROOT)
    try:
        wait_for(PORT)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            report(browser, name, password, {page: addresses[page] for page in FIRST if page in addresses})
            browser.close()
    finally:
        server.terminate()
        server.wait()


def wait_for(port: int) -> None:
    for _ in range(100):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/login/")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    sys.exit(f"the server on port {port} does not answer")


def report(browser: object, name: str, password: str, addresses: dict[str, str]) -> None:
    context = browser.new_context(base_url=f"http://127.0.0.1:{PORT}")
    page = context.new_page()
    page.goto("/login/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", password)
    page.click("main button")
    page.wait_for_url(lambda url: "/login/" not in url)
    state = context.storage_state()
    context.close()
    rows = {
        each: [load(browser, state, each, address) for _ in range(LOADS + 1)][1:] for each, address in addresses.items()
    }
    print(f"\nChromium, empty cache, medians of {LOADS} loads; budget {BUDGET_MS} ms and {BUDGET_KB} kB.\n")
    print("| page | first row painted, ms | best | two frames later | kB over the wire |\n|---|---|---|---|---|")
    for each, found in rows.items():
        painted, settled, sizes = zip(*found, strict=True)
        median, size = statistics.median(painted), statistics.median(sizes) / 1000
        over = " **over**" if median > BUDGET_MS or size > BUDGET_KB else ""
        print(f"| {each} | {median:.0f} | {min(painted):.0f} | {statistics.median(settled):.0f} | {size:.0f}{over} |")


def load(browser: object, state: object, name: str, address: str) -> tuple[float, float, float]:
    """Open a page in a browser that has seen nothing but the login; return ms to its first row, twice, and bytes."""
    context = browser.new_context(base_url=f"http://127.0.0.1:{PORT}", storage_state=state)
    page = context.new_page()
    page.add_init_script(WATCH % FIRST[name])
    page.goto(address, wait_until="load")
    page.wait_for_function("() => window.painted && window.settled")
    found = page.evaluate("window.painted"), page.evaluate("window.settled"), page.evaluate(SENT)
    context.close()
    return found
