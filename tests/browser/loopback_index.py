"""A package index on loopback that sends half of a package and then nothing, until it is let go."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pnas_kit.learn.data.source import Source


class HalfIndex:
    """Knows one package; `release` cuts every download off until `again`, `close` ends it.

    Attributes:
        settings: of pip, as environment variables, to ask this index alone and only once.
    """

    def __init__(self, source: Source) -> None:
        released = self._released = threading.Event()

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if not self.path.endswith(source.file):
                    self._send("text/html", f'<a href="/{source.file}#sha256={source.sha256}">{source.file}</a>'.encode())
                elif released.is_set():
                    self.send_error(503)
                else:
                    self._send("application/octet-stream", bytes(source.size // 2), source.size)
                    released.wait(60)

            def _send(self, kind: str, content: bytes, announced: int = 0) -> None:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(announced or len(content)))
                self.end_headers()
                self.wfile.write(content)
                self.wfile.flush()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{self._server.server_port}/simple"
        self.settings = {"PIP_INDEX_URL": url, "PIP_EXTRA_INDEX_URL": "", "PIP_RETRIES": "0", "NO_PROXY": "127.0.0.1"}

    def release(self) -> None:
        self._released.set()

    def again(self) -> None:
        self._released.clear()

    def close(self) -> None:
        self.release()
        self._server.shutdown()
        self._server.server_close()
