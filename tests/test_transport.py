"""Delivery over real SMTP on loopback: each fault ends in its stated outcome."""

import gc
import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lanes import FAST, LETTER, OFFICE, SCHOOL, VILLAGE, deliver_once, plain
from smtp_server import HANG, At, ScriptedServer

from notifications.outcomes import LONGEST_REPLY, Kind, Outcome, Stage, clean_reply, judge_reply
from notifications.transport import LETTERS_PER_CONNECTION, LONGEST_IDLE, Transport, YagmailTransport


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lane(server: ScriptedServer, clock: Clock) -> Iterator[YagmailTransport]:
    with YagmailTransport(plain(server), clock) as lane:
        yield lane


def texts(server: ScriptedServer) -> list[tuple[str, ...]]:
    return [letter.recipients for letter in server.letters]


# The good way


def test_the_bytes_arrive_as_they_were(server: ScriptedServer, lane: YagmailTransport) -> None:
    outcome = lane.deliver(OFFICE, VILLAGE, LETTER)
    assert outcome == Outcome(Kind.SENT, Stage.DATA, 250, "2.0.0", "2.0.0 kept")
    (letter,) = server.letters
    assert (letter.envelope_from, letter.recipients, letter.data) == (OFFICE, (VILLAGE,), LETTER)


def test_one_connection_carries_many_letters(server: ScriptedServer, lane: YagmailTransport) -> None:
    for _ in range(5):
        assert lane.deliver(OFFICE, VILLAGE, LETTER).kind is Kind.SENT
    assert server.sessions == 1
    assert server.commands.count(At.EHLO) == 1


def test_a_connection_is_renewed_after_its_share(server: ScriptedServer, lane: YagmailTransport) -> None:
    for _ in range(LETTERS_PER_CONNECTION):
        lane.deliver(OFFICE, VILLAGE, LETTER)
    assert server.sessions == 1
    lane.deliver(OFFICE, VILLAGE, LETTER)
    assert server.sessions == 2
    assert len(server.letters) == LETTERS_PER_CONNECTION + 1
    assert server.commands.count(At.QUIT) == 1


def test_a_connection_that_idled_is_renewed(
    server: ScriptedServer, lane: YagmailTransport, clock: Clock
) -> None:
    lane.deliver(OFFICE, VILLAGE, LETTER)
    clock.now += LONGEST_IDLE
    lane.deliver(OFFICE, VILLAGE, LETTER)
    assert server.sessions == 1
    clock.now += LONGEST_IDLE + 1
    assert lane.deliver(OFFICE, VILLAGE, LETTER).kind is Kind.SENT
    assert server.sessions == 2


def test_closing_says_goodbye_once(server: ScriptedServer) -> None:
    lane = YagmailTransport(plain(server))
    lane.deliver(OFFICE, VILLAGE, LETTER)
    lane.close()
    lane.close()
    assert server.commands[-1] is At.QUIT
    assert server.commands.count(At.QUIT) == 1
    assert lane.deliver(OFFICE, VILLAGE, LETTER).kind is Kind.SENT
    lane.close()


def test_a_server_that_hangs_on_goodbye_is_left(server: ScriptedServer) -> None:
    server.play(At.QUIT, closes=True)
    lane = YagmailTransport(plain(server))
    lane.deliver(OFFICE, VILLAGE, LETTER)
    lane.close()
    assert len(server.letters) == 1


def test_a_transport_is_what_operations_expect(lane: YagmailTransport) -> None:
    expected: Transport = lane
    assert expected.deliver(OFFICE, VILLAGE, LETTER).kind is Kind.SENT


def test_two_threads_cannot_share_a_connection(server: ScriptedServer, lane: YagmailTransport) -> None:
    server.play(At.DOT, delay=1.0)
    first = threading.Thread(target=lane.deliver, args=(OFFICE, VILLAGE, LETTER))
    first.start()
    while At.DOT not in server.commands:
        time.sleep(0.01)
    with pytest.raises(RuntimeError):
        lane.deliver(OFFICE, SCHOOL, LETTER)
    first.join()
    assert texts(server) == [(VILLAGE,)]


# Refusals, stage by stage


@pytest.mark.parametrize(
    ("at", "reply", "expected"),
    [
        (At.MAIL, "450 4.2.0 greylisted", {"kind": Kind.DEFERRED}),
        (At.MAIL, "451 4.3.0 try later", {"kind": Kind.DEFERRED}),
        (At.MAIL, "454 4.7.0 slow down", {"kind": Kind.DEFERRED, "breaks": True}),
        (At.MAIL, "530 5.7.0 log in first", {"kind": Kind.DEFERRED, "breaks": True, "alarms": True}),
        (At.MAIL, "550 5.7.60 not your sender", {"kind": Kind.DEFERRED, "breaks": True, "alarms": True}),
        (At.MAIL, "552 5.3.4 too big", {"kind": Kind.REJECTED}),
        (At.RCPT, "450 4.2.1 too fast for this user", {"kind": Kind.DEFERRED}),
        (At.RCPT, "451 4.7.1 greylisted", {"kind": Kind.DEFERRED}),
        (At.RCPT, "452 4.2.2 mailbox full", {"kind": Kind.DEFERRED}),
        (At.RCPT, "530 5.7.0 log in first", {"kind": Kind.DEFERRED, "breaks": True, "alarms": True}),
        (At.RCPT, "550 5.1.1 no such user", {"kind": Kind.REJECTED, "condemns": True}),
        (At.RCPT, "550 5.1.2 no such domain", {"kind": Kind.REJECTED, "condemns": True}),
        (At.RCPT, "556 5.1.10 takes no mail", {"kind": Kind.REJECTED, "condemns": True}),
        (At.RCPT, "550 5.1.8 sender domain unknown", {"kind": Kind.DEFERRED, "breaks": True, "alarms": True}),
        (At.RCPT, "550 no", {"kind": Kind.REJECTED}),
        (At.RCPT, "550 5.2.1 mailbox closed", {"kind": Kind.REJECTED}),
        (At.RCPT, "554 5.7.1 relay denied", {"kind": Kind.REJECTED}),
        (At.RCPT, "550 5.4.5 daily limit", {"kind": Kind.DEFERRED, "breaks": True}),
        (At.DATA, "451 4.3.2 not now", {"kind": Kind.DEFERRED}),
        (At.DATA, "554 5.5.1 no valid recipients", {"kind": Kind.REJECTED}),
        (At.DOT, "451 4.3.0 try later", {"kind": Kind.DEFERRED}),
        (At.DOT, "454 Throttling failure: daily quota", {"kind": Kind.DEFERRED, "breaks": True}),
        (At.DOT, "550 5.4.5 daily limit", {"kind": Kind.DEFERRED, "breaks": True}),
        (At.DOT, "552 5.3.4 too big", {"kind": Kind.REJECTED}),
        (At.DOT, "554 5.7.1 looks like spam", {"kind": Kind.REJECTED}),
        (At.DOT, "550 5.1.1 no such user after all", {"kind": Kind.REJECTED}),
    ],
)
def test_a_refusal_says_whose_fault_it_is(
    server: ScriptedServer, lane: YagmailTransport, at: At, reply: str, expected: dict[str, object]
) -> None:
    server.play(at, reply)
    outcome = lane.deliver(OFFICE, VILLAGE, LETTER)
    assert outcome.kind is expected["kind"]
    assert outcome.condemns_address is expected.get("condemns", False)
    assert outcome.breaks_circuit is expected.get("breaks", False)
    assert outcome.alarms is expected.get("alarms", False)
    assert outcome.code == int(reply[:3])
    assert outcome.reply == reply[4:]
    assert outcome.stage.value == ("data" if at is At.DOT else at.value)
    assert server.letters == []
    # Nobody else's letter is held up, and none rides on the refused transaction.
    assert lane.deliver(OFFICE, SCHOOL, LETTER).kind is Kind.SENT
    assert texts(server) == [(SCHOOL,)]
    assert server.sessions == 1
    assert server.commands.count(At.RSET) == 1


def test_a_connection_that_cannot_be_reset_is_replaced(
    server: ScriptedServer, lane: YagmailTransport
) -> None:
    server.play(At.RCPT, "550 5.1.1 no such user")
    server.play(At.RSET, "500 what")
    lane.deliver(OFFICE, VILLAGE, LETTER)
    assert lane.deliver(OFFICE, SCHOOL, LETTER).kind is Kind.SENT
    assert server.sessions == 2


@pytest.mark.parametrize(
    ("at", "breaks"), [(At.MAIL, True), (At.RCPT, False), (At.DATA, False), (At.DOT, False)]
)
def test_421_defers_and_drops_the_connection(
    server: ScriptedServer, lane: YagmailTransport, at: At, breaks: bool
) -> None:
    server.play(at, "421 4.3.2 closing", closes=True)
    outcome = lane.deliver(OFFICE, VILLAGE, LETTER)
    assert (outcome.kind, outcome.code, outcome.breaks_circuit) == (Kind.DEFERRED, 421, breaks)
    assert At.RSET not in server.commands
    assert lane.deliver(OFFICE, SCHOOL, LETTER).kind is Kind.SENT
    assert server.sessions == 2


def test_a_stale_connection_is_replaced_unseen(server: ScriptedServer, lane: YagmailTransport) -> None:
    lane.deliver(OFFICE, VILLAGE, LETTER)
    server.play(At.MAIL, closes=True)
    assert lane.deliver(OFFICE, SCHOOL, LETTER).kind is Kind.SENT
    server.play(At.MAIL, "421 4.4.2 idle too long", closes=True)
    assert lane.deliver(OFFICE, VILLAGE, LETTER).kind is Kind.SENT
    assert server.sessions == 3
    assert texts(server) == [(VILLAGE,), (SCHOOL,), (VILLAGE,)]


def test_a_stale_connection_whose_server_is_gone(server: ScriptedServer, lane: YagmailTransport) -> None:
    lane.deliver(OFFICE, VILLAGE, LETTER)
    server.play(At.MAIL, closes=True)
    server.play(At.BANNER, "554 5.3.2 closed for good")
    outcome = lane.deliver(OFFICE, SCHOOL, LETTER)
    assert (outcome.kind, outcome.stage, outcome.code) == (Kind.DEFERRED, Stage.LOGIN, 554)
    assert len(server.letters) == 1


# Broken and silent connections


@pytest.mark.parametrize(
    ("at", "kind"),
    [
        (At.MAIL, Kind.NOT_SENT),
        (At.RCPT, Kind.NOT_SENT),
        (At.DATA, Kind.IN_DOUBT),
        (At.BODY, Kind.IN_DOUBT),
        (At.DOT, Kind.IN_DOUBT),
    ],
)
def test_a_broken_connection(server: ScriptedServer, lane: YagmailTransport, at: At, kind: Kind) -> None:
    server.play(at, closes=True)
    outcome = lane.deliver(OFFICE, VILLAGE, LETTER)
    assert (outcome.kind, outcome.code) == (kind, None)
    assert outcome.breaks_circuit is (at is At.MAIL)
    assert not outcome.alarms
    # Only after the dot may the letter have arrived.
    assert len(server.letters) == (1 if at is At.DOT else 0)
    assert lane.deliver(OFFICE, SCHOOL, LETTER).kind is Kind.SENT
    assert server.sessions == 2


@pytest.mark.parametrize(
    ("at", "kind"),
    [(At.MAIL, Kind.NOT_SENT), (At.RCPT, Kind.NOT_SENT), (At.DATA, Kind.IN_DOUBT), (At.DOT, Kind.IN_DOUBT)],
)
def test_a_silent_server(server: ScriptedServer, at: At, kind: Kind) -> None:
    server.play(at, delay=HANG)
    assert deliver_once(plain(server, timeout=FAST, data_timeout=FAST)).kind is kind


def test_a_slow_answer_after_the_dot_is_waited_for(server: ScriptedServer) -> None:
    server.play(At.DOT, delay=3 * FAST)
    with YagmailTransport(plain(server, timeout=FAST)) as lane:
        assert lane.deliver(OFFICE, VILLAGE, LETTER).kind is Kind.SENT
        # The longer wait was for that answer alone.
        server.play(At.RCPT, delay=5 * FAST)
        assert lane.deliver(OFFICE, VILLAGE, LETTER).kind is Kind.NOT_SENT
    assert len(server.letters) == 1


NO_ANSWER = ("what?", "100 hm", "354 go on, once more", "\x00\x01")


@pytest.mark.parametrize(
    ("at", "garbage", "kind"),
    [
        *((At.RCPT, garbage, Kind.NOT_SENT) for garbage in NO_ANSWER),
        *((At.DATA, garbage, Kind.IN_DOUBT) for garbage in NO_ANSWER if not garbage.startswith("354")),
        *((At.DOT, garbage, Kind.IN_DOUBT) for garbage in NO_ANSWER),
    ],
)
def test_an_answer_that_is_none(
    server: ScriptedServer, lane: YagmailTransport, at: At, garbage: str, kind: Kind
) -> None:
    server.play(at, garbage)
    assert lane.deliver(OFFICE, VILLAGE, LETTER).kind is kind
    assert lane.deliver(OFFICE, SCHOOL, LETTER).kind is Kind.SENT
    assert server.sessions == 2


def test_a_letter_is_not_sent_because_data_was_answered_250(
    server: ScriptedServer, lane: YagmailTransport
) -> None:
    server.play(At.DATA, "250 fine")
    assert lane.deliver(OFFICE, VILLAGE, LETTER).kind is Kind.IN_DOUBT


def test_an_endless_answer_is_no_refusal(server: ScriptedServer, lane: YagmailTransport) -> None:
    # The library reports a line beyond its bound as if the server had said 500.
    server.play(At.DOT, "250 " + "x" * 20_000)
    assert lane.deliver(OFFICE, VILLAGE, LETTER).kind is Kind.IN_DOUBT


def test_an_interrupted_letter_leaves_no_half_transaction(
    server: ScriptedServer, lane: YagmailTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane.deliver(OFFICE, VILLAGE, LETTER)
    assert lane.smtp is not None

    def interrupt(_data: bytes) -> tuple[int, bytes]:
        raise KeyboardInterrupt

    monkeypatch.setattr(lane.smtp, "data", interrupt)
    with pytest.raises(KeyboardInterrupt):
        lane.deliver(OFFICE, VILLAGE, LETTER)
    assert lane.deliver(OFFICE, SCHOOL, LETTER).kind is Kind.SENT
    assert texts(server) == [(VILLAGE,), (SCHOOL,)]


@pytest.mark.filterwarnings("error::ResourceWarning")
@pytest.mark.parametrize("at", [At.BANNER, At.EHLO, At.MAIL, At.DOT])
def test_a_broken_connection_leaves_no_socket_behind(server: ScriptedServer, at: At) -> None:
    server.play(at, closes=True)
    lane = YagmailTransport(plain(server))
    lane.deliver(OFFICE, VILLAGE, LETTER)
    assert lane.smtp is None
    del lane
    gc.collect()  # an open socket would warn here, and the suite takes that for a failure


# Addresses


@pytest.mark.parametrize("recipient", ["thôn2@kim-thanh.example", "a b@c.example", "a@b>\r\nDATA", ""])
def test_an_impossible_recipient_is_rejected_unasked(
    server: ScriptedServer, lane: YagmailTransport, recipient: str
) -> None:
    outcome = lane.deliver(OFFICE, recipient, LETTER)
    assert (outcome.kind, outcome.stage, outcome.condemns_address) == (Kind.REJECTED, Stage.RCPT, True)
    assert server.sessions == 0


def test_an_impossible_sender_is_the_lanes_fault(lane: YagmailTransport) -> None:
    outcome = lane.deliver("văn thư", VILLAGE, LETTER)
    assert (outcome.kind, outcome.breaks_circuit, outcome.alarms) == (Kind.DEFERRED, True, True)
    assert not outcome.condemns_address


def test_an_international_domain_goes_as_punycode(server: ScriptedServer, lane: YagmailTransport) -> None:
    assert lane.deliver(OFFICE, "ubnd@kimthành.vn", LETTER).kind is Kind.SENT
    assert texts(server) == [("ubnd@xn--kimthnh-dwa.vn",)]


# Replies


@given(st.text(), st.sampled_from(list(Stage)), st.integers(-1, 999))
def test_any_reply_is_one_bounded_line_and_one_outcome(reply: str, stage: Stage, code: int) -> None:
    outcome = judge_reply(stage, code, reply.encode("utf-8", "surrogatepass"))
    assert len(outcome.reply) <= LONGEST_REPLY
    assert not outcome.reply or outcome.reply.splitlines() == [outcome.reply]
    assert not (outcome.breaks_circuit and outcome.kind in {Kind.SENT, Kind.REJECTED})
    assert not (outcome.condemns_address and outcome.kind is not Kind.REJECTED)
    assert outcome.breaks_circuit or not outcome.alarms
    assert (outcome.kind is Kind.SENT) == (200 <= code < 300)


def test_replies_of_many_lines_become_one() -> None:
    assert clean_reply(b"5.1.1 no such user\n5.1.1 see\r\nhttps://x.example\x00", ()) == (
        "5.1.1 no such user 5.1.1 see https://x.example"
    )
