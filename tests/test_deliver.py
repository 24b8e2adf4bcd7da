"""Delivery over real SMTP: every fault ends in its stated state, and nobody else's letter is held up."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes
from typing import Any

import pytest
from builders import MORNING, TENTH_OF_JUNE
from lanes import FAST, plain
from letter_samples import letter, village_section, work
from operation_cases import KIM_THANH, at, june, letter_to, letters_of, move, publish_plan, round_on
from smtp_server import LOOPBACK, At, ScriptedServer, refused_port
from store_builders import get, published, queued_letter

from notifications.addresses import Mailbox
from notifications.letters import LetterKind, to_json
from notifications.outcomes import Kind, Outcome, Stage
from notifications.servers import MailServer, Security
from notifications.transport import YagmailTransport
from plan_definitions.model import CalendarDefinition
from workflows.engine.records import Via
from workflows.engine.states import Standing, Verb
from workflows.errors import MoveRefused
from workflows.operations.mail import deliver as operations
from workflows.operations.mail.attempts import DOUBT_MINUTES, POLICY_MINUTES, next_attempt
from workflows.operations.mail.deliver import (
    ALARMED_REST,
    LANE_REST,
    LEASE,
    QUOTA_USED_UP,
    RENEWED_AFTER,
    Delivered,
    Lane,
    deliver,
)
from workflows.operations.mail.links import LinkSigner
from workflows.operations.mail.outbox import retry_letter
from workflows.operations.upkeep.tidy_up import tidy_up
from workflows.store.database import Database
from workflows.store.records import LetterState

SENDER = Mailbox("dondoc@kim-thanh.example")
LANE = Lane(SENDER, LinkSigner("a key of at least thirty-two signs"), "https://dondoc.example")
NOON = MORNING + timedelta(hours=5)
"""12:00 of Wednesday, 10 June 2026, in Kim Thành."""


@dataclass
class Clock:
    """Stands still unless it is moved."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Scripted:
    """A transport that answers from a list, then takes everything; `on_call` happens before each answer."""

    answers: list[Outcome] = field(default_factory=list)
    on_call: Callable[[int], None] = lambda _number: None
    sent: list[str] = field(default_factory=list)

    def deliver(self, envelope_from: str, recipient: str, data: bytes) -> Outcome:  # noqa: ARG002
        self.sent.append(recipient)
        self.on_call(len(self.sent))
        return self.answers.pop(0) if self.answers else Outcome(Kind.SENT, Stage.DATA, 250)

    def close(self) -> None:
        pass


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


def address(number: int) -> str:
    return f"don-vi-{number:03d}@kim-thanh.example"


def queue(database: Database, count: int = 1, **fields: Any) -> list[int]:
    """Decision letters to so many addresses; their ids. Any field of QueuedLetter may be named."""
    known: dict[str, Any] = {"kind": "decision", "content": None, "not_before": NOON}
    known |= fields
    published(database)
    ids = []
    with database.write() as transaction:
        for number in range(1, count + 1):
            said = letter(LetterKind.DAILY, village_section(attention=(work(1),)))
            said = replace(said, recipient=replace(said.recipient, address=address(number)))
            values = known | {"content": known["content"] or to_json(said)}
            one = queued_letter(f"{known['kind']}:{number}", address=address(number), **values)
            (letter_id,) = transaction.letters.queue(one)
            assert letter_id is not None
            ids.append(letter_id)
    return ids


def send(
    database: Database, server: ScriptedServer, now: datetime = NOON, lane: Lane = LANE, **how: Any
) -> Delivered:
    with YagmailTransport(plain(server, timeout=FAST, data_timeout=FAST)) as transport:
        return deliver(database, transport, lane, Clock(now), **how)


def states(database: Database, ids: list[int]) -> list[LetterState]:
    return [get(database, letter_id).state for letter_id in ids]


def test_a_letter_leaves_once_with_the_bytes_that_were_frozen(
    database: Database, server: ScriptedServer
) -> None:
    (letter_id,) = queue(database)
    assert send(database, server) == Delivered(sent=1)
    assert send(database, server) == Delivered()
    stored = get(database, letter_id)
    assert (stored.state, stored.attempts, stored.last_code) == (LetterState.SENT, 1, 250)
    (received,) = server.letters
    with database.read() as transaction:
        assert transaction.letters.frozen(letter_id) == received.data
    message = message_from_bytes(received.data)
    assert message["Message-ID"] == stored.message_id
    assert (received.envelope_from, received.recipients) == (SENDER.address, (address(1),))


FAULTS = {
    "450 at RCPT": (At.RCPT, "450 4.2.1 mailbox busy", LetterState.DEFERRED),
    "451 at DATA": (At.DATA, "451 4.3.0 try later", LetterState.DEFERRED),
    "451 after the dot": (At.DOT, "451 4.3.0 try later", LetterState.DEFERRED),
    "452 at RCPT": (At.RCPT, "452 4.2.2 mailbox full", LetterState.DEFERRED),
    "550 at RCPT": (At.RCPT, "550 5.1.1 no such mailbox", LetterState.DEAD),
    "552 after the dot": (At.DOT, "552 5.2.2 mailbox full", LetterState.DEAD),
    "554 at DATA": (At.DATA, "554 5.6.0 not wanted", LetterState.DEAD),
    "550 after the dot": (At.DOT, "550 5.6.3 no conversion", LetterState.DEAD),
    "451 at MAIL": (At.MAIL, "451 4.3.0 try later", LetterState.DEFERRED),
}


@pytest.mark.parametrize(("where", "reply", "state"), FAULTS.values(), ids=FAULTS)
def test_a_fault_of_one_letter_ends_in_its_state_and_the_others_go(
    database: Database, server: ScriptedServer, where: At, reply: str, state: LetterState
) -> None:
    first, *others = queue(database, 4)
    server.play(where, reply)
    result = send(database, server)
    ends = state is LetterState.DEAD
    assert (result.sent, result.dead, result.deferred) == (3, int(ends), int(not ends))
    stored = get(database, first)
    assert (stored.state, stored.attempts, stored.last_code) == (state, 1, int(reply[:3]))
    assert states(database, others) == [LetterState.SENT] * 3
    if state is LetterState.DEFERRED:
        assert timedelta(seconds=48) <= stored.not_before - NOON <= timedelta(seconds=72)
        assert send(database, server, stored.not_before).sent == 1


BREAKS = {
    "at RCPT": (At.RCPT, LetterState.DEFERRED),
    "in DATA": (At.BODY, LetterState.IN_DOUBT),
    "after the dot": (At.DOT, LetterState.IN_DOUBT),
}


@pytest.mark.parametrize(("where", "state"), BREAKS.values(), ids=BREAKS)
def test_a_connection_that_breaks_holds_nobody_else_up(
    database: Database, server: ScriptedServer, where: At, state: LetterState
) -> None:
    first, *others = queue(database, 3)
    server.play(where, closes=True)
    assert send(database, server).sent == 2
    assert states(database, [first, *others]) == [state, LetterState.SENT, LetterState.SENT]


def test_a_letter_in_doubt_is_sent_again_byte_for_byte_after_a_longer_wait(
    database: Database, server: ScriptedServer
) -> None:
    (letter_id,) = queue(database)
    server.play(At.DOT, closes=True)
    send(database, server)
    stored = get(database, letter_id)
    assert stored.state is LetterState.IN_DOUBT
    assert stored.not_before == NOON + timedelta(minutes=DOUBT_MINUTES)
    assert send(database, server, stored.not_before - timedelta(seconds=1)) == Delivered(left=1)
    assert send(database, server, stored.not_before).sent == 1
    first, second = (received.data for received in server.letters)
    assert first == second
    assert message_from_bytes(first)["Message-ID"] == stored.message_id == get(database, letter_id).message_id


def test_a_letter_once_in_doubt_stays_so_until_a_server_says_yes_or_no(
    database: Database, server: ScriptedServer
) -> None:
    (letter_id,) = queue(database)
    server.play(At.DOT, closes=True)
    send(database, server)
    server.play(At.RCPT, "451 4.7.1 greylisted")
    later = NOON + timedelta(minutes=DOUBT_MINUTES)
    send(database, server, later)
    stored = get(database, letter_id)
    assert (stored.state, stored.attempts, stored.last_code) == (LetterState.IN_DOUBT, 2, 451)
    assert stored.not_before < later + timedelta(minutes=DOUBT_MINUTES)
    assert send(database, server, stored.not_before).sent == 1


def test_a_server_that_hangs_is_left_after_its_time(database: Database, server: ScriptedServer) -> None:
    first, *others = queue(database, 3)
    server.play(At.RCPT, delay=4 * FAST)
    assert send(database, server).sent == 2
    assert states(database, [first, *others])[0] is LetterState.DEFERRED


TURNED_AWAY: dict[str, tuple[At, str, bool]] = {
    "421 at the greeting": (At.BANNER, "421 4.3.2 too busy", False),
    "554 at the greeting": (At.BANNER, "554 5.7.1 listed", True),
    "quota, for now": (At.MAIL, "454 4.7.0 quota", False),
    "quota of the day": (At.RCPT, "550 5.4.5 daily quota", False),
    "sender refused": (At.MAIL, "550 5.7.1 not you", True),
    "421 in the middle": (At.MAIL, "421 4.7.0 closing", False),
}


@pytest.mark.parametrize(("where", "reply", "alarms"), TURNED_AWAY.values(), ids=TURNED_AWAY)
def test_a_lane_that_is_turned_away_rests_and_its_letters_wait_without_an_attempt_burnt(
    database: Database, server: ScriptedServer, where: At, reply: str, alarms: bool
) -> None:
    ids = queue(database, 3)
    server.play(where, reply, times=None)
    result = send(database, server)
    assert result.why is not None
    assert result == Delivered(deferred=3, left=3, why=result.why)
    assert result.why.alarms is alarms
    assert states(database, ids) == [LetterState.QUEUED] * 3
    assert {get(database, n).attempts for n in ids} == {0}
    with database.read() as transaction:
        paused = transaction.senders.paused(SENDER.address, NOON)
    assert paused == (NOON + (ALARMED_REST if alarms else LANE_REST), result.why.reply)


def test_nobody_listening_leaves_the_letters_queued(database: Database) -> None:
    ids = queue(database, 2)
    nowhere = MailServer(LOOPBACK, refused_port(), Security.NONE, timeout=FAST)
    with YagmailTransport(nowhere) as transport:
        result = deliver(database, transport, LANE, Clock())
    assert (result.sent, result.left) == (0, 2)
    assert result.why is not None
    assert "refused" in result.why.reply.lower()
    assert states(database, ids) == [LetterState.QUEUED] * 2


def test_an_account_that_rests_is_asked_for_by_hand_only(database: Database, server: ScriptedServer) -> None:
    queue(database, 2)
    with database.write() as transaction:
        transaction.senders.pause(SENDER.address, NOON + LANE_REST, "535 refused")
    resting = send(database, server)
    assert resting == Delivered(left=2, rests_until=NOON + LANE_REST)
    assert server.sessions == 0
    assert send(database, server, passing_over_rest=True).sent == 2
    queue_more = NOON + LANE_REST
    assert send(database, server, queue_more) == Delivered()


BLOCKED = "554 5.7.1 blocked"
AN_HOUR_LATER = NOON + timedelta(minutes=POLICY_MINUTES)


def test_one_refusal_by_policy_is_the_letter_s_own_and_the_second_ends_it(
    database: Database, server: ScriptedServer
) -> None:
    ids = queue(database, 6)
    for number in (1, 2, 5):
        server.play(At.RCPT, BLOCKED, only_for=address(number))
    result = send(database, server)
    assert (result.sent, result.dead, result.deferred, result.why) == (3, 0, 3, None)
    assert get(database, ids[0]).not_before == AN_HOUR_LATER
    for number in (2, 5):
        server.play(At.RCPT, BLOCKED, only_for=address(number))
    result = send(database, server, AN_HOUR_LATER)
    assert (result.sent, result.dead, result.why) == (1, 2, None)
    assert states(database, [ids[0], ids[1], ids[4]]) == [
        LetterState.SENT, LetterState.DEAD, LetterState.DEAD,
    ]  # fmt: skip


def test_refusals_by_policy_in_a_row_are_the_account_s(database: Database, server: ScriptedServer) -> None:
    ids = queue(database, 6)
    server.play(At.RCPT, "554 5.7.1 client host blocked", times=None)
    result = send(database, server)
    assert (result.sent, result.dead, result.deferred, result.left) == (0, 0, 6, 6)
    assert result.why is not None
    assert result.why.alarms
    assert server.commands.count(At.RCPT) == operations.REFUSALS
    assert states(database, ids) == [LetterState.QUEUED] * 6
    assert {get(database, n).attempts for n in ids} == {0}


def test_refusals_hours_apart_show_that_the_account_is_blocked_and_no_letter_is_given_up(
    database: Database, server: ScriptedServer
) -> None:
    """As under `dondoc up`: one letter at a time, each in a delivery of its own."""
    server.play(At.RCPT, "554 5.7.1 client host blocked", times=None)
    (first,) = queue(database)
    assert send(database, server).deferred == 1
    assert send(database, server, AN_HOUR_LATER).dead == 1
    second, third = queue(database, 3, kind="closing", not_before=AN_HOUR_LATER)[1:]
    result = send(database, server, AN_HOUR_LATER)
    assert result.why is not None
    assert (result.sent, result.deferred, result.left) == (0, 3, 4)
    assert states(database, [first, second, third]) == [LetterState.QUEUED] * 3
    # As long as it is blocked, one letter asks each time; once it is not, all leave.
    asked = server.commands.count(At.RCPT)
    assert send(database, server, AN_HOUR_LATER + ALARMED_REST).why is not None
    assert server.commands.count(At.RCPT) == asked + 1
    server.forget_plays()
    assert send(database, server, AN_HOUR_LATER + 2 * ALARMED_REST) == Delivered(sent=4)
    assert {get(database, n).attempts for n in (first, second, third)} == {1}


def test_letters_refused_just_before_the_account_was_turned_away_go_back(
    database: Database, server: ScriptedServer
) -> None:
    ids = queue(database, 4)
    server.play(At.RCPT, BLOCKED, times=2)
    server.play(At.RCPT, "550 5.4.5 daily quota")
    result = send(database, server)
    assert result.why is not None
    assert (result.deferred, result.left) == (4, 4)
    assert states(database, ids) == [LetterState.QUEUED] * 4
    assert {get(database, n).attempts for n in ids} == {0}
    server.forget_plays()
    assert send(database, server, NOON + LANE_REST).sent == 4


def test_a_letter_in_doubt_that_policy_refuses_stays_in_doubt(
    database: Database, server: ScriptedServer
) -> None:
    (letter_id,) = queue(database)
    server.play(At.DOT, closes=True)
    send(database, server)
    server.play(At.RCPT, BLOCKED)
    send(database, server, NOON + timedelta(minutes=DOUBT_MINUTES))
    assert get(database, letter_id).state is LetterState.IN_DOUBT


def test_a_letter_sent_again_by_hand_is_judged_anew(database: Database, server: ScriptedServer) -> None:
    (letter_id,) = queue(database)
    server.play(At.RCPT, BLOCKED, times=3)
    send(database, server)
    assert send(database, server, AN_HOUR_LATER).dead == 1
    retry_letter(database, letter_id, now=AN_HOUR_LATER)
    assert send(database, server, AN_HOUR_LATER).deferred == 1
    assert get(database, letter_id).state is LetterState.DEFERRED


def test_an_account_that_is_let_in_before_its_rest_is_over_rests_no_longer(
    database: Database, server: ScriptedServer
) -> None:
    queue(database)
    with database.write() as transaction:
        transaction.senders.pause(SENDER.address, NOON + ALARMED_REST, "535 refused")
    assert send(database, server, passing_over_rest=True).sent == 1
    with database.read() as transaction:
        assert transaction.senders.paused(SENDER.address, NOON) is None


def test_an_address_that_does_not_exist_is_asked_for_once(database: Database, server: ScriptedServer) -> None:
    first, _ = queue(database, 2)
    server.play(At.RCPT, "550 5.1.1 no such mailbox", only_for=address(1), times=None)
    send(database, server)
    (again, *_) = queue(database, 2, kind="closing")
    asked = server.commands.count(At.RCPT)
    result = send(database, server)
    assert (result.sent, result.dead) == (1, 1)
    assert server.commands.count(At.RCPT) == asked + 1
    stored = get(database, again)
    assert (stored.state, stored.attempts) == (LetterState.DEAD, 0)
    assert "no such mailbox" in (stored.last_reply or "")
    assert get(database, first).state is LetterState.DEAD


def test_letters_that_cannot_be_written_die_alone(
    database: Database, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "BATCH", 2)
    broken = queue(database, 5, content="{}", kind="closing")
    good = queue(database, 2)
    result = send(database, server)
    assert (result.sent, result.dead, result.left) == (2, 5, 0)
    assert states(database, good) == [LetterState.SENT] * 2
    stored = get(database, broken[0])
    assert (stored.state, stored.attempts) == (LetterState.DEAD, 0)
    assert stored.last_reply == "cannot be written: ValidationError"


def test_a_broken_address_dies_alone(database: Database, server: ScriptedServer) -> None:
    published(database)
    bad = "hai @ cong@x"
    said = letter(LetterKind.DAILY, village_section())
    said = replace(said, recipient=replace(said.recipient, address=bad))
    with database.write() as transaction:
        (letter_id,) = transaction.letters.queue(
            queued_letter("a", kind="decision", address=bad, content=to_json(said), not_before=NOON)
        )
    (other,) = queue(database)
    assert letter_id is not None
    assert send(database, server).sent == 1
    assert states(database, [letter_id, other]) == [LetterState.DEAD, LetterState.SENT]


def test_at_night_only_urgent_letters_leave_unless_told_otherwise(
    database: Database, server: ScriptedServer
) -> None:
    night = at(TENTH_OF_JUNE, 22)
    (plain_one,) = queue(database)
    (urgent,) = queue(database, kind="sign_in", urgent=True, not_before=NOON)
    assert send(database, server, night) == Delivered(sent=1, left=1)
    assert states(database, [plain_one, urgent]) == [LetterState.QUEUED, LetterState.SENT]
    assert send(database, server, at(june(11), 6, 29)) == Delivered(left=1)
    assert send(database, server, night, passing_over_quiet_hours=True).sent == 1


def test_on_a_day_off_letters_wait_for_the_working_day(database: Database, server: ScriptedServer) -> None:
    queue(database, not_before=at(june(5), 19), expires_at=at(june(30)))
    assert send(database, server, at(june(6), 10)) == Delivered(left=1)
    assert send(database, server, at(june(7), 10)) == Delivered(left=1)
    assert send(database, server, at(june(8), 7)).sent == 1


def test_one_office_s_day_off_holds_no_other_up(database: Database, server: ScriptedServer) -> None:
    published(database, office_id="an-duong")
    queue(database)
    with database.write() as transaction:
        resting = CalendarDefinition(days_off={TENTH_OF_JUNE: "Hội làng"})
        transaction.offices.save(transaction.offices.get("an-duong"), resting)
        said = to_json(letter(LetterKind.DAILY, village_section()))
        for key, urgent in (("a", False), ("b", True)):
            other = queued_letter(
                key, office="an-duong", kind="decision", content=said, not_before=NOON, urgent=urgent
            )
            assert all(transaction.letters.queue(other))
    # A worker for one office touches no letter of another, be it urgent or at rest.
    assert send(database, server, offices=[KIM_THANH]) == Delivered(sent=1)
    assert send(database, server, offices=[]) == Delivered()
    assert send(database, server) == Delivered(sent=1, left=1)


def test_a_quota_is_spent_on_letters_that_go_out_and_never_passed(
    database: Database, server: ScriptedServer
) -> None:
    ids = queue(database, 250)
    lane = replace(LANE, per_day=100)
    assert send(database, server, lane=lane) == Delivered(sent=100, left=150)
    # Until the first of them are a day old nothing is asked for: the hour counts as a whole.
    rests = send(database, server, lane=lane)
    assert (rests.left, rests.rests_until) == (150, NOON + timedelta(hours=25))
    with database.read() as transaction:
        assert transaction.senders.paused(SENDER.address, NOON) == (rests.rests_until, QUOTA_USED_UP)
    tomorrow = NOON + timedelta(hours=26)
    assert send(database, server, tomorrow, lane).sent == 100
    assert send(database, server, tomorrow + timedelta(hours=26), lane) == Delivered(sent=50)
    assert set(states(database, ids)) == {LetterState.SENT}
    assert len(server.letters) == 250


def test_an_empty_outbox_or_a_closed_door_spends_no_quota(database: Database, server: ScriptedServer) -> None:
    lane = replace(LANE, per_day=100)
    published(database)
    for _ in range(3):
        send(database, server, lane=lane)
    queue(database, 60)
    server.play(At.BANNER, "421 4.3.2 too busy")
    send(database, server, lane=lane)
    with database.read() as transaction:
        assert transaction.senders.used(SENDER.address, NOON) == 0
    assert send(database, server, lane=lane, passing_over_rest=True).sent == 60


def test_urgent_letters_go_first(database: Database) -> None:
    queue(database, 3)
    (urgent,) = queue(database, kind="sign_in", urgent=True, not_before=NOON)
    transport = Scripted()
    deliver(database, transport, replace(LANE, per_day=1), Clock())
    assert get(database, urgent).state is LetterState.SENT


def test_a_letter_past_its_use_expires(database: Database, server: ScriptedServer) -> None:
    (letter_id,) = queue(database, expires_at=NOON)
    assert send(database, server) == Delivered(expired=1)
    assert get(database, letter_id).state is LetterState.EXPIRED
    assert server.letters == []


def test_a_holder_that_died_leaves_a_letter_in_doubt_for_another(
    database: Database, server: ScriptedServer
) -> None:
    (letter_id,) = queue(database)

    def die(_number: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver(database, Scripted(on_call=die), LANE, Clock())
    assert get(database, letter_id).state is LetterState.SENDING
    assert send(database, server, NOON + LEASE - timedelta(seconds=1)) == Delivered(left=1)
    assert send(database, server, NOON + LEASE).sent == 1


def test_interrupted_in_a_batch_letters_not_begun_go_back_as_they_were(database: Database) -> None:
    ids = queue(database, 4)

    def die(number: int) -> None:
        if number == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver(database, Scripted(on_call=die), replace(LANE, per_day=100), Clock())
    assert states(database, ids) == [
        LetterState.SENT,
        LetterState.SENDING,
        LetterState.QUEUED,
        LetterState.QUEUED,
    ]
    with database.read() as transaction:
        assert transaction.senders.used(SENDER.address, NOON) == 2


def test_a_slow_server_makes_no_second_process_send_what_we_hold(database: Database) -> None:
    ids, clock = queue(database, 6), Clock()
    other = Scripted()

    def wait(_number: int) -> None:
        clock.now += RENEWED_AFTER + timedelta(minutes=9)
        deliver(database, other, LANE, clock)

    transport = Scripted(on_call=wait)
    assert deliver(database, transport, LANE, clock).sent == 6
    assert other.sent == []
    assert sorted(transport.sent) == [address(n) for n in range(1, 7)]
    assert set(states(database, ids)) == {LetterState.SENT}


def test_letters_taken_over_meanwhile_are_left_to_the_other(database: Database) -> None:
    queue(database, 4)
    clock, other = Clock(), Scripted()

    def sleep(number: int) -> None:
        if number == 1:
            clock.now += LEASE
            deliver(database, other, LANE, clock)

    transport = Scripted(on_call=sleep)
    deliver(database, transport, LANE, clock)
    assert transport.sent == [address(1)]
    assert sorted(other.sent) == [address(n) for n in range(1, 5)]


def test_attempts_come_ever_later_and_not_all_at_once() -> None:
    waits = [next_attempt(7, attempts, NOON) - NOON for attempts in range(9)]
    minutes = [1, 5, 15, 30, 60, 120, 180, 180, 180]
    for wait, expected in zip(waits, minutes, strict=True):
        assert timedelta(minutes=0.8 * expected) <= wait <= timedelta(minutes=1.2 * expected)
    assert len({next_attempt(n, 0, NOON) for n in range(50)}) > 40


def test_work_done_while_its_letter_waited_is_not_asked_for(
    database: Database, server: ScriptedServer
) -> None:
    publish_plan(database)
    for day in (june(1), june(8), june(10)):
        round_on(database, day)
    send(database, server, at(june(8), 7), passing_over_quiet_hours=True)
    for name in ("signs/thon-2", "news/thon-2/2"):
        move(database, Verb.SUBMIT, name, "thon-2", june(10))
    result = send(database, server, at(june(10), 10))
    assert result.superseded >= 1
    stored, _ = letter_to(database, "thon-2@kim-thanh.example", june(10))
    assert (stored.state, stored.last_reply) == (
        LetterState.SUPERSEDED,
        "everything it asks for has been done",
    )
    other, _ = letter_to(database, "thon-1@kim-thanh.example", june(10))
    assert other.state is LetterState.SENT


def test_a_letter_with_news_goes_even_when_nothing_is_left_to_do(
    database: Database, server: ScriptedServer
) -> None:
    publish_plan(database)
    round_on(database, june(8))
    send(database, server, at(june(8)))
    move(database, Verb.CANCEL, "signs/thon-2", "vhxh", june(8), note="không cần nữa")
    move(database, Verb.SUBMIT, "news/thon-2/2", "thon-2", june(8))
    round_on(database, june(9))
    stored, said = letter_to(database, "thon-2@kim-thanh.example", june(9))
    assert [item.assignment for part in said.parts for item in part.items] == ["signs/thon-2"]
    send(database, server, at(june(9)))
    assert get(database, stored.id).state is LetterState.SENT


@pytest.mark.parametrize(
    ("verb", "said"),
    [(Verb.SUBMIT, {}), (Verb.PROMISE, {"until": june(15)}), (Verb.CANCEL, {"note": "bỏ"})],
    ids=["reported", "promised", "cancelled"],
)
def test_an_escalation_is_withdrawn_by_report_promise_or_cancellation(
    database: Database, server: ScriptedServer, verb: Verb, said: dict[str, Any]
) -> None:
    publish_plan(database)
    for day in (june(1), june(8), june(11)):
        round_on(database, day)
    stored, letter_said = letter_to(database, "deputy@kim-thanh.example", june(11))
    assert stored.kind == "escalation"
    for item in letter_said.items:
        unit = item.assignment.split("/")[1]
        heard: dict[str, Any] = {"on_behalf_of": unit, "via": Via.PHONE} if verb is not Verb.CANCEL else {}
        if item.standing is Standing.OVERDUE:
            move(database, verb, item.assignment, "vhxh", june(11), **said, **heard)
    send(database, server, at(june(11), 10))
    assert get(database, stored.id).state is LetterState.SUPERSEDED


def test_a_refused_letter_is_judged_anew_and_one_in_doubt_is_not(
    database: Database, server: ScriptedServer
) -> None:
    publish_plan(database)
    for day in (june(1), june(8), june(10)):
        round_on(database, day)
    send(database, server, at(june(8)))
    server.play(At.RCPT, "451 4.7.1 greylisted", only_for="thon-1@")
    server.play(At.DOT, closes=True, only_for="thon-2@")
    send(database, server, at(june(10), 8))
    for unit in ("thon-1", "thon-2"):
        for name in (f"signs/{unit}", f"news/{unit}/2"):
            move(database, Verb.SUBMIT, name, unit, june(10))
    send(database, server, at(june(10), 12))
    found = {
        one.address.partition("@")[0]: one.state
        for one, said in letters_of(database)
        if said.as_of == june(10) and one.key.startswith("round:")
    }
    assert found["thon-1"] is LetterState.SUPERSEDED
    assert found["thon-2"] is LetterState.SENT


def test_an_expired_round_letter_s_notices_are_told_by_the_next(
    database: Database, server: ScriptedServer
) -> None:
    publish_plan(database)
    round_on(database, june(8))
    send(database, server, at(june(8)))
    round_on(database, june(9))
    stored, _ = letter_to(database, "thon-2@kim-thanh.example", june(9))
    with database.read() as transaction:
        told = {n.notice for n in transaction.notices.of_letter(stored.id)}
    assert send(database, server, at(june(13), 8)).expired > 0
    assert get(database, stored.id).state is LetterState.EXPIRED
    with database.read() as transaction:
        waiting = {n.notice for n in transaction.notices.pending(KIM_THANH, june(13))}
    assert told <= waiting
    with database.read() as transaction:
        (plan,) = transaction.plans.headings()
        assert transaction.assignments.get(plan.number, "signs/thon-2").facts.unanswered <= 1


def dead_for_long(database: Database, server: ScriptedServer) -> tuple[int, datetime]:
    """A letter refused by its server whose bytes were dropped since, and the instant 100 days later."""
    (letter_id,) = queue(database)
    server.play(At.DOT, "554 5.6.0 not wanted")
    assert send(database, server) == Delivered(dead=1)
    later = NOON + timedelta(days=100)
    tidy_up(database, now=later)
    return letter_id, later


def test_a_letter_whose_bytes_were_dropped_is_not_sent_again(
    database: Database, server: ScriptedServer
) -> None:
    letter_id, later = dead_for_long(database, server)
    with pytest.raises(MoveRefused, match="cannot be sent again: its text is no longer kept"):
        retry_letter(database, letter_id, now=later)
    (other,) = queue(database, kind="alarm", not_before=later, expires_at=later + timedelta(days=4))
    send(database, server, later)
    assert states(database, [letter_id, other]) == [LetterState.DEAD, LetterState.SENT]


def test_a_letter_without_its_bytes_is_buried_and_the_others_go(
    database: Database, server: ScriptedServer
) -> None:
    """As a store may hold it that an earlier version left: queued again though its bytes were dropped."""
    letter_id, later = dead_for_long(database, server)
    with database.write() as transaction:
        again = {"state": LetterState.QUEUED, "not_before": later, "expires_at": later + timedelta(days=4)}
        transaction.letters._settle([letter_id], {LetterState.DEAD}, **again)
    (other,) = queue(database, kind="alarm", not_before=later, expires_at=later + timedelta(days=4))
    assert send(database, server, later) == Delivered(sent=1, dead=1)
    assert states(database, [letter_id, other]) == [LetterState.DEAD, LetterState.SENT]
    assert get(database, letter_id).last_reply == "its text is no longer kept"
    assert len(server.letters) == 1
