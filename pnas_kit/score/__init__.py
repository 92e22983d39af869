"""How good an untrained network looks: zero-shot proxies and what their ranks say together.

`ranks` and `names` need numpy at most; the names that need torch are imported when first used, so that a view can show
ranks without loading it.
"""

from .names import TITLES
from .ranks import consensus, kendall_table

__all__ = [
    "DEFAULT", "PROXIES", "TITLES", "Proxy", "ProxyError", "check_names", "consensus", "kendall_table", "proxy", "score",
]  # fmt: skip


def __getattr__(name: str):
    if name in __all__:
        from . import alternatives, proxies, registry  # noqa: F401  (the first two register theirs)

        return getattr(registry, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
