"""The constants of `pnas_kit/runs/pace.py`: how long the trainings of `data/rank_study.csv` took for their arithmetic."""

from __future__ import annotations

import csv

import numpy as np
from rank_study import SETTINGS, TABLE


def main() -> None:
    """Print the fit and the quantiles of what the trainings took as a factor of it."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    seen = np.array([SETTINGS[row["data"]].train * SETTINGS[row["data"]].epochs for row in rows])
    parts = np.column_stack([seen, seen * [float(row["macs"]) / 1e6 for row in rows]])
    took = np.array([float(row["seconds"]) for row in rows])
    fit = np.linalg.lstsq(parts / took[:, None], np.ones(len(took)), rcond=None)[0]
    print(f"{len(rows)} trainings: {fit[0]:.2e} s a sample and pass, {fit[1]:.2e} s more for a million MACs")
    for name in ("all", *SETTINGS):
        mine = [name in ("all", row["data"]) for row in rows]
        low, mid, high = np.quantile((took / (parts @ fit))[mine], [0.05, 0.5, 0.95])
        print(f"{name}: {low:.2f} to {high:.2f} of that, median {mid:.2f}")


if __name__ == "__main__":
    main()
