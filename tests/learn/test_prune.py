import pytest
import torch
from nets import per_family

from pnas_kit.learn.prune import Cut, importance, strongest
from pnas_kit.space import Layer
from pnas_kit.space.channels import channel_sets
from pnas_kit.space.net import Net, build, key


@pytest.mark.parametrize("shape", [(32, 32, 3), (1, 128, 6)], ids=str)
def test_the_cut_net_has_the_searched_layers_and_weights_of_the_large_one(shape):
    for arch in per_family(shape, 3):
        net = build(arch.layers, shape, seed=0)
        sets = channel_sets(arch.layers, shape[2])
        cut = Cut(net, strongest(net, sets, sets.kept(arch.sparsity)))
        assert cut.net.layers == arch.pruned
        first = key(arch.layers[0])
        assert torch.isin(cut.net.blocks[first].conv.weight, net.blocks[first].conv.weight).all()


@pytest.mark.parametrize("shape", [(32, 32, 3), (1, 128, 6)], ids=str)
def test_removing_silent_channels_changes_no_output(shape):
    """Channels whose filter and shift are zero after folding contribute nothing: they go first, and nothing is lost."""
    for arch in per_family(shape, 3, seed=4):
        net = build(arch.layers, shape, seed=0).eval()
        sets = channel_sets(arch.layers, shape[2])
        kept = sets.kept(arch.sparsity)
        alive = {s: torch.arange(n) < kept[s] for s, n in sets.size.items()}
        for layer in arch.layers:
            if layer.kind in ("conv", "depthwise"):
                norm = net.blocks[key(layer)].norm
                mask = torch.cat([alive[s] for s in sets.of[layer.name]])
                norm.weight.data *= mask
                norm.bias.data *= mask
        x = torch.randn(3, shape[2], *shape[:2])
        chosen = strongest(net, sets, kept)
        assert all(index.tolist() == list(range(kept[s])) for s, index in chosen.items())
        with torch.no_grad():
            torch.testing.assert_close(Cut(net, chosen).net.eval()(x), net(x), rtol=1e-4, atol=1e-4)


def test_importance_is_the_folded_l1_norm():
    layers = (Layer("c", "conv", ("input",), 2, group=0), Layer("p", "global_pool", ("c",), 2))
    block = (net := Net(layers, (4, 4, 1))).blocks["c"]
    with torch.no_grad():
        block.conv.weight[:] = torch.tensor([1.0, -3.0]).reshape(2, 1, 1, 1)
        block.norm.weight[:] = torch.tensor([2.0, -1.0])
        block.norm.running_var[:] = 4.0
    sets = channel_sets(layers, 1)
    assert importance(net, sets)[sets.of["c"][0]].tolist() == pytest.approx([1.0, 1.5], rel=1e-4)
