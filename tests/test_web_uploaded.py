"""Files of a form: never read beyond what is taken, and none left behind by a move that was refused."""

from io import BytesIO
from pathlib import Path

import pytest
from starlette.datastructures import UploadFile

from web.uploaded import kept_files
from workflows.errors import MoveRefused
from workflows.operations.evidence.kept_files import LARGEST


class Counted(BytesIO):
    """An endless file that knows how much of it was asked for."""

    asked = 0

    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert size >= 0, "read without a bound"
        self.asked += size
        return b"%PDF-" + bytes(size - 5)


def pdf(name: str) -> UploadFile:
    return UploadFile(BytesIO(b"%PDF-1.7"), filename=name)


def kept_in(home: Path) -> list[Path]:
    return list(home.glob("evidence/*"))


def test_a_file_is_read_no_further_than_is_needed_to_refuse_it(tmp_path: Path) -> None:
    endless = Counted()

    with (
        pytest.raises(MoveRefused, match="larger than 25 MB"),
        kept_files(tmp_path, [pdf("a.pdf"), UploadFile(endless, filename="b.pdf")]),
    ):
        pytest.fail("a file that is too large was taken")

    assert endless.asked == LARGEST + 1
    assert not kept_in(tmp_path)


def test_files_stay_with_the_move_and_go_with_its_refusal(tmp_path: Path) -> None:
    kept_before = []

    def refused_move() -> None:
        with kept_files(tmp_path, [pdf("a.pdf")]):
            kept_before.extend(kept_in(tmp_path))
            raise MoveRefused("no")

    with pytest.raises(MoveRefused):
        refused_move()
    assert len(kept_before) == 1
    assert not kept_in(tmp_path)

    with kept_files(tmp_path, [pdf("a.pdf"), pdf("b.pdf")]) as files:
        assert [file.name for file in files] == ["a.pdf", "b.pdf"]
    assert sorted(kept_in(tmp_path)) == sorted(file.path for file in files)
