"""What all tables share: columns as attributes of a class, and the naming of constraints."""

from typing import Any, ClassVar, TypeVar

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, Table
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

Value = TypeVar("Value")

NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""A row number; SQLite numbers rows by itself only where the type is INTEGER."""


def column(kind: type[TypeEngine[Value]] | TypeEngine[Value], **options: Any) -> Column[Value]:
    """A column that must be filled unless it is said to be `nullable`."""
    return Column(kind, **{"nullable": False} | options)


def reference(to: str, **options: Any) -> Column[Any]:
    """A column that holds the key `to` (`table.column`) of another table, and has its type."""
    return Column(ForeignKey(to), **{"nullable": False} | options)


class Base:
    """All tables: each is a class whose attributes are its columns, and statements take the class itself.

    Nothing here turns rows into objects: SQLAlchemy's declarative classes would, and importing and
    configuring them took longer than most commands. Constraints are named, so that a migration can name them.
    """

    metadata: ClassVar = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    __table__: ClassVar[Table]

    def __init_subclass__(cls, *, table: str, **options: Any) -> None:
        """Make the table of the columns, constraints and indexes among the attributes."""
        parts = {name: part for name, part in vars(cls).items() if isinstance(part, SchemaItem)}
        for name, part in parts.items():
            if isinstance(part, Column):
                part.name = part.key = name
        cls.__table__ = Table(table, cls.metadata, *parts.values(), **options)

    @classmethod
    def __clause_element__(cls) -> Table:
        """What SQLAlchemy asks for where a statement names the class."""
        return cls.__table__
