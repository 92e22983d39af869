"""TFLite Micro on this machine: what a net really takes in the arena, and its outputs."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from .engine import micro_module, schema_module

PROBE = Path(__file__).with_name("micro_probe.py")
PROBE_SECONDS = 60
SMALLEST_ARENA, LARGEST_ARENA = 1 << 20, 1 << 28
LINE = re.compile(r"Arena allocation (total|head|tail) (\d+) bytes")


@dataclass(frozen=True)
class Arena:
    """Bytes that TFLite Micro took from the arena on this 64-bit machine.

    Attributes:
        head_bytes: feature maps and scratch, as planned; the same on a board with the reference kernels.
        tail_bytes: what the runtime keeps for good: structures, multipliers of channels. Smaller on a 32-bit
            board, where pointers are half as long; see `pnas_kit.cost.tail`.
        total_bytes: both, with the planner's rounding.
    """

    head_bytes: int
    tail_bytes: int
    total_bytes: int


def arena(model: bytes) -> Arena:
    """Measures the arena of a .tflite file with TFLite Micro, in a process of its own.

    Raises:
        RuntimeMissing: TFLite Micro is not installed.
        ValueError: TFLite Micro does not take the file; the text ends with what it said.
    """
    micro_module()
    done = subprocess.run([sys.executable, str(PROBE)], input=model, capture_output=True, timeout=PROBE_SECONDS, check=False)
    said = done.stderr.decode(errors="replace")
    found = {part: int(size) for part, size in LINE.findall(said)}
    if done.returncode != 0 or set(found) != {"head", "tail", "total"}:
        raise ValueError(f"TFLite Micro could not place the model in an arena of up to 256 MiB; it said: {said[-800:]}")
    return Arena(found["head"], found["tail"], found["total"])


def _roomy(runtime: ModuleType, model: bytes) -> Any:
    """An interpreter with enough arena; a large one from the start would cost seconds, since all of it is cleared."""
    size = SMALLEST_ARENA
    while True:
        try:
            return runtime.Interpreter.from_bytes(model, arena_size=size)
        except RuntimeError as error:
            size *= 4
            if size > LARGEST_ARENA:
                raise ValueError(f"TFLite Micro does not take the model: {error}") from None


def micro_run(model: bytes, x: np.ndarray) -> np.ndarray:
    """TFLite Micro's outputs, int8 `(count, bytes)` as `Interpreter.run` lays them out, for int8 inputs.

    Args:
        x: `(count, height, width, channels)`.

    Raises:
        RuntimeMissing: TFLite Micro is not installed.
        ValueError: the inputs are not int8, or not of the model's shape, or TFLite Micro refuses the model.
    """
    runtime = micro_module()
    if x.dtype != np.int8:
        raise ValueError(f"expected int8 inputs, got {x.dtype}: use Interpreter.quantise_input")
    interpreter = _roomy(runtime, model)
    shape = tuple(interpreter.get_input_details(0)["shape"])
    if x.shape[1:] != shape[1:]:
        raise ValueError(f"expected inputs of shape (count, {', '.join(map(str, shape[1:]))}), got {x.shape}")
    numbers = range(_outputs(model))
    found = []
    for sample in x:
        interpreter.set_input(np.ascontiguousarray(sample[None]), 0)
        interpreter.invoke()
        found.append(np.concatenate([interpreter.get_output(number).reshape(-1) for number in numbers]))
    return np.stack(found)


def _outputs(model: bytes) -> int:
    """Number of the model's outputs, which the binding does not tell."""
    return schema_module().Model.GetRootAsModel(model, 0).Subgraphs(0).OutputsLength()
