"""A served workbench and a page of it in headless Chromium, for the commands here that look at it from outside."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu"]


@contextmanager
def served(runs: Path, *options: str) -> Iterator[str]:
    """Serve the workbench over a folder of runs; yields the landing page's address. Ends the server and its kernels."""
    env = {**os.environ, "PNAS_RUNS": str(runs), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "widgets.serve", *options]
    server = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    try:
        yield next(line.split()[-1] for line in server.stdout if "Workbench ready" in line)
    finally:
        kernels = psutil.Process(server.pid).children(recursive=True)
        server.terminate()
        server.wait(20)
        for kernel in kernels:  # those still waiting for a visitor
            if kernel.is_running():
                kernel.kill()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, headless.

    Raises:
        FileNotFoundError: there is none.
    """
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        raise FileNotFoundError(f"no Chromium found: install it or set CHROMIUM to its path (looked for {', '.join(NAMES)})")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
