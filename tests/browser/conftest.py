import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from served import Served, chromium

OURS = re.compile(r"(?:https?|wss?)://localhost[:/]|data:|blob:")

LATE_FRAMES = """
requestAnimationFrame = (draw) => setTimeout(() => draw(performance.now()), %f);
cancelAnimationFrame = clearTimeout;
"""


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """One server for each file of tests: a page opens the newest run at work, whoever began it."""
    made = Served(tmp_path_factory.mktemp("served"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def browser():
    try:
        with chromium() as found:
            expect.set_options(timeout=30_000)  # as long as a page waits for anything else
            yield found
    except FileNotFoundError as error:
        if os.environ.get("PNAS_REQUIRE_BROWSER") == "1":
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture
def page(browser):
    """A page that collects what went wrong on it and what it asked of other servers; both have to stay empty.

    PNAS_SLOWER=6 makes it six times slower than the machine, and late to draw: a test that only passes on a fast one
    shows itself.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 720}, accept_downloads=True)
    made = context.new_page()
    made.problems, made.foreign = [], []
    if slower := os.environ.get("PNAS_SLOWER"):
        context.new_cdp_session(made).send("Emulation.setCPUThrottlingRate", {"rate": float(slower)})
        made.add_init_script(LATE_FRAMES % (20 * float(slower)))
    made.on("console", lambda message: made.problems.append(message.text) if message.type == "error" else None)
    made.on("pageerror", lambda error: made.problems.append(str(error)))
    made.on("request", lambda request: None if OURS.match(request.url) else made.foreign.append(request.url))
    yield made
    context.close()


@pytest.fixture
def shot(tmp_path_factory):
    """Takes a picture of a page into PNAS_SHOTS, or into a temporary folder."""
    folder = Path(os.environ.get("PNAS_SHOTS") or tmp_path_factory.mktemp("shots"))
    folder.mkdir(parents=True, exist_ok=True)
    return lambda page, name: page.screenshot(path=folder / f"{name}.png")
