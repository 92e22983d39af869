"""Making a prototype good: data sets, training with pruning. Nothing here needs torch but `train`, `prune` and `augment`."""

from .epoch import Epoch
from .recipe import Recipe, recipe_for

__all__ = ["Epoch", "Recipe", "recipe_for"]
