"""A network of two hidden layers on points of the plane: small enough to be trained, pruned and rounded while one looks on.

It says in forty numbers a row what `pnas_kit.learn` and `pnas_kit.deploy` do with whole channels and tensors.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

HIDDEN = 16
RATE, BETAS, TINY = 0.01, (0.9, 0.999), 1e-8  # of Adam (Kingma 2015)
GENTLE = 0.3
"""Of the rate where it trains with rounded numbers: they jump, and large steps make them jump about."""

BATCH = 32
FLOAT_BITS = 32


def rounded(values: np.ndarray, bits: int, low: float, high: float) -> np.ndarray:
    """The nearest of ``2 ** bits`` values that lie evenly over ``low`` to ``high``, which contain 0; 0 is one of them."""
    levels = 2**bits - 1
    scale = (high - low) / levels
    if scale == 0:
        return np.zeros_like(values)
    zero = np.clip(np.round(-low / scale), 0, levels)
    return scale * (np.clip(np.round(values / scale) + zero, 0, levels) - zero)


def rounded_weights(values: np.ndarray, bits: int) -> np.ndarray:
    """The nearest multiples of one step, as many above 0 as below it: 127 each at 8 bits, one each at 2."""
    most = 2 ** (bits - 1) - 1
    step = np.abs(values).max() / most
    return step * np.round(values / step) if step else values


class TinyNet:
    """Two inputs, two hidden layers of ReLU neurons, one output: the logit of class 1.

    Attributes:
        weights, biases: of the three layers; weights are ``(inputs, outputs)``.
        alive: of the two hidden layers, which neurons are not pruned.
    """

    def __init__(self, seed: int = 0, hidden: int = HIDDEN) -> None:
        rng = np.random.default_rng(seed)
        sizes = (2, hidden, hidden, 1)
        self.weights = [rng.normal(0, np.sqrt(2 / a), (a, b)) for a, b in pairwise(sizes)]
        self.biases = [np.zeros(b) for b in sizes[1:]]
        self.alive = [np.ones(hidden, bool), np.ones(hidden, bool)]
        self._moments = [(np.zeros_like(p), np.zeros_like(p)) for p in self._parameters()]
        self._steps = 0

    def _parameters(self) -> list[np.ndarray]:
        return [*self.weights, *self.biases]

    @property
    def importance(self) -> list[np.ndarray]:
        """The L1 norm of each hidden neuron's incoming weights, as `pnas_kit.learn.prune.importance` takes it (Li 2017)."""
        return [np.abs(weight).sum(axis=0) for weight in self.weights[:2]]

    @property
    def left(self) -> int:
        """Weights and biases of the neurons that are not pruned."""
        first, second = (int(part.sum()) for part in self.alive)
        return 3 * first + (first + 1) * second + second + 1

    def prune(self, share: float) -> None:
        """Switch the weakest ``share`` of each hidden layer's neurons off, and all others on again."""
        for layer, norms in enumerate(self.importance):
            keep = max(1, round((1 - share) * len(norms)))
            self.alive[layer] = np.isin(np.arange(len(norms)), np.argsort(-norms, kind="stable")[:keep])

    def run(self, x: np.ndarray, bits: int = FLOAT_BITS, ranges: list | None = None) -> np.ndarray:
        """Logits ``(n,)``; with fewer bits than a float's, weights and values are rounded as on a chip.

        Args:
            ranges: of the values before each layer, from `ranges`; needed where values are rounded.
        """
        return self._forward(x, bits, ranges)[0]

    def ranges(self, x: np.ndarray) -> list[tuple[float, float]]:
        """The least and greatest value before each layer over some samples, and 0: the calibration."""
        return [(min(0.0, float(v.min())), max(0.0, float(v.max()))) for v in self._forward(x, FLOAT_BITS, None)[1]]

    def _forward(self, x, bits, ranges):
        """Logits, and what goes into each layer."""
        value, seen = x, []
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            if bits < FLOAT_BITS:
                value = rounded(value, bits, *ranges[layer])
                weight = rounded_weights(weight * self._mask(layer), bits)
            seen.append(value)
            value = value @ weight + bias
            if layer < 2:
                value = np.maximum(value, 0) * self.alive[layer]
        return value[:, 0], seen

    def _mask(self, layer: int) -> np.ndarray:
        """Which weights of a layer end at a living neuron: others must not stretch the scale."""
        return self.alive[layer][None, :] if layer < 2 else np.ones((1, 1))

    def train(self, x: np.ndarray, y: np.ndarray, rng: np.random.Generator, bits: int = FLOAT_BITS) -> float:
        """One pass over the samples in random order; the mean cross entropy.

        With few bits it computes with rounded numbers and moves the exact ones (the straight-through idea of
        `pnas_kit.deploy.qat`).
        """
        total = 0.0
        ranges = self.ranges(x) if bits < FLOAT_BITS else None
        for index in np.array_split(rng.permutation(len(x)), max(1, len(x) // BATCH)):
            loss, gradients = self.gradients(x[index], y[index], bits, ranges)
            total += loss * len(index)
            self._adam(gradients, RATE if bits == FLOAT_BITS else GENTLE * RATE)
        return total / len(x)

    def gradients(self, x, y, bits: int = FLOAT_BITS, ranges: list | None = None) -> tuple[float, list[np.ndarray]]:
        """The mean cross entropy and its gradient for every parameter, weights first."""
        logits, seen = self._forward(x, bits, ranges)
        loss = float(np.mean(np.logaddexp(0, logits) - y * logits))
        back = ((1 / (1 + np.exp(-logits)) - y) / len(y))[:, None]
        weights, biases = [], []
        for layer in (2, 1, 0):
            weights.insert(0, seen[layer].T @ back)
            biases.insert(0, back.sum(axis=0))
            if layer:
                used = self.weights[layer] * self._mask(layer)
                used = rounded_weights(used, bits) if bits < FLOAT_BITS else self.weights[layer]
                back = (back @ used.T) * (seen[layer] > 0)
        return loss, weights + biases

    def _adam(self, gradients: list[np.ndarray], rate: float) -> None:
        self._steps += 1
        for parameter, gradient, (mean, square) in zip(self._parameters(), gradients, self._moments, strict=True):
            mean += (1 - BETAS[0]) * (gradient - mean)
            square += (1 - BETAS[1]) * (gradient**2 - square)
            size = np.sqrt(square / (1 - BETAS[1] ** self._steps)) + TINY
            parameter -= rate * mean / (1 - BETAS[0] ** self._steps) / size


def accuracy(logits: np.ndarray, y: np.ndarray) -> float:
    """The share of answers that are right."""
    return float(np.mean((logits > 0) == (y > 0)))
