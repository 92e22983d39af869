"""Runs made by hand, with figures that a test can recognise."""

import json
from dataclasses import asdict

import numpy as np

from pnas_kit.cost import boards
from pnas_kit.learn.epoch import Epoch
from pnas_kit.runs import Config, Result, Status

TRIALS = 24


def config(**changes):
    board = boards()["nano-33-ble"]
    values = {"ram_bytes": board.ram_bytes, "flash_bytes": board.flash_bytes, "macs": board.default_macs, "trials": TRIALS}
    return Config(**{"data": "digits", "board": board.id, "picks": 3, **values, **changes})


def set_status(run, **fields):
    (run.path / "status.json").write_text(json.dumps(asdict(Status(**fields))))


def epoch(number, total, **changes):
    values = {"loss": 2.0 / number, "train_accuracy": 0.5, "accuracy": 0.9, "sparsity": 0.25, "best": True, "seconds": 1.0}
    return Epoch(number=number, total=total, **{**values, **changes})


def add_epochs(run, number, epochs):
    folder = run.prototype(number)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "epochs.jsonl").write_text("".join(json.dumps(asdict(epoch)) + "\n" for epoch in epochs))


def add_result(run, number, **changes):
    """What a finished training leaves behind, with figures that a test can recognise."""
    values = {
        "float_accuracy": 0.98333,
        "int8_accuracy": 0.97492,
        "test_count": 359,
        "confusion": np.eye(10, dtype=int).tolist(),
    }
    costs = {"macs": 1, "params": 1, "ram_bytes": 9000, "latency_ms": 2.25, "energy_mj": None}
    sizes = {"tflite_bytes": 21 * 1024, "arena_predicted": 3072, "arena_measured": 4096}
    times = {"epochs": 2, "train_seconds": 1.0, "validation_accuracy": 0.9, "sha256": "0" * 64}
    result = Result(number=number, **{**values, **costs, **sizes, **times, **changes})
    folder = run.prototype(number)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.tflite").write_bytes(b"TFL3 %d" % number)
    (folder / "result.json").write_text(json.dumps(asdict(result)))
    return result
