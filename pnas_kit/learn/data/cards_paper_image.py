"""Cards of the picture sets of the PrototypeNAS paper that no package registry carries: a person brings their files.

Written from the sets' own descriptions; none of these files could be had while this was written, so the readers are tested
on small folders of the same layout.
"""

from pnas_kit.learn.data.card import Card

PAPER = "arXiv:2603.15106, the paper's prototypes, its own protocol"

_CIFAR100_CLASSES = """
apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can castle
caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin elephant flatfish
forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle
mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree plain plate poppy porcupine
possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper snail snake spider squirrel streetcar
sunflower sweet_pepper table tank telephone television tiger tractor train trout tulip turtle wardrobe whale
willow_tree wolf woman worm
"""

_PETS = """
Abyssinian, American Bulldog, American Pit Bull Terrier, Basset Hound, Beagle, Bengal, Birman, Bombay, Boxer, British
Shorthair, Chihuahua, Egyptian Mau, English Cocker Spaniel, English Setter, German Shorthaired, Great Pyrenees,
Havanese, Japanese Chin, Keeshond, Leonberger, Maine Coon, Miniature Pinscher, Newfoundland, Persian, Pomeranian, Pug,
Ragdoll, Russian Blue, Saint Bernard, Samoyed, Scottish Terrier, Shiba Inu, Siamese, Sphynx, Staffordshire Bull
Terrier, Wheaten Terrier, Yorkshire Terrier"""

_SQUARE = "red, green, blue, 0 to 255; the largest square in the middle of a photograph, scaled to {0}x{0}"


def _pictures(
    name: str, title: str, summary: str, side: int, classes: tuple[str, ...], counts: tuple[int, int], balanced: bool, **more
) -> Card:
    return Card(
        name=name,
        title=title,
        task="image",
        summary=summary,
        shape=(side, side, 3),
        classes=classes,
        train=counts[0],
        test=counts[1],
        download_bytes=0,
        sampling_hz=None,
        balanced=balanced,
        **{"unit": _SQUARE.format(side), "licence": "see the authors' page; ask before commercial use", **more},
    )


_CIFAR100 = _pictures(
    "cifar100",
    "CIFAR-100",
    "As CIFAR-10 with 100 classes and 500 training pictures of each.",
    32,
    tuple(name.replace("_", " ") for name in _CIFAR100_CLASSES.split()),
    (50_000, 10_000),
    True,
    unit="red, green, blue, 0 to 255",
    split="official",
    citation="A. Krizhevsky: Learning multiple layers of features from tiny images, technical report, 2009",
    source="torchvision's CIFAR100; the official files are pickles, which torchvision checks by md5 before it opens them",
    known=f"63.7 to 72.3 % ({PAPER})",
    folder="cifar-100-python/ with train, test and meta (www.cs.toronto.edu/~kriz/cifar.html)",
)

_GTSRB = _pictures(
    "gtsrb",
    "German traffic signs (GTSRB)",
    "Photographs of 43 kinds of traffic signs, very different in number. Tracks of 30 pictures show the same sign, so the "
    "validation part is easier than the test part.",
    48,
    tuple(f"sign {number:02d}" for number in range(43)),
    (26_640, 12_630),
    False,
    split="official, with the training part of the online competition as torchvision has it",
    citation="J. Stallkamp, M. Schlipsing, J. Salmen, C. Igel: Man vs. computer: benchmarking machine learning algorithms "
    "for traffic sign recognition, Neural Networks 32, 2012",
    source="torchvision's GTSRB",
    known=f"95.5 to 97.0 % ({PAPER})",
    folder="gtsrb/ with GTSRB/Training, GTSRB/Final_Test/Images and GT-final_test.csv (benchmark.ini.rub.de)",
)

_FLOWERS = _pictures(
    "flowers102",
    "Flowers-102",
    "Photographs of 102 kinds of flowers; only 20 training pictures of each, so it needs pre-training to do well.",
    64,
    tuple(f"flower {number}" for number in range(1, 103)),
    (2_040, 6_149),
    True,
    split="official; the training part is its training and validation parts together",
    citation="M.-E. Nilsback, A. Zisserman: Automated flower classification over a large number of classes, ICVGIP 2008",
    source="torchvision's Flowers102",
    known=f"82.9 to 93.3 % at 128x128 pixels, pre-trained ({PAPER})",
    folder="flowers-102/ with jpg/, imagelabels.mat and setid.mat (www.robots.ox.ac.uk/~vgg/data/flowers/102)",
)

_PETS_CARD = _pictures(
    "pets",
    "Oxford-IIIT Pets",
    "Photographs of 37 breeds of cats and dogs.",
    64,
    tuple(_PETS.strip().replace("\n", " ").split(", ")),
    (3_680, 3_669),
    True,
    split="official (trainval, test)",
    licence="CC BY-SA 4.0 (the authors' page)",
    citation="O. M. Parkhi, A. Vedaldi, A. Zisserman, C. V. Jawahar: Cats and dogs, CVPR 2012",
    source="torchvision's OxfordIIITPet",
    known=f"96.1 to 99.9 % at 128x128 pixels, pre-trained ({PAPER}; so high that it may be cats against dogs)",
    folder="oxford-iiit-pet/ with images/ and annotations/ (www.robots.ox.ac.uk/~vgg/data/pets)",
)

_CARS = _pictures(
    "cars",
    "Stanford Cars",
    "Photographs of 196 models of cars. Fine differences: 64 pixels hide many of them.",
    64,
    tuple(f"car {number}" for number in range(1, 197)),
    (8_144, 8_041),
    False,
    split="official",
    citation="J. Krause, M. Stark, J. Deng, L. Fei-Fei: 3D object representations for fine-grained "
    "categorization, 3DRR 2013",
    source="torchvision's StanfordCars; its authors' download address no longer answers",
    known=f"55.2 to 76.4 % at 128x128 pixels, pre-trained ({PAPER})",
    folder="stanford_cars/ with cars_train/, cars_test/, devkit/ and cars_test_annos_withlabels.mat",
)

_BIRDS = _pictures(
    "cub200",
    "Birds (CUB-200-2011)",
    "Photographs of 200 species of birds. Fine differences: 64 pixels hide many of them.",
    64,
    tuple(f"bird {number}" for number in range(1, 201)),
    (5_994, 5_794),
    True,
    split="official (train_test_split.txt)",
    citation="C. Wah, S. Branson, P. Welinder, P. Perona, S. Belongie: The Caltech-UCSD Birds-200-2011 dataset, 2011",
    source="the authors' archive CUB_200_2011.tgz",
    known=f"55.6 to 69.9 % at 128x128 pixels, pre-trained ({PAPER})",
    folder="CUB_200_2011/ with images/, images.txt, image_class_labels.txt and train_test_split.txt "
    "(www.vision.caltech.edu/datasets/cub_200_2011)",
)

CARDS: tuple[Card, ...] = (_CIFAR100, _GTSRB, _FLOWERS, _PETS_CARD, _CARS, _BIRDS)
