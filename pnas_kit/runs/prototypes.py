"""What a run's folder holds of each prototype, by its number."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pnas_kit.learn.epoch import Epoch

from . import emulation
from .emulation import Emulation, in_words
from .folder import read_json, read_lines
from .records import Result


class RunError(RuntimeError):
    """The run cannot do what was asked; the message says why and what to do."""


class Prototypes:
    """The part of a run that is about its prototypes.

    Attributes:
        path: the run's folder.
    """

    path: Path

    def prototype(self, number: int) -> Path:
        """Folder of a prototype's training and files."""
        return self.path / "prototypes" / str(number)

    def epochs(self, number: int) -> list[Epoch]:
        """Epochs of a prototype's training so far."""
        return [Epoch(**fields) for fields in read_lines(self.prototype(number) / "epochs.jsonl")]

    def result(self, number: int) -> Result | None:
        """The verified figures of a prototype; None before they exist."""
        fields = read_json(self.prototype(number) / "result.json")
        return fields and Result(**fields)

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
