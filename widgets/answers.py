"""Test samples with what the int8 file answers."""

from __future__ import annotations

from collections.abc import Sequence

from pnas_kit.learn.data import Card
from pnas_kit.runs.examples import Answer
from widgets import words
from widgets.pictures import image_html, series_html
from widgets.words import attribute

SHOWN = 12
NOTE = "The percentage is the share that softmax gives the answer; networks are often surer than they should be."


def answers_html(answers: Sequence[Answer], card: Card, wrong: int) -> str:
    """Wrong answers, the surest first, then right ones; nothing where none were kept.

    Args:
        wrong: how many of the whole test set are wrong.
    """
    if not answers:
        return ""
    errors = [answer for answer in answers if answer.answer != answer.truth][:SHOWN]
    right = [answer for answer in answers if answer.answer == answer.truth][:SHOWN]
    first = f"Wrong answers ({words.count(wrong)} in all), the surest first" if errors else "No answer is wrong"
    return (
        f'<div class="pn-answers"><h3>{first}</h3>{_group(errors, card)}<h3>Some that are right</h3>{_group(right, card)}'
        f'<p class="pn-note">{NOTE}</p></div>'
    )


def _group(answers: Sequence[Answer], card: Card) -> str:
    kind = "series" if card.task == "series" else "image"
    return f'<div class="pn-samples pn-samples-{kind}">{"".join(_drawn(answer, card) for answer in answers)}</div>'


def _drawn(answer: Answer, card: Card) -> str:
    true, given, sure = card.classes[answer.truth], card.classes[answer.answer], words.percent(answer.confidence, 0)
    draw = series_html if card.task == "series" else image_html
    picture = draw(answer.sample, f"test sample {answer.index}: true {true}, answered {given}, {sure}")
    kind, said = "pn-hit", f"<b>{attribute(given)}</b> {sure}"
    if answer.truth != answer.answer:
        kind, said = "pn-miss", f"{said}<br>true: <b>{attribute(true)}</b>"
    return f'<figure class="{kind}">{picture}<figcaption>{said}</figcaption></figure>'
