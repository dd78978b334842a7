"""The settings in an operator's .env reach the services of docker-compose.yml."""

from pathlib import Path

import pytest
import yaml

from shared.kernel.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
# Where compose itself decides: its own addresses, files, volumes and topics.
FIXED = {
    "data", "log", "store", "host", "port", "partitions", "services", "react_from",
    "key_file", "secret_file", "wrap_file", "trust_file", "dev_issuer", "desk_keys",
}  # fmt: skip
SET = sorted(set(Settings.model_fields) - FIXED)


@pytest.mark.parametrize("service", ["registration", "equipment", "partners"])
@pytest.mark.parametrize("name", SET)
def test_a_setting_of_the_env_file_reaches_each_service(service: str, name: str) -> None:
    variable = f"SINERGI_{name.upper()}"
    given = str(SERVICES[service]["environment"][variable])
    assert given.startswith(f"${{{variable}:-")


def test_the_env_file_lists_every_setting_and_the_console_its_issuer() -> None:
    listed = (ROOT / ".env.example").read_text("utf-8")
    for name in Settings.model_fields:
        assert f"\nSINERGI_{name.upper()}=" in f"\n{listed}", name
    issuer = SERVICES["console"]["environment"]["SINERGI_DEV_ISSUER"]
    assert issuer == "${SINERGI_DEV_ISSUER:-true}"
