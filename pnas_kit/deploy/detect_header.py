"""The C that decodes a detector's outputs, `nn_detect.h`."""

from __future__ import annotations

from pnas_kit.learn.detection.decode import MOST
from pnas_kit.learn.detection.nms import OVERLAP
from pnas_kit.space.layers import outputs

from .model import QuantModel

PARTS = ("box", "objectness", "classes")
ABSENT = "{-1, 1.0f, 0}"


def is_detector(model: QuantModel) -> bool:
    """Whether the outputs are those of `pnas_kit.space.head`."""
    return any(name.endswith(".objectness") for name in outputs(model.layers))


def detect_values(model: QuantModel, score: float) -> dict[str, object]:
    """What the template's places hold, boxes shown from a score on; the table names the macros of `nn.h`."""
    names = outputs(model.layers)
    levels = list(dict.fromkeys(name.split(".")[0] for name in names))
    rows = []
    for level in levels:
        at = names.index(f"{level}.box")
        maps = (_map(names, f"{level}.{part}") for part in PARTS)
        rows.append(f"    {{NN_OUTPUT_{at}_HEIGHT, NN_OUTPUT_{at}_WIDTH, {', '.join(maps)}}},")
    classes = [layer.channels for layer in model.layers if layer.name.endswith(".classes")]
    return {
        "LEVELS": "\n".join(rows), "LEVELS_COUNT": len(levels), "SCORE": score, "OVERLAP": OVERLAP,
        "CLASSES": classes[0] if classes else 1, "MOST": MOST,
    }  # fmt: skip


def _map(names: tuple[str, ...], name: str) -> str:
    if name not in names:
        return ABSENT
    at = names.index(name)
    return f"{{{at}, NN_OUTPUT_{at}_SCALE, NN_OUTPUT_{at}_ZERO_POINT}}"
