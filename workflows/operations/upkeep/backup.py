"""Backup: everything that an office would miss, in one file that only its owner may read.

Taken while the office runs. The database is copied first: whatever file it speaks of is then on the disk
already, because files are kept before they are noted.
"""

import hashlib
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from plan_definitions.diagnostics import Phrase
from workflows.errors import EnvironmentRefused, WrongUse, system_reason
from workflows.home import Home
from workflows.operations.evidence.kept_files import FOLDER as EVIDENCE
from workflows.operations.mail.lanes import INBOX
from workflows.settings import Settings
from workflows.store.copies import copy_database

FORMAT = 1
MANIFEST, DATABASE = "manifest.json", "dondoc.db"
SECRETS = ("secret_key", "prefect_auth")
FOLDERS = (EVIDENCE, INBOX)
"""What is taken of a home beside the database. Nothing needs Prefect's run records and the logs."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: the SHA-256 of every file by name, and when it was made (ISO, UTC)."""

    format: int
    made_at: str
    files: dict[str, str]

    def to_json(self) -> bytes:
        """The manifest as a file."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True).encode()


def back_up(settings: Settings, file: Path, *, now: datetime) -> Manifest:
    """Write a backup of the home into a new file.

    Raises WrongUse where the file exists, EnvironmentRefused where the database is PostgreSQL or something
    cannot be read or written.
    """
    home = Home.existing(settings.home)
    if file.exists():
        raise WrongUse("{file} exists already: a backup never writes over another", file=file)
    unfinished = file.with_name(f".{file.name}.unfinished")
    try:
        with TemporaryDirectory(prefix=".backup-", dir=home.path) as folder:
            copy = Path(folder) / DATABASE
            copy_database(settings.database, copy)
            manifest = _write(home, copy, unfinished, now)
        unfinished.replace(file)
    except OSError as error:
        raise EnvironmentRefused(
            "the backup cannot be written: {reason}",
            Phrase("Look at the room on the disk and at the folder of {file}.", {"file": file}),
            reason=system_reason(error),
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


def _write(home: Home, database: Path, target: Path, now: datetime) -> Manifest:
    handle = os.open(target, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    files: dict[str, str] = {}
    with os.fdopen(handle, "wb") as out, tarfile.open(fileobj=out, mode="w:gz", compresslevel=6) as archive:
        for name, path in [(DATABASE, database), *_files(home)]:
            with suppress(FileNotFoundError):  # a mail reader may move a letter of the inbox meanwhile
                files[name] = _add(archive, name, path)
        manifest = Manifest(FORMAT, now.isoformat(timespec="seconds"), files)
        archive.addfile(_entry(MANIFEST, len(manifest.to_json())), BytesIO(manifest.to_json()))
        archive.close()
        out.flush()
        os.fsync(out.fileno())
    return manifest


def _files(home: Home) -> Iterator[tuple[str, Path]]:
    """Every file to take, by its name in the archive."""
    for name in SECRETS:
        if (home.path / name).is_file():
            yield name, home.path / name
    for folder in FOLDERS:
        for path in sorted((home.path / folder).rglob("*")):
            if path.is_file() and not path.is_symlink() and path.parent.name != "tmp":
                yield str(path.relative_to(home.path)), path


def _add(archive: tarfile.TarFile, name: str, path: Path) -> str:
    """Add a file, which nobody changes meanwhile; its SHA-256."""
    with path.open("rb") as data:
        status = os.fstat(data.fileno())
        archive.addfile(_entry(name, status.st_size, int(status.st_mtime)), data)
        data.seek(0)
        return hashlib.file_digest(data, "sha256").hexdigest()


def _entry(name: str, size: int, changed: int = 0) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, changed
    return entry
