"""Files that are broken, wrong or made to harm: each is refused with its name, a reason and what to do; nothing is kept."""

import gzip
import io
import pickle
import stat
import struct
import tracemalloc
import zipfile
import zlib

import made
import numpy as np
import pytest

from pnas_kit.learn.data import DataError
from pnas_kit.learn.own import take_in, understand

MEMORY = 150 << 20
X, Y = np.random.default_rng(0).random((20, 8, 8, 1)).astype(np.float32), np.arange(20) % 2


class Bomb:
    """A pickle that leaves a trace when it is opened."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def png_of(width, height):
    """A PNG whose header promises a size, with one line of pixels."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(width + 1))) + chunk(b"IEND", b"")
    )


def npy(header, content=b""):
    head = header.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + content


def files_of(files):
    return lambda root: made.folder(root / "set", files)


def one(name, content):
    def write(root):
        made.folder(root, {name: content})
        return root / name

    return write


def arrays(**values):
    return lambda root: made.npz(root / "a.npz", **values)


def archive(files, name="a.zip"):
    return lambda root: made.zipped(root / name, files)


def npz_of(**members):
    return archive({f"{name}.npy": content for name, content in members.items()}, "a.npz")


def as_windows(files):
    return lambda root: made.zipped_by_windows(root / "a.zip", files)


def with_link(root):
    with zipfile.ZipFile(root / "a.zip", "w") as file:
        info = zipfile.ZipInfo("cat/1.png")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(info, "/etc/passwd")
    return root / "a.zip"


def locked(root):
    path = made.zipped(root / "a.zip", made.pictures())
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    path.write_bytes(content)
    return path


def flipped(root):
    path = made.zipped(root / "a.zip", made.pictures())
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    return path


def boxed(image, category, box):
    return [{"image_id": image, "category_id": category, "bbox": box}]


def many_classes(root):
    return made.npz(root / "a.npz", X=np.zeros((3000, 8), np.float32), y=np.arange(3000) % 1500)


def pickled_in_npz(root):
    np.savez(root / "a.npz", X=np.array([Bomb(root / "ran")], dtype=object), y=[0])
    return root / "a.npz"


def pickled_in_npy(root):
    np.save(root / "X.npy", np.array([Bomb(root / "ran")], dtype=object))
    np.save(root / "y.npy", [0])
    return root


def plain_pickle(root):
    (root / "a.pkl").write_bytes(pickle.dumps(Bomb(root / "ran")))
    return root / "a.pkl"


def linked_folder(root):
    made.folder(root / "other", made.pictures())
    (root / "set").mkdir()
    (root / "set" / "cat").symlink_to(root / "other" / "cat")
    return root / "set"


PICS, CSV, WAV = made.pictures(), made.recording(), made.wav()
IMAGES = "train-images-idx3-ubyte"
NINE = made.idx(np.zeros((9, 4, 4), np.uint8))
BLANK = {"train-labels-idx1-ubyte": made.idx(np.zeros(9, np.uint8))}
DOGLESS = {f"train/{n}": c for n, c in PICS.items()} | {f"test/cat/{i}.png": made.picture(i) for i in range(2)}
LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
PNG = made.picture()
HOSTILE = {
    # places
    "nothing there": (lambda root: root / "no", "no such file"),
    "empty folder": (lambda root: root, "expected files"),
    "unknown ending": (one("a.xyz", "hello"), "expected one of"),
    "empty file": (one("a.csv", ""), "expected a table"),
    "links out of the folder": (linked_folder, "expected files"),
    # archives
    "zip of nothing": (archive({}), "expected files"),
    "parts on two scales": (
        lambda root: made.npz(
            root / "a.npz", x_train=np.zeros((20, 8, 8), np.uint8), y_train=np.arange(20) % 2, x_test=np.zeros((10, 8, 8)),
            y_test=np.arange(10) % 2,
        ),
        "Scale them alike",
    ),
    "zip slip": (archive({"../evil.png": PNG}), "leads out"),
    "zip slip with a drive": (archive({"C:/evil.png": PNG}), "leads out"),
    "zip slip from the root": (archive({"/etc/evil.png": PNG}), "leads out"),
    "zip slip with backslashes": (archive({"..\\evil.png": PNG}), "leads out"),
    "zip slip as Windows writes it": (as_windows({"..\\evil.png": PNG}), "leads out"),
    "zip slip as Windows writes it, with a drive": (as_windows({"C:\\evil.png": PNG}), "leads out"),
    "symlink in zip": (with_link, "is a link"),
    "zip bomb": (archive({"cat/a.csv": bytes(60 << 20)}), "zip bombs"),
    "zip with a password": (locked, "password"),
    "zip with a changed byte": (flipped, "Make the file or the archive anew|damaged"),
    "zip cut off": (lambda root: (p := root / "a.zip").write_bytes(zipfile_bytes()[:-30]) and p, "expected one of|damaged"),
    # pictures
    "one class": (files_of(made.pictures(("cat",))), "at least two classes"),
    "no class folders": (files_of({"1.png": PNG, "2.png": PNG}), "a folder for each class"),
    "one picture of a class": (files_of(PICS | {"owl/1.png": PNG}), "at least two samples"),
    "class in training only": (
        files_of(DOGLESS), "no samples of 'dog'"),
    "cut off": (files_of(PICS | {"cat/x.png": PNG[:200]}), "cat/x.png.*damaged or cut off"),
    "text called png": (files_of(PICS | {"cat/x.png": "hello"}), "cat/x.png.*is none"),
    "empty picture": (files_of(PICS | {"cat/x.png": b""}), "cat/x.png"),
    "100 megapixels": (files_of(PICS | {"cat/x.png": png_of(10_000, 10_000)}), "100 million pixels"),
    "absurd size": (files_of(PICS | {"cat/x.png": png_of(2**31 - 1, 2**31 - 1)}), "cat/x.png"),
    "EPS called png": (files_of(PICS | {"cat/x.png": "%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"}), "is none"),
    "all black": (files_of({f"{c}/{i}.png": png_of(9, 1) for c in "ab" for i in range(5)}), "same number throughout"),
    "pictures too large together": (lambda root: made.folder(root / "s", PICS), "one sample would have|from 4 "
    "to|pixels a side",
                                    {"image_size": (2048, 2048)}),
    # numpy
    "pickle": (plain_pickle, "never opened"),
    "pickle in npz": (pickled_in_npz, "can run any program"),
    "object array": (arrays(X=np.array([[1], [2, 3]], dtype=object), y=[0, 1]), "can run any program"),
    "npz cut off": (lambda root: cut(made.npz(root / "a.npz", X=X, y=Y)), "whole .npz"),
    "npz of text": (one("a.npz", "hello"), "whole .npz"),
    "npy with a pickle": (pickled_in_npy, "can run any program"),
    "npy cut off": (files_of({"X.npy": made.npy(X)[:-8], "y.npy": made.npy(Y)}), "X.npy: expected"),
    "npy alone": (files_of({"X.npy": made.npy(X), "z.npy": made.npy(Y)}), "expected arrays X and y"),
    "npz without labels": (arrays(X=X), "expected arrays X and y"),
    "npz of other counts": (arrays(X=X, y=Y[:-1]), "one label per sample"),
    "npz of strings": (arrays(X=X.astype(str), y=Y), "expected numbers"),
    "npz complex": (arrays(X=X.astype(complex), y=Y), "expected numbers"),
    "npz with NaN": (arrays(X=np.where(X > 0.99, np.nan, X), y=Y), "NaN or infinity"),
    "npz with infinity": (arrays(X=X * np.inf, y=Y), "NaN or infinity"),
    "npz above float32": (arrays(X=X.astype(float) * 1e300, y=Y), "NaN or infinity"),
    "npz NaN labels": (arrays(X=X, y=Y + np.nan), "fractions or NaN"),
    "npz regression": (arrays(X=X, y=Y + 0.5), "fractions or NaN"),
    "npz one class": (arrays(X=X, y=Y * 0), "at least two classes"),
    "npz of five axes": (arrays(X=X[..., None], y=Y), "2 to 4 axes"),
    "npz other layout": (arrays(X=X, y=Y), "has 3 axes", {"layout": "NCL"}),
    "npz train and test differ": (arrays(x_train=X, y_train=Y, x_test=X[:, :4], y_test=Y), "Bring them to one"),
    "npz test label unknown": (arrays(x_train=X, y_train=Y, x_test=X, y_test=Y + 1), "no samples of"),
    "npz too many classes": (many_classes, "1,500 classes"),
    "npy absurd shape": (npz_of(X=npy("{'descr': '<f4', 'fortran_order': False, 'shape': (999999999999, 99), }"), y=npy("")),
                         "expected 395,999"),
    "npy negative shape": (npz_of(X=npy(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 4), }"), y=npy("")), "a.npz, X.npy"
    ),
    "npy header of code": (npz_of(X=npy("__import__('os').system('true')"), y=npy("")), "without its header"),
    "npy deep header": (npz_of(X=npy("(" * 100), y=npy("")), "without its header"),
    "npz bomb": (archive({"X.npy": bytes(60 << 20)}, "a.npz"), "without its header|zip bombs"),
    # IDX
    "idx absurd header": (files_of({IMAGES: b"\0\0\x08\x03" + b"\xff" * 12 + b"1"} | BLANK), "idx3-ubyte.*expected"),
    "idx cut off": (files_of({IMAGES: NINE[:-1]} | BLANK), "expected 144 values"),
    "idx of floats": (files_of({IMAGES: b"\0\0\x0d\x01" + bytes(8)} | BLANK), "unsigned bytes"),
    "idx without labels": (files_of({IMAGES: NINE}), "one of labels"),
    "idx other counts": (files_of({IMAGES: NINE,
                                   "train-labels-idx1-ubyte": made.idx(np.zeros(8, np.uint8))}), "one label for each"),
    "gzip cut off": (files_of({f"{IMAGES}.gz": gzip.compress(NINE)[:-9]} | BLANK), "gzip"),
    "gzip in gzip": (files_of({IMAGES: gzip.compress(gzip.compress(bytes(60 << 20)))} | BLANK), "packed twice"),
    "gzip bomb": (files_of({IMAGES: gzip.compress(bytes(60 << 20))} | BLANK), "unpacks to more than"),
    # series
    "ucr text between": (one("a_TRAIN.tsv", made.ucr() + "1\t0.5\thello" + "\t1" * 18), "expected a number, got 'hello'"),
    "ucr infinity": (one("a_TRAIN.tsv", made.ucr() + "1\tinf" + "\t1" * 19), "infinity"),
    "ucr only NaN": (one("a_TRAIN.tsv", made.ucr() + "1" + "\tNaN" * 20), "expected values in every channel"),
    "ucr label NaN": (one("a_TRAIN.tsv", made.ucr() + "NaN" + "\t1" * 20), "expected a label"),
    "ucr zero bytes": (one("a.tsv", made.ucr().encode() + b"\0\0"), "zero bytes"),
    "ucr three files": (files_of({f"{n}.tsv": made.ucr() for n in "abc"}), "Choose a shorter window"),
    "ucr unknown test label": (files_of({"A_TRAIN.tsv": made.ucr(), "A_TEST.tsv": made.ucr(labels=(
        "-1", "2"))}), "no samples of"
    ),
    "ts time stamps": (one("a.ts", made.ts(header="@timeStamps true\n")), "time stamps"),
    "ts regression": (one("a.ts", "@targetLabel true\n@data\n1,2,3:0.5\n"), "a regression"),
    "ts no data": (one("a.ts", "@classLabel true a b\n1,2,3:a\n"), "@"),
    "ts unknown class": (one("a.ts", made.ts() + "1,2,3:1,2,3:z\n"), "'z' is not among"),
    "ts other dimensions": (one("a.ts", made.ts() + "1,2,3:a\n"), "expected 2 dimensions"),
    "arff cut off": (one("a.arff", made.arff()[:-12]), "line 24"),
    "arff sparse": (one("a.arff", made.arff() + "{0 1, 9 a}\n"), "sparse"),
    "arff no class": (one(
        "a.arff", "@relation a\n@attribute a numeric\n@attribute b numeric\n@data\n1,2\n"), "nominal class"
    ),
    # recordings
    "csv ragged": (one("a.csv", made.recording(label="x") + "1,2,3,4,5,6,7\n"), "expected lines of 4 columns"),
    "csv two columns of one name": (one("a.csv", made.recording(title="t,ax,ax", label="x")), "two columns are called 'ax'"),
    "csv without label": (one("a.csv", CSV), "Choose the label column"),
    "csv unknown column": (one("a.csv", CSV), "no label column 'z'", {"label_column": "z"}),
    "csv text in numbers": (files_of({"a.csv": CSV, "b.csv": CSV + "6000,hello,1\n"}), "b.csv.*'ax'.*'hello'"),
    "csv infinity": (files_of({"a.csv": CSV, "b.csv": CSV + "6000,inf,1\n"}), "b.csv.*infinity"),
    "csv mostly missing": (files_of({"a.csv": CSV, "b.csv": CSV + "1,,1\n" * 400}), "b.csv.*missing"),
    "csv other channels": (files_of({"a.csv": CSV, "b.csv": made.recording(title="t_ms,a,b")}), "b.csv.*the channels"),
    "csv too short": (files_of({"a.csv": CSV, "b.csv": CSV}), "Choose a shorter window", {"window": 5000}),
    "csv time stands still": (files_of({"a.csv": made.recording(step=0), "b.csv": CSV}), "times that go on"),
    # sound
    "wav cut off": (files_of({"a/1.wav": WAV[:500], "b/1.wav": WAV}), "a/1.wav"),
    "wav absurd header": (files_of({"a/1.wav": WAV[:40] + b"\xff\xff\xff\x7f" + b"12", "b/1.wav": WAV}), "a/1.wav"),
    "wav of text": (files_of({"a/1.wav": "hello", "b/1.wav": WAV}), "a/1.wav.*WAV"),
    "wav compressed": (files_of({"a/1.wav": WAV[:20] + b"\x02\0" + WAV[22:], "b/1.wav": WAV}), "a/1.wav"),
    "wav without samples": (files_of({"a/1.wav": made.wav(samples=0), "b/1.wav": WAV}), "a/1.wav"),
    "wav zero channels": (files_of({"a/1.wav": WAV[:22] + b"\0\0" + WAV[24:], "b/1.wav": WAV}), "a/1.wav"),
    "wav one second a clip of an hour": (files_of({"a/1.wav": WAV, "b/1.wav": WAV}), "one sample would",
                                         {"clip_s": 3600.0}),
    # boxes
    "coco no json": (files_of(made.coco() | {"instances.json": "{"}), "instances.json.*expected JSON"),
    "coco deep json": (files_of(made.coco() | {"instances.json": "[" * 100_000}), "instances.json.*expected JSON"),
    "coco other json": (files_of(made.coco() | {"instances.json": "{}"}), "another kind"),
    "coco unknown category": (files_of(made.coco(categories=((1, "a"), (2, "b"))) | {"instances.json": made.coco(
        annotations=boxed(10, 99, [1, 1, 5, 5]))["instances.json"]}), "category 99"),
    "coco unknown image": (files_of(made.coco(annotations=boxed(99, 3, [1, 1, 5, 5]))), "image 99"),
    "coco missing picture": (files_of({n: c for n, c in made.coco().items() if n != "3.png"}), "'3.png' is not there"),
    "coco box without end": (files_of(made.coco(annotations=boxed(10, 3, [10**400, 1, 5, 5]))), "bbox as"),
    "coco box of words": (files_of(made.coco(annotations=boxed(10, 3, ["a", 1, 5, 5]))), "bbox as"),
    "coco boxes outside": (files_of(made.coco(annotations=boxed(10, 3, [500, 500, 5, 5]))),
                           "outside their pictures"),
    "coco NaN": (files_of(made.coco(annotations=boxed(10, 3, [float(
        "nan"), 1, 5, 5]))), "NaN"
    ),
    "voc billion laughs": (files_of(made.voc_folder(head=LAUGHS)), "0.xml.*Remove the DOCTYPE"),
    "voc reading other files": (files_of(made.voc_folder(head=OUTSIDE)), "0.xml.*Remove the DOCTYPE"),
    "voc no xml": (files_of(made.voc_folder() | {"3.xml": "<annotation>"}), "3.xml.*expected XML"),
    "voc no numbers": (files_of(made.voc_folder(boxes=(("tree", 1, 1, "x", 3),))), "0.xml.*as numbers"),
    "voc without pictures": (files_of(made.voc_folder() | {"9.xml": made.voc("9.png")}), "9.xml.*is not there"),
    "yolo class out of range": (files_of(made.yolo(line="7 0.5 0.5 0.1 0.1\n")), "labels/0.txt, line 1.*0 to 1, got 7"),
    "yolo key points": (files_of(made.yolo(names="kpt_shape: [3, 2]\nnames: [cat, dog]\n")), "kpt_shape"),
    "yolo pixels": (files_of(made.yolo(line="0 30 20 10 10\n")), "Divide by its size"),
    "yolo four numbers": (files_of(made.yolo(line="0 0.5 0.5 0.1\n")), "expected 5 numbers"),
    "yolo words": (files_of(made.yolo(line="cat 0.5 0.5 0.1 0.1\n")), "labels/0.txt, line 1"),
    "yolo NaN": (files_of(made.yolo(line="0 nan 0.5 0.1 0.1\n")), "from 0 to 1"),
    "yolo yaml bomb": (files_of(made.yolo(names="a: &a [x, x]\nb: &b [*a, *a]\nnames: [*b, *b]\n")), "references"),
    "yolo yaml code": (files_of(made.yolo(names="names: !!python/object/apply:os.system ['true']\n")), "expected YAML"),
    "yolo no labels": (files_of({n: c for n, c in made.yolo().items() if not n.endswith("txt")}), "named like a picture"),
}  # fmt: skip


def zipfile_bytes():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as out:
        for name, content in PICS.items():
            out.writestr(name, content)
    return file.getvalue()


def cut(path):
    path.write_bytes(path.read_bytes()[:-100])
    return path


def test_there_are_enough_of_them():
    assert len(HOSTILE) >= 60


@pytest.mark.parametrize("case", HOSTILE)
def test_refused_with_file_reason_and_remedy(case, tmp_path, cache):
    make, words, *changes = HOSTILE[case]
    place = tmp_path / "in"
    place.mkdir()
    path = make(place)
    before = sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*"))
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=f"(?s){words}") as told:
            take_in(understand(path, **(changes[0] if changes else {})), "mine")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    text = str(told.value)
    assert len(text) < 1500 and text.rstrip().endswith((".", "?", "..."))
    assert peak < MEMORY, f"{peak / 2**20:.0f} MiB"
    assert sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*")) == before
