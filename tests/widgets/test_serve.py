import re
import socket
from pathlib import Path

import pytest

from widgets import serve

WIDGETS = Path(serve.__file__).parent


@pytest.mark.parametrize(
    ("host", "inside"),
    [("localhost", True), ("127.0.0.1", True), ("::1", True), ("0.0.0.0", False), ("192.168.1.7", False), ("lab", False)],
)
def test_who_can_reach_a_host(host, inside):
    assert serve.loopback(host) is inside


def test_a_busy_port_gives_way_to_the_next():
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert port < serve.free_port("127.0.0.1", port) <= port + serve.PORTS_TRIED


def test_a_host_that_is_not_ours_is_an_error():
    with pytest.raises(OSError):
        serve.free_port("192.0.2.1", 8866)  # a documentation address: nobody has it


def test_the_server_keeps_its_guards():
    inside, outside = serve.settings("localhost", 1, None), serve.settings("0.0.0.0", 1, "secret")
    for config in (inside, outside):
        assert "disable_check_xsrf" not in config.Voila.tornado_settings
        assert config.VoilaConfiguration.file_allowlist == []
        assert config.MappingKernelManager.cull_idle_timeout > 0
    assert inside.Voila.tornado_settings["allow_remote_access"] is False
    assert outside.Voila.token == "secret"


def test_only_the_workbench_is_warmed_up():
    (denied,) = serve.settings("localhost", 1, None).VoilaKernelManager.preheat_denylist
    names = [path.name for path in serve.NOTEBOOKS.glob("*.ipynb")]
    assert len(names) > 2
    for folder in ("", "/srv/workbench/notebooks/", "C:\\lessons\\"):
        assert [name for name in names if not re.match(denied, folder + name)] == ["workbench.ipynb"]


def test_the_address_carries_the_token():
    assert serve.address("127.0.0.1", 8866, None) == "http://localhost:8866/"
    assert serve.address("192.168.1.7", 8866, "abc") == "http://192.168.1.7:8866/?token=abc"


@pytest.mark.parametrize(
    "path", [p for folder in ("static", "voila") for p in (WIDGETS / folder).iterdir()], ids=lambda p: p.name
)
def test_nothing_is_loaded_from_elsewhere(path):
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"(?:https?:)?//[\w.-]+\.\w+", text.replace("http://www.w3.org/2000/svg", "")) == []
