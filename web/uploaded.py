"""Files that come with a form: read up to what is taken, kept while the move they belong to stands."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from starlette.datastructures import UploadFile

from workflows.operations.evidence.kept_files import LARGEST, KeptFile
from workflows.operations.evidence.uploads import keep_upload


@contextmanager
def kept_files(home: Path, uploads: Sequence[UploadFile]) -> Iterator[list[KeptFile]]:
    """The files of a form, kept in the home; thrown away again where one of them or the move is refused."""
    kept: list[KeptFile] = []
    try:
        # Filled one by one: what was kept before a file was refused is known, and thrown away.
        # One byte past the limit is enough to refuse it.
        kept.extend(keep_upload(home, one.filename or "", one.file.read(LARGEST + 1)) for one in uploads)
        yield kept
    except BaseException:
        discard(kept)
        raise


def discard(files: Sequence[KeptFile]) -> None:
    """Throw kept files away: the move they belong to was refused, or had been carried out before."""
    for file in files:
        file.discard()
