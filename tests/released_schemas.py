"""Databases made by each released schema, as SQL text in `schemas/`: a small office under way.

`python tests/released_schemas.py` writes the one of the schema that this program speaks; do so when it is
released. The older ones stay as they were written: they are what people have on their disks.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from builders import FIRST_OF_JUNE, edge, schedule, task
from operation_cases import KIM_THANH, PLAN, at, commune, june, move, publish_plan, round_on

from notifications.addresses import Mailbox
from notifications.outcomes import Kind, Outcome, Stage
from plan_definitions.schedule import Schedule
from workflows.engine.states import Verb
from workflows.operations.mail.deliver import Lane, deliver
from workflows.operations.mail.links import LinkSigner
from workflows.store.database import Database
from workflows.store.schema import SCHEMAS

FOLDER = Path(__file__).parent / "schemas"
NOTE = "đường ngập, chưa vào được"
LAST_DAY = june(4)
LANE = Lane(Mailbox("dondoc@kim-thanh.example"), LinkSigner("a key of at least thirty-two signs"))


@dataclass
class TakesTwo:
    """A mail server's answers: two letters taken, one refused, then nobody there."""

    asked: int = 0

    def deliver(self, envelope_from: str, recipient: str, data: bytes) -> Outcome:  # noqa: ARG002
        self.asked += 1
        if self.asked <= 2:
            return Outcome(Kind.SENT, Stage.DATA, 250, None, "250 ok")
        if self.asked == 3:
            return Outcome(Kind.REJECTED, Stage.RCPT, 550, "5.1.1", "no such mailbox", condemns_address=True)
        return Outcome(Kind.DEFERRED, Stage.LOGIN, 421, None, "busy", breaks_circuit=True)

    def close(self) -> None:
        """Nothing was opened."""


def tiny_plan() -> Schedule:
    """Two villages, one of them by hand, and the police after them."""
    signs = task("signs", ("thon-2", "thon-3"), start=FIRST_OF_JUNE, due=june(3), accept="standing_office")
    check = task("check", ("police",), due=june(15), after=(edge("signs"),))
    gifts = task("gifts", ("vhxh",), start=FIRST_OF_JUNE, due=june(10))
    return schedule(signs, check, gifts, id=PLAN, office=commune())


def play(database: Database) -> None:
    """A plan published, two rounds, an obstacle with a note, a report, letters in several states."""
    publish_plan(database, tiny_plan())
    round_on(database, june(1))
    move(database, Verb.OBSTACLE, "signs/thon-2", "thon-2", june(2), note=NOTE)
    move(database, Verb.SUBMIT, "signs/thon-3", "thon-3", june(3))
    deliver(database, TakesTwo(), LANE, lambda: at(june(3), 10))
    round_on(database, LAST_DAY)
    with database.write() as transaction:
        transaction.tokens.bump(KIM_THANH, "thon-2/head")
        (plan,) = transaction.plans.headings()
        transaction.submissions.claim("form-1", plan.number, at(june(3)) + timedelta(hours=1))


def main() -> None:
    """Write the database of the newest schema."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "dondoc.db"
        with closing(Database.open(f"sqlite:///{file}", create=True)) as database:
            play(database)
        with closing(sqlite3.connect(file)) as connection:
            text = "\n".join(connection.iterdump()) + "\n"
    (FOLDER / f"{SCHEMAS[-1]}.sql").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
