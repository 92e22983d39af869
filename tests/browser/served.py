import os
import re
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

# The dark theme changes what is seen, which is for who looks at the pictures; its contrasts are checked with axe.
THEMES = pytest.mark.parametrize("theme", ["light", "dark"] if os.environ.get("PNAS_SHOTS") else ["light"])
ROOT = Path(__file__).resolve().parents[2]
# Tests run side by side: each worker looks for a free port from another number on.
PORT = 8870 + 20 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))

TWICE = {"width": 640, "height": 360}
"""What 200 % of 1280x720 leaves of the page's own pixels."""
CUT = """table => [...table.querySelectorAll("th, td, .pn-pill, button")].filter(
    part => part.offsetParent && !part.closest("thead") && (
        part.getBoundingClientRect().right > table.parentElement.getBoundingClientRect().right + 1
        || part.scrollWidth > part.clientWidth + 1)).map(part => part.outerHTML.slice(0, 120))"""
"""The parts of a table that are cut off or reach beyond the box around it."""


def is_kernel(process):
    try:
        return any("ipykernel" in part for part in process.cmdline())
    except psutil.NoSuchProcess:  # it has ended, perhaps just now
        return False


class Served:
    """A served workbench: its process, address and folder of runs."""

    def __init__(self, folder, *options):
        self.runs, self.log = folder / "runs", folder / "serve.log"
        env = {**os.environ, "PNAS_RUNS": str(self.runs), "PYTHONUNBUFFERED": "1"}
        with self.log.open("w") as log:
            command = [sys.executable, "-m", "widgets.serve", "--port", str(PORT), *options]
            self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT)
        self.started = psutil.Process(self.process.pid).create_time()
        self.url = self._wait(180)

    def _wait(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            if found := re.search(r"Workbench ready: (\S+)", self.log.read_text()):
                return found[1]
            time.sleep(0.1)
        raise RuntimeError(f"the server did not come up:\n{self.log.read_text()}")

    @property
    def app(self):
        return f"{self.url.split('?')[0]}voila/render/workbench.ipynb"

    def kernels(self):
        """Processes of kernels, those in waiting included."""
        return [child for child in psutil.Process(self.process.pid).children(recursive=True) if is_kernel(child)]

    def close(self):
        self.process.terminate()
        self.process.wait(20)
