"""A workbench served on loopback and a headless Chromium, for tests and benchmarks that look at it from outside."""

import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import psutil
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
# Tests run side by side: each worker looks for a free port from another number on.
PORT = 8870 + 20 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",  # it may be root in a container who looks
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path():
    """The system's Chromium, or the one that CHROMIUM names.

    Raises:
        FileNotFoundError: there is none.
    """
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        raise FileNotFoundError(f"no Chromium found: install it or set CHROMIUM to its path (looked for {', '.join(NAMES)})")
    return path


@contextmanager
def chromium():
    """That Chromium, headless.

    Raises:
        FileNotFoundError: there is none.
    """
    path = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def is_kernel(process):
    try:
        return any("ipykernel" in part for part in process.cmdline())
    except psutil.NoSuchProcess:  # it has ended, perhaps just now
        return False


class Served:
    """A served workbench, which ends with its `with`: its process, address, log and folder of runs.

    Args:
        folder: where the log is written.
        options: of `widgets.serve`.
        runs: folder of runs; else `runs` in the folder.

    Raises:
        RuntimeError: the server did not come up; the text is what it said.
    """

    def __init__(self, folder, *options, runs=None):
        self.runs, self.log = runs or folder / "runs", folder / "serve.log"
        env = {**os.environ, "PNAS_RUNS": str(self.runs), "PYTHONUNBUFFERED": "1"}
        with self.log.open("w") as log:  # a pipe that nobody reads would stop the server once it is full
            command = [sys.executable, "-m", "widgets.serve", "--port", str(PORT), *options]
            self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT)
        self.started = psutil.Process(self.process.pid).create_time()
        self.url = self._wait(180)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _wait(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            if found := re.search(r"Workbench ready: (\S+)\n", self.log.read_text()):
                return found[1]
            time.sleep(0.1)
        raise RuntimeError(f"the server did not come up:\n{self.log.read_text()}")

    @property
    def app(self):
        """Address of the workbench's own page, without a token."""
        return f"{self.url.partition('?')[0]}voila/render/workbench.ipynb"

    def kernels(self):
        """Processes of kernels, those in waiting included."""
        return [child for child in psutil.Process(self.process.pid).children(recursive=True) if is_kernel(child)]

    def close(self):
        kernels = self.kernels() if self.process.poll() is None else []
        self.process.terminate()
        self.process.wait(30)
        for kernel in kernels:  # those still waiting for a visitor
            if kernel.is_running():
                kernel.kill()
