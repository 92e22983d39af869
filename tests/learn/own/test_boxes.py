"""Boxes of COCO, Pascal VOC and YOLO files: the same scene in each gives the same numbers."""

import io
import json

import made
import numpy as np
import pytest
from PIL import Image

from pnas_kit.learn.data import DataError, load, own_cards
from pnas_kit.learn.own import take_in, understand

SCENE = [("cat", 4, 6, 24, 30), ("dog", 30, 10, 50, 40)]  # x0, y0, x1, y1 in a picture of 60 x 40 pixels


def rows(seen, number):
    boxes = seen.found.boxes
    return boxes.rows[boxes.starts[number] : boxes.starts[number + 1]]


def in_coco():
    ids = {"cat": 9, "dog": 4}
    annotations = [
        {"id": 10 * i + j, "image_id": 10 + i, "category_id": ids[label], "bbox": [a, b, c - a, d - b]}
        for i in range(6)
        for j, (label, a, b, c, d) in enumerate(SCENE)
    ]
    crowd = {"id": 999, "image_id": 10, "category_id": 9, "iscrowd": 1, "bbox": [0, 0, 60, 40]}
    return made.coco(categories=((9, "cat"), (4, "dog")), annotations=[*annotations, crowd])


def in_voc():
    return made.voc_folder(boxes=[(label, a + 1, b + 1, c, d) for label, a, b, c, d in SCENE], filename="lies.jpg")


def in_yolo():
    lines = [f"{n} {(a + c) / 120} {(b + d) / 80} {(c - a) / 60} {(d - b) / 40}" for n, (_, a, b, c, d) in enumerate(SCENE)]
    return made.yolo(line="\n".join(lines))


@pytest.mark.parametrize(("make", "order"), [(in_coco, ("dog", "cat")), (in_voc, ("cat", "dog")), (in_yolo, ("cat", "dog"))])
def test_one_scene_in_three_formats(make, order, tmp_path, cache):
    seen = understand(made.folder(tmp_path / "set", make()))
    assert seen.found.task == "detection" and seen.found.classes == order and seen.found.x.shape == (6, 40, 60, 3)
    wanted = sorted((order.index(label), a, b, c, d) for label, a, b, c, d in SCENE)
    for number in range(6):
        np.testing.assert_allclose(sorted(map(tuple, rows(seen, number))), wanted, atol=1e-4)
    assert len(seen.train) == 5 and seen.counts == {label: (5, 1) for label in order}
    card = take_in(seen, "boxes")
    with np.load(cache / "own" / "boxes" / "arrays.npz") as file:
        assert file["train_rows"].shape == (10, 5) and file["test_starts"].tolist() == [0, 2]
    assert own_cards() == {"own/boxes": card}
    loaded = load("own/boxes")
    assert loaded.train_y.counts.sum() == 10 and loaded.test_y.rows.shape == (2, 5)


def test_coco_categories_crowds_and_background(tmp_path):
    files = in_coco()
    content = json.loads(files["instances.json"])
    content["images"].append({"id": 77, "file_name": "sub/bare.png"})
    content["categories"].insert(0, {"id": 0, "name": "unused"})
    files |= {"instances.json": json.dumps(content), "sub/bare.png": made.picture(9, (40, 60))}
    seen = understand(made.folder(tmp_path / "set", files))
    assert len(rows(seen, 6)) == 0 and "crowds were left out: 1" in seen.words and "1 of 7 hold no box" in seen.words


def test_coco_files_of_train_and_val_are_the_split(tmp_path):
    files = {}
    for part in ("train", "val"):
        made_ones = in_coco()
        files[f"annotations/instances_{part}.json"] = made_ones.pop("instances.json").replace('.png"', f'{part}.png"')
        files |= {f"{part}/{name.replace('.png', part + '.png')}": content for name, content in made_ones.items()}
    seen = understand(made.folder(tmp_path / "set", files))
    assert (len(seen.train), len(seen.test)) == (6, 6) and seen.split == "as the files bring it"


def test_voc_from_zero_floats_and_image_sets(tmp_path):
    files = made.voc_folder(boxes=(("tree", 0, 2.5, 20, 30),))
    files |= {"ImageSets/Main/trainval.txt": "0\n1\n2\n3\n", "ImageSets/Main/test.txt": "4\n5\n"}
    seen = understand(made.folder(tmp_path / "set", files))
    np.testing.assert_allclose(rows(seen, 0), [[0, 0, 2.5, 20, 30]])
    assert "count from 0" in seen.found.warnings[0] and seen.test.tolist() == [4, 5]


@pytest.mark.parametrize("names", ["names: [cat, dog]\n", "names:\n  0: cat\n  1: dog\npath: ../elsewhere\n"])
def test_yolo_names_outlines_background_and_folders(names, tmp_path):
    files = made.yolo(names=names) | {"labels/5.txt": ""}
    files["labels/4.txt"] = "1 0.1 0.1 0.5 0.1 0.5 0.6 0.1 0.5\n"
    del files["labels/3.txt"]
    seen = understand(made.folder(tmp_path / "set", files))
    assert seen.found.classes == ("cat", "dog")
    np.testing.assert_allclose(rows(seen, 4), [[1, 6, 4, 30, 24]], atol=1e-4)
    assert len(rows(seen, 5)) == len(rows(seen, 3)) == 0
    assert "1 of 6 pictures have no text file" in seen.found.warnings[0] and "1 outlines" in seen.words
    split = {f"{'valid' if '5' in n or '4' in n else 'train'}/{n}": c for n, c in made.yolo().items() if "/" in n}
    seen = understand(made.folder(tmp_path / "two", split | {"data.yaml": names}))
    assert (len(seen.train), len(seen.test)) == (4, 2)


def test_a_class_on_one_side_only_is_told(tmp_path):
    files = made.voc_folder() | {"0.xml": made.voc("0.png", [("rare", 1, 1, 20, 30)])}
    files |= {"ImageSets/Main/trainval.txt": "0\n1\n2\n3\n", "ImageSets/Main/test.txt": "4\n5\n"}
    assert "No box of 'rare' is in the test part." in understand(made.folder(tmp_path / "set", files)).found.warnings


def test_boxes_at_the_edge_are_cut_and_boxes_outside_are_told(tmp_path):
    boxes = [("a", 1, 1, 20, 30), ("a", 41, 11, 70, 40), ("a", 201, 201, 210, 210), ("a", 5, 5, 5, 5)]
    seen = understand(made.folder(tmp_path / "set", made.voc_folder(boxes=boxes)))
    np.testing.assert_allclose(rows(seen, 0), [[0, 0, 0, 20, 30], [0, 40, 10, 60, 40], [0, 4, 4, 5, 5]])
    assert "6 of 24 boxes lie mostly outside" in seen.found.warnings[0]


def test_large_pictures_of_small_things_are_cut_into_tiles(tmp_path):
    """A white square of 10 pixels lies where each box is, in whichever tile that falls."""
    canvas, boxes = np.zeros((300, 400, 3), np.uint8), []
    for x in range(20, 380, 40):
        for y in range(20, 280, 40):
            canvas[y : y + 10, x : x + 10] = 255
            boxes.append(("dot", x + 1, y + 1, x + 10, y + 10))
    file = io.BytesIO()
    Image.fromarray(canvas).save(file, "PNG")
    files = {"big.png": file.getvalue(), "big.xml": made.voc("big.png", boxes)}
    seen = understand(made.folder(tmp_path / "set", files), tile=100)
    assert seen.found.x.shape == (12, 100, 100, 3) and "tile rows for testing" in seen.split
    for number in range(12):
        for _, x0, y0, x1, y1 in rows(seen, number).astype(int):
            assert seen.found.x[number, y0:y1, x0:x1].min() == 255 and (x1 - x0) * (y1 - y0) >= 50
    total = sum(int((tile[..., 0] > 0).sum()) for tile in seen.found.x)
    assert total == len(boxes) * 100
    assert not {i // 4 for i in seen.train} & {i // 4 for i in seen.test}
    assert understand(tmp_path / "set").found.x.shape[1:] == (128, 128, 3)


def coco_changed(**changes):
    """A COCO folder whose JSON goes through `changes`: a function of the content by the name of its key."""
    files = in_coco()
    content = json.loads(files["instances.json"])
    for key, change in changes.items():
        content[key] = [change(item) for item in content[key]]
    return files | {"instances.json": json.dumps(content)}


def test_boxes_drawn_on_a_larger_copy_are_scaled_in_coco_and_voc(tmp_path):
    double = coco_changed(
        images=lambda image: image | {"width": 120, "height": 80},
        annotations=lambda one: one | {"bbox": [2 * number for number in one["bbox"]]},
    )
    boxes = [(label, 2 * a + 1, 2 * b + 1, 2 * c, 2 * d) for label, a, b, c, d in SCENE]
    size = "<size><width>120</width><height>80</height><depth>3</depth></size>"
    xml = {name: content.replace("<filename>", f"{size}<filename>") if name.endswith("xml") else content
           for name, content in made.voc_folder(boxes=boxes).items()}  # fmt: skip
    for number, files in enumerate((double, xml)):
        seen = understand(made.folder(tmp_path / str(number), files))
        order = seen.found.classes
        wanted = sorted((order.index(label), a, b, c, d) for label, a, b, c, d in SCENE)
        np.testing.assert_allclose(sorted(map(tuple, rows(seen, 0))), wanted, atol=1e-4)
        assert "6 pictures were drawn on another size and are scaled" in seen.found.warnings[0]


@pytest.mark.parametrize("size", [(40, 60), (61, 40), (0, 0), ("?", None)])
def test_other_shapes_are_warned_of_and_sizes_that_say_nothing_are_not(tmp_path, size):
    seen = understand(made.folder(tmp_path, coco_changed(images=lambda i: i | {"width": size[0], "height": size[1]})))
    warned = "another shape" in " ".join(seen.found.warnings)
    assert warned == (size == (40, 60))
    wanted = sorted((seen.found.classes.index(label), a, b, c, d) for label, a, b, c, d in SCENE)
    np.testing.assert_allclose(sorted(map(tuple, rows(seen, 0))), wanted, atol=1)


def test_captions_beside_instances_are_left_out_and_pictures_of_two_files_refused(tmp_path):
    files = in_coco()
    content = json.loads(files["instances.json"])
    captions = content | {"annotations": [{"id": 1, "image_id": 10, "caption": "a pet"}]}
    seen = understand(made.folder(tmp_path / "a", files | {"captions.json": json.dumps(captions)}))
    assert "left out: captions.json" in seen.words and len(seen.found.x) == 6 and len(rows(seen, 0)) == 2
    with pytest.raises(DataError, match=r"6 pictures are annotated twice, the first is 0\.png, in instances\.json, more"):
        understand(made.folder(tmp_path / "b", files | {"more.json": files["instances.json"]}))


def test_two_classes_of_one_name_are_refused(tmp_path):
    with pytest.raises(DataError, match="two classes are called 'cat'"):
        understand(made.folder(tmp_path, made.coco(categories=((3, "cat"), (7, "cat")))))


def test_the_split_of_the_files_holds_beside_captions_and_loose_pictures(tmp_path):
    files = {}
    for part, start in (("train", 0), ("val", 6), ("test", 12)):
        made_ones = in_coco()
        text = made_ones.pop("instances.json").replace('.png"', f'{part}.png"')
        captions = json.loads(text) | {"annotations": [{"id": 1, "image_id": 10, "caption": "a pet"}]}
        files |= {
            f"annotations/instances_{part}2017.json": text,
            f"annotations/captions_{part}2017.json": json.dumps(captions),
        }
        files |= {name.replace(".png", f"{part}.png"): made.picture(start + i, (40, 60)) for i, name in enumerate(made_ones)}
    seen = understand(made.folder(tmp_path / "coco", files))
    assert (len(seen.train), len(seen.test)) == (12, 6) and seen.split == "as the files bring it"
    two = {name: content for name, content in files.items() if "test" not in name}
    assert [len(part) for part in (lambda s: (s.train, s.test))(understand(made.folder(tmp_path / "two", two)))] == [6, 6]
    split = {f"{'valid' if '5' in n or '4' in n else 'train'}/{n}": c for n, c in made.yolo().items() if "/" in n}
    extra = {"data.yaml": "names: [on, off]\n", "preview.png": made.picture(99, (40, 60))}
    seen = understand(made.folder(tmp_path / "yolo", split | extra))
    assert (len(seen.train), len(seen.test)) == (5, 2) and seen.found.classes == ("on", "off")
    assert "1 pictures are in no part, the first is preview.png" in " ".join(seen.found.warnings)


def test_a_picture_beside_another_of_its_name_is_told_by_the_file_name_inside(tmp_path):
    files = made.voc_folder()
    masks = {f"depth/{i}.jpg": made.picture(50 + i, (40, 60), form="JPEG") for i in range(6)}
    seen = understand(made.folder(tmp_path / "told", files | masks))
    plain = understand(made.folder(tmp_path / "plain", files))
    np.testing.assert_array_equal(seen.found.x, plain.found.x)
    with pytest.raises(DataError, match="named like it"):
        understand(made.folder(tmp_path / "not", made.voc_folder(filename="lies.bmp") | masks))
