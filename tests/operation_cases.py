"""What tests of operations put in first: a commune with a small plan under way, and ways to look at it.

The plan runs through June 2026 (the 1st is a Monday): signs in three villages and the police's check after
them, a weekly report, a requested event, the office's own gifts. Thôn 3 has no mail.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from builders import FIRST_OF_JUNE, TENTH_OF_JUNE, contact, edge, office, schedule, task, unit
from sqlalchemy import text

from notifications.letters import Letter, from_json
from plan_definitions.model import Channel, Ladder, Manner, Office, Rung
from plan_definitions.schedule import Schedule, ScheduledTask
from workflows.engine.orders import Actor, Order
from workflows.engine.states import Verb
from workflows.operations.move import PlanReference, carry_out
from workflows.operations.publish import publish
from workflows.operations.round import RoundResult, run_round
from workflows.operations.tickets import NoRound
from workflows.store.database import Database
from workflows.store.records import StoredLetter
from workflows.store.transaction import Transaction
from workflows.texts import LOCAL_ZONE

KIM_THANH = "kim-thanh"
PLAN = "thang-tre-em-2026"
VILLAGES = ("thon-1", "thon-2", "thon-3")
SIGNS_DUE = date(2026, 6, 8)

URGENT = Ladder(
    "launch", (2, 0), (Rung(1, ("standing_office", "deputy_chair")), Rung(3, ("chair",))), urgent=True
)


def june(day: int) -> date:
    return date(2026, 6, day)


def at(day: date, hour: int = 7, minute: int = 0) -> datetime:
    """A local time of a day in Kim Thành."""
    return datetime.combine(day, time(hour, minute), LOCAL_ZONE)


def commune(id: str = KIM_THANH) -> Office:  # noqa: A002 - the language's word
    """The commune of the builders, its addresses in a domain of its own; Thôn 3 reads Zalo only."""
    mailed = [
        unit(name, title, contacts=(contact(title=title, email=f"{name}@{id}.example"),))
        for name, title in (
            ("vhxh", "Phòng Văn hóa - Xã hội"),
            ("deputy", "Phó Chủ tịch"),
            ("chair", "Chủ tịch"),
            ("police", "Công an xã"),
            ("thon-1", "Thôn 1"),
            ("thon-2", "Thôn 2"),
        )
    ]
    youth = unit(
        "youth", "Đoàn Thanh niên", manner=Manner.REQUEST, contacts=(contact(email=f"youth@{id}.example"),)
    )
    zalo = (contact(channel=Channel.ZALO, email=None, phone="0900 000 003"),)
    return office(id, units=(*mailed, youth, unit("thon-3", "Thôn 3", contacts=zalo)))


def small_plan(id: str = PLAN, **fields: Any) -> Schedule:  # noqa: A002
    """The small plan; `tasks` replaces tasks by id, other fields are those of a schedule."""
    tasks = {
        "signs": task("signs", VILLAGES, start=FIRST_OF_JUNE, due=SIGNS_DUE, accept="standing_office"),
        "check": task("check", ("police",), due=june(15), after=(edge("signs"),), ladder=URGENT),
        "news": weekly_news(),
        "handover": task("handover", ("youth",), start=FIRST_OF_JUNE, due=june(9)),
        "gifts": task("gifts", ("vhxh",), start=FIRST_OF_JUNE, due=TENTH_OF_JUNE, helpers=("thon-1",)),
    }
    tasks |= fields.pop("tasks", {})
    return schedule(*tasks.values(), id=id, **({"office": commune()} | fields))


def weekly_news() -> ScheduledTask:
    """A report on the 5th and one on the 12th, each from its Monday on."""
    news = task("news", VILLAGES, start=FIRST_OF_JUNE, repeat=(june(5), june(12)))
    first, second = news.turns
    return replace(news, turns=(first, replace(second, start=june(8))))


def publish_plan(database: Database, plan: Schedule | None = None, on: date = FIRST_OF_JUNE) -> Schedule:
    plan = plan or small_plan()
    publish(database, plan, {}, as_of=on, now=at(on, 6))
    return plan


def round_on(database: Database, day: date, office_id: str = KIM_THANH) -> RoundResult:
    """The round of a day at 07:00, which must not be refused."""
    outcome = run_round(database, office_id, as_of=day, now=at(day))
    assert not isinstance(outcome, NoRound)
    return outcome.result


def move(
    database: Database, verb: Verb, name: str, who: str, day: date, *, office_id: str = KIM_THANH, **said: Any
) -> None:
    """Somebody moves an assignment on a morning."""

    def order(actor: Actor) -> Order:
        return Order(verb, name, actor, **said)

    carry_out(database, PlanReference(office_id, PLAN), who, order, as_of=day, now=at(day, 9))


def unanswered(database: Database, name: str) -> int:
    """How many letters about an assignment of the plan nobody has answered."""
    with database.read() as transaction:
        plan = transaction.plans.get(KIM_THANH, PLAN)
        return transaction.assignments.get(plan.number, name).facts.unanswered


def letters_of(database: Database, **narrowed: Any) -> list[tuple[StoredLetter, Letter]]:
    with database.read() as transaction:
        return [(one, from_json(one.content)) for one in transaction.letters.find(**narrowed)]


def letter_to(database: Database, address: str, day: date) -> tuple[StoredLetter, Letter]:
    """The round letter to an address of a day."""
    (found,) = [
        (stored, said)
        for stored, said in letters_of(database, address=address)
        if said.as_of == day and stored.key.startswith("round:")
    ]
    return found


def rows(database: Database, statement: str, **values: object) -> list[tuple[Any, ...]]:
    """What a statement finds, behind the repositories' back."""
    with database.read() as transaction:
        found = transaction.notices._connection.execute(text(statement), values)
        return [tuple(row) for row in found]


def snapshot(database: Database) -> dict[str, list[Any]]:
    """Everything a round may change, without what no two runs share: row numbers and hashes."""
    states = rows(
        database,
        "SELECT p.office, p.id, a.id, a.state, a.due, a.opened_on, a.rung, a.reminded_for, a.next_look,"
        " a.facts FROM assignments a JOIN plans p ON p.number = a.plan_number ORDER BY 1, 2, 3",
    )
    notices = rows(
        database,
        'SELECT n.office, a.id, n.kind, n.occasion, n."to", n.due, n.not_before, n.dropped, l.key'
        " FROM notices n JOIN assignments a ON a.number = n.assignment_number"
        " LEFT JOIN letters l ON l.id = n.letter_id",
    )
    letters = [
        (
            stored.office,
            stored.key,
            stored.kind,
            stored.state,
            stored.subject,
            _without_hashes(stored.content),
        )
        for stored, _ in letters_of(database)
    ]
    return {
        "states": states,
        "notices": sorted(notices, key=repr),
        "letters": sorted(letters),
        "history": sorted(_history(database)),
    }


def _without_hashes(content: str) -> str:
    said = json.loads(content)
    for part in said["parts"]:
        part.pop("chain_heads", None)
    return json.dumps(said, sort_keys=True, ensure_ascii=False)


def _history(database: Database) -> Iterator[str]:
    with database.read() as transaction:
        for heading in transaction.plans.headings():
            assert transaction.history.verify(heading.number).broken_at is None
            for stored in transaction.history.of_plan(heading.number):
                yield repr((heading.office, stored.record._replace(now=at(FIRST_OF_JUNE))))


class Killed(BaseException):
    """What a test throws where a process would be killed."""


class FragileDatabase:
    """A database whose process is killed at the `dies_at`-th call on it, and does nothing from then on.

    Calls are the methods of repositories, and the commits. With `dies_at` None it only counts.
    """

    def __init__(self, database: Database, dies_at: int | None = None) -> None:
        self._database = database
        self._dies_at = dies_at
        self.calls = 0
        self.commits: list[int] = []

    def tick(self) -> None:
        self.calls += 1
        if self._dies_at is not None and self.calls >= self._dies_at:
            raise Killed

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        with self._database.write() as transaction:
            yield _Counted(transaction, self.tick)  # type: ignore[misc]
            self.tick()
        self.commits.append(self.calls)
        self.tick()

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        with self._database.read() as transaction:
            yield _Counted(transaction, self.tick)  # type: ignore[misc]


class _Counted:
    def __init__(self, target: object, tick: Callable[[], None]) -> None:
        self._target = target
        self._tick = tick

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._target, name)
        if not callable(value):
            return _Counted(value, self._tick)

        def call(*arguments: Any, **options: Any) -> Any:
            self._tick()
            return value(*arguments, **options)

        return call


def days(first: int, last: int) -> list[date]:
    """Days of June 2026, both included."""
    return [june(first) + timedelta(n) for n in range(last - first + 1)]
