"""Your own data in the task step, without a browser."""

import io
import time
import zipfile

import numpy as np
import pytest

from pnas_kit.learn.data import own_cards
from pnas_kit.learn.data.kept import place
from pnas_kit.runs import Run
from widgets.own_data import UPLOAD_MB, slug
from widgets.own_preview import preview_html, refusal_html
from widgets.steps import steps_html


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("PNAS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def own(cache, workbench):
    return workbench.steps["task"]._own_data


def recordings(labels=("sit", "walk")):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(8):
            rows = np.random.default_rng(number).normal(size=(300, 2)) + number % 2
            body = "".join(f"{10 * i},{a:.3f},{b:.3f}\n" for i, (a, b) in enumerate(rows))
            archive.writestr(f"{labels[number % 2]}_{number}.csv", "t_ms,ax,ay\n" + body)
    return file.getvalue()


def upload(own, name, content, size=None):
    own._uploaded({"new": ({"name": name, "content": memoryview(content), "size": size or len(content)},)})


def wait(own):
    end = time.monotonic() + 20
    while "Reading" in own._preview.html:
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def test_an_uploaded_archive_is_shown_changed_used_and_forgotten(own, workbench, cache):
    upload(own, "My walks.zip", recordings())
    wait(own)
    assert "CSV recordings" in own._preview.html and "100 Hz" in own._preview.html and not cache.exists()
    assert own._fields["window"].layout.display is None and own._fields["features"].layout.display == "none"
    before = len(own.seen.found.x)
    own.wishes.window = 32
    own._look.click()
    wait(own)
    assert len(own.seen.found.x) > before and own.seen.found.x.shape[2] == 32
    own._use.click()
    state = workbench.state
    assert state.data == "own/my-walks" and own_cards()[state.data].title == "My walks"
    task = workbench.steps["task"]
    assert "My walks" in task._sets.html and "your own" in task._sets.html and "Forget this data set" in task._sets.html
    assert state.complaints() == {} and state.config().data == "own/my-walks"
    run = Run.create(state.config())
    assert run.name.count("/") == 0 and run.problem.input_shape == (1, 32, 2) and len(run.load_data().train_y) > 0
    assert "<small>My walks</small>" in steps_html(state)
    aside = place(state.data).rename(cache / "aside")  # as if another page had forgotten it
    assert "<small>own/my-walks</small>" in steps_html(state)
    assert "Unknown data set 'own/my-walks'" in state.complaints()["data"]
    task._draw_data()  # as at the end of a load
    task._draw_messages()
    assert "Unknown data set" in task._messages.html and "My walks" in task._sets.html
    aside.rename(place(state.data))
    task._sets.press("forget", "own/my-walks")
    assert own_cards() == {} and state.data == "digits" and "My walks" not in task._sets.html
    workbench.show_run(Run(run.path))  # the run is still there, and can be looked at
    assert state.problem is None and workbench.run.card.title == "My walks"


def test_what_is_refused_is_said_and_nothing_is_kept(own, workbench, cache):
    upload(own, "a.npz", b"hello")
    wait(own)
    assert "expected a whole .npz" in own._preview.html and "Nothing was kept" in own._preview.html
    assert own._use.layout.display == "none" and not cache.exists()
    upload(own, "large.zip", b"", size=UPLOAD_MB * 10**6 + 1)
    assert f"more than {UPLOAD_MB}" in own._preview.html
    own.wishes.path = "/no/such/place"
    own._look.click()
    wait(own)
    assert "no such file" in own._preview.html and workbench.state.problem is None


def test_a_table_without_a_known_label_asks_for_its_column(own, tmp_path):
    lines = [f"{i},{np.sin(i):.3f},{i // 100 % 2}" for i in range(2000)]
    (tmp_path / "a.csv").write_text("t,a,what\n" + "\n".join(lines))
    own.wishes.path = str(tmp_path / "a.csv")
    own._look.click()
    wait(own)
    assert "Choose the label column" in own._preview.html and own._fields["label_column"].layout.display is None
    own.wishes.label_column = "what"
    own.wishes.window = 16
    own._look.click()
    wait(own)
    assert own.seen is not None and own.seen.found.classes == ("0", "1")


def test_the_format_can_be_chosen_and_is_forgotten_with_the_files(own):
    assert own._fields["form"].layout.display == "none"
    rows = "\n".join(f"{i % 2}," + ",".join(f"{np.sin(i * j):.3f}" for j in range(32)) for i in range(400))
    table = "label," + ",".join(f"p{j}" for j in range(32)) + "\n" + rows
    upload(own, "lines.csv", table.encode())
    wait(own)
    assert own.seen.found.form == "series table" and own._fields["form"].layout.display is None
    own.wishes.form, own.wishes.window = "CSV recordings", 4
    own._look.click()
    wait(own)
    assert own.seen is None and "no stretch as long as a window" in own._preview.html
    own.wishes.form = "YOLO"
    own._look.click()
    wait(own)
    assert "YOLO needs files that end in" in own._preview.html
    upload(own, "lines.csv", table.encode())
    wait(own)
    assert own.wishes.form == "" and own.seen.found.form == "series table"
    own.wishes.label_column = "label"
    upload(own, "lines.csv", table.encode())  # mended, perhaps
    wait(own)
    assert own.wishes.label_column == "label" and own.seen is not None
    upload(own, "others.csv", table.replace("label", "class").encode())
    wait(own)
    assert own.wishes.label_column == "" and own.wishes.window == 0 and own.seen is not None
    own.wishes.window, own.wishes.path = 4, "elsewhere"
    assert own.wishes.window == 0 and own.wishes.path == "elsewhere"


def test_names_of_files_and_classes_cannot_write_html(own):
    upload(own, "<img src=x>.zip", recordings(("<b>sit", 'wa"lk')))
    wait(own)
    html = preview_html(own.seen) + refusal_html("<script>")
    assert "<b>sit" not in html and "<img src=x" not in html and "<script>" not in html and "&lt;b&gt;sit" in html


def test_a_name_is_made_of_any_title():
    assert slug("Köln: Äpfel & Birnen (2)") == "koln-apfel-birnen-2" and slug("犬") == "data" and len(slug("a" * 99)) == 40


def test_a_page_that_others_can_reach_names_no_files_of_the_server(cache, monkeypatch, root):
    from widgets.workbench import Workbench

    monkeypatch.setenv("PNAS_SERVER_FILES", "0")
    made = Workbench()
    try:
        panel = made.steps["task"]._own_data
        panel.wishes.path = "/etc"
        path = next(w for w in panel._panel.children[1].children if getattr(w, "description", "") == "Path on this computer")
        assert path.layout.display == "none"
        panel._look.click()
        assert "uploaded files only" in panel._preview.html and panel.seen is None
        upload(panel, "a.zip", recordings())
        wait(panel)
        assert panel.seen is not None
    finally:
        made.close()
