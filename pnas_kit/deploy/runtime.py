"""Runs a .tflite file on this machine, with the arithmetic of the board."""

import itertools
import math
import os
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from pnas_kit.learn.data.boxes import Boxes

from .engine import interpreter_module
from .model import Affine

BATCH = 32  # samples an invocation while evaluating: enough to hide its cost, little enough to stop soon


class Stopped(Exception):
    """Raised when the caller's `stop` said so."""


@dataclass(frozen=True)
class Output:
    """One of a model's outputs: its name, shape (without the batch) and reading, and where it starts in a row of `run`."""

    name: str
    shape: tuple[int, ...]
    reading: Affine
    start: int

    def stored(self, y: np.ndarray) -> np.ndarray:
        """This output, int8 `(count, *shape)`, of what `Interpreter.run` returned."""
        return y[:, self.start : self.start + math.prod(self.shape)].reshape(len(y), *self.shape)

    def real(self, y: np.ndarray) -> np.ndarray:
        """float32 `(count, *shape)` of what `Interpreter.run` returned."""
        return self.reading.real(self.stored(y))


class Interpreter:
    """One loaded model; not for several threads at once.

    With `reference=True` it runs TFLite's reference kernels, whose integers equal those of TFLite Micro byte for byte
    (tests hold that); with `reference=False` the optimised ones, which may be a step or two off.

    Attributes:
        outputs: what the model answers with, in the order of the file.
        input_shape: (height, width, channels).
        input_reading: of the input's integers.
        width: bytes of all outputs of a sample.
    """

    def __init__(self, model: bytes, *, reference: bool = True, batch: int = 1) -> None:
        """Loads a .tflite file for inputs of `batch` samples.

        Raises:
            RuntimeMissing: no runtime is installed, or the installed one cannot work with this NumPy.
            ValueError: the file is no model that the runtime takes.
        """
        module = interpreter_module()
        resolver = module.OpResolverType.BUILTIN_REF if reference else module.OpResolverType.AUTO
        self._inner = module.Interpreter(model_content=bytes(model), experimental_op_resolver_type=resolver, num_threads=1)
        source = self._inner.get_input_details()[0]
        self.batch = batch
        self.input_shape: tuple[int, int, int] = tuple(int(n) for n in source["shape"][1:])
        self._inner.resize_tensor_input(source["index"], (batch, *self.input_shape))
        self._inner.allocate_tensors()
        targets = self._inner.get_output_details()
        self._source, self._targets = source["index"], [target["index"] for target in targets]
        self.input_reading = _reading(source)
        shapes = [tuple(int(n) for n in target["shape"][1:]) for target in targets]
        starts = [0, *itertools.accumulate(map(math.prod, shapes))]
        self.width = starts.pop()
        self.outputs = tuple(
            Output(target["name"], shape, _reading(target), start)
            for target, shape, start in zip(targets, shapes, starts, strict=True)
        )

    @property
    def classes(self) -> int:
        """Number of classes of a classifier.

        Raises:
            ValueError: the model has several outputs, or rows and columns in it.
        """
        return self._answer().shape[0]

    @property
    def output_reading(self) -> Affine:
        """Of a classifier's integers; raises as `classes` does."""
        return self._answer().reading

    def _answer(self) -> Output:
        """The one output of a classifier."""
        if len(self.outputs) != 1 or len(self.outputs[0].shape) != 1:
            found = ", ".join(f"{output.name} {output.shape}" for output in self.outputs)
            raise ValueError(f"expected a classifier with one output (classes,), got {found}: read `outputs` one by one")
        return self.outputs[0]

    def run(self, x: np.ndarray) -> np.ndarray:
        """int8 outputs `(count, classes)` for int8 inputs `(count, height, width, channels)`, any count.

        Of several outputs, or those with rows and columns, a row has all bytes one after another in the order of
        `outputs`, whose `stored` and `real` take them apart.

        Raises:
            ValueError: the inputs are not int8, or not of the model's shape.
        """
        if x.dtype != np.int8 or x.shape[1:] != self.input_shape:
            raise ValueError(
                f"expected int8 inputs of shape (count, {', '.join(map(str, self.input_shape))}), "
                f"got {x.dtype} {x.shape}: use quantise_input"
            )
        found = np.empty((len(x), self.width), np.int8)
        block = np.zeros((self.batch, *self.input_shape), np.int8)
        for start in range(0, len(x), self.batch):
            part = x[start : start + self.batch]
            block[: len(part)] = part
            self._inner.set_tensor(self._source, block)
            self._inner.invoke()
            answers = [self._inner.get_tensor(target).reshape(self.batch, -1) for target in self._targets]
            found[start : start + len(part)] = np.concatenate(answers, axis=1)[: len(part)]
        return found

    def quantise_input(self, x: np.ndarray) -> np.ndarray:
        """int8 of the same shape for float inputs, normalised as in training."""
        return self.input_reading.quantise(x)

    def dequantise(self, y: np.ndarray) -> np.ndarray:
        """float32 logits of the same shape for a classifier's int8 outputs."""
        return self.output_reading.real(y)


def _reading(details: Mapping[str, Any]) -> Affine:
    return Affine(float(details["quantization"][0]), int(details["quantization"][1]))


@dataclass(frozen=True, eq=False)
class Score:
    """How a .tflite file does on a test set.

    Attributes:
        accuracy: share of right answers; the answer is the first greatest output, as a loop on the board finds it.
        count: test samples.
        confusion: int64 `(classes, classes)`, rows are the true classes, columns the answers; empty for a detector.
        seconds: wall time.
        strict: of a detector, whose accuracy is mAP50, mAP50-95; None for a classifier.
        answers: of a classifier, int8 `(count, classes)` as `Interpreter.run` gives them; None for a detector.
    """

    accuracy: float
    count: int
    confusion: np.ndarray
    seconds: float
    strict: float | None = None
    answers: np.ndarray | None = None


def evaluate(
    model: bytes,
    x: np.ndarray,
    y: np.ndarray | Boxes,
    *,
    reference: bool = True,
    threads: int = 2,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Score:
    """Runs the whole test set and counts.

    Each thread has its own interpreter, which lets go of Python's lock while it computes.

    Args:
        x: float `(count, height, width, channels)`, normalised as in training.
        y: integer classes `(count,)`; boxes for a detector.
        progress: called with (samples done, samples in all), from a worker thread, one call at a time.
        stop: asked between batches of 32 samples.

    Raises:
        ValueError: no samples, or as many labels as samples are not there, or a label is not a class, or the model is no
            classifier with one output, or no detector where there are boxes.
        Stopped: `stop` returned True.
        RuntimeMissing: see `Interpreter`.
    """
    started = time.perf_counter()
    if len(x) == 0 or len(x) != len(y):
        raise ValueError(f"expected as many labels as samples and at least one, got {len(x)} samples, {len(y)} labels")
    threads = max(1, min(threads, os.cpu_count() or 1, -(-len(x) // BATCH)))
    idle = [Interpreter(model, reference=reference, batch=min(BATCH, len(x))) for _ in range(threads)]
    first = idle[0]
    if isinstance(y, Boxes):
        from .detections import judged

        found = judged(first.outputs, _answers(idle, x, progress, stop), y, *x.shape[1:3])
        return Score(found.map50, len(x), np.zeros((0, 0), np.int64), time.perf_counter() - started, found.map50_95)
    classes = first.classes
    if not 0 <= int(np.min(y)) <= int(np.max(y)) < classes:
        raise ValueError(f"expected labels from 0 to {classes - 1}, got {int(np.min(y))} to {int(np.max(y))}")
    answers = _answers(idle, x, progress, stop)
    confusion = np.zeros((classes, classes), np.int64)
    np.add.at(confusion, (np.asarray(y, np.int64), answers.argmax(axis=1)), 1)
    accuracy = float(np.trace(confusion) / len(x))
    return Score(accuracy, len(x), confusion, time.perf_counter() - started, answers=answers)


def _answers(
    idle: list[Interpreter],
    x: np.ndarray,
    progress: Callable[[int, int], None] | None,
    stop: Callable[[], bool] | None,
) -> np.ndarray:
    """int8 `(count, bytes)` as `Interpreter.run` gives them, by as many threads as there are interpreters."""
    answers = np.empty((len(x), idle[0].width), np.int8)
    threads, done, lock = len(idle), 0, threading.Lock()

    def work(start: int) -> None:
        nonlocal done
        if stop is not None and stop():
            raise Stopped
        interpreter = idle.pop()  # never empty: there are as many interpreters as threads
        part = x[start : start + BATCH]
        try:
            answers[start : start + BATCH] = interpreter.run(interpreter.quantise_input(part))
        finally:
            idle.append(interpreter)
        with lock:
            done += len(part)
            if progress is not None:
                progress(done, len(x))

    _each(work, range(0, len(x), BATCH), threads)
    return answers


def _each(work: Callable[[int], None], starts: range, threads: int) -> None:
    """Runs `work` on every start; the first failure ends the rest and is raised."""
    with ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(work, start) for start in starts]
        try:
            for future in futures:
                future.result()
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
