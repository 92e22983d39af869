"""What the server answers to whom, asked over the network as a stranger, a participant and the instructor."""

import http.client
import os
import re
import time
from urllib.parse import quote, urlparse

import pytest
from served import Served

from widgets import serve
from widgets.entry import Tokens, is_class_view
from widgets.server import Server

SECRET = b"weights that nobody may have"
KERNEL = "0123abcd-0123-4567-89ab-0123456789ab"
PUBLIC = {  # what a stranger may load: scripts and styles of installed packages, and the door itself
    "voila/static/(.*)": ["voila/static/voila.js", "voila/static/"],
    "voila/templates/(.*)": ["voila/templates/lab/static/index.css"],
    "voila/api/themes/(.*)": ["voila/api/themes/@jupyterlab/theme-light-extension/index.css"],
    "voila/labextensions/(.*)": ["voila/labextensions/anywidget/package.json"],
    "login": ["login", "login?next=%2Fvoila%2Frender%2Fclass.ipynb"],
}
CLOSED = {
    "": ["", "?token=wrong"],
    "voila/tree": ["voila/tree", "voila/tree/", "voila/tree/class.ipynb"],
    "voila/render/(.*)": ["voila/render/workbench.ipynb", "voila/render/class.ipynb", "voila/render/nothing.ipynb"],
    "voila/api/contents": ["voila/api/contents", "voila/api/contents/workbench.ipynb"],
    "voila/api/shutdown/(.*)": [f"voila/api/shutdown/{KERNEL}"],
    "voila/files/(.*)": ["voila/files/workbench.ipynb", "voila/files/icon.png"],
    "api/kernels/": [f"api/kernels/{KERNEL}"],
    "api/kernels/channels": [f"api/kernels/{KERNEL}/channels"],
}
FOLDERS = ("voila/files", "voila/static", "voila/templates/lab/static", "voila/api/themes", "voila/labextensions",
           "voila/render", "voila/tree", "voila/api/contents", "static", "files", "runs", ".")  # fmt: skip
SPELT = ["class.ipynb", "CLASS.ipynb", "./class.ipynb", "x/../class.ipynb", "/class.ipynb", "class%2Eipynb", "class.ipynb/"]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A server with tokens; in its folder of runs lies a file that must never come out."""
    folder = tmp_path_factory.mktemp("guarded")
    made = Served(folder, "--token", "--warm", "1", "--idle-minutes", "0.05")
    secret = made.runs / "20260101-120000-digits-x-0000" / "prototypes" / "1" / "model.tflite"
    secret.parent.mkdir(parents=True)
    secret.write_bytes(SECRET)
    made.secret = secret
    made.everybody = re.search(r"ready: \S+token=(\w{48})\n", made.log.read_text())[1]
    made.instructor = re.search(r"instructor alone: \S+class\.ipynb\?token=(\w{48})\n", made.log.read_text())[1]
    yield made
    made.close()


def ask(served, path, token="", method="GET", cookie=""):
    """Status, headers and body of a path sent exactly as given."""
    line = http.client.HTTPConnection(urlparse(served.url).netloc, timeout=30)
    headers = {"Authorization": f"token {token}"} if token else {}
    line.request(method, f"/{path}", headers=headers | ({"Cookie": cookie} if cookie else {}))
    reply = line.getresponse()
    body = reply.read()
    line.close()
    return reply.status, reply.headers, body


def patterns():
    """The paths that the server has handlers for, as they are written there."""
    config = serve.settings("localhost", 1, Tokens("a" * 12, "b" * 12))
    config.VoilaConfiguration.preheat_kernel = False
    server = Server(config=config)
    server.initialize([])
    server.connection_dir = ""
    server.init_settings()
    kernel = r"(?P<kernel_id>\w+-\w+-\w+-\w+-\w+)"
    return [
        path.replace(kernel, "").replace("(?P<path>(?:(?:/[^/]+)+|/?))", "").lstrip("/")
        for path, *_ in server.init_handlers()
    ]


def test_every_path_of_the_server_is_known_here():
    assert {path.replace("//", "/") for path in patterns()} == {*PUBLIC, *CLOSED}


@pytest.mark.parametrize("path", [path for paths in CLOSED.values() for path in paths])
@pytest.mark.parametrize("token", ["", "wrong"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_stranger_gets_no_further_than_the_door(guarded, path, token, method):
    status, headers, _ = ask(guarded, path, token, method)
    if status == 302:
        assert headers["Location"].startswith(("/login?next=", "/login"))
    else:
        assert status in (403, 404, 405)


def test_what_is_open_is_scripts_and_styles(guarded):
    for path in (path for paths in PUBLIC.values() for path in paths):
        status, headers, _ = ask(guarded, path)
        assert status in (200, 404), path
        assert status == 404 or not headers.get("Content-Type", "").startswith("application/octet-stream")


@pytest.mark.parametrize("who", ["stranger", "everybody", "instructor"])
def test_no_address_leads_to_a_file_of_a_run(guarded, who):
    away = os.path.relpath(guarded.secret, serve.NOTEBOOKS)
    name = guarded.secret.relative_to(guarded.runs)
    ways = [away, quote(away, safe=""), away.replace("..", "%2e%2e"), f"{guarded.secret}", f"runs/{name}", f"{name}"]
    ways += ["../" * depth + str(guarded.secret).lstrip("/") for depth in range(4, 13)]
    token = "" if who == "stranger" else getattr(guarded, who)
    for folder in FOLDERS:
        for way in ways:
            status, _, body = ask(guarded, f"{folder}/{way}", token)
            assert SECRET not in body and status != 200, f"{folder}/{way}"


@pytest.mark.parametrize("path", SPELT)
def test_the_class_view_asks_the_class_for_the_instructors_token(guarded, path):
    status, _, body = ask(guarded, f"voila/render/{path}", guarded.everybody)
    assert status == 403 and b"Instructor's token" in body and b'id="rendered_cells"' not in body


def test_the_landing_page_does_not_tell_of_the_class_view(guarded):
    status, headers, body = ask(guarded, "", guarded.everybody)
    assert status == 200 and b"Workbench" in body and b"class.ipynb" not in body
    cookie = headers["Set-Cookie"].split(";")[0]
    assert ask(guarded, "", cookie=cookie)[0] == 200
    assert ask(guarded, "voila/render/class.ipynb", cookie=cookie)[0] == 403


def test_kernels_of_pages_that_are_never_looked_at_end(guarded):
    """As those of a browser that crashed: the page is rendered, nobody connects and nobody says goodbye."""
    before = {kernel.pid for kernel in guarded.kernels()}
    for _ in range(2):
        status, _, body = ask(guarded, "voila/render/workbench.ipynb", guarded.everybody)
        assert status == 200 and b'id="rendered_cells"' in body
    deadline = time.monotonic() + 120
    while len(left := {kernel.pid for kernel in guarded.kernels()}) > 1 or left & before:
        assert time.monotonic() < deadline, f"{len(left)} kernels are left"
        time.sleep(0.2)


def test_a_cookie_outlives_a_restart_with_the_same_tokens_and_no_other():
    first, again = Tokens("a" * 12, "b" * 12), Tokens("a" * 12, "b" * 12)
    assert first.cookie_secret == again.cookie_secret
    assert len({t.cookie_secret for t in (first, Tokens("a" * 12, "c" * 12), Tokens("c" * 12, "b" * 12))}) == 3


def test_the_class_view_is_recognised_however_it_is_spelt(tmp_path):
    (tmp_path / "class.ipynb").touch()
    (tmp_path / "other.ipynb").touch()
    (tmp_path / "alias.ipynb").symlink_to(tmp_path / "class.ipynb")
    assert all(is_class_view(path, tmp_path) for path in ("class.ipynb", "Class.IPYNB", "/a/../class.ipynb", "alias.ipynb"))
    assert not any(is_class_view(path, tmp_path) for path in ("other.ipynb", "", "none.ipynb", "a\0b"))
