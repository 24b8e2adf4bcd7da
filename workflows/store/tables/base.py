"""What all tables share: the naming of constraints and how Python types become columns."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import BigInteger, Integer, MetaData
from sqlalchemy.orm import DeclarativeBase

from workflows.store.tables.columns import Instant, NormalText

NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""A row number; SQLite numbers rows by itself only where the type is INTEGER."""


class Base(DeclarativeBase):
    """All tables; constraints are named, so that a migration can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[object, object]] = {str: NormalText, datetime: Instant}
