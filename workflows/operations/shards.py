"""Which offices a worker looks after."""

import hashlib
from datetime import date

from workflows.errors import WrongUse
from workflows.operations.situations import the_office
from workflows.store.database import Database


def shard_of(office: str, shards: int) -> int:
    """The shard of an office: the same in every process and on every machine."""
    return int.from_bytes(hashlib.sha256(office.encode()).digest()[:8], "big") % shards


def offices_owing(database: Database, day: date, shard: int = 0, shards: int = 1) -> list[str]:
    """The offices of a shard whose round of a day is not done. Raises WrongUse for a shard not there."""
    _check(shard, shards)
    with database.read() as transaction:
        return [name for name in transaction.rounds.owed(day) if shard_of(name, shards) == shard]


def offices_of_shard(database: Database, office: str | None, shard: int = 0, shards: int = 1) -> list[str]:
    """The offices of shard `shard` (from 0) of `shards`, or the one named.

    Raises WrongUse for a shard that does not exist, NotFound for an unknown office.
    """
    _check(shard, shards)
    if office is not None:
        return [the_office(database, office)]
    with database.read() as transaction:
        return [name for name in transaction.offices.ids() if shard_of(name, shards) == shard]


def _check(shard: int, shards: int) -> None:
    if not 0 <= shard < shards:
        raise WrongUse("there is no shard {shard} of {shards}", shard=shard, shards=shards)
