"""One prototype in the queue of trainings."""

from __future__ import annotations

from dataclasses import dataclass

from pnas_kit.learn.epoch import Epoch
from pnas_kit.runs import Progress, Result
from pnas_kit.runs.pace import Span
from widgets import cards, words
from widgets.curves import curve_svg
from widgets.words import attribute

STATES = {
    "new": "not started",
    "waiting": "waiting",
    "training": "training",
    "quantising": "quantising",
    "verified": "verified",
    "stopped": "stopped",
    "failed": "failed",
    "paused": "paused",
}
PILLS = {"training": "running", "quantising": "running", "verified": "done", "failed": "crashed"}
GOING = ("waiting", "training", "quantising")


@dataclass(frozen=True, kw_only=True)
class Training:
    """What is known of a prototype's training, as the card shows it.

    Attributes:
        number, words: of the prototype.
        progress: how it stands.
        epochs: its curve.
        place: in the queue, from 1; None where it does not wait.
        left: the time that it still takes; None where that is unknown or it is not at work.
        result: once verified.
        metric: what the accuracies are, such as "mAP50"; "" for plain accuracy.
        balanced: whether balanced accuracy is to be told.
        paused: the whole training rests.
    """

    number: int
    words: str
    progress: Progress
    epochs: list[Epoch]
    place: int | None = None
    left: Span | None = None
    result: Result | None = None
    metric: str = ""
    balanced: bool = False
    paused: bool = False

    @property
    def state(self) -> str:
        """How it stands, a name in `STATES`."""
        return "paused" if self.paused and self.progress.state in GOING else self.progress.state


def card_html(training: Training) -> str:
    """Head, curve, progress and figures of one prototype, and the button that stops it or lets it go on."""
    number, state, last = training.number, training.state, training.epochs[-1] if training.epochs else None
    body = curve_svg(training.epochs) if last else f'<div class="pn-curve pn-waiting"><p>{_waiting(training)}</p></div>'
    failed = ""
    if state == "failed":
        failed = (
            f'<div class="pn-failed" role="alert"><b>Failed:</b> {attribute(training.progress.error)}. '
            "The other prototypes go on, finished epochs are kept: try again.</div>"
        )
    return (
        f'<article class="pn-panel pn-training" data-key="{number}" data-epoch="{last.number if last else 0}" '
        f'data-state="{state}"><div class="pn-pick-head"><b>{number}</b>'
        f'<span title="{attribute(training.words)}">{words.unbroken(training.words)}</span>'
        f'<span class="pn-pill pn-{PILLS.get(state, state)}">{STATES[state]}</span>{_button(training)}</div>{body}{failed}'
        f'<div class="pn-tiles">{_figures(training)}</div></article>'
    )


def _button(training: Training) -> str:
    """Stop this one, or go on with it; none once it is verified."""
    state = training.progress.state
    if state == "verified":
        return ""
    action, text = ("skip", "Stop") if state in GOING else ("unskip", {"failed": "Try again", "new": "Train"}.get(state))
    text = text or ("Continue" if training.epochs else "Train")
    return (
        f'<button type="button" class="pn-plain" data-action="{action}" data-key="{training.number}" '
        f'aria-label="{text}: prototype {training.number} alone">{text}</button>'
    )


def _waiting(training: Training) -> str:
    if training.progress.state == "training":
        return "The first epoch is under way."
    if training.place:
        return f"Number {training.place} in the queue."
    return "No epoch finished yet."


def _figures(training: Training) -> str:
    """Four tiles: of the way while it is trained, of the outcome then."""
    progress, result, of = training.progress, training.result, f", {training.metric}" if training.metric else ""
    shown = [epoch.accuracy for epoch in training.epochs if epoch.best] or [epoch.accuracy for epoch in training.epochs]
    tiles = cards.tile("Epoch", f"{progress.epoch} of {progress.total}" if progress.total else "–")
    judged = "Validation" if all(epoch.held_out for epoch in training.epochs) else "Training samples"
    tiles += cards.tile(f"{judged}{of}", words.percent(shown[-1] if shown else None))
    if result:
        tiles += cards.tile(f"Test, float{of}", words.percent(result.float_accuracy))
        tiles += cards.tile(f"Test, int8{of}", words.percent(result.int8_accuracy))
        return tiles + (cards.tile("Balanced, int8", words.percent(result.balanced_accuracy)) if training.balanced else "")
    tiles += cards.tile("Pruned", words.percent(progress.removed if progress.total else None, 0))
    left = training.left
    band = f"<small>{words.durations(left.low, left.high)}</small>" if left else ""
    return tiles + cards.tile("Time left", words.duration(left.mid if left else None), band)
