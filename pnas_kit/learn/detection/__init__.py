"""Object detection around `pnas_kit.space.head`: what its tensors should say, and what they say.

Nothing here needs torch but `assign`, `loss`, `augment`, `goal` and `large`; `decode`, `nms`, `ap` and `shown` serve a
finished file.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from pnas_kit.learn.data.card import Card

from .ap import Precision, precision
from .decode import Found, decode
from .nms import suppress
from .shown import best_score

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Found", "Precision", "best_score", "decode", "detection_loss", "precision", "scoring_loss", "suppress"]


def detection_loss(outputs: "dict[str, Tensor]", y: "Tensor", size: tuple[int, int] | None = None) -> "Tensor":
    """The loss of `loss.py`, which loads torch when it is first asked for; what a search's problem takes for a detector.

    Every level is asked for every object: else a level that suits none of a batch's objects would have no gradient. `size`
    is the images' height and width in pixels; None where the strides of all levels divide them.
    """
    from .loss import detection_loss

    return detection_loss(outputs, y, size, everywhere=True)


def scoring_loss(card: Card) -> Callable | None:
    """What the proxies of nets for a data set are to back-propagate; None for the cross entropy."""
    return partial(detection_loss, size=card.shape[:2]) if card.task == "detection" else None
