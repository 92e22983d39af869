"""Writes a quantised net as a .tflite file that TFLite, TFLite Micro and CMSIS-NN run as it is.

What else reads the order in here: tensors are "input", then the layers' outputs in layer order, then weights and
biases; operators are the layers in order. TFLite Micro's arena planner breaks ties between equally big tensors by
that order, and `pnas_kit.cost.memory` plans with it. `pnas_kit.cost.flash` counts the bytes of exactly this layout;
change both together.
"""

import flatbuffers
import numpy as np

from pnas_kit.space.layers import INPUT, Layer, Layers, Shape, flat, outputs, shapes

from .engine import schema_module
from .model import Affine, QuantError, QuantModel, Weights

DESCRIPTION = "PrototypeNAS"
ALIGNMENT = 16  # of weights and biases in the file: what the schema asks for and vector units want
VERSION = 3  # of the file format

OPERATORS = {  # kind: (built-in operator, version, table of options)
    "conv": ("CONV_2D", 3, "Conv2DOptions"),
    "depthwise": ("DEPTHWISE_CONV_2D", 3, "DepthwiseConv2DOptions"),
    "linear": ("FULLY_CONNECTED", 4, "FullyConnectedOptions"),
    "add": ("ADD", 2, "AddOptions"),
    "concat": ("CONCATENATION", 2, "ConcatenationOptions"),
    "max_pool": ("MAX_POOL_2D", 2, "Pool2DOptions"),
    "global_pool": ("AVERAGE_POOL_2D", 2, "Pool2DOptions"),
    "softmax": ("SOFTMAX", 2, "SoftmaxOptions"),
}
ACTIVATIONS = {None: "NONE", "relu": "RELU", "relu6": "RELU6"}


def check_known(layers: Layers) -> None:
    """Raises QuantError where a layer has no TFLite operator."""
    for layer in layers:
        if layer.kind not in OPERATORS:
            raise QuantError(
                f"layer {layer.name!r} is a {layer.kind!r}, which the exporter does not know; "
                f"build the net of {', '.join(OPERATORS)}"
            )


def write_tflite(model: QuantModel) -> bytes:
    """The .tflite file; the same model gives the same bytes.

    Raises:
        QuantError: a layer that the exporter does not know.
        RuntimeMissing: no package with the TFLite schema is installed.
    """
    check_known(model.layers)
    return _Writer(model).file()


class _Writer:
    """One file under construction; a flatbuffer grows from its end, leaves before the tables that hold them."""

    def __init__(self, model: QuantModel) -> None:
        self.model = model
        self.sizes = shapes(model.layers, model.input_shape)
        self.schema = schema_module()
        self.builder = flatbuffers.Builder(1 << 16)
        self.shared: dict[tuple, int] = {}
        self.index = {name: i for i, name in enumerate(self.sizes)}
        self.constants: dict[str, tuple[int, int]] = {}
        self.flat = flat(model.layers)
        self.kinds = list(dict.fromkeys(layer.kind for layer in model.layers))

    def file(self) -> bytes:
        buffers = [self.table("Buffer")]  # buffer 0 is empty by convention: tensors in the arena point to it
        for part in self.model.weights.values():
            buffers += [self.buffer(part.stored()), self.buffer(part.bias)]
        tensors = self.activations() + self.weights()
        operators = [self.operator(layer) for layer in self.model.layers]
        codes = [self.code(kind) for kind in self.kinds]
        subgraph = self.table(
            "SubGraph",
            Tensors=self.offsets(tensors),
            Inputs=self.integers([self.index[INPUT]]),
            Outputs=self.integers([self.index[name] for name in outputs(self.model.layers)]),
            Operators=self.offsets(operators),
        )
        root = self.table(
            "Model",
            Version=VERSION,
            OperatorCodes=self.offsets(codes),
            Subgraphs=self.offsets([subgraph]),
            Description=self.builder.CreateString(DESCRIPTION),
            Buffers=self.offsets(buffers),
        )
        self.builder.Finish(root, b"TFL3")
        return bytes(self.builder.Output())

    def buffer(self, values: np.ndarray) -> int:
        raw = np.frombuffer(values.astype(values.dtype.newbyteorder("<")).tobytes(), np.uint8)
        self.builder.Prep(ALIGNMENT, raw.size)
        return self.table("Buffer", Data=self.builder.CreateNumpyVector(raw))

    def activations(self) -> list[int]:
        return [self.tensor(name, self.batched(name), "INT8", 0, *self.reading(name)) for name in self.sizes]

    def batched(self, name: str) -> tuple[int, ...]:
        return (1, self.sizes[name][2]) if name in self.flat else (1, *self.sizes[name])

    def reading(self, name: str) -> tuple[int, int]:
        affine: Affine = self.model.tensors[name]
        scale = self.builder.CreateNumpyVector(np.array([affine.scale], "<f4"))
        return scale, self.builder.CreateNumpyVector(np.array([affine.zero_point], "<i8"))

    def weights(self) -> list[int]:
        """Two constant tensors a layer; all scales but one a channel are the layer's own, zeros are shared."""
        tensors = []
        for number, layer in enumerate(la for la in self.model.layers if la.name in self.model.weights):
            part: Weights = self.model.weights[layer.name]
            steps = part.scales.astype(np.float64) * np.float64(np.float32(self.model.tensors[layer.inputs[0]].scale))
            self.constants[layer.name] = (len(self.sizes) + 2 * number, len(self.sizes) + 2 * number + 1)
            axis = 3 if layer.kind == "depthwise" else 0
            for letter, values, kind, scales, along in (
                ("w", part.values, f"INT{part.bits}", part.scales, axis),
                ("b", part.bias, "INT32", steps, 0),
            ):
                scale = self.builder.CreateNumpyVector(scales.astype("<f4"))
                zeros = self.once(("zeros", scales.size), np.zeros(scales.size, "<i8"))
                buffer = 1 + 2 * number + (letter == "b")
                tensors.append(self.tensor(f"{letter}{number}", values.shape, kind, buffer, scale, zeros, along))
        return tensors

    def tensor(
        self, name: str, shape: tuple[int, ...], kind: str, buffer: int, scale: int, zeros: int, axis: int = 0
    ) -> int:
        """A tensor; `scale` and `zeros` are offsets of vectors already written."""
        quantization = self.table("QuantizationParameters", Scale=scale, ZeroPoint=zeros, QuantizedDimension=axis)
        return self.table(
            "Tensor",
            Shape=self.once(("shape", *shape), np.array(shape, "<i4")),
            Name=self.builder.CreateString(name),
            Quantization=quantization,
            Buffer=buffer,
            Type=getattr(self.schema.TensorType, kind),
        )

    def operator(self, layer: Layer) -> int:
        inputs = [self.index[name] for name in layer.inputs] + list(self.constants.get(layer.name, ()))
        options_table = OPERATORS[layer.kind][2]
        return self.table(
            "Operator",
            OpcodeIndex=self.kinds.index(layer.kind),
            Inputs=self.integers(inputs),
            Outputs=self.integers([self.index[layer.name]]),
            BuiltinOptions=self.table(options_table, **self.options(layer)),
            BuiltinOptionsType=getattr(self.schema.BuiltinOptions, options_table),
        )

    def options(self, layer: Layer) -> dict[str, int]:
        act = {"FusedActivationFunction": getattr(self.schema.ActivationFunctionType, ACTIVATIONS[layer.act])}
        same = self.schema.Padding.SAME
        if layer.kind == "conv":
            return {**_strides(layer.stride), **act, "Padding": same}
        if layer.kind == "depthwise":
            return {**_strides(layer.stride), "DepthMultiplier": 1, **act, "Padding": same}
        if layer.kind == "max_pool":
            return {**_strides(layer.stride), **_filter(layer.kernel), **act, "Padding": same}
        if layer.kind == "global_pool":
            whole = self.sizes[layer.inputs[0]]
            return {**_strides(whole), **_filter(whole), **act, "Padding": self.schema.Padding.VALID}
        if layer.kind == "softmax":
            return {"Beta": 1.0}
        return {"Axis": 3, **act} if layer.kind == "concat" else act

    def code(self, kind: str) -> int:
        name, version, _ = OPERATORS[kind]
        number = getattr(self.schema.BuiltinOperator, name)
        return self.table("OperatorCode", Version=version, BuiltinCode=number, DeprecatedBuiltinCode=number)

    def table(self, name: str, **fields: int) -> int:
        """A table of the schema; its fields are written in this order, those with the default value not at all."""
        getattr(self.schema, f"{name}Start")(self.builder)
        for field, value in fields.items():
            getattr(self.schema, f"{name}Add{field}")(self.builder, value)
        return getattr(self.schema, f"{name}End")(self.builder)

    def once(self, key: tuple, values: np.ndarray) -> int:
        """A vector that several tables may point to. Zero points alone are 8 bytes a channel, twice a layer."""
        if key not in self.shared:
            self.shared[key] = self.builder.CreateNumpyVector(values)
        return self.shared[key]

    def integers(self, values: list[int]) -> int:
        return self.builder.CreateNumpyVector(np.array(values, "<i4"))

    def offsets(self, values: list[int]) -> int:
        self.builder.StartVector(4, len(values), 4)
        for value in reversed(values):
            self.builder.PrependUOffsetTRelative(value)
        return self.builder.EndVector()


def _strides(stride: tuple[int, ...] | Shape) -> dict[str, int]:
    return {"StrideW": stride[1], "StrideH": stride[0]}


def _filter(kernel: tuple[int, ...] | Shape) -> dict[str, int]:
    return {"FilterWidth": kernel[1], "FilterHeight": kernel[0]}
