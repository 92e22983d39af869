"""A light single-shot head: boxes of objects from feature maps, anchor-free, one tensor for each kind of number.

Every level (one or two of the backbone's maps) has a depthwise and a pointwise convolution and on them three 1x1
convolutions, whose outputs are the network's. They are apart because an int8 tensor has one scale: a logit of -12 would
leave few steps for a box. For level `s8`, one cell for every 8x8 pixels of the image:

- `s8.box` (rows, columns, 4): distances from the cell's centre to the left, top, right and bottom side of the object's box,
  in sixths of the image's width (left, right) or height (top, bottom). A ReLU6 bounds them to what an image can hold, so at
  least 255 steps span the image and small objects keep theirs, whatever the grid.
- `s8.objectness` (rows, columns, 1): logit of "an object's centre lies in this cell".
- `s8.classes` (rows, columns, classes): logits of the classes of that object. With one class there is no such tensor.

The centre of the cell in row r and column c is at ((c + 0.5) / columns, (r + 0.5) / rows) of the image's width and height.
Nothing is decoded here: who reads the tensors does it, in floats, for the few cells whose objectness is high. There is no
upsampling from the coarse to the fine level: the joined fine map would be the largest tensor of the head.
"""

from __future__ import annotations

from collections.abc import Sequence

from .draft import Draft

BOX_SIDES = 4
LARGEST_GRID = 24
"""Cells along the longer side at most: a finer grid costs more, and few objects are as small as its cells."""

SMALLEST_GRID = 8
"""Cells along the longer side at least: of a coarser one a cell would have to answer for several objects at once."""

CHANNELS = 128
"""Of the pointwise convolution of a level, at width 1."""


def strides_kept(longest_side: int, stem: int, strides: Sequence[int]) -> tuple[int, ...]:
    """The groups' strides of a detector's backbone: one that would leave fewer than `SMALLEST_GRID` cells is 1 instead."""
    kept, so_far = [], stem
    for stride in strides:
        kept.append(stride if -(-longest_side // (so_far * stride)) >= SMALLEST_GRID else 1)
        so_far *= kept[-1]
    return tuple(kept)


def detect(d: Draft, maps: Sequence[str], strides: Sequence[int], classes: int) -> None:
    """Add the head to a backbone.

    The coarse level is the last map, so that the whole backbone serves it, the fine level the last one before with a finer
    grid, unless that has more than `LARGEST_GRID` cells along a side.

    Args:
        maps: the backbone's maps, from the first to the last.
        strides: pixels of the image for each of their cells, along one axis.
        classes: of objects, at least 1.

    No group's sparsity prunes the head, and its weights stay int8.
    """
    d.group = None
    _level(d, maps[-1], strides[-1], classes)
    finer = [(x, s) for x, s in zip(maps, strides, strict=True) if s < strides[-1]]
    if finer and _cells(d, finer[-1][1]) <= LARGEST_GRID:
        _level(d, *finer[-1], classes)


def _cells(d: Draft, stride: int) -> int:
    return -(-d.longest_side // stride)


def _level(d: Draft, x: str, stride: int, classes: int) -> None:
    """One level; a grid that is too fine is made coarser by the depthwise convolution, whose kernel leaves no pixel out."""
    step = 1
    while _cells(d, stride * step) > LARGEST_GRID:
        step *= 2
    d.scope = f"s{stride * step}"
    x = d.conv("pw", d.depthwise("dw", x, max(3, 2 * step - 1), step), d.scaled(CHANNELS))
    d.conv("box", x, BOX_SIDES, act="relu6")
    d.conv("objectness", x, 1, act=None)
    if classes > 1:
        d.conv("classes", x, classes, act=None)
