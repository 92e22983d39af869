import dataclasses
import pickle

import pytest
import torch
from nets import SHAPES, per_family, sampled

from pnas_kit.space import FAMILIES, Arch, ShapeError, count, shapes, space
from pnas_kit.space.net import build

SMALL = [shape for shape in SHAPES if shape[0] * shape[1] <= 4096]


def test_the_space_has_the_papers_fourteen_parameters():
    for shape in ((32, 32, 3), (1, 128, 6)):
        assert len(space(shape)) == 14
    assert count(space((32, 32, 3))) == 4 * 4**4 * 6**4 * 10 * 10**4
    assert count(space((1, 128, 6))) == 2 * 4**4 * 6**4 * 10 * 10**4


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_family_passes_every_promised_shape(shape):
    for arch in per_family(shape, 3):
        for layers in (arch.layers, arch.pruned):
            assert shapes(layers, shape)[layers[-1].name] == (1, 1, arch.classes)


@pytest.mark.parametrize("shape", SMALL, ids=str)
def test_torch_agrees_with_every_predicted_map(shape):
    for arch in per_family(shape, 2, seed=1):
        net, seen = build(arch.pruned, shape, seed=0).eval(), {}
        for layer in arch.pruned:
            block = net.blocks[layer.name.replace(".", "_")]
            block.register_forward_hook(lambda _, __, out, name=layer.name, seen=seen: seen.update({name: out.shape}))
        with torch.no_grad():
            net(torch.randn(2, shape[2], *shape[:2]))
        for name, (height, width, channels) in shapes(arch.pruned, shape).items():
            if name != "input" and len(seen[name]) == 4:
                assert seen[name] == (2, channels, height, width), name


def test_depth_kernel_stride_and_width_do_what_they_say():
    arch = sampled((32, 32, 3), 1, family="mbednet", depth_0=0, depth_1=3, kernel_stride_1="k5s2", width=1.0)[0]
    blocks = [layer for layer in arch.layers if layer.kind == "depthwise" and layer.group == 1]
    assert [b.kernel for b in blocks] == [(5, 5)] * 4
    assert [b.stride for b in blocks] == [(2, 2), (1, 1), (1, 1), (1, 1)]
    assert len([layer for layer in arch.layers if layer.kind == "depthwise" and layer.group == 0]) == 1
    half = dataclasses.replace(arch, width=0.5)
    ratios = {a.channels / b.channels for a, b in zip(half.layers, arch.layers, strict=True) if a.kind == "conv"}
    assert ratios == {0.5}


@pytest.mark.parametrize("family", FAMILIES)
def test_pruning_removes_the_asked_share_of_every_group(family):
    shape = (32, 32, 3) if "image" in FAMILIES[family].tasks else (1, 128, 6)
    fixed = {f"sparsity_{g}": share for g, share in enumerate((0.25, 0.5, 0.75, 0.9))}
    for arch in sampled(shape, 4, family=family, width=1.0, **fixed):
        for dense, pruned in zip(arch.layers, arch.pruned, strict=True):
            if dense.kind == "conv" and dense.group is not None:
                asked = dense.channels * (1 - arch.sparsity[dense.group])
                tied_sets = 4 if dense.name.endswith("shortcut") else 1
                assert abs(pruned.channels - asked) <= 4 * tied_sets, dense.name
            if dense.kind == "depthwise":
                producer = next(layer for layer in arch.pruned if layer.name == dense.inputs[0])
                assert pruned.channels == producer.channels
        assert arch.pruned[-1].channels == arch.classes


def test_pruned_nets_run_for_every_family():
    for shape in ((28, 28, 1), (1, 64, 3)):
        for arch in per_family(shape, 6, seed=2):
            net = build(arch.pruned, shape, seed=0)
            assert net(torch.randn(2, shape[2], *shape[:2])).shape == (2, arch.classes)


def test_an_architecture_survives_json_pickle_and_hashing():
    for arch in sampled((28, 28, 1), 5):
        assert Arch.from_json(arch.to_json()) == arch == pickle.loads(pickle.dumps(arch))
        assert len({arch, Arch.from_json(arch.to_json())}) == 1


def test_the_same_seed_gives_the_same_weights_and_leaves_torchs_own_generator_alone():
    arch = sampled((8, 8, 1), 1)[0]
    before = torch.random.get_rng_state()
    a, b, c = (build(arch.layers, (8, 8, 1), seed).state_dict() for seed in (0, 0, 1))
    assert torch.equal(before, torch.random.get_rng_state())
    assert all(torch.equal(a[k], b[k]) for k in a)
    assert any(not torch.equal(a[k], c[k]) for k in a)


def test_too_many_strides_are_refused_in_words():
    params = {c.name: c.low if c.continuous else c.options[0] for c in space((8, 8, 1))}
    arch = Arch.from_params(params, (8, 8, 1), 10)
    with pytest.raises(ShapeError, match="one pixel"):
        shapes(arch.pruned, (8, 8, 1))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"family": "vgg"}, "family is one of"),
        ({"depth": (1, 2)}, "one value for each of 4 groups"),
        ({"input_shape": (4, 4, 1)}, "inputs are"),
        ({"input_shape": (1, 128, 3)}, "does not take inputs"),
        ({"classes": 1}, "at least 2 classes"),
    ],
)
def test_impossible_architectures_are_refused(change, message):
    arch = sampled((28, 28, 1), 1, family="resnet18")[0]
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(arch, **change)


def test_a_parameter_out_of_range_is_refused_with_both_values():
    params = {c.name: c.low if c.continuous else c.options[0] for c in space((8, 8, 1))}
    with pytest.raises(ValueError, match=r"width is 0.1 to 1.0, got 2.0"):
        Arch.from_params(params | {"width": 2.0}, (8, 8, 1), 10)
