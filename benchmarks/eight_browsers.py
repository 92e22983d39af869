"""Several people at once: how long until every page is usable, and does a reload lose a run?

    python benchmarks/eight_browsers.py --browsers 8 --trials 40

Serves the workbench as for a class, on loopback, and opens it in so many browsers at the same moment (Chromium by
Playwright, a context each, so no cache or cookie is shared). Each starts a small search, reloads its page while the search
waits or works, and must find its own run again; at the end every run must have finished. Browsers and server share this
computer's cores.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psutil
from playwright.async_api import Browser, Page, async_playwright

from pnas_kit.runs import Run
from pnas_kit.runs.overview import end_all, rows
from pnas_kit.runs.quota import cores

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from served import FLAGS, Served, chromium_path

PATIENCE_MS = 600_000
USABLE = '.pn-task [data-action="board"][aria-checked="true"]'


@dataclass
class Visit:
    """What one person saw; times in seconds since their browser asked for the page."""

    usable: float = 0.0
    back: float = 0.0
    run: str = ""
    run_after: str = ""
    queue: list[str] = field(default_factory=list)


def app(address: str) -> str:
    """The workbench's own page."""
    return address.replace("/?", "/voila/render/workbench.ipynb?")


async def press(page: Page, step: str) -> None:
    """Go to a step."""
    await page.click(f'[data-action="step"][data-key="{step}"]')


async def visit(browser: Browser, address: str, trials: int) -> Visit:
    """One person's way: open, start a search, reload, look for the run."""
    seen = Visit()
    context = await browser.new_context(viewport={"width": 1280, "height": 720})
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    start = time.monotonic()
    await page.goto(app(address), timeout=PATIENCE_MS)
    await page.wait_for_selector(USABLE)
    seen.usable = time.monotonic() - start
    await press(page, "search")
    field_ = page.locator(".pn-search").get_by_label("Candidates", exact=True)
    await field_.fill(str(trials))
    await field_.press("Tab")
    await page.get_by_role("button", name="Start search").click()
    await page.wait_for_function("new URL(location).searchParams.get('run')")
    seen.run = await page.evaluate("new URL(location).searchParams.get('run')")
    await page.wait_for_selector(".pn-search .pn-progress")
    seen.queue.append((await page.locator(".pn-search .pn-pill").text_content()).strip())
    start = time.monotonic()
    await page.reload()
    # Attached, not visible: a run that is done by now is opened at a later step.
    await page.wait_for_selector(".pn-search .pn-progress", state="attached")
    seen.back = time.monotonic() - start
    seen.run_after = await page.evaluate("new URL(location).searchParams.get('run')")
    seen.queue.append((await page.locator(".pn-search .pn-pill").text_content()).strip())
    return seen


async def all_visits(address: str, count: int, trials: int) -> list[Visit]:
    """So many people at the same moment."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        seen = await asyncio.gather(*(visit(browser, address, trials) for _ in range(count)))
        await browser.close()
    return seen


def memory() -> str:
    """Proportional memory of the server's kernels."""
    family = psutil.Process().children(recursive=True)
    kernels = [process for process in family if any("ipykernel" in part for part in process.cmdline())]
    sizes = [process.memory_full_info().pss / 2**20 for process in kernels]
    return f"{len(kernels)} kernels, median {median(sizes):.0f} MiB each (proportional)"


def finished(root: Path, seconds: float) -> list[Run]:
    """The runs whose search is done, once all are or the time is up."""
    deadline = time.monotonic() + seconds
    while any(row.at_work for row in rows(root)) and time.monotonic() < deadline:
        time.sleep(1)
    return [row.run for row in rows(root) if row.status.state == "done"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--browsers", type=int, default=8)
    parser.add_argument("--trials", type=int, default=40, help="candidates of each search")
    parser.add_argument("--runners", type=int, help="at work at once (half the cores)")
    parser.add_argument("--warm", type=int, help="pages that stand ready (those of a class)")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    before = os.getloadavg()[0]
    asked = {"--runners": options.runners, "--warm": options.warm}
    more = [word for name, value in asked.items() if value for word in (name, str(value))]
    with Served(folder, "--token", *more) as server:
        try:
            idle = memory()
            start = time.monotonic()
            seen = asyncio.run(all_visits(server.url, options.browsers, options.trials))
            taken = time.monotonic() - start
            done = {run.name for run in finished(server.runs, 1200)}
            total = time.monotonic() - start
        finally:
            list(end_all(server.runs))
    usable, back = sorted(one.usable for one in seen), sorted(one.back for one in seen)
    kept = sum(one.run == one.run_after and one.run in done for one in seen)
    print(f"{options.browsers} browsers on {cores()} cores, load {before:.1f} before; in waiting: {idle}")
    print(f"usable after {usable[0]:.1f} to {usable[-1]:.1f} s, median {median(usable):.1f} s")
    again = f"back after a reload {back[0]:.1f} to {back[-1]:.1f} s, median {median(back):.1f} s"
    print(f"{again}; every visit over in {taken:.0f} s")
    print(f"runs found again after the reload and finished: {kept} of {len(seen)}, all done after {total:.0f} s")
    for one in seen:
        print(f"  {one.usable:5.1f} s  {one.back:5.1f} s  {one.run}  {' -> '.join(one.queue)}")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
