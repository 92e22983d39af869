"""The paper's four proxies: numbers read off an untrained network that tend to rank as accuracy after training does.

To add one, here or in a file that `pnas_kit.score` imports, write a function of an `Observation` and register it with
`@proxy`.
"""

import numpy as np
import torch
from torch import Tensor

from .observe import Observation
from .registry import ProxyError, check_gradients, proxy

# Relative size, against a layer's largest value, below which float32 convolutions differ by rounding alone.
ROUNDING = 1e-6

# Smallest eigenvalues below this are rounding. Over 800 layers of random nets, those that are 0 by algebra came out
# below 1e-14 and all others above 1e-8, equal in float32 and float64 nets to four digits.
NOISE = 1e-11


@proxy("meco", backward=0)
def meco(seen: Observation) -> float:
    """Sum over convolutions of the smallest eigenvalue of the correlation matrix of one sample's channel maps.

    Jiang, Wang, Bie, "MeCo: Zero-Shot NAS with One Data and Single Forward Pass via Minimum Eigenvalue of
    Correlation", NeurIPS 2023: MeCo = sum over layers i of lambda_min(P(f_i(x))), P the Pearson correlation of
    the channels of f_i(x) over its positions. Higher is better. Constant channels have no correlation and are left
    out; a single channel has nothing to correlate with and counts 0.

    Centred maps of c channels over p positions have rank p - 1 at most, so for c >= p the smallest eigenvalue is
    0 by algebra; what a solver returns there is noise, so it is counted as 0 without asking one. So it is, below
    `NOISE`, where a pointwise convolution puts out more channels than it reads. A net of such layers alone
    therefore scores 0, the lowest value: true, though it says nothing more.

    Raises:
        ProxyError: no convolution has a channel that varies.
    """
    smallest = []
    for name, channels in seen.maps.items():
        if not torch.isfinite(channels).all():
            raise ProxyError("meco", name, "its output is not finite; check the inputs' scale and the weights")
        live = _centred(channels)
        if len(live):
            smallest.append(_smallest_eigenvalue(live))
    if not smallest:
        raise ProxyError("meco", "every convolution", "all channels are constant; the net is dead or has none")
    return float(sum(smallest))


def _centred(channels: Tensor) -> np.ndarray:
    """The channels that vary, float64 `(live channels, positions)`, each with mean 0 and norm 1."""
    values = channels.cpu().numpy().astype(np.float64)
    largest = np.abs(values).max(axis=1)
    values -= values.mean(axis=1, keepdims=True)
    norms = np.sqrt(np.einsum("cp,cp->c", values, values))
    live = norms > ROUNDING * largest * np.sqrt(values.shape[1])
    return values[live] / norms[live, None]


def _smallest_eigenvalue(live: np.ndarray) -> float:
    count, positions = live.shape
    if count < 2 or count >= positions:
        return 0.0
    smallest = float(np.linalg.eigvalsh(live @ live.T)[0])
    return smallest if smallest > NOISE else 0.0


@proxy("zico", backward=2)
def zico(seen: Observation) -> float:
    """Sum over layers of the log of the gradients' inverse coefficients of variation over the batches.

    Li, Yang, Bhardwaj, Marculescu, "ZiCo: Zero-shot NAS via Inverse Coefficient of Variation on Gradients", ICLR
    2023: ZiCo = sum over layers of log( sum over weights of mean_b |g_b| / std_b g_b ), g_b the gradient on batch
    b, over convolutions and linear layers, where std > 0. Higher is better. The deviation is that of the signed
    gradient over the batches (n in the denominator), as in the authors' code.

    Raises:
        ProxyError: a layer's gradients are missing, or the same on all batches.
    """
    check_gradients("zico", seen)
    # float64, since two nearly equal gradients leave few digits in their difference; and it holds sums of float32
    # exactly, so that equal gradients deviate by exactly 0 and not by the rounding of their mean.
    gradients = seen.flat_gradients
    deviation = gradients.std(axis=0)
    ratio = np.divide(np.abs(gradients).mean(axis=0), deviation, out=np.zeros_like(deviation), where=deviation > 0)
    layers = np.add.reduceat(ratio, seen.starts)
    if not (layers > 0).all():
        dead = seen.layers[int(np.argmin(layers))]
        raise ProxyError("zico", dead, "no gradient differs between the batches; is a batch repeated, or the net dead?")
    return float(np.log(layers).sum())


@proxy("naswot", backward=0)
def naswot(seen: Observation) -> float:
    """Log determinant of how far the samples' binary activation codes agree.

    Mellor, Turner, Storkey, Crowley, "Neural Architecture Search without Training", ICML 2021: log |det K|,
    K_ij = N_A - Hamming(c_i, c_j), N_A the number of units, c_i the code of sample i (1 where an activation's
    input is above 0). Higher is better.

    Raises:
        ProxyError: the net has no activation module, or K is singular, as when two samples share one code.
    """
    if not seen.codes:
        raise ProxyError("naswot", "the whole net", "it has no activation module, so no code")
    agreement = sum(_agreement(code) for code in seen.codes.values())
    samples = len(agreement)
    if samples < 2:
        raise ProxyError("naswot", "the first batch", "one sample gives the log of the unit count only; use 16 to 32")
    if np.linalg.matrix_rank(agreement, hermitian=True) < samples:
        raise ProxyError("naswot", _twins(agreement), "the matrix of agreements is singular; the net cannot tell them apart")
    return float(np.linalg.slogdet(agreement)[1])


def _agreement(code: Tensor) -> np.ndarray:
    """Units with the same code for each two samples, float64 `(samples, samples)`, of bool `(samples, units)`."""
    # c_i . c_j counts units on in both, exactly. Bytes multiply three times as fast as floats, but not on every device;
    # float32 holds counts up to 2^24 exactly, far above a layer's units.
    if code.device.type == "cpu":
        whole = code.view(torch.int8)
        both = torch._int_mm(whole, whole.T)
    else:
        real = code.view(torch.uint8).to(torch.float32)
        both = real @ real.T
    both = both.cpu().numpy().astype(np.float64)
    on = both.diagonal()
    return code.shape[1] - (on[:, None] + on[None, :] - 2 * both)


def _twins(agreement: np.ndarray) -> str:
    units = agreement[0, 0]
    first, second = np.nonzero(np.triu(agreement == units, 1))
    return f"samples {first[0]} and {second[0]}" if len(first) else "the batch as a whole"


@proxy("snip", backward=1)
def snip(seen: Observation) -> float:
    """Sum over weights of |gradient times weight| on the first batch: what removing each would change in the loss.

    Lee, Ajanthan, Torr, "SNIP: Single-shot Network Pruning based on Connection Sensitivity", ICLR 2019, before
    its normalisation, summed as in Abdelfattah et al., "Zero-Cost Proxies for Lightweight NAS", ICLR 2021.
    Over convolutions and linear layers. Higher is better.

    Raises:
        ProxyError: a layer's gradients are missing, or all are 0.
    """
    check_gradients("snip", seen)
    total = float(np.abs(seen.flat_gradients[0] * seen.flat_weights).sum())
    if total == 0:
        raise ProxyError("snip", "every layer", "gradient times weight is 0 throughout; the net is dead")
    return total
