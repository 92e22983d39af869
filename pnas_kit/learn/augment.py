"""Small random changes of training samples that do not change their class."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

Augmentation = Callable[[Tensor, Generator], Tensor]
"""Takes and returns float32 `(batch, channels, height, width)`."""


def shift(x: Tensor, generator: Generator) -> Tensor:
    """Moves each image by up to a fourteenth of its side, repeating its edge; tiny ones, of less than 14 pixels, stay."""
    reach = x.shape[-1] // 14
    padded = F.pad(x, (reach,) * 4, mode="replicate")
    moves = torch.randint(0, 2 * reach + 1, (len(x), 2), generator=generator)
    return torch.stack(
        [p[:, dy : dy + x.shape[2], dx : dx + x.shape[3]] for p, (dy, dx) in zip(padded, moves.tolist(), strict=True)]
    )


def mirror(x: Tensor, generator: Generator) -> Tensor:
    """Flips half of the images left to right."""
    flip = torch.rand(len(x), generator=generator) < 0.5
    return torch.where(flip[:, None, None, None], x.flip(-1), x)


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


AUGMENTATIONS: dict[str, Augmentation] = {f.__name__: f for f in (shift, mirror, jitter, scale, slide)}
