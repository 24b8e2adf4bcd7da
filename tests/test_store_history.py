"""The history on both databases: the chain shows every meddling, and a note can be erased."""

import unicodedata
from collections.abc import Callable

import pytest
from builders import MORNING, TENTH_OF_JUNE, assignment, change, record
from sqlalchemy import create_engine, text
from store_builders import published

from workflows.engine.history import FIRST_DIGEST, canonical, digest
from workflows.engine.records import Via
from workflows.engine.states import State, Verb
from workflows.errors import NotFound
from workflows.store.database import Database
from workflows.store.records import AuditResult

NOTE = "Cháu nhà ông Bảy chưa có quà"


def meddle(database_url: str, *statements: str) -> None:
    """What somebody with the database's password could do behind the program's back."""
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def season(database: Database) -> int:
    """A plan with five records; the second carries a note."""
    plan = published(database, assignment())
    with database.write() as transaction:
        for n in range(4):
            seen = transaction.assignments.get(plan, "gifts/vhxh")
            note = NOTE if n == 0 else None
            assert transaction.apply(plan, [change(seen, Verb.ESCALATE, {"rung": n + 1}, note=note)]) == []
    return plan


def audit(database: Database, plan: int) -> AuditResult:
    with database.read() as transaction:
        return transaction.history.verify(plan)


def test_a_record_comes_back_as_it_was_written(database: Database) -> None:
    plan = published(database, assignment())
    told = record(
        before=State.OPEN,
        after=State.STARTED,
        by="vhxh/head",
        on_behalf_of="thon-1",
        via=Via.ZALO,
        facts={"until": "2026-06-12", "figures": {"quà": 3}},
        note=NOTE,
    )
    with database.write() as transaction:
        assert (
            transaction.history.append(plan, [record(None, Verb.REVISE, before=None, after=None), told]) == 3
        )
    with database.read() as transaction:
        entries = list(transaction.history.of_plan(plan, after=2))
        assert [(e.sequence, e.record) for e in entries] == [(3, told)]
        assert transaction.plans.by_number(plan).head_hash == entries[0].hash


def test_the_histories_of_many_assignments_come_at_once_each_in_order(database: Database) -> None:
    plan = published(database, assignment(), assignment("gifts/thon-1"), assignment("gifts/thon-2"))
    with database.write() as transaction:
        for name in ("gifts/thon-1", "gifts/vhxh", "gifts/thon-1"):
            seen = transaction.assignments.get(plan, name)
            transaction.apply(plan, [change(seen, Verb.ESCALATE, {"rung": seen.rung + 1})])
        numbers = [transaction.assignments.get(plan, f"gifts/{unit}").number for unit in ("vhxh", "thon-1")]
        found = transaction.history.of_assignments([*numbers, 999])
        assert found == {number: transaction.history.of_assignment(number) for number in numbers}
        assert [len(found[number]) for number in numbers] == [2, 3]


def test_a_whole_chain_verifies(database: Database) -> None:
    assert audit(database, season(database)) == AuditResult(5, None)


def test_a_new_plan_has_an_empty_chain(database: Database) -> None:
    assert audit(database, published(database)) == AuditResult(0, None)


def test_an_unknown_plan_cannot_be_audited(database: Database) -> None:
    with pytest.raises(NotFound):
        audit(database, 1)


@pytest.mark.parametrize(
    ("meddling", "found"),
    [
        ("UPDATE records SET content = replace(content, 'round', 'chair') WHERE sequence = 3", 3),
        ("UPDATE records SET hash = '{first}' WHERE sequence = 2", 2),
        ("DELETE FROM records WHERE sequence = 2", 2),
        ("DELETE FROM records WHERE sequence = 5", 5),
        ("DELETE FROM records", 1),
        ("UPDATE notes SET note = 'không có gì'", 2),
        ("UPDATE plans SET head_hash = '{first}'", 6),
        ("INSERT INTO records SELECT plan_number, 6, 1, content, hash FROM records WHERE sequence = 5", 6),
        ("INSERT INTO notes SELECT plan_number, 4, salt, note FROM notes", 4),
    ],
)
def test_meddling_shows(database: Database, database_url: str, meddling: str, found: int) -> None:
    plan = season(database)
    meddle(database_url, meddling.replace("{first}", FIRST_DIGEST))
    assert audit(database, plan) == AuditResult(found - 1, found)


def test_two_records_exchanged_show(database: Database, database_url: str) -> None:
    plan = season(database)
    meddle(
        database_url,
        "UPDATE records SET sequence = 99 WHERE sequence = 3",
        "UPDATE records SET sequence = 3 WHERE sequence = 4",
        "UPDATE records SET sequence = 4 WHERE sequence = 99",
    )
    assert audit(database, plan) == AuditResult(2, 3)


def rechain(database_url: str, forge: Callable[[int, str], str]) -> None:
    """Forge every text and work out all digests anew, up to the head."""
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        head = FIRST_DIGEST
        for sequence, content in connection.execute(
            text("SELECT sequence, content FROM records ORDER BY sequence")
        ).all():
            forged = forge(sequence, content)
            head = digest(head, forged)
            values = {"content": forged, "hash": head, "sequence": sequence}
            connection.execute(
                text("UPDATE records SET content = :content, hash = :hash WHERE sequence = :sequence"), values
            )
        connection.execute(text("UPDATE plans SET head_hash = :head"), {"head": head})
    engine.dispose()


@pytest.mark.parametrize(
    "forged",
    [
        canonical("kim-thanh/another-plan", 4, record()),
        canonical("kim-thanh/thang-tre-em-2026", 3, record()),
        "no record at all",
        "[]",
    ],
)
def test_a_text_made_for_another_place_shows_even_in_a_chain_made_anew(
    database: Database, database_url: str, forged: str
) -> None:
    plan = season(database)
    rechain(database_url, lambda sequence, content: forged if sequence == 4 else content)
    assert audit(database, plan) == AuditResult(3, 4)


def test_a_chain_made_anew_has_another_head_than_the_printed_one(
    database: Database, database_url: str
) -> None:
    plan = season(database)
    with database.read() as transaction:
        printed = transaction.plans.by_number(plan).head_hash
    rechain(database_url, lambda _, content: content.replace('"by":"round"', '"by":"chair"'))
    with database.read() as transaction:
        assert transaction.plans.by_number(plan).head_hash != printed


def test_an_erased_note_is_gone_and_leaves_the_chain_whole(database: Database) -> None:
    plan = season(database)
    with database.write() as transaction:
        assert transaction.history.erase_note(plan, 2) is True
        assert transaction.history.erase_note(plan, 2) is False
    assert audit(database, plan) == AuditResult(5, None)
    with database.read() as transaction:
        assert [e.record.note for e in transaction.history.of_plan(plan)] == [None] * 5


def test_the_chain_holds_no_word_of_a_note(database: Database, database_url: str) -> None:
    season(database)
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        texts = connection.execute(text("SELECT content FROM records")).scalars().all()
    engine.dispose()
    assert not [content for content in texts if "Bảy" in content]


def test_a_note_typed_on_another_keyboard_reads_the_same(database: Database) -> None:
    plan = published(database, assignment())
    with database.write() as transaction:
        transaction.history.append(plan, [record(note=unicodedata.normalize("NFD", NOTE))])
    with database.read() as transaction:
        assert [e.record.note for e in transaction.history.of_plan(plan, after=1)] == [NOTE]
    assert audit(database, plan).broken_at is None


def test_a_record_without_a_time_zone_is_refused(database: Database) -> None:
    plan = published(database)
    with pytest.raises(ValueError, match="time zone"), database.write() as transaction:
        transaction.history.append(plan, [record(now=MORNING.replace(tzinfo=None))])


def test_a_history_longer_than_one_reading_comes_whole(database: Database) -> None:
    plan = published(database)
    entries = [record(None, Verb.REVISE, as_of=TENTH_OF_JUNE, facts={"n": n}) for n in range(2100)]
    with database.write() as transaction:
        transaction.history.append(plan, entries)
    with database.read() as transaction:
        assert [e.record for e in transaction.history.of_plan(plan)] == entries
    assert audit(database, plan) == AuditResult(2100, None)
