"""A served workbench and a page of it in headless Chromium, for the commands here that look at it from outside."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@contextmanager
def served(runs: Path, *options: str) -> Iterator[str]:
    """Serve the workbench over a folder of runs; yields the landing page's address. Ends the server and its kernels.

    Args:
        options: of `widgets.serve`.

    Raises:
        RuntimeError: the server ended before it was ready; the text is what it said.
    """
    env = {**os.environ, "PNAS_RUNS": str(runs), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "widgets.serve", *options]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "serve.log"  # a pipe that nobody reads would stop the server once it is full
        with log.open("w") as out:
            server = subprocess.Popen(command, env=env, stdout=out, stderr=subprocess.STDOUT)
        try:
            yield _address(server, log)
        finally:
            _end(server)


def _address(server: subprocess.Popen, log: Path) -> str:
    while not (found := re.search(r"Workbench ready: (\S+)\n", log.read_text())):
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with {server.returncode}: {log.read_text()}")
        time.sleep(0.1)
    return found[1]


def _end(server: subprocess.Popen) -> None:
    if server.poll() is not None:
        return
    kernels = psutil.Process(server.pid).children(recursive=True)
    server.terminate()
    server.wait(30)
    for kernel in kernels:  # those still waiting for a visitor
        if kernel.is_running():
            kernel.kill()


def chromium_path() -> str:
    """The system's Chromium, or the one that CHROMIUM names.

    Raises:
        FileNotFoundError: there is none.
    """
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        raise FileNotFoundError(f"no Chromium found: install it or set CHROMIUM to its path (looked for {', '.join(NAMES)})")
    return path


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, headless.

    Raises:
        FileNotFoundError: there is none.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        browser.close()
