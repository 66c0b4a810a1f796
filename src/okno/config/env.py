"""The settings of an installation: typed, read from `OKNO_…` variables, refusing nonsense."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from okno.channels.email.relay import LOOPBACK, parse_smtp_url

PACKAGE_DIR = Path(__file__).resolve().parent.parent
CLONE_DIR = PACKAGE_DIR.parent.parent
SECRET_KEY_FILE = "secret.key"  # noqa: S105 - the name of a file


def default_data_dir() -> Path:
    """Return the data folder used when none is named: `data` in a clone, else one of the user's."""
    if (CLONE_DIR / "pyproject.toml").is_file():
        return CLONE_DIR / "data"
    return Path.home() / ".local" / "share" / "okno"


class Environment(BaseSettings):
    """What whoever runs Okno may set; the documented table is generated from these descriptions."""

    model_config = SettingsConfigDict(env_prefix="OKNO_", frozen=True, env_ignore_empty=True)

    data: Path = Field(default_factory=default_data_dir, description="Folder for the database and all files.")
    host: str = Field(default="127.0.0.1", description="Address that the web server listens on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port that the web server listens on.")
    demo: bool = Field(default=False, description="Start with a demonstration desk.")
    url: str | None = Field(
        default=None,
        description="Address that people type, as https://desk.example; https turns on secure cookies.",
    )
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("*",), description="Host names that are answered, with commas; `*` for any."
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Addresses of reverse proxies whose X-Forwarded-… headers are believed, with commas.",
    )
    secret_key: str | None = Field(
        default=None, min_length=32, description="Key that signs cookies and tokens; else DATA/secret.key."
    )
    database_url: str | None = Field(
        default=None, description="Login of the application on an external PostgreSQL 15+."
    )
    database_owner_url: str | None = Field(
        default=None, description="Login of the owner, needed by `okno migrate` and `okno check` only."
    )
    pg_bin: Path | None = Field(
        default=None, description="Folder with the PostgreSQL programs to run embedded."
    )
    web_processes: int = Field(
        default=2, ge=1, le=4, description="Web processes that `okno up` and `okno web` run."
    )
    web_threads: int = Field(default=8, ge=1, le=64, description="Threads for pages in each web process.")
    api_per_minute: int = Field(default=12_000, ge=1, description="API requests of one token in a minute.")
    mail_listen: str | None = Field(
        default=None, description="host:port for incoming SMTP; unset: no listener."
    )
    lmtp: str | None = Field(
        default=None,
        description="host:port, or path of a Unix socket, for incoming LMTP (RFC 2033); unset: no listener.",
    )
    dns_server: str | None = Field(
        default=None,
        description="host:port of the DNS server that mail domains are looked up at; unset: that of the machine.",
    )
    metrics_token: str | None = Field(
        default=None,
        min_length=16,
        description="Bearer token that opens /metrics to other machines; this machine needs none.",
    )
    smtp_url: str | None = Field(
        default=None,
        description="Way out for mail: smtp(s)://user:password@host:port; mailboxes may have their own.",
    )
    outgoing_networks: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        default=(),
        description="Networks of the own house that outgoing HTTP may reach, as 10.0.0.0/8, with commas.",
    )
    microsoft_client_id: str | None = Field(
        default=None, description="Application id of this installation at Microsoft, to connect mailboxes."
    )
    microsoft_client_secret: str | None = Field(
        default=None, description="Client secret of the application at Microsoft."
    )
    microsoft_directory: str | None = Field(
        default=None, description="Directory (tenant) id at Microsoft; unset: accounts of any organization."
    )
    google_client_id: str | None = Field(
        default=None, description="Client id of this installation at Google, to connect mailboxes."
    )
    google_client_secret: str | None = Field(
        default=None, description="Client secret of the client at Google."
    )
    microsoft_stand_in: str | None = Field(
        default=None, description="For tests: address on this machine that stands in for Microsoft's sign-in."
    )
    google_stand_in: str | None = Field(
        default=None, description="For tests: address on this machine that stands in for Google's sign-in."
    )
    log_format: Literal["auto", "console", "json"] = Field(
        default="auto", description="Form of the log; auto: console on a terminal, else json."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="Least severe line that is logged."
    )
    debug: bool = Field(default=False, description="Show error pages to developers; never in production.")

    @field_validator("allowed_hosts", "trusted_proxies", "outgoing_networks", mode="before")
    @classmethod
    def _split_commas(cls, value: object) -> object:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("data", mode="after")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("database_url", "database_owner_url")
    @classmethod
    def _is_postgres(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None:
            database_settings(value)
        return value

    @field_validator("url")
    @classmethod
    def _is_web_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
            raise ValueError("must look like https://desk.example")
        return f"{parts.scheme}://{parts.netloc}"

    @field_validator("microsoft_stand_in", "google_stand_in")
    @classmethod
    def _is_on_this_machine(cls, value: str | None) -> str | None:
        if value is not None:
            parts = urlsplit(value)
            if parts.scheme not in {"http", "https"} or parts.hostname not in LOOPBACK:
                raise ValueError("must look like http://127.0.0.1:8443")
        return value

    @field_validator("mail_listen", "dns_server")
    @classmethod
    def _is_listen_address(cls, value: str | None) -> str | None:
        if value is not None:
            split_host_port(value)
        return value

    @field_validator("lmtp")
    @classmethod
    def _is_listen_address_or_path(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith("/"):
            split_host_port(value)
        return value

    @field_validator("smtp_url")
    @classmethod
    def _is_smtp(cls, value: str | None) -> str | None:
        if value is not None:
            parse_smtp_url(value)
        return value

    @property
    def is_https(self) -> bool:
        """Tell whether people reach this installation by TLS."""
        return self.url is not None and self.url.startswith("https://")


def split_host_port(value: str) -> tuple[str, int]:
    """Split `host:port`, with brackets around an IPv6 host; raise ValueError with what is expected."""
    parts = urlsplit(f"//{value}")
    try:
        port = parts.port
    except ValueError:
        port = None
    if not parts.hostname or port is None or parts.path:
        raise ValueError("must look like 127.0.0.1:2525")
    return parts.hostname, port


def database_settings(url: str) -> dict[str, Any]:
    """Turn postgresql://user:password@host:port/name?option=… into Django's form."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ValueError("must look like postgresql://user:password@host:5432/okno")
    options: Mapping[str, str] = dict(parse_qsl(parts.query))
    host = options.get("host") or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": options.get("port") or str(_port(parts) or ""),
        "OPTIONS": {key: value for key, value in options.items() if key not in {"host", "port"}},
    }


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError as error:
        raise ValueError("the port must be a number from 1 to 65535") from error


def read_secret_key(data_dir: Path) -> str:
    """Return the signing key kept in the data folder, or an empty text, which Django refuses to use."""
    try:
        return (data_dir / SECRET_KEY_FILE).read_text().strip()
    except FileNotFoundError:
        return ""


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the environment of this process, read once."""
    return Environment()
