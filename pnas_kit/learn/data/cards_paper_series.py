"""Cards of the series sets of the PrototypeNAS paper that no package registry carries: a person brings their files.

Written from the sets' own descriptions; none of these files could be had while this was written, so the readers are tested
on small folders of the same layout. `train` and `test` of a series set are 0 because windows are counted when they are cut.
"""

from pnas_kit.learn.data.card import Card

PAPER = "arXiv:2603.15106, the paper's prototypes, its own protocol"


def _series(name: str, title: str, summary: str, shape: tuple[int, int, int], classes: tuple[str, ...], **more) -> Card:
    return Card(
        name=name,
        title=title,
        task="series",
        summary=summary,
        shape=shape,
        classes=classes,
        train=0,
        test=0,
        download_bytes=0,
        balanced=False,
        **more,
    )


_DALIAC = _series(
    "daliac",
    "Daily activities (DaLiAc)",
    "Thirteen activities of nineteen people with sensors at wrist, chest, hip and ankle.",
    (1, 256, 24),
    (
        "sitting",
        "lying",
        "standing",
        "washing dishes",
        "vacuuming",
        "sweeping",
        "walking",
        "ascending stairs",
        "descending stairs",
        "treadmill running",
        "bicycling 50 W",
        "bicycling 100 W",
        "rope jumping",
    ),
    unit="acceleration and angular rate of four sensor nodes, as in the files; means of four samples",
    split="ours, by person: people 16 to 19 are the test part. Windows of 5 s with half overlap and one label throughout",
    licence="free for research with citation (the authors' page)",
    citation="H. Leutheuser, D. Schuldhaus, B. M. Eskofier: Hierarchical, multi-sensor based classification of daily life "
    "activities, PLoS ONE 8(10), 2013",
    source="the authors' files dataset_1.txt to dataset_19.txt",
    sampling_hz=51.2,
    known=f"95.9 to 97.2 % ({PAPER}, whose windows and split are not stated)",
    folder="DaLiAc/ with dataset_1.txt to dataset_19.txt (www.mad.tf.fau.de, DaLiAc database)",
)

_MAFAULDA = _series(
    "mafaulda",
    "Machine faults (MAFAULDA)",
    "Vibration, sound and speed of a machine that turns with one of nine faults or none. Every recording is wholly in one "
    "part, but the parts share the machine and its speeds: another machine is another matter.",
    (1, 512, 8),
    (
        "normal",
        "horizontal misalignment",
        "vertical misalignment",
        "imbalance",
        "underhang ball",
        "underhang cage",
        "underhang outer race",
        "overhang ball",
        "overhang cage",
        "overhang outer race",
    ),
    unit="tachometer, two accelerometers of three axes and a microphone, as in the files; means of ten samples",
    split="ours, by recording and stratified by class: 80 % / 20 %, seed 0. Eight windows of 0.1 s, evenly spaced, of each",
    licence="see the authors' page; ask before commercial use",
    citation="Machinery Fault Database, Signals, Multimedia and Telecommunications Laboratory, UFRJ",
    source="the authors' folders of CSV files",
    sampling_hz=5_000.0,
    known=f"96.8 to 98.5 % ({PAPER}, whose windows and split are not stated)",
    folder="MAFAULDA/ with normal/, imbalance/, horizontal-misalignment/, vertical-misalignment/, underhang/ and overhang/ "
    "(www02.smt.ufrj.br/~offshore/mfs)",
)

_SLEEP = _series(
    "sleep",
    "Sleep stages (Bitbrain, BOAS)",
    "Two channels of a headband's EEG in epochs of 30 s, and the stage that experts saw in a full recording of the same "
    "night. Very unbalanced. Not for medical use.",
    (1, 1920, 2),
    ("wake", "N1", "N2", "N3", "REM"),
    unit="voltage of HB_1 and HB_2 in microvolts; means of four samples",
    split="ours, by person (pid in participants.tsv): 20 %, seed 0. Epochs without a stage are left out",
    licence="CC0 (OpenNeuro ds005555)",
    citation="E. López-Larraz et al.: The Bitbrain Open Access Sleep (BOAS) dataset, OpenNeuro, 2024, "
    "doi:10.18112/openneuro.ds005555.v1.1.1",
    source="OpenNeuro ds005555",
    sampling_hz=64.0,
    known=f"78.9 to 88.0 % ({PAPER}, whose windows and split are not stated)",
    folder="ds005555/ with participants.tsv and sub-*/eeg/*_eeg.edf, *_events.tsv (openneuro.org/datasets/ds005555)",
)

CARDS: tuple[Card, ...] = (_DALIAC, _MAFAULDA, _SLEEP)
