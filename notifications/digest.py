"""The standing office's day: what it must check, answer, watch and carry by hand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from notifications.parts import (
    NOTHING_TO_HAND_OVER,
    DeskNote,
    Digest,
    HandOvers,
    Item,
    NextRung,
    Silence,
    Undelivered,
)
from notifications.sections import Reading, item, items
from plan_definitions.model import Channel, Role
from plan_definitions.working_days import WorkingCalendar
from workflows.engine.board import Row
from workflows.engine.states import IN_HAND, Standing, State


@dataclass(frozen=True, slots=True)
class Desk:
    """What the office's digest says beside its plans, as the store knows it.

    `waiting_hand_overs` are those of earlier days not yet ticked off. `chain_heads` are the last hashes of
    each plan's history: printed, so that a cut tail shows.
    """

    waiting_hand_overs: HandOvers = NOTHING_TO_HAND_OVER
    undelivered: tuple[Undelivered, ...] = ()
    last_round: date | None = None
    chain_heads: Mapping[str, str] = field(default_factory=dict)


def digest(reading: Reading, calendar: WorkingCalendar, silent_since: Mapping[str, date]) -> Digest:
    """One plan's digest; empty sections stay empty."""
    rows = [row for group in reading.of_unit.values() for row in group]
    overdue = [row for row in rows if row.standing is Standing.OVERDUE]
    return Digest(
        plan=reading.plan,
        to_check=_to_check(rows, reading, calendar),
        obstacles=items((row for row in rows if row.obstacle), reading),
        extensions=items((row for row in rows if row.extension_asked), reading),
        overdue=items(overdue, reading),
        next_rungs=_next_rungs(overdue, reading, calendar.after(reading.as_of, 1)),
        waiting=items((row for row in rows if row.standing is Standing.WAITING_FOR_OTHERS), reading),
        silent=_silent(rows, silent_since, reading.office.unit_of(Role.STANDING_OFFICE)),
    )


def is_empty(part: Digest) -> bool:
    """Whether a digest has nothing to say."""
    return not (part.items or part.silent)


def waiting_for_check(row: Row, reading: Reading, calendar: WorkingCalendar) -> Item:
    """A report that waits for a check, and for how many working days."""
    submitted = row.submitted_on
    days = calendar.between(submitted, reading.as_of) if submitted is not None else 0
    return replace(item(row, reading), waiting_days=max(days, 0))


def _to_check(rows: Iterable[Row], reading: Reading, calendar: WorkingCalendar) -> tuple[Item, ...]:
    found = [
        waiting_for_check(row, reading, calendar)
        for row in rows
        if row.state is State.SUBMITTED and row.accept == Role.STANDING_OFFICE
    ]
    return tuple(sorted(found, key=lambda i: (-i.waiting_days, i.assignment)))


def _next_rungs(overdue: Iterable[Row], reading: Reading, tomorrow: date) -> tuple[NextRung, ...]:
    return tuple(
        NextRung(item(row, reading), row.next_rung[1])
        for row in overdue
        if row.next_rung is not None and row.next_rung[0] <= tomorrow
    )


def _silent(rows: Iterable[Row], since: Mapping[str, date], own: str) -> tuple[Silence, ...]:
    # The office does not wait for its own answer.
    units = {
        row.unit: row.unit_name for row in rows if row.silent and row.state in IN_HAND and row.unit != own
    }
    return tuple(Silence(name, since.get(unit)) for unit, name in units.items())


def desk_note(desk: Desk, channels: Iterable[Channel]) -> DeskNote:
    """The desk's lines; `channels` are those of this round's letters, mail among them."""
    counts = {Channel.ZALO: 0, Channel.PHONE: 0, Channel.PAPER: 0}
    for channel in channels:
        if channel in counts:
            counts[channel] += 1
    waiting = desk.waiting_hand_overs
    return DeskNote(
        hand_overs=HandOvers(
            waiting.zalo + counts[Channel.ZALO],
            waiting.phone + counts[Channel.PHONE],
            waiting.paper + counts[Channel.PAPER],
        ),
        undelivered=desk.undelivered,
        last_round=desk.last_round,
        chain_heads=desk.chain_heads,
    )
