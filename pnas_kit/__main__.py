"""The command line: what a runner does (`search RUN`, `train RUN`, `emulate RUN NUMBER`), `report RUN`, `runs`, `stop`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pnas_kit.runs import Run
from pnas_kit.runs.overview import elsewhere, end_all, listing
from pnas_kit.runs.records import PHASES
from pnas_kit.runs.run import default_root


def main() -> int:
    arguments = parser().parse_args()
    if arguments.command in ("runs", "stop"):
        root = (arguments.runs or default_root()).absolute()
        if not root.is_dir():
            sys.exit(f"there is no folder of runs {root}: name it with --runs or PNAS_RUNS")
        for line in listing(root) if arguments.command == "runs" else end_all(root):
            print(line, flush=True)
        for line in elsewhere(root):
            print(line)
        return 0
    if arguments.command == "emulate":
        from pnas_kit.runs.emulation import work

        return work(Run(arguments.run), arguments.number)
    if arguments.command == "report":
        from pnas_kit.runs.report import write_report

        print(write_report(Run(arguments.run)))
        return 0
    from pnas_kit.runs.runner import work

    return work(arguments.command, Run(arguments.run))


def parser() -> argparse.ArgumentParser:
    """What the command line takes."""
    made = argparse.ArgumentParser(prog="python -m pnas_kit", description="Work on a run until it is done or stopped.")
    commands = made.add_subparsers(dest="command", required=True)
    for phase in PHASES:
        commands.add_parser(phase, help=f"do the {phase} of a run").add_argument("run", help="folder of the run")
    emulate = commands.add_parser("emulate", help="run a prototype on an emulated board")
    emulate.add_argument("run", help="folder of the run")
    emulate.add_argument("number", type=int, help="prototype to emulate")
    commands.add_parser("report", help="write a run as one page").add_argument("run", help="folder of the run")
    for name, what in (("runs", "list the runs of a folder"), ("stop", "end all that is at work or waiting in a folder")):
        command = commands.add_parser(name, help=what)
        command.add_argument("--runs", type=Path, default=None, help="folder of the runs (PNAS_RUNS, else ./runs)")
    return made


if __name__ == "__main__":
    sys.exit(main())
