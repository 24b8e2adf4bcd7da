"""Long lists in bounded pieces."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")

BATCH = 5000
"""Changes saved at once: bounds memory and what a lost move has us save again, and stays far under the number
of parameters that a statement may have (32,766 and 65,535)."""


def batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """The items in order, so many at a time."""
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))
