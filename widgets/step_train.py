"""Step 4: train the picked prototypes."""

from __future__ import annotations

from collections.abc import Callable

from pnas_kit.learn.data import Card
from pnas_kit.learn.recipe import recipe_for
from pnas_kit.runs import Run, RunError
from pnas_kit.runs.large import MESSAGE, awaits_large, large_of
from pnas_kit.runs.pace import Span, time_left, training_left
from widgets import cards, words
from widgets.controls import button, group, heading, show
from widgets.outcome import Outcome
from widgets.pane import Pane
from widgets.room import room_html
from widgets.state import State, default_epochs, unbalanced
from widgets.training_card import Training, card_html
from widgets.words import attribute

AT_WORK = ("training", "quantising", "waiting")


class StepTrain:
    """The queue of trainings, each of which can be stopped alone, their learning curves and what became of them."""

    def __init__(self, state: State, guard: Callable, hurry: Callable[[], None]) -> None:
        self._state = state
        self._hurry = hurry
        self.start = button("Start training", guard(self._start), "primary")
        self.pause = button("Pause", guard(self._pause), "quiet", "Rest after the epochs that are under way")
        self.stop = button("Stop", guard(self._stop), "danger", "Stop every training; finished epochs are kept")
        self._onward = button("Go to the models", guard(lambda: state.set_trait("step", "deploy")), "next")
        self._message = Pane()
        self._curves = Pane(skip=guard(self._skip), unskip=guard(self._unskip))
        self.outcome = Outcome(state, guard)
        note = "Each prototype learns, is pruned on the way, and ends as a verified 8-bit model."
        row = group("row", heading("Training", note), self._message, self.start, self.pause, self.stop, self._onward)
        self.view = group("train", group("panel", row), self._curves, self.outcome.view)
        state.observe(guard(lambda _: self.draw()), ["picked", "status", "curves", "trainings", "results", "run"])
        self.draw()

    # ---- commands

    def _start(self) -> None:
        """Begin, or go on, with all of them: those that were stopped one by one too."""
        run = self._state.run
        for number in run.picks:
            run.unskip(number)
        run.start("train")
        self._hurry()

    def _pause(self) -> None:
        run = self._state.run
        (run.resume if self._state.status.state == "paused" else run.pause)()
        self._hurry()

    def _stop(self) -> None:
        self._state.run.stop()
        self._hurry()

    def _skip(self, number: str) -> None:
        self._state.run.skip(int(number))
        self._hurry()

    def _unskip(self, number: str) -> None:
        """Go on with one. Where nothing is trained at the moment, the others stay as they are."""
        run, wanted = self._state.run, int(number)
        if self._state.live and not self._training:
            raise RunError("the search of this run is still going on; stop it or let it finish, then train")
        if not self._training:
            for other in run.untrained():
                if other != wanted:
                    run.skip(other)
        run.unskip(wanted)
        if not self._training:
            run.start("train")
        self._hurry()

    # ---- what is shown

    @property
    def _training(self) -> bool:
        return self._state.live and self._state.status.phase == "train"

    def draw(self) -> None:
        """Bring buttons, messages and cards in line with the state."""
        state = self._state
        missing = [number for number in state.picked if number not in state.results]
        show(self.start, bool(missing) and not self._training)
        show(self.pause, self._training and state.status.state != "queued")
        show(self.stop, self._training)
        show(self._onward, bool(state.results))
        self.start.disabled = state.live
        self.start.description = "Continue training" if state.curves else "Start training"
        self.pause.description = "Resume" if self._training and state.status.state == "paused" else "Pause"
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
        if status.phase == "train" and status.state == "limited":
            return (
                f'<div class="pn-failed" role="alert"><b>The training ended at a limit.</b> {attribute(status.error)}</div>'
            )
        if self._training:
            return self._progress_html()
        if state.live:
            return '<p class="pn-note">The search is still going on; stop it or let it finish first.</p>'
        if not missing:
            return '<p class="pn-note" role="status">Every prototype is trained and verified.</p>'
        epochs = state.run.config.epochs or default_epochs(state.run.config.data)
        many = f"{len(missing)} prototype{'s' if len(missing) > 1 else ''}"
        first = "A large network first, which takes far longer; then " if awaits_large(state.run) else ""
        return (
            f'<p class="pn-note">{first}{many}, {epochs} epochs each{_estimate(time_left(state.run))}. '
            "You may close this page; the training goes on.</p>"
        ) + room_html(state.run.config, "train", len(missing))

    def _progress_html(self) -> str:
        state, status = self._state, self._state.status
        large = awaits_large(state.run)
        doing = {"running": MESSAGE if large else "training", "queued": status.message}.get(status.state, status.state)
        told = ""
        if large and status.seconds_left:
            told = f" · about {words.duration(status.seconds_left)} left, then the prototypes"
        elif not large and status.state == "running" and (left := time_left(state.run)):
            told = f" · about {words.duration(left.mid)} left ({words.durations(left.low, left.high)})"
        return (
            f'<div class="pn-progress pn-inline" data-state="{status.state}"><p role="status">'
            f'<span class="pn-pill pn-{status.state}">{doing}</span>'
            f"{status.done} of {status.total or '…'} epochs{told}</p>"
            f'<progress max="{max(1, status.total)}" value="{status.done}" aria-label="Epochs trained"></progress></div>'
        )

    def _curves_html(self) -> str:
        state = self._state
        if not state.picked:
            text = "Choose at least one prototype in the step before."
            return f'<div class="pn-panel">{cards.empty("Nothing to train yet", text)}</div>'
        queue = [number for number in state.run.picks if self._state_of(number) == "waiting"]
        by_number = {candidate.number: candidate for candidate in state.candidates}
        drawn = [
            card_html(self._told(number, by_number[number].arch.words, queue))
            for number in state.picked
            if number in by_number and number in state.trainings
        ]
        return large_html(state.run) + f'<div class="pn-trainings">{"".join(drawn)}</div>' + legend(state.run.card)

    def _state_of(self, number: int) -> str:
        return self._state.trainings[number].state if number in self._state.trainings else "new"

    def _told(self, number: int, words_: str, queue: list[int]) -> Training:
        state, card = self._state, self._state.run.card
        paused = self._training and state.status.state == "paused"
        at_work = self._state_of(number) in AT_WORK and not paused
        return Training(
            number=number,
            words=words_,
            progress=state.trainings[number],
            epochs=state.curves.get(number, []),
            place=queue.index(number) + 1 if number in queue else None,
            left=training_left(state.run, number) if at_work else None,
            result=state.results.get(number),
            metric="mAP50" if card.task == "detection" else "",
            balanced=unbalanced(state.run.card),
            paused=paused,
        )


def _estimate(left: Span | None) -> str:
    """How long it will take, with its band and what that rests on; nothing while the data set is not counted."""
    if left is None:
        return ""
    return (
        f": about {words.duration(left.mid)}, likely {words.durations(left.low, left.high)} (after {attribute(left.source)})"
    )


def large_html(run: Run) -> str:
    """The large network that the prototypes of a run learn from, once it is trained."""
    large = large_of(run) if run.config.distil else None
    if large is None:
        return ""
    found = f"{large.metric} {words.percent(large.accuracy)} on the test split, which it never saw"
    return (
        f'<p class="pn-teacher pn-note">They learn from a large network too: {attribute(large.network)}, '
        f"{words.count(large.params)} parameters, {found}.</p>"
    )


def legend(card: Card) -> str:
    """What the curve's lines are."""
    measure = "mAP50" if card.task == "detection" else "accuracy"
    held_out = not card.train or recipe_for(card.name, card.task, card.train).validation
    judged = f"validation {measure}" if held_out else f"{measure} on the training samples, none being held out"
    kept = "best epoch, the one that is kept" if held_out else "last epoch, the one that is kept"
    return (
        f'<p class="pn-curve-legend"><span class="pn-curve-accuracy">{judged}</span>'
        '<span class="pn-curve-loss">training loss (right scale)</span>'
        '<span class="pn-curve-sparsity">channels removed</span>'
        f'<span class="pn-curve-kept">{kept}</span></p>'
    )
