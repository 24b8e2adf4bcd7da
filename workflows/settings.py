"""Settings: `dondoc.toml` in the working folder, environment variables `DONDOC_*` on top.

A key of the file is the variable's name in lower case without its prefix: `smtp_host` is `DONDOC_SMTP_HOST`.
"""

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from plan_definitions.diagnostics import Phrase, did_you_mean
from workflows.errors import WrongUse, system_reason
from workflows.home import Home
from workflows.texts import Language

FILE_NAME = "dondoc.toml"
PREFIX = "DONDOC_"
_SECRET_KEY_LENGTH = 32


class Security(StrEnum):
    """How the mail server is spoken to: `TLS` from the first byte, `STARTTLS` before the login."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


_USUAL_PORTS = {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25}


class Settings(BaseSettings):
    """What an installation may choose. Everything has a default that works on one machine without a network.

    Without `smtp_host` letters go to the embedded inbox.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True)

    home: Path = Path(".dondoc")
    database_url: SecretStr | None = None
    smtp_host: str | None = None
    smtp_port: int | None = Field(default=None, ge=1, le=65535)
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_security: Security = Security.STARTTLS
    smtp_per_day: int | None = Field(default=None, ge=1)
    mail_from: str | None = None
    base_url: str = "http://127.0.0.1:8000"
    secret_key: SecretStr | None = Field(default=None, min_length=_SECRET_KEY_LENGTH)
    lang: Language = Language.VI

    EXPECTED: ClassVar[Mapping[str, Phrase]] = MappingProxyType(
        {
            "smtp_port": Phrase("a whole number from 1 to 65535"),
            "smtp_security": Phrase("tls, starttls or none"),
            "smtp_per_day": Phrase("a whole number from 1 on"),
            "base_url": Phrase("an address such as https://dondoc.example.gov.vn"),
            "secret_key": Phrase("at least 32 characters long"),
            "lang": Phrase("vi or en"),
            "home": Phrase("a folder"),
        }
    )
    """What a setting takes, said when it was given something else."""

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        try:
            return home.expanduser().absolute()
        except RuntimeError as error:  # `~somebody`, whom this machine does not know
            raise ValueError(str(error)) from error

    @field_validator("base_url")
    @classmethod
    def _web_address(cls, address: str) -> str:
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(address)
        return address.rstrip("/")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic-settings calls by these names
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment first; what `read_settings` passes comes from the file."""
        return env_settings, init_settings

    @property
    def database(self) -> str:
        """The SQLAlchemy URL of the store; it may hold a password."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.home / 'dondoc.db'}"

    @property
    def port(self) -> int:
        """The mail server's port, by default the usual one for the kind of protection."""
        return self.smtp_port or _USUAL_PORTS[self.smtp_security]

    @property
    def public_base_url(self) -> str | None:
        """The address that links in letters start with; None while it only works on this machine."""
        host = urlsplit(self.base_url).hostname or ""
        return None if _is_loopback(host) else self.base_url

    @property
    def mails_sign_ins(self) -> bool:
        """Whether a sign-in link can reach its reader by mail; else it goes to the operator's terminal."""
        return self.smtp_host is not None and self.public_base_url is not None

    def signing_key(self, home: Home) -> str:
        """What links and sign-ins are signed with: `secret_key`, else one made once and kept in the home."""
        return self.secret_key.get_secret_value() if self.secret_key else home.secret("secret_key")


def read_settings(folder: Path) -> Settings:
    """The settings that hold in a working folder.

    Raises WrongUse for a file that is not TOML, a key or variable that does not exist, or a value that does
    not fit; the sentence never repeats a value, which may be a secret.
    """
    path = folder / FILE_NAME
    written = _read_file(path)
    _refuse_unknown(written, known=Settings.model_fields, where=FILE_NAME)
    variables = [name for name in os.environ if name.startswith(PREFIX)]
    _refuse_unknown(
        variables, known=[_variable(f) for f in Settings.model_fields], where=Phrase("the environment")
    )
    home = written.setdefault("home", ".dondoc")
    if isinstance(home, str) and not home.startswith("~"):
        written["home"] = folder / home
    try:
        settings = Settings(**written)
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0])
        raise WrongUse(
            "the setting {name} must be {expected}",
            name=_variable(name),
            expected=Settings.EXPECTED.get(name, Phrase("a text")),
        ) from None  # the original repeats the value
    if settings.smtp_host and not settings.mail_from:
        raise WrongUse("DONDOC_SMTP_HOST is set and DONDOC_MAIL_FROM is not: letters need a sender")
    return settings


def _read_file(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")  # some editors begin a file with a mark
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise WrongUse("{file} cannot be read: {reason}", file=path, reason=system_reason(error)) from error
    except UnicodeDecodeError:
        # The original holds the whole file.
        raise WrongUse("{file} is not UTF-8 text", Phrase("save it as UTF-8"), file=path) from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(path, text, str(error)) from error


_TOML_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)$")
_GIVEN_TWICE = ("Cannot overwrite", "Cannot declare", "Cannot mutate", "Duplicate")
_BACKSLASH = ("Unescaped", "Escaped", "Invalid hex value")


def _not_toml(path: Path, text: str, reason: str) -> WrongUse:
    """What is wrong with the settings file and where, in our words; never the line: it may hold a secret."""
    lines = text.rstrip().split("\n")
    found = _TOML_PLACE.search(reason)
    line, column = (int(found[1]), int(found[2])) if found else (len(lines), len(lines[-1]) + 1)
    place = {"file": path, "line": line, "column": column}
    if reason.startswith(_GIVEN_TWICE):
        return WrongUse(
            "{file}:{line}:{column}: this setting stands there twice", Phrase("Keep one of the two."), **place
        )
    if reason.startswith(_BACKSLASH):
        return WrongUse(
            "{file}:{line}:{column}: a backslash between double quotes has a meaning of its own",
            Phrase("Write \\\\ for each \\, or put the text between single quotes."),
            **place,
        )
    return WrongUse(
        "{file}:{line}:{column}: this is not how a setting is written",
        Phrase('Write one setting a line, a text between straight quotes: smtp_host = "mail.xa.example"'),
        **place,
    )


def _refuse_unknown(names: Iterable[str], *, known: Iterable[str], where: object) -> None:
    """Refuse a name that nothing reads: a misspelt mail server would otherwise go unnoticed."""
    known = list(known)
    for name in names:
        if name not in known:
            raise WrongUse(
                "{where} sets {name}, which does not exist", did_you_mean(name, known), where=where, name=name
            )


def _variable(field: str) -> str:
    return PREFIX + field.upper()


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
