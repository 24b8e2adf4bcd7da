"""The rows that every page, letter, table and JSON document shows."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from plan_definitions.model import Evidence, Kind, Role
from plan_definitions.schedule import ScheduledTask
from workflows.engine import ladder
from workflows.engine.readiness import readiness
from workflows.engine.records import Assignment, Extension
from workflows.engine.situation import Situation
from workflows.engine.standings import SILENT_AFTER, days_late, given_start, held_up_by, standing_of
from workflows.engine.states import IN_HAND, Standing, State


@dataclass(frozen=True, slots=True)
class WaitsFor:
    """An unfinished assignment that holds another one up."""

    assignment: str
    unit: str
    unit_name: str
    title: str


class Row(NamedTuple):
    """One assignment as people see it on a day.

    Where it stands is judged when the row is made. All else is worked out when somebody asks: of ten
    thousand rows a letter orders and counts all, and shows sixty.
    """

    assignment: Assignment
    definition: ScheduledTask
    standing: Standing
    days_late: int
    situation: Situation
    as_of: date

    @property
    def number(self) -> int:
        """The assignment's number in the store."""
        return self.assignment.number

    @property
    def id(self) -> str:
        """The assignment's name: `task/unit`, or `task/unit/occurrence`."""
        return self.assignment.id

    @property
    def plan(self) -> str:
        """The plan's name."""
        return self.assignment.plan

    @property
    def plan_title(self) -> str:
        """What the plan is called."""
        return self.situation.schedule.title

    @property
    def task(self) -> str:
        """The task's name."""
        return self.assignment.task

    @property
    def title(self) -> str:
        """What is to be done."""
        return self.definition.title

    @property
    def note(self) -> str | None:
        """What the plan adds to the title."""
        return self.definition.note

    @property
    def kind(self) -> Kind:
        """What sort of task it is."""
        return self.definition.kind

    @property
    def unit(self) -> str:
        """Who does it."""
        return self.assignment.unit

    @property
    def unit_name(self) -> str:
        """The unit as people call it; done work stays on the board when a revision took its unit out."""
        unit = self.situation.schedule.office.units.get(self.unit)
        return unit.name if unit else self.unit

    @property
    def requested(self) -> bool:
        """Whether the unit is asked, not ordered: other words, no blame."""
        return self.situation.requested(self.unit)

    @property
    def occurrence(self) -> int | None:
        """Which turn of repeated work, from 1."""
        return self.assignment.occurrence

    @property
    def state(self) -> State:
        """How far it has come."""
        return self.assignment.state

    @property
    def start(self) -> date | None:
        """The day from which people were told that it may begin."""
        return given_start(self.assignment, self.definition)

    @property
    def due(self) -> date | None:
        """The due date in force."""
        return self.assignment.due

    @property
    def original_due(self) -> date | None:
        """The due date of the plan."""
        return self.assignment.original_due

    @property
    def opened_on(self) -> date | None:
        """The day it could begin."""
        return self.assignment.opened_on

    @property
    def submitted_on(self) -> date | None:
        """The day it was reported done."""
        return self.assignment.submitted_on

    @property
    def done_on(self) -> date | None:
        """The day it was done, as reported."""
        return self.assignment.done_on

    @property
    def working_days_late(self) -> int:
        """Working days past the due date in force, as ladders and letters count; 0 for what is not late."""
        until = self.done_on if self.state is State.DONE else self.as_of
        if not self.days_late or self.due is None or until is None:
            return 0
        return self.situation.calendar.between(self.due, until)

    @property
    def working_days_left(self) -> int | None:
        """Working days to the due date, 0 on the day itself; None for what is late or not in hand."""
        if self.state not in IN_HAND or self.due is None or self.days_late:
            return None
        return self.situation.calendar.between(self.as_of, self.due)

    @property
    def rung(self) -> int:
        """How many rungs of its ladder have been passed."""
        return self.assignment.rung

    @property
    def next_rung(self) -> tuple[date, tuple[str, ...]] | None:
        """The next escalation if nothing happens, with the roles that would hear."""
        return ladder.next_rung(self.assignment, self.situation, self.as_of)

    def rung_by(self, day: date) -> tuple[date, tuple[str, ...]] | None:
        """The same where it comes by a day: of thousands of rows a few climb tomorrow."""
        return ladder.next_rung(self.assignment, self.situation, self.as_of, by=day)

    @property
    def obstacle(self) -> bool:
        """Whether something still stands in the way."""
        return self.assignment.obstacle is not None

    @property
    def obstacle_since(self) -> date | None:
        """Since when it does."""
        found = self.assignment.obstacle
        return found.since if found else None

    @property
    def obstacle_waits_for(self) -> str | None:
        """The unit that could take it away, where the obstacle names one."""
        found = self.assignment.obstacle
        return found.waits_for if found else None

    @property
    def extension(self) -> Extension | None:
        """The latest request for time, whatever became of it."""
        return self.assignment.facts.extension

    @property
    def extension_asked(self) -> bool:
        """Whether that waits for an answer."""
        return self.assignment.extension_asked

    @property
    def promise_until(self) -> date | None:
        """The day by which somebody said it will be done."""
        promise = self.assignment.facts.promise
        return promise.until if promise else None

    @property
    def waits_for(self) -> tuple[WaitsFor, ...]:
        """Who holds it up, once its own time has come; its own unit may be among them."""
        units, tasks = self.situation.schedule.office.units, self.situation.schedule.tasks
        return tuple(
            WaitsFor(a.id, a.unit, units[a.unit].name if a.unit in units else a.unit, tasks[a.task].title)
            for a in held_up_by(self.assignment, self.definition, self.situation, self.as_of)
        )

    @property
    def waits_for_units(self) -> tuple[str, ...]:
        """The other units among them by name, each once."""
        return tuple(dict.fromkeys(held.unit_name for held in self.waits_for if held.unit != self.unit))

    @property
    def waits_for_own(self) -> bool:
        """Whether its time has come, and nothing but its own unit's earlier work holds it up."""
        return self.standing is Standing.NOT_DUE and bool(self.waits_for)

    @property
    def clauses(self) -> tuple[str, ...]:
        """The clauses the task comes from, those that name the unit first."""
        return tuple(sorted(self.definition.clauses, key=lambda clause: not self._is_named_by(clause)))

    @property
    def named(self) -> bool:
        """Whether the document names this unit for one of the clauses."""
        return any(map(self._is_named_by, self.definition.clauses))

    @property
    def helpers(self) -> tuple[str, ...]:
        """The units that help."""
        return self.definition.helpers

    @property
    def accept(self) -> str | None:
        """The role that must accept the work; None where nobody must."""
        return self.situation.accepter(self.assignment)

    @property
    def evidence(self) -> Evidence:
        """What proof the task asks for."""
        return self.definition.evidence

    @property
    def none_allowed(self) -> bool:
        """Whether the unit may report that there was nothing to do."""
        return self.definition.none_allowed

    @property
    def evidence_to_follow(self) -> bool:
        """Whether proof was promised with the report."""
        return self.assignment.facts.evidence_to_follow

    @property
    def returned_on(self) -> date | None:
        """When a report was sent back."""
        return self.assignment.facts.returned_on

    @property
    def silent(self) -> bool:
        """Whether its unit left letters unanswered, the day's own aside: it has hardly been read.

        The office does not wait for its own answer.
        """
        facts = self.assignment.facts
        unanswered = facts.unanswered - (facts.asked_on == self.as_of)
        if unanswered < SILENT_AFTER or self.state not in IN_HAND:
            return False
        return self.unit != self.situation.schedule.office.unit_of(Role.STANDING_OFFICE)

    @property
    def flagged(self) -> bool:
        """Whether a predecessor is open again that was done when this began."""
        flagged = self.assignment.facts.flagged
        return flagged and bool(readiness(self.assignment, self.situation).waits_for)

    @property
    def missed(self) -> bool:
        """Whether the turn ended without a report."""
        return self.assignment.facts.missed

    @property
    def late_at_publication(self) -> bool:
        """Whether its date had passed when the plan was published."""
        return self.assignment.facts.late_at_publication

    @property
    def confidential(self) -> bool:
        """Whether others may see its state only."""
        return self.definition.confidential

    @property
    def figures(self) -> Mapping[str, int]:
        """The counts reported, by indicator."""
        return self.assignment.facts.figures

    def _is_named_by(self, clause_id: str) -> bool:
        clause, groups = self.situation.schedule.clauses.get(clause_id), self.situation.schedule.office.groups
        if clause is None or not clause.named:
            return False
        return any(name == self.unit or self.unit in groups.get(name, ()) for name in clause.lead)


def rows(situation: Situation, as_of: date, assignments: Iterable[Assignment] | None = None) -> list[Row]:
    """The rows of `assignments` (default: all of the situation's), in the order written.

    Those whose task the plan in force lost are left out.
    """
    chosen = situation.assignments.values() if assignments is None else assignments
    order = {name: position for position, name in enumerate(situation.schedule.tasks)}
    units = {name: position for position, name in enumerate(situation.schedule.office.units)}
    known = sorted(
        situation.tasks_known(chosen),
        key=lambda a: (order[a.task], units.get(a.unit, len(units)), a.occurrence or 0),
    )
    return [row(assignment, situation, as_of) for assignment in known]


def row(assignment: Assignment, situation: Situation, as_of: date) -> Row:
    """What people see of one assignment on a day."""
    standing = standing_of(assignment, situation, as_of)
    late = days_late(assignment, standing, as_of)
    return Row(assignment, situation.task(assignment), standing, late, situation, as_of)


def counts(shown: Iterable[Row]) -> dict[str, int]:
    """How many stand where: every standing, zeros included."""
    found = Counter(one.standing for one in shown)
    return {standing.value: found[standing] for standing in Standing}


def letter_order(shown: Row) -> tuple[int, date, str]:
    """Sort key of letters and pages: returned, overdue, due today, due soon, then the rest by date."""
    if shown.returned_on is not None and shown.state in IN_HAND:
        place = 0
    elif shown.standing is Standing.OVERDUE:
        place = 1
    elif shown.standing is Standing.DUE_SOON:
        place = 2 if shown.working_days_left == 0 else 3
    else:
        place = 4
    return place, shown.due or date.max, shown.id
