"""Data of somebody's own, made by the tests: recordings of a shaken board, and pictures with a square or a bar in them."""

import io
import json
import zipfile

import numpy as np
from PIL import Image

HZ, SECONDS, SIDE = 50, 8, 48
SHAPES = {"square": (16, 16), "bar": (24, 8)}  # height and width


def recordings(each=8):
    """CSV files of three axes; the shape of the movement is the class."""
    random, files = np.random.default_rng(0), {}
    time = np.arange(HZ * SECONDS)[:, None] / HZ
    moves = {
        "slow": lambda shift: np.sin(4 * np.pi * time + shift),
        "jerky": lambda shift: np.sign(np.sin(4 * np.pi * time + shift)),
        "fast": lambda shift: np.sin(12 * np.pi * time + shift),
    }
    for name, move in moves.items():
        for number in range(each):
            rows = move(random.uniform(0, 6, 3)) + random.normal(0, 0.3, (len(time), 3))
            lines = [f"{1000 * i // HZ},{x:.3f},{y:.3f},{z:.3f}" for i, (x, y, z) in enumerate(rows)]
            files[f"{name}_{number}.csv"] = "\n".join(["t_ms,ax,ay,az", *lines])
    return files


def scenes(count=120):
    """COCO: grey pictures with one bright shape each."""
    random, files, boxes = np.random.default_rng(0), {}, []
    for number in range(count):
        picture, kind = random.integers(0, 40, (SIDE, SIDE), dtype=np.uint8), number % 2
        high, wide = list(SHAPES.values())[kind]
        top, left = int(random.integers(0, SIDE - high)), int(random.integers(0, SIDE - wide))
        picture[top : top + high, left : left + wide] = random.integers(180, 255)
        file = io.BytesIO()
        Image.fromarray(picture).save(file, "PNG")
        files[f"{number}.png"] = file.getvalue()
        boxes.append({"id": number, "image_id": number, "category_id": kind, "bbox": [left, top, wide, high]})
    images = [{"id": n, "file_name": f"{n}.png", "width": SIDE, "height": SIDE} for n in range(count)]
    classes = [{"id": place, "name": name} for place, name in enumerate(SHAPES)]
    return files | {"instances.json": json.dumps({"images": images, "annotations": boxes, "categories": classes})}


def zipped(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path
