"""The model card: complete, self-contained, and safe against what names contain."""

from html.parser import HTMLParser

from nets import sampled

from pnas_kit.deploy.report import html_report

RESULT = {
    "float_accuracy": 0.9132, "int8_accuracy": 0.9087, "test_count": 1797, "tflite_bytes": 40960,
    "arena_measured": 12288, "arena_predicted": 11264, "ram_bytes": 16384, "macs": 1234567, "params": 34567,
    "latency_ms": 12.34, "energy_mj": 0.512, "epochs": 20, "train_seconds": 61.0, "validation_accuracy": 0.923,
    "sha256": "ab" * 32, "confusion": [[90, 10], [5, 95]],
}  # fmt: skip
CARD = {"title": "Digits & <b>more</b>", "licence": "CC BY 4.0", "classes": ("zero", "<one>"), "source": "UCI"}
BOARD = {"name": "Nano", "mcu": "nRF52840", "core": "M4F", "clock_mhz": 64.0, "ram_bytes": 262144, "flash_bytes": 983040}


class Page(HTMLParser):
    VOID = ("meta",)

    def __init__(self, text):
        super().__init__()
        self.open, self.attributes, self.text, self.tags = [], [], "", set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data + "|"


ARCH = sampled((28, 28, 1), 1, classes=2)[0]


def page(**changes):
    versions = {"torch": "2.13.0"}
    return html_report(result=RESULT | changes, card=CARD, board=BOARD, arch=ARCH, seed=314159, versions=versions)


def test_page_is_well_formed_and_loads_nothing():
    text = page()
    read = Page(text)
    assert read.open == [] and not read.tags & {"script", "link", "img", "iframe", "b"}
    assert not any(name in ("src", "href") for name, _ in read.attributes) and "http" not in text


def test_page_says_everything():
    text = page()
    said = Page(text).text
    for wanted in (
        "90.87 % of 1,797 test samples", "91.32 %", "92.30 %", "12.0 KiB by TFLite Micro", "11.0 KiB",
        "16.0 KiB of 256.0 KiB (6.2 %)", "40.0 KiB of 960.0 KiB (4.2 %)", "20 epochs in 61 s", "1,234,567",
        "12.3 ms, estimated", "0.512 mJ, estimated", "CC BY 4.0", "<one>", "Digits & <b>more</b>", "ab" * 32,
        "314159", "2.13.0", "nRF52840, M4F, 64 MHz", ARCH.words, ARCH.to_json(),
    ):  # fmt: skip
        assert wanted in said, wanted
    assert all(f"|{layer.name}|" in said for layer in ARCH.pruned)
    assert "|90|10|" in said


def test_figures_are_those_of_the_engine():
    said = Page(page(engine="generated C", flash_bytes=51200)).text
    assert "int8 network for the generated C" in said and "16.0 KiB, the arena, predicted" in said
    assert "50.0 KiB of 960.0 KiB" in said and "Flash (generated C)|50.0 KiB, predicted" in said
    assert "generated C" not in Page(page()).text and "int8 network for TensorFlow Lite Micro" in Page(page()).text


def test_what_was_not_measured_is_said():
    text = page(arena_measured=None, energy_mj=None, confusion=None)
    said = Page(text).text
    assert "not measured" in said and "Energy" not in said and "Confusion" not in said
