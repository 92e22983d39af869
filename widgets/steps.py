"""The bar of steps on top of the page."""

from __future__ import annotations

from pnas_kit.learn.data import DataError, card_of
from widgets.state import STEPS, State
from widgets.words import attribute, count

TITLES = {"task": "Task", "search": "Search", "choose": "Choose", "train": "Train", "deploy": "Deploy"}

TICK = '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M3 8.5 6.5 12 13 4.5"/></svg>'


def summary(state: State, step: str) -> tuple[str, bool]:
    """What was done in a step, in a few words, and whether it is complete."""
    run, tried, picked, results = state.run, len(state.candidates), len(state.picked), len(state.results)
    phase = state.status.phase if state.live else None
    if step == "task":
        return run.card.title if run else _title(state.data), bool(run)
    if step == "search":
        if not run:
            return "not started", False
        return f"{count(tried)} of {count(run.config.trials)} tried", tried >= run.config.trials or picked > 0
    if step == "choose":
        return (f"{picked} picked" if picked else "nothing picked"), picked > 0 and phase != "search"
    if step == "train":
        if not results and not state.curves:
            return ("begun" if phase == "train" else "not started"), False
        return f"{results} of {picked} verified", picked > 0 and results >= picked
    return (f"{results} model{'s' if results != 1 else ''} ready" if results else "no model yet"), results > 0


def _title(data: str) -> str:
    """What a data set is called; its bare name once another page has forgotten it."""
    try:
        return card_of(data).title
    except DataError:
        return data


def steps_html(state: State) -> str:
    """The steps as buttons: number or tick, name, what was done."""
    items = []
    for place, step in enumerate(STEPS, 1):
        text, complete = summary(state, step)
        here = ' aria-current="step"' if step == state.step else ""
        mark = TICK if complete else place
        items.append(
            f'<li><button type="button" class="pn-step{" pn-complete" if complete else ""}"{here} data-action="step" '
            f'data-key="{step}"><i>{mark}</i><span><b>{TITLES[step]}</b><small>{attribute(text)}</small></span></button></li>'
        )
    return f'<nav aria-label="Steps"><ol class="pn-steps">{"".join(items)}</ol></nav>'
