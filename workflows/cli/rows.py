"""Assignments as the command prints them: the same rows as letters and pages, as a table and as JSON."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from plan_definitions.diagnostics import Phrase
from workflows.cli import output
from workflows.cli.session import Session
from workflows.engine.board import Row
from workflows.engine.pressing import MOST_PRESSING_FIRST, by_due
from workflows.engine.states import IN_HAND, Standing
from workflows.texts import N_, count, date_short, day_month, standing_label

_HEADINGS = (N_("Due"), N_("Unit"), N_("Work"), N_("Assignment"), N_("Situation"))
_NAMES = frozenset({0, 3})


def row_document(row: Row) -> dict[str, object]:
    """One assignment as JSON."""
    return {
        "id": row.id,
        "title": row.title,
        "unit": row.unit,
        "state": row.state.value,
        "standing": row.standing.value,
        "due": row.due,
        "original_due": row.original_due,
        "days_late": row.days_late,
        "rung": row.rung,
        "obstacle": row.obstacle,
    }


def print_counts(counts: dict[str, int], session: Session) -> None:
    """`Quá hạn 03 · Sắp đến hạn 05`: how many stand where, the most pressing first, zeros left out."""
    language = session.language
    shown = (
        f"{standing_label(standing, language)} {count(counts[standing], language)}"
        for standing in MOST_PRESSING_FIRST
        if counts[standing]
    )
    print(" · ".join(shown) or session.translate(N_("There is no assignment.")))


def print_rows(rows: Iterable[Row], session: Session, *, of_one_unit: bool = False) -> None:
    """A table for each standing, the most pressing first; within it by date.

    Of one unit the name is not repeated in every row.
    """
    grouped: dict[Standing, list[Row]] = {standing: [] for standing in MOST_PRESSING_FIRST}
    for row in rows:
        grouped[row.standing].append(row)
    headings = [session.translate(heading) for heading in _HEADINGS]
    for standing, found in grouped.items():
        if found:
            print(f"\n{standing_label(standing, session.language)} ({count(len(found), session.language)})")
            found.sort(key=by_due)
            cells = [_cells(row, session, of_one_unit=of_one_unit) for row in found]
            output.table(headings, cells, whole=_NAMES)


def _cells(row: Row, session: Session, *, of_one_unit: bool) -> Sequence[str]:
    return (
        date_short(row.due, session.language) if row.due else "",
        "" if of_one_unit else row.unit_name,
        row.title,
        row.id,
        "; ".join(phrase.say(session.translate) for phrase in situation(row, session)),
    )


def situation(row: Row, session: Session) -> Iterator[Phrase]:
    """What is to be known about a row beside its standing and dates."""
    if row.working_days_late:
        yield Phrase("{count} working days late", {"count": count(row.working_days_late, session.language)})
    if row.waits_for_own:
        yield Phrase("waits for its unit's earlier work")
    elif row.waits_for:
        yield Phrase("waits for {units}", {"units": row.waits_for_units})
    for said, day in _days(row):
        if day is not None:
            yield Phrase(said, {"day": day_month(day, session.language)})
    flags = {
        N_("evidence to follow"): row.evidence_to_follow,
        N_("no answer yet"): row.silent,
        N_("late when published"): row.late_at_publication,
    }
    yield from (Phrase(said) for said, holds in flags.items() if holds)
    if row.rung and row.state in IN_HAND:
        yield Phrase("reported upwards, step {rung}", {"rung": row.rung})


def _days(row: Row) -> Iterator[tuple[str, date | None]]:
    """What happened or was asked for on a day."""
    yield N_("obstacle since {day}"), row.obstacle_since
    if row.extension is not None and row.extension_asked:
        yield N_("asks for time until {day}"), row.extension.wanted
    if row.standing is Standing.AWAITING_CHECK:
        yield N_("reported on {day}"), row.submitted_on
    if row.state in IN_HAND:
        yield N_("was due {day}"), row.original_due if row.original_due != row.due else None
        yield N_("returned on {day}"), row.returned_on
        yield N_("promised for {day}"), row.promise_until
