"""From stored rows to what a decision is taken on, and who somebody is."""

from collections.abc import Iterable, Sequence

from plan_definitions.diagnostics import did_you_mean
from plan_definitions.model import Office, Role
from plan_definitions.schedule import Schedule
from plan_definitions.working_days import WorkingCalendar
from workflows.engine.orders import Actor
from workflows.engine.records import Assignment
from workflows.engine.situation import Situation
from workflows.errors import MoveRefused, NotFound, WrongUse
from workflows.store.database import Database
from workflows.store.records import PlanHeading, StoredPlan
from workflows.store.transaction import Transaction


def whole_situation(transaction: Transaction, plan: StoredPlan) -> Situation:
    """A plan under way with all of its assignments."""
    return situation_with(plan, transaction.assignments.of_plan(plan.number))


def near_situation(transaction: Transaction, plan: StoredPlan, near: Sequence[Assignment]) -> Situation:
    """A plan with the assignments that decisions on `near` depend on.

    Those of the same tasks (thresholds), of their predecessors, and, since a move may flag them, of their
    successors with the predecessors of these.
    """
    chosen = {assignment.task for assignment in near}
    tasks = plan.schedule.tasks
    successors = {t.id for t in tasks.values() for edge in t.after if edge.task in chosen}
    around = chosen | successors
    before = {edge.task for name in around if name in tasks for edge in tasks[name].after}
    others = transaction.assignments.of_tasks(plan.number, sorted(around | before), besides=near)
    return situation_with(plan, [*near, *others])


def with_all_before(transaction: Transaction, plan: StoredPlan, tasks: Iterable[str]) -> Situation:
    """A plan with all assignments of some tasks and of every task before them, however far.

    So much is needed to tell people how work stands: who holds it up may be several tasks away.
    """
    wanted = _all_before(plan.schedule, tasks)
    return situation_with(plan, transaction.assignments.of_tasks(plan.number, sorted(wanted)))


def _all_before(schedule: Schedule, tasks: Iterable[str]) -> set[str]:
    """Some tasks with their predecessors, and theirs."""
    found: set[str] = set()
    pending = list(tasks)
    while pending:
        task = pending.pop()
        if task not in found:
            found.add(task)
            pending += [edge.task for edge in schedule.tasks[task].after]
    return found


def situation_with(plan: StoredPlan, assignments: Iterable[Assignment]) -> Situation:
    """A plan with the assignments at hand."""
    calendar = WorkingCalendar(plan.schedule.calendar)
    return Situation(plan.schedule, calendar, {assignment.id: assignment for assignment in assignments})


def find_actor(who: str, office: Office) -> Actor:
    """Whoever `who` names: a role, a unit, a contact (`unit/contact`, or its id alone).

    Raises MoveRefused when nobody of that name is known.
    """
    unit = office.roles.get(who, who)
    if unit not in office.units:
        unit = next(
            (u.id for u in office.units.values() for c in u.contacts if who in (c.id, f"{u.id}/{c.id}")), ""
        )
    if not unit:
        known = [*office.roles, *office.units, *(c.id for u in office.units.values() for c in u.contacts)]
        raise MoveRefused(
            "`{who}` is no known contact, unit or role of {office}",
            did_you_mean(who, known),
            who=who,
            office=office.name,
        )
    roles = frozenset(role for role, holder in office.roles.items() if holder == unit)
    return Actor(who, frozenset({unit}), roles)


def check_office(by: str, office: Office) -> None:
    """Raise MoveRefused unless `by` is the standing office, or somebody of its unit."""
    if Role.STANDING_OFFICE not in find_actor(by, office).roles:
        raise MoveRefused("that is for the standing office to decide, not for `{by}`", by=by)


def check_in_plan(assignment: Assignment, plan: StoredPlan) -> None:
    """Raise NotFound for work that a revision took out of the plan: nothing more is known of its task."""
    if assignment.task not in plan.schedule.tasks:
        raise NotFound("a revision has taken `{name}` out of the plan", name=assignment.id)


def check_unit(unit: str, office: Office) -> None:
    """Raise NotFound, with the nearest name, for a unit that the office does not have."""
    if unit not in office.units:
        raise NotFound("there is no unit `{unit}`", did_you_mean(unit, office.units), unit=unit)


def the_office(database: Database, office: str | None) -> str:
    """The office meant: the one named, or the only one.

    Raises NotFound where it (or any) is missing, WrongUse where several exist and none is named.
    """
    with database.read() as transaction:
        known = transaction.offices.ids()
    if office is not None and office not in known:
        raise NotFound("there is no office `{office}`; there are: {known}", office=office, known=tuple(known))
    if office is not None:
        return office
    if not known:
        raise NotFound("nothing has been published yet")
    if len(known) > 1:
        raise WrongUse("there are several offices, say which with --office: {known}", known=tuple(known))
    return known[0]


def check_published(database: Database) -> None:
    """Raise NotFound while the store holds no office."""
    with database.read() as transaction:
        if not transaction.offices.ids():
            raise NotFound("nothing has been published yet")


def the_plan(database: Database, office: str | None, plan: str | None) -> PlanHeading:
    """The plan meant: the one named, or the only one (running ones first).

    Raises NotFound where it is missing, WrongUse where several exist and none is named.
    """
    place = the_office(database, office)
    with database.read() as transaction:
        headings = transaction.plans.headings(place)
    if plan is not None:
        found = next((heading for heading in headings if heading.id == plan), None)
        if found is None:
            near = did_you_mean(plan, [heading.id for heading in headings])
            raise NotFound("there is no plan `{plan}` in `{office}`", near, plan=plan, office=place)
        return found
    running = [heading for heading in headings if heading.closed_on is None] or headings
    if not running:
        raise NotFound("nothing has been published yet")
    if len(running) > 1:
        known = tuple(heading.id for heading in running)
        raise WrongUse("there are several plans, say which with --plan: {known}", known=known)
    return running[0]
