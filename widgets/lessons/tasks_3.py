"""The tasks of lesson 3: judging without training."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd

from pnas_kit.score.agreement import partial
from widgets.lessons.answers import Verdict, right, task, wrong
from widgets.lessons.study import TITLES, kendall, study

SCORES, ACCURACIES = (3, 1, 4, 2, 5), (70, 60, 80, 90, 85)
PAPER = ("meco", "zico", "naswot", "snip")
HIDDEN = ["accuracy", "zen_mean", "seconds", "spec", "net"]


@task(3, 1, wanted="Kendall's tau of the five networks, a number from -1 to 1", kind="a number")
def by_hand(answer: float) -> Verdict:
    """Pairs in the same order less pairs in the other, over all pairs."""
    pairs = math.comb(len(SCORES), 2)
    truth = kendall(SCORES, ACCURACIES)
    agreeing = round(pairs * (truth + 1) / 2)
    if math.isclose(answer, truth, abs_tol=0.005):
        return right(f"{agreeing} of {pairs} pairs agree, {pairs - agreeing} do not: tau is {truth:.2f}.")
    if math.isclose(answer, agreeing / pairs, abs_tol=0.005):
        return wrong("That is the share of pairs that agree.", "Tau takes the pairs that disagree off again.")
    if not -1 <= answer <= 1:
        return wrong(f"Tau is from -1 to 1, got {answer:g}.", "Divide by the number of all pairs.")
    return wrong(
        f"Of {pairs} pairs, that would be {pairs * (answer + 1) / 2:.3g} that agree.",
        "Write all pairs down in a list: does the network with the higher score have the higher accuracy, too?",
    )


@task(3, 2, wanted=f"one of the words {', '.join(PAPER)}", kind="a word")
def beyond_the_macs(answer: str) -> Verdict:
    """The proxy with the highest mean partial tau given the MACs."""
    answer = answer.lower()
    if answer not in PAPER:
        return wrong(f"Expected one of {', '.join(PAPER)}, got {answer!r}.", "Use the names of the table's columns.")
    left = {name: np.mean([_given_macs(part, name) for _, part in study().groupby("data")]) for name in PAPER}
    best = max(left, key=left.get)
    if answer == best:
        others = ", ".join(f"{name} {value:.2f}" for name, value in left.items() if name != best)
        return right(
            f"A mean of {left[best]:.2f} is left of it: something, though not much. The others have less: {others}."
        )
    higher = sum(value > left[answer] for value in left.values())
    return wrong(
        f"Of {answer}, a mean of {left[answer]:.2f} is left given the MACs; {higher} of the four are ahead of it.",
        "Compute `given_macs` for each of the four on each data set, and take the mean over the data sets.",
    )


def _given_macs(part: pd.DataFrame, name: str) -> float:
    taus = kendall(part[name], part.accuracy), kendall(part[name], part.macs), kendall(part.accuracy, part.macs)
    return float(partial(*taus))


@task(3, 3, wanted="a function that takes the table and gives a number for each network", kind="a function")
def a_score_of_your_own(answer: Callable[[pd.DataFrame], pd.Series]) -> Verdict:
    """A score that beats the number of weights on average."""
    table = study()
    hidden = table.drop(columns=HIDDEN)
    try:
        given = answer(hidden)
    except (KeyError, AttributeError) as error:
        if (missing := getattr(error, "name", None) or error.args[0]) in hidden:
            raise
        return wrong(
            f"There is no column {missing!r} in the table that your function gets.",
            f"Accuracies and `zen_mean` are left out. It has: {', '.join(hidden)}.",
        )
    if given is None:
        return wrong("Your function gives nothing back.", "Does it end with `return`?")
    try:
        values = np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        return wrong("What your function gives back are not all numbers.", "`data` and `family` are words; the rest counts.")
    if values.shape != (len(table),):
        return wrong(
            f"Expected {len(table)} numbers, one for each row, got shape {values.shape}.", "Return a column, not its mean."
        )
    if not np.isfinite(values).all():
        return wrong("Some of the numbers are not finite.", "Is there a logarithm of 0, or a division by it?")
    yours, weights = (_over_sets(table, column) for column in (values, table.params))
    if level := [TITLES[name] for name, tau in yours.items() if not math.isfinite(tau)]:
        return wrong(
            f"All networks of {level[0]} get the same number, so nothing is ranked.", "What differs between the networks?"
        )
    told = ", ".join(f"{TITLES[name]} {tau:.2f}" for name, tau in yours.items())
    mean, goal = np.mean(list(yours.values())), np.mean(list(weights.values()))
    if mean > goal:
        return right(f"A mean tau of {mean:.2f} ({told}), above the {goal:.2f} of the number of weights.")
    return wrong(
        f"A mean tau of {mean:.2f} ({told}), not above the {goal:.2f} of the number of weights.",
        "Sums over layers prefer deep networks. What does one block add?",
    )


def _over_sets(table: pd.DataFrame, values: np.ndarray | pd.Series) -> dict[str, float]:
    column = pd.Series(np.asarray(values), table.index)
    return {name: kendall(column[part.index], part.accuracy) for name, part in table.groupby("data")}
