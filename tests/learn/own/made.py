"""Writes small files of every format."""

import io
import json
import struct
import wave
import zipfile

import numpy as np
from PIL import Image


def picture(seed=0, size=(20, 24), mode="RGB", form="PNG", **options):
    """The bytes of a picture of noise, `size` as height and width."""
    shape = size if mode == "L" else (*size, len(mode))
    values = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(values, mode).save(file, form, **options)
    return file.getvalue()


def plain(level, size):
    """The bytes of a grey picture of one brightness."""
    file = io.BytesIO()
    Image.new("L", size[::-1], level).save(file, "PNG")
    return file.getvalue()


def pictures(classes=("cat", "dog"), each=5, **options):
    """An image folder as a mapping from name to bytes."""
    return {
        f"{label}/{number}.png": picture(100 * place + number, **options)
        for place, label in enumerate(classes)
        for number in range(each)
    }


def folder(root, files):
    """Writes a mapping from name to bytes or text below `root`."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def zipped(path, files):
    """Writes the mapping as a zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def zipped_by_windows(path, files):
    """As PowerShell packed for years: strokes of Windows between folders."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            member = zipfile.ZipInfo(name)
            member.create_system = 0
            archive.writestr(member, content)
    return path


def npz(path, **arrays):
    np.savez(path, **arrays)
    return path


def npy(array):
    """The bytes of one array."""
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def idx(array):
    """The bytes of an IDX file of uint8."""
    return b"\0\0\x08" + bytes([array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def wav(seed=0, samples=8000, hz=8000, channels=1, width=2):
    """The bytes of a WAV file of noise."""
    file = io.BytesIO()
    noise = np.random.default_rng(seed).integers(0, 256, samples * channels * width, dtype=np.uint8)
    with wave.open(file, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(width)
        out.setframerate(hz)
        out.writeframes(noise.tobytes())
    return file.getvalue()


def recording(rows=600, seed=0, title="t_ms,ax,ay", step=10, label=None):
    """CSV text of two channels, with an optional label in every line."""
    values = np.random.default_rng(seed).normal(size=(rows, 2))
    lines = [f"{step * i},{a:.4f},{b:.4f}{'' if label is None else f',{label}'}" for i, (a, b) in enumerate(values)]
    return "\n".join([title + ("" if label is None else ",label"), *lines]) + "\n"


def ucr(rows=12, length=20, labels=("-1", "1"), seed=0):
    values = np.random.default_rng(seed).normal(size=(rows, length))
    return "".join("\t".join([labels[i % len(labels)], *(f"{v:.5f}" for v in row)]) + "\n" for i, row in enumerate(values))


def ts(rows=12, lengths=(9,), labels=("a", "b"), dimensions=2, header="@problemName toy\n@timeStamps false\n"):
    random = np.random.default_rng(0)
    lines = []
    for i in range(rows):
        parts = [",".join(f"{v:.4f}" for v in random.normal(size=lengths[i % len(lengths)])) for _ in range(dimensions)]
        lines.append(":".join([*parts, labels[i % len(labels)]]))
    return f"{header}@classLabel true {' '.join(labels)}\n@data\n" + "\n".join(lines) + "\n"


def arff(rows=12, length=9, labels=("a", "b")):
    random = np.random.default_rng(0)
    head = "@relation toy\n" + "".join(f"@attribute v{i} numeric\n" for i in range(length))
    lines = [",".join([*(f"{v:.4f}" for v in random.normal(size=length)), labels[i % len(labels)]]) for i in range(rows)]
    return f"{head}@attribute target {{{','.join(labels)}}}\n@data\n" + "\n".join(lines) + "\n"


def coco(count=6, categories=((3, "cat"), (7, "dog")), **changes):
    """A COCO folder with two boxes a picture, category ids as given."""
    images = [{"id": 10 + i, "file_name": f"{i}.png", "width": 60, "height": 40} for i in range(count)]
    annotations = [
        {
            "id": 2 * i + j,
            "image_id": 10 + i,
            "category_id": categories[j % len(categories)][0],
            "bbox": [5 + 20 * j, 4, 15, 20],
        }
        for i in range(count)
        for j in range(2)
    ]
    content = {
        "images": images,
        "annotations": annotations,
        "categories": [{"id": number, "name": name} for number, name in categories],
    } | changes
    return {"instances.json": json.dumps(content)} | {f"{i}.png": picture(i, (40, 60)) for i in range(count)}


def voc(name, boxes=(("tree", 1, 1, 20, 30),), filename=None, head=""):
    objects = "".join(
        f"<object><name>{label}</name><bndbox><xmin>{a}</xmin><ymin>{b}</ymin><xmax>{c}</xmax><ymax>{d}</ymax></bndbox></object>"
        for label, a, b, c, d in boxes
    )
    return f"{head}<annotation><filename>{filename or name}</filename>{objects}</annotation>"


def voc_folder(count=6, **options):
    files = {f"{i}.png": picture(i, (40, 60)) for i in range(count)}
    return files | {f"{i}.xml": voc(f"{i}.png", **options) for i in range(count)}


def yolo(count=6, line="0 0.5 0.5 0.2 0.4\n1 0.2 0.2 0.1 0.1\n", names="names: [cat, dog]\n"):
    files = {"data.yaml": names} if names else {}
    for i in range(count):
        files |= {f"images/{i}.png": picture(i, (40, 60)), f"labels/{i}.txt": line}
    return files
