"""Serve the workbench: ``python -m widgets.serve``.

Voilà turns the notebooks into pages. What this launcher adds is what a stock Voilà lacks for our purpose: an
offline template, a kernel that is warm before the first visitor, kernels that end with their page, and a token
whenever the server can be reached from another machine.
"""

import argparse
import ipaddress
import logging
import os
import secrets
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from tornado.netutil import bind_sockets
from traitlets.config import Config

from widgets.server import Server

PACKAGE = Path(__file__).parent
NOTEBOOKS = PACKAGE.parent / "notebooks"
PORTS_TRIED = 20
WEBSOCKET_BYTES = 200 * 1024 * 1024  # Tornado drops the connection at 10 MiB by default
# Every warm kernel takes memory, and lessons and quickstart compute when they run: they run when somebody opens them.
ALL_BUT_THE_WORKBENCH = r"(?:.*[\\/])?(?!workbench\.ipynb$)[^\\/]*$"
# Without an allowlist Voilà loads every JupyterLab extension it finds: slower, and some of them fail in it.
EXTENSIONS = ["@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8", "anywidget"]


def loopback(host: str) -> bool:
    """Whether ``host`` can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def free_port(host: str, wanted: int) -> int:
    """The first free port from ``wanted`` on.

    Raises:
        OSError: none of the ports tried is free, or the host is not one of this machine.
    """
    problem: OSError | None = None
    for port in range(wanted, min(wanted + PORTS_TRIED, 65536)):
        try:
            for opened in bind_sockets(port, host):
                opened.close()
            return port
        except socket.gaierror:
            raise
        except OSError as error:
            problem = error
    raise OSError(f"no free port from {wanted} to {wanted + PORTS_TRIED - 1} on {host}: {problem}")


def settings(host: str, port: int, token: str | None, notebooks: Path = NOTEBOOKS) -> Config:
    """The server's configuration. ``token`` None means: no token, which is right on loopback only."""
    config = Config()
    config.Voila.ip = host
    config.Voila.port = port
    config.Voila.port_retries = 0  # the port is already known to be free; another one would belie what we print
    config.Voila.root_dir = str(notebooks)
    config.Voila.open_browser = False
    config.Voila.token = token
    config.Voila.log_level = "ERROR"
    config.Voila.tornado_settings = {
        "websocket_max_message_size": WEBSOCKET_BYTES,
        # On loopback only local host names are answered: a foreign page cannot reach a kernel by DNS rebinding.
        "allow_remote_access": not loopback(host),
    }
    config.VoilaConfiguration.preheat_kernel = True
    config.VoilaConfiguration.default_pool_size = 1
    config.VoilaConfiguration.extension_allowlist = EXTENSIONS
    config.VoilaConfiguration.file_allowlist = []  # /voila/files answers without the token: serve nothing there
    config.VoilaConfiguration.allow_template_override = "NO"
    config.VoilaConfiguration.classic_tree = True
    config.VoilaKernelManager.preheat_denylist = [ALL_BUT_THE_WORKBENCH]
    if os.name == "posix":
        config.KernelManager.transport = "ipc"  # other users of the machine cannot even connect to a kernel
    # A browser that crashed says no goodbye; its kernel goes after five quiet minutes.
    config.MappingKernelManager.cull_interval = 30
    config.MappingKernelManager.cull_idle_timeout = 300
    return config


def answers(url: str) -> bool:
    """Whether a page comes back from ``url``."""
    try:
        with urllib.request.urlopen(url, timeout=10) as reply:
            return reply.status == 200
    except (urllib.error.URLError, OSError):
        return False


def address(host: str, port: int, token: str | None) -> str:
    """What to type into a browser."""
    shown = {"0.0.0.0": socket.gethostname(), "::": socket.gethostname(), "127.0.0.1": "localhost"}.get(host, host)
    return f"http://{shown}:{port}/" + (f"?token={token}" if token else "")


def announce(server: Server, host: str, port: int, token: str | None) -> None:
    """Print the address once the landing page answers and the warm kernel stands ready."""
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    probe = f"http://{f'[{here}]' if ':' in here else here}:{port}/" + (f"?token={token}" if token else "")
    while not answers(probe) or not server.warm:
        time.sleep(0.1)
    print(f"Workbench ready: {address(host, port, token)}", flush=True)


def parse(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Command line arguments."""
    parser = argparse.ArgumentParser(prog="python -m widgets.serve", description="Serve the workbench.")
    parser.add_argument("--port", type=int, default=8866, help="port; the next free one is taken when it is busy")
    parser.add_argument("--host", default="localhost", help="address to listen on; 0.0.0.0 opens it to the network")
    parser.add_argument("--token", action="store_true", help="ask for a token on this machine too")
    parser.add_argument("--runs", type=Path, default=None, help="folder of the runs (PNAS_RUNS, else ./runs)")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> None:
    """Serve until interrupted."""
    options = parse(argv)
    runs = options.runs or Path(os.environ.get("PNAS_RUNS") or "runs")
    # The kernels run in the notebooks' folder, so they are told an absolute path.
    os.environ["PNAS_RUNS"] = str(runs.resolve())
    try:
        port = free_port(options.host, options.port)
    except OSError as error:
        sys.exit(f"Cannot serve on {options.host}: {error}\nChoose another with --host and --port.")
    if port != options.port:
        print(f"Port {options.port} is busy; using {port}.", flush=True)
    open_to_others = not loopback(options.host)
    # Who comes from elsewhere may hand in files, but not name those of this computer.
    os.environ["PNAS_SERVER_FILES"] = "0" if open_to_others else "1"
    token = secrets.token_hex(24) if open_to_others or options.token else None
    if open_to_others:
        print("Reachable from other machines: the address carries a token, share it with care.", flush=True)
    # Jupyter Server's default ping times make Tornado warn on every visit; they work all the same.
    logging.getLogger("tornado.general").setLevel(logging.ERROR)
    server = Server(config=settings(options.host, port, token))
    server.initialize([])
    threading.Thread(target=announce, args=(server, options.host, port, token), daemon=True).start()
    server.start()


if __name__ == "__main__":
    main()
