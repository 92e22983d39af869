"""What one more prototype buys."""

from __future__ import annotations

from collections.abc import Sequence


def worth_html(shares: Sequence[float], picked: int, waiting: bool) -> str:
    """The share of the front's hypervolume that the best 1, 2, ... prototypes keep, as bars.

    Args:
        shares: for 1, 2, ... prototypes, in [0, 1]; empty while it is not known.
        picked: how many are picked now; that bar is marked.
        waiting: the search goes on, and the figures come at its end.
    """
    if not shares:
        text = "Known when the search has ended." if waiting else "Measuring …"
        return f'<figure class="pn-worth"><figcaption><b>What one more buys</b> {text}</figcaption></figure>'
    bars = "".join(_bar(k, share, k == picked) for k, share in enumerate(shares, 1))
    return (
        f'<figure class="pn-worth"><figcaption><b>What one more buys</b> {_words(shares, picked)}</figcaption>'
        f"<ol>{bars}</ol></figure>"
    )


def _bar(k: int, share: float, marked: bool) -> str:
    here = ' aria-current="true"' if marked else ""
    return (
        f'<li{here}><b>{100 * share:.0f} %</b><i><i style="height:{100 * share:.1f}%"></i></i>'
        f'<span>{k}<span class="pn-unseen"> prototype{"s" if k > 1 else ""}</span></span></li>'
    )


def _words(shares: Sequence[float], picked: int) -> str:
    k = min(max(picked, 1), len(shares))
    kept = f"The best {k} keep" if k > 1 else "The best one keeps"
    text = f"{kept} {100 * shares[k - 1]:.0f} % of the front's hypervolume"
    if k == len(shares):
        return f"{text}."
    return f"{text}; one more adds {100 * (shares[k] - shares[k - 1]):.1f} % of it."
