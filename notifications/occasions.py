"""Letters outside the daily round: a plan published, a decision, a plan closed, a sign-in, an alarm."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from notifications.drafts import Composed, Drafts
from notifications.letters import Letter, LetterKind, Recipient
from notifications.parts import Alarm, Closing, ClosingReport, Decided, Decision, SignIn, Trouble, UnitCount
from notifications.recipients import reader, sender, voice_of
from notifications.sections import (
    Reading,
    Told,
    helping,
    is_unfinished,
    item,
    items,
    plan_name,
    publication_section,
    read,
    tally,
)
from plan_definitions.model import Office, Role
from plan_definitions.schedule import Schedule
from workflows.engine.board import Row
from workflows.engine.records import Answered, Asked, Notice, NoticeKind
from workflows.texts import Language


def publication_letters(
    office: Office,
    schedule: Schedule,
    rows: Sequence[Row],
    notices: Sequence[Notice],
    *,
    as_of: date,
    revision: bool = False,
    language: Language = Language.VI,
) -> tuple[Composed, ...]:
    """Each unit's own extract of a plan; after a revision only for the units with a notice.

    `notices` are the pending ones of kind published. Units that only help hear of a first publication too.
    """
    reading = read(schedule, office, rows, as_of, notices)
    told: dict[str, list[Notice]] = {}
    for notice in notices:
        if notice.kind is NoticeKind.PUBLISHED:
            told.setdefault(notice.to, []).append(notice)
    drafts = Drafts(office, as_of)
    concerned = told.keys() if revision else told.keys() | reading.of_unit.keys() | reading.helped_by.keys()
    for unit in (unit for unit in office.units if unit in concerned):
        new = Told(tuple(told.get(unit, ()))).of(NoticeKind.PUBLISHED)
        section = publication_section(unit, new, reading)
        if section.later or section.helping:
            drafts.add(unit, section, ((schedule.id, notice) for notice in told.get(unit, ())))
    return tuple(drafts.letters(lambda _parts: LetterKind.PUBLICATION, language))


def decision_letter(
    office: Office,
    schedule: Schedule,
    row: Row,
    notice: Notice,
    *,
    as_of: date,
    answer: Answered | None = None,
    language: Language = Language.VI,
) -> Composed:
    """What was decided about one assignment, to its unit (or whoever the notice names), at once.

    `answer` is the leader's, for a notice of kind leader answered. Raises ValueError for a notice that
    announces no decision.
    """
    reading = read(schedule, office, [row], as_of)
    decided = _decided(row, notice)
    moved = row.due != row.original_due and decided in (Decided.EXTENSION_GRANTED, Decided.RETURNED)
    to = notice.to if notice.to in office.units else office.unit_of(notice.to)
    told = Decision(
        plan=reading.plan,
        decided=decided,
        item=replace(item(row, reading, new_date=moved), returned=decided is Decided.RETURNED),
        voice=voice_of(office.units[row.unit]),
        answer=answer,
    )
    drafts = Drafts(office, as_of)
    drafts.add(to, told, [(schedule.id, notice)])
    return drafts.letters(lambda _parts: LetterKind.DECISION, language)[0]


def _decided(row: Row, notice: Notice) -> Decided:
    match notice.kind:
        case NoticeKind.RETURNED:
            return Decided.RETURNED
        case NoticeKind.EXTENSION_ANSWERED:
            granted = row.extension is not None and row.extension.state is Asked.GRANTED
            return Decided.EXTENSION_GRANTED if granted else Decided.EXTENSION_REFUSED
        case NoticeKind.OBSTACLE_ANSWERED:
            return Decided.OBSTACLE_ANSWERED
        case NoticeKind.LEADER_ANSWERED:
            return Decided.LEADER_ANSWERED
        case _:
            raise ValueError(f"a notice of kind {notice.kind} announces no decision")


def closing_letters(
    office: Office, schedule: Schedule, rows: Iterable[Row], *, as_of: date, language: Language = Language.VI
) -> tuple[Composed, ...]:
    """How it ended: all of it to the leadership and the office, to each unit what it led, with thanks."""
    reading = read(schedule, office, rows, as_of)
    drafts = Drafts(office, as_of)
    report = _closing_report(reading)
    for role in (Role.CHAIR, Role.DEPUTY_CHAIR, Role.STANDING_OFFICE):
        unit = office.unit_of(role)
        if not drafts.has(unit, ClosingReport):
            drafts.add(unit, report)
    for unit in (unit for unit in office.units if unit in reading.of_unit):
        drafts.add(unit, _closing(unit, reading))
    return tuple(drafts.letters(lambda _parts: LetterKind.CLOSING, language))


def _closing_report(reading: Reading) -> ClosingReport:
    units = [unit for unit in reading.office.units if unit in reading.of_unit]
    counted = [
        UnitCount(reading.office.units[unit].name, tally(reading.of_unit[unit], reading.as_of))
        for unit in units
    ]
    rows = [row for held in reading.of_unit.values() for row in held]
    return ClosingReport(
        plan=plan_name(reading.schedule),
        tally=tally(rows, reading.as_of),
        units=tuple(one for one in counted if one.tally.total),
        undone=helping(filter(is_unfinished, rows)),
    )


def _closing(unit: str, reading: Reading) -> Closing:
    held = reading.of_unit[unit]
    return Closing(
        plan=plan_name(reading.schedule),
        unit=unit,
        unit_name=reading.office.units[unit].name,
        voice=voice_of(reading.office.units[unit]),
        tally=tally(held, reading.as_of),
        undone=items(filter(is_unfinished, held), reading),
    )


def sign_in_letter(
    office: Office,
    recipient: Recipient,
    *,
    as_of: date,
    minutes: int,
    request: str,
    language: Language = Language.VI,
) -> Letter:
    """A sign-in link for somebody whose address is known; `request` names the sign-in asked for."""
    part = SignIn(minutes, request)
    return Letter(LetterKind.SIGN_IN, sender(office, as_of), recipient, as_of, (part,), language)


def alarm_letter(
    office: Office, troubles: Sequence[Trouble], *, as_of: date, language: Language = Language.VI
) -> Letter:
    """What the machine cannot mend by itself, to the standing office."""
    clerk = reader(office, office.unit_of(Role.STANDING_OFFICE), as_of).recipient
    return Letter(LetterKind.ALARM, sender(office, as_of), clerk, as_of, (Alarm(tuple(troubles)),), language)
