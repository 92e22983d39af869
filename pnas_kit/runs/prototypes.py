"""What a run's folder holds of each prototype, by its number."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from pnas_kit.learn.epoch import Epoch

from . import emulation
from .emulation import Emulation, in_words
from .folder import Looks, read_json, read_lines, write_json
from .records import Progress, Result, Status

SKIP = "skip"
"""The file that asks for a prototype to be left out of the training."""
STATE = "state.json"


class RunError(RuntimeError):
    """The run cannot do what was asked; the message says why and what to do."""


class Prototypes:
    """The part of a run that is about its prototypes.

    Attributes:
        path: the run's folder.
        looks: at its files: a page asks four times a second.
    """

    path: Path
    looks: Looks
    picks: list[int]
    status: Status

    def prototype(self, number: int) -> Path:
        """Folder of a prototype's training and files."""
        return self.path / "prototypes" / str(number)

    def epochs(self, number: int) -> list[Epoch]:
        """Epochs of a prototype's training so far."""
        return list(self.looks.at(self.prototype(number) / "epochs.jsonl", _epochs) or ())

    def result(self, number: int) -> Result | None:
        """The verified figures of a prototype; None before they exist."""
        return self.looks.at(self.prototype(number) / "result.json", _result)

    @property
    def verified(self) -> list[int]:
        """Numbers of the prototypes that have a result."""
        return sorted(int(path.parent.name) for path in self.path.glob("prototypes/*/result.json"))

    # ---- its place in the training

    def skip(self, number: int) -> None:
        """Stop training a prototype, or do not begin; the others go on. Its epochs are kept for `unskip`.

        Raises:
            RunError: it is not picked, or verified already.
        """
        if number not in self.picks:
            raise RunError(f"prototype {number} is not picked, so there is no training of it to stop")
        if self.result(number):
            raise RunError(f"prototype {number} is trained and verified already: there is nothing left to stop")
        self.prototype(number).mkdir(parents=True, exist_ok=True)
        (self.prototype(number) / SKIP).touch()

    def unskip(self, number: int) -> None:
        """Put a prototype that was left out back into the queue; where no training goes on, `start` begins one."""
        (self.prototype(number) / SKIP).unlink(missing_ok=True)

    def skipped(self, number: int) -> bool:
        """Whether a prototype is to be left out of the training."""
        return (self.prototype(number) / SKIP).exists()

    def untrained(self) -> list[int]:
        """Picked prototypes without a result that are not left out, in their order in the queue."""
        return [number for number in self.picks if not self.result(number) and not self.skipped(number)]

    def note(self, number: int, state: str, error: str = "") -> None:
        """For the runner: say how a prototype stands, "training" or "failed"; "" for nothing to say."""
        path = self.prototype(number) / STATE
        if state:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_json(path, {"state": state, "error": error})
        else:
            path.unlink(missing_ok=True)

    def progress(self, number: int, status: Status | None = None) -> Progress:
        """How the training of a picked prototype stands.

        Args:
            status: of the run, where the caller has read it already.
        """
        epochs, noted = self.epochs(number), self.looks.at(self.prototype(number) / STATE, read_json) or {}
        status = status or self.status
        working = status.alive and status.phase == "train"
        begun = {"epoch": epochs[-1].number, "total": epochs[-1].total, "removed": epochs[-1].sparsity} if epochs else {}
        if self.result(number):
            return Progress(state="verified", **begun)
        if noted.get("state") == "failed":
            return Progress(state="failed", error=noted["error"], **begun)
        if self.skipped(number) or not working:
            return Progress(state="stopped" if epochs or self.skipped(number) else "new", **begun)
        if noted.get("state") != "training":
            return Progress(state="waiting", **begun)
        ended = epochs and epochs[-1].number == epochs[-1].total
        return Progress(state="quantising" if ended else "training", **begun)

    # ---- its files

    def file(self, number: int, name: str) -> Path:
        """One of a prototype's files: "model.tflite", "model_data.h", "report.html", "firmware.zip", "quant.npz".

        Raises:
            RunError: it does not exist (yet).
        """
        path = self.prototype(number) / name
        refused = self.prototype(number) / "firmware.txt"
        if name == "firmware.zip" and refused.is_file() and not path.is_file():
            raise RunError(f"prototype {number} has no firmware: {refused.read_text(encoding='utf-8')}")
        if not path.is_file():
            raise RunError(f"prototype {number} has no {name} yet: train it first")
        return path

    def delivered(self, number: int, name: str) -> bytes:
        """One of a prototype's files for its user: only as it was written.

        Raises:
            RunError: it does not exist (yet), or was damaged since.
        """
        path, result = self.file(number, name), self.result(number)
        content = path.read_bytes()
        wanted = result.files.get(name) if result else None
        if wanted not in (None, hashlib.sha256(content).hexdigest()):
            raise RunError(f"{name} of prototype {number} was changed or cut short on the disk: train the prototype again")
        return content

    def with_softmax(self, number: int) -> bytes:
        """A classifier's `.tflite` that answers with probabilities, made from the verified one's integer net.

        The classes it gives are compared with those of the verified file on the stored test inputs.

        Raises:
            RunError: there is no integer net (yet), it is a detector's, or the two files disagree.
        """
        from pnas_kit.deploy import Interpreter, with_softmax, write_tflite
        from pnas_kit.deploy.stored import load, load_tests

        net = load(self.file(number, "quant.npz"))
        inputs, logits = load_tests(self.file(number, "tests.npz"), net)
        try:
            made = write_tflite(with_softmax(net))
        except ValueError as error:
            raise RunError(f"prototype {number} has no one output to put a softmax on: {error}") from error
        odds = Interpreter(made).run(inputs)
        chosen = logits.argmax(axis=1)[:, None]
        if (np.take_along_axis(odds, chosen, axis=1)[:, 0] < odds.max(axis=1)).any():
            raise RunError(f"prototype {number} with a softmax gives other classes than without: train the prototype again")
        return made

    # ---- the emulated board

    def emulate(self, number: int) -> None:
        """Run a prototype's generated C on an emulated board, in a process of its own that outlives this one.

        Raises:
            RunError: it is being run already, it has no integer net (yet), or its folder cannot be written.
        """
        found = self.emulation(number)
        if found and found.state == "running":
            raise RunError(
                f"prototype {number} is being run on an emulated board already; wait until it is done, or stop it"
            )
        self.file(number, "quant.npz")
        try:
            emulation.start(self, number)
        except OSError as error:
            raise RunError(f"the run on an emulated board cannot start: {in_words(error)}") from error

    def stop_emulation(self, number: int) -> None:
        """End a run on an emulated board at once; `emulate` starts it anew."""
        emulation.stop(self.prototype(number))

    def emulation(self, number: int) -> Emulation | None:
        """How a prototype's run on an emulated board stands; None where nobody asked for it."""
        return emulation.read(self.prototype(number))


def _epochs(path: Path) -> list[Epoch]:
    return [Epoch(**fields) for fields in read_lines(path)]


def _result(path: Path) -> Result | None:
    try:
        fields = read_json(path)
        return fields and Result(**fields)
    except (ValueError, TypeError) as error:  # cut short, or of another version
        where = f"{path.name} of prototype {path.parent.name} in the run {path.parents[2].name}"
        raise RunError(f"{where} cannot be read: restore it, or remove it and train the prototype again") from error
