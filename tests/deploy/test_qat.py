from dataclasses import replace

import numpy as np
import pytest
import torch
from handmade import samples, trained_like
from nets import per_family, sampled

from pnas_kit.deploy import Interpreter, micro_run, write_tflite
from pnas_kit.deploy.fold import fold
from pnas_kit.deploy.qat import FakeQuantNet, fine_tune
from pnas_kit.deploy.quantiser import assemble, calibrate
from pnas_kit.learn import Recipe
from pnas_kit.learn.data import load
from pnas_kit.learn.train import Training, tensors


@pytest.mark.parametrize("shape", [(14, 14, 1), (1, 48, 3)], ids=str)
def test_the_student_computes_what_the_file_computes(shape):
    for number, arch in enumerate(per_family(shape, 2, seed=3, width=0.25)):
        layers = replace(arch, bits=(8, 4, 8, 4)).pruned
        net, x = trained_like(layers, shape, number), samples(shape, 16, number)
        folded = fold(net)
        readings = calibrate(layers, shape, folded, x)
        interpreter = Interpreter(write_tflite(assemble(layers, shape, folded, readings)))
        got = interpreter.dequantise(interpreter.run(interpreter.quantise_input(x)))
        with torch.no_grad():
            expected = FakeQuantNet(layers, folded, readings)(torch.from_numpy(x).permute(0, 3, 1, 2)).numpy()
        with torch.no_grad():
            unrounded = net(torch.from_numpy(x).permute(0, 3, 1, 2)).numpy()
        assert np.abs(got - expected).mean() < 0.5 * np.abs(got - unrounded).mean()


def file_loss(model, x, y):
    """Cross entropy of what the file answers."""
    interpreter = Interpreter(model)
    answers = interpreter.dequantise(interpreter.run(interpreter.quantise_input(x)))
    return float(torch.nn.functional.cross_entropy(torch.from_numpy(answers), torch.from_numpy(y)))


def test_fine_tuning_wins_back_what_int4_lost_and_the_runtimes_still_agree():
    data = load("digits")
    fixed = {f"depth_{g}": 0 for g in range(4)} | {f"kernel_stride_{g}": f"k3s{1 + g % 2}" for g in range(4)}
    arch = sampled((8, 8, 1), 1, classes=10, family="resnet18", width=0.15, **fixed)[0]
    arch = replace(arch, sparsity=(0.1,) * 4, bits=(4,) * 4)
    training = Training(arch, data, Recipe(epochs=15, batch=16))
    list(training)
    models = [
        write_tflite(m) for m in fine_tune(training.best, data.train_x[:256], *tensors(data.train_x, data.train_y), epochs=4)
    ]
    losses = [file_loss(model, data.train_x[:500], data.train_y[:500]) for model in models]
    assert min(losses[1:]) < 0.8 * losses[0]
    x = Interpreter(models[-1]).quantise_input(data.test_x[:5])
    np.testing.assert_array_equal(
        Interpreter(models[-1]).run(x), np.concatenate([micro_run(models[-1], one[None]) for one in x])
    )


def test_fine_tuning_sees_the_samples_as_augmentation_changes_them():
    shape = (14, 14, 1)
    net, x = trained_like(per_family(shape, 1, seed=3, width=0.25)[0].pruned, shape, 0), samples(shape, 16, 0)
    given, y = torch.from_numpy(x).permute(0, 3, 1, 2), torch.arange(16) % 2

    def dark(x, y, generator):
        return torch.zeros_like(x), y

    plain, dimmed, dark_all_along = (
        [write_tflite(m) for m in fine_tune(net, x, seen, y, epochs=1, augment=augment)]
        for seen, augment in ((given, None), (given, dark), (torch.zeros_like(given), None))
    )
    assert dimmed == dark_all_along and dimmed[0] == plain[0] and dimmed[1] != plain[1]
