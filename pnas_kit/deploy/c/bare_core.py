"""Runs an image on a core without a board: Unicorn's, in a process of its own that gets the image and the inputs."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from .link import STACK_BYTES, EmulatorError, ToolMissing
from .zig import FlashImage

PROGRAM = Path(__file__).with_name("core_process.py")
CALL_SECONDS = 120.0
"""How long one call of the net's may take."""


def installed() -> bool:
    """Whether the unicorn package is there; it is not loaded here, see `core_process.py`."""
    return importlib.util.find_spec("unicorn") is not None


def run(
    image: FlashImage, core: str, x: np.ndarray, sizes: Sequence[int], progress: Callable[[float], None] | None = None
) -> tuple[np.ndarray, int]:
    """int8 outputs `(len(x), sum(sizes))` for int8 inputs, and the instructions of one `nn_run`.

    Args:
        core: Unicorn's, as in `cores.CORES`; the one that the image was compiled for.
        sizes: bytes of each output.
        progress: told the share of inputs that are done.

    Raises:
        ToolMissing: no unicorn package.
        EmulatorError: the net crashed, hung, or used more stack than there is, or the process ended.
    """
    if not installed():
        raise ToolMissing("the unicorn package is not installed: run `pip install unicorn`, or use QEMU")
    found, instructions = np.empty((len(x), sum(sizes)), np.int8), 0
    # -P keeps the folder of the program, whose files are named for other readers, out of the modules' search path.
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(
            [sys.executable, "-P", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints
        ) as process,
    ):
        try:
            _send(process, _job(image, core, x, sizes), image.flash, x)
            for number in range(len(x)):
                answer = _answer(process, complaints)
                instructions = answer.get("instructions", instructions)
                found[number] = np.frombuffer(bytes.fromhex(answer["output"]), np.int8)
                if progress:
                    progress((number + 1) / len(x))
        finally:
            process.kill()
    return found, instructions


def _job(image: FlashImage, core: str, x: np.ndarray, sizes: Sequence[int]) -> dict[str, object]:
    memory = image.memory
    return {
        "cpu": "UC_CPU_ARM_" + core.upper().replace("-", "_"), "image_bytes": len(image.flash),
        "flash_at": memory.flash_at, "flash_bytes": memory.flash_bytes, "ram_at": memory.ram_at,
        "ram_bytes": memory.ram_bytes, "init": image.init, "entry": image.entry, "run": image.run, "output": image.output,
        "bss_end": image.bss_end, "stack_bytes": STACK_BYTES, "input_bytes": x[0].size, "output_sizes": list(sizes),
        "seconds": CALL_SECONDS,
    }  # fmt: skip


def _send(process: subprocess.Popen, job: dict[str, object], flash: bytes, x: np.ndarray) -> None:
    try:
        process.stdin.write(json.dumps(job).encode() + b"\n" + flash + np.ascontiguousarray(x).tobytes())
        process.stdin.close()
    except OSError:
        pass  # it has ended already; what it said comes with the first answer


def _answer(process: subprocess.Popen, complaints) -> dict:
    line = process.stdout.readline()
    if not line.endswith(b"\n"):
        process.wait()
        complaints.seek(0)
        said = complaints.read().decode(errors="replace").strip()[-500:]
        raise EmulatorError(f"the emulator's process ended before its result; it said: {said or 'nothing'}. Run it again")
    answer = json.loads(line)
    if "error" in answer:
        raise EmulatorError(answer["error"])
    return answer
