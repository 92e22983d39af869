"""Records a run that travels with the code: `python benchmarks/record_run.py [digits] [--board nano-33-ble]`.

Searches, trains and verifies the proposed prototypes in a folder that goes afterwards, and keeps in `data/recorded/NAME`
what `pnas_kit.runs.recorded` reads: configuration, candidates, picks, status, versions, and of each prototype its epochs,
result and `.tflite`. Some ten minutes on two cores.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from dataclasses import asdict, replace
from pathlib import Path

from pnas_kit.cost import boards
from pnas_kit.paths import DATA
from pnas_kit.runs import Config, Run, Status

KIB = 1024
KEPT = ("epochs.jsonl", "model.tflite")


def finished(run: Run, phase: str) -> None:
    """Do a phase of a run to its end."""
    run.start(phase)
    while (status := run.wait(0.5)).alive:
        print(f"\r{phase}: {status.done} of {status.total}", end="", flush=True)
    print()
    if status.state != "done":
        raise SystemExit(f"the {phase} {status.state}")


def keep(run: Run, place: Path) -> None:
    """Write what is kept of a finished run; what was recorded there before goes."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    shutil.copy(run.path / "config.json", place)
    shutil.copy(run.path / "picks.json", place)
    versions = json.loads((run.path / "versions.json").read_text())
    versions["platform"] = versions["platform"].partition("-")[0]
    (place / "versions.json").write_text(json.dumps(versions, indent=1) + "\n")
    status = run.status
    at_rest = Status(phase="train", state="done", done=status.done, total=status.total)
    (place / "status.json").write_text(json.dumps(asdict(at_rest), indent=1) + "\n")
    copy = Run(place).transcript
    for candidate in run.candidates():
        copy.add(candidate)
    for number in run.picks:
        folder = place / "prototypes" / str(number)
        folder.mkdir(parents=True)
        for name in KEPT:
            shutil.copy(run.prototype(number) / name, folder)
        result = run.result(number)
        result = replace(result, files={name: sha for name, sha in result.files.items() if name in KEPT})
        (folder / "result.json").write_text(json.dumps(asdict(result)) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="?", default="digits")
    parser.add_argument("--board", default="nano-33-ble")
    parser.add_argument("--ram-kib", type=float, default=64)
    parser.add_argument("--flash-kib", type=float, default=128)
    parser.add_argument("--trials", type=int, default=300)
    parser.add_argument("--epochs", type=int, default=40, help="of each training")
    arguments = parser.parse_args()
    config = Config(
        data=arguments.data, board=arguments.board, trials=arguments.trials, epochs=arguments.epochs,
        ram_bytes=round(arguments.ram_kib * KIB), flash_bytes=round(arguments.flash_kib * KIB),
        macs=boards()[arguments.board].default_macs,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as root:
        run = Run.create(config, Path(root))
        finished(run, "search")
        run.pick(run.proposed())
        finished(run, "train")
        for number in run.picks:
            result = run.result(number)
            print(f"{number}: {100 * result.int8_accuracy:.1f} % int8, {result.tflite_bytes} bytes")
        place = DATA / "recorded" / arguments.data.replace("/", "-")
        keep(run, place)
    size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
    print(f"{size / KIB:.0f} KiB in {place.relative_to(DATA.parent)}")


if __name__ == "__main__":
    main()
