"""What the speed benchmarks look at: a problem and its batches by name."""

from __future__ import annotations

import numpy as np

from pnas_kit.cost import boards
from pnas_kit.learn.data import load, proxy_batches
from pnas_kit.search import Limits, Problem

NAMES = ("digits", "hapt", "photos32", "photos128")
STRIPS = 5


def problem_and_batches(name: str, board_id: str = "nano-33-ble") -> tuple[Problem, list]:
    """A data set of the catalogue, or crops of a size from the two photographs that scikit-learn brings.

    No colour data set comes with a package; the crops are real pixels of the right shape, their ten classes made: photograph
    and strip.
    """
    board = boards()[board_id]
    limits = Limits.of(board)
    if not name.startswith("photos"):
        data = load(name)
        return Problem.of(data.card, board, limits), proxy_batches(data)
    side = int(name.removeprefix("photos"))
    return Problem(input_shape=(side, side, 3), classes=2 * STRIPS, board=board, limits=limits), photo_batches(side)


def photo_batches(side: int, size: int = 32, count: int = 2) -> list:
    """Batches of float32 `(size, side, side, 3)` and their labels, each photograph with mean 0 and deviation 1."""
    from sklearn.datasets import load_sample_images

    photos = [(p - p.mean()) / p.std() for p in (i.astype(np.float32) for i in load_sample_images().images)]
    random = np.random.RandomState(0)
    batches = []
    for _ in range(count):
        y = random.permutation(np.arange(size) % (len(photos) * STRIPS))
        batches.append((np.stack([_crop(photos[k // STRIPS], k % STRIPS, side, random) for k in y]), y.astype(np.int64)))
    return batches


def _crop(photo: np.ndarray, strip: int, side: int, random: np.random.RandomState) -> np.ndarray:
    height, width, _ = photo.shape
    left = min(width - side, strip * width // STRIPS + random.randint(width // STRIPS))
    top = random.randint(height - side)
    return photo[top : top + side, left : left + side]
