"""Restore: a home from a backup, in place only once every file and the whole history have been verified."""

import gzip
import hashlib
import json
import shutil
import tarfile
import zlib
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp

from plan_definitions.diagnostics import Phrase
from workflows.errors import BackupRefused, EnvironmentRefused, MoveRefused, WrongUse, system_reason
from workflows.operations.reading.history import Audit, audit
from workflows.operations.upkeep.backup import DATABASE, FORMAT, MANIFEST, Manifest
from workflows.settings import Settings
from workflows.store.copies import file_of
from workflows.store.database import Database

_DAMAGE = (
    tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, FileNotFoundError, ValueError, TypeError,
)  # fmt: skip
"""What reading a file raises that is no backup, or not whole."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A restored home: what it was made from, its history verified, where the home before it went."""

    manifest: Manifest
    audit: Audit
    put_aside: Path | None


def restore(settings: Settings, file: Path, *, now: datetime, force: bool = False) -> Restored:
    """Make the home from a backup. With `force` a home in the way is put aside, never removed.

    Raises WrongUse for a missing file, MoveRefused for a home in the way, BackupRefused for a damaged
    backup, EnvironmentRefused where the database is PostgreSQL or the disk says no.
    """
    target = settings.home
    _check_place(settings)
    if not file.is_file():
        raise WrongUse("there is no file {file}", file=file)
    in_the_way = target.exists() and any(target.iterdir())
    if in_the_way and not force:
        raise MoveRefused(
            "the home {path} is not empty",
            Phrase("Name another one (DONDOC_HOME), or put this one aside with --force."),
            path=target,
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # Beside the home: what is unpacked there can be put in its place in one step. Mode 0700 by nature.
        unpacked = Path(mkdtemp(prefix=f".{target.name}-restored-", dir=target.parent))
    except OSError as error:
        raise EnvironmentRefused(
            "the home {path} cannot be made: {reason}", path=target, reason=system_reason(error)
        ) from error
    try:
        manifest = _unpack(file, unpacked)
        found = _verify(unpacked)
        aside = _put_aside(target, now) if in_the_way else None
        unpacked.replace(target)
    except OSError as error:
        raise EnvironmentRefused(
            "the backup cannot be unpacked: {reason}", reason=system_reason(error)
        ) from error
    finally:
        shutil.rmtree(unpacked, ignore_errors=True)
    return Restored(manifest, found, aside)


def _check_place(settings: Settings) -> None:
    """A backup is restored as a whole: its database lies in the home."""
    if file_of(settings.database) != settings.home / DATABASE:
        raise EnvironmentRefused(
            "DONDOC_DATABASE_URL names a database outside the home",
            Phrase("Restore without it; then move {file} to where you want it.", {"file": DATABASE}),
        )


def _unpack(file: Path, folder: Path) -> Manifest:
    """Unpack the files that the manifest names, and no other, each as it was when it was taken."""
    try:
        with tarfile.open(file, "r:gz") as archive:
            archive.extractall(folder, filter="data")
        manifest = Manifest(**json.loads((folder / MANIFEST).read_bytes()))
        (folder / MANIFEST).unlink()
        whole = manifest.format == FORMAT and all(
            _digest(folder / name) == digest for name, digest in manifest.files.items()
        )
    except _DAMAGE as error:
        raise _refusal(file) from error
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    if not whole or found != manifest.files.keys():
        raise _refusal(file)
    for path in folder.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    return manifest


def _verify(folder: Path) -> Audit:
    """The database opens (older tables are brought up to date), and its history is whole."""
    with closing(Database.open(f"sqlite:///{folder / DATABASE}", create=False)) as database:
        found = audit(database)
    if found.broken_at is not None:
        raise BackupRefused(
            "the history of {plan} in the backup is broken from record {record} on; nothing was restored",
            plan=found.broken_plan,
            record=found.broken_at,
        )
    return found


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _put_aside(home: Path, now: datetime) -> Path:
    aside = home.with_name(f"{home.name}-before-{now:%Y%m%dT%H%M%S}")
    home.replace(aside)
    return aside


def _refusal(file: Path) -> BackupRefused:
    return BackupRefused("{file} is no backup, or is damaged; nothing was restored", file=file)
