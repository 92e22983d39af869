"""A prototype's run on an emulated board, as a line of the table of models."""

from __future__ import annotations

from pnas_kit.runs import Emulation
from widgets import words
from widgets.words import attribute


def emulation_html(number: int, found: Emulation | None) -> str:
    """The button that starts or stops it, its progress, its result, or what went wrong."""
    if found is None:
        action, text, rest = "emulate", "Run it on an emulated board", ""
    elif found.state == "running":
        action, text, rest = "halt", "Stop", " the run on the emulated board"
    else:
        action, text, rest = "emulate", "Run it again", " on an emulated board"
    button = (
        f'<button type="button" class="pn-plain" data-action="{action}" data-key="{number}" '
        f'aria-label="{text}{rest}: prototype {number}">{text}</button>'
    )
    return f'<div class="pn-emulation" data-state="{found.state if found else "new"}">{button}{_told(found)}</div>'


def _told(found: Emulation | None) -> str:
    if found is None:
        return '<span class="pn-note">Its C runs on an emulated core and is compared with the .tflite byte for byte.</span>'
    if found.state == "running":
        share = min(1.0, max(0.0, found.share))
        return (
            f'<span role="status">{attribute(found.message or "running")}</span>'
            f'<progress max="1" value="{share:.2f}" aria-label="Run on the emulated board"></progress>'
        )
    if found.state == "stopped":
        return '<span class="pn-note" role="status">Stopped. Nothing of it was kept.</span>'
    if found.state != "done":
        return f'<span class="pn-failed" role="alert">{attribute(found.error or found.state)}</span>'
    kind, verdict = ("pn-wrong", "different bytes") if found.different else ("pn-good", "same bytes")
    return (
        f'<span class="pn-badge {kind}">{verdict}</span><span role="status"><b>{words.count(found.different)} of '
        f"{words.count(found.bytes)}</b> output bytes differ over {found.tests} test inputs · "
        f"<b>{words.count(found.instructions)}</b> instructions per inference · {attribute(found.machine)}</span>"
    )
