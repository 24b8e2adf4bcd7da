"""The outbox on both databases: one letter an occasion, one holder a letter, frozen bytes, stated ends."""

import hashlib
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from builders import MORNING, TENTH_OF_JUNE, assignment, change, notice
from conftest import PostgresDatabases
from store_builders import get, published, queued_letter

from plan_definitions.model import Channel
from workflows.engine.states import Verb
from workflows.errors import NotFound
from workflows.store.database import Database
from workflows.store.records import (
    FINAL,
    TO_SEND,
    ClaimedLetter,
    LetterState,
    Outcome,
    QueuedLetter,
    StoredLetter,
)

LEASE = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)
SENT = Outcome(LetterState.SENT, 250, "2.0.0 Ok")


def queue(database: Database, *letters: QueuedLetter) -> list[int]:
    """Queue letters of a fresh office; their ids."""
    published(database)
    with database.write() as transaction:
        ids = transaction.letters.queue(*letters)
    return [letter_id for letter_id in ids if letter_id is not None]


def claim(database: Database, now: datetime = MORNING, limit: int = 10) -> list[ClaimedLetter]:
    with database.write() as transaction:
        return transaction.letters.claim(now, LEASE, limit)


def finish(database: Database, claimed: ClaimedLetter, outcome: Outcome, now: datetime = MORNING) -> bool:
    with database.write() as transaction:
        return transaction.letters.finish(claimed.letter.id, claimed.token, outcome, now)


def many(count: int) -> list[QueuedLetter]:
    return [queued_letter(f"daily:kim-thanh:{n}@x.example:2026-06-10") for n in range(count)]


def test_a_letter_comes_back_as_it_was_queued(database: Database) -> None:
    plan = published(database, assignment(), assignment("gifts/thon-1"))
    letter = queued_letter(urgent=True, assignments=(1, 2), content='{"a": "việc"}')
    with database.write() as transaction:
        (letter_id,) = transaction.letters.queue(letter)
    assert letter_id is not None
    with database.read() as transaction:
        stored = transaction.letters.by_key("kim-thanh", letter.key)
        assert stored == transaction.letters.get(letter_id) == transaction.letters.find()[0]
        assert transaction.letters.assignments(letter_id) == (1, 2)
        number = transaction.assignments.get(plan, "gifts/thon-1").number
        assert transaction.letters.of_assignment(number) == [stored]
    assert stored == StoredLetter(
        id=letter_id,
        office="kim-thanh",
        key=letter.key,
        kind="daily",
        channel=Channel.MAIL,
        address="a@kim-thanh.example",
        subject="Việc của Thôn 1",
        language="vi",
        content='{"a": "việc"}',
        message_id=None,
        bytes_hash=None,
        state=LetterState.QUEUED,
        urgent=True,
        attempts=0,
        created_at=MORNING,
        not_before=MORNING,
        expires_at=MORNING + timedelta(days=4),
        lease_until=None,
        last_code=None,
        last_reply=None,
        finished_at=None,
        handed_over_by=None,
    )


def test_an_occasion_has_one_letter_in_an_office(database: Database) -> None:
    published(database, office_id="an-duong")
    assert queue(database, queued_letter(), queued_letter(subject="again"), queued_letter(office="an-duong"))
    with database.read() as transaction:
        assert [(x.office, x.subject) for x in transaction.letters.find()] == [
            ("kim-thanh", "Việc của Thôn 1"),
            ("an-duong", "Việc của Thôn 1"),
        ]


def test_an_office_s_letters_are_read_newest_first_and_narrowed(database: Database) -> None:
    published(database, office_id="an-duong")
    theirs = [queued_letter(f"b{n}", address="b@x.example", created_at=MORNING) for n in range(60)]
    ids = queue(database, queued_letter("a"), queued_letter(office="an-duong"), *theirs)
    with database.write() as transaction:
        transaction.letters.supersede(ids[-1:], MORNING, "moot")

    def found(**narrowed: Any) -> list[int]:
        with database.read() as transaction:
            return [letter.id for letter in transaction.letters.newest_first("kim-thanh", **narrowed)]

    newest = [*reversed(ids[2:]), ids[0]]
    assert found() == newest
    assert found(below=newest[3]) == newest[4:]
    assert found(states=[LetterState.QUEUED]) == newest[1:]
    assert found(address="b@x.example", below=newest[55]) == newest[56:60]
    assert found(before=MORNING) == []


def test_a_subject_typed_on_another_keyboard_reads_the_same(database: Database) -> None:
    (letter_id,) = queue(database, queued_letter(subject=unicodedata.normalize("NFD", "Thôn Bảy")))
    assert get(database, letter_id).subject == "Thôn Bảy"


def test_an_instant_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="time zone"):
        queue(database, queued_letter(not_before=MORNING.replace(tzinfo=None)))


def test_an_instant_keeps_its_moment_in_every_zone(database: Database) -> None:
    local = datetime.fromisoformat("2026-06-10T07:00:00+07:00")
    (letter_id,) = queue(database, queued_letter(not_before=local))
    assert get(database, letter_id).not_before == local
    assert get(database, letter_id).not_before.utcoffset() == timedelta(0)


def test_urgent_letters_go_first_then_the_longest_due(database: Database) -> None:
    due = [MORNING, MORNING - MINUTE, MORNING, MORNING + MINUTE]
    letters = [queued_letter(f"k{n}", not_before=moment, urgent=n == 2) for n, moment in enumerate(due)]
    queue(database, *letters)
    assert [c.letter.key for c in claim(database, limit=2)] == ["k2", "k1"]
    assert [c.letter.key for c in claim(database)] == ["k0"]


def test_a_claim_can_be_narrowed_to_offices_and_the_urgent_lane(database: Database) -> None:
    published(database, office_id="an-duong")
    queue(database, queued_letter(), queued_letter(office="an-duong", urgent=True))
    with database.write() as transaction:
        assert transaction.letters.claim(MORNING, LEASE, 9, offices=["kim-thanh"], urgent_only=True) == []
        assert len(transaction.letters.claim(MORNING, LEASE, 9, urgent_only=True)) == 1
        assert len(transaction.letters.claim(MORNING, LEASE, 9, offices=["kim-thanh"])) == 1


def test_frozen_bytes_come_with_every_later_claim(database: Database) -> None:
    (letter_id,) = queue(database, queued_letter())
    (claimed,) = claim(database)
    assert claimed.data is None
    data = b"Subject: a\r\n\r\n" + bytes(range(256)) * 50
    with database.write() as transaction:
        assert transaction.letters.freeze(letter_id, claimed.token, data, "<m@kim-thanh.example>")
        assert not transaction.letters.freeze(letter_id, "another", data, "<n@kim-thanh.example>")
        with pytest.raises(ValueError, match="frozen already"):
            transaction.letters.freeze(letter_id, claimed.token, b"other", "<o@kim-thanh.example>")
    later = MORNING + MINUTE
    assert finish(database, claimed, Outcome(LetterState.DEFERRED, 450, "busy", later))
    (again,) = claim(database, later)
    assert (again.data, again.letter.message_id, again.was) == (
        data,
        "<m@kim-thanh.example>",
        LetterState.DEFERRED,
    )
    assert again.letter.bytes_hash == hashlib.sha256(data).hexdigest()
    assert again.token != claimed.token


def test_an_outcome_ends_the_claim(database: Database) -> None:
    (letter_id,) = queue(database, queued_letter())
    (claimed,) = claim(database)
    assert finish(database, claimed, SENT, MORNING + MINUTE)
    assert not finish(database, claimed, SENT)
    stored = get(database, letter_id)
    assert (stored.state, stored.attempts, stored.last_code, stored.last_reply, stored.finished_at) == (
        LetterState.SENT,
        1,
        250,
        "2.0.0 Ok",
        MORNING + MINUTE,
    )
    assert claim(database, MORNING + LEASE) == []


def test_a_refused_login_burns_no_attempt(database: Database) -> None:
    (letter_id,) = queue(database, queued_letter())
    (claimed,) = claim(database)
    outcome = Outcome(LetterState.QUEUED, 535, "no", MORNING + MINUTE, attempted=False)
    assert finish(database, claimed, outcome)
    assert (get(database, letter_id).attempts, get(database, letter_id).state) == (0, LetterState.QUEUED)


def test_waiting_without_a_time_is_a_mistake(database: Database) -> None:
    queue(database, queued_letter())
    (claimed,) = claim(database)
    with pytest.raises(ValueError, match="next attempt"):
        finish(database, claimed, Outcome(LetterState.DEFERRED))


def test_a_lease_that_ran_out_passes_the_letter_on_in_doubt(database: Database) -> None:
    (letter_id,) = queue(database, queued_letter())
    (dead,) = claim(database)
    assert claim(database, MORNING + LEASE - MINUTE) == []
    (heir,) = claim(database, MORNING + LEASE)
    assert heir.was is LetterState.IN_DOUBT
    assert not finish(database, dead, SENT)
    assert finish(database, heir, SENT)
    assert get(database, letter_id).attempts == 1


def test_a_renewed_lease_holds(database: Database) -> None:
    queue(database, queued_letter())
    (claimed,) = claim(database)
    with database.write() as transaction:
        assert transaction.letters.renew([claimed.letter.id], claimed.token, MORNING + 3 * LEASE) == 1
        assert transaction.letters.renew([claimed.letter.id], "another", MORNING + 9 * LEASE) == 0
    assert claim(database, MORNING + 2 * LEASE) == []


def test_two_who_claim_at_once_share_no_letter(database: Database) -> None:
    queue(database, *many(40))
    together = Barrier(4)

    def work(_: int) -> list[int]:
        together.wait()
        taken = []
        while batch := claim(database, limit=3):
            taken += [c.letter.id for c in batch if finish(database, c, SENT)]
        return taken

    with ThreadPoolExecutor(4) as threads:
        taken = [letter_id for found in threads.map(work, range(4)) for letter_id in found]
    assert len(taken) == len(set(taken))
    # Under SKIP LOCKED a claimer may see nothing while others hold the rest; nothing is left behind.
    taken += [c.letter.id for c in claim(database, MORNING, 40)]
    assert sorted(taken) == list(range(1, 41))


@pytest.mark.postgres
def test_a_claim_passes_over_what_another_is_claiming(postgres: PostgresDatabases) -> None:
    database = Database.open(postgres.migrated(), create=False)
    queue(database, *many(3))
    with database.write() as first, database.write() as second:
        assert len(first.letters.claim(MORNING, LEASE, 2)) == 2
        assert [c.letter.id for c in second.letters.claim(MORNING, LEASE, 2)] == [3]
    database.close()


def test_the_next_due_instant_looks_at_waiting_and_leased_letters(database: Database) -> None:
    def next_due() -> datetime | None:
        with database.read() as transaction:
            return transaction.letters.next_due()

    assert next_due() is None
    later = MORNING + timedelta(hours=2)
    queue(database, queued_letter("a"), queued_letter("b", not_before=later))
    assert next_due() == MORNING
    (claimed,) = claim(database)
    assert next_due() == MORNING + LEASE
    finish(database, claimed, SENT)
    assert next_due() == later


def test_a_letter_past_its_use_expires_and_is_not_claimed(database: Database) -> None:
    end = MORNING + timedelta(hours=1)
    waits, left = queue(
        database, queued_letter("a", expires_at=end, not_before=end), queued_letter("b", expires_at=end)
    )
    assert [c.letter.id for c in claim(database)] == [left]
    assert claim(database, end) == []
    with database.write() as transaction:
        assert transaction.letters.expire(end - MINUTE) == 0
        assert transaction.letters.expire(end) == 2
        assert transaction.letters.next_due() is None
    assert [get(database, n).state for n in (waits, left)] == [LetterState.EXPIRED] * 2


def test_letters_are_found_by_the_day_they_stop_being_of_use(database: Database) -> None:
    end = MORNING + timedelta(hours=1)
    ends, _ = queue(database, queued_letter("a", expires_at=end), queued_letter("b"))
    with database.read() as transaction:
        assert [letter.id for letter in transaction.letters.find(useless_by=end)] == [ends]
        assert transaction.letters.find(useless_by=end - MINUTE) == []


def test_what_is_no_longer_so_is_superseded_unless_it_is_being_sent(database: Database) -> None:
    sending, waiting = queue(database, *many(2))
    assert [c.letter.id for c in claim(database, limit=1)] == [sending]
    with database.write() as transaction:
        assert transaction.letters.supersede([sending, waiting], MORNING, "done since") == 1
    stored = get(database, waiting)
    assert (stored.state, stored.last_reply, stored.finished_at) == (
        LetterState.SUPERSEDED,
        "done since",
        MORNING,
    )


def test_a_dead_letter_can_be_sent_again_and_a_sent_one_cannot(database: Database) -> None:
    dead, sent = queue(database, *many(2))
    first, second = claim(database)
    finish(database, first, Outcome(LetterState.DEAD, 550, "no such user"))
    finish(database, second, SENT)
    until = MORNING + timedelta(days=9)
    with database.write() as transaction:
        assert transaction.letters.retry(dead, MORNING + MINUTE, until)
        assert not transaction.letters.retry(sent, MORNING + MINUTE, until)
    stored = get(database, dead)
    assert (stored.state, stored.attempts, stored.finished_at, stored.expires_at) == (
        LetterState.QUEUED,
        0,
        None,
        until,
    )


def test_what_has_no_mail_address_is_handed_over_by_hand(database: Database) -> None:
    by_mail, by_zalo = queue(
        database, queued_letter("a"), queued_letter("b", channel=Channel.ZALO, address="09")
    )
    assert [c.letter.id for c in claim(database)] == [by_mail]
    assert get(database, by_zalo).state is LetterState.TO_HAND_OVER
    with database.write() as transaction:
        assert transaction.letters.handed_over(by_zalo, "vhxh/an", MORNING)
        assert not transaction.letters.handed_over(by_zalo, "vhxh/binh", MORNING)
        assert not transaction.letters.handed_over(by_mail, "vhxh/an", MORNING)
    assert (get(database, by_zalo).state, get(database, by_zalo).handed_over_by) == (
        LetterState.HANDED_OVER,
        "vhxh/an",
    )


def test_frozen_bytes_go_ninety_days_after_the_end(database: Database) -> None:
    (letter_id,) = queue(database, queued_letter())
    (claimed,) = claim(database)
    with database.write() as transaction:
        transaction.letters.freeze(letter_id, claimed.token, b"data", "<m@x.example>")
    finish(database, claimed, SENT)
    with database.write() as transaction:
        assert transaction.letters.drop_frozen(MORNING + timedelta(days=90) - MINUTE) == 0
        assert transaction.letters.frozen(letter_id) == b"data"
        assert transaction.letters.drop_frozen(MORNING + timedelta(days=90)) == 1
        assert transaction.letters.frozen(letter_id) is None
    assert get(database, letter_id).bytes_hash == hashlib.sha256(b"data").hexdigest()


def test_letters_are_found_by_what_is_asked_for(database: Database) -> None:
    published(database, office_id="an-duong")
    queue(
        database,
        queued_letter("a"),
        queued_letter("b", kind="digest"),
        queued_letter("c", address="b@x.example"),
        queued_letter("d", office="an-duong"),
    )
    claim(database, limit=1)

    with database.read() as transaction:
        find = transaction.letters.find
        assert [x.key for x in find("kim-thanh")] == ["a", "b", "c"]
        assert [x.key for x in find("kim-thanh", states=TO_SEND)] == ["b", "c"]
        assert [x.key for x in find(kinds=["digest"])] == ["b"]
        assert [x.key for x in find(address="b@x.example")] == ["c"]
        assert [x.key for x in find(limit=2, after=1)] == ["b", "c"]
        assert find(states=FINAL) == []
        counts = transaction.letters.count_by_state("kim-thanh")
        assert (counts[LetterState.SENDING], counts[LetterState.QUEUED], counts[LetterState.DEAD]) == (
            1,
            2,
            0,
        )
        assert sum(transaction.letters.count_by_state().values()) == 4
        assert transaction.letters.by_key("an-duong", "a") is None
        with pytest.raises(NotFound):
            transaction.letters.get(99)


def test_a_condemned_address_is_known_until_it_is_pardoned(database: Database) -> None:
    published(database)
    with database.write() as transaction:
        for reply in ("550 5.1.1 no", "550 5.1.1 still no"):
            transaction.letters.condemn("kim-thanh", "a@x.example", MORNING, reply)
        (condemned,) = transaction.letters.condemned("kim-thanh").values()
        assert (condemned.address, condemned.reply, condemned.since) == (
            "a@x.example",
            "550 5.1.1 still no",
            MORNING,
        )
        assert transaction.letters.condemned("an-duong") == {}
        assert transaction.letters.pardon("kim-thanh", "a@x.example")
        assert not transaction.letters.pardon("kim-thanh", "a@x.example")


def test_a_notice_ends_in_one_letter(database: Database) -> None:
    plan = published(database, assignment())
    with database.write() as transaction:
        seen = transaction.assignments.get(plan, "gifts/vhxh")
        transaction.apply(plan, [change(seen, Verb.REMIND, notices=[notice()])])
        first, second = transaction.letters.queue(*many(2))
        assert first is not None
        assert second is not None
        (waiting,) = transaction.notices.pending("kim-thanh", TENTH_OF_JUNE)
        assert transaction.notices.link({second: [waiting.id], first: [waiting.id]}) == 1
        assert transaction.notices.link({second: [waiting.id]}) == 0
        assert transaction.notices.drop([waiting.id], "late") == 0
        assert transaction.notices.pending("kim-thanh", TENTH_OF_JUNE) == []
        assert transaction.notices.of_letter(first) == [waiting]
        assert transaction.notices.of_letter(second) == []
