"""Serve the workbench: ``python -m widgets.serve``.

Voilà turns the notebooks into pages. What this launcher adds is what a stock Voilà lacks for our purpose: an
offline template, a kernel that is warm before the first visitor, kernels that end with their page, tokens whenever the
server can be reached from another machine, and limits on what the runs may take.
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
from dataclasses import replace
from pathlib import Path

from tornado.netutil import bind_sockets
from traitlets.config import Config

from pnas_kit.runs.quota import Quota
from widgets.entry import CLASS_NOTEBOOK, Doorkeeper, Tokens
from widgets.server import Server

PACKAGE = Path(__file__).parent
NOTEBOOKS = PACKAGE.parent / "notebooks"
PORTS_TRIED = 20
IDLE_MINUTES = 5.0
OPEN = Quota(hours=4, run_gib=2, disk_gib=20)
"""Limits where others come in and nobody says otherwise."""
SHORTEST_TOKEN = 12
ALONE_WARM, CLASS_WARM = 1, 8
"""Pages that stand ready for visitors; a class opens them all at once."""
REFILL_SECONDS = 15.0
"""A class's pages come first, then the kernels of the next visitors."""
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


def settings(
    host: str,
    port: int,
    tokens: Tokens | None,
    notebooks: Path = NOTEBOOKS,
    idle_minutes: float = IDLE_MINUTES,
    warm: int | None = None,
) -> Config:
    """The server's configuration.

    Args:
        tokens: None means: whoever reaches it may use it, which is right on loopback only.
        warm: pages that stand ready; None takes one, or several where there are tokens and thus several people.
    """
    config = Config()
    config.Voila.ip = host
    config.Voila.port = port
    config.Voila.port_retries = 0  # the port is already known to be free; another one would belie what we print
    config.Voila.root_dir = str(notebooks)
    config.Voila.open_browser = False
    config.Voila.identity_provider_class = Doorkeeper
    config.Doorkeeper.allow_password_change = False
    config.Voila.token = tokens.everybody if tokens else None
    if tokens:
        config.Doorkeeper.instructor_token = tokens.instructor
        config.Voila.cookie_secret = tokens.cookie_secret
    config.Voila.log_level = "ERROR"
    config.Voila.tornado_settings = {
        "websocket_max_message_size": WEBSOCKET_BYTES,
        # On loopback only local host names are answered: a foreign page cannot reach a kernel by DNS rebinding.
        "allow_remote_access": not loopback(host),
    }
    config.VoilaConfiguration.preheat_kernel = True
    config.VoilaConfiguration.default_pool_size = warm or (CLASS_WARM if tokens else ALONE_WARM)
    if tokens:
        config.VoilaKernelManager.fill_delay = REFILL_SECONDS
    config.VoilaConfiguration.extension_allowlist = EXTENSIONS
    config.VoilaConfiguration.file_allowlist = []  # /voila/files answers without the token: serve nothing there
    config.VoilaConfiguration.allow_template_override = "NO"
    config.VoilaConfiguration.classic_tree = True
    config.VoilaKernelManager.preheat_denylist = [ALL_BUT_THE_WORKBENCH]
    if os.name == "posix":
        config.KernelManager.transport = "ipc"  # other users of the machine cannot even connect to a kernel
    # A browser that crashed says no goodbye; its kernel goes after some quiet minutes.
    config.MappingKernelManager.cull_idle_timeout = max(1, round(60 * idle_minutes))
    config.MappingKernelManager.cull_interval = min(30, config.MappingKernelManager.cull_idle_timeout)
    return config


def answers(url: str) -> bool:
    """Whether a page comes back from ``url``."""
    try:
        with urllib.request.urlopen(url, timeout=10) as reply:
            return reply.status == 200
    except (urllib.error.URLError, OSError):
        return False


def address(host: str, port: int, token: str | None, page: str = "") -> str:
    """What to type into a browser."""
    shown = {"0.0.0.0": socket.gethostname(), "::": socket.gethostname(), "127.0.0.1": "localhost"}.get(host, host)
    return f"http://{shown}:{port}/{page}" + (f"?token={token}" if token else "")


def announce(server: Server, host: str, port: int, tokens: Tokens | None) -> None:
    """Print the addresses once the landing page answers and the warm kernel stands ready."""
    token = tokens.everybody if tokens else None
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    probe = f"http://{f'[{here}]' if ':' in here else here}:{port}/" + (f"?token={token}" if token else "")
    while not answers(probe) or not server.warm:
        time.sleep(0.1)
    view = address(host, port, tokens.instructor, f"voila/render/{CLASS_NOTEBOOK}") if tokens else ""
    also = f"\nFor the instructor alone: {view}" if view else ""
    print(f"Workbench ready: {address(host, port, token)}{also}", flush=True)


def _at_least_one(text: str) -> int:
    if (number := int(text)) < 1:
        raise ValueError
    return number


def parse(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Command line arguments."""
    parser = argparse.ArgumentParser(prog="python -m widgets.serve", description="Serve the workbench.")
    parser.add_argument("--port", type=int, default=8866, help="port; the next free one is taken when it is busy")
    parser.add_argument("--host", default="localhost", help="address to listen on; 0.0.0.0 opens it to the network")
    parser.add_argument("--token", action="store_true", help="ask for a token on this machine too")
    parser.add_argument("--runs", type=Path, default=None, help="folder of the runs (PNAS_RUNS, else ./runs)")
    parser.add_argument("--idle-minutes", type=float, default=IDLE_MINUTES, help="a page that is gone may keep its kernel")
    warm = f"pages that stand ready, 70 MiB each ({ALONE_WARM}; with a token {CLASS_WARM})"
    parser.add_argument("--warm", type=_at_least_one, metavar="PAGES", help=warm)
    add = parser.add_argument_group(
        "limits", "They are kept in the folder of runs. Without --host nothing but the runners is limited by default."
    ).add_argument
    add("--runners", type=int, default=OPEN.runners, help="at work at once, the others wait in a queue (%(default)s here)")
    add("--hours", type=float, help=f"for a start of a search or training ({OPEN.hours:g} with --host)")
    add("--run-gib", type=float, help=f"disk for one run ({OPEN.run_gib:g} with --host)")
    add("--disk-gib", type=float, help=f"disk for all runs ({OPEN.disk_gib:g} with --host)")
    return parser.parse_args(argv)


def quota(options: argparse.Namespace) -> Quota:
    """The limits asked for, and the defaults for the rest.

    Raises:
        ValueError: one of them makes no sense.
    """
    defaults = Quota() if loopback(options.host) else OPEN
    wanted = {name: getattr(options, name) for name in ("runners", "hours", "run_gib", "disk_gib")}
    return replace(defaults, **{name: value for name, value in wanted.items() if value is not None})


def tokens(options: argparse.Namespace) -> Tokens | None:
    """New tokens, or those in the environment, which keep pages and addresses good after a restart.

    Raises:
        ValueError: a token in the environment is too short, or both are the same.
    """
    given = [os.environ.pop(name, "") for name in ("PNAS_TOKEN", "PNAS_INSTRUCTOR_TOKEN")]  # no business of the kernels
    if loopback(options.host) and not options.token:
        return None
    if any(word and len(word) < SHORTEST_TOKEN for word in given) or given[0] == given[1] != "":
        raise ValueError(f"PNAS_TOKEN and PNAS_INSTRUCTOR_TOKEN have at least {SHORTEST_TOKEN} characters each and differ")
    return Tokens(*(word or secrets.token_hex(24) for word in given))


def main(argv: Sequence[str] | None = None) -> None:
    """Serve until interrupted."""
    options = parse(argv)
    runs = options.runs or Path(os.environ.get("PNAS_RUNS") or "runs")
    # The kernels run in the notebooks' folder, so they are told an absolute path.
    os.environ["PNAS_RUNS"] = str(runs.resolve())
    try:
        limits, words = quota(options), tokens(options)
        limits.write(runs)
    except (ValueError, OSError) as error:
        sys.exit(f"Cannot serve: {error}.")
    try:
        port = free_port(options.host, options.port)
    except OSError as error:
        sys.exit(f"Cannot serve on {options.host}: {error}\nChoose another with --host and --port.")
    if port != options.port:
        print(f"Port {options.port} is busy; using {port}.", flush=True)
    open_to_others = not loopback(options.host)
    # Who comes from elsewhere may hand in files, but not name those of this computer.
    os.environ["PNAS_SERVER_FILES"] = "0" if open_to_others else "1"
    # Where several work side by side, the run at work is somebody else's to a page that has just been opened.
    os.environ["PNAS_SEVERAL"] = "1" if words else "0"
    if open_to_others:
        print("Reachable from other machines: the address carries a token, share it with care.", flush=True)
    print(f"Limits: {limits.words}.", flush=True)
    # Jupyter Server's default ping times make Tornado warn on every visit; they work all the same.
    logging.getLogger("tornado.general").setLevel(logging.ERROR)
    server = Server(config=settings(options.host, port, words, idle_minutes=options.idle_minutes, warm=options.warm))
    server.initialize([])
    threading.Thread(target=announce, args=(server, options.host, port, words), daemon=True).start()
    server.start()


if __name__ == "__main__":
    main()
