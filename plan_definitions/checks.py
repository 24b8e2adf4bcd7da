"""All checks of a plan: one function a rule, its docstring the rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from plan_definitions import name_checks, order_checks, people_checks
from plan_definitions.dates import ResolvedDates, resolve_dates
from plan_definitions.diagnostics import Diagnostic
from plan_definitions.model import PlanDefinition
from plan_definitions.under_check import UnderCheck
from plan_definitions.working_days import WorkingCalendar

Rule = Callable[[UnderCheck], Iterator[Diagnostic]]

RULES: tuple[Rule, ...] = (
    name_checks.unknown_tasks,
    name_checks.unknown_units,
    name_checks.unknown_groups,
    name_checks.unknown_roles,
    name_checks.unknown_ladders,
    name_checks.unknown_clauses,
    order_checks.cycles,
    order_checks.double_dependencies,
    order_checks.missing_dates,
    order_checks.plan_without_dates,
    order_checks.due_before_start,
    order_checks.due_before_predecessor,
    order_checks.left_out_occurrences,
    order_checks.unvouched_years,
    order_checks.needless_make_up_days,
    people_checks.unreachable_units,
    people_checks.thresholds,
    people_checks.same_units,
    people_checks.self_acceptance,
    people_checks.acceptance_of_requests,
    people_checks.uncovered_clauses,
    people_checks.missing_ladder,
)


def check(
    definition: PlanDefinition,
    unread: frozenset[str] = frozenset(),
    calendar: WorkingCalendar | None = None,
    resolved: ResolvedDates | None = None,
) -> Iterator[Diagnostic]:
    """Every mistake and warning of a plan that was read, rule by rule; the caller puts them in file order.

    `unread` are ids (of tasks, units, groups, anchors, ladders, clauses) that stand in the files but whose
    text was refused while reading: they count as defined, and what would only follow from them is not said.
    `resolved` are the plan's dates where the caller has worked them out already.
    """
    calendar = calendar or WorkingCalendar(definition.calendar)
    resolved = resolved or resolve_dates(definition, calendar, unread)
    yield from resolved.diagnostics
    plan = UnderCheck(definition, calendar, resolved.tasks, unread)
    for rule in RULES:
        yield from rule(plan)
