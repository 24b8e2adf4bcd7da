"""The standing office's day: what it must check, answer, watch and carry by hand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from typing import get_args

from notifications.parts import (
    MOST_LISTED,
    NOTHING_TO_HAND_OVER,
    DeskNote,
    Digest,
    HandOvers,
    Listed,
    NextRung,
    Silence,
    Undelivered,
)
from notifications.sections import Reading, item
from notifications.work import Item
from plan_definitions.model import Channel, Role
from plan_definitions.working_days import WorkingCalendar
from workflows.engine.board import Row
from workflows.engine.states import Standing, State


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


@dataclass(frozen=True, slots=True)
class DeskRows:
    """The work of one plan that the standing office must look after, each list in the order it is shown.

    `next_rungs` climb on the next working day unless something happens.
    """

    to_check: tuple[Row, ...]
    obstacles: tuple[Row, ...]
    extensions: tuple[Row, ...]
    overdue: tuple[Row, ...]
    next_rungs: tuple[Row, ...]
    waiting: tuple[Row, ...]
    silent: tuple[Row, ...]


def desk_rows(reading: Reading, calendar: WorkingCalendar) -> DeskRows:
    """What a plan's rows ask of the standing office."""
    rows = reading.by_id.values()
    reported = (row for row in rows if row.state is State.SUBMITTED and row.accept == Role.STANDING_OFFICE)
    overdue = tuple(row for row in rows if row.standing is Standing.OVERDUE)
    tomorrow = calendar.after(reading.as_of, 1)
    return DeskRows(
        to_check=tuple(
            sorted(reported, key=lambda row: (-waiting_days(row, reading.as_of, calendar), row.id))
        ),
        obstacles=tuple(row for row in rows if row.obstacle),
        extensions=tuple(row for row in rows if row.extension_asked),
        overdue=overdue,
        next_rungs=tuple(row for row in overdue if row.rung_by(tomorrow) is not None),
        waiting=tuple(row for row in rows if row.standing is Standing.WAITING_FOR_OTHERS),
        silent=tuple(row for row in rows if row.silent),
    )


def digest(reading: Reading, calendar: WorkingCalendar, silent_since: Mapping[str, date]) -> Digest:
    """One plan's digest; empty sections stay empty."""
    found = desk_rows(reading, calendar)
    silent = {row.unit: row.unit_name for row in found.silent}
    named = Digest(
        plan=reading.plan,
        to_check=tuple(waiting_for_check(row, reading, calendar) for row in found.to_check[:MOST_LISTED]),
        obstacles=_items(found.obstacles, reading),
        extensions=_items(found.extensions, reading),
        overdue=_items(found.overdue, reading),
        next_rungs=_next_rungs(found.next_rungs, reading),
        waiting=_items(found.waiting, reading),
        silent=tuple(Silence(name, silent_since.get(unit)) for unit, name in silent.items()),
    )
    more = {name: len(getattr(found, name)) - named.total(name) for name in get_args(Listed)}
    return replace(named, unlisted={name: count for name, count in more.items() if count})


def _items(rows: Iterable[Row], reading: Reading) -> tuple[Item, ...]:
    return tuple(item(row, reading) for row in islice(rows, MOST_LISTED))


def _next_rungs(rows: Iterable[Row], reading: Reading) -> tuple[NextRung, ...]:
    """The first one for each set of roles that would hear."""
    first: dict[tuple[str, ...], Row] = {}
    for row in rows:
        if (rung := row.next_rung) is not None:
            first.setdefault(rung[1], row)
    return tuple(NextRung(item(row, reading), roles) for roles, row in first.items())


def is_empty(part: Digest) -> bool:
    """Whether a digest has nothing to say."""
    return not (part.items or part.silent)


def waiting_days(row: Row, as_of: date, calendar: WorkingCalendar) -> int:
    """For how many working days a report has waited for a check."""
    return max(calendar.between(row.submitted_on, as_of), 0) if row.submitted_on is not None else 0


def waiting_for_check(row: Row, reading: Reading, calendar: WorkingCalendar) -> Item:
    """A report that waits for a check, and for how long."""
    return replace(item(row, reading), waiting_days=waiting_days(row, reading.as_of, calendar))


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
