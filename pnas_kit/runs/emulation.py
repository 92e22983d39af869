"""A prototype's run on an emulated board: a small detached job, `python -m pnas_kit emulate RUN NUMBER`.

It writes `emulating.json` while it works and `emulated.json` at its end; who looks at the run reads only these. It builds in
`emulating`, a folder that goes with it.
"""

from __future__ import annotations

import contextlib
import shutil
import time
import traceback
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from .folder import read_json, write_json
from .process import end, is_alive, launch
from .queue import Place

if TYPE_CHECKING:
    from .run import Run

GOING, DONE, LOG, PLACE = "emulating.json", "emulated.json", "emulate.log", "emulating"


@dataclass(frozen=True, kw_only=True)
class Emulation:
    """How a prototype's run on an emulated board stands.

    Attributes:
        state: "running", "done", "stopped", "failed" (an error was recorded) or "crashed" (the job is gone without a word).
        message, share: what is being done, and how much of it, 0 to 1.
        error: what went wrong and what to do, in words.
        pid, started: of the job.
        how, machine, core: what ran it: "qemu" or "unicorn", the emulated board, its core.
        tests, bytes, different: test inputs, output bytes over all of them, and how many were not as expected.
        instructions: of one inference.
        code_bytes, ram_bytes: of the image.
        seconds: that the run took on this computer.
    """

    state: str = "running"
    message: str = ""
    share: float = 0.0
    error: str | None = None
    pid: int | None = None
    started: float = 0.0
    how: str = ""
    machine: str = ""
    core: str = ""
    tests: int = 0
    bytes: int = 0
    different: int = 0
    instructions: int = 0
    code_bytes: int = 0
    ram_bytes: int = 0
    seconds: float = 0.0


def start(run: Run, number: int) -> None:
    """Start the job for a prototype; the caller has looked that none is going on."""
    folder = run.prototype(number)
    _tidy(folder)
    write_json(folder / GOING, asdict(Emulation(message="starting", started=time.time())))
    try:
        pid = launch(folder / LOG, "emulate", str(run.path), str(number))
    except OSError:
        (folder / GOING).unlink()
        raise
    known = read_json(folder / GOING)
    if known and known["pid"] is None:  # the job has not spoken yet: from now on it can be stopped nevertheless
        with contextlib.suppress(psutil.NoSuchProcess):
            write_json(folder / GOING, known | {"pid": pid, "started": psutil.Process(pid).create_time()})


def stop(folder: Path) -> None:
    """End the job in a prototype's folder, with the compiler or emulator that it started; nothing where none is going on."""
    found = read(folder)
    if found is None or found.state != "running":
        return
    end(found.pid, found.started)
    if (folder / GOING).exists():  # else it was done just before
        write_json(folder / GOING, asdict(replace(found, state="stopped", message="", pid=None)))
    _tidy(folder)


def _tidy(folder: Path) -> None:
    """Remove what an ended job left half-made."""
    shutil.rmtree(folder / PLACE, ignore_errors=True)
    for draft in folder.glob("emulat*.draft"):
        draft.unlink(missing_ok=True)


def read(folder: Path) -> Emulation | None:
    """How it stands in a prototype's folder; None where nobody asked for it."""
    # The result is written before the progress file goes: seen in the other order there would be a moment with neither.
    going = read_json(folder / GOING)
    if going is None:
        done = read_json(folder / DONE)
        return None if done is None else Emulation(**done)
    found = Emulation(**going)
    if found.state == "running" and not is_alive(found.pid, found.started):
        words = f"the job ended without a word; its last ones are in prototypes/{folder.name}/{LOG}. Run it again"
        return Emulation(**{**going, "state": "crashed", "error": words})
    return found


def work(run: Run, number: int) -> int:
    """Do the job; returns the process's exit code."""
    folder, me = run.prototype(number), psutil.Process()
    me_fields = {"pid": me.pid, "started": me.create_time()}

    def tell(message: str = "", share: float = 0.0, **more: object) -> None:
        write_json(folder / GOING, asdict(Emulation(message=message, share=share, **me_fields, **more)))

    try:
        with Place(run.path, f"emulate {number}") as place:
            for words in place.wait():
                tell(words)
            tell("reading the network")
            done = _emulate(run, number, tell)
    except Exception as error:
        traceback.print_exc()
        tell(state="failed", error=in_words(error))
        return 1
    finally:
        shutil.rmtree(folder / PLACE, ignore_errors=True)
    write_json(folder / DONE, asdict(done))
    (folder / GOING).unlink()
    return 0


def in_words(error: Exception) -> str:
    """What went wrong and what to do."""
    if isinstance(error, OSError) and error.strerror:
        where = f" at {Path(error.filename).name}" if isinstance(error.filename, str) else ""
        return f"the disk refused to work ({error.strerror}{where}): free some space or allow writing, then run it again"
    return f"{error}" or type(error).__name__


def _emulate(run: Run, number: int, tell) -> Emulation:
    from pnas_kit.deploy.emulate import emulate
    from pnas_kit.deploy.stored import load, load_tests

    model = load(run.file(number, "quant.npz"))
    inputs, outputs = load_tests(run.file(number, "tests.npz"), model)
    place = run.prototype(number) / PLACE
    place.mkdir(exist_ok=True)
    found = emulate(model, inputs, run.problem.board, expected=outputs, progress=tell, folder=place)
    names = ("how", "machine", "core", "tests", "different", "instructions", "code_bytes", "ram_bytes", "seconds")
    return Emulation(state="done", share=1.0, bytes=int(outputs.size), **{name: getattr(found, name) for name in names})
