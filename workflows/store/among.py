"""Rows by many numbers at once."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Connection, Select, cast, func, select


def among(connection: Connection, numbers: Iterable[int]) -> Select[Any]:
    """The numbers as a query, for `column.in_(...)`: however many there are, they travel as one value.

    As values of their own, thousands of numbers cost SQLAlchemy more to prepare than the database to find
    their rows, and both databases bound how many a statement may have.
    """
    listed = list(numbers)
    if connection.dialect.name == "sqlite":
        return select(func.json_each(json.dumps(listed)).table_valued("value").c.value)
    return select(func.unnest(cast(listed, ARRAY(BigInteger))))
