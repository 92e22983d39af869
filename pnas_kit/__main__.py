"""The command line, `python -m pnas_kit`: `search RUN`, `train RUN`, `emulate RUN NUMBER`, `report RUN`."""

from __future__ import annotations

import argparse
import sys

from pnas_kit.runs import Run
from pnas_kit.runs.records import PHASES


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m pnas_kit", description="Work on a run until it is done or stopped.")
    parser.add_argument("phase", choices=(*PHASES, "emulate", "report"), help="what to do")
    parser.add_argument("run", help="folder of the run")
    parser.add_argument("number", type=int, nargs="?", help="prototype to emulate")
    arguments = parser.parse_args()
    if (arguments.phase == "emulate") != (arguments.number is not None):
        parser.error("expected a prototype's number with `emulate`, and only there")
    if arguments.phase == "emulate":
        from pnas_kit.runs.emulation import work

        return work(Run(arguments.run), arguments.number)
    if arguments.phase == "report":
        from pnas_kit.runs.report import write_report

        print(write_report(Run(arguments.run)))
        return 0
    from pnas_kit.runs.runner import work

    return work(arguments.phase, Run(arguments.run))


if __name__ == "__main__":
    sys.exit(main())
