"""Places in a plan's files, so that every value can say where it stands."""

from typing import NamedTuple


class Place(NamedTuple):
    """Where a value stands in a file; lines and columns count from 1, `end_column` is exclusive."""

    file: str
    line: int
    column: int
    end_column: int
