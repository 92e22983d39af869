"""Training a prototype on a machine that does not see the run's folder.

The work is cut into steps of a few seconds. A step is sent the files that it goes on from and sends back those that it
wrote, so a lost worker costs a step, and stop, pause and resume are what they are at home.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from pnas_kit.search import Candidate, Cluster

from .folder import write_bytes
from .large import ANSWERS
from .prototype import CHECKPOINT, DIED, make_prototype
from .run import Run

STEP_SECONDS = 10.0
GOES_OUT = (CHECKPOINT, DIED, "epochs.jsonl")
SETTINGS = ("config.json", "card.json", "versions.json", ANSWERS)


def make_away(run: Run, candidate: Candidate, cluster: Cluster) -> None:
    """Have a prototype made by the workers of a cluster, until its result is in the run's folder or it is to be left out."""
    folder = run.prototype(candidate.number)
    folder.mkdir(parents=True, exist_ok=True)
    settings = _read(run.path, SETTINGS)
    while run.result(candidate.number) is None and not run.skipped(candidate.number):
        run.wait_while_paused()
        step = cluster.submit(_step, run.name, settings, candidate, _read(folder, GOES_OUT), STEP_SECONDS)
        _write(folder, cluster.result(step))


def _step(name: str, settings: dict[str, bytes], candidate: Candidate, files: dict[str, bytes], seconds: float) -> dict:
    """On a worker: go on with a prototype for some seconds; the files that are new then."""
    with tempfile.TemporaryDirectory() as root:
        path = Path(root) / name
        path.mkdir()
        _write(path, settings)
        folder = Run(path).prototype(candidate.number)
        folder.mkdir(parents=True)
        _write(folder, files)
        make_prototype(str(path), candidate, seconds)
        made = _read(folder, [file.name for file in folder.iterdir()])
    return {name: content for name, content in made.items() if content != files.get(name)}


def _read(folder: Path, names: list[str] | tuple[str, ...]) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in names if (folder / name).exists()}


def _write(folder: Path, files: dict[str, bytes]) -> None:
    """The log before the checkpoint, as at home, and the result last: where it is, everything is."""
    for name in sorted(files, key=lambda name: (name == "result.json", name == CHECKPOINT, name)):
        write_bytes(folder / Path(name).name, files[name])
