"""What a detector's file finds in images."""

from __future__ import annotations

import numpy as np

from pnas_kit.learn.data.boxes import Boxes
from pnas_kit.learn.detection import Found, Precision, decode, precision

from .runtime import Interpreter, Output


def real_outputs(outputs: tuple[Output, ...], answers: np.ndarray) -> dict[str, np.ndarray]:
    """float32 maps `(count, rows, columns, channels)` by the head's names, for what `Interpreter.run` returned."""
    return {output.name: output.real(answers) for output in outputs}


def found(outputs: tuple[Output, ...], answers: np.ndarray, height: int, width: int, **settings) -> list[Found]:
    """Boxes in each image; settings are those of `pnas_kit.learn.detection.decode`."""
    return decode(real_outputs(outputs, answers), height, width, **settings)


def found_by(model: bytes, x: np.ndarray, **settings) -> list[Found]:
    """Boxes that a detector's `.tflite` finds in images float32 `(n, height, width, channels)`; settings as of `decode`."""
    interpreter = Interpreter(model)
    return found(interpreter.outputs, interpreter.run(interpreter.quantise_input(x)), *x.shape[1:3], **settings)


def judged(outputs: tuple[Output, ...], answers: np.ndarray, truth: Boxes, height: int, width: int) -> Precision:
    """mAP50 and mAP50-95 of the answers.

    Raises:
        ValueError: the model is no detector.
    """
    if not any(output.name.endswith(".objectness") for output in outputs):
        raise ValueError(f"expected a detector for boxes, got the outputs {', '.join(output.name for output in outputs)}")
    classes = next((output.shape[-1] for output in outputs if output.name.endswith(".classes")), 1)
    return precision(found(outputs, answers, height, width), truth, classes)
