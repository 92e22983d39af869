"""Random changes of training images that take the boxes along.

Each takes and returns images float32 `(batch, channels, height, width)` and boxes float32 `(batch, most objects, 5)`, padded
with class -1.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from pnas_kit.learn.data.boxes import KEPT_SHARE, LEAST_SIDE

Augmentation = Callable[[Tensor, Tensor, Generator], tuple[Tensor, Tensor]]
SCALES = (0.8, 1.25)
GAIN, LIFT = (0.7, 1.4), 0.4
"""Contrast, and brightness in deviations, of each channel by itself."""
REACH = 0.2
"""By how much of half its side an image moves, beyond what its new size asks for."""


def mirror(x: Tensor, y: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
    """Flips half of the images left to right."""
    flip = torch.rand(len(x), generator=generator) < 0.5
    width = x.shape[3]
    turned = torch.stack([y[..., 0], width - y[..., 3], y[..., 2], width - y[..., 1], y[..., 4]], -1)
    turned = torch.where(y[..., :1] >= 0, turned, y)
    return torch.where(flip[:, None, None, None], x.flip(-1), x), torch.where(flip[:, None, None], turned, y)


def upend(x: Tensor, y: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
    """Flips half of the images upside down: for pictures from above."""
    flip = torch.rand(len(x), generator=generator) < 0.5
    height = x.shape[2]
    turned = torch.stack([y[..., 0], y[..., 1], height - y[..., 4], y[..., 3], height - y[..., 2]], -1)
    turned = torch.where(y[..., :1] >= 0, turned, y)
    return torch.where(flip[:, None, None, None], x.flip(-2), x), torch.where(flip[:, None, None], turned, y)


def tint(x: Tensor, y: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
    """Changes contrast and brightness of each channel of each image: the next picture has other light and haze."""
    low, high = (torch.tensor(g).log() for g in GAIN)
    gain, lift = torch.rand(2, *x.shape[:2], 1, 1, generator=generator)
    return x * torch.exp(low + (high - low) * gain) + LIFT * (2 * lift - 1), y


def zoom(x: Tensor, y: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
    """Scales each image by 0.8 to 1.25 and moves it, repeating its edge; boxes are cut by the rule of tiles."""
    low, high = (torch.tensor(s).log() for s in SCALES)
    scale = torch.exp(low + (high - low) * torch.rand(len(x), generator=generator))
    reach = (scale - 1).abs() + REACH
    move = (2 * torch.rand(len(x), 2, generator=generator) - 1) * reach[:, None]
    still = torch.zeros_like(scale)
    # From -1 to 1 over the image: what is at place p of the new one was at (p - move) / scale.
    back = torch.stack([1 / scale, still, -move[:, 0] / scale, still, 1 / scale, -move[:, 1] / scale], 1).view(-1, 2, 3)
    grid = F.affine_grid(back, list(x.shape), align_corners=False)
    return F.grid_sample(x, grid, padding_mode="border", align_corners=False), _moved(y, scale, move, x.shape[2], x.shape[3])


def _moved(y: Tensor, scale: Tensor, move: Tensor, height: int, width: int) -> Tensor:
    size = torch.tensor([width, height, width, height], dtype=torch.float32)
    centred = 2 * y[..., 1:] / size - 1
    whole = ((scale[:, None, None] * centred + move.repeat(1, 2)[:, None]) + 1) / 2 * size
    cut = whole.clamp(min=0).minimum(size)
    sides, before = (b[..., 2:] - b[..., :2] for b in (cut, whole))
    keep = (y[..., 0] >= 0) & (sides.prod(-1) >= KEPT_SHARE * before.prod(-1))
    keep &= sides.amin(-1) >= before.amin(-1).clamp(max=LEAST_SIDE)
    return torch.where(keep[..., None], torch.cat([y[..., :1], cut], -1), torch.full_like(y, -1))


AUGMENTATIONS: dict[str, Augmentation] = {f.__name__: f for f in (mirror, tint, upend, zoom)}
