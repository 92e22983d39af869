"""Tables beside pictures and sounds say their class, part and person; lists say the parts; boxes may be in a table too."""

import json

import made
import numpy as np
import pytest

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.own import recognise, understand


def table(titles, rows):
    return "\n".join([titles, *(",".join(map(str, row)) for row in rows)]) + "\n"


def pictures(count, place="images/{}.png"):
    return {place.format(n): made.picture(n) for n in range(count)}


def of_class(seen, name):
    return int((seen.found.y == seen.found.classes.index(name)).sum())


def test_a_table_of_sounds_gives_class_and_folds(tmp_path):
    """As ESC-50 and UrbanSound8K have it; of a number and a word for the class, the word."""
    files = {f"audio/fold{n % 5}/{n}-a.wav": made.wav(n) for n in range(20)}
    rows = [(f"{n}-a.wav", n % 5, n // 5 % 2, ["dog", "rain"][n // 5 % 2]) for n in range(20)]
    seen = understand(made.folder(tmp_path, files | {"meta/all.csv": table("filename,fold,target,category", rows)}))
    assert seen.found.form == "WAV folder" and seen.found.classes == ("dog", "rain")
    assert "by fold" in seen.split and len(set(seen.found.groups[seen.test])) == 1
    assert not set(seen.found.groups[seen.train]) & set(seen.found.groups[seen.test])
    assert "in column 'category'" in seen.words


def test_tables_in_the_folders_of_the_parts(tmp_path):
    files = pictures(12, "train/{:04}.png") | pictures(6, "test/{:04}.png")
    for part, count in (("train", 12), ("test", 6)):
        files[f"{part}/metadata.csv"] = table(
            "file_name,label", [(f"{n:04}.png", ["cat", "dog"][n % 2]) for n in range(count)]
        )
    seen = understand(made.folder(tmp_path, files))
    assert seen.counts == {"cat": (6, 3), "dog": (6, 3)} and seen.split == "as the files bring it"


@pytest.mark.parametrize("by", ["column", "name of the table"])
def test_the_split_of_a_table(tmp_path, by):
    label = ["cat", "dog"]
    if by == "column":
        rows = [(f"images/{n}.png", label[n % 2], "Train" if n < 8 else "Valid" if n < 12 else "Test") for n in range(16)]
        tables = {"all.csv": table("path,label,split", rows)}
    else:
        tables = {
            "train.csv": table("id,label", [(n, label[n % 2]) for n in range(12)]),
            "test.csv": table("id,label", [(n, label[n % 2]) for n in range(12, 16)]),
        }
    seen = understand(made.folder(tmp_path, pictures(16) | tables))
    assert seen.counts == {"cat": (6, 2), "dog": (6, 2)}


def test_a_table_in_each_folder_of_a_class_and_one_for_testing(tmp_path):
    """As GTSRB has them: files of one name in every folder."""
    files = {
        f"Final_Training/{label:05}/{n:05}.ppm": made.picture(20 * label + n, form="PPM")
        for label in (2, 10)
        for n in range(6)
    }
    for label in (2, 10):
        rows = "".join(f"{n:05}.ppm;24;20;5;5;15;15;{label}\n" for n in range(6))
        files[f"Final_Training/{label:05}/GT-{label:05}.csv"] = (
            f"Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId\n{rows}"
        )
    files |= {f"Final_Test/{n:05}.ppm": made.picture(90 + n, form="PPM") for n in range(4)}
    rows = "".join(f"{n:05}.ppm;24;20;5;5;15;15;{[2, 10][n % 2]}\n" for n in range(4))
    files["Final_Test/GT-final_test.csv"] = f"Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId\n{rows}"
    seen = understand(made.folder(tmp_path, files))
    assert seen.counts == {"2": (6, 2), "10": (6, 2)} and not any("left out" in warning for warning in seen.found.warnings)


def test_names_without_ending_and_noughts_before_them(tmp_path):
    rows = [(f"{n:05}", ["boxer", "pug"][n % 2]) for n in range(12)]
    seen = understand(made.folder(tmp_path, pictures(12, "train/{:05}.png") | {"labels.csv": table("id,breed", rows)}))
    assert seen.found.classes == ("boxer", "pug")
    again = understand(made.folder(tmp_path / "again", pictures(12, "{:05}.png") | {"labels.csv": table("id,breed", rows)}))
    assert again.counts == {"boxer": (5, 1), "pug": (5, 1)}


def test_a_column_for_each_class(tmp_path):
    rows = [(f"{n}.png", int(n % 3 == 0), int(n % 3 == 1), int(n % 3 == 2)) for n in range(18)]
    seen = understand(made.folder(tmp_path / "a", pictures(18) | {"train.csv": table("image,healthy,rust,scab", rows)}))
    assert seen.found.classes == ("healthy", "rust", "scab") and [of_class(seen, c) for c in seen.found.classes] == [6] * 3
    rows[4] = ("4.png", 1, 1, 0)
    with pytest.raises(DataError, match=r"4\.png is of several classes at once"):
        understand(made.folder(tmp_path / "b", pictures(18) | {"train.csv": table("image,healthy,rust,scab", rows)}))


def test_a_column_called_like_a_class_is_believed_more_than_folders(tmp_path):
    files = {f"images_part_{1 + n % 2}/ISIC_{n}.jpg": made.picture(n, form="JPEG") for n in range(20)}
    rows = [(f"HAM_{n // 2}", f"ISIC_{n}", ["nv", "mel"][n // 2 % 2], 50 + n) for n in range(20)]
    seen = understand(made.folder(tmp_path / "a", files | {"about.csv": table("lesion_id,image_id,dx,age", rows)}))
    assert seen.found.classes == ("mel", "nv") and "by lesion_id" in seen.split
    place = made.folder(tmp_path / "b", files | {"about.csv": table("lesion_id,image_id,finding,age", rows)})
    seen = understand(place)
    assert seen.found.classes == ("images_part_1", "images_part_2")
    assert any("choose that as the label column" in warning and "finding" in warning for warning in seen.found.warnings)
    assert understand(place, label_column="finding", group_column="age").found.classes == ("mel", "nv")
    for role in ("label", "group"):
        with pytest.raises(DataError, match=f"there is no {role} column 'colour'; the columns are lesion_id, finding, age"):
            understand(place, **{f"{role}_column": "colour"})


def test_folders_stay_where_a_table_has_few_of_the_files(tmp_path):
    rows = [("cat/1.png", "blurred"), ("cat/2.png", "sharp"), ("dog/1.png", "sharp")]
    seen = understand(made.folder(tmp_path, made.pictures(each=10) | {"remarks.csv": table("file,label", rows)}))
    assert seen.found.classes == ("cat", "dog") and any("remarks.csv" in warning for warning in seen.found.warnings)


def test_what_a_table_lacks_is_said(tmp_path):
    rows = [(f"{n}.png", ["cat", "dog"][n % 2]) for n in range(2, 14)] + [("99.png", "cat"), ("1.png", "")]
    seen = understand(made.folder(tmp_path / "a", pictures(14) | {"all.csv": table("file,label", rows)}))
    assert len(seen.found.x) == 12
    assert "Lines that name files that are not there: 1." in seen.found.warnings
    assert any("left out: 2" in warning and "images/0.png" in warning for warning in seen.found.warnings)
    twice = [*rows, ("3.png", "cat")]
    with pytest.raises(DataError, match=r"3\.png is 'dog' in one line and 'cat' in another"):
        understand(made.folder(tmp_path / "b", pictures(14) | {"all.csv": table("file,label", twice)}))
    with pytest.raises(DataError, match="no column is known to name the class of the files; the columns are size, weight"):
        rows = [(f"{n}.png", n, n % 7) for n in range(14)]
        understand(made.folder(tmp_path / "c", pictures(14) | {"all.csv": table("file,size,weight", rows)}))


def test_a_table_that_cannot_be_read_is_named_where_folders_say_nothing(tmp_path):
    broken = {"all.csv": "file,label\n1.png,cat\n2.png,dog,3,4,5\n"}
    with pytest.raises(DataError, match=r"all\.csv"):
        understand(made.folder(tmp_path / "a", pictures(14, "train/{}.png") | broken))
    assert understand(made.folder(tmp_path / "b", made.pictures() | broken)).found.classes == ("cat", "dog")


def test_a_column_that_is_chosen_needs_a_table(tmp_path):
    place = made.folder(tmp_path, made.pictures())
    for role in ("label", "group"):
        with pytest.raises(DataError, match="no table of the files that has a column 'what'"):
            understand(place, **{f"{role}_column": "what"})


def test_lists_of_parts(tmp_path):
    """As Speech Commands has them: no list for training, and a folder of noise that is in none."""
    files = {
        f"{label}/{n:08x}_nohash_0.wav": made.wav(n + 50 * (label == "no")) for label in ("yes", "no") for n in range(8)
    }
    lists = {
        "testing_list.txt": "".join(f"{label}/{n:08x}_nohash_0.wav\n" for label in ("yes", "no") for n in (0, 1)),
        "validation_list.txt": "yes/00000002_nohash_0.wav\nno/00000002_nohash_0.wav\n",
    }
    seen = understand(made.folder(tmp_path / "a", files | lists | {"_background_noise_/hum.wav": made.wav(99)}))
    assert seen.counts == {"no": (6, 2), "yes": (6, 2)} and "_background_noise_" in " ".join(seen.found.warnings)
    noise = {f"_background_noise_/{n}.wav": made.wav(100 + n) for n in range(5)}
    seen = understand(made.folder(tmp_path / "b", files | lists | noise))
    assert seen.counts == {"_background_noise_": (4, 1), "no": (6, 2), "yes": (6, 2)}
    assert "testing_list.txt, validation_list.txt" in seen.words and "some were drawn" in seen.words
    lists = {
        "meta/train.txt": "".join(f"{c}/{n}\n" for c in ("cat", "dog") for n in range(3)),
        "meta/test.txt": "cat/3\ndog/3\n",
    }  # as Food-101 has them: paths without endings
    seen = understand(made.folder(tmp_path / "c", made.pictures() | lists))
    assert seen.counts == {"cat": (3, 1), "dog": (3, 1)} and any(
        "in no list, were left out: 2" in w for w in seen.found.warnings
    )


def test_classes_that_are_numbers_are_in_their_order(tmp_path):
    assert understand(made.folder(tmp_path, made.pictures(("2", "10", "010")))).found.classes == ("2", "010", "10")


# ---- boxes


def boxes(rows, titles="filename,width,height,class,xmin,ymin,xmax,ymax", count=10, place="{}.png"):
    return {place.format(n): made.picture(n, size=(40, 50)) for n in range(count)} | {
        "_annotations.csv": table(titles, rows)
    }


def test_boxes_in_a_table(tmp_path):
    rows = [(f"{n}.png", 50, 40, ["cup", "pen"][n % 2], 5, 10, 25, 30) for n in range(9)] + [
        ("0.png", 50, 40, "pen", 1, 2, 31, 22)
    ]
    place = made.folder(tmp_path, boxes(rows))
    assert recognise(place) == "box table"
    seen = understand(place)
    assert seen.found.classes == ("cup", "pen") and seen.found.x.shape == (10, 40, 50, 3)
    first = seen.found.boxes.rows[: seen.found.boxes.starts[1]]
    assert first.tolist() == [[0, 5, 10, 25, 30], [1, 1, 2, 31, 22]]
    assert any("count as background: 1" in warning for warning in seen.found.warnings)


def test_corners_may_be_shares_and_boxes_drawn_on_another_size_are_scaled(tmp_path):
    rows = [(f"{n}", "cup", 0.1, 0.5, 0.25, 0.75) for n in range(10)]  # with the order of Open Images
    seen = understand(made.folder(tmp_path / "a", boxes(rows, "ImageID,LabelName,XMin,XMax,YMin,YMax")))
    np.testing.assert_allclose(seen.found.boxes.rows[0], [0, 5, 10, 25, 30])
    rows = [(f"{n}.png", 100, 80, "cup", 10, 20, 50, 60) for n in range(10)]
    np.testing.assert_allclose(understand(made.folder(tmp_path / "b", boxes(rows))).found.boxes.rows[0], [0, 5, 10, 25, 30])


def test_lines_without_corners_are_background_and_halves_are_refused(tmp_path):
    rows = [(f"{n}.png", 50, 40, "cup", 5, 10, 25, 30) for n in range(9)]
    seen = understand(made.folder(tmp_path / "a", boxes([*rows, ("9.png", 50, 40, "", "", "", "", "")])))
    assert len(seen.found.boxes.rows) == 9 and len(seen.found.x) == 10 and "background" not in str(seen.found.warnings)
    with pytest.raises(DataError, match="expected four corners or none in a line, got fewer in data line 10"):
        understand(made.folder(tmp_path / "b", boxes([*rows, ("9.png", 50, 40, "cup", 5, 10, "", "")])))
    with pytest.raises(DataError, match="no column is known to name the class"):
        understand(made.folder(tmp_path / "c", boxes(rows, "filename,width,height,what,xmin,ymin,xmax,ymax")))
    assert understand(tmp_path / "c", label_column="what").found.classes == ("cup",)


def test_parts_of_boxes_by_folder(tmp_path):
    files = {}
    for part, count in (("train", 8), ("valid", 2), ("test", 4)):
        files |= {f"{part}/{part}{n}.png": made.picture(n, size=(40, 50)) for n in range(count)}
        rows = [(f"{part}{n}.png", "cup", 5, 10, 25, 30) for n in range(count)]
        files[f"{part}/_annotations.csv"] = table("filename,class,xmin,ymin,xmax,ymax", rows)
    seen = understand(made.folder(tmp_path, files))
    assert (len(seen.train), len(seen.test)) == (10, 4) and seen.split == "as the files bring it"


# ---- recordings


def acquisition(seed, **changes):
    values = np.random.default_rng(seed).normal(size=(100, 2)).tolist()
    payload = {"interval_ms": 16, "sensors": [{"name": "accX", "units": "m/s2"}, {"name": "accY"}], "values": values}
    return json.dumps({"protected": {"ver": "v1"}, "signature": "0", "payload": payload | changes})


def test_acquisitions_of_edge_impulse(tmp_path):
    files = {f"training/{label}.{n}.json": acquisition(n) for label in ("idle", "wave") for n in range(3)}
    files |= {f"testing/{label}.{n}.json": acquisition(9 + n) for label in ("idle", "wave") for n in range(2)}
    seen = understand(made.folder(tmp_path / "a", files))
    assert seen.found.form == "CSV recordings" and seen.found.classes == ("idle", "wave")
    assert seen.found.sampling_hz == 62.5 and seen.found.x.shape[2:] == (32, 2) and "accX, accY" in seen.words
    assert seen.split == "as the files bring it"


@pytest.mark.parametrize(
    "changes",
    [
        {"values": [[1, 2], [3]]},
        {"values": [["a", "b"]] * 9},
        {"values": [[1, 2, 3]] * 9},
        {"interval_ms": 0},
        {"sensors": 3},
    ],
)
def test_broken_acquisitions_are_named(tmp_path, changes):
    files = {f"{label}.{n}.json": acquisition(n) for label in ("idle", "wave") for n in range(3)}
    files["idle.0.json"] = acquisition(0, **changes)
    with pytest.raises(DataError, match=r"idle\.0\.json: expected"):
        understand(made.folder(tmp_path, files))


def test_lines_that_end_in_a_semicolon_and_tables_without_titles(tmp_path):
    """As WISDM has them."""
    values = np.random.default_rng(0).normal(size=(12, 400, 2)).round(3)
    lines = [
        f"{n // 2},{['Jogging', 'Walking'][n % 2]},{49105962326000 + 50_000_000 * (400 * n + i)},{x},{y};"
        for n, recording in enumerate(values)
        for i, (x, y) in enumerate(recording)
    ]
    place = made.folder(tmp_path, {"raw.txt": "\n".join(lines) + "\n"}) / "raw.txt"
    seen = understand(place, group_column="column 1", time_column="column 3")
    assert seen.found.classes == ("Jogging", "Walking") and seen.found.sampling_hz == 20 and seen.found.x.shape[-1] == 2


def test_dat_tables_and_a_class_that_only_a_column_can_tell(tmp_path):
    """As PAMAP2 has them."""

    def subject(seed):
        values = np.random.default_rng(seed).normal(size=(600, 3)).round(4)
        return "\n".join(f"{i / 100} {1 + i // 300} {' '.join(map(str, row))}" for i, row in enumerate(values))

    place = made.folder(tmp_path, {f"Protocol/subject10{n}.dat": subject(n) for n in range(1, 5)})
    with pytest.raises(
        DataError, match=r"one class by their folders and names \(subject\).*column 2.*Choose the label column"
    ):
        understand(place)
    seen = understand(place, label_column="column 2", time_column="column 1")
    assert seen.found.classes == ("1", "2") and seen.found.sampling_hz == 100
