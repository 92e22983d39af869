"""Your own data: choose files, see what was understood, change what was decided, use it."""

from __future__ import annotations

import os
import re
import tempfile
import threading
import unicodedata
from collections.abc import Callable
from pathlib import Path

import ipywidgets
import traitlets

from pnas_kit.learn.data import DataError
from pnas_kit.learn.own import FORMATS, Understanding, recognise, take_in, understand
from widgets.asset import asset
from widgets.controls import button, choice, dressed, group, heading, number, show
from widgets.own_preview import preview_html, refusal_html, waiting_html
from widgets.pane import Pane
from widgets.state import State

UPLOAD_MB = 150
ENDINGS = ".zip,.npz,.csv,.tsv,.txt,.dat,.ts,.arff"
NOTE = (
    "Pictures or sound in a folder for each class or beside a table, recordings as CSV, arrays as .npz, IDX, UCR, .ts, "
    f".arff; with boxes as COCO, VOC, YOLO or a table. Folders as .zip, up to {UPLOAD_MB} MB. They stay on the computer "
    "that runs the workbench."
)
AUTO = "Decided from the data where it is 0 or empty"
SHOWN = {
    "image folder": ("side", "colour", "label_column", "group_column"),
    "NumPy archive (.npz)": ("layout", "sampling_hz"),
    "CSV recordings": ("window", "step", "label_column", "group_column", "time_column", "sampling_hz"),
    "series table": ("label_column", "group_column", "sampling_hz"),
    "UCR text": ("sampling_hz",),
    "sktime .ts": ("sampling_hz",),
    "Weka .arff": ("sampling_hz",),
    "WAV folder": ("features", "clip_s", "label_column", "group_column"),
    "COCO JSON": ("tile", "side"),
    "Pascal VOC XML": ("tile", "side"),
    "YOLO": ("tile", "side"),
    "box table": ("tile", "side", "label_column"),
}


class Wishes(traitlets.HasTraits):
    """What the fields say; 0 and nothing mean: decide it from the data."""

    path = traitlets.Unicode()
    name = traitlets.Unicode()
    form = traitlets.Unicode()
    test_percent = traitlets.Float(20.0)
    side = traitlets.Int(0)
    colour = traitlets.Unicode()
    layout = traitlets.Unicode()
    window = traitlets.Int(0)
    step = traitlets.Int(0)
    label_column = traitlets.Unicode()
    group_column = traitlets.Unicode()
    time_column = traitlets.Unicode()
    sampling_hz = traitlets.Float(0)
    features = traitlets.Unicode("log-mel")
    clip_s = traitlets.Float(0)
    tile = traitlets.Int(0)

    def forget(self) -> None:
        """All but the path: what was wished of other files."""
        for name, trait in self.traits().items():
            if name != "path":
                self.set_trait(name, trait.default_value)

    def settings(self, form: str) -> dict:
        """Of the fields that the format shows, those with a wish."""
        wanted = {name: getattr(self, name) for name in SHOWN.get(form, ()) if getattr(self, name)}
        side = wanted.pop("side", 0)
        return wanted | ({"image_size": (side, side)} if side else {}) | {"test_share": self.test_percent / 100}


class Preview(Pane):
    """The place of the preview, which brings the panel's styles."""

    _css = asset("own.css")


class OwnData:
    """The panel; ``view`` is what the page shows."""

    def __init__(self, state: State, guard: Callable) -> None:
        self._state, self._guard = state, guard
        self.wishes = Wishes()
        self.seen: Understanding | None = None
        self._upload_folder: tempfile.TemporaryDirectory | None = None
        self._uploaded_file: Path | None = None
        self.wishes.observe(guard(self._typed), "path")
        self._form = ""
        self._reading = 0
        self._upload = ipywidgets.FileUpload(accept=ENDINGS, multiple=False, description="Choose a file")
        self._upload.add_class("pn-button")
        self._upload.add_class("pn-why-choose-a-file")
        self._upload.observe(guard(self._uploaded), "value")
        self._open = button("Your own data…", guard(self._unfold), "quiet")
        self._look = button("Look at it", guard(self.look), "quiet", "Read the files and show what they hold; keeps nothing")
        self._use = button("Use this data", guard(self.use), "primary")
        self._preview = Preview()
        self._fields = self._settings_fields()
        self._panel = self._make_panel()
        self.view = group("own-data", self._open, self._panel)
        show(self._panel, False)
        self._show_fields()

    # ---- what a click does

    def look(self) -> None:
        """Read the files in the background and show what they hold."""
        path = self.wishes.path.strip() if self._uploaded_file is None else str(self._uploaded_file)
        if not path:
            self._refuse("Choose a file, or write the path of a file or folder.")
            return
        if self._uploaded_file is None and not files_here():  # anybody could write into the hidden field
            self._refuse("This page can be reached from other computers, so it takes uploaded files only.")
            return
        self._reading += 1
        self.seen = None
        self._show_fields()
        self._preview.html = waiting_html(Path(path).name)
        threading.Thread(target=self._guard(self._read, locked=False), args=(path, self._reading), daemon=True).start()

    def use(self) -> None:
        """Keep what is shown and choose it."""
        if self.seen is None:
            return
        try:
            card = take_in(self.seen, slug(self.wishes.name), self.wishes.name)
        except DataError as error:
            self._preview.html = preview_html(self.seen) + refusal_html(str(error))
            return
        self.seen, self._preview.html = None, ""
        show(self._panel, False)
        self._show_fields()
        self._drop_upload()
        self.wishes.path = self.wishes.name = ""
        self._state.data = card.name

    # ---- reading

    def _read(self, path: str, turn: int) -> None:
        form, seen, html = "", None, ""
        try:
            form = self.wishes.form or recognise(path)
            seen = understand(path, form=form, **self.wishes.settings(form))
            html = preview_html(seen)
        except DataError as error:
            html = refusal_html(str(error))
        finally:
            with self._state.lock:
                if turn == self._reading:  # else somebody has chosen other files meanwhile
                    self.seen, self._form = seen, form
                    if seen is not None and not self.wishes.name:
                        self.wishes.name = Path(seen.title).stem
                    self._show_fields()
                    self._preview.html = html  # last: it comes into view where the fields have left it room

    def _uploaded(self, change: dict) -> None:
        if not change["new"]:
            return
        file = change["new"][0]
        if file["size"] > UPLOAD_MB * 1e6:
            self._refuse(f"{file['name']} has {file['size'] / 1e6:.0f} MB, more than {UPLOAD_MB}. Write its path instead.")
            return
        again = self._uploaded_file is not None and self._uploaded_file.name == file["name"]
        self._drop_upload()
        self._upload_folder = tempfile.TemporaryDirectory(prefix="pnas-")
        path = Path(self._upload_folder.name) / (Path(file["name"].replace("\\", "/")).name or "file")
        path.write_bytes(file["content"])
        self.wishes.path = self.wishes.form = ""
        if not again:  # else the file was mended, and the same columns are meant
            self.wishes.forget()
        self.wishes.name = path.stem
        self._uploaded_file = path
        self.look()

    def _typed(self, change: dict) -> None:
        """A path that is written takes the place of an uploaded file."""
        if change["new"]:
            self._drop_upload()
            self.wishes.forget()

    def _drop_upload(self) -> None:
        if self._upload_folder is not None:
            self._upload_folder.cleanup()
            self._upload_folder = self._uploaded_file = None
            self._upload.value = ()

    def _refuse(self, text: str) -> None:
        self.seen, self._preview.html = None, refusal_html(text)
        self._show_fields()

    # ---- the page

    def _unfold(self) -> None:
        show(self._panel, self._panel.layout.display == "none")

    def _make_panel(self) -> ipywidgets.Widget:
        path = self._text("path", "Path on this computer")
        show(path, files_here())
        self._name = self._text("name", "Name")
        return group(
            "own-panel",
            heading("Your own data", NOTE),
            group("own-source", self._upload, path, self._look),
            group("fields", *self._fields.values()),
            self._preview,
            group("own-source", self._name, self._use),
        )

    def _settings_fields(self) -> dict[str, ipywidgets.Widget]:
        wishes, whole = self.wishes, {"hint": AUTO, "whole": True}
        colours = [("as they are", ""), ("grey", "grey"), ("RGB", "rgb")]
        layouts = [("decide", ""), *((name, name) for name in ("NHWC", "NCHW", "NHW", "NLC", "NCL"))]
        kinds = [("log-mel bands", "log-mel"), ("MFCC", "mfcc")]
        forms = [("decide", ""), *((name, name) for name in FORMATS)]
        return {
            "form": choice(wishes, "form", "Format", forms),
            "side": number(wishes, "side", "Picture side, pixels", **whole),
            "colour": choice(wishes, "colour", "Colour", colours),
            "layout": choice(wishes, "layout", "Order of axes", layouts),
            "window": number(wishes, "window", "Window, samples", **whole),
            "step": number(wishes, "step", "Step, samples", **whole),
            "label_column": self._text("label_column", "Label column"),
            "group_column": self._text("group_column", "Person column"),
            "time_column": self._text("time_column", "Time column"),
            "sampling_hz": number(wishes, "sampling_hz", "Samples a second", AUTO),
            "features": choice(wishes, "features", "Features", kinds),
            "clip_s": number(wishes, "clip_s", "Clip, seconds", AUTO),
            "tile": number(wishes, "tile", "Tile, pixels", **whole),
            "test_percent": number(wishes, "test_percent", "For testing, %"),
        }

    def _text(self, trait: str, label: str) -> ipywidgets.Text:
        field = ipywidgets.Text(description=label, tooltip=AUTO, continuous_update=False)
        traitlets.link((self.wishes, trait), (field, "value"))
        return dressed(field)

    def _show_fields(self) -> None:
        """The settings that fit the format, and the way on where there is something to use."""
        for name, field in self._fields.items():
            always = {"test_percent": bool(self._form), "form": self._reading > 0}
            show(field, always.get(name, name in SHOWN.get(self._form, ())))
        ready = self.seen is not None
        show(self._name, ready)
        show(self._use, ready)


def files_here() -> bool:
    """Whether the page may name files of this computer: it may where nobody else can reach it."""
    return os.environ.get("PNAS_SERVER_FILES", "1") != "0"


def slug(title: str) -> str:
    """A title as the name of a data set: small letters, digits and -."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "data"
