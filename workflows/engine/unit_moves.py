"""What a unit does with its own work: start, report, take back, ask for time, tell what is in the way."""

from dataclasses import replace
from datetime import date

from plan_definitions.model import Evidence
from workflows.engine import ladder
from workflows.engine.case import Case, finish, flag_successors
from workflows.engine.orders import MOST_COUNTED
from workflows.engine.readiness import readiness
from workflows.engine.records import Asked, Assignment, Change, Extension, Obstacle, Promise
from workflows.engine.round import open_on
from workflows.engine.states import State
from workflows.errors import MoveRefused


def start(case: Case) -> list[Change]:
    return [case.change(case.assignment._replace(state=State.STARTED))]


def submit(case: Case) -> list[Change]:
    order, assignment = case.order, case.assignment
    done_on = order.done_on or case.as_of
    _check_submission(case, done_on)
    if assignment.state is State.WAITING:
        assignment = _opened_by_now(case)
    given = _evidence_given(case)
    task = case.situation.task(assignment)
    later = task.evidence is not Evidence.NONE and not given and not order.nothing_to_report
    facts = replace(
        assignment.facts,
        figures={**case.facts.figures, **order.figures},
        nothing_to_report=order.nothing_to_report,
        evidence_given=given,
        evidence_to_follow=later,
        returned_on=None,
        acceptance_rung=0,
    )
    after = assignment._replace(submitted_on=case.as_of, done_on=done_on, facts=facts)
    after = (
        finish(after, case)
        if case.situation.accepter(assignment) is None and not later
        else after._replace(state=State.SUBMITTED)
    )
    said: dict[str, object] = {"done_on": done_on.isoformat()}
    said |= {"figures": dict(order.figures)} if order.figures else {}
    said |= {"document": order.document} if order.document else {}
    said |= {"files": order.evidence_files} if order.evidence_files else {}
    said |= {"nothing_to_report": True} if order.nothing_to_report else {}
    said |= {"evidence_to_follow": True} if later else {}
    return [case.change(after, facts=said)]


def _check_submission(case: Case, done_on: date) -> None:
    order, assignment = case.order, case.assignment
    task = case.situation.task(assignment)
    if done_on > case.as_of:
        raise MoveRefused("done on {day}: that day has not come yet", day=done_on)
    if done_on < (first := min(case.situation.first_day, *case.situation.schedule.anchors.values())):
        raise MoveRefused("done on {day}: the plan begins on {first}", day=done_on, first=first)
    if assignment.state is State.WAITING:
        _check_only_start_is_unmet(case)
    if order.nothing_to_report and not task.none_allowed:
        raise MoveRefused("`{task}` does not allow *nothing to report*", task=task.id)
    known = {indicator.id for indicator in task.indicators}
    if unknown := sorted(set(order.figures) - known):
        raise MoveRefused(
            "`{task}` counts no figure `{figure}`; it counts: {known}",
            task=task.id,
            figure=unknown[0],
            known=", ".join(sorted(known)) or "-",
        )
    if negative := sorted(name for name, value in order.figures.items() if value < 0):
        raise MoveRefused("figure `{figure}` is below zero", figure=negative[0])
    if absurd := sorted(name for name, value in order.figures.items() if value > MOST_COUNTED):
        raise MoveRefused("figure `{figure}` is too large: is the number right?", figure=absurd[0])
    _check_evidence(case)


def _check_only_start_is_unmet(case: Case) -> None:
    assignment, ready = case.assignment, readiness(case.assignment, case.situation)
    if assignment.occurrence is not None and assignment.start is not None and assignment.start > case.as_of:
        raise MoveRefused(
            "`{assignment}` cannot be reported before its turn begins on {day}",
            assignment=assignment.id,
            day=assignment.start,
        )
    if ready.waits_for:
        raise MoveRefused(
            "`{assignment}` cannot be reported done yet: it waits for {waits_for}",
            assignment=assignment.id,
            waits_for=", ".join(sorted(a.id for a in ready.waits_for)),
        )
    if ready.allowed > case.as_of:
        raise MoveRefused(
            "`{assignment}` cannot be reported done before {day}: its predecessors ask for that much time",
            assignment=assignment.id,
            day=ready.allowed,
        )


def _opened_by_now(case: Case) -> Assignment:
    """Work reported before a round came by has the dates that the round would have given it."""
    assignment, ready = case.assignment, readiness(case.assignment, case.situation)
    if ready.day is None or ready.day > case.as_of:
        return assignment
    return open_on(assignment, case.situation, min(ready.morning, case.as_of))


def _evidence_given(case: Case) -> bool:
    """Whether what is asked for is there; a dispatch number stands for a file only where the plan says so."""
    order, task = case.order, case.situation.task(case.assignment)
    stands_for_file = bool(order.document) and task.evidence is not Evidence.REQUIRED
    return bool(order.evidence_files) or stands_for_file or case.facts.evidence_given


def _check_evidence(case: Case) -> None:
    order, task = case.order, case.situation.task(case.assignment)
    enough = _evidence_given(case) or order.nothing_to_report or order.evidence_later
    if task.evidence is Evidence.NONE or enough:
        return
    if order.document:
        raise MoveRefused("`{task}` needs a file as evidence; a dispatch number is not enough", task=task.id)
    if task.evidence is Evidence.DOCUMENT:
        raise MoveRefused("`{task}` needs evidence: a file, or number and date of a dispatch", task=task.id)
    raise MoveRefused("`{task}` needs a file as evidence (or say that it follows later)", task=task.id)


def evidence(case: Case) -> list[Change]:
    order, assignment = case.order, case.assignment
    if not (order.evidence_files or order.document):
        raise MoveRefused("no file and no dispatch number given")
    if not _evidence_given(case):
        task = assignment.task
        raise MoveRefused("`{task}` needs a file as evidence; a dispatch number is not enough", task=task)
    after = assignment._replace(facts=replace(case.facts, evidence_given=True, evidence_to_follow=False))
    nobody_accepts = case.situation.accepter(assignment) is None
    if assignment.state is State.SUBMITTED and nobody_accepts:
        after = finish(after, case)
    said = {"files": order.evidence_files, **({"document": order.document} if order.document else {})}
    return [case.change(after, facts=said)]


def withdraw(case: Case) -> list[Change]:
    assignment = case.assignment
    if assignment.state is State.DONE and assignment.finished_on != case.as_of:
        raise MoveRefused(
            "a finished report can be taken back on the same day only; the office may reopen it"
        )
    facts = replace(case.facts, nothing_to_report=False, evidence_to_follow=False, acceptance_rung=0)
    opened_on = assignment.opened_on or case.as_of
    after = assignment._replace(
        state=State.STARTED,
        opened_on=opened_on,
        submitted_on=None,
        done_on=None,
        finished_on=None,
        facts=facts,
    )
    return [case.change(after), *flag_successors(case)]


def obstacle(case: Case) -> list[Change]:
    since, waits_for = case.order.since or case.order.until or case.as_of, case.order.waits_for
    if since > case.as_of:
        raise MoveRefused("{day} has not come yet", day=since)
    if waits_for is not None and waits_for not in case.situation.schedule.office.units:
        raise MoveRefused("there is no unit `{unit}`", unit=waits_for)
    facts = replace(case.facts, obstacle=Obstacle(since, waits_for))
    said = {"since": since.isoformat(), **({"waits_for": waits_for} if waits_for else {})}
    return [case.change(case.assignment._replace(facts=facts), facts=said)]


def promise(case: Case) -> list[Change]:
    until, given = case.order.until, case.facts.promise
    latest = case.situation.calendar.after(case.as_of, ladder.PROMISE_HOLD)
    if until is None or not case.as_of <= until <= latest:
        raise MoveRefused("promise a day from today to {latest}", latest=latest)
    if given is not None and given.rung == case.assignment.rung:
        raise MoveRefused("a day was promised already at this step; ask for more time instead")
    facts = replace(case.facts, promise=Promise(until, case.as_of, case.assignment.rung))
    return [case.change(case.assignment._replace(facts=facts), facts={"until": until.isoformat()})]


def extend(case: Case) -> list[Change]:
    wanted, due = case.order.until, case.assignment.due
    if due is None:
        raise MoveRefused("`{assignment}` has no due date", assignment=case.assignment.id)
    if wanted is None or wanted <= max(due, case.as_of):
        raise MoveRefused("ask for a day after {day}", day=max(due, case.as_of))
    if case.facts.extension is not None and case.facts.extension.state is Asked.ASKED:
        raise MoveRefused("more time was asked for already and is not answered yet")
    facts = replace(case.facts, extension=Extension(case.as_of, wanted))
    return [case.change(case.assignment._replace(facts=facts), facts={"wanted": wanted.isoformat()})]
