"""The settings of an operator. The only place that reads the environment."""

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)


class BadSetting(Exception):
    """A setting is missing or wrong; the message is one line that names it."""


class Settings(BaseSettings):
    """Every field is the variable SINERGI_<NAME>; SINERGI_<NAME>_FILE names a file that holds it.

    Empty SINERGI_LOG and SINERGI_STORE mean SQLite files in the data folder.
    """

    model_config = SettingsConfigDict(
        env_prefix="SINERGI_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    data: Path = Field(Path("var"), description="folder for files, keys and the lock")
    log: str = Field("", description="sqlite:///FILE or kafka://HOST:PORT[,HOST:PORT]")
    store: str = Field("", description="sqlite:///FOLDER or mongodb://...")
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8000, ge=1, le=65535, description="port to listen on")
    proxies: str = Field(
        "", description="addresses of proxies whose X-Forwarded-For is believed: 10.0.0.1,..."
    )
    partitions: int = Field(6, ge=1, le=1000, description="partitions of new Kafka topics")
    key_file: Path | None = Field(None, description="the agency's signing key (64 hex digits)")
    secret_file: Path | None = Field(None, description="the service's secret (64 hex digits)")
    wrap_file: Path | None = Field(
        None, description="the keys that persons' keys are wrapped under; empty: beside the key"
    )
    trust_file: Path | None = Field(None, description="the list of trusted public keys (JSON)")
    desk_keys: Path | None = Field(
        None, description="folder of the agencies' keys with which the development issuer signs"
    )
    issuer: str = Field("", description="OIDC issuer URL; empty: the built-in development issuer")
    dev_issuer: bool = Field(False, description="let `serve console` offer the built-in issuer")
    services: str = Field(
        "", description="where services are reached: registration=URL,equipment=URL,..."
    )
    react_from: Literal["beginning", "end"] = Field(
        "end", description="where a reaction starts that this service has never run before"
    )
    receipt_seconds: float = Field(10, gt=0, description="pause between receipts")
    checkpoint_seconds: float = Field(
        10, gt=0, description="pause between signed checkpoints of the own topic"
    )
    review_days: int = Field(14, ge=1, le=250, description="working days to review a proposal")
    review_warning_days: int = Field(
        3, ge=1, le=250, description="working days before the review's deadline to warn"
    )
    holidays: str = Field("", description="days that are no working days: 2026-12-25,...")
    retention_days: str = Field(
        "", description="days after an end until personal data may be erased: declined=365,..."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, _FileVariants(settings_cls), env_settings

    @field_validator("log")
    @classmethod
    def _log_scheme(cls, value: str) -> str:
        return _known(value, "sqlite", "kafka")

    @field_validator("issuer")
    @classmethod
    def _issuer_scheme(cls, value: str) -> str:
        return _web(value)

    @field_validator("store")
    @classmethod
    def _store_scheme(cls, value: str) -> str:
        return _known(value, "sqlite", "mongodb", "mongodb+srv")

    @model_validator(mode="after")
    def _keys_together(self) -> Self:
        own = [self.key_file, self.secret_file]
        if any(own) and not (all(own) and self.trust_file):
            raise ValueError("KEY_FILE, SECRET_FILE and TRUST_FILE go together")
        return self

    @property
    def service_urls(self) -> dict[str, str]:
        """Where each service is reached. Raises BadSetting."""
        pairs = [part.strip().partition("=") for part in self.services.split(",") if part.strip()]
        if not all(name and url for name, _, url in pairs):
            raise BadSetting("SINERGI_SERVICES: write registration=URL,equipment=URL,partners=URL")
        try:
            return {name: _web(url).rstrip("/") for name, _, url in pairs}
        except ValueError as error:
            raise BadSetting(f"SINERGI_SERVICES: a URL {error}") from error

    @property
    def embedded_log(self) -> Path | None:
        """The log's file; None on Kafka."""
        return _sqlite_path(self.log, self.data / "log.sqlite")

    @property
    def embedded_stores(self) -> Path | None:
        """The folder of the services' files; None on MongoDB."""
        return _sqlite_path(self.store, self.data / "stores")


class ClientSettings(BaseSettings):
    """Settings of the commands that speak to a running system, named as those of `Settings`."""

    model_config = SettingsConfigDict(
        env_prefix="SINERGI_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    url: str = Field("", description="the console's address")
    token: str = Field("", description="an access token, instead of the development issuer's")

    @field_validator("url")
    @classmethod
    def _url_scheme(cls, value: str) -> str:
        return _web(value).rstrip("/")


# Names that only docker-compose.yml reads; the tests of this repository have a prefix of their own.
_COMPOSE = {
    *(f"SINERGI_{image}IMAGE" for image in ("", "BASE_", "KAFKA_", "MONGO_")),
    *(f"SINERGI_{agency}_PASSWORD" for agency in ("BLK", "MINISTRY", "NETWORK")),
    *(f"SINERGI_{service}_PORT" for service in ("REGISTRATION", "EQUIPMENT", "PARTNERS")),
}
_TESTS = "SINERGI_TEST_"


def known_variables() -> set[str]:
    """Return all names of environment variables that begin with SINERGI_ and mean something."""
    own = {f"SINERGI_{name.upper()}" for name in Settings.model_fields}
    files = {f"{name}_FILE" for name in own if not name.endswith("_FILE")}
    client = {f"SINERGI_{name.upper()}" for name in ClientSettings.model_fields}
    return own | files | client | _COMPOSE


def _refuse_unknown() -> None:
    """Raise BadSetting for a variable that begins with SINERGI_ and means nothing."""
    known = known_variables()
    for variable in sorted(os.environ):
        name = variable.upper()
        if name.startswith("SINERGI_") and name not in known and not name.startswith(_TESTS):
            # Without what all have in common, which would make any two of them alike.
            names = [each.removeprefix("SINERGI_") for each in sorted(known)]
            near = get_close_matches(name.removeprefix("SINERGI_"), names, n=1)
            hint = f"; do you mean SINERGI_{near[0]}?" if near else ": unset it"
            raise BadSetting(f"{variable}: there is no such setting{hint}")


class _FileVariants(PydanticBaseSettingsSource):
    """SINERGI_<NAME>_FILE for values; the fields that are themselves paths have no such variant."""

    def get_field_value(self, field: object, field_name: str) -> tuple[str | None, str, bool]:
        path = os.environ.get(f"SINERGI_{field_name.upper()}_FILE")
        if not path or f"{field_name}_file" in self.settings_cls.model_fields:
            return None, field_name, False
        try:
            return Path(path).read_text("utf-8").strip(), field_name, False
        except OSError as error:
            raise BadSetting(
                f"SINERGI_{field_name.upper()}_FILE: cannot read {path}: {error.strerror}"
            ) from error

    def __call__(self) -> dict[str, str]:
        found = {}
        for name, field in self.settings_cls.model_fields.items():
            value, _, _ = self.get_field_value(field, name)
            if value is not None:
                found[name] = value
        return found


def _known(value: str, *schemes: str) -> str:
    if value and urlsplit(value).scheme not in schemes:
        raise ValueError(f"must begin with {' or '.join(s + '://' for s in schemes)}")
    return value


def _web(value: str) -> str:
    if value and not (urlsplit(value).scheme in ("http", "https") and urlsplit(value).hostname):
        bare = value.removeprefix("//")
        raise ValueError(f"must begin with http:// or https://, such as http://{bare}")
    return value


def _sqlite_path(url: str, default: Path) -> Path | None:
    if not url:
        return default
    parts = urlsplit(url)
    if parts.scheme != "sqlite":
        return None
    # As SQLAlchemy reads them: three slashes for a relative path, four for an absolute one.
    return Path(parts.path.removeprefix("/"))


def read_settings(**overrides: object) -> Settings:
    """Return the settings of this process. Raises BadSetting."""
    return _read(Settings, overrides)


def read_client_settings(**overrides: object) -> ClientSettings:
    """Return the settings of a command that speaks to a running system. Raises BadSetting."""
    return _read(ClientSettings, overrides)


_S = TypeVar("_S", bound=BaseSettings)


def _read(kind: type[_S], overrides: Mapping[str, object]) -> _S:
    _refuse_unknown()
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(["SINERGI", *(str(part).upper() for part in first["loc"])])
        why = first["msg"].removeprefix("Value error, ")
        raise BadSetting(f"{name}: {why}") from error
