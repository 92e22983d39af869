"""Object detection around `pnas_kit.space.head`: what its tensors should say, and what they say.

Nothing here needs torch but `assign`, `loss`, `augment` and `goal`; `decode`, `nms` and `ap` serve a finished file.
"""

from typing import TYPE_CHECKING

from .ap import Precision, precision
from .decode import Found, decode
from .nms import suppress

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Found", "Precision", "decode", "detection_loss", "precision", "suppress"]


def detection_loss(outputs: "dict[str, Tensor]", y: "Tensor") -> "Tensor":
    """The loss of `loss.py`, which loads torch when it is first asked for; what a search's problem takes for a detector."""
    from .loss import detection_loss

    return detection_loss(outputs, y)
