"""Files of a plan as text, and places in them, so that every value can say where it stands."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

MAX_BYTES = 64 * 1024 * 1024
"""A plan file larger than this is refused unread; the largest real plan is a thousandth of it."""

# What libyaml counts as the end of a line; str.splitlines() knows more and would shift the numbers.
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


class Place(NamedTuple):
    """Where a value stands in a file; lines and columns count from 1, `end_column` is exclusive."""

    file: str
    line: int
    column: int
    end_column: int


class TooLargeError(Exception):
    """The file is larger than `MAX_BYTES`."""


class NotUtf8Error(Exception):
    """The file is not UTF-8; `place` is the first byte that does not belong."""

    def __init__(self, place: Place, *, utf_16: bool) -> None:
        super().__init__(place)
        self.place = place
        self.utf_16 = utf_16


@dataclass(frozen=True)
class SourceFile:
    """One file's name, as it is shown to people, and its text without a byte order mark."""

    name: str
    text: str

    @classmethod
    def read(cls, path: Path, name: str) -> "SourceFile":
        """Read a file; raises OSError, TooLargeError or NotUtf8Error."""
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        return cls.decode(data, name)

    @classmethod
    def decode(cls, data: bytes, name: str) -> "SourceFile":
        """The file whose bytes these are; raises TooLargeError or NotUtf8Error."""
        if len(data) > MAX_BYTES:
            raise TooLargeError(name)
        try:
            return cls(name, data.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            utf_16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
            # The codec counts from after a byte order mark.
            body = data.removeprefix(b"\xef\xbb\xbf")
            before = body[: error.start].decode("utf-8")
            lines = _LINE_BREAK.split(before)
            column = len(lines[-1]) + 1
            raise NotUtf8Error(Place(name, len(lines), column, column + 1), utf_16=utf_16) from None

    @cached_property
    def lines(self) -> list[str]:
        """The lines, without their ends; `lines[place.line - 1]` is the line a place stands in."""
        return split_lines(self.text)


def split_lines(text: str) -> list[str]:
    """The lines of a text as YAML counts them."""
    return _LINE_BREAK.split(text)
