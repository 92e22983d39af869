"""The Voilà server with our template, and with the one cookie that its own page forgets."""

from pathlib import Path

from voila.app import Voila
from voila.tornado.handler import TornadoVoilaHandler

from widgets.landing import cards

TEMPLATES = Path(__file__).parent / "voila"
STATIC = Path(__file__).parent / "static"


class Page(TornadoVoilaHandler):
    """A rendered notebook.

    Voilà's page sends ``_xsrf`` with its shutdown request when it closes, but nothing sets that cookie when a
    notebook is opened directly: the request is refused and the kernel leaks (voila issue 1458). Reading
    ``xsrf_token`` sets the cookie; the check itself stays on.
    """

    async def prepare(self) -> None:
        await super().prepare()
        _ = self.xsrf_token


class Server(Voila):
    """Voilà, looking for templates in this package first. No file has to be installed into ``share/``."""

    def setup_template_dirs(self) -> None:
        super().setup_template_dirs()
        self.template_paths = [str(TEMPLATES), str(STATIC), *self.template_paths]

    def init_settings(self) -> dict:
        settings = super().init_settings()
        settings["voila_jinja2_env"].globals["cards"] = lambda: cards(Path(self.root_dir))
        return settings

    def init_handlers(self) -> list:
        return [self._with_cookie(handler) for handler in super().init_handlers()]

    @staticmethod
    def _with_cookie(handler: tuple) -> tuple:
        path, kind, *rest = handler
        return (path, Page if kind is TornadoVoilaHandler else kind, *rest)

    @property
    def warm(self) -> bool:
        """Whether every kernel of the pool has run its notebook to the end."""
        manager = getattr(self, "kernel_manager", None)
        if manager is None:
            return False
        waiting = [entry for pool in manager._pools.values() for entry in pool]
        return bool(waiting) and all(
            entry.done() and not entry.exception() and entry.result()["task"].done() for entry in waiting
        )
