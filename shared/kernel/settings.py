"""What an operator can set. The only place that reads the environment."""

from pathlib import Path
from typing import Literal, Self
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
        return {name: url.rstrip("/") for name, _, url in pairs}

    @property
    def embedded_log(self) -> Path | None:
        """The log's file; None on Kafka."""
        return _sqlite_path(self.log, self.data / "log.sqlite")

    @property
    def embedded_stores(self) -> Path | None:
        """The folder of the services' files; None on MongoDB."""
        return _sqlite_path(self.store, self.data / "stores")


class _FileVariants(PydanticBaseSettingsSource):
    """SINERGI_<NAME>_FILE for values; the fields that are themselves paths have no such variant."""

    def get_field_value(self, field: object, field_name: str) -> tuple[str | None, str, bool]:
        import os

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


def _sqlite_path(url: str, default: Path) -> Path | None:
    if not url:
        return default
    parts = urlsplit(url)
    if parts.scheme != "sqlite":
        return None
    # As SQLAlchemy reads them: three slashes for a relative path, four for an absolute one.
    return Path(parts.path.removeprefix("/"))


def read_settings(**overrides: object) -> Settings:
    """The settings of this process. Raises BadSetting."""
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(["SINERGI", *(str(part).upper() for part in first["loc"])])
        raise BadSetting(f"{name}: {first['msg']}") from error
