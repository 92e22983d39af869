"""Small random changes of training samples that do not change their class, and mixtures that share their classes."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

Augmentation = Callable[[Tensor, Generator], Tensor]
"""Takes and returns float32 `(batch, channels, height, width)`."""
Mixture = Callable[[Tensor, Tensor, Generator], tuple[Tensor, Tensor]]
"""The same with the targets, float32 `(batch, classes)`, shares of 1."""


def shift(x: Tensor, generator: Generator) -> Tensor:
    """Moves each image by up to a fourteenth of each side, repeating its edge; a side of less than 14 pixels stays."""
    down, across = (side // 14 for side in x.shape[2:])
    padded = F.pad(x, (across, across, down, down), mode="replicate")
    moves = [torch.randint(0, 2 * reach + 1, (len(x),), generator=generator).tolist() for reach in (down, across)]
    return torch.stack([p[:, dy : dy + x.shape[2], dx : dx + x.shape[3]] for p, dy, dx in zip(padded, *moves, strict=True)])


def mirror(x: Tensor, generator: Generator) -> Tensor:
    """Flips half of the images left to right."""
    flip = torch.rand(len(x), generator=generator) < 0.5
    return torch.where(flip[:, None, None, None], x.flip(-1), x)


def warp(x: Tensor, generator: Generator) -> Tensor:
    """Turns each image by up to 10 degrees, scales it and slants it by up to a tenth, repeating its edge."""
    turn, size, slant = _strengths(3, x, generator)
    sized = _affine(xx=1 + size / 10, yy=1 + size / 10)
    return _resampled(x, _turned(math.radians(10) * turn) @ _affine(xy=slant / 10) @ sized)


def randaugment(x: Tensor, generator: Generator) -> Tensor:
    """Two different changes of each image, drawn from seven of about equal strength (RandAugment, Cubuk 2020).

    A turn by up to 20 degrees, a slant across or down by up to a fifth, a shift across or down by up to an eighth, contrast,
    or brightness: those of the paper that make sense once samples are normalised. torchvision's changes the whole batch
    alike, and draws from torch's global generator: a training would not go on as it was interrupted.
    """
    chosen = torch.rand(len(x), 7, generator=generator).argsort(1)[:, :2].T
    strengths = _strengths(2, x, generator)
    turn, slant_x, slant_y, move_x, move_y, contrast, brightness = (
        torch.where(chosen == change, strengths, 0).sum(0) for change in range(7)
    )
    moved = _affine(xy=slant_x / 5, x=move_x / 4) @ _affine(yx=slant_y / 5, y=move_y / 4)  # a side is 2 long
    x = _resampled(x, moved @ _turned(math.radians(20) * turn))
    contrast, brightness = contrast[:, None, None, None] / 2, brightness[:, None, None, None] / 2
    return torch.lerp(x.mean((1, 2, 3), keepdim=True), x, 1 + contrast) + brightness


def jitter(x: Tensor, generator: Generator) -> Tensor:
    """Adds noise of a twentieth of the normalised signal's deviation."""
    return x + 0.05 * torch.randn(x.shape, generator=generator)


def scale(x: Tensor, generator: Generator) -> Tensor:
    """Scales each channel of each series by about 10 %."""
    return x * (1 + 0.1 * torch.randn((*x.shape[:2], 1, 1), generator=generator))


def slide(x: Tensor, generator: Generator) -> Tensor:
    """Moves each series by up to a twentieth of its length, repeating its ends."""
    reach = max(1, x.shape[-1] // 20)
    padded = F.pad(x, (reach, reach, 0, 0), mode="replicate")
    starts = torch.randint(0, 2 * reach + 1, (len(x),), generator=generator)
    return torch.stack([p[..., s : s + x.shape[3]] for p, s in zip(padded, starts.tolist(), strict=True)])


def erase(x: Tensor, generator: Generator) -> Tensor:
    """Puts the mean in place of a rectangle of up to half of each side (Zhong 2017, DeVries and Taylor 2017)."""
    rows, columns = (_spans(torch.rand(len(x), generator=generator) / 2, side, generator) for side in x.shape[2:])
    return x.masked_fill(rows[:, None, :, None] & columns[:, None, None, :], 0)


def mask(x: Tensor, generator: Generator) -> Tensor:
    """Puts the mean in place of up to a fifth of each series."""
    span = _spans(torch.rand(len(x), generator=generator) / 5, x.shape[3], generator)
    return x.masked_fill(span[:, None, None, :], 0)


def mixup(x: Tensor, y: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
    """Adds to each sample up to an equal share of another one, to its target likewise (Zhang 2018).

    timm's `Mixup` does the same, but draws from NumPy's global generator: a training would not go on as it was interrupted.
    """
    share = torch.rand(len(x), 1, generator=generator) / 2
    other = torch.randperm(len(x), generator=generator)
    return torch.lerp(x, x[other], share[..., None, None]), torch.lerp(y, y[other], share)


def cutmix(x: Tensor, y: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
    """Puts a rectangle of another sample, up to half of the area, in its place, in the target its share (Yun 2019)."""
    sides = [side for side in x.shape[2:] if side > 1]
    share = (torch.rand(len(x), generator=generator) / 2) ** (1 / len(sides))
    spans = [_spans(share if side > 1 else torch.ones(len(x)), side, generator) for side in x.shape[2:]]
    inside = spans[0][:, :, None] & spans[1][:, None, :]
    other = torch.randperm(len(x), generator=generator)
    area = inside.float().mean((1, 2))[:, None]
    return torch.where(inside[:, None], x[other], x), torch.lerp(y, y[other], area)


def _strengths(changes: int, x: Tensor, generator: Generator) -> Tensor:
    """`(changes, n)` between -1 and 1."""
    return 2 * torch.rand(changes, len(x), generator=generator) - 1


def _turned(angles: Tensor) -> Tensor:
    """`(n, 3, 3)` for angles in radians `(n,)`."""
    return _affine(xx=angles.cos(), xy=-angles.sin(), yx=angles.sin(), yy=angles.cos())


def _affine(**parts: Tensor) -> Tensor:
    """`(n, 3, 3)`: the identity on coordinates from -1 to 1, but for these parts `(n,)`: xx, xy, x, yx, yy, y."""
    place = {"xx": (0, 0), "xy": (0, 1), "x": (0, 2), "yx": (1, 0), "yy": (1, 1), "y": (1, 2)}
    made = torch.eye(3).repeat(len(next(iter(parts.values()))), 1, 1)
    for name, values in parts.items():
        made[:, *place[name]] = values
    return made


def _resampled(x: Tensor, maps: Tensor) -> Tensor:
    """Each image seen through its map; what lies outside repeats the edge.

    Angles are those of the pixels: a grid's coordinates go from -1 to 1 along the longer side too.
    """
    height, width = x.shape[2:]
    sides = torch.tensor([[1, height / width, 1], [width / height, 1, 1]])
    grid = F.affine_grid(maps[:, :2] * sides, list(x.shape), align_corners=False)
    return F.grid_sample(x, grid, padding_mode="border", align_corners=False)


def _spans(shares: Tensor, size: int, generator: Generator) -> Tensor:
    """bool `(n, size)`: a random stretch of so large a share of each row."""
    lengths = (shares * size).round()
    starts = ((size - lengths + 1) * torch.rand(len(shares), generator=generator)).floor()
    places = torch.arange(size)
    return (places >= starts[:, None]) & (places < (starts + lengths)[:, None])


AUGMENTATIONS: dict[str, Augmentation] = {
    f.__name__: f for f in (shift, mirror, warp, randaugment, erase, jitter, scale, slide, mask)
}
MIXTURES: dict[str, Mixture] = {f.__name__: f for f in (mixup, cutmix)}
