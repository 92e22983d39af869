"""What a second thread gives a training, and costs it on a busy machine: seconds of a step by clock and by processor.

`python benchmarks/training_threads.py [--beside 4] [--rounds 3]`: the same networks with one and two threads, two of them
also with OpenMP threads that sleep while they wait (`OMP_WAIT_POLICY=passive`), each in a process of its own, in turn;
beside so many processes that compute all the time. Medians over the rounds.

`--large hapt cifar10` does so with the large networks of these data sets instead, with one and two threads that sleep while
they wait, one training alone and two at once.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import defaultdict
from statistics import median

SHAPES = {"digits": (8, 8, 1), "MNIST": (28, 28, 1), "CIFAR-10": (32, 32, 3), "a series": (1, 128, 6)}
WAYS = {"1 thread": (1, "active"), "2 threads": (2, ""), "2 passive": (2, "passive")}
BATCH, STEPS, SEED = 64, 6, 1
STEP = """
import json, random, sys, time
sys.path.insert(0, "benchmarks")
import torch
import torch.nn.functional as F
from training_speed import drawn
from training_threads import BATCH, SEED, SHAPES, STEPS
from pnas_kit.space import space
from pnas_kit.space.net import build
torch.set_num_threads(int(sys.argv[1]))
rng = random.Random(SEED)
for name in sys.argv[2:]:
    shape = SHAPES[name]
    arch, ops = drawn(rng, shape, space(shape)[0].options[0], least=1e5)
    net = build(arch.pruned, shape, 0)
    x, y = torch.randn(BATCH, shape[2], *shape[:2]), torch.randint(0, 5, (BATCH,))
    optimiser = torch.optim.AdamW(net.parameters(), 1e-3, fused=True)
    for step in range(STEPS + 1):
        if step == 1:
            wall, own = time.perf_counter(), time.process_time()
        optimiser.zero_grad()
        F.cross_entropy(net(x), y).backward()
        optimiser.step()
    took = [(time.perf_counter() - wall) / STEPS, (time.process_time() - own) / STEPS]
    print(json.dumps([name, arch.family, sum(op.macs for op in ops), *took]))
"""

LARGE = """
import sys, time
from pathlib import Path
import torch
from pnas_kit.learn.data import load
from pnas_kit.learn.large_training import BATCH, LargeTraining
from pnas_kit.learn.train import tensors
torch.set_num_threads(int(sys.argv[1]))
data, steps = load(sys.argv[2]), int(sys.argv[3])
x, y = tensors(data.train_x[:BATCH * steps], data.train_y[:BATCH * steps])
training = LargeTraining(data.card, x, y, epochs=2, seed=0, checkpoint=Path("nowhere.pt"), save_seconds=1e9)
training._one_pass()
start = time.perf_counter()
training._one_pass()
print(1000 * (time.perf_counter() - start) / steps)
"""


def large(names: list[str]) -> None:
    """Print milliseconds of a step of each data set's large network."""
    variables = os.environ | {"OMP_WAIT_POLICY": "passive"}
    variables.pop("OMP_NUM_THREADS", None)
    for name in names:
        for threads in (1, 2):
            for together in (1, 2):
                command = [sys.executable, "-c", LARGE, str(threads), name, str(STEPS)]
                trainings = [
                    subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, text=True) for _ in range(together)
                ]
                taken = [float(training.communicate()[0]) for training in trainings]
                print(f"{name:14} threads {threads}  at once {together}  {median(taken):6.0f} ms a step", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--beside", type=int, default=0, help="processes that compute meanwhile")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--data", nargs="*", default=list(SHAPES), choices=SHAPES)
    parser.add_argument("--large", nargs="*", help="data sets whose large network is measured instead")
    asked = parser.parse_args()
    if asked.large:
        return large(asked.large)
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(asked.beside)]
    walls, owns = defaultdict(list), defaultdict(list)
    try:
        for _ in range(asked.rounds):
            for way, (threads, policy) in WAYS.items():
                variables = os.environ | ({"OMP_WAIT_POLICY": policy} if policy else {})
                variables.pop("OMP_NUM_THREADS", None)
                command = [sys.executable, "-c", STEP, str(threads), *asked.data]
                said = subprocess.run(command, env=variables, check=True, capture_output=True, text=True).stdout
                for name, family, macs, wall, own in map(json.loads, said.splitlines()):
                    walls[name, family, macs, way].append(wall)
                    owns[name, family, macs, way].append(own)
    finally:
        for process in busy:
            process.kill()
    print(f"load {os.getloadavg()[0]:.1f}, {asked.beside} processes beside; milliseconds of a step by clock (processor)")
    for name, family, macs in dict.fromkeys(key[:3] for key in walls):
        taken = {way: [1000 * median(kind[name, family, macs, way]) for kind in (walls, owns)] for way in WAYS}
        shown = "  ".join(f"{way} {wall:.0f} ({own:.0f})" for way, (wall, own) in taken.items())
        print(f"{name:9} {family:14} {macs / 1e6:5.1f} M MACs  {shown}")


if __name__ == "__main__":
    main()
