"""The generated C on this computer: compiled with what compiler there is, and run."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from pnas_kit.deploy.c import zig

COMPILERS = ("cc", "gcc", "clang")
SUFFIX = {"win32": ".dll", "darwin": ".dylib"}
MISSING = (
    "there is no C compiler here: install gcc or clang, or run `pip install ziglang`, which brings one. "
    "Everything else in the lesson works without it"
)


class CompilerMissing(RuntimeError):
    """No C compiler on this computer; the text says what to install."""


def compiler() -> list[str]:
    """The command of a C compiler.

    Raises:
        CompilerMissing: there is none.
    """
    if found := next(filter(None, map(shutil.which, COMPILERS)), None):
        return [found]
    if zig.installed():
        return [sys.executable, "-m", "ziglang", "cc"]
    raise CompilerMissing(MISSING)


def run_here(files: Mapping[str, str], inputs: np.ndarray, outputs: int) -> np.ndarray:
    """What the C answers, int8 ``(count, outputs)``.

    It runs in a process of its own, so that C gone wrong does not take the notebook with it.

    Args:
        files: of `pnas_kit.deploy.c.generate`, by name.
        inputs: int8 ``(count, height, width, channels)``.
        outputs: bytes of an answer.

    Raises:
        CompilerMissing: there is no compiler.
        RuntimeError: the C does not compile, or crashes.
    """
    command = compiler()
    with tempfile.TemporaryDirectory(prefix="pnas-") as place:
        folder = Path(place)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        library = folder / f"nn{SUFFIX.get(sys.platform, '.so')}"
        position = [] if sys.platform == "win32" else ["-fPIC"]
        _call([*command, "-std=c99", "-O1", "-shared", *position, folder / "nn.c", "-o", library])
        np.save(folder / "inputs.npy", np.ascontiguousarray(inputs))
        _call([sys.executable, "-m", __spec__.name, library, folder / "inputs.npy", outputs, folder / "outputs.npy"])
        return np.load(folder / "outputs.npy")


def _call(command: list) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{Path(str(command[0])).name} ended with {done.returncode}: {done.stderr.strip()[-500:]}")


def _answers(library: str, inputs: np.ndarray, outputs: int) -> np.ndarray:
    """Runs a compiled network on every input, in this process."""
    net = ctypes.CDLL(library)
    net.nn_input.restype = net.nn_output.restype = ctypes.c_void_p
    net.nn_init()
    found = np.empty((len(inputs), outputs), np.int8)
    for sample, answer in zip(inputs, found, strict=True):
        ctypes.memmove(net.nn_input(), sample.ctypes.data, sample.nbytes)
        net.nn_run()
        ctypes.memmove(answer.ctypes.data, net.nn_output(), outputs)
    return found


if __name__ == "__main__":
    np.save(sys.argv[4], _answers(sys.argv[1], np.load(sys.argv[2]), int(sys.argv[3])))
