"""`dondoc publish`: a plan into the store; again, as a revision that keeps all progress."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Annotated

import typer

from plan_definitions.diagnostics import Phrase, render
from plan_definitions.differences import Difference, Subject
from plan_definitions.schedule import Schedule
from workflows.cli import consent, output
from workflows.cli.diff import print_differences
from workflows.cli.parameters import AsJson, AsOf, Decider, PlanFile
from workflows.cli.plans import accepted_plan
from workflows.cli.renames import same_work
from workflows.cli.session import Session
from workflows.engine.publication import PUBLISH, planned_assignments
from workflows.engine.records import Assignment, Change
from workflows.engine.renames import with_renames
from workflows.operations.publish import Published, preview
from workflows.operations.publish import publish as store_plan
from workflows.texts import N_, Language, count, date_numeric, date_short

_HEADINGS = (N_("Unit"), N_("Gains"), N_("Loses"), N_("Keeps"), N_("Dates moved"))


def publish(
    context: typer.Context,
    plan: PlanFile,
    yes: Annotated[bool, typer.Option("--yes", help=N_("Publish a revision without asking."))] = False,
    by: Decider = PUBLISH,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Publish a plan; a revision is shown first and needs consent."""
    session = Session.of(context)
    accepted = accepted_plan(plan)
    if accepted.warnings:
        output.warn(render(accepted.warnings, accepted.sources, session.translate))
    schedule, now = accepted.schedule, session.now()
    day = session.day(as_of)
    with session.database(create=True) as database:
        planned = preview(database, schedule, as_of=day, now=now, by=by)
        if planned.is_same:
            _report(planned, schedule, session, as_json=as_json)
            return
        if planned.likely_renames:
            schedule = with_renames(schedule, same_work(planned.likely_renames, session, yes=yes))
            planned = preview(database, schedule, as_of=day, now=now, by=by)
        if planned.is_revision and not yes:
            _ask(planned, schedule, session, as_json=as_json)
        elif planned.is_revision and not as_json:
            _print_changes(planned, schedule, session)
        elif planned.late and not yes and not as_json and consent.asks_people():
            _ask_late(planned, session)
        language = session.settings.lang
        done = store_plan(database, schedule, accepted.sources, as_of=day, now=now, by=by, language=language)
    _report(done, schedule, session, as_json=as_json)


_NAMED = 20
"""So many assignments are named one by one; more are told by task."""


def _ask(planned: Published, schedule: Schedule, session: Session, *, as_json: bool) -> None:
    """Show the revision and ask; leave with exit code 1 without a yes."""
    if as_json:
        # What it would come to; the exit code says that it did not.
        output.document(_document(planned), session.translate)
    else:
        _print_changes(planned, schedule, session)
    if as_json or not consent.asks_people():
        consent.leave(Phrase("Nothing was changed. Add --yes to publish this revision."), session)
    consent.agreed_or_leave(Phrase("Publish this revision? (y/n)"), session)


def _ask_late(planned: Published, session: Session) -> None:
    """A first publication of what is partly past may be a wrong file or a wrong year; leave without a yes."""
    language = session.language
    late, work = count(len(planned.late), language), count(len(planned.publication.created), language)
    told = Phrase("Due before today: {late} of {work} assignments.", {"late": late, "work": work})
    output.warn(told.say(session.translate))
    consent.agreed_or_leave(Phrase("Publish this plan all the same? (y/n)"), session)


def _document(done: Published) -> dict[str, object]:
    publication = done.publication
    return {
        "plan": done.plan,
        "revision": done.revision,
        "created": len(publication.created),
        "changed": len(publication.changed),
        "removed": len(publication.removed),
        "unchanged": publication.unchanged,
    }


def _report(done: Published, schedule: Schedule, session: Session, *, as_json: bool) -> None:
    publication, language = done.publication, session.language
    if as_json:
        output.document(_document(done), session.translate)
        return
    if done.is_same:
        output.say(
            Phrase(
                "Nothing changes: this is revision {revision} as it was published.",
                {"revision": done.revision},
            ),
            session.translate,
        )
        return
    values = {
        "title": schedule.title,
        "revision": done.revision,
        "created": count(len(publication.created), language),
        "changed": count(len(publication.changed), language),
        "removed": count(len(publication.removed), language),
        "unchanged": count(publication.unchanged, language),
        "letters": count(done.letters, language),
    }
    said = Phrase(
        "Published: {title}, revision {revision}. Assignments: {created} new, {changed} changed, "
        "{removed} removed, {unchanged} unchanged. Letters queued: {letters}.",
        values,
    )
    output.say(said, session.translate)
    _print_late(done, schedule, session)
    _print_revoked(done, session)


def _print_late(done: Published, schedule: Schedule, session: Session) -> None:
    if not done.late:
        return
    values = {"count": count(len(done.late), session.language)}
    said = Phrase(
        "Due before publication: {count}. Nobody is chased for these until the office marks them done or "
        "gives them a new date:",
        values,
    )
    output.say(said, session.translate)
    created = {change.after.id: change.after for change in done.publication.created}
    late = [created[name] for name in done.late]
    if len(late) <= _NAMED:
        for one in late:
            print(f"  {_day(one.due, session.language)}  {one.id}")
        return
    # One line for a task and day, however many units have it.
    for (due, task), many in Counter((one.due, one.task) for one in late).items():
        times = f" ({count(many, session.language)})" if many > 1 else ""
        print(f"  {_day(due, session.language)}  {schedule.tasks[task].title}{times}")


def _print_revoked(done: Published, session: Session) -> None:
    if done.revoked:
        values = {"contacts": ", ".join(done.revoked)}
        said = Phrase("Left, or have a new address, so that the links they hold end: {contacts}", values)
        output.say(said, session.translate)


def _print_changes(planned: Published, schedule: Schedule, session: Session) -> None:
    """The revision as people feel it: who gains and loses work, which dates move, what got a new name."""
    translate, found = session.translate, planned.publication
    output.say(
        Phrase("Revision {revision} of {title}:", {"revision": planned.revision, "title": schedule.title}),
        translate,
    )
    _print_revoked(planned, session)
    if not planned.changes_anything:
        output.say(Phrase("No assignment is new, gone or gets another date."), translate)
        print_differences(planned.in_words, session)
        return
    _print_units(planned, schedule, session)
    _print_list(Phrase("New"), _named(found.created, schedule, session), session)
    _print_list(
        Phrase("No longer in the plan (unfinished work is cancelled)"),
        _named(found.removed, schedule, session),
        session,
    )
    _print_list(Phrase("Other dates"), _moved(found.changed, session), session)
    _print_list(Phrase("Renamed"), (f"{old} → {new}" for old, new in found.renamed), session)
    values = {"count": count(found.unchanged, session.language)}
    output.say(Phrase("Unchanged: {count}. Progress and history are kept.", values), translate)
    print_differences([one for one in planned.in_words if not _is_told_by_work(one)], session)


def _is_told_by_work(one: Difference) -> bool:
    """Whether the lists of new, dropped and moved work tell it: those know of due dates only."""
    if one.subject is Subject.TASK:
        return not one.what.endswith(".title")
    return one.subject is Subject.ANCHOR or one.what.endswith((".due", ".repeat"))


def _print_units(planned: Published, schedule: Schedule, session: Session) -> None:
    gains = Counter(change.after.unit for change in planned.publication.created)
    loses = Counter(change.after.unit for change in planned.publication.removed)
    moves = Counter(c.after.unit for c in planned.publication.changed if _is_moved(c))
    keeps = Counter(held.unit for held in planned_assignments(schedule))
    keeps.subtract(gains)
    units = schedule.office.units
    concerned = [
        unit for unit in (*units, *(set(loses) - set(units))) if gains[unit] or loses[unit] or moves[unit]
    ]
    rows = [
        (
            units[unit].name if unit in units else unit,
            *(str(found[unit] or "") for found in (gains, loses, keeps, moves)),
        )
        for unit in concerned
    ]
    if rows:
        headings = [session.translate(heading) for heading in _HEADINGS]
        output.table(headings, rows, right=frozenset({1, 2, 3, 4}))


def _print_list(heading: Phrase, lines: Iterator[str], session: Session) -> None:
    found = list(lines)
    if found:
        print(f"{heading.say(session.translate)} ({count(len(found), session.language)}):")
        for line in found:
            print(f"  {line}")


def _named(changes: tuple[Change, ...], schedule: Schedule, session: Session) -> Iterator[str]:
    for change in changes:
        after = change.after
        task = schedule.tasks.get(after.task)
        yield f"{_day(after.due, session.language)}  {after.id}{f'  {task.title}' if task else ''}"


def _moved(changes: tuple[Change, ...], session: Session) -> Iterator[str]:
    for change in changes:
        if _is_moved(change) and change.before is not None:
            old, new = _due(change.before, session.language), _due(change.after, session.language)
            yield f"{change.after.id}  {old} → {new}"


def _is_moved(change: Change) -> bool:
    return change.before is not None and change.before.due != change.after.due


def _due(assignment: Assignment, language: Language) -> str:
    return "-" if assignment.due is None else date_short(assignment.due, language)


def _day(day: date | None, language: Language) -> str:
    return "-" if day is None else date_numeric(day, language)
