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

DETECTION = (MNIST_DET, FASHION_DET, TREE_CROWNS)
