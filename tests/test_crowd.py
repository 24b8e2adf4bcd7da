"""Six writers at one PostgreSQL, each through a season of its own: nobody waits in a circle with others."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from random import Random

import pytest
from conftest import PostgresDatabases
from operation_cases import KIM_THANH, PLAN, VILLAGES, at, days, move, publish_plan, small_plan
from released_schemas import LANE, TakesTwo

from workflows.engine.orders import Actor, Order
from workflows.engine.states import Verb
from workflows.errors import MoveRefused
from workflows.operations.answers import carry_out_once
from workflows.operations.mail.deliver import deliver
from workflows.operations.move import PlanReference
from workflows.operations.round import run_round
from workflows.store.database import Database

pytestmark = [pytest.mark.postgres, pytest.mark.destructive]

WRITERS = 6
ACTS = ("round", "move", "form", "deliver", "publish")
OTHER_PLAN = "ke-hoach-hai"


def season(database: Database, chance: Random) -> Iterator[str]:
    """What one writer does on each day, as chance has it; each act as it is done."""
    for day in days(1, 12):
        for act in chance.choices(ACTS, k=3):
            village, verb = chance.choice(VILLAGES), chance.choice((Verb.START, Verb.SUBMIT))
            if act == "round":
                run_round(database, KIM_THANH, as_of=day, now=at(day, chance.randint(7, 15)))
            elif act == "deliver":
                deliver(database, TakesTwo(-100), LANE, lambda: at(day, 10))  # noqa: B023 - ends here
            elif act == "publish":
                plan = small_plan(chance.choice((PLAN, OTHER_PLAN)), title=f"Kế hoạch {chance.random()}")
                publish_plan(database, plan, day)
            else:
                try:
                    if act == "move":
                        move(database, verb, f"signs/{village}", village, day)
                    else:
                        _send_form(database, verb, village, chance)
                except MoveRefused as refused:
                    # Somebody was first, and the table of moves says so; that they met is no reason.
                    if "in the meantime" in refused.phrase.message_id:
                        raise
            yield act


def _send_form(database: Database, verb: Verb, village: str, chance: Random) -> None:
    name, day = f"news/{village}/1", chance.choice(days(1, 12))

    def order(actor: Actor) -> Order:
        return Order(verb, name, actor)

    where = PlanReference(KIM_THANH, chance.choice((PLAN, OTHER_PLAN)))
    key = str(chance.getrandbits(128))
    carry_out_once(database, where, village, name, order, once=key, as_of=day, now=at(day, 9))


def test_writers_at_the_same_moment_turn_nobody_away(postgres: PostgresDatabases) -> None:
    address = postgres.migrated()

    def live(number: int) -> Counter[str]:
        with closing(Database.open(address, create=False)) as database:
            return Counter(season(database, Random(number)))

    with closing(Database.open(address, create=False)) as database:
        publish_plan(database)
        publish_plan(database, small_plan(OTHER_PLAN))
        with ThreadPoolExecutor(WRITERS) as threads:
            done = sum(threads.map(live, range(WRITERS)), Counter[str]())
        with database.read() as transaction:
            for heading in transaction.plans.headings():
                assert transaction.history.verify(heading.number).broken_at is None
    assert set(done) == set(ACTS)
    assert done.total() == WRITERS * 12 * 3
