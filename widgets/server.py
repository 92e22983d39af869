"""The Voilà server with our template, the one cookie that its own page forgets, and a door before the class view."""

from pathlib import Path

from jupyter_server.auth.logout import LogoutHandler
from voila.app import Voila
from voila.request_info_handler import RequestInfoSocketHandler
from voila.tornado.handler import TornadoVoilaHandler

from widgets.entry import CLASS_NOTEBOOK, is_class_view
from widgets.landing import Card, cards

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
        closed = is_class_view(self.path_args[0], Path(self.contents_manager.root_dir))
        if closed and self.current_user and not self.identity_provider.teaches(self.current_user):
            self.set_status(403)
            self.finish(self.render_template("instructor.html"))


class Server(Voila):
    """Voilà, looking for templates in this package first. No file has to be installed into ``share/``."""

    def setup_template_dirs(self) -> None:
        super().setup_template_dirs()
        self.template_paths = [str(TEMPLATES), str(STATIC), *self.template_paths]

    def init_settings(self) -> dict:
        settings = super().init_settings()
        settings["voila_jinja2_env"].globals["cards"] = self._cards
        return settings

    def _cards(self) -> tuple[list[Card], list[Card]]:
        """What the landing page offers: all but the class view, whose address only the instructor is told."""
        others, lessons = cards(Path(self.root_dir))
        return [card for card in others if card.file != CLASS_NOTEBOOK], lessons

    def init_handlers(self) -> list:
        # Left out: the socket that tells a kernel its page's address, token included, and asks nobody for one; and a
        # logout page that Voilà has no template for. Nothing of ours uses them.
        left_out = (RequestInfoSocketHandler, LogoutHandler)
        kept = (handler for handler in super().init_handlers() if handler[1] not in left_out)
        return [(path, Page if kind is TornadoVoilaHandler else kind, *rest) for path, kind, *rest in kept]

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
