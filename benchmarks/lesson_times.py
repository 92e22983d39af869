"""What the lessons ask of the computer: each executed from its first cell to its last, with its full parameters.

    python benchmarks/lesson_times.py        # all six
    python benchmarks/lesson_times.py 2 5    # these

Wall time and processor time of each, kernel's start included, on as many cores as a lesson is promised to need; the most
memory its kernel had (of Linux, in KiB there); its slowest cell; and the load of the machine, for on a busy one wall time
is an upper bound.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
CORES, MOST_SECONDS = 2, 300
PEAK = "import resource\nprint(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"


def main(wanted: list[int]) -> int:
    """Print a line for each lesson and return how many took longer than they may."""
    if hasattr(psutil.Process, "cpu_affinity"):  # not on macOS
        psutil.Process().cpu_affinity(psutil.Process().cpu_affinity()[:CORES])  # the kernels inherit it
    os.environ.pop("PNAS_LESSON_SMALL", None)
    late = 0
    for path in sorted(NOTEBOOKS.glob("lesson_*.ipynb")):
        if not wanted or int(path.stem.split("_")[1]) in wanted:
            late += _execute(path) > MOST_SECONDS
    return late


def _execute(path: Path) -> float:
    notebook = nbformat.read(path, 4)
    notebook.cells.append(nbformat.v4.new_code_cell(PEAK))
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PNAS_RUNS"] = folder
        before, start = _processor(), time.perf_counter()
        NotebookClient(notebook, timeout=2 * MOST_SECONDS, resources={"metadata": {"path": folder}}).execute()
        wall = time.perf_counter() - start
    took, source = max((_seconds(cell), cell.source) for cell in notebook.cells if cell.cell_type == "code")
    print(
        f"{path.stem}: {wall:.0f} s, {_processor() - before:.0f} s of processor time, load {os.getloadavg()[0]:.1f}; "
        f"{notebook.cells[-1].outputs[0].text.strip()} MiB; slowest cell {took:.0f} s: {source.splitlines()[0]}",
        flush=True,
    )
    return wall


def _processor() -> float:
    """Processor time of all children that have ended."""
    seen = os.times()
    return seen.children_user + seen.children_system


def _seconds(cell: nbformat.NotebookNode) -> float:
    """How long a cell took, by what its kernel said."""
    seen = cell.metadata.get("execution", {})
    if "shell.execute_reply" not in seen:
        return 0.0
    begun, ended = (datetime.fromisoformat(seen[name]) for name in ("iopub.execute_input", "shell.execute_reply"))
    return (ended - begun).total_seconds()


if __name__ == "__main__":
    sys.exit(main([int(word) for word in sys.argv[1:]]))
