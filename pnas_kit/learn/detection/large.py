"""A large detector of the usual kind: what a prototype's mAP has to be compared with."""

from __future__ import annotations

import math

import torch.nn.functional as F
from torch import Tensor, nn

from pnas_kit.vision_ops import timm  # isort: skip  (before torchvision, which it makes importable)
from torchvision.ops import Conv2dNormActivation, FeaturePyramidNetwork

STRIDES, WIDTH = (8, 16, 32), 128
ANSWERING = STRIDES[:2]
"""Levels with an output; that of the coarsest, a few cells, only feeds those."""
RARE = 0.01
"""Probability of an object that an untrained net gives every cell."""


class LargeDetector(nn.Module):
    """timm's ResNet-18, a feature pyramid (Lin et al. 2017) and two levels that answer as `pnas_kit.space.head` does."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.backbone = timm.create_model("resnet18", in_chans=channels, features_only=True, out_indices=(2, 3, 4))
        self.pyramid = FeaturePyramidNetwork(self.backbone.feature_info.channels(), WIDTH, norm_layer=nn.BatchNorm2d)
        self.heads = nn.ModuleDict({f"s{stride}": _Head(classes) for stride in ANSWERING})

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        """Maps `(n, numbers, rows, columns)` by name, such as `s8.box`, from float32 `(n, channels, height, width)`."""
        names = [f"s{stride}" for stride in STRIDES]
        maps = self.pyramid(dict(zip(names, self.backbone(x), strict=True)))
        return {f"{level}.{part}": value for level, head in self.heads.items() for part, value in head(maps[level]).items()}


class _Head(nn.Module):
    def __init__(self, classes: int) -> None:
        super().__init__()
        self.before = nn.Sequential(*(Conv2dNormActivation(WIDTH, WIDTH, 3) for _ in range(2)))
        sizes = {"box": 4, "objectness": 1} | ({"classes": classes} if classes > 1 else {})
        self.parts = nn.ModuleDict({part: nn.Conv2d(WIDTH, size, 1) for part, size in sizes.items()})
        nn.init.constant_(self.parts["box"].bias, 1.0)
        nn.init.constant_(self.parts["objectness"].bias, math.log(RARE / (1 - RARE)))

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        x = self.before(x)
        found = {part: layer(x) for part, layer in self.parts.items()}
        return found | {"box": F.softplus(found["box"])}
