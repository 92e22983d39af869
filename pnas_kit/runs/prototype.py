"""One prototype, from its architecture to a verified int8 file."""

from __future__ import annotations

import hashlib
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np

from pnas_kit.cost import estimate
from pnas_kit.learn.data import Dataset, load, validation_split
from pnas_kit.learn.recipe import Recipe, recipe_for
from pnas_kit.search import Candidate

from .folder import append_line, read_json, write_bytes, write_json, write_text
from .records import Result
from .run import Run

CALIBRATION_SAMPLES = 512
JUDGING_SAMPLES = 2000
MOST_LOST = 0.005
"""Accuracy that plain quantisation may cost before a prototype is fine-tuned with rounding in the loop."""
FINE_TUNING_EPOCHS = 5


def make_prototype(path: str, number: int, threads: int) -> None:
    """Train trial `number` of the run in `path`, quantise it, verify the file and write its figures.

    Goes on after the last finished epoch where an earlier attempt ended. The result is written last, so it exists only
    when everything else does.
    """
    import torch

    torch.set_num_threads(threads)
    run = Run(path)
    candidate = run.candidates()[number]
    data = load(run.config.data)
    recipe = recipe_for(data.card.name, data.card.task, data.card.train, run.config.epochs)
    training = _train(run, candidate, data, recipe)
    _deliver(run, candidate, data, recipe, training.best)


def _train(run: Run, candidate: Candidate, data: Dataset, recipe: Recipe):
    from pnas_kit.learn.train import Training

    folder = run.prototype(candidate.number)
    folder.mkdir(parents=True, exist_ok=True)
    training = Training(candidate.arch, data, recipe, seed=run.config.seed, checkpoint=folder / "checkpoint.pt")
    _keep_epochs(folder / "epochs.jsonl", run.epochs(candidate.number)[: training.finished_epochs])
    for epoch in training:
        append_line(folder / "epochs.jsonl", asdict(epoch))
        while (run.path / "pause").exists():
            time.sleep(0.1)
    return training


def _keep_epochs(path: Path, epochs: list) -> None:
    """An epoch may have been logged but not saved, or the other way round, when the process was killed."""
    path.unlink(missing_ok=True)
    path.touch()
    for epoch in epochs:
        append_line(path, asdict(epoch))


def _quantised(run: Run, data: Dataset, recipe: Recipe, net) -> tuple[bytes, str]:
    """The integer file and how it was made: fine-tuned only where plain quantisation loses more than `MOST_LOST`.

    Both the loss and the best of the fine-tuned are judged on the validation part; the test split has no say.
    """
    from pnas_kit.deploy import evaluate, quantise, write_tflite
    from pnas_kit.deploy.qat import fine_tune
    from pnas_kit.learn.train import accuracy, tensors

    train, held_out = validation_split(data, recipe.validation, run.config.seed)
    rng = np.random.default_rng(run.config.seed)
    calibration = data.train_x[rng.permutation(train)[:CALIBRATION_SAMPLES]]
    judged = held_out[:JUDGING_SAMPLES]
    x, y = data.train_x[judged], data.train_y[judged]
    plain = write_tflite(quantise(net, calibration))
    wanted = accuracy(net, *tensors(x, y)) - MOST_LOST
    if evaluate(plain, x, y).accuracy >= wanted:
        return plain, "post-training"
    seen = tensors(data.train_x[train], data.train_y[train])
    tuned = map(write_tflite, fine_tune(net, calibration, *seen, epochs=FINE_TUNING_EPOCHS, seed=run.config.seed))
    best = max(tuned, key=lambda model: evaluate(model, x, y).accuracy)
    return best, "post-training" if best == plain else "quantisation-aware"


def _deliver(run: Run, candidate: Candidate, data: Dataset, recipe: Recipe, net) -> None:
    from pnas_kit.deploy import RuntimeMissing, arena, c_header, evaluate
    from pnas_kit.learn.train import accuracy, tensors

    folder = run.prototype(candidate.number)
    model, method = _quantised(run, data, recipe, net)
    score = evaluate(model, data.test_x, data.test_y, threads=run.config.workers)
    try:
        measured = arena(model).head_bytes
    except RuntimeMissing:
        measured = None
    cost = estimate(net.layers, net.input_shape, run.problem.board, engine=run.problem.engine)
    epochs = run.epochs(candidate.number)
    result = Result(
        number=candidate.number,
        float_accuracy=accuracy(net, *tensors(data.test_x, data.test_y)),
        int8_accuracy=score.accuracy,
        test_count=score.count,
        confusion=np.asarray(score.confusion).tolist(),
        tflite_bytes=len(model),
        arena_predicted=cost.arena_bytes,
        arena_measured=measured,
        macs=cost.macs,
        params=cost.params,
        ram_bytes=cost.ram_bytes,
        latency_ms=cost.latency_ms,
        energy_mj=cost.energy_mj,
        epochs=len(epochs),
        train_seconds=sum(e.seconds for e in epochs),
        validation_accuracy=max((e.accuracy for e in epochs if e.best), default=0.0),
        quantisation=method,
        sha256=hashlib.sha256(model).hexdigest(),
    )
    write_bytes(folder / "model.tflite", model)
    write_text(folder / "model_data.h", c_header(model, "model_data", cost.ram_bytes, data.card))
    write_text(folder / "report.html", _report(run, candidate, data, result))
    write_json(folder / "result.json", asdict(result))


def _report(run: Run, candidate: Candidate, data: Dataset, result: Result) -> str:
    from pnas_kit.deploy import html_report

    return html_report(
        card=data.card,
        board=run.problem.board,
        arch=candidate.arch,
        result=result,
        seed=run.config.seed,
        versions=read_json(run.path / "versions.json", {}),
    )
