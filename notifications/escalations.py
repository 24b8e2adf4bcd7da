"""What needs a leader: situation, what was tried, what slips because of it, what the office proposes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from notifications.digest import waiting_for_check
from notifications.parts import Affected, Case, Leadership, Tried
from notifications.sections import Reading, items
from plan_definitions.working_days import WorkingCalendar
from workflows.engine.board import Row
from workflows.engine.forecast import Slip
from workflows.engine.records import Notice, NoticeKind, Proposal
from workflows.engine.states import State


@dataclass(frozen=True, slots=True)
class Background:
    """What the store and the forecast know about a late assignment beside its row."""

    tried: Sequence[Tried] = ()
    slips: Sequence[Slip] = ()
    proposal: Proposal | None = None


NO_BACKGROUND = Background()


def leadership(
    notices: Iterable[Notice],
    reading: Reading,
    backgrounds: Mapping[str, Background],
    calendar: WorkingCalendar,
) -> Leadership:
    """One leader's part: late assignments gathered by task, and reports that wait for acceptance."""
    late: dict[tuple[str, int | None], dict[str, Row]] = defaultdict(dict)
    waiting: dict[str, Row] = {}
    for notice in notices:
        row = reading.by_id[notice.assignment]
        if notice.kind is NoticeKind.ESCALATION:
            late[(row.task, row.occurrence)][row.id] = row
        elif notice.kind is NoticeKind.ACCEPTANCE_REMINDER:
            waiting[row.id] = row
    return Leadership(
        plan=reading.plan,
        cases=tuple(_case(list(group.values()), reading, backgrounds) for group in late.values()),
        to_accept=tuple(waiting_for_check(row, reading, calendar) for row in waiting.values()),
    )


def _case(late: Sequence[Row], reading: Reading, backgrounds: Mapping[str, Background]) -> Case:
    first = late[0]
    members = [
        row
        for row in reading.of_task[first.task]
        if row.occurrence == first.occurrence and row.state is not State.CANCELLED
    ]
    known = [backgrounds.get(row.id, NO_BACKGROUND) for row in late]
    proposals = [background.proposal for background in known if background.proposal is not None]
    tried = {attempt for background in known for attempt in background.tried}
    return Case(
        task=first.task,
        title=first.title,
        late=items(late, reading),
        members=len(members),
        done=sum(1 for row in members if row.state is State.DONE),
        tried=tuple(sorted(tried, key=lambda attempt: (attempt.on, attempt.what))),
        silent=tuple(row.unit_name for row in late if row.silent),
        affected=_affected(known, reading),
        proposed=bool(proposals),
        proposed_until=max((p.until for p in proposals if p.until is not None), default=None),
    )


def _affected(known: Iterable[Background], reading: Reading) -> tuple[Affected, ...]:
    """Each task once, with the latest day to be expected."""
    latest: dict[str, Slip] = {}
    for background in known:
        for slip in background.slips:
            if slip.task not in latest or latest[slip.task].expected < slip.expected:
                latest[slip.task] = slip
    units = reading.office.units
    return tuple(
        Affected(slip.title, slip.due, slip.expected, tuple(units[unit].name for unit in slip.units))
        for slip in sorted(latest.values(), key=lambda slip: (slip.due, slip.task))
    )
