"""A model card: one HTML file that says what a trained net is, how well it does and what it costs."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from pnas_kit.cost.cimage import GENERATED_C
from pnas_kit.space.arch import Arch
from pnas_kit.space.layers import INPUT, Layer, Layers, Shape, shapes

from .fields import fields

STYLE = """
:root { color-scheme: light dark; --ink: #1d2733; --soft: #5b6875; --line: #d9dfe5; --fill: 31 111 176; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7ecf1; --soft: #9fadba; --line: #3a4651; --fill: 96 165 220; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem }
p { margin: .25rem 0 } .soft { color: var(--soft) }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: .2rem .7rem .2rem 0; text-align: left; border-bottom: 1px solid var(--line); vertical-align: top }
td.n, th.n { text-align: right } .wide { overflow-x: auto }
.confusion td { text-align: center; padding: .2rem .5rem } code { overflow-wrap: anywhere }
svg text { fill: var(--ink); font: 13px system-ui, sans-serif }
"""


def html_report(*, result: object, card: object, board: object, arch: Arch, seed: int, versions: Mapping[str, str]) -> str:
    """A self-contained page (no scripts, nothing loaded) about one trained and quantised net.

    Args:
        result: its figures, a `pnas_kit.runs.Result` or a mapping with the same names; a figure that is None or
            missing is left out, the arena is then "not measured".
        card: of the data set, a `Card` or a mapping.
        board: a `Board` or a mapping.
        arch: its pruned layers are what was deployed.
        seed: of the run.
        versions: of the software, by name.
    """
    figures, data, target = fields(result), fields(card), fields(board)
    task, where = str(data.get("title", "a data set")), str(target.get("name", "a board"))
    parts = [
        f"<h1>{escape(arch.words)}</h1>",
        f'<p class="soft">int8 network for {escape(_runs_with(figures))}, found and trained for {escape(task)} '
        f"on {escape(where)}</p>",
        section("Accuracy", pairs(_accuracy(figures))),
        section("On the board", _bars(figures, target) + pairs(_cost(figures, target))),
        section("Data", pairs(_data(data))),
        section("Confusion", confusion_table(figures.get("confusion"), data.get("classes"))),
        section("Layers", _layer_table(arch.pruned, arch.input_shape)),
        section("To make it again", pairs(_provenance(figures, seed, versions, arch))),
    ]
    return page(f"{arch.words} for {task}", parts)


def _runs_with(figures: Mapping[str, object]) -> str:
    """What computes the network on the board, as the workbench calls it."""
    return "the generated C" if figures.get("engine") == GENERATED_C else "TensorFlow Lite Micro"


def page(title: str, parts: Iterable[str]) -> str:
    """A self-contained page of parts that are HTML already; the title is text."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(part for part in parts if part)
        + "\n</body>\n</html>\n"
    )


def section(title: str, body: str) -> str:
    """A heading, which is text, over a body of HTML; nothing where there is no body."""
    return f"<h2>{escape(title)}</h2>\n{body}" if body else ""


def pairs(rows: Iterable[tuple[str, object]]) -> str:
    """A table of names and values, both text; a value that is None or empty is left out."""
    shown = [(name, value) for name, value in rows if value not in (None, "")]
    cells = "".join(f"<tr><th>{escape(name)}</th><td>{escape(str(value))}</td></tr>\n" for name, value in shown)
    return f"<table>\n{cells}</table>" if cells else ""


def _accuracy(figures: Mapping[str, object]) -> list[tuple[str, object]]:
    count = figures.get("test_count")
    of = f" of {count:,} test samples" if count else ""
    metric = figures.get("metric", "accuracy")
    if metric != "accuracy":  # an average over classes and thresholds, no share of the samples
        of = f" {metric} over {count:,} test images" if count else f" {metric}"
    return [
        ("int8, as deployed", _percent(figures.get("int8_accuracy"), of)),
        ("float, before quantisation", _percent(figures.get("float_accuracy"), of)),
        ("int8, mAP50-95", _percent(figures.get("int8_strict"), "")),
        ("float, mAP50-95", _percent(figures.get("float_strict"), "")),
        ("Validation, in training", _percent(figures.get("validation_accuracy"), "")),
    ]


def _cost(figures: Mapping[str, object], board: Mapping[str, object]) -> list[tuple[str, object]]:
    latency, energy = figures.get("latency_ms"), figures.get("energy_mj")
    clock = board.get("clock_mhz")
    generated = figures.get("engine") == GENERATED_C
    what = ", the arena, predicted" if generated else ", feature maps and the runtime's structures, predicted"
    chip = [str(board[name]) for name in ("mcu", "core") if board.get(name)]
    return [
        ("Board", ", ".join([*chip, *([f"{clock:g} MHz"] if clock else [])])),
        ("RAM", _bytes(figures.get("ram_bytes"), what)),
        ("Feature maps, measured", _bytes(figures.get("arena_measured"), " by TFLite Micro") or "not measured"),
        ("Feature maps, predicted", _bytes(figures.get("arena_predicted"), " in TFLite Micro")),
        ("Flash (.tflite)", _bytes(figures.get("tflite_bytes"))),
        ("Flash (generated C)", _bytes(figures.get("flash_bytes"), ", predicted") if generated else None),
        ("MACs", _number(figures.get("macs"))),
        ("Weights and biases", _number(figures.get("params"))),
        ("Latency", None if latency is None else f"{latency:,.3g} ms, estimated"),
        ("Energy per inference", None if energy is None else f"{energy:,.3g} mJ, estimated"),
    ]


def _data(card: Mapping[str, object]) -> list[tuple[str, object]]:
    names = {"title": "Data set", "summary": "What", "split": "Split", "licence": "Licence", "citation": "Citation"}
    return [(label, card.get(name)) for name, label in names.items()] + [("Source", card.get("source"))]


def _provenance(
    figures: Mapping[str, object], seed: int, versions: Mapping[str, str], arch: Arch
) -> list[tuple[str, object]]:
    seconds, epochs = figures.get("train_seconds"), figures.get("epochs")
    return [
        ("SHA-256 of the .tflite", figures.get("sha256")),
        ("Architecture", arch.to_json()),
        ("Training", None if seconds is None or epochs is None else f"{epochs} epochs in {seconds:,.0f} s"),
        ("Seed", seed),
        *((f"Version of {name}", version) for name, version in versions.items()),
    ]


def _bars(figures: Mapping[str, object], board: Mapping[str, object]) -> str:
    """How full the board's memories are, as one SVG."""
    flash = "flash_bytes" if figures.get("engine") == GENERATED_C else "tflite_bytes"
    memories = [("RAM", "ram_bytes", "ram_bytes"), ("Flash", flash, "flash_bytes")]
    rows = [(name, figures.get(used), board.get(size)) for name, used, size in memories]
    rows = [row for row in rows if row[1] and row[2]]
    drawn = []
    for number, (name, used, size) in enumerate(rows):
        y, share = 28 * number, min(1.0, used / size)
        label = f"{_bytes(used)} of {_bytes(size)} ({100 * used / size:.1f} %)"
        drawn.append(
            f'<text x="0" y="{y + 15}">{name}</text>'
            f'<rect x="50" y="{y + 2}" width="260" height="18" rx="3" fill="rgb(var(--fill) / .15)"/>'
            f'<rect x="50" y="{y + 2}" width="{260 * share:.1f}" height="18" rx="3" fill="rgb(var(--fill))"/>'
            f'<text x="322" y="{y + 15}">{label}</text>'
        )
    size = f'width="640" height="{28 * len(rows)}" viewBox="0 0 640 {28 * len(rows)}"'
    return f'<svg {size} role="img" aria-label="Memory used">{"".join(drawn)}</svg>' if drawn else ""


def confusion_table(confusion: Sequence[Sequence[int]] | None, classes: Sequence[str] | None) -> str:
    """Rows are the true classes, columns the answers; darker is a larger share of the row."""
    if not confusion:
        return ""
    labels = [str(name) for name in (classes or range(len(confusion)))]
    head = "".join(f"<th>{escape(name)}</th>" for name in labels)
    rows = []
    for name, counts in zip(labels, confusion, strict=True):
        total = max(1, sum(int(n) for n in counts))
        cells = "".join(
            f'<td style="background: rgb(var(--fill) / {0.6 * int(n) / total:.2f})">{int(n)}</td>' for n in counts
        )
        rows.append(f"<tr><th>{escape(name)}</th>{cells}</tr>")
    caption = '<p class="soft">Rows: what it was. Columns: what the int8 network said. Counts of test samples.</p>'
    return f'{caption}\n<div class="wide"><table class="confusion"><tr><th></th>{head}</tr>\n' + (
        "\n".join(rows) + "\n</table></div>"
    )


def _layer_table(layers: Layers, input_shape: Shape) -> str:
    sizes = shapes(layers, input_shape)
    head = '<tr><th>Layer</th><th>What</th><th>From</th><th class="n">Output</th></tr>'
    first = f'<tr><td>{INPUT}</td><td></td><td></td><td class="n">{_shape(input_shape)}</td></tr>'
    rows = [
        f"<tr><td>{escape(layer.name)}</td><td>{escape(_what(layer))}</td><td>{escape(', '.join(layer.inputs))}</td>"
        f'<td class="n">{_shape(sizes[layer.name])}</td></tr>'
        for layer in layers
    ]
    return '<div class="wide"><table>\n' + "\n".join([head, first, *rows]) + "\n</table></div>"


def _what(layer: Layer) -> str:
    text = layer.kind.replace("_", " ")
    if layer.kind in ("conv", "depthwise", "max_pool"):
        text += f" {_shape(layer.kernel)}"
    if max(layer.stride) > 1:
        text += f", stride {_shape(layer.stride)}"
    return text if layer.act is None else f"{text}, {layer.act}"


def _shape(sides: Sequence[int]) -> str:
    return "×".join(map(str, sides))


def _percent(value: float | None, of: str) -> str | None:
    return None if value is None else f"{100 * value:.2f} %{of}"


def _number(value: int | None) -> str | None:
    return None if value is None else f"{value:,}"


def _bytes(value: int | None, note: str = "") -> str | None:
    return None if value is None else f"{value / 1024:,.1f} KiB{note}"
