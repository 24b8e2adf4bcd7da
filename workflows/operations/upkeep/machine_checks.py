"""Checks of the machine: Python, packages, folders, secrets, disk, mail server, address."""

import shutil
import socket
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from plan_definitions.diagnostics import Phrase
from workflows.errors import EnvironmentRefused, system_reason
from workflows.home import AS_OWNER, is_open, readable_by_others
from workflows.operations.mail.lanes import inbox_folder, lane_of, mail_refusal
from workflows.operations.upkeep.findings import Check, Finding, fine, wrong
from workflows.settings import FILE_NAME, Settings

PYTHONS = ((3, 11), (3, 15))
"""The first version that fits and the first that does not; pyproject.toml says the same."""

FITTING = {"prefect": ((3, 8), (3, 9)), "sqlalchemy": ((2, 0, 36), (2, 1)), "fastapi": ((0,), (0, 151))}
"""Packages whose other versions break the clockwork while everything looks healthy (docs/engine.md)."""

LEAST_FREE = 500 * 1024 * 1024
"""Bytes that the home's disk should have free: a year of letters, history and run records."""

_SECONDS_TO_REACH = 5.0
"""How long a mail server may take to pick up."""

_SECRET_FILES = ("secret_key", "prefect_auth", "dondoc.db")
_MEBIBYTE = 1024 * 1024


def check_python() -> Finding:
    """The interpreter's version."""
    found = ".".join(str(n) for n in sys.version_info[:3])
    said = Phrase("Python {version}", {"version": found})
    if PYTHONS[0] <= sys.version_info[:2] < PYTHONS[1]:
        return fine(Check.PYTHON, said)
    return wrong(Check.PYTHON, said, Phrase("Install Python 3.11 to 3.14 and set it up anew (make run)."))


def check_packages() -> Finding:
    """The versions of the packages that must fit each other."""
    found = {name: _version(name) for name in FITTING}
    unfit = [n for n, (least, below) in FITTING.items() if not least <= _numbers(found[n]) < below]
    installed = ", ".join(f"{name} {found[name]}" for name in FITTING)
    said = Phrase("installed: {packages}", {"packages": installed})
    if not unfit:
        return fine(Check.PACKAGES, said)
    mend = Phrase("Install what requirements.lock names; wrong: {names}.", {"names": ", ".join(unfit)})
    return wrong(Check.PACKAGES, said, mend)


def check_home(settings: Settings) -> Finding:
    """The home is there and its owner's alone."""
    home, values = settings.home, {"path": settings.home}
    if not home.is_dir():
        said = Phrase("there is no home at {path}", values)
        return wrong(Check.HOME, said, Phrase("Publish a plan first: `dondoc publish PLAN`."))
    if not is_open(home):
        return wrong(Check.HOME, Phrase("the home {path} is closed to this user", values), AS_OWNER)
    if readable_by_others(home):
        mend = Phrase("Run: chmod 700 {path}", values)
        return wrong(Check.HOME, Phrase("others may look into the home {path}", values), mend)
    return fine(Check.HOME, Phrase("the home is {path}", values))


def check_secrets(settings: Settings, folder: Path) -> Finding:
    """Secrets are there, and readable by their owner only: also those in the settings file."""
    files = [path for name in _SECRET_FILES if (path := settings.home / name).exists()]
    written = folder / FILE_NAME
    if written.exists() and _holds_secret(written):
        files.append(written)
    open_to_all = [path for path in files if readable_by_others(path)]
    if open_to_all:
        named = " ".join(str(path) for path in open_to_all)
        return wrong(
            Check.SECRETS,
            Phrase("others may read {files}", {"files": named}),
            Phrase("Run: chmod 600 {files}", {"files": named}),
        )
    if settings.secret_key is None and not (settings.home / "secret_key").exists():
        # Not a trouble: it is made with the first letter. Lost later, every link in a letter would be void.
        return fine(Check.SECRETS, Phrase("the key that signs links is made with the first letter"))
    return fine(Check.SECRETS, Phrase("the key that signs links is there, and only its owner may read it"))


def check_disk(settings: Settings) -> Finding:
    """There is room."""
    free = shutil.disk_usage(settings.home if settings.home.is_dir() else settings.home.anchor).free
    said = Phrase("{free} MB free on the home's disk", {"free": free // _MEBIBYTE})
    if free >= LEAST_FREE:
        return fine(Check.DISK, said)
    mend = Phrase("Make room: from {least} MB on all is well.", {"least": LEAST_FREE // _MEBIBYTE})
    return wrong(Check.DISK, said, mend)


def check_mail_server(settings: Settings) -> Finding:
    """The mail server lets us in: a real login, no letter."""
    if settings.smtp_host is None:
        return fine(
            Check.MAIL_SERVER,
            Phrase(
                "no mail server is set: letters go to the inbox in {folder}",
                {"folder": inbox_folder(settings)},
            ),
            Phrase("For real letters set DONDOC_SMTP_HOST and DONDOC_MAIL_FROM."),
        )
    where = {"host": settings.smtp_host, "port": settings.port}
    mend = Phrase("Look at DONDOC_SMTP_HOST, PORT, USER, PASSWORD and SECURITY.")
    try:
        lane_of(settings)
        refusal: Phrase | str | None = _silence(settings.smtp_host, settings.port)
        if refusal is None:
            refusal = mail_refusal(settings)
    except EnvironmentRefused as error:
        return wrong(Check.MAIL_SERVER, error.phrase, error.mend or mend)
    if refusal is None:
        return fine(Check.MAIL_SERVER, Phrase("{host}:{port} lets us in", where))
    said = Phrase("{host}:{port} turns us away: {why}", {**where, "why": refusal})
    return wrong(Check.MAIL_SERVER, said, mend)


def _silence(host: str, port: int) -> Phrase | str | None:
    """Why nobody is reached there at all; None where somebody is, who then speaks for himself."""
    try:
        socket.create_connection((host, port), timeout=_SECONDS_TO_REACH).close()
    except OSError as error:
        return system_reason(error)
    return None


def check_base_address(settings: Settings) -> Finding:
    """Readers of letters can open the window: a matter of mail that really leaves this machine."""
    values = {"address": settings.base_url}
    if settings.public_base_url is not None:
        return fine(Check.BASE_ADDRESS, Phrase("links in letters lead to {address}", values))
    said = Phrase(
        "{address} works on this machine only: letters ask for a reply or a call instead of showing buttons",
        values,
    )
    mend = Phrase("Set DONDOC_BASE_URL to the address that readers can open.")
    return (fine if settings.smtp_host is None else wrong)(Check.BASE_ADDRESS, said, mend)


def machine_findings(settings: Settings, folder: Path) -> Iterator[Finding]:
    """Everything that needs no database and no network."""
    yield check_python()
    yield check_packages()
    yield check_home(settings)
    if is_open(settings.home) or not settings.home.is_dir():
        yield check_secrets(settings, folder)
    yield check_disk(settings)


def _holds_secret(file: Path) -> bool:
    text = file.read_text(encoding="utf-8", errors="replace")
    return any(name in text for name in ("smtp_password", "secret_key", "database_url"))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "-"


def _numbers(found: str) -> tuple[int, ...]:
    """The leading numbers of a version: `3.8.8` and `3.8.9rc1` alike."""
    numbers = []
    for piece in found.split("."):
        digits = piece[: len(piece) - len(piece.lstrip("0123456789"))]
        if not digits:
            break
        numbers.append(int(digits))
    return tuple(numbers)
