"""Step 4: train the picked prototypes."""

from __future__ import annotations

from collections.abc import Callable

from pnas_kit.learn.data import Card
from pnas_kit.runs.examples import read_examples
from widgets import cards, words
from widgets.controls import button, group, heading, show
from widgets.curves import curve_svg
from widgets.detections import detections_html
from widgets.pane import Pane
from widgets.room import room_html
from widgets.state import State, default_epochs, unbalanced
from widgets.words import attribute


class StepTrain:
    """Start and stop the training and watch the learning curves."""

    def __init__(self, state: State, guard: Callable, hurry: Callable[[], None]) -> None:
        self._state = state
        self._hurry = hurry
        self.start = button("Start training", guard(self._start), "primary")
        self.stop = button("Stop", guard(self._stop), "danger")
        self._onward = button("Go to the models", guard(lambda: state.set_trait("step", "deploy")), "next")
        self._message = Pane()
        self._curves = Pane()
        note = "Each prototype learns, is pruned on the way, and ends as a verified 8-bit model."
        self.view = group(
            "train",
            group("panel", group("row", heading("Training", note), self._message, self.start, self.stop, self._onward)),
            self._curves,
        )
        state.observe(guard(lambda _: self.draw()), ["picked", "status", "curves", "results", "run"])
        self.draw()

    def _start(self) -> None:
        self._state.run.start("train")
        self._hurry()

    def _stop(self) -> None:
        self._state.run.stop()
        self._hurry()

    @property
    def _training(self) -> bool:
        return self._state.live and self._state.status.phase == "train"

    def draw(self) -> None:
        """Bring buttons, messages and curves in line with the state."""
        state = self._state
        missing = [number for number in state.picked if number not in state.results]
        begun = bool(state.curves)
        show(self.start, bool(missing) and not self._training)
        show(self.stop, self._training)
        show(self._onward, bool(state.results))
        self.start.disabled = state.live
        self.start.description = "Continue training" if begun else "Start training"
        self._message.html = self._message_html(missing)
        self._curves.html = self._curves_html()

    def _message_html(self, missing: list[int]) -> str:
        state, status = self._state, self._state.status
        if status is None or not state.picked:
            return ""
        if status.phase == "train" and status.state in ("failed", "crashed"):
            return (
                f'<div class="pn-failed" role="alert"><b>The training {status.state}.</b> {attribute(status.error or "")} '
                "Finished epochs and models are kept: continue the training.</div>"
            )
        if self._training:
            doing = "training" if status.state == "running" else status.state
            left = f" · {words.duration(status.seconds_left)} left" if status.seconds_left is not None else ""
            return (
                f'<div class="pn-progress pn-inline" data-state="{status.state}"><p role="status">'
                f'<span class="pn-pill pn-{status.state}">{doing}</span>'
                f"{status.done} of {status.total or '…'} epochs{left}</p>"
                f'<progress max="{max(1, status.total)}" value="{status.done}" aria-label="Epochs trained"></progress></div>'
            )
        if state.live:
            return '<p class="pn-note">The search is still going on; stop it or let it finish first.</p>'
        if not missing:
            return '<p class="pn-note" role="status">Every prototype is trained and verified.</p>'
        epochs = state.run.config.epochs or default_epochs(state.run.config.data)
        many = f"{len(missing)} prototype{'s' if len(missing) > 1 else ''}"
        note = f'<p class="pn-note">{many}, {epochs} epochs each. You may close this page; the training goes on.</p>'
        return note + room_html(state.run.config, "train", len(missing))

    def _curves_html(self) -> str:
        state = self._state
        if not state.picked:
            text = "Choose at least one prototype in the step before."
            return f'<div class="pn-panel">{cards.empty("Nothing to train yet", text)}</div>'
        by_number = {candidate.number: candidate for candidate in state.candidates}
        drawn = [self._card(number, by_number[number].arch.words) for number in state.picked if number in by_number]
        return f'<div class="pn-trainings">{"".join(drawn)}</div>' + legend(state.run.card)

    def _card(self, number: int, words_: str) -> str:
        state = self._state
        epochs, result = state.curves.get(number, []), state.results.get(number)
        last = epochs[-1] if epochs else None
        if result:
            label, kind = "verified", "done"
        elif last is None:
            label, kind = "waiting", "new"
        elif last.number == last.total:
            label, kind = ("quantising and testing", "running") if self._training else ("trained", "stopped")
        else:
            label, kind = ("training", "running") if self._training else ("stopped", "stopped")
        card = state.run.card
        of = ", mAP50" if card.task == "detection" else ""
        pictures = detections_html(read_examples(state.run.prototype(number)), card) if result else ""
        body = curve_svg(epochs) if epochs else '<div class="pn-curve pn-waiting"><p>No epoch finished yet.</p></div>'
        figures = (
            cards.tile("Epoch", f"{last.number} of {last.total}" if last else "–")
            + cards.tile(f"Validation{of}", words.percent(last.accuracy if last else None))
            + cards.tile(f"Test, float{of}", words.percent(result.float_accuracy if result else None))
            + cards.tile(f"Test, int8{of}", words.percent(result.int8_accuracy if result else None))
        )
        if result and unbalanced(state.run.config.data):
            figures += cards.tile("Balanced, int8", words.percent(result.balanced_accuracy))
        return (
            f'<article class="pn-panel pn-training" data-key="{number}" data-epoch="{last.number if last else 0}">'
            f'<div class="pn-pick-head"><b>{number}</b><span title="{attribute(words_)}">{attribute(words_)}</span>'
            f'<span class="pn-pill pn-{kind}">{label}</span></div>{body}'
            f'<div class="pn-tiles">{figures}</div>{pictures}</article>'
        )


def legend(card: Card) -> str:
    """What the curve's lines are."""
    measure = "mAP50" if card.task == "detection" else "accuracy"
    return (
        f'<p class="pn-curve-legend"><span class="pn-curve-accuracy">validation {measure}</span>'
        '<span class="pn-curve-loss">training loss (right scale)</span>'
        '<span class="pn-curve-sparsity">channels removed</span></p>'
    )
