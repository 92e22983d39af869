"""What training does differently for a detector."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Generator, Tensor

from pnas_kit.learn.data.boxes import Boxes
from pnas_kit.space.layers import Layers, outputs
from pnas_kit.space.net import Net

from . import augment
from .ap import Precision, precision
from .assign import assign
from .decode import Found, decode
from .loss import cells, detection_loss, iou

RARE = 0.005
"""Probability of an object that an untrained net gives every cell: most have none, and the first steps need not learn it."""
GAIN = {"box": 0.5, "objectness": 0.3, "classes": 1.0}
"""Spread of an untrained head's answers; small, or hundreds of empty cells outweigh the objects at first."""
BATCH = 64


class DetectionGoal:
    """See `pnas_kit.learn.goal.Goal`; answers are `Boxes.padded`.

    Args:
        classes: of objects, at least 1.
        size: height and width of the images in pixels.
    """

    name = "mAP50"

    def __init__(self, classes: int, size: tuple[int, int]) -> None:
        self._classes, self._size = classes, size

    def check(self, layers: Layers) -> None:
        """Raises ValueError unless the layers end in a single-shot head."""
        if not all("." in name and name.split(".")[1] in ("box", "objectness", "classes") for name in outputs(layers)):
            raise ValueError(
                f"training on boxes takes a detector (head='detector'), this net answers {', '.join(outputs(layers))}"
            )

    def prepare(self, net: Net) -> None:
        """Bring the head's first answers near the usual ones: few objects, boxes of a third of the image at most."""
        for name in outputs(net.layers):
            norm, part = net.blocks[name.replace(".", "_")].norm, name.split(".")[1]
            # A ReLU6 that is 0 everywhere would learn nothing, so boxes begin with sides of a third of the image.
            start = {"box": 1.0, "objectness": float(np.log(RARE / (1 - RARE))), "classes": -2.0}[part]
            with torch.no_grad():
                norm.weight.fill_(GAIN[part])
                norm.bias.fill_(start)

    def changed(self, x: Tensor, y: Tensor, names: Sequence[str], generator: Generator) -> tuple[Tensor, Tensor]:
        for name in names:
            x, y = augment.AUGMENTATIONS[name](x, y, generator)
        return x, y

    def loss(self, found: dict[str, Tensor], y: Tensor, x: Tensor, smoothing: float) -> Tensor:
        with x.device:  # where the loss makes its tensors
            return detection_loss(found, y, self._size, smoothing)

    def plain_loss(self, found: dict[str, Tensor], y: Tensor) -> Tensor:
        with y.device:
            return detection_loss(found, y, self._size)

    @torch.no_grad()
    def right(self, found: dict[str, Tensor], y: Tensor, x: Tensor) -> tuple[int, int]:
        """Objects whose own cell answers with their class, a box of IoU 0.5 and an objectness above a half, and all."""
        height, width = x.shape[2:]
        with x.device:
            given = cells(found, height, width)
            goal = assign(y, given.grids, height, width)
        at = goal.cells[goal.centre]
        hit = (iou(given.boxes[at], goal.boxes[goal.centre])[0] >= 0.5) & (given.objectness[at] > 0)
        if given.classes is not None:
            hit &= given.classes[at].argmax(1) == goal.classes[goal.centre]
        return int(hit.sum()), int((y[..., 0] >= 0).sum())

    def measure(self, net: Net, x: Tensor, y: Tensor) -> float:
        return self.precision(net, x, y).map50

    def figures(self, net: Net, x: Tensor, y: Tensor) -> tuple[float, float | None]:
        found = self.precision(net, x, y)
        return found.map50, found.map50_95

    def precision(self, net: Net, x: Tensor, y: Tensor) -> Precision:
        """mAP50 and mAP50-95 of the float net."""
        truth = Boxes.of([rows[rows[:, 0] >= 0] for rows in y.numpy()])
        return precision(predict(net, x), truth, self._classes)


@torch.no_grad()
def predict(net: Net, x: Tensor, **settings) -> list[Found]:
    """What the float net finds in images `(n, channels, height, width)`; settings are those of `decode`."""
    net.eval()
    device = next(net.parameters()).device
    found: list[Found] = []
    for part in x.split(BATCH):
        maps = {name: value.permute(0, 2, 3, 1).contiguous().cpu().numpy() for name, value in net(part.to(device)).items()}
        found += decode(maps, *x.shape[2:], **settings)
    return found
