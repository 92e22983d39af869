"""The model card of a firmware project: what the network is, how well it does, what it costs and how that is known."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from pnas_kit.cost import Board, Estimated, energy, estimate, latency, speed, trace
from pnas_kit.cost.cimage import GENERATED_C, c_flash_bytes, c_ram_bytes
from pnas_kit.learn.data.front_end import FrontEnd
from pnas_kit.space.layers import INPUT, outputs, shapes

from .model import QuantModel


def model_card(
    model: QuantModel, files: Mapping[str, bytes], data: Mapping[str, object], board: Board, facts: Mapping[str, object]
) -> str:
    """Markdown.

    Args:
        files: the project's other files, whose SHA-256 it lists; `model.tflite` is among them.
        data, facts: as `pnas_kit.deploy.firmware.firmware_project` takes them.
    """
    parts = [
        f"# Model card: {data.get('title', 'a network')} on {board.name}",
        _pairs(_what(model, files["model.tflite"], facts)),
        _section("Data", _pairs(_data(data))),
        _section("Accuracy", _pairs(_accuracy(facts))),
        _section("Confusion", _confusion(facts.get("confusion"), data.get("classes"))),
        _section(f"Cost on {board.name}", _cost(model, files["model.tflite"], board, data.get("front_end"))),
        _section("To make it again", _pairs(_provenance(facts))),
        _section("Files", _table(("File", "SHA-256"), ((f"`{n}`", _sha256(files[n])) for n in sorted(files)))),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def estimated(figure: Estimated, unit: str) -> str:
    """A figure with its band: "233 ms, 166 to 326"."""
    value, low, high = (f"{number:,.3g}" for number in (figure.value, figure.low, figure.high))
    return f"{value} {unit}, {low} to {high}"


def _section(title: str, body: str) -> str:
    return f"## {title}\n\n{body}" if body else ""


def _pairs(rows: Iterable[tuple[str, object]]) -> str:
    shown = [(name, value) for name, value in rows if value not in (None, "")]
    return _table(("What", "Value"), shown) if shown else ""


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(value: object) -> str:
    """On one line, with no sign that Markdown or HTML would take for theirs."""
    text = " ".join(str(value).split()).replace("\\", "\\\\").replace("|", "\\|")
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _what(model: QuantModel, tflite: bytes, facts: Mapping[str, object]) -> list[tuple[str, object]]:
    sides, read = "×".join(map(str, model.input_shape)), model.tensors[INPUT]
    return [
        ("Network", facts.get("architecture")),
        ("Input", f"int8, {sides} (rows, columns, channels)"),
        ("Input, real to int8", f"round(real / {read.scale:.9g}) + {read.zero_point}, for real = (raw - mean) / deviation"),
        ("Mean, deviation", _moments(facts)),
        *_outputs(model),
        ("Quantisation", facts.get("quantisation")),
        ("SHA-256 of model.tflite", _sha256(tflite)),
    ]


def _outputs(model: QuantModel) -> list[tuple[str, str]]:
    """A classifier's output in words; of several each with its shape and how its integers read."""
    names, sizes = outputs(model.layers), shapes(model.layers, model.input_shape)
    if len(names) == 1:
        how = "probabilities in 256ths, less 128" if model.layers[-1].kind == "softmax" else "not normalised"
        return [("Output", f"int8, {model.layers[-1].channels} classes, {how}")]
    return [
        (
            f"Output {number}: {name}",
            f"int8, {'×'.join(map(str, sizes[name]))}, real = (value - {read.zero_point}) * {read.scale:.9g}",
        )
        for number, (name, read) in enumerate((name, model.tensors[name]) for name in names)
    ]


def _moments(facts: Mapping[str, object]) -> str:
    """Of every channel of the training part, in raw units."""
    mean, deviation = (", ".join(f"{float(value):.6g}" for value in facts[name]) for name in ("mean", "deviation"))
    return f"{mean}; {deviation} (of every channel of the training part, raw unit)"


def _data(data: Mapping[str, object]) -> list[tuple[str, object]]:
    names = {
        "title": "Data set", "task": "Task", "summary": "What", "split": "Split", "licence": "Licence of the data",
        "citation": "Citation", "source": "Source", "unit": "Raw unit",
    }  # fmt: skip
    classes = ", ".join(map(str, data.get("classes") or ()))
    return [(label, data.get(name)) for name, label in names.items()] + [("Classes", classes)]


def _accuracy(facts: Mapping[str, object]) -> list[tuple[str, object]]:
    count = facts.get("test_count")
    of = f" of {count:,} test samples" if count else ""
    rows = [("int8, as deployed", "int8_accuracy"), ("float, before quantisation", "float_accuracy")]
    metric = facts.get("metric", "accuracy")
    if metric != "accuracy":  # an average over classes and thresholds, no share of the samples
        of = f" {metric} over {count:,} test images" if count else f" {metric}"
    strict = [("int8, mAP50-95", "int8_strict"), ("float, mAP50-95", "float_strict")]
    named = [(label, name, of) for label, name in rows] + [(label, name, "") for label, name in strict]
    rows = [(label, f"{100 * facts[name]:.2f} %{end}") for label, name, end in named if facts.get(name) is not None]
    if facts.get("shown_score"):
        rows.append(
            ("boxes count from a score of", f"{100 * facts['shown_score']:.1f} %, where F1 was best on training images")
        )
    return rows


def _confusion(confusion: Sequence[Sequence[int]] | None, classes: Sequence[str] | None) -> str:
    if not confusion:
        return ""
    names = [str(name) for name in (classes or range(len(confusion)))]
    rows = ([f"**{name}**", *counts] for name, counts in zip(names, confusion, strict=True))
    return "Rows: what it was. Columns: what the int8 network said.\n\n" + _table(["", *names], rows)


def _cost(model: QuantModel, tflite: bytes, board: Board, sound: FrontEnd | None) -> str:
    """Memory and time with the generated C and with the board's default engine, and how each figure is known."""
    ops, cost = trace(model.layers, model.input_shape), estimate(model.layers, model.input_shape, board)
    ram, flash = c_ram_bytes(model.layers, model.input_shape), c_flash_bytes(model.layers, model.input_shape)
    rows = [
        ("RAM, generated C", f"{ram:,} bytes", "the arena, its only variable; exact, without the stack"),
        (
            "RAM, TensorFlow Lite Micro",
            f"{cost.ram_bytes:,} bytes",
            "arena as it places it; its structures on top, derived",
        ),
        ("Flash, generated C", f"{flash:,} bytes", "predicted, within 5 % for arm-none-eabi-gcc at -O2 on a Cortex-M4"),
        ("Flash, model.tflite", f"{len(tflite):,} bytes", "the file; the runtime's code comes on top"),
    ]
    if sound:
        rows += [
            (
                "RAM, features of sound",
                f"{sound.c_ram_bytes:,} bytes",
                "the work area of src/features.c, beside the network's",
            ),
            ("Flash, features of sound", f"{sound.c_flash_bytes:,} bytes", "its tables, and its code at most; without logf"),
        ]
    rows.append(("MACs", f"{cost.macs:,}", "counted"))
    default = speed(board.core).engine
    for engine in dict.fromkeys((GENERATED_C, default)):
        how = speed(board.core, engine)
        rows.append(
            (f"Latency, {engine}", estimated(latency(ops, board, engine), "ms"), f"estimate, {how.how}: {how.source}")
        )
        spent = energy(ops, board, engine)
        if spent:
            rows.append((f"Energy, {engine}", estimated(spent, "mJ"), f"estimate, latency times {board.power_mw:g} mW"))
    if board.power_mw is None:
        rows.append(("Energy", "not known", "no power is published for this board"))
    return _table(("Figure", "Value", "How it is known"), rows)


def _provenance(facts: Mapping[str, object]) -> list[tuple[str, object]]:
    # The platform tells of the machine that trained, not of the network.
    versions = {name: value for name, value in dict(facts.get("versions") or {}).items() if name != "platform"}
    return [
        ("Seed", facts.get("seed")),
        ("Epochs", facts.get("epochs")),
        *((f"Version of {name}", versions[name]) for name in sorted(versions)),
    ]
