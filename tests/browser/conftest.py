import os
import re
import shutil
from pathlib import Path

import pytest
from served import Served

FLAGS = [
    "--no-sandbox",  # tests may run as root in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
OURS = re.compile(r"(?:https?|wss?)://localhost[:/]|data:|blob:")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def chromium_path():
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """One server for each file of tests: a page opens the newest run at work, whoever began it."""
    made = Served(tmp_path_factory.mktemp("served"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def chromium():
    path = chromium_path()
    if path is None:
        reason = f"no Chromium found: install it or set CHROMIUM to its path (looked for {', '.join(NAMES)})"
        if os.environ.get("PNAS_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)  # as long as a page waits for anything else

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    """A page that collects what went wrong on it and what it asked of other servers; both have to stay empty."""
    context = chromium.new_context(viewport={"width": 1280, "height": 720}, accept_downloads=True)
    made = context.new_page()
    made.problems, made.foreign = [], []
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
