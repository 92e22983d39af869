"""Files for the browser's download folder."""

import anywidget

from widgets.asset import asset


class Download(anywidget.AnyWidget):
    """An invisible widget that makes the browser save bytes under a name."""

    _esm = asset("download.js")

    def offer(self, name: str, data: bytes, mime: str = "application/octet-stream") -> None:
        """Save ``data`` as ``name`` in every page that shows this widget."""
        self.send({"type": "file", "name": name, "mime": mime}, buffers=[data])
