"""Makes torchvision, and so timm, importable beside a CPU build of torch.

The registry's torchvision wheel is built against CUDA. Beside a CPU-only torch its compiled operators do not load, and its
Python half then fails at import because it describes operators that were never declared (`operator torchvision::nms does
not exist`). Declaring their schemas is enough: nothing here calls them. Where the compiled operators do load, they declare
themselves and nothing is done.

Import timm from here: `from pnas_kit.vision_ops import timm`.
"""

import importlib.util
from pathlib import Path

import torch

SCHEMAS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)


def _compiled_operators_load() -> bool:
    package = Path(importlib.util.find_spec("torchvision").origin).parent
    for library in (*package.glob("_C*.so"), *package.glob("_C*.pyd")):
        try:
            torch.ops.load_library(library)
        except OSError:
            return False
    return True


_library = torch.library.Library("torchvision", "FRAGMENT")
if not _compiled_operators_load():
    for _schema in SCHEMAS:
        _library.define(_schema)

import timm  # noqa: E402  (only now can it be imported)
import timm.optim  # noqa: E402
import timm.scheduler  # noqa: E402

__all__ = ["timm"]
