"""Rounds on both databases: one at a time for an office, killed ones resumed, earlier dates never."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier

import pytest
from builders import MORNING, TENTH_OF_JUNE
from store_builders import published, queued_letter

from workflows.errors import NotFound
from workflows.store.database import Database
from workflows.store.records import Claim, RoundClaim, StoredRound

LEASE = timedelta(minutes=10)
NEXT_DAY = TENTH_OF_JUNE + timedelta(days=1)


def begin(
    database: Database,
    as_of: date = TENTH_OF_JUNE,
    now: datetime = MORNING,
    holder: str = "mine",
    office: str = "kim-thanh",
) -> RoundClaim:
    with database.write() as transaction:
        return transaction.rounds.begin(office, as_of, now, holder, LEASE)


def finish(database: Database, holder: str = "mine", as_of: date = TENTH_OF_JUNE) -> bool:
    with database.write() as transaction:
        return transaction.rounds.finish("kim-thanh", as_of, holder, MORNING, {"opened": 3})


def test_a_new_date_is_granted_and_kept(database: Database) -> None:
    published(database)
    with database.read() as transaction:
        assert transaction.rounds.last("kim-thanh") is None
    assert begin(database) == RoundClaim(Claim.NEW, TENTH_OF_JUNE)
    with database.read() as transaction:
        assert transaction.rounds.last("kim-thanh") == StoredRound(
            "kim-thanh", TENTH_OF_JUNE, MORNING, None, {}
        )
    assert finish(database)
    with database.read() as transaction:
        last = transaction.rounds.last("kim-thanh")
    assert last == StoredRound("kim-thanh", TENTH_OF_JUNE, MORNING, MORNING, {"opened": 3})


def test_missed_days_are_passed_over(database: Database) -> None:
    published(database)
    begin(database)
    finish(database)
    assert begin(database, TENTH_OF_JUNE + timedelta(days=5)).last == TENTH_OF_JUNE


def test_the_round_before_a_date_is_found(database: Database) -> None:
    published(database)
    begin(database)
    finish(database)
    begin(database, NEXT_DAY)
    with database.read() as transaction:
        last = transaction.rounds.last
        found = [last("kim-thanh", before=day) for day in (TENTH_OF_JUNE, NEXT_DAY)]
        assert [one and one.as_of for one in (*found, last("kim-thanh"))] == [None, TENTH_OF_JUNE, NEXT_DAY]


def test_an_earlier_date_is_never_granted(database: Database) -> None:
    published(database)
    begin(database)
    finish(database)
    claim = begin(database, date(2026, 6, 9))
    assert (claim.claim, claim.last, claim.granted) == (Claim.EARLIER, TENTH_OF_JUNE, False)


def test_a_round_at_work_keeps_every_other_out(database: Database) -> None:
    published(database)
    begin(database)
    for day in (TENTH_OF_JUNE, NEXT_DAY):
        assert begin(database, day, MORNING + LEASE - timedelta(seconds=1), "other").claim is Claim.BUSY
    assert begin(database, holder="mine").claim is Claim.RESUMED


def test_a_killed_round_is_taken_up_after_its_lease(database: Database) -> None:
    published(database)
    begin(database)
    claim = begin(database, now=MORNING + LEASE, holder="heir")
    assert (claim.claim, claim.granted) == (Claim.RESUMED, True)
    assert not finish(database, "mine")
    assert finish(database, "heir")


def test_a_round_killed_yesterday_does_not_stand_in_today_s_way(database: Database) -> None:
    published(database)
    begin(database)
    assert begin(database, NEXT_DAY, MORNING + LEASE, "heir").claim is Claim.NEW


def test_a_finished_date_may_run_again_and_knows_its_counts(database: Database) -> None:
    published(database)
    begin(database)
    finish(database)
    claim = begin(database, holder="again")
    assert (claim.claim, claim.granted, claim.totals) == (Claim.AGAIN, True, {"opened": 3})
    assert begin(database, holder="third").claim is Claim.BUSY


def test_a_renewed_round_stays_ours(database: Database) -> None:
    published(database)
    begin(database)
    with database.write() as transaction:
        assert transaction.rounds.renew("kim-thanh", TENTH_OF_JUNE, "mine", MORNING + 3 * LEASE)
        assert not transaction.rounds.renew("kim-thanh", TENTH_OF_JUNE, "other", MORNING + 9 * LEASE)
    assert begin(database, now=MORNING + 2 * LEASE, holder="other").claim is Claim.BUSY


def test_offices_do_not_wait_for_each_other(database: Database) -> None:
    published(database)
    published(database, office_id="an-duong")
    begin(database)
    assert begin(database, holder="other", office="an-duong").claim is Claim.NEW
    with pytest.raises(NotFound):
        begin(database, office="nowhere")


def test_of_two_rounds_at_once_one_is_busy(database: Database) -> None:
    published(database)
    together = Barrier(2)

    def ask(holder: str) -> Claim:
        together.wait()
        return begin(database, holder=holder).claim

    with ThreadPoolExecutor(2) as threads:
        assert set(threads.map(ask, ("one", "two"))) == {Claim.NEW, Claim.BUSY}


def test_an_office_owes_the_round_of_a_day_until_it_or_a_later_one_is_done(database: Database) -> None:
    published(database)
    published(database, office_id="an-hoa")

    def owed(day: date) -> list[str]:
        with database.read() as transaction:
            return transaction.rounds.owed(day)

    assert owed(TENTH_OF_JUNE) == ["an-hoa", "kim-thanh"]
    begin(database)
    assert owed(TENTH_OF_JUNE) == ["an-hoa", "kim-thanh"], "one that was killed is owed"
    finish(database)
    assert owed(TENTH_OF_JUNE) == ["an-hoa"]
    assert owed(NEXT_DAY) == ["an-hoa", "kim-thanh"]
    begin(database, NEXT_DAY, office="an-hoa")
    assert owed(TENTH_OF_JUNE) == [], "an earlier day is not made up for while a later one is under way"


def test_the_next_due_letter_may_be_asked_of_some_offices_or_the_urgent_ones(database: Database) -> None:
    published(database)
    published(database, office_id="an-hoa")
    later = MORNING + timedelta(hours=1)
    with database.write() as transaction:
        transaction.letters.queue(queued_letter("one"))
        transaction.letters.queue(queued_letter("two", office="an-hoa", not_before=later, urgent=True))
        next_due = transaction.letters.next_due
        assert next_due() == MORNING
        assert next_due(offices=["an-hoa"]) == later
        assert next_due(urgent_only=True) == later
        assert next_due(offices=["kim-thanh"], urgent_only=True) is None


def test_what_another_connection_commits_is_noticed(database: Database) -> None:
    published(database)
    with database.commits() as commits:
        assert not commits.seen()
        begin(database)
        assert commits.seen()
        with database.read() as transaction:
            assert transaction.rounds.last("kim-thanh") is not None
        assert not commits.seen()
