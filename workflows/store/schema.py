"""The version of the tables: recognised without Alembic, raised with it."""

from importlib.resources import files

from sqlalchemy import Connection, Engine, inspect, text

from plan_definitions.diagnostics import Phrase
from workflows.errors import EnvironmentRefused

SCHEMAS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")
"""Every version of the tables there has been, oldest first; the last is the one this program speaks."""

_UPGRADE_LOCK = 0x0D0D0C
"""The key of PostgreSQL's advisory lock while one process upgrades."""


def settle(engine: Engine, *, create: bool) -> None:
    """Bring the tables to the version this program speaks.

    Raises EnvironmentRefused where there are none and `create` is False, or where a newer program made them.
    """
    with engine.begin() as connection:
        if version(connection) == SCHEMAS[-1]:
            return
        # Another process may have been quicker: look again behind the lock.
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
        found = version(connection)
        if found is None and not create:
            raise EnvironmentRefused(
                "there is no Đôn Đốc database here",
                mend=Phrase("publish a plan first: `dondoc publish PLAN`"),
            )
        refuse_newer(found)
        if found != SCHEMAS[-1]:
            upgrade(connection)


def refuse_newer(found: str | None) -> None:
    """Raise EnvironmentRefused for the version of tables that a newer program made."""
    if found is not None and found not in SCHEMAS:
        raise EnvironmentRefused(
            "the database has schema {found}, newer than the {known} this program knows",
            mend=Phrase("install the newer program again, or restore a backup made before it"),
            found=found,
            known=SCHEMAS[-1],
        )


def version(connection: Connection) -> str | None:
    """The version of the tables, None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def upgrade(connection: Connection, target: str = "head") -> None:
    """Run the packaged migrations up to `target`, inside the transaction of `connection`."""
    # Alembic takes long to import, and only a new or an old database needs it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    place = str(files("workflows.store") / "migrations")
    config.set_main_option("script_location", place.replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, target)
