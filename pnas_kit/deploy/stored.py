"""The integer net as a file: plain arrays and JSON in a zip, the same bytes for the same net."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np

from pnas_kit.space.layers import Layer

from .model import Affine, QuantError, QuantModel, Weights

NET = "net.json"
WHEN = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can tell: files made twice are the same file."""

DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, KeyError, TypeError, ValueError, EOFError, NotImplementedError)
"""What reading half of a file, or a changed one, raises."""


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of the files, sorted by name; equal files give equal bytes."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, WHEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # as on Unix, wherever it is made
            archive.writestr(entry, files[name])
    return whole.getvalue()


def arrays_file(arrays: Mapping[str, np.ndarray], **texts: str) -> bytes:
    """Arrays as `np.load` reads them, and texts beside them, in one reproducible zip."""
    files = {name: text.encode() for name, text in texts.items()}
    for name, values in arrays.items():
        entry = io.BytesIO()
        np.lib.format.write_array(entry, np.ascontiguousarray(values), allow_pickle=False)
        files[f"{name}.npy"] = entry.getvalue()
    return zipped(files)


def dump(model: QuantModel) -> bytes:
    """The net as the bytes of an `.npz` file, which holds no pickle."""
    net = {
        "layers": [asdict(layer) for layer in model.layers],
        "input_shape": list(model.input_shape),
        "tensors": {name: [float(t.scale), int(t.zero_point)] for name, t in model.tensors.items()},
        "bits": {name: part.bits for name, part in model.weights.items()},
    }
    arrays = {}
    for name, part in model.weights.items():
        arrays |= {f"{name}.values": part.values, f"{name}.scales": part.scales, f"{name}.bias": part.bias}
    return arrays_file(arrays, **{NET: json.dumps(net, indent=1)})


def save(model: QuantModel, path: Path | str) -> None:
    """Write the net to `path`; it has to end in `.npz`."""
    Path(path).write_bytes(dump(model))


def load(path: Path | str) -> QuantModel:
    """The net that `save` wrote.

    Raises:
        QuantError: the file is no such net, or half of one.
        FileNotFoundError: there is none.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            net = json.loads(archive.read(NET))
        with np.load(path, allow_pickle=False) as arrays:
            return _model(net, arrays)
    except DAMAGED as error:
        raise QuantError(f"expected a quantised net in {Path(path).name}, got {error}: train the prototype again") from None


def load_tests(path: Path | str, model: QuantModel) -> tuple[np.ndarray, np.ndarray]:
    """The test vectors kept beside a net: int8 inputs `(count, height, width, channels)` and outputs `(count, values)`.

    Raises:
        QuantError: the file is none, half of one, or of another net.
        FileNotFoundError: there is none.
    """
    name = Path(path).name
    try:
        with zipfile.ZipFile(path), np.load(path, allow_pickle=False) as tests:  # NumPy takes other files for pickles
            x, y = tests["inputs"], tests["outputs"]
    except DAMAGED as error:
        raise QuantError(f"expected test inputs and outputs in {name}, got {error}: train the prototype again") from None
    fits = x.shape[1:] == tuple(model.input_shape) and y.ndim == 2 and len(x) == len(y) > 0
    if not fits or x.dtype != np.int8 or y.dtype != np.int8:
        wanted = ", ".join(map(str, model.input_shape))
        raise QuantError(
            f"expected int8 inputs (count, {wanted}) and as many int8 outputs in {name}, got {x.dtype} {x.shape} and "
            f"{y.dtype} {y.shape}: train the prototype again"
        )
    return x, y


def _model(net: dict, arrays: Mapping[str, np.ndarray]) -> QuantModel:
    weights = {
        name: Weights(arrays[f"{name}.values"], arrays[f"{name}.scales"], arrays[f"{name}.bias"], bits)
        for name, bits in net["bits"].items()
    }
    tensors = {name: Affine(scale, zero_point) for name, (scale, zero_point) in net["tensors"].items()}
    return QuantModel(tuple(map(_layer, net["layers"])), tuple(net["input_shape"]), tensors, weights)


def _layer(values: dict) -> Layer:
    """Lists were tuples before they were JSON."""
    return Layer(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})
