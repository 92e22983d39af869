"""Detection against oracles: precision worked out by hand, suppression by brute force, assignment by a plain loop."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch
from detectors import detector, digits, squares

import pnas_kit.vision_ops  # noqa: F401  (before torchvision)
from pnas_kit.learn.data import CATALOGUE
from pnas_kit.learn.data.boxes import Boxes, inside
from pnas_kit.learn.detection import Found, best_score, decode, precision, scoring_loss, suppress
from pnas_kit.learn.detection.assign import assign
from pnas_kit.learn.detection.augment import mirror, tint, upend, zoom
from pnas_kit.learn.detection.goal import DetectionGoal, predict
from pnas_kit.learn.detection.loss import cells, detection_loss, giou
from pnas_kit.learn.detection.nms import overlaps
from pnas_kit.learn.recipe import Recipe, recipe_for
from pnas_kit.learn.train import Training, tensors

GRIDS = ((6, 5), (12, 10))
HEIGHT, WIDTH = 96, 80


def found(*rows):
    """Rows of score, class, x0, y0, x1, y1."""
    table = np.array(rows, np.float32).reshape(-1, 6)
    return Found(table[:, 2:], table[:, 0], table[:, 1].astype(int))


def truth(*pictures):
    return Boxes.of([np.array(rows, np.float32).reshape(-1, 5) for rows in pictures])


# ---- average precision


def test_average_precision_worked_out_by_hand():
    """One class, four objects; answers from the best score down: hit, miss, hit, miss, hit.

    Precision at the hits is 1, 2/3, 3/5 and recall 1/4, 2/4, 3/4. COCO reads the best precision at or beyond each of 101
    recalls: 26 of them (0 to 0.25) give 1, 25 give 2/3, 25 give 3/5, the last 25 nothing.
    """
    objects = truth([[0, 0, 0, 10, 10], [0, 20, 20, 30, 30]], [[0, 0, 0, 10, 10], [0, 50, 50, 60, 60]])
    answers = [
        found([0.9, 0, 0, 0, 10, 10], [0.8, 0, 70, 70, 80, 80], [0.5, 0, 20, 20, 30, 30]),
        found([0.7, 0, 0, 0, 10, 10], [0.6, 0, 70, 0, 80, 10]),
    ]
    wanted = (26 * 1 + 25 * 2 / 3 + 25 * 3 / 5) / 101
    got = precision(answers, objects, 1)
    assert got.map50 == pytest.approx(wanted) and got.map50_95 == pytest.approx(wanted)


def test_stricter_overlaps_count_fewer_hits_and_classes_count_alike():
    """Class 0 is found with IoU 0.72: a hit at 0.5 to 0.7, five of ten thresholds. Class 1 is found exactly."""
    objects = truth([[0, 0, 0, 100, 10], [1, 0, 50, 10, 60], [1, 0, 70, 10, 80], [1, 0, 90, 10, 99]])
    answers = [found([0.9, 0, 0, 0, 72, 10], *([0.5, 1, *row[1:]] for row in objects.rows[1:]))]
    got = precision(answers, objects, 2)
    assert got.map50 == pytest.approx(1) and got.map50_95 == pytest.approx((0.5 + 1) / 2)


def test_a_second_answer_for_the_same_object_is_wrong_and_a_class_without_objects_does_not_count():
    objects = truth([[0, 0, 0, 10, 10]], [[0, 0, 0, 10, 10]])
    twice = [found([0.9, 0, 0, 0, 10, 10], [0.8, 0, 0, 0, 10, 10]), found([0.7, 0, 0, 0, 10, 10])]
    got = precision(twice, objects, 3)
    assert got.map50 == pytest.approx((51 + 50 * 2 / 3) / 101)
    assert np.isnan(got.by_class[1:]).all() and got.by_class[0] == pytest.approx(got.map50)
    assert precision([found(), found()], objects, 1).map50 == 0
    with pytest.raises(ValueError, match="answers for 2 images"):
        precision(twice[:1], objects, 1)


# ---- suppression


def test_the_shown_score_balances_missed_and_false_boxes():
    """By hand, two objects: F1 is 2/3 from 0.2 on, 1/2 from 0.15, 4/5 from 0.1296, 2/3 from 0.05."""
    real = truth([[0, 0, 0, 10, 10]], [[0, 20, 20, 40, 40]])
    seen = [
        found([0.2, 0, 0, 0, 10, 10], [0.15, 0, 60, 60, 70, 70]),
        found([0.1296, 0, 20, 20, 40, 38], [0.05, 0, 20, 20, 40, 40]),  # the second one on the same object is false
    ]
    assert best_score(seen, real) == 0.129
    assert best_score([seen[0], found([0.9, 1, 20, 20, 40, 40])], real) == 0.2  # another class
    assert best_score([found([0.9, 0, 50, 50, 60, 60]), found()], real) is None
    assert best_score([found(), found()], real) is None


def test_of_equal_scores_all_are_shown_or_none():
    """By hand, two objects: F1 is 2/3 with 0.9 alone, 4/7 with everything from 0.5; half of those at 0.5 cannot be had."""
    sure = found([0.9, 0, 0, 0, 10, 10]), [[0, 0, 0, 10, 10]]
    hit = found([0.5, 0, 20, 20, 40, 40]), [[0, 20, 20, 40, 40]]
    wrong = found(*[[0.5, 0, left, 60, left + 20, 80] for left in (0, 30, 60)]), []
    for order in itertools.permutations([sure, hit, wrong]):
        seen, real = zip(*order, strict=True)
        assert best_score(seen, truth(*real)) == pytest.approx(0.9, abs=0.0011)


def brute_force(boxes, scores, classes, overlap):
    kept = []
    for one in sorted(range(len(boxes)), key=lambda i: (-scores[i], i)):
        if all(classes[one] != classes[k] or overlaps(boxes[[one]], boxes[[k]])[0, 0] <= overlap for k in kept):
            kept.append(one)
    return kept


@pytest.mark.parametrize("seed", range(5))
def test_suppression_is_that_of_a_plain_loop_and_overlaps_those_of_torchvision(seed):
    from torchvision.ops import box_iou

    random = np.random.RandomState(seed)
    low = random.uniform(0, 60, (120, 2))
    boxes = np.concatenate([low, low + random.uniform(2, 40, (120, 2))], 1).astype(np.float32)
    scores, classes = random.permutation(120).astype(np.float32) / 120, random.randint(0, 3, 120)
    np.testing.assert_allclose(
        overlaps(boxes, boxes[:7]), box_iou(torch.from_numpy(boxes), torch.from_numpy(boxes[:7])), rtol=1e-4, atol=1e-6
    )
    kept = suppress(boxes, scores, classes, 0.45, most=1000)
    assert kept.tolist() == brute_force(boxes, scores, classes, 0.45)
    assert len(kept) < 120
    assert suppress(boxes, scores, classes, 0.45, most=5).tolist() == kept[:5].tolist()


# ---- assignment, loss


def slow_assignment(y, grids, height, width):
    """Every cell and object in a loop: (image, level, row, column) -> (object, whether its centre lies there)."""
    claims = {}
    for image, rows in enumerate(y):
        for number, (label, x0, y0, x1, y1) in enumerate(rows):
            if label < 0:
                continue
            size = np.sqrt((x1 - x0) * (y1 - y0))
            suits = [4 * np.sqrt(height / r * width / c) for r, c in grids]
            level = int(np.argmin([abs(np.log(size / s)) for s in suits]))
            rows_, columns = grids[level]
            cx, cy = (x0 + x1) / 2 / width * columns, (y0 + y1) / 2 / height * rows_
            for r, c in itertools.product(range(rows_), range(columns)):
                if abs(c + 0.5 - cx) < 1 and abs(r + 0.5 - cy) < 1:
                    own = int(cx) == c and int(cy) == r
                    claims.setdefault((image, level, r, c), []).append((not own, size, number))
    return {cell: (min(wanted)[2], not min(wanted)[0]) for cell, wanted in claims.items()}


@pytest.mark.parametrize("seed", range(4))
def test_assignment_is_that_of_a_plain_loop(seed):
    random = np.random.RandomState(seed)
    low = random.uniform(0, [60, 76], (3, 9, 2))
    y = np.concatenate([random.randint(0, 4, (3, 9, 1)), low, low + random.uniform(3, 20, (3, 9, 2))], 2).astype(np.float32)
    y[1, 4:], y[2] = -1, -1
    goal = assign(torch.from_numpy(y), GRIDS, HEIGHT, WIDTH)
    wanted = slow_assignment(y.astype(float), GRIDS, HEIGHT, WIDTH)
    starts, total = (0, 30), 150
    got = {}
    for cell, box, label, centre in zip(goal.cells, goal.boxes, goal.classes, goal.centre, strict=True):
        image, rest = divmod(int(cell), total)
        level = int(rest >= 30)
        place = (image, level, *divmod(rest - starts[level], GRIDS[level][1]))
        number = next(i for i, row in enumerate(y[image]) if np.array_equal(row[1:], box.numpy()))
        assert int(label) == y[image, number, 0]
        got[place] = (number, bool(centre))
    assert got == wanted and len(got) > 20


def test_generalised_iou_of_known_boxes():
    a = torch.tensor([[0, 0, 2, 2.0], [0, 0, 2, 2], [0, 0, 1, 1]])
    b = torch.tensor([[0, 0, 2, 2.0], [1, 1, 3, 3], [2, 0, 3, 1]])
    torch.testing.assert_close(giou(a, b), torch.tensor([1, 1 / 7 - 2 / 9, -1 / 3]))


def perfect(y, classes=4):
    """The head's outputs that say exactly what y says."""
    goal = assign(y, GRIDS, HEIGHT, WIDTH)
    outputs = {}
    for level, (rows, columns) in enumerate(GRIDS):
        for part, channels, value in (("box", 4, 0.0), ("objectness", 1, -20.0), ("classes", classes, -20.0)):
            outputs[f"s{(16, 8)[level]}.{part}"] = torch.full((len(y), channels, rows, columns), value)
    for cell, box, label, centre in zip(goal.cells, goal.boxes, goal.classes, goal.centre, strict=True):
        image, rest = divmod(int(cell), 150)
        level = int(rest >= 30)
        r, c = divmod(rest - (0, 30)[level], GRIDS[level][1])
        x, mid = (c + 0.5) / GRIDS[level][1] * WIDTH, (r + 0.5) / GRIDS[level][0] * HEIGHT
        sides = torch.stack([x - box[0], mid - box[1], box[2] - x, box[3] - mid]) / torch.tensor([WIDTH, HEIGHT] * 2) * 6
        name = f"s{(16, 8)[level]}."
        outputs[name + "box"][image, :, r, c] = sides
        outputs[name + "objectness"][image, 0, r, c] = 20.0 if centre else -20.0
        outputs[name + "classes"][image, label, r, c] = 20.0
    return outputs


OBJECTS = torch.tensor([[[2, 10, 12, 31, 40], [0, 50, 60, 60, 68.0]], [[3, 40, 8, 47, 15], [-1] * 5]])


def test_outputs_that_say_the_truth_lose_nothing_and_decode_to_it():
    outputs = perfect(OBJECTS)
    assert detection_loss(outputs, OBJECTS) < 1e-4
    maps = {name: value.permute(0, 2, 3, 1).numpy() for name, value in outputs.items()}
    answers = decode(maps, HEIGHT, WIDTH, least=0.5)
    for answer, rows in zip(answers, OBJECTS.numpy(), strict=True):
        rows = rows[rows[:, 0] >= 0]
        order = np.argsort(answer.boxes[:, 0])
        np.testing.assert_allclose(answer.boxes[order], rows[:, 1:], atol=1e-3)
        assert answer.classes[order].tolist() == rows[:, 0].tolist() and (answer.scores > 0.99).all()
    goal, x = DetectionGoal(4, (HEIGHT, WIDTH)), torch.zeros(2, 1, HEIGHT, WIDTH)
    assert goal.right(outputs, OBJECTS, x) == (3, 3)


@pytest.mark.parametrize("part", ["box", "objectness", "classes"])
def test_each_part_of_the_loss_pulls_its_own_outputs_back(part):
    shaken = torch.Generator().manual_seed(1)
    outputs = {
        name: (0.1 * value if part != "box" else value) + 0.5 * torch.randn(value.shape, generator=shaken)
        if name.endswith(part) else value
        for name, value in perfect(OBJECTS).items()
    }  # fmt: skip
    for value in outputs.values():
        value.requires_grad_()
    loss = detection_loss(outputs, OBJECTS)
    assert loss > 0.01
    loss.backward()
    better = {n: (v - 0.1 * v.grad if n.endswith(part) else v).detach() for n, v in outputs.items()}
    assert detection_loss(better, OBJECTS) < 0.999 * loss


@pytest.mark.parametrize("size", [(90, 120), (120, 120), (96, 80)])
def test_fine_tuning_and_scoring_know_the_size_of_images_that_no_stride_divides(size):
    random = torch.Generator().manual_seed(0)
    grids = {"s16": [-(-side // 16) for side in size], "s8": [-(-side // 8) for side in size]}
    outputs = {
        f"{level}.{part}": torch.randn(1, channels, *grid, generator=random)
        for level, grid in grids.items()
        for part, channels in (("box", 4), ("objectness", 1))
    }
    objects, goal = torch.tensor([[[0, 10.0, 12, 31, 40]]]), DetectionGoal(1, size)
    assert goal.plain_loss(outputs, objects) == goal.loss(outputs, objects, torch.zeros(1, 1, *size), 0.0)
    card = replace(CATALOGUE["mnist_det"], shape=(*size, 1))
    assert scoring_loss(card)(outputs, objects) == detection_loss(outputs, objects, size, everywhere=True)


def test_images_without_objects_train_the_objectness_alone():
    outputs = {name: torch.zeros_like(value).requires_grad_() for name, value in perfect(OBJECTS).items()}
    detection_loss(outputs, torch.full((2, 1, 5), -1.0)).backward()
    assert {name.split(".")[1] for name, v in outputs.items() if v.grad is not None and v.grad.abs().sum() > 0} == {
        "objectness"
    }


# ---- augmentation


def painted(rows, height=48, width=64):
    x = torch.zeros(1, 1, height, width)
    for x0, y0, x1, y1 in rows:
        x[..., y0:y1, x0:x1] = 1
    return x


@pytest.mark.parametrize("change", [mirror, upend, zoom])
def test_boxes_stay_around_their_objects(change):
    generator = torch.Generator().manual_seed(0)
    x = painted([(10, 12, 26, 30)]).repeat(40, 1, 1, 1)
    y = torch.tensor([[[3, 10, 12, 26, 30], [-1] * 5]]).float().repeat(40, 1, 1)
    changed, boxes = change(x, y, generator)
    assert changed.shape == x.shape and (boxes[:, 1] == -1).all()
    places = set()
    for picture, (row, _) in zip(changed[:, 0], boxes, strict=True):
        if row[0] < 0:
            continue
        at = torch.nonzero(picture > 0.5).float()
        ink = torch.stack([at[:, 1].min(), at[:, 0].min(), at[:, 1].max() + 1, at[:, 0].max() + 1])
        assert (ink - row[1:]).abs().max() <= 0.75
        places.add(tuple(row[1:].tolist()))
    assert len(places) > (30 if change is zoom else 1)


def test_tint_changes_light_and_leaves_boxes_and_shapes_alone():
    x, y = torch.randn(4, 3, 8, 8), torch.tensor([[[0, 1, 1, 5, 5.0]]]).repeat(4, 1, 1)
    changed, boxes = tint(x, y, torch.Generator().manual_seed(0))
    assert boxes is y
    for before, after in zip(x.flatten(0, 1), changed.flatten(0, 1), strict=True):
        gain = (after - after.mean()).norm() / (before - before.mean()).norm()
        lift = after - gain * before
        assert 0.7 <= gain <= 1.4 and lift.std() < 1e-5 and lift.abs().max() <= 0.4
    assert (changed - x).abs().amax((2, 3)).min() > 0


def test_zoom_cuts_boxes_by_the_rule_of_tiles():
    generator, y = torch.Generator().manual_seed(1), torch.tensor([[[0, 0, 0, 30, 20], [1, 44, 30, 64, 48.0]]])
    y = y.repeat(50, 1, 1)
    x = torch.zeros(50, 1, 48, 64)
    from pnas_kit.learn.detection import augment

    seen = {}
    whole = augment._moved
    augment._moved = lambda *a: seen.setdefault("y", whole(*seen.setdefault("a", a)))
    try:
        zoom(x, y, generator)
    finally:
        augment._moved = whole
    _, scale, move, height, width = seen["a"]
    dropped = 0
    for rows, after, s, (dx, dy) in zip(y.numpy(), seen["y"].numpy(), scale.numpy(), move.numpy(), strict=True):
        side = np.array([width, height, width, height]) / 2
        full = ((rows[:, 1:] / side - 1) * s + [dx, dy, dx, dy] + 1) * side
        wanted = inside(np.concatenate([rows[:, :1], full], 1), 0, 0, width, height)
        np.testing.assert_allclose(after[after[:, 0] >= 0], wanted, atol=1e-3)
        dropped += 2 - len(wanted)
    assert dropped > 0


# ---- the whole


def test_training_finds_objects_and_prunes_the_detector(tmp_path):
    data, arch = squares(), detector()
    recipe = Recipe(epochs=8, batch=8, learning_rate=1e-2, augment=("zoom",), validation=0.2)
    training = Training(arch, data, recipe, checkpoint=tmp_path / "checkpoint.pt")
    epochs = list(training)
    assert epochs[-1].loss < 0.5 * epochs[0].loss and max(e.accuracy for e in epochs) > 0.3
    assert training.best.layers == arch.pruned
    again = Training(arch, data, recipe, checkpoint=tmp_path / "checkpoint.pt")
    assert again.finished_epochs == 8 and list(again) == []
    x = torch.from_numpy(data.test_x).permute(0, 3, 1, 2)
    figures = precision(predict(training.best, x), data.test_y, 2)
    assert 0.3 < figures.map50 <= 1 and figures.map50_95 < figures.map50
    assert predict(again.best, x)[0].boxes.tolist() == predict(training.best, x)[0].boxes.tolist()


def test_a_small_detector_learns_a_few_pictures_by_heart():
    """Ten classes of real digits; of so few pictures nothing is held out."""
    data = digits()
    arch = replace(detector(10), stride=(2, 1, 2, 1), width=0.4)
    training = Training(arch, data, replace(recipe_for("mnist_det", "detection", 40, 60), augment=()))
    for _ in training:
        pass
    figures = precision(predict(training.average, tensors(data.train_x, data.train_y)[0]), data.train_y, 10)
    assert figures.map50 > 0.95


def test_a_classifier_is_refused_boxes_and_a_detector_labels():
    with pytest.raises(ValueError, match="takes a detector"):
        Training(replace(detector(), head="classifier"), squares(), Recipe(epochs=1))


def test_cells_are_in_the_order_of_the_assignment():
    outputs = perfect(OBJECTS)
    goal = assign(OBJECTS, GRIDS, HEIGHT, WIDTH)
    got = cells(outputs, HEIGHT, WIDTH)
    torch.testing.assert_close(got.boxes[goal.cells], goal.boxes, atol=1e-3, rtol=0)
