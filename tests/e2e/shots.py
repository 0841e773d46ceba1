"""Take screenshots of every page, light, dark and narrow, and fail on any console error.

python tests/e2e/shots.py http://127.0.0.1:8029 admin PASSWORD folder
"""

import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip
LOOKS = {"light": (1440, 900, "light"), "dark": (1440, 900, "dark"), "phone": (390, 844, "light")}


def log_in(page: Page, base: str, username: str, password: str) -> None:
    page.goto(f"{base}/login/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", password)
    page.click("main button")
    page.wait_for_load_state()


def shoot(browser: Browser, base: str, username: str, password: str, folder: Path, look: str) -> list[str]:
    """Go through the pages in one look; return what the console complained of."""
    width, height, scheme = LOOKS[look]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console", lambda line: complaints.append(f"{look} {page.url} {line.text}") if line.type == "error" else None
    )
    page.on("pageerror", lambda error: complaints.append(f"{look} {page.url} {error}"))

    def take(name: str, *, whole: bool = False) -> None:
        page.wait_for_timeout(250)
        page.screenshot(path=folder / f"{name}-{look}.png", full_page=whole)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            complaints.append(f"{look} {page.url} scrolls sideways")

    page.goto(f"{base}/login/")
    take("login")
    log_in(page, base, username, password)
    for key in ("24h", "7d", "30d", "90d"):
        page.goto(f"{base}/?range={key}")
        take(f"overview-{key}", whole=True)
    if page.locator(".mark").count():
        page.locator(".mark").last.focus()
        page.keyboard.press("ArrowLeft")
        take("overview-pointed")
    page.goto(f"{base}/users/")
    take("users")
    if page.locator(".row-link").count():
        page.goto(base + str(page.locator(".row-link").last.get_attribute("href")))
        take("user", whole=True)
    page.goto(f"{base}/sessions/")
    take("sessions")
    links = {row.inner_text(): row.get_attribute("href") for row in page.locator(".row-link").all()}
    for name, words in {"session": "rounding", "session-parts": "picture", "session-failing": "Migrate"}.items():
        if address := next((href for text, href in links.items() if words in text or words in text.lower()), None):
            page.goto(base + address)
            take(name)
            take(f"{name}-whole", whole=True)
    page.goto(f"{base}{next((href for text, href in links.items() if 'rounding' in text), next(iter(links.values())))}")
    if page.locator(".choose").count():
        show_tasks(page)
        page.locator(".choose").first.click()
        take("session-chosen")
        show_tasks(page)
        page.locator(".card-foot a").first.click()
        page.wait_for_selector("dialog[open]")
        take("task-dialog")
        page.keyboard.press("Escape")
    page.goto(f"{base}/tasks/")
    take("tasks")
    page.goto(f"{base}/tasks/?view=board")
    take("tasks-board")
    page.goto(f"{base}/tasks/?status=failed")
    take("tasks-failed")
    if page.locator(".row-link").count():
        page.goto(base + str(page.locator(".row-link").first.get_attribute("href")))
        take("task", whole=True)
    for name, address in {"connect": "/connect/", "missing": "/nothing/", "admin": "/admin/"}.items():
        page.goto(base + address)
        take(name)
    shoot_ledger(page, base, take)
    shoot_settings(page, base, take)
    context.close()
    return [line for line in complaints if "404" not in line]


def show_tasks(page: Page) -> None:
    """A narrow screen shows one pane of a session at a time."""
    if page.locator(".pane-choice").is_visible():
        page.locator(".pane-choice [value=tasks]").check(force=True)


def shoot_ledger(page: Page, base: str, take: Callable[..., None]) -> None:
    """The list of runs, and one run of each result."""
    page.goto(f"{base}/runs/")
    take("runs")
    take("runs-whole", whole=True)
    for status in ("ok", "partial", "failed"):
        page.goto(f"{base}/runs/?status={status}")
        if page.locator(".row-link").count():
            page.goto(base + str(page.locator(".row-link").first.get_attribute("href")))
            for part in page.locator("details.raw").all():
                part.evaluate("part => { part.open = true }")
            take(f"run-{status}", whole=True)


def shoot_settings(page: Page, base: str, take: Callable[..., None]) -> None:
    """Every tab of the settings, with something unfolded where there is something."""
    for tab in ("", "llm/", "keys/", "people/", "project/?days=1"):
        page.goto(f"{base}/settings/{tab}")
        if page.locator(".row-more").count():
            page.locator(".row-more summary").first.click()
        take(f"settings-{tab.partition('/')[0] or 'extraction'}", whole=True)


def main() -> int:
    base, username, password, folder = sys.argv[1:5]
    Path(folder).mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        complaints = [line for look in LOOKS for line in shoot(browser, base, username, password, Path(folder), look)]
        browser.close()
    print("\n".join(complaints) or "no console errors")
    return bool(complaints)


if __name__ == "__main__":
    sys.exit(main())
