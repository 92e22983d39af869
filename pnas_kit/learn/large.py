"""Large networks of the usual kind, no thought given to any device: what a prototype has to be compared with."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pnas_kit.learn.data import Card
from pnas_kit.vision_ops import timm

from .detection.large import LargeDetector

_SMALL_SIDE = 64


def large_network(card: Card, seed: int) -> tuple[str, nn.Module]:
    """A large network for a data set, and its name.

    Pictures get timm's ResNet-18 (up to 64 pixels with a stem of 3x3 and stride 1 and without its first pooling, as usual
    for CIFAR), series one member of InceptionTime, detection a ResNet-18 with a feature pyramid.
    """
    channels, classes = card.shape[2], len(card.classes)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if card.task == "series":
            return "InceptionTime, one member", InceptionTime(channels, classes)
        if card.task == "detection":
            return "ResNet-18, feature pyramid", LargeDetector(channels, classes)
        net = timm.create_model("resnet18", in_chans=channels, num_classes=classes)
        if max(card.shape[:2]) > _SMALL_SIDE:
            return "ResNet-18", net
        net.conv1 = nn.Conv2d(channels, 64, 3, padding=1, bias=False)
        net.maxpool = nn.Identity()
        return "ResNet-18, small stem", net


class InceptionTime(nn.Module):
    """One member of InceptionTime (Ismail Fawaz et al. 2020) at full width: six modules, two shortcuts, average pooling.

    Kernels have 39, 19 and 9 points instead of 40, 20 and 10, so that padding is the same on both sides.
    """

    def __init__(self, channels: int, classes: int, *, filters: int = 32) -> None:
        super().__init__()
        wide = 4 * filters
        self.modules_ = nn.ModuleList(_Inception(channels if n == 0 else wide, filters) for n in range(6))
        self.shortcuts = nn.ModuleList(
            nn.Sequential(nn.Conv1d(c, wide, 1, bias=False), nn.BatchNorm1d(wide)) for c in (channels, wide)
        )
        self.linear = nn.Linear(wide, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Logits `(batch, classes)` from float32 `(batch, channels, 1, length)`."""
        x = kept = x.squeeze(2)
        for number, module in enumerate(self.modules_):
            x = module(x)
            if number % 3 == 2:
                x = kept = torch.relu(x + self.shortcuts[number // 3](kept))
        return self.linear(x.mean(dim=2))


class _Inception(nn.Module):
    def __init__(self, channels: int, filters: int) -> None:
        super().__init__()
        inner = filters if channels > 1 else channels
        self.bottleneck = nn.Conv1d(channels, filters, 1, bias=False) if channels > 1 else nn.Identity()
        self.branches = nn.ModuleList(nn.Conv1d(inner, filters, size, padding=size // 2, bias=False) for size in (39, 19, 9))
        self.pooled = nn.Sequential(nn.MaxPool1d(3, stride=1, padding=1), nn.Conv1d(channels, filters, 1, bias=False))
        self.norm = nn.BatchNorm1d(4 * filters)

    def forward(self, x: Tensor) -> Tensor:
        narrow = self.bottleneck(x)
        return torch.relu(self.norm(torch.cat([*(branch(narrow) for branch in self.branches), self.pooled(x)], dim=1)))
