"""Column types: what may go into the database, and in which form it comes back."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import DateTime, Dialect, String, Text
from sqlalchemy.types import TypeDecorator

from workflows.engine.history import normal

Term = TypeVar("Term", bound=StrEnum)


class Instant(TypeDecorator[datetime]):
    """A point in time. Naive values are refused; it is stored and comes back in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        # SQLite keeps no zone; what it holds was written in UTC.
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class NormalText(TypeDecorator[str]):
    """Text in one spelling (NFC), so that equal words are equal in the database too."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        return None if value is None else normal(value)


class Word(TypeDecorator[Term], Generic[Term]):
    """A member of a closed vocabulary, stored as its word."""

    impl = String(32)
    cache_ok = True

    def __init__(self, vocabulary: type[Term]) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        self._members: dict[str | None, Term | None] = {None: None} | {
            term.value: term for term in vocabulary
        }

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str | None:
        return None if value is None else str(self.vocabulary(value))

    def result_processor(self, _dialect: Dialect, _coltype: object) -> Callable[[str | None], Term | None]:
        # A look-up instead of a call: a round reads it for every assignment. KeyError for an unknown word.
        return self._members.__getitem__
