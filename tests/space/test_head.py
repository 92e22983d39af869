"""The single-shot head: its tensors are those that its text promises, whatever the backbone."""

import json
import math
from dataclasses import replace

import pytest
import torch
from nets import per_family

from pnas_kit.space import Arch, Layer, outputs, shapes
from pnas_kit.space.channels import channel_sets
from pnas_kit.space.head import LARGEST_GRID, SMALLEST_GRID
from pnas_kit.space.layers import only_output
from pnas_kit.space.net import build

IMAGES = ((8, 8, 1), (28, 28, 1), (32, 32, 3), (33, 47, 2), (96, 96, 3), (160, 160, 3))


def detectors(shape, count, classes=3):
    return [replace(arch, head="detector", classes=classes) for arch in per_family(shape, count, seed=2)]


@pytest.mark.parametrize("shape", IMAGES, ids=str)
def test_levels_have_a_box_an_objectness_and_class_scores_for_every_cell(shape):
    for arch in detectors(shape, 4):
        sizes, found = shapes(arch.pruned, shape), outputs(arch.pruned)
        levels = list(dict.fromkeys(name.split(".")[0] for name in found))
        assert found == tuple(f"{level}.{part}" for level in levels for part in ("box", "objectness", "classes"))
        assert len(levels) in (1, 2)
        for level in levels:
            grid = tuple(-(-side // int(level[1:])) for side in shape[:2])
            assert [sizes[f"{level}.{part}"] for part in ("box", "objectness", "classes")] == [
                (*grid, 4), (*grid, 1), (*grid, 3)
            ]  # fmt: skip
            assert max(grid) <= LARGEST_GRID


@pytest.mark.parametrize("shape", IMAGES, ids=str)
def test_the_backbone_is_that_of_the_classifier_and_all_of_it_is_used(shape):
    for arch in detectors(shape, 2):
        plain = replace(arch, head="classifier", stride=arch.strides).layers
        backbone = [layer for layer in plain if layer.name.startswith(("stem", "g"))]
        assert list(arch.layers[: len(backbone)]) == backbone
        last = "s" + str(math.prod(arch.strides) * (2 if max(shape) >= 64 else 1))
        assert arch.layers[len(backbone)].inputs == (backbone[-1].name,)
        assert outputs(arch.layers)[0] == f"{last}.box" or max(shape) / int(last[1:]) > LARGEST_GRID


@pytest.mark.parametrize("shape", IMAGES, ids=str)
def test_the_coarsest_grid_has_eight_cells_where_the_image_allows_and_strides_before_it_stay(shape):
    for arch in detectors(shape, 6):
        grids = [max(shapes(arch.layers, shape)[name][:2]) for name in outputs(arch.layers)]
        assert min(grids) >= min(SMALLEST_GRID, max(shape))
        for group, (built, asked) in enumerate(zip(arch.strides, arch.stride, strict=True)):
            before = arch.stem_stride * math.prod(arch.strides[:group])
            assert built == asked or (built == 1 and -(-max(shape) // (2 * before)) < SMALLEST_GRID)
        assert replace(arch, head="classifier").strides == arch.stride


def test_with_one_class_the_objectness_is_the_score():
    (arch,) = detectors((32, 32, 3), 1, classes=1)[:1]
    assert {name.split(".")[1] for name in outputs(arch.layers)} == {"box", "objectness"}


def test_pruning_and_int4_leave_the_head_alone():
    for arch in detectors((32, 32, 3), 2):
        arch = replace(arch, sparsity=(0.9,) * 4, bits=(4,) * 4)
        head = [layer for layer in arch.pruned if layer.name.startswith("s") and layer.name != "stem"]
        whole = {layer.name: layer.channels for layer in arch.layers}
        assert all(la.bits == 8 for la in head) and len(arch.pruned) == len(arch.layers)
        assert all(la.channels == whole[la.name] for la in head if la.kind == "conv")
        sets = channel_sets(arch.layers, 3)
        assert all(sets.group[s] is None for name in outputs(arch.layers) for s in sets.of[name])


def test_torch_answers_by_name_with_maps_of_the_predicted_shapes():
    for arch in detectors((33, 47, 2), 1):
        net = build(arch.pruned, arch.input_shape, seed=0).eval()
        with torch.no_grad():
            found = net(torch.randn(2, 2, 33, 47))
        sizes = shapes(arch.pruned, arch.input_shape)
        assert tuple(found) == outputs(arch.pruned)
        for name, value in found.items():
            height, width, channels = sizes[name]
            assert value.shape == (2, channels, height, width)
            if name.endswith("box"):
                assert value.min() >= 0 and value.max() <= 6


def test_softmax_in_torch_sums_to_one_over_channels():
    layers = (Layer("a", "conv", ("input",), 3), Layer("p", "softmax", ("a",), 3), Layer("b", "conv", ("input",), 2))
    found = build(layers, (4, 5, 1), seed=0).eval()(torch.randn(2, 1, 4, 5))
    assert list(found) == ["p", "b"]
    torch.testing.assert_close(found["p"].sum(1), torch.ones(2, 4, 5))


def test_architectures_written_before_there_were_heads_are_read():
    arch = per_family((32, 32, 3), 1)[0]
    fields = json.loads(arch.to_json())
    del fields["head"]
    assert Arch.from_json(json.dumps(fields)) == arch
    detector = replace(arch, head="detector")
    assert Arch.from_json(detector.to_json()) == detector and " detector, " in detector.words


def test_wrong_heads_and_wanting_one_output_of_several_are_said():
    arch = per_family((32, 32, 3), 1)[0]
    with pytest.raises(ValueError, match=r"head is one of \['classifier', 'detector'\], got 'segmenter'"):
        replace(arch, head="segmenter")
    with pytest.raises(ValueError, match="a detector takes images"):
        replace(per_family((1, 128, 6), 1)[0], head="detector")
    with pytest.raises(ValueError, match="at least 2 classes and a detector 1, got 0"):
        replace(arch, head="detector", classes=0)
    detector = replace(arch, head="detector")
    with pytest.raises(ValueError, match=r"accuracy takes a network with one output, this one has \d: s\d+\.box"):
        only_output(detector.layers, "accuracy")
