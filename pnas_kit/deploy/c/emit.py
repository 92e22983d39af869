"""Layers as C: the constants of each and the call that runs it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from pnas_kit.cost.cimage import few
from pnas_kit.cost.memory import Buffer, scratch_name
from pnas_kit.deploy.model import QuantModel
from pnas_kit.space.layers import Layer, Shape, same_padding

from .numbers import CodeError, activation_range, fixed_point, softmax_scale
from .sums import sums

PER_LINE = 24
SPARE = 3  # bytes after the weights: the SMLAD kernels load four at a time, see nn_conv_dsp.h


def array(kind: str, name: str, values: Sequence[int] | np.ndarray) -> str:
    """A constant C array."""
    words = [str(int(value)) for value in np.asarray(values).reshape(-1)]
    lines = [", ".join(words[i : i + PER_LINE]) for i in range(0, len(words), PER_LINE)]
    return f"static const {kind} {name}[{len(words)}] = {{\n    " + ",\n    ".join(lines) + "\n};\n"


def int4_groups(values: np.ndarray) -> np.ndarray:
    """int8 bytes `(channels * groups * 4,)` of int4 weights `(channels, ...)`, as nn_kernels.h describes them."""
    rows = values.reshape(len(values), -1)
    rows = np.pad(rows, ((0, 0), (0, -rows.shape[1] % 8))).reshape(len(rows), -1, 2, 4)
    return (rows[:, :, 0] & 0xF | rows[:, :, 1] << 4).astype(np.int8).reshape(-1)


@dataclass
class Emitter:
    """Collects constants and calls, layer by layer."""

    model: QuantModel
    sizes: Mapping[str, Shape]
    buffers: Mapping[str, Buffer]
    constants: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    kernels: set[str] = field(default_factory=set)
    cases: set[tuple[int, int, int]] = field(default_factory=set)
    any_scale: bool = False
    any_range: bool = False

    def layer(self, number: int, layer: Layer) -> None:
        name = f"l{number}_" + re.sub(r"[^A-Za-z0-9]+", "_", layer.name)
        kind = {"linear": "conv"}.get(layer.kind, layer.kind)
        if kind != "depthwise":
            self.kernels.add(kind)
        getattr(self, kind)(name, layer)

    def at(self, name: str) -> str:
        return f"arena.bytes + {self.buffers[name].offset}"

    def call(self, kernel: str, *arguments: object) -> None:
        self.calls.append(f"    {kernel}({', '.join(map(str, arguments))});\n")

    def structure(self, kind: str, name: str, fields: Mapping[str, object]) -> None:
        lines = "".join(f"    .{key} = {value},\n" for key, value in fields.items())
        self.constants.append(f"static const {kind} {name} = {{\n{lines}}};\n")

    def conv(self, name: str, layer: Layer, kernel: str = "conv") -> None:
        constants = sums(layer, self.model)
        part = self.model.weights[layer.name]
        values = part.values.reshape(-1)
        if part.bits == 4:
            values = int4_groups(part.values)
            self.kernels.add("int4")
        elif layer.kind != "depthwise" and values.size // layer.channels % 4:
            values = np.concatenate([values, np.zeros(SPARE, np.int8)])
        self.any_scale |= not constants.short
        self.constants += [
            array("int8_t", f"{name}_weights", values),
            array("int32_t", f"{name}_bias", constants.bias),
            array("int32_t", f"{name}_scale", constants.scale),
            array("int8_t", f"{name}_shift", constants.shift),
        ]
        arrays = {key: f"{name}_{key}" for key in ("weights", "bias", "scale", "shift")}
        low, high = self.range(layer)
        self.any_range |= (low, high) != (-128, 127)
        zeros = {"in_zero": self.model.tensors[layer.inputs[0]].zero_point, "out_zero": self.zero(layer)}
        self.structure(
            "nn_conv_layer", name, arrays | self.window(layer) | zeros | {"low": low, "high": high, "bits": part.bits}
        )
        places = map(self.at, (layer.inputs[0], layer.name, scratch_name(layer.name)))
        self.call(f"nn_{kernel}", f"&{name}", *places)

    def depthwise(self, name: str, layer: Layer) -> None:
        kernel = "depthwise_few"
        if not few(layer, self.sizes[layer.name]):
            kernel = "depthwise"
            self.cases.add((layer.stride[1], layer.kernel[0], layer.kernel[1] // 2 + 1))
        self.kernels.add(kernel)
        self.conv(name, layer, kernel)

    def window(self, layer: Layer) -> dict[str, int]:
        source, target = self.sizes[layer.inputs[0]], self.sizes[layer.name]
        if layer.kind == "linear":
            source = (1, 1, source[0] * source[1] * source[2])
        pads = [same_padding(n, k, s)[0] for n, k, s in zip(source[:2], layer.kernel, layer.stride, strict=True)]
        joined = ["channels"] if layer.kind == "max_pool" else ["in_channels", "out_channels"]
        channels = dict(zip(joined, (source[2], target[2]), strict=False))
        return {
            "in_height": source[0], "in_width": source[1], "out_height": target[0], "out_width": target[1],
            **channels, "kernel_height": layer.kernel[0], "kernel_width": layer.kernel[1],
            "stride_height": layer.stride[0], "stride_width": layer.stride[1],
            "pad_top": pads[0], "pad_left": pads[1],
        }  # fmt: skip

    def range(self, layer: Layer) -> tuple[int, int]:
        return activation_range(layer.act, self.model.tensors[layer.name])

    def zero(self, layer: Layer) -> int:
        return self.model.tensors[layer.name].zero_point

    def add(self, name: str, layer: Layer) -> None:
        readings = [self.model.tensors[source] for source in layer.inputs]
        a, b, out = (float(np.float32(r.scale)) for r in (*readings, self.model.tensors[layer.name]))
        twice = 2 * max(a, b)
        reals = {"a": a / twice, "b": b / twice, "out": twice / (2**20 * out)}
        points = {key: fixed_point(real) for key, real in reals.items()}
        if points["out"][1] > 0:
            raise CodeError(
                f"layer {layer.name!r}: its inputs' steps are {twice / 2 / out:.3g} times as large as its output's, beyond "
                "what an int8 sum can carry: train the net again, or choose another"
            )
        low, high = self.range(layer)
        fields = {"count": int(np.prod(self.sizes[layer.name]))}
        fields |= {f"scale_{key}": multiplier for key, (multiplier, _) in points.items()}
        fields |= {f"shift_{key}": -shift for key, (_, shift) in points.items()}
        fields |= {"zero_a": readings[0].zero_point, "zero_b": readings[1].zero_point, "zero_out": self.zero(layer)}
        self.structure("nn_add_layer", name, fields | {"low": low, "high": high})
        self.call("nn_add", f"&{name}", *map(self.at, layer.inputs), self.at(layer.name))

    def concat(self, name: str, layer: Layer) -> None:
        if layer.act is not None:
            raise CodeError(f"layer {layer.name!r} has {layer.act} after a concat: put it on the layers before it")
        pixels, done = self.sizes[layer.name][0] * self.sizes[layer.name][1], 0
        for source in layer.inputs:
            channels = self.sizes[source][2]
            to = f"arena.bytes + {self.buffers[layer.name].offset + done}"
            self.call("nn_concat", self.at(source), pixels, channels, to, layer.channels)
            done += channels

    def max_pool(self, name: str, layer: Layer) -> None:
        low, high = self.range(layer)
        self.structure("nn_pool_layer", name, self.window(layer) | {"low": low, "high": high})
        self.call("nn_max_pool", f"&{name}", self.at(layer.inputs[0]), self.at(layer.name))

    def global_pool(self, name: str, layer: Layer) -> None:
        height, width, channels = self.sizes[layer.inputs[0]]
        source, target = self.at(layer.inputs[0]), self.at(layer.name)
        self.call("nn_mean", source, height * width, channels, target, *self.range(layer))

    def softmax(self, name: str, layer: Layer) -> None:
        height, width, channels = self.sizes[layer.name]
        scale, shift, least = softmax_scale(self.model.tensors[layer.inputs[0]])
        fields = {"scale": scale, "least": least, "pixels": height * width, "channels": channels, "shift": shift}
        self.structure("nn_softmax_layer", name, fields)
        self.call("nn_softmax", f"&{name}", self.at(layer.inputs[0]), self.at(layer.name))
