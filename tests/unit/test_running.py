"""Commands find the running system of their data folder, and settings are refused in one line."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from apps.composition.running import FILE, Target, address_of, announced, running_in, target
from shared.kernel.settings import (
    BadSetting,
    known_variables,
    read_client_settings,
    read_settings,
)

URL = "http://127.0.0.1:8123"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith("SINERGI_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("SINERGI_DATA", str(tmp_path))


def found(url: str | None = None) -> Target:
    return target(url, read_settings())


def test_the_system_of_the_data_folder_is_found_while_it_runs(tmp_path: Path) -> None:
    assert running_in(tmp_path) is None
    with announced(tmp_path, URL):
        assert str(found()) == f"{URL} (this folder's system)"
    assert not (tmp_path / FILE).exists()
    assert found().url == "http://127.0.0.1:8000"


def test_what_a_killed_process_has_left_behind_counts_for_nothing(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (tmp_path / FILE).write_text(f'{{"url": "{URL}", "pid": {gone.pid}}}')
    assert running_in(tmp_path) is None
    (tmp_path / FILE).write_text("{")
    assert running_in(tmp_path) is None


def test_what_was_told_counts_more(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SINERGI_PORT", "8456")
    assert str(found()) == "http://127.0.0.1:8456 (as SINERGI_PORT says)"
    with announced(tmp_path, URL):
        assert found().url == URL
        monkeypatch.setenv("SINERGI_URL", "http://there.example/")
        assert str(found()) == "http://there.example (as SINERGI_URL says)"
        assert str(found("http://here:1")) == "http://here:1 (as --url says)"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("0.0.0.0", "http://127.0.0.1:8000"),  # noqa: S104 - nothing listens there
        ("::", "http://[::1]:8000"),
        ("::1", "http://[::1]:8000"),
        ("blk.example", "http://blk.example:8000"),
    ],
)
def test_an_address_that_programs_on_this_machine_reach(host: str, url: str) -> None:
    assert address_of(read_settings(host=host)) == url


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SINERGI_PROT", "8000", "there is no such setting; do you mean SINERGI_PORT?"),
        ("SINERGI_STORES", "x", "there is no such setting; do you mean SINERGI_STORE?"),
        ("SINERGI_XYZZY", "x", "there is no such setting: unset it"),
        ("SINERGI_ISSUER", "issuer.example", "must begin with http:// or https://"),
        ("SINERGI_LOG", "localhost:9092", "must begin with sqlite:// or kafka://"),
        ("SINERGI_PORT", "eighty", "valid integer"),
    ],
)
def test_a_wrong_variable_is_named(
    name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting, match=f"^{name}: .*{re.escape(said)}"):
        read_settings()


def test_a_url_without_scheme_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadSetting, match=r"^SINERGI_URL: must begin .* such as http://here:8000"):
        found("here:8000")
    monkeypatch.setenv("SINERGI_SERVICES", "registration=here:8001")
    with pytest.raises(BadSetting, match=r"^SINERGI_SERVICES: a URL must begin with http://"):
        _ = read_settings().service_urls


def test_the_variables_of_compose_and_of_the_tests_are_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = (ROOT / "docker-compose.yml").read_text("utf-8")
    written += (ROOT / ".env.example").read_text("utf-8")
    names = set(re.findall(r"\bSINERGI_[A-Z_]+\b", written)) - {"SINERGI_"}
    assert names
    assert names <= known_variables()
    monkeypatch.setenv("SINERGI_TEST_KAFKA", "x")
    monkeypatch.setenv("SINERGI_TOKEN", "t")
    assert read_client_settings().token == "t"
