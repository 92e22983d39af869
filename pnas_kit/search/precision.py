"""Which weights are int4: the quantisation configuration of a candidate.

The proxies of a random net hardly see precision, so a sampled parameter would drift to whatever is smallest. Precision is
therefore no free parameter but follows from the flash limit: every group is int8 while the net fits, and only then are
groups lowered to int4, one by one, where it costs least. A per-channel int4 weight carries about the same relative noise
whatever its layer, so the cost counts the convolutions that are lowered, and the group that frees the most bytes for each
of them goes first.
"""

from __future__ import annotations

from dataclasses import replace

from pnas_kit.cost.estimate import flash_bytes
from pnas_kit.space import Arch
from pnas_kit.space.choices import GROUPS
from pnas_kit.space.layers import Layers, shapes


def fitted(arch: Arch, limit: int, engine: str | None = None) -> Arch:
    """The architecture at the highest precision that `limit` bytes of flash hold; all int4 where none does.

    Raises:
        ShapeError: the input cannot pass through the layers.
    """
    for group in _cheapest_first(arch.pruned, arch.input_shape):
        if flash_bytes(arch.pruned, arch.input_shape, engine) <= limit:
            break
        arch = replace(arch, bits=tuple(4 if g == group else bits for g, bits in enumerate(arch.bits)))
    return arch


def _cheapest_first(layers: Layers, input_shape: tuple[int, int, int]) -> list[int]:
    """Groups by the weights that int4 frees for each convolution lowered, most first; of equals the later."""
    sizes = shapes(layers, input_shape)
    weights = {g: [] for g in range(GROUPS)}
    for layer in layers:
        if layer.kind == "conv" and layer.group is not None:
            height, width = layer.kernel
            weights[layer.group].append(height * width * sizes[layer.inputs[0]][2] * layer.channels)
    return sorted(weights, key=lambda g: (sum(weights[g]) / max(1, len(weights[g])), g), reverse=True)
