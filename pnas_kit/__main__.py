"""The runner's command line: `python -m pnas_kit search RUN` or `python -m pnas_kit train RUN`."""

from __future__ import annotations

import argparse
import sys

from pnas_kit.runs import Run
from pnas_kit.runs.records import PHASES


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m pnas_kit", description="Work on a run until it is done or stopped.")
    parser.add_argument("phase", choices=PHASES, help="what to do")
    parser.add_argument("run", help="folder of the run")
    arguments = parser.parse_args()
    from pnas_kit.runs.runner import work

    return work(arguments.phase, Run(arguments.run))


if __name__ == "__main__":
    sys.exit(main())
