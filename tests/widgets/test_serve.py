import os
import re
import socket
from pathlib import Path

import pytest

from pnas_kit.runs.quota import Quota
from widgets import serve
from widgets.entry import Tokens

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
    inside, outside = serve.settings("localhost", 1, None), serve.settings("0.0.0.0", 1, Tokens("secret", "hers"))
    for config in (inside, outside):
        assert "disable_check_xsrf" not in config.Voila.tornado_settings
        assert config.VoilaConfiguration.file_allowlist == []
        assert config.MappingKernelManager.cull_idle_timeout > 0
    assert inside.Voila.tornado_settings["allow_remote_access"] is False
    assert all(config.Doorkeeper.allow_password_change is False for config in (inside, outside))
    assert outside.Voila.token == "secret" and outside.Doorkeeper.instructor_token == "hers"
    assert inside.Voila.token is None and "instructor_token" not in inside.Doorkeeper
    assert serve.settings("localhost", 1, None, idle_minutes=0.1).MappingKernelManager.cull_idle_timeout == 6


def test_several_pages_stand_ready_where_several_people_come():
    alone, several, asked = (
        serve.settings("localhost", 1, tokens, warm=warm).VoilaConfiguration.default_pool_size
        for tokens, warm in ((None, None), (Tokens("secret", "hers"), None), (None, 3))
    )
    assert alone == 1 and several > 1 and asked == 3
    with pytest.raises(SystemExit):
        serve.parse(["--warm", "0"])


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "lab"])
def test_who_opens_it_to_others_gets_tokens_and_limits_unasked(host, monkeypatch):
    for name in ("PNAS_TOKEN", "PNAS_INSTRUCTOR_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    options = serve.parse(["--host", host])
    first, second = serve.tokens(options), serve.tokens(options)
    assert len({first.everybody, first.instructor, second.everybody, second.instructor}) == 4
    assert min(map(len, (first.everybody, first.instructor))) == 48 and first.cookie_secret != second.cookie_secret
    assert serve.quota(options) == serve.OPEN and serve.OPEN.hours and serve.OPEN.disk_gib and serve.OPEN.run_gib
    mine = serve.parse([])
    assert serve.tokens(mine) is None and serve.quota(mine) == Quota()
    assert serve.quota(serve.parse(["--runners", "3", "--hours", "1.5"])) == Quota(runners=3, hours=1.5)
    with pytest.raises(ValueError, match="disk_gib is above 0"):
        serve.quota(serve.parse(["--disk-gib", "0"]))


def test_tokens_can_be_given_again_but_not_poor_ones(monkeypatch):
    options = serve.parse(["--token"])

    def given(*words):
        for name, word in zip(("PNAS_TOKEN", "PNAS_INSTRUCTOR_TOKEN"), words, strict=True):
            monkeypatch.setenv(name, word)
        made = serve.tokens(options)
        assert "PNAS_TOKEN" not in os.environ  # kernels and runners need not know
        return made

    assert given("a" * 12, "b" * 12) == Tokens("a" * 12, "b" * 12)
    assert given("a" * 12, "").instructor not in ("", "a" * 12)
    for wrong in (("short", "b" * 12), ("a" * 12, "a" * 12)):
        with pytest.raises(ValueError, match="at least 12 characters each and differ"):
            given(*wrong)


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
