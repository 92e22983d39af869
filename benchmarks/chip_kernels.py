"""Instructions per MAC of the generated C: `python benchmarks/chip_kernels.py [--cores ...] [--flags O2] [--bits 4]`.

Each row is a net of one layer, run under QEMU's instruction counter. Instructions are no cycles (no wait states, no dual
issue): they compare kernels, not boards. Every run's output is also compared with TFLite's reference kernels.
`--save` counts what the latency model rests on, on the Cortex-M4, and writes `data/instructions.csv`: the median of the
typical layers of every kind, and whole nets.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from pathlib import Path
from statistics import median

import numpy as np

from pnas_kit.cost.ops import trace
from pnas_kit.cost.reference_nets import reference_nets
from pnas_kit.deploy import Affine, Interpreter, QuantModel, Weights, quantise, write_tflite
from pnas_kit.deploy.c import generate
from pnas_kit.deploy.c.emulator import MACHINES, build, run
from pnas_kit.paths import DATA
from pnas_kit.space.layers import Layer, Shape
from pnas_kit.space.net import build as build_net

Case = tuple[str, Shape, int, tuple[int, int], tuple[int, int]]  # kind, input, output channels, kernel, stride
CODES = {"dsp": ("-O2",), "plain": ("-O2", "-DNN_NO_DSP")}
NETS = ("kws", "vww", "ic", "mobilenetv2-0.35-128-5")
GOALS = {"conv": 2.5, "pointwise": 2.5, "depthwise": 4.0, "linear": 2.0}
TYPICAL: tuple[Case, ...] = (
    ("conv", (32, 32, 16), 16, (3, 3), (1, 1)),
    ("conv", (16, 16, 32), 32, (3, 3), (1, 1)),
    ("conv", (16, 16, 32), 64, (3, 3), (2, 2)),
    ("conv", (8, 8, 32), 32, (5, 5), (1, 1)),
    ("conv", (1, 128, 16), 32, (1, 5), (1, 1)),
    ("conv", (24, 24, 16), 32, (1, 1), (1, 1)),
    ("conv", (12, 12, 64), 64, (1, 1), (1, 1)),
    ("conv", (6, 6, 192), 64, (1, 1), (1, 1)),
    ("depthwise", (24, 24, 32), 32, (3, 3), (1, 1)),
    ("depthwise", (24, 24, 32), 32, (3, 3), (2, 2)),
    ("depthwise", (12, 12, 96), 96, (3, 3), (1, 1)),
    ("depthwise", (12, 12, 96), 96, (5, 5), (1, 1)),
    ("depthwise", (12, 12, 96), 96, (7, 7), (2, 2)),
    ("depthwise", (1, 128, 32), 32, (1, 7), (1, 1)),
    ("linear", (1, 1, 256), 10, (1, 1), (1, 1)),
    ("linear", (1, 1, 640), 128, (1, 1), (1, 1)),
    ("linear", (1, 1, 64), 32, (1, 1), (1, 1)),
)
AWKWARD: tuple[Case, ...] = (
    ("conv", (32, 32, 1), 8, (3, 3), (1, 1)),
    ("conv", (48, 48, 3), 16, (3, 3), (2, 2)),
    ("conv", (16, 16, 13), 17, (3, 3), (1, 1)),
    ("conv", (16, 16, 8), 8, (1, 1), (1, 1)),
    ("conv", (16, 16, 11), 23, (1, 1), (1, 1)),
    ("depthwise", (24, 24, 5), 5, (3, 3), (1, 1)),
    ("depthwise", (4, 4, 128), 128, (3, 3), (1, 1)),
    ("depthwise", (2, 2, 128), 128, (7, 7), (1, 1)),
    ("depthwise", (1, 64, 8), 8, (1, 3), (2, 2)),
    ("linear", (1, 1, 32), 2, (1, 1), (1, 1)),
    ("linear", (1, 1, 37), 5, (1, 1), (1, 1)),
)


def one_layer(case: Case, seed: int = 0, bits: int = 8) -> QuantModel:
    """A net of this layer alone, with random weights and plausible scales; `bits` counts for a conv only."""
    kind, shape, channels, kernel, stride = case
    bits = bits if kind == "conv" else 8
    layer = Layer("layer", kind, ("input",), channels, kernel, stride, bits=bits)
    most = 2 ** (bits - 1) - 1
    rng = np.random.default_rng(seed)
    fan_in = {"conv": kernel[0] * kernel[1] * shape[2], "depthwise": kernel[0] * kernel[1], "linear": int(np.prod(shape))}[
        kind
    ]
    size = {"conv": (channels, *kernel, shape[2]), "depthwise": (1, *kernel, channels), "linear": (channels, fan_in)}[kind]
    values = rng.integers(-most, most + 1, size, dtype=np.int8)
    scales = rng.uniform(0.5, 1.5, 1 if kind == "linear" else channels).astype(np.float32) / most / fan_in**0.5
    tensors = {"input": Affine(float(np.float32(0.02)), -12), "layer": Affine(float(np.float32(0.03)), 5)}
    bias = rng.integers(-2000, 2000, channels, dtype=np.int32)
    return QuantModel((layer,), shape, tensors, {"layer": Weights(values, scales, bias, bits)})


def measured(case: Case, core: str, folder: Path, flags: tuple[str, ...], bits: int) -> tuple[float, int, int]:
    """Instructions per multiply-accumulate, differing bytes, bytes of code and constants."""
    model = one_layer(case, bits=bits)
    x = np.random.default_rng(1).integers(-128, 128, (2, *case[1]), dtype=np.int8)
    y = Interpreter(write_tflite(model)).run(x) if case[0] == "linear" else reference(model, x)
    machine = MACHINES[core]
    image = build(generate(model, (x, y)), folder, machine, optimise=flags[0], flags=flags[1:])
    ran = run(image, machine)
    return ran.instructions / sum(op.macs for op in trace(model.layers, model.input_shape)), ran.different, image.text


def reference(model: QuantModel, x: np.ndarray) -> np.ndarray:
    """TFLite's whole output map, int8 `(count, values)`."""
    interpreter = Interpreter(write_tflite(model))._inner
    outputs = []
    for sample in x:
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], sample[None])
        interpreter.invoke()
        outputs.append(interpreter.get_tensor(interpreter.get_output_details()[0]["index"]).reshape(-1))
    return np.stack(outputs)


def kind_of(case: Case) -> str:
    return "pointwise" if case[0] == "conv" and case[3] == (1, 1) else case[0]


def whole_net(net: str, folder: Path, flags: tuple[str, ...]) -> float:
    """Instructions per MAC of a reference net with random weights on a Cortex-M4.

    Raises:
        RuntimeError: bytes differ from TFLite's.
    """
    layers, shape = reference_nets()[net].layers, reference_nets()[net].input_shape
    rng = np.random.default_rng(0)
    model = quantise(build_net(layers, shape, 0).eval(), rng.normal(size=(4, *shape)).astype(np.float32))
    x = rng.integers(-128, 128, (1, *shape), dtype=np.int8)
    files, machine = generate(model, (x, Interpreter(write_tflite(model)).run(x))), MACHINES["cortex-m4"]
    ran = run(build(files, folder, machine, optimise=flags[0], flags=flags[1:]), machine, seconds=600)
    if ran.different:
        raise RuntimeError(f"{net}: {ran.different} bytes differ")
    return ran.instructions / sum(op.macs for op in trace(layers, shape))


def counted(folder: Path) -> list[tuple[str, int, str, str, str]]:
    """The rows of `data/instructions.csv`."""
    found, source = [], "benchmarks/chip_kernels.py --save: Cortex-M4, gcc -O2, QEMU"
    for code, flags in CODES.items():
        for bits, kinds in ((8, tuple(GOALS)), (4, ("conv", "pointwise"))):
            for kind in kinds:
                cases = [case for case in TYPICAL if kind_of(case) == kind]
                middle = median(measured(case, "cortex-m4", folder, flags, bits)[0] for case in cases)
                found.append((code, bits, kind, f"{middle:.3f}", f"{source}; median of {len(cases)} layers"))
        for net in NETS:
            per_mac = whole_net(net, folder, flags)
            found.append((code, 8, net, f"{per_mac:.3f}", f"{source}; whole net, random weights"))
    return found


def save() -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = counted(Path(folder))
    with open(DATA / "instructions.csv", "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("code", "bits", "what", "instructions_per_mac", "source"))
        out.writerows(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cores", nargs="+", choices=MACHINES, default=["cortex-m4", "cortex-m7"])
    parser.add_argument("--flags", nargs="+", default=["O2"], help="without the dash, the optimisation first: O3 DNN_NO_DSP")
    parser.add_argument("--bits", type=int, choices=(8, 4), default=8, help="of convolution weights")
    parser.add_argument("--save", action="store_true", help="write data/instructions.csv instead")
    arguments = parser.parse_args()
    if arguments.save:
        save()
        return
    flags = tuple(f"-{flag}" for flag in arguments.flags)
    print("instructions per MAC at", " ".join(flags))
    print(f"{'layer':42}" + "".join(f"{core:>12}" for core in arguments.cores) + "   goal  different")
    with tempfile.TemporaryDirectory() as folder:
        for group, cases in (("typical", TYPICAL), ("awkward", AWKWARD)):
            print(group)
            for case in cases:
                found = [measured(case, core, Path(folder), flags, arguments.bits) for core in arguments.cores]
                kind = kind_of(case)
                name = f"{kind} {'x'.join(map(str, case[1]))} > {case[2]}, {case[3][0]}x{case[3][1]}/{case[4][1]}"
                goal = f"{GOALS[kind]:7}" if group == "typical" else " " * 7
                print(f"  {name:40}" + "".join(f"{f[0]:12.2f}" for f in found) + goal + f"{sum(f[1] for f in found):11}")


if __name__ == "__main__":
    main()
