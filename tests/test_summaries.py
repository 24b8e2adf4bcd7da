"""Who hears what: grouping by address, triggers, the weekly summary, digest and leadership."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from builders import TENTH_OF_JUNE, assignment, contact, notice, office, schedule, task, unit
from hypothesis import given
from hypothesis import strategies as st

from notifications import sections
from notifications.digest import Desk
from notifications.drafts import Composed
from notifications.escalations import Background
from notifications.letters import Letter, LetterKind
from notifications.messages import render, zalo_text
from notifications.occasions import alarm_letter, closing_letters, decision_letter, publication_letters
from notifications.parts import (
    MOST_LISTED,
    Attempt,
    Closing,
    Decided,
    Decision,
    DeskNote,
    Digest,
    HandOvers,
    Leadership,
    Tried,
    Trouble,
    Undelivered,
    UnitSection,
    Voice,
)
from notifications.recipients import contact_on, reader, sender
from notifications.sections import MOST_NAMED
from notifications.summaries import PlanToday, RoundLetters, round_letters
from plan_definitions.model import Away, Channel, Manner, Office
from plan_definitions.schedule import Schedule, ScheduledTask
from plan_definitions.working_days import WorkingCalendar
from workflows.engine import board
from workflows.engine.board import Row
from workflows.engine.forecast import Slip
from workflows.engine.records import (
    Answered,
    Asked,
    Assignment,
    Extension,
    Facts,
    Notice,
    NoticeKind,
    Obstacle,
    Proposal,
)
from workflows.engine.situation import Situation
from workflows.engine.states import State

MONDAY, WEDNESDAY = date(2026, 6, 8), TENTH_OF_JUNE
FRIDAY = date(2026, 6, 12)
PLAN = "thang-tre-em-2026"

SIGNS = task("signs", ("thon-1", "thon-2", "thon-3"), due=MONDAY, helpers=("police",), each="villages")
NEWS = task("news", ("thon-1", "thon-2", "thon-3"), due=FRIDAY)
REPORT = task("report", ("thon-1", "police"), due=date(2026, 7, 2))
CHECK = task("check", ("police",), due=date(2026, 6, 15), after=("signs",), helpers=("thon-1",))
SECRET = task("secret", ("police",), due=FRIDAY, helpers=("thon-1",), confidential=True)
LEDGER = task("ledger", ("youth",), due=MONDAY)
LISTS = task("lists", ("vhxh",), due=MONDAY, accept="deputy_chair")


class Commune:
    """A plan under way: assignments by id, and the rows the letters are made from."""

    def __init__(
        self,
        *given: Assignment,
        offices: Office | None = None,
        plan: str = PLAN,
        tasks: Iterable[ScheduledTask] = (SIGNS, NEWS, REPORT, CHECK, SECRET, LEDGER, LISTS),
    ) -> None:
        self.office = offices or office()
        self.schedule: Schedule = schedule(*tasks, id=plan, office=self.office)
        known = {a.id: a._replace(plan=plan) for a in given}
        self.situation = Situation(self.schedule, WorkingCalendar(self.schedule.calendar), known)

    def rows(self, as_of: date = WEDNESDAY) -> list[Row]:
        return board.rows(self.situation, as_of)

    def today(self, *notices: Notice, as_of: date = WEDNESDAY, **fields: Any) -> PlanToday:
        return PlanToday(self.schedule, self.rows(as_of), notices, **fields)

    def letters(
        self, *notices: Notice, as_of: date = WEDNESDAY, desk: Desk | None = None, **fields: Any
    ) -> RoundLetters:
        today = self.today(*notices, as_of=as_of, **fields)
        return round_letters(self.office, [today], calendar=self.situation.calendar, as_of=as_of, desk=desk)


def held(name: str, due: date = MONDAY, state: State = State.OPEN, **fields: Any) -> Assignment:
    return assignment(name, state, due=due, **fields)


def to(letters: Iterable[Composed], unit_id: str) -> Letter:
    [found] = [c.letter for c in letters if c.letter.recipient.unit == unit_id]
    return found


def section(letter: Letter, unit_id: str) -> UnitSection:
    [found] = [part for part in letter.parts if isinstance(part, UnitSection) and part.unit == unit_id]
    return found


def names(items: Iterable[Any]) -> list[str]:
    return [item.assignment for item in items]


# The ordinary day


def test_a_day_without_a_trigger_has_no_letter_and_says_why() -> None:
    found = Commune(held("report/thon-1", date(2026, 7, 2)), held("news/thon-1", FRIDAY)).letters()
    assert found.letters == ()
    [quiet] = found.quiet
    assert (quiet.unit, quiet.unit_name, quiet.holding, quiet.next_due) == ("thon-1", "Thôn 1", 2, FRIDAY)


def test_a_triggered_letter_lists_all_that_presses_in_order() -> None:
    commune = Commune(
        held("news/thon-1", FRIDAY),
        held("report/thon-1", date(2026, 7, 2)),
        held("signs/thon-1", MONDAY),
    )
    found = commune.letters(notice("news/thon-1", NoticeKind.REMINDER, "thon-1"))
    letter = to(found.letters, "thon-1")
    assert letter.kind is LetterKind.DAILY
    assert names(section(letter, "thon-1").attention) == ["signs/thon-1", "news/thon-1"]
    assert section(letter, "thon-1").tally is None
    assert found.quiet == ()


@pytest.mark.parametrize("day", [WEDNESDAY, MONDAY])
def test_what_a_letter_only_counts_changes_no_word_of_it(day: date, monkeypatch: pytest.MonkeyPatch) -> None:
    many = 2 * MOST_NAMED
    tasks = [task(f"w-{n}", ("thon-1",), due=date(2026, 6, 1) + timedelta(n % 11)) for n in range(many)]
    work = [held(t.id + "/thon-1", t.due or day, number=n) for n, t in enumerate(tasks, 1)]
    new = work[-1]._replace(due=date(2026, 6, 30))
    commune = Commune(*work[:-1], new, tasks=tasks, offices=with_unit("thon-1", copy_to="police"))

    def written() -> list[Letter]:
        news = notice("w-0/thon-1", NoticeKind.OVERDUE, "thon-1"), notice(new.id, NoticeKind.OPENED, "thon-1")
        return [composed.letter for composed in commune.letters(*news, as_of=day).letters]

    short = written()
    monkeypatch.setattr(sections, "MOST_NAMED", 10 * many)
    whole = written()
    part = section(next(one for one in short if one.recipient.unit == "thon-1"), "thon-1")
    assert len(part.attention) == MOST_NAMED + 1 < len(part.pressing)
    assert new.id in names(part.attention)
    for counted, named in zip(short, whole, strict=True):
        assert counted.numbers == named.numbers
        assert render(counted, None) == render(named, None)
        assert zalo_text(counted, None) == zalo_text(named, None)


def test_returned_work_comes_first() -> None:
    back = held("news/thon-1", FRIDAY, State.STARTED, facts=Facts(returned_on=date(2026, 6, 9)))
    found = Commune(held("signs/thon-1"), back).letters(notice("signs/thon-1", NoticeKind.OVERDUE, "thon-1"))
    attention = section(to(found.letters, "thon-1"), "thon-1").attention
    assert names(attention) == ["news/thon-1", "signs/thon-1"]
    assert attention[0].returned


@pytest.mark.parametrize(
    "kind",
    [NoticeKind.OPENED, NoticeKind.REMINDER, NoticeKind.OVERDUE, NoticeKind.REDATED, NoticeKind.CANCELLED],
)
def test_what_triggers_a_letter(kind: NoticeKind) -> None:
    found = Commune(held("signs/thon-1")).letters(notice("signs/thon-1", kind, "thon-1"))
    assert [c.letter.recipient.unit for c in found.letters] == ["thon-1"]


@pytest.mark.parametrize(
    ("kind", "rung", "due", "hears"),
    [
        (NoticeKind.OPENED, 0, FRIDAY, False),
        (NoticeKind.REMINDER, 2, FRIDAY, False),
        (NoticeKind.REMINDER, 0, FRIDAY, True),
        (NoticeKind.REMINDER, 2, date(2026, 6, 15), True),
        (NoticeKind.OVERDUE, 0, MONDAY, True),
        (NoticeKind.REDATED, 0, FRIDAY, True),
    ],
)
def test_what_mondays_summary_told_is_no_news(kind: NoticeKind, rung: int, due: date, hears: bool) -> None:
    told = notice("news/thon-1", kind, "thon-1", rung=rung, due=due)
    found = Commune(held("news/thon-1", due)).letters(told, announced=frozenset({"news/thon-1"}))
    assert bool(found.letters) is hears


def test_the_last_reminder_of_a_ladder_is_never_left_out() -> None:
    once = replace(NEWS, ladder=replace(NEWS.ladder, remind=(2,)))
    commune = Commune(held("news/thon-1", FRIDAY), tasks=(once,))
    told = notice("news/thon-1", NoticeKind.REMINDER, "thon-1", rung=2, due=FRIDAY)
    assert commune.letters(told, announced=frozenset({"news/thon-1"})).letters


def test_an_escalation_tells_the_unit_as_well_as_the_role() -> None:
    told = notice("signs/thon-1", NoticeKind.ESCALATION, "deputy_chair", rung=2)
    found = Commune(held("signs/thon-1")).letters(told)
    assert {c.letter.recipient.unit for c in found.letters} == {"thon-1", "deputy"}
    answered = [(c.letter.recipient.unit, n) for c in found.letters for _, n in c.notices]
    assert answered == [("deputy", told)]


def test_accepted_work_waits_for_the_next_letter() -> None:
    done = held("signs/thon-1", state=State.DONE, done_on=MONDAY)
    accepted = notice("signs/thon-1", NoticeKind.ACCEPTED, "thon-1")
    commune = Commune(done, held("news/thon-1", FRIDAY))
    assert commune.letters(accepted).letters == ()
    [composed] = commune.letters(accepted, notice("news/thon-1", to="thon-1")).letters
    assert names(section(composed.letter, "thon-1").accepted) == ["signs/thon-1"]
    assert accepted in [n for _, n in composed.notices]


def test_notices_that_go_at_once_are_left_alone() -> None:
    found = Commune(held("signs/thon-1")).letters(notice("signs/thon-1", NoticeKind.RETURNED, "thon-1"))
    assert found.letters == ()


def test_helpers_see_what_opens_but_are_never_written_to_for_it() -> None:
    opened = notice("secret/police", NoticeKind.OPENED, "police")
    commune = Commune(held("secret/police", FRIDAY), held("news/thon-1", FRIDAY))
    assert {c.letter.recipient.unit for c in commune.letters(opened).letters} == {"police"}
    found = commune.letters(opened, notice("news/thon-1", to="thon-1"))
    [helping] = section(to(found.letters, "thon-1"), "thon-1").helping
    assert helping.title is None, "confidential work shows its state only"


def test_an_opened_assignment_brings_its_date() -> None:
    found = Commune(held("news/thon-1", FRIDAY)).letters(notice("news/thon-1", NoticeKind.OPENED, "thon-1"))
    [item] = section(to(found.letters, "thon-1"), "thon-1").attention
    assert item.opens
    assert item.new_date


# The weekly summary


def test_the_first_working_day_brings_everything_the_unit_holds() -> None:
    commune = Commune(
        held("signs/thon-1", MONDAY),
        held("news/thon-1", FRIDAY),
        held("report/thon-1", date(2026, 7, 2)),
        held("check/police", date(2026, 6, 15), State.WAITING),
        held("secret/police", FRIDAY),
    )
    letter = to(commune.letters(as_of=MONDAY).letters, "thon-1")
    found = section(letter, "thon-1")
    assert letter.kind is LetterKind.WEEKLY
    assert names(found.attention) == ["signs/thon-1"]
    assert names(found.this_week) == ["news/thon-1"]
    assert names(found.later) == ["report/thon-1"]
    assert [(helping.title, helping.leads) for helping in found.helping] == [(None, ("Công an xã",))]


def test_the_weekly_summary_counts_up_to_the_last_working_day() -> None:
    commune = Commune(
        held("signs/thon-1", date(2026, 6, 5)),
        held("news/thon-1", FRIDAY, State.DONE, done_on=date(2026, 6, 4)),
        held("report/thon-1", date(2026, 6, 3), State.DONE, done_on=date(2026, 6, 4)),
    )
    tally = section(to(commune.letters(as_of=MONDAY).letters, "thon-1"), "thon-1").tally
    assert tally is not None
    assert tally.up_to == date(2026, 6, 5)
    assert (tally.total, tally.done, tally.on_time, tally.late) == (3, 2, 1, 1)
    assert (tally.unfinished, tally.in_time, tally.overdue) == (1, 0, 1)


def test_nothing_left_to_do_no_weekly_letter() -> None:
    done = held("signs/thon-1", state=State.DONE, done_on=MONDAY)
    assert Commune(done).letters(as_of=MONDAY).letters == ()


# Addresses


def one_mailbox(*units: str, **fields: Any) -> Office:
    """The commune, with the same mailbox for these units."""
    plain = office()
    shared = {
        u: replace(plain.units[u], contacts=(contact(email="Chung@kim-thanh.example"),), **fields)
        for u in units
    }
    return replace(plain, units={**plain.units, **shared})


def test_one_mailbox_gets_one_letter_with_a_section_for_each_unit() -> None:
    commune = Commune(held("signs/thon-1"), held("signs/thon-2"), offices=one_mailbox("thon-1", "thon-2"))
    told = [notice(f"signs/{u}", NoticeKind.OVERDUE, u) for u in ("thon-1", "thon-2")]
    [composed] = commune.letters(*told).letters
    assert [part.unit for part in composed.letter.parts if isinstance(part, UnitSection)] == [
        "thon-1",
        "thon-2",
    ]
    assert [n for _, n in composed.notices] == told


def test_capitals_do_not_make_another_mailbox() -> None:
    shared = one_mailbox("thon-1", "thon-2")
    lower = replace(shared.units["thon-2"], contacts=(contact(email="chung@kim-thanh.example"),))
    commune = Commune(
        held("signs/thon-1"),
        held("signs/thon-2"),
        offices=replace(shared, units={**shared.units, "thon-2": lower}),
    )
    assert len(commune.letters(as_of=MONDAY).letters) == 1


def test_two_plans_share_the_letter_of_the_day() -> None:
    first, second = Commune(held("signs/thon-1")), Commune(held("news/thon-1", FRIDAY), plan="other-plan")
    told = first.today(notice("signs/thon-1", to="thon-1")), second.today(notice("news/thon-1", to="thon-1"))
    [composed] = round_letters(first.office, told, calendar=first.situation.calendar, as_of=WEDNESDAY).letters
    assert [plan.id for plan in composed.letter.plans] == [PLAN, "other-plan"]
    assert [plan for plan, _ in composed.notices] == [PLAN, "other-plan"]


def test_several_people_behind_one_mailbox_are_all_saluted() -> None:
    plain = one_mailbox("thon-1", "thon-2")
    titled = {
        "thon-1": replace(plain.units["thon-1"], salutation="Đồng chí Trưởng Thôn 1"),
        "thon-2": replace(plain.units["thon-2"], salutation="Đồng chí Trưởng Thôn 2"),
    }
    commune = Commune(
        held("signs/thon-1"), held("signs/thon-2"), offices=replace(plain, units={**plain.units, **titled})
    )
    [composed] = commune.letters(as_of=MONDAY).letters
    assert composed.letter.recipient.salutation == "Đồng chí Trưởng Thôn 1; Đồng chí Trưởng Thôn 2"


def with_unit(unit_id: str, **fields: Any) -> Office:
    plain = office()
    return replace(plain, units={**plain.units, unit_id: replace(plain.units[unit_id], **fields)})


def test_a_via_unit_rides_in_the_other_letter() -> None:
    commune = Commune(
        held("signs/thon-1"), held("signs/thon-2"), offices=with_unit("thon-2", via="thon-1", contacts=())
    )
    letter = to(commune.letters(as_of=MONDAY).letters, "thon-1")
    assert {part.unit for part in letter.parts if isinstance(part, UnitSection)} == {"thon-1", "thon-2"}


def test_via_in_a_circle_is_an_error() -> None:
    plain = with_unit("thon-2", via="thon-1")
    circle = replace(plain, units={**plain.units, "thon-1": replace(plain.units["thon-1"], via="thon-2")})
    with pytest.raises(ValueError, match="circle"):
        reader(circle, "thon-1", WEDNESDAY)


def test_a_copy_goes_to_the_other_unit_for_information() -> None:
    told = notice("secret/police", NoticeKind.OVERDUE, "police")
    found = Commune(held("secret/police"), offices=with_unit("police", copy_to="thon-3")).letters(told)
    copy = section(to(found.letters, "thon-3"), "police")
    assert copy.copied
    assert [item.title for item in copy.attention] == [None]
    assert [c.notices for c in found.letters if c.letter.recipient.unit == "thon-3"] == [()]
    assert section(to(found.letters, "police"), "police").attention[0].title == SECRET.title


def test_the_substitute_reads_while_the_contact_is_away() -> None:
    away = Away(date(2026, 6, 8), date(2026, 6, 10))
    people = (contact("head", away=away, substitute="deputy"), contact("other"), contact("deputy"))
    village = unit("thon-1", contacts=people)
    days = [date(2026, 6, n) for n in (7, 8, 10, 11)]
    found = [contact_on(village, day) for day in days]
    assert [person.id if person else None for person in found] == ["head", "deputy", "deputy", "head"]


def test_somebody_away_is_better_than_nobody() -> None:
    away = Away(date(2026, 6, 1), date(2026, 6, 30))
    found = contact_on(unit("thon-1", contacts=(contact("head", away=away),)), WEDNESDAY)
    assert found is not None
    assert found.id == "head"


@pytest.mark.parametrize(
    ("channel", "address"), [(Channel.ZALO, "0220 1"), (Channel.PHONE, "0220 1"), (Channel.PAPER, "thon-1")]
)
def test_other_channels_become_hand_overs_and_are_counted(channel: Channel, address: str) -> None:
    by_hand = with_unit("thon-1", contacts=(contact(channel=channel, email=None, phone="0220 1"),))
    told = notice("signs/thon-1", NoticeKind.OVERDUE, "thon-1")
    found = Commune(held("signs/thon-1"), offices=by_hand).letters(
        told, desk=Desk(waiting_hand_overs=HandOvers(paper=2))
    )
    letter = to(found.letters, "thon-1")
    assert (letter.recipient.channel, letter.recipient.address) == (channel, address)
    [note] = [part for part in to(found.letters, "vhxh").parts if isinstance(part, DeskNote)]
    assert note.hand_overs.total == 3
    assert getattr(note.hand_overs, channel) == (3 if channel is Channel.PAPER else 1)


def test_a_unit_nobody_can_reach_is_served_on_paper() -> None:
    found = reader(with_unit("thon-1", contacts=()), "thon-1", WEDNESDAY).recipient
    assert (found.channel, found.address) == (Channel.PAPER, "thon-1")


def test_requested_units_are_spoken_to_gently() -> None:
    letter = to(Commune(held("ledger/youth")).letters(as_of=MONDAY).letters, "youth")
    assert letter.recipient.voice is Voice.REQUEST
    assert section(letter, "youth").voice is Voice.REQUEST


def test_the_sender_is_the_standing_office_and_can_be_called() -> None:
    called = with_unit("vhxh", contacts=(contact(phone="0220 9"),), short="Phòng VH-XH")
    found = sender(called, WEDNESDAY)
    assert (found.unit, found.short, found.phone) == ("vhxh", "Phòng VH-XH", "0220 9")


# The office and the leadership


def test_the_digest_gathers_what_the_office_must_look_after() -> None:
    commune = Commune(
        held("signs/thon-1", facts=Facts(unanswered=2)),
        held("signs/thon-2", facts=Facts(obstacle=Obstacle(MONDAY), extension=Extension(MONDAY, FRIDAY))),
        held("signs/thon-3", state=State.SUBMITTED, submitted_on=MONDAY),
        held("check/police", MONDAY, State.WAITING, start=MONDAY),
    )
    desk = Desk(
        undelivered=(Undelivered("Thôn 3", 550),), last_round=date(2026, 6, 9), chain_heads={PLAN: "9f"}
    )
    letter = to(commune.letters(desk=desk, silent_since={"thon-1": MONDAY}).letters, "vhxh")
    assert letter.kind is LetterKind.DIGEST
    [found] = [part for part in letter.parts if isinstance(part, Digest)]
    [note] = [part for part in letter.parts if isinstance(part, DeskNote)]
    assert names(found.overdue) == ["signs/thon-1", "signs/thon-2"]
    assert names(found.obstacles) == names(found.extensions) == ["signs/thon-2"]
    assert [(silence.unit_name, silence.since) for silence in found.silent] == [("Thôn 1", MONDAY)]
    assert names(found.waiting) == ["check/police"]
    assert "Thôn 1" in found.waiting[0].waits_for
    assert (note.last_round, note.chain_heads, len(note.undelivered)) == (date(2026, 6, 9), {PLAN: "9f"}, 1)


def test_tomorrows_rungs_stand_in_todays_digest() -> None:
    # Three working days after Monday is Thursday; five after the Tuesday is next week.
    commune = Commune(held("signs/thon-1", MONDAY, rung=1), held("signs/thon-2", date(2026, 6, 9), rung=2))
    letter = to(commune.letters(desk=Desk()).letters, "vhxh")
    [found] = [part for part in letter.parts if isinstance(part, Digest)]
    climbing = [(rung.item.assignment, rung.roles) for rung in found.next_rungs]
    assert climbing == [("signs/thon-1", ("deputy_chair",))]


def test_a_long_list_is_named_in_part_and_counted_whole() -> None:
    signs = [held(f"signs/thon-{n}/{n}", MONDAY, rung=1, unit="thon-1") for n in range(1, 31)]
    letter = to(Commune(*signs).letters(desk=Desk()).letters, "vhxh")
    [found] = [part for part in letter.parts if isinstance(part, Digest)]
    assert names(found.overdue) == [a.id for a in sorted(signs, key=lambda a: a.id)][:MOST_LISTED]
    assert [rung.roles for rung in found.next_rungs] == [("deputy_chair",)]
    assert found.total("overdue") == found.total("next_rungs") == 30
    assert found.total("waiting") == 0
    said = render(letter, None).text
    assert "Quá hạn: 30" in said
    assert "và 22 việc nữa" in said


def test_a_quiet_day_has_no_digest() -> None:
    assert (
        Commune(held("report/thon-1", date(2026, 7, 2))).letters(desk=Desk(last_round=MONDAY)).letters == ()
    )


def test_a_desk_without_news_of_the_plan_keeps_the_subject() -> None:
    quiet = Commune(held("report/thon-1", date(2026, 7, 2)))
    busy = Commune(held("signs/thon-1"))
    desk = Desk(waiting_hand_overs=HandOvers(paper=1), chain_heads={PLAN: "0123456789abcdef"})
    letters = [to(one.letters(desk=desk).letters, "vhxh") for one in (quiet, busy)]
    assert len({render(one, None).subject for one in letters}) == 1
    assert f"{PLAN}:" not in render(letters[0], None).text


def test_the_offices_own_work_rides_in_its_digest() -> None:
    commune = Commune(held("lists/vhxh"), held("signs/thon-1"))
    letter = to(
        commune.letters(notice("lists/vhxh", NoticeKind.OVERDUE, "vhxh"), desk=Desk()).letters, "vhxh"
    )
    assert [type(part) for part in letter.parts] == [Digest, DeskNote, UnitSection]


def test_a_leader_gets_one_case_for_a_task_with_the_facts() -> None:
    commune = Commune(
        held("signs/thon-1", facts=Facts(unanswered=2)),
        held("signs/thon-2"),
        held("signs/thon-3", state=State.DONE, done_on=MONDAY),
    )
    told = [notice(f"signs/{u}", NoticeKind.ESCALATION, "deputy_chair", rung=2) for u in ("thon-1", "thon-2")]
    known = {
        "signs/thon-1": Background(
            tried=(Tried(Attempt.PHONED, date(2026, 6, 9)), Tried(Attempt.REMINDED, MONDAY)),
            slips=(Slip("check", "Phúc tra", ("police",), date(2026, 6, 15), date(2026, 6, 18)),),
            proposal=Proposal(WEDNESDAY, FRIDAY),
        ),
        "signs/thon-2": Background(
            tried=(Tried(Attempt.REMINDED, MONDAY),),
            slips=(Slip("check", "Phúc tra", ("police",), date(2026, 6, 15), date(2026, 6, 19)),),
        ),
    }
    letter = to(commune.letters(*told, backgrounds=known).letters, "deputy")
    [part] = [part for part in letter.parts if isinstance(part, Leadership)]
    [case] = part.cases
    assert letter.kind is LetterKind.ESCALATION
    assert letter.recipient.voice is Voice.REPORT
    assert (case.members, case.done, names(case.late)) == (3, 1, ["signs/thon-1", "signs/thon-2"])
    assert [(attempt.what, attempt.on.day) for attempt in case.tried] == [
        (Attempt.REMINDED, 8),
        (Attempt.PHONED, 9),
    ]
    assert case.silent == ("Thôn 1",)
    assert [(slip.title, slip.expected, slip.units) for slip in case.affected] == [
        ("Phúc tra", date(2026, 6, 19), ("Công an xã",))
    ]
    assert (case.proposed, case.proposed_until) == (True, FRIDAY)


def test_reports_that_wait_for_a_leader_ride_in_the_same_letter() -> None:
    commune = Commune(
        held("signs/thon-1"), held("lists/vhxh", state=State.SUBMITTED, submitted_on=date(2026, 6, 5))
    )
    told = (
        notice("lists/vhxh", NoticeKind.ACCEPTANCE_REMINDER, "deputy_chair", rung=1),
        notice("signs/thon-1", NoticeKind.ESCALATION, "deputy_chair", rung=2),
    )
    [part] = to(commune.letters(*told).letters, "deputy").parts
    assert isinstance(part, Leadership)
    assert [(item.assignment, item.waiting_days) for item in part.to_accept] == [("lists/vhxh", 3)]
    assert len(part.cases) == 1


# Laws


UNITS = ("thon-1", "thon-2", "thon-3", "police", "youth", "vhxh")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(UNITS),
            st.sampled_from(
                [k for k in NoticeKind if k not in (NoticeKind.PUBLISHED, NoticeKind.ACCEPTANCE_REMINDER)]
            ),
        ),
        max_size=12,
    ),
    st.sampled_from([MONDAY, WEDNESDAY]),
    st.booleans(),
)
def test_one_letter_an_address_and_each_notice_in_at_most_one(
    told: list[tuple[str, NoticeKind]], as_of: date, shared: bool
) -> None:
    task_of = {"police": "report", "youth": "ledger", "vhxh": "lists"}
    given_assignments = [held(f"{task_of.get(u, 'signs')}/{u}") for u in UNITS]
    commune = Commune(*given_assignments, offices=one_mailbox("thon-1", "police") if shared else None)
    notices = [
        notice(
            f"{task_of.get(u, 'signs')}/{u}",
            kind,
            "deputy_chair" if kind is NoticeKind.ESCALATION else u,
            rung=n,
        )
        for n, (u, kind) in enumerate(told)
    ]
    letters = commune.letters(*notices, as_of=as_of, desk=Desk()).letters
    addresses = [(c.letter.recipient.channel, c.letter.recipient.address.casefold()) for c in letters]
    assert len(addresses) == len(set(addresses))
    answered = [n for c in letters for _, n in c.notices]
    assert len(answered) == len(set(answered))
    assert all(c.letter.parts for c in letters)
    backwards = commune.letters(*reversed(notices), as_of=as_of, desk=Desk()).letters
    assert {c.letter.recipient.address for c in backwards} == {c.letter.recipient.address for c in letters}


# Letters outside the round


def answered(state: Asked) -> Facts:
    return Facts(extension=Extension(MONDAY, FRIDAY, state))


def test_publication_tells_each_unit_its_own_part() -> None:
    commune = Commune(
        held("signs/thon-1", state=State.WAITING),
        held("secret/police", FRIDAY, State.WAITING),
        held("news/thon-2", FRIDAY, State.WAITING),
    )
    told = [notice("signs/thon-1", NoticeKind.PUBLISHED, "thon-1")]
    letters = publication_letters(commune.office, commune.schedule, commune.rows(), told, as_of=WEDNESDAY)
    part = section(to(letters, "thon-1"), "thon-1")
    assert names(part.later) == ["signs/thon-1"]
    assert part.later[0].new_date
    assert [helping.leads for helping in part.helping] == [("Công an xã",)]
    assert {c.letter.recipient.unit for c in letters} == {"thon-1", "police", "thon-2"}
    revised = publication_letters(
        commune.office, commune.schedule, commune.rows(), told, as_of=WEDNESDAY, revision=True
    )
    assert [c.letter.recipient.unit for c in revised] == ["thon-1"]


@pytest.mark.parametrize(
    ("kind", "facts", "decided"),
    [
        (NoticeKind.RETURNED, Facts(returned_on=WEDNESDAY), Decided.RETURNED),
        (
            NoticeKind.EXTENSION_ANSWERED,
            Facts(extension=Extension(MONDAY, FRIDAY, Asked.GRANTED)),
            Decided.EXTENSION_GRANTED,
        ),
        (
            NoticeKind.EXTENSION_ANSWERED,
            Facts(extension=Extension(MONDAY, FRIDAY, Asked.REFUSED)),
            Decided.EXTENSION_REFUSED,
        ),
        (NoticeKind.OBSTACLE_ANSWERED, Facts(), Decided.OBSTACLE_ANSWERED),
        (NoticeKind.LEADER_ANSWERED, Facts(), Decided.LEADER_ANSWERED),
    ],
)
def test_decisions_go_to_the_unit(kind: NoticeKind, facts: Facts, decided: Decided) -> None:
    commune = Commune(held("signs/thon-1", facts=facts, original_due=date(2026, 6, 5)))
    told = notice("signs/thon-1", kind, "thon-1")
    [row] = commune.rows()
    composed = decision_letter(
        commune.office, commune.schedule, row, told, as_of=WEDNESDAY, answer=Answered.AGREED
    )
    [part] = composed.letter.parts
    assert isinstance(part, Decision)
    assert part.decided is decided
    assert part.item.new_date is (decided in (Decided.EXTENSION_GRANTED, Decided.RETURNED))
    assert composed.notices == ((PLAN, told),)
    assert composed.letter.recipient.unit == "thon-1"


def test_a_reminder_announces_no_decision() -> None:
    commune = Commune(held("signs/thon-1"))
    [row] = commune.rows()
    with pytest.raises(ValueError, match="no decision"):
        decision_letter(
            commune.office, commune.schedule, row, notice("signs/thon-1", to="thon-1"), as_of=WEDNESDAY
        )


def test_closing_thanks_every_leading_unit_and_names_what_is_undone() -> None:
    commune = Commune(held("signs/thon-1"), held("signs/thon-2", state=State.DONE, done_on=MONDAY))
    letters = closing_letters(commune.office, commune.schedule, commune.rows(), as_of=WEDNESDAY)
    parts = {c.letter.recipient.unit: c.letter.parts[0] for c in letters}
    first, second = parts["thon-1"], parts["thon-2"]
    assert isinstance(first, Closing)
    assert isinstance(second, Closing)
    assert names(first.undone) == ["signs/thon-1"]
    assert (second.undone, second.tally.on_time) == ((), 1)


def test_alarms_go_to_the_standing_office() -> None:
    letter = alarm_letter(office(), [Trouble("{n} letters are stuck", {"n": "3"})], as_of=WEDNESDAY)
    assert letter.recipient.unit == "vhxh"


def test_manner_is_what_makes_a_request() -> None:
    assert office().units["youth"].manner is Manner.REQUEST
